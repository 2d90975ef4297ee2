"""The working calendar of mainland China, with make-up workdays and local exceptions."""

from bisect import bisect_left
from datetime import date, datetime, time, timedelta
from functools import lru_cache
from itertools import accumulate
from zoneinfo import ZoneInfo

from chinese_calendar.constants import holidays as PUBLIC_HOLIDAYS  # noqa: N812
from chinese_calendar.constants import workdays as MAKE_UP_WORKDAYS  # noqa: N812

from linli.places.models import Town
from linli.places.town import once_a_version

FIRST_DAY = date(2004, 1, 1)  # the first year whose holidays the calendar library knows
YEARS = 60
KNOWN = 8192  # moments of which the working time is kept
STANDARD_HOURS = [("08:30", "12:00"), ("13:30", "17:30")]


class WorkingCalendar:
    """Counts working time. Moments are timezone-aware; hours are working hours.

    Years whose holidays the State Council has not yet announced have plain weekdays.
    Everything rests on one function and its inverse: `worked`, the working minutes
    from `FIRST_DAY` up to a moment, and `moment`, when that many have been worked.
    """

    def __init__(
        self,
        hours: list[tuple[str, str]] | None = None,
        holidays: frozenset[date] = frozenset(),
        workdays: frozenset[date] = frozenset(),
        timezone: str = "Asia/Shanghai",
    ) -> None:
        self._zone = ZoneInfo(timezone)
        self._shifts = [
            (_minutes(time.fromisoformat(a)), _minutes(time.fromisoformat(b)))
            for a, b in hours or STANDARD_HOURS
        ]
        self._a_day = sum(b - a for a, b in self._shifts)
        self._holidays, self._workdays = holidays, workdays
        days = range((date(FIRST_DAY.year + YEARS, 1, 1) - FIRST_DAY).days)
        worked = (self._a_day if self.is_workday(FIRST_DAY + timedelta(d)) else 0 for d in days)
        self._before = list(accumulate(worked, initial=0))
        # The same few moments of a case are asked for at each of its steps.
        self.worked = lru_cache(KNOWN)(self._worked)
        self.part = lru_cache(KNOWN)(self._part)

    def is_workday(self, day: date) -> bool:
        """Tell whether the town works on `day`."""
        if day in self._workdays:
            return True
        if day in self._holidays:
            return False
        return day in MAKE_UP_WORKDAYS or (day.weekday() < 5 and day not in PUBLIC_HOLIDAYS)

    def _worked(self, moment: datetime) -> float:
        """Return the working minutes from `FIRST_DAY` up to `moment`."""
        local = moment.astimezone(self._zone)
        day = min(max((local.date() - FIRST_DAY).days, 0), len(self._before) - 2)
        if self._before[day + 1] == self._before[day]:
            return self._before[day]
        now, today = _minutes(local), 0.0
        for start, end in self._shifts:
            if now > start:
                today += (now if now < end else end) - start
        return self._before[day] + today

    def _part(self, start: datetime, end: datetime, share: float) -> datetime:
        """Return the moment at which that share of the work from `start` to `end` is done."""
        begun = self.worked(start)
        return self.moment(begun + share * (self.worked(end) - begun))

    def moment(self, worked: float) -> datetime:
        """Return the first moment at which `worked` minutes have been worked."""
        day = min(max(bisect_left(self._before, worked) - 1, 0), len(self._before) - 2)
        left = worked - self._before[day]
        for start, end in self._shifts:
            if left <= end - start:
                minute = start + left
                break
            left -= end - start
        else:
            minute = self._shifts[-1][1]
        midnight = datetime.combine(FIRST_DAY + timedelta(day), time(), self._zone)
        return midnight + timedelta(minutes=minute)

    def add(self, start: datetime, hours: float) -> datetime:
        """Return the moment `hours` working hours after `start`."""
        return self.moment(self.worked(start) + hours * 60)

    def add_days(self, start: datetime, days: float) -> datetime:
        """Return the moment `days` full working days after `start`."""
        return self.moment(self.worked(start) + days * self._a_day)

    def hours_between(self, start: datetime, end: datetime) -> float:
        """Return the working hours from `start` to `end`."""
        return (self.worked(end) - self.worked(start)) / 60

    def shifts(self, after: datetime, most: int) -> list[tuple[datetime, datetime]]:
        """List the next `most` stretches of work, the first one from `after` if that is in it."""
        found: list[tuple[datetime, datetime]] = []
        local = after.astimezone(self._zone)
        day = max(local.date(), FIRST_DAY)
        last = FIRST_DAY + timedelta(len(self._before) - 2)
        while len(found) < most and day <= last:
            midnight = datetime.combine(day, time(), self._zone)
            for start, end in self._shifts if self.is_workday(day) else ():
                begins = max(midnight + timedelta(minutes=start), local)
                ends = midnight + timedelta(minutes=end)
                if begins < ends:
                    found.append((begins, ends))
            day += timedelta(1)
        return found[:most]


def _minutes(of_day: time | datetime) -> float:
    return of_day.hour * 60 + of_day.minute + of_day.second / 60 + of_day.microsecond / 6e7


@once_a_version
def calendar(town: Town) -> WorkingCalendar:
    """Return the working calendar of the loaded town."""
    rules = town.calendar
    return WorkingCalendar(
        [(a, b) for a, b in rules.get("hours", STANDARD_HOURS)],
        frozenset(map(date.fromisoformat, rules.get("holidays", []))),
        frozenset(map(date.fromisoformat, rules.get("workdays", []))),
        town.timezone,
    )
