"""Deadlines as countdowns: how much working time is used and left, and when it runs on."""

import json
from dataclasses import dataclass

from django.utils.translation import ngettext

from linli.cases.calendar import calendar
from linli.cases.deadlines import REMIND_AT
from linli.cases.due import Due, Level, deadlines_of, one_or_many
from linli.cases.models import Case
from linli.clock import now, pace

SHIFTS = 12  # six days of work ahead: nobody leaves a page open longer
RUNNING = frozenset({Level.ON_TIME, Level.SOON, Level.OVERDUE})


@dataclass(frozen=True)
class Countdown:
    """One deadline and its time, so that a browser can count it on without knowing holidays.

    Attributes
    ----------
    allowed, left
        Working minutes in all, and still left now; negative once overdue.
    now
        The moment all this was true, in milliseconds since 1970.
    rate
        How many of the town's seconds pass in one of the wall's: more than one, or none, in a
        demonstration.
    shifts
        The stretches of work ahead as JSON, each `[from, to]` in milliseconds: time passes
        inside them and stands still between them.
    """

    due: Due
    allowed: float
    left: float
    now: int
    rate: float
    shifts: str

    @property
    def is_running(self) -> bool:
        return self.due.level in RUNNING

    @property
    def used(self) -> float:
        """The share of the time that is gone, 0 to 1."""
        return min(max(1 - self.left / self.allowed, 0), 1) if self.allowed > 0 else 1.0

    @property
    def percent(self) -> int:
        return round(100 * self.used)

    @property
    def reminded_at(self) -> int:
        """The percentage from which it is due soon: where the bar has its mark."""
        return round(100 * REMIND_AT)

    def _in_hours(self, count: int) -> str:
        if self.due.level == Level.OVERDUE:
            return ngettext("{n} working hour overdue", "{n} working hours overdue", count)
        return ngettext("{n} working hour left", "{n} working hours left", count)

    def _in_minutes(self, count: int) -> str:
        if self.due.level == Level.OVERDUE:
            return ngettext("{n} working minute overdue", "{n} working minutes overdue", count)
        return ngettext("{n} working minute left", "{n} working minutes left", count)

    @property
    def in_hours(self) -> str:
        """What says how much is left or past, for one and for more, with `{n}` for the hours."""
        return json.dumps([self._in_hours(1), self._in_hours(2)], ensure_ascii=False)

    @property
    def in_minutes(self) -> str:
        """The same for less than an hour, with `{n}` for the minutes."""
        return json.dumps([self._in_minutes(1), self._in_minutes(2)], ensure_ascii=False)

    @property
    def words(self) -> str:
        """How much is left or past now; `case.js` says it in the same way."""
        minutes = abs(self.left)
        if minutes < 60:
            return self._in_minutes(int(minutes)).replace("{n}", str(int(minutes)))
        hours = int(minutes / 6) / 10
        return self._in_hours(one_or_many(hours)).replace("{n}", f"{hours:g}")


def countdowns(case: Case) -> list[Countdown]:
    """List the deadlines of a case with the time each has left."""
    moment, runs = now(), pace()
    ahead = [
        [round(start.timestamp() * 1000), round(end.timestamp() * 1000)]
        for start, end in calendar().shifts(moment, SHIFTS)
    ]
    shifts, stamp = json.dumps(ahead, separators=(",", ":")), round(moment.timestamp() * 1000)
    return [
        Countdown(
            due,
            calendar().hours_between(since, due.moment) * 60 if since else 0.0,
            (-due.hours if due.level == Level.OVERDUE else due.hours) * 60,
            stamp,
            runs.rate if runs else 1.0,
            shifts,
        )
        for due in deadlines_of(case)
        for since in [case.resolved_at if due.what == "verify" else case.dispatched_at]
    ]
