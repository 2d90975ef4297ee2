"""When a case must be accepted and resolved, and which clock rings next.

A case has at most one clock set: the earliest of `CLOCKS` that its state allows and
that has not rung since the last dispatch. Ringing is `worker`'s business.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from linli.cases.calendar import calendar
from linli.cases.models import WAITING, WORKING, Case, State
from linli.clock import now

VERIFICATION_DAYS = 3
EVALUATION_DAYS = 5  # for a matter so private that it got no category
REMIND_AT = 0.75  # of the time allowed, counted in working hours


@dataclass(frozen=True)
class Clock:
    """A moment at which something is due: in which states, when, and which action it takes."""

    states: frozenset[State]
    moment: Callable[[Case], datetime | None]
    action: str


def _part(start: datetime | None, due: datetime | None) -> datetime | None:
    if start is None or due is None:
        return None
    return calendar().part(start, due, REMIND_AT)


def _verification_due(case: Case) -> datetime | None:
    return case.resolved_at and calendar().add_days(case.resolved_at, VERIFICATION_DAYS)


def _silence(case: Case) -> datetime | None:
    days = case.category.evaluation_days if case.category else EVALUATION_DAYS
    return case.verified_at and calendar().add_days(case.verified_at, days)


CLOCKS = {
    "accept_reminder": Clock(WAITING, lambda c: _part(c.dispatched_at, c.accept_due), "remind"),
    "accept_overdue": Clock(WAITING, lambda c: c.accept_due, "escalate"),
    "resolve_reminder": Clock(
        frozenset({State.ACCEPTED}), lambda c: _part(c.dispatched_at, c.resolve_due), "remind"
    ),
    "resolve_overdue": Clock(WORKING, lambda c: c.resolve_due, "escalate"),
    "verification_reminder": Clock(frozenset({State.RESOLVED}), _verification_due, "remind"),
    "silence": Clock(frozenset({State.VERIFIED}), _silence, "close"),
}


def start(case: Case) -> None:
    """Start the clocks of a case that has just been dispatched or sent back."""
    moment = now()
    assert case.category is not None
    case.dispatched_at = moment
    case.accept_due = calendar().add(moment, case.category.accept_hours)
    case.resolve_due = calendar().add(moment, case.category.resolve_hours)
    case.paused_at = None
    case.overdue_at = None
    case.fired = []


def pause(case: Case) -> None:
    """Stop the clocks while a question is open that the assignee cannot settle."""
    if case.paused_at is None:
        case.paused_at = now()


def resume(case: Case) -> None:
    """Let the clocks run on; what was left of them at the pause is left now."""
    if case.paused_at is None:
        return
    worked = calendar().worked
    pause_length = worked(now()) - worked(case.paused_at)
    for name in ("accept_due", "resolve_due"):
        due = getattr(case, name)
        if due is not None and due > case.paused_at:
            setattr(case, name, calendar().moment(worked(due) + pause_length))
    case.paused_at = None


def extend(case: Case, days: float) -> None:
    """Move the day by which the case must be resolved."""
    assert case.resolve_due is not None
    case.resolve_due = calendar().add_days(case.resolve_due, days)
    case.fired = [name for name in case.fired if not name.startswith("resolve")]


def due_at(case: Case) -> datetime:
    """Return the moment to sort a case by: what is due next, else since when it has waited."""
    if case.state in WAITING:
        known = [due for due in (case.accept_due, case.resolve_due) if due is not None]
        return min(known, default=case.reported_at)
    if case.state == State.ACCEPTED:
        return case.resolve_due or case.reported_at
    return (case.state == State.RESOLVED and case.resolved_at) or case.reported_at


def wind(case: Case) -> None:
    """Set the clock that rings next, and what is due next."""
    case.clock, case.clock_at, case.due_at = "", None, due_at(case)
    if case.is_paused:
        return
    set_for = [
        (moment, name)
        for name, clock in CLOCKS.items()
        if case.state in clock.states and name not in case.fired and (moment := clock.moment(case))
    ]
    if set_for:
        case.clock_at, case.clock = min(set_for)
