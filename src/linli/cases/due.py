"""What a case is due for next, and whether that is on time, soon or past."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from linli.cases.calendar import calendar
from linli.cases.deadlines import REMIND_AT, VERIFICATION_DAYS
from linli.cases.models import WAITING, WORKING, Case, State
from linli.clock import now


class Level(StrEnum):
    """How a deadline stands."""

    ON_TIME = "on-time"
    SOON = "soon"
    OVERDUE = "overdue"
    PAUSED = "paused"
    MET = "met"
    MISSED = "missed"


@dataclass(frozen=True, slots=True)
class Due:
    """One deadline: what for, when, how it stands, and the working hours left (or past)."""

    what: str
    moment: datetime
    level: Level
    hours: float

    @property
    def as_count(self) -> int:
        """What languages with a singular go by: 1 where one hour is shown, else 2."""
        return one_or_many(self.hours)


def one_or_many(hours: float) -> int:
    """Return 1 if the hours read as "1" with one decimal at most, else 2."""
    return 1 if round(hours, 1) == 1 else 2


def _judge(what: str, since: datetime | None, moment: datetime, case: Case) -> Due:
    left = calendar().hours_between(now(), moment)
    allowed = calendar().hours_between(since, moment) if since else 0
    if case.paused_at is not None:
        # What was left when the clock stopped is left when it runs again.
        left = calendar().hours_between(case.paused_at, moment)
        return Due(what, moment, Level.PAUSED, left)
    if now() > moment:
        return Due(what, moment, Level.OVERDUE, -left)
    level = Level.SOON if left <= (1 - REMIND_AT) * allowed else Level.ON_TIME
    return Due(what, moment, level, left)


def _looking_back(what: str, moment: datetime, done: datetime, late: bool) -> Due:
    hours = abs(calendar().hours_between(done, moment))
    return Due(what, moment, Level.MISSED if late else Level.MET, hours)


def deadlines_of(case: Case) -> list[Due]:
    """List the deadlines of a case in the order they come."""
    found = []
    if case.accept_due:
        if case.state in WAITING or case.state == State.RETURNED:
            found.append(_judge("accept", case.dispatched_at, case.accept_due, case))
        elif case.accepted_at:
            late = case.accepted_at > case.accept_due
            found.append(_looking_back("accept", case.accept_due, case.accepted_at, late))
    if case.resolve_due:
        if case.state in WORKING or case.state == State.RETURNED:
            found.append(_judge("resolve", case.dispatched_at, case.resolve_due, case))
        elif case.resolved_at:
            late = case.overdue_at is not None
            found.append(_looking_back("resolve", case.resolve_due, case.resolved_at, late))
    if case.state == State.RESOLVED and case.resolved_at:
        moment = calendar().add_days(case.resolved_at, VERIFICATION_DAYS)
        found.append(_judge("verify", case.resolved_at, moment, case))
    return found


def next_due(case: Case) -> Due | None:
    """Return the deadline that counts now; for an ended case how the last one was met."""
    found = deadlines_of(case)
    running = [due for due in found if due.level in (Level.OVERDUE, Level.SOON, Level.ON_TIME)]
    if case.state in WAITING and running and running[-1].level != Level.OVERDUE:
        return running[0]
    return found[-1] if found else None
