"""Months and years as people write them."""

import re
from datetime import date

from django.utils.translation import gettext as _

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
