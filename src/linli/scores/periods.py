"""The stretch of days that a figure is about."""

import re
from calendar import monthrange
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.db.models import Max, Min
from django.utils.translation import gettext as _

from linli.places.town import the_town
from linli.scores.models import Tally

_FORMS = re.compile(
    r"(?P<year>\d{4})(?:-(?P<month>\d{2})|-?Q(?P<quarter>[1-4]))?", re.IGNORECASE | re.ASCII
)


@dataclass(frozen=True, order=True)
class Period:
    """All days from `first` to `last`, both included, in the town's own time."""

    first: date
    last: date

    def __post_init__(self) -> None:
        if self.first > self.last:
            raise ValueError(_("A period cannot end before it begins."))

    def __str__(self) -> str:
        """Return the shortest text that `parse` reads as this period."""
        year, month = self.first.year, self.first.month
        for text in (f"{year:04d}", f"{year:04d}Q{(month + 2) // 3}", f"{year:04d}-{month:02d}"):
            if parse(text) == self:
                return text
        return f"{self.first}..{self.last}"

    @property
    def begins(self) -> datetime:
        """The first moment."""
        return datetime.combine(self.first, time(), _zone())

    @property
    def ends(self) -> datetime:
        """The first moment after it."""
        return datetime.combine(self.last + timedelta(1), time(), _zone())


def parse(text: str) -> Period:
    """Read "2020-01" (a month), "2020Q1", "2020" or "2020-01-05..2020-02-10".

    Raises
    ------
    ValueError
        If the text is none of these; the message is translated.
    """
    text = text.strip()
    try:
        if ".." in text:
            first, last = text.split("..")
            return Period(date.fromisoformat(first), date.fromisoformat(last))
        if len(text) == len("2020-01-05"):
            day = date.fromisoformat(text)
            return Period(day, day)
        found = _FORMS.fullmatch(text)
        if found is None:
            raise ValueError(text)
        year, start, months = int(found["year"]), 1, 12
        if found["month"]:
            start, months = int(found["month"]), 1
        elif found["quarter"]:
            start, months = int(found["quarter"]) * 3 - 2, 3
        end = start + months - 1
        return Period(date(year, start, 1), date(year, end, monthrange(year, end)[1]))
    except ValueError as error:
        raise ValueError(
            _("“%(text)s” is not a period: write 2020-01, 2020Q1, 2020 or 2020-01-05..2020-02-10.")
            % {"text": text}
        ) from error


def whole() -> Period:
    """Return the days from the first to the last of which anything was counted.

    Raises
    ------
    ValueError
        If nothing has been counted yet; the message is translated.
    """
    days = Tally.objects.aggregate(first=Min("day"), last=Max("day"))
    if days["first"] is None:
        raise ValueError(_("Nothing has been counted yet."))
    return Period(days["first"], days["last"])


def month_of(day: date) -> Period:
    """Return the month in which `day` lies."""
    return Period(day.replace(day=1), day.replace(day=monthrange(day.year, day.month)[1]))


def shifted(period: Period, by: int) -> Period:
    """Return the period so many of its own kind later: months, quarters, years, or its length."""
    text = str(period)
    if ".." in text:
        days = timedelta(((period.last - period.first).days + 1) * by)
        return Period(period.first + days, period.last + days)
    months = 1 if "-" in text else 3 if "Q" in text else 12
    start = period.first.year * 12 + period.first.month - 1 + by * months
    end = start + months - 1
    return Period(
        date(start // 12, start % 12 + 1, 1), month_of(date(end // 12, end % 12 + 1, 1)).last
    )


def local_day(moment: datetime) -> date:
    """Return the day it is in the town at `moment`."""
    return moment.astimezone(_zone()).date()


def _zone() -> ZoneInfo:
    return ZoneInfo(the_town().timezone)
