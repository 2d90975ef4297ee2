"""The day, week or month a bulletin is about, and those before it to compare with."""

import re
from dataclasses import dataclass
from datetime import date, timedelta

from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from linli.clock import now
from linli.indicators.bulletins.models import name_of
from linli.scores.periods import Period, local_day, month_of, shifted

DAY, WEEK, MONTH = "day", "week", "month"
KINDS = (DAY, WEEK, MONTH)
EARLIEST = 1980
_FORM = re.compile(
    r"(?P<year>\d{4})-(?:W(?P<week>\d{2})|(?P<month>\d{2})(?:-(?P<day>\d{2}))?)", re.ASCII
)


@dataclass(frozen=True)
class Stretch:
    """A day, a week from Monday on, or a month; `today` is the last day that may be counted.

    One that still runs is compared with as many days of those before.
    """

    kind: str
    whole: Period
    today: date

    def __str__(self) -> str:
        """Return the text that `read` reads as this stretch."""
        return name_of(self.kind, self.whole.first)

    @property
    def is_running(self) -> bool:
        return self.whole.last >= self.today

    @property
    def counted(self) -> Period:
        """The days of it that are there."""
        return Period(self.whole.first, min(self.whole.last, self.today))

    def back(self, by: int) -> "Stretch":
        """Return the stretch so many of its kind before, with as many days counted."""
        if self.kind == MONTH:
            whole = shifted(self.whole, -by)
        else:
            days = timedelta((7 if self.kind == WEEK else 1) * by)
            whole = Period(self.whole.first - days, self.whole.last - days)
        if not self.is_running:
            return Stretch(self.kind, whole, self.today)
        last = min(whole.first + (self.counted.last - self.whole.first), whole.last)
        return Stretch(self.kind, whole, last)

    @property
    def number(self) -> tuple[int, int]:
        """The year, and the how manieth of its kind in it."""
        first = self.whole.first
        if self.kind == MONTH:
            return first.year, first.month
        year, week, _day = first.isocalendar()
        return (year, week) if self.kind == WEEK else (first.year, first.timetuple().tm_yday)

    @property
    def short(self) -> str:
        """As it stands below a column of a chart: figures only."""
        first = self.whole.first
        if self.kind == MONTH:
            return f"{first:%y-%m}"
        return f"{first:%m-%d}"

    @property
    def words(self) -> str:
        """As people read it."""
        first, last = self.whole.first, self.whole.last
        form = pgettext("format of a day", "j F Y")
        if self.kind == MONTH:
            return date_format(first, pgettext("format of a month", "F Y"))
        if self.kind == DAY:
            return date_format(first, form)
        return _("%(first)s to %(last)s") % {
            "first": date_format(first, form), "last": date_format(last, form),
        }  # fmt: skip


def read(text: str) -> Stretch:
    """Read "day", "week", "month" (the last that is over), "2026-10-05", "2026-W41" or "2026-10".

    Raises
    ------
    ValueError
        If the text is none of these or has not begun yet; the message is translated.
    """
    today = local_day(now())
    text = text.strip()
    if text in KINDS:
        return _around(text, today, today).back(1) if text == DAY else _last(text, today)
    found = _FORM.fullmatch(text)
    try:
        if found is None:
            raise ValueError(text)
        year = int(found["year"])
        if year < EARLIEST:
            raise ValueError(text)
        if found["week"]:
            stretch = _around(WEEK, date.fromisocalendar(year, int(found["week"]), 1), today)
        elif found["day"]:
            stretch = _around(DAY, date.fromisoformat(text), today)
        else:
            stretch = _around(MONTH, date(year, int(found["month"]), 1), today)
    except ValueError as error:
        raise ValueError(
            _("“%(text)s” is no day, week or month: write day, week, month, 2026-10-05, 2026-W41 "
              "or 2026-10.")
            % {"text": text}
        ) from error  # fmt: skip
    if stretch.whole.first > today:
        raise ValueError(_("%(text)s has not begun yet.") % {"text": text})
    return stretch


def around(kind: str, day: date) -> Stretch:
    """Return the day, week or month in which a day lies."""
    return _around(kind, day, local_day(now()))


def _last(kind: str, today: date) -> Stretch:
    """Return the last week or month that is over."""
    first = _around(kind, today, today).whole.first
    return _around(kind, first - timedelta(1), today)


def _around(kind: str, day: date, today: date) -> Stretch:
    if kind == MONTH:
        return Stretch(kind, month_of(day), today)
    if kind == DAY:
        return Stretch(kind, Period(day, day), today)
    monday = day - timedelta(day.weekday())
    return Stretch(kind, Period(monday, monday + timedelta(6)), today)
