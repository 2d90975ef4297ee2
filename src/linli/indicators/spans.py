"""Months, quarters and years as numbers: the next one is the number plus one.

Their names are those `linli.scores.periods` reads: "2024-03", "2024Q1", "2024".
"""

import re
from calendar import monthrange
from datetime import date

MONTH, QUARTER, YEAR = "month", "quarter", "year"
A_YEAR = {MONTH: 12, QUARTER: 4, YEAR: 1}  # how many make a year
_FORM = re.compile(r"(?P<year>\d{4})(?:-(?P<month>0[1-9]|1[0-2])|Q(?P<quarter>[1-4]))?", re.ASCII)


def read(text: str) -> tuple[str, int]:
    """Return what kind of period a name names, and its number.

    Raises
    ------
    ValueError
        If it names none.
    """
    found = _FORM.fullmatch(text)
    if found is None:
        raise ValueError(text)
    year = int(found["year"])
    if found["month"]:
        return MONTH, year * 12 + int(found["month"]) - 1
    if found["quarter"]:
        return QUARTER, year * 4 + int(found["quarter"]) - 1
    return YEAR, year


def number(text: str, every: str) -> int:
    """Return the number of the period of kind `every` in which the named one lies.

    Raises
    ------
    ValueError
        If it names none, or one that is longer.
    """
    kind, n = read(text)
    if A_YEAR[kind] < A_YEAR[every]:
        raise ValueError(text)
    return coarser(n, kind, every)


def coarser(n: int, kind: str, every: str) -> int:
    """Return the longer period in which a shorter one lies."""
    return n * A_YEAR[every] // A_YEAR[kind]


def finer(n: int, every: str, kind: str) -> range:
    """Return the shorter periods that make a longer one."""
    times = A_YEAR[kind] // A_YEAR[every]
    return range(n * times, (n + 1) * times)


def name(n: int, every: str) -> str:
    """Return how a period is written."""
    if every == MONTH:
        return f"{n // 12:04d}-{n % 12 + 1:02d}"
    if every == QUARTER:
        return f"{n // 4:04d}Q{n % 4 + 1}"
    return f"{n:04d}"


def days(n: int, every: str) -> tuple[date, date]:
    """Return the first and the last day."""
    months = finer(n, every, MONTH)
    first, last = months[0], months[-1]
    year, month = last // 12, last % 12 + 1
    return date(first // 12, first % 12 + 1, 1), date(year, month, monthrange(year, month)[1])


def of_day(day: date, every: str) -> int:
    """Return the period in which a day lies."""
    return coarser(day.year * 12 + day.month - 1, MONTH, every)
