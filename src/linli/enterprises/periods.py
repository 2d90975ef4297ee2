"""Months and years as people write them."""

import re
from datetime import date

from django.db.models import Count
from django.utils.translation import gettext as _

from linli.enterprises.models import YearFigures

_MONTH = re.compile(r"((?:19|20)\d\d)\s*(?:年|[-/.])?\s*(1[0-2]|0?[1-9])\s*月?(?:[-/.日\d\s:T]*)")


class NotAPeriod(ValueError):
    """A text that names no month or year."""


def month_of(text: str) -> date:
    """Return the first day of a month: `2025-03`, `202503`, `2025年3月`, or a day of it.

    Raises
    ------
    NotAPeriod
        If it is none.
    """
    found = _MONTH.fullmatch(text.strip())
    if not found:
        raise NotAPeriod(_("“%(value)s” is no month, as in 2025-03.") % {"value": text[:40]})
    return date(int(found[1]), int(found[2]), 1)


def month_text(month: date) -> str:
    """Return a month as it stands in files."""
    return f"{month:%Y-%m}"


def last_told_year() -> int | None:
    """Return the last year of which figures are told: by at least half as many as the year before.

    The first enterprises to tell of a new year must not let all others look as if they had nothing.
    """
    rows = YearFigures.objects.order_by("-year").values("year").annotate(n=Count("pk"))
    told = dict(rows.values_list("year", "n"))
    return next((year for year, n in told.items() if 2 * n >= told.get(year - 1, 0)), None)
