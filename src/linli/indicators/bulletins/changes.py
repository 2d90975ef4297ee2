"""Which things changed most: a rule that can be said in one sentence and worked out by hand.

What changed is the value of this period less that of the period before. It weighs as many times
as it is larger than the thing's own usual spread: the standard deviation of the thirteen periods
before this one, or what chance alone would make of it if that is more. So a town-wide count that
always swings by fifty does not push out a quiet category that has doubled.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from math import sqrt
from typing import Any

BEFORE = 13
FEWEST = 4  # of the thirteen that must be known
LEAST = 1.0  # times the usual spread; what changed less than that has not changed


@dataclass(frozen=True)
class Series:
    """The values of something, this period's last; None where there was nothing to measure.

    `chance` is the spread that chance alone makes; `tag` is whatever the caller wants to find
    again.
    """

    values: Sequence[float | None]
    chance: float
    tag: Any = None


@dataclass(frozen=True)
class Change:
    series: Series
    now: float
    before: float
    usual: float

    @property
    def times(self) -> float:
        return abs(self.now - self.before) / self.usual


def of_counts(values: Sequence[float], tag: Any = None) -> Series:
    """Return a series of counts: by chance alone they spread as the root of their mean."""
    past = values[:-1][-BEFORE:]
    mean = sum(past) / len(past) if past else 0.0
    return Series(values, sqrt(max(mean, 1.0)), tag)


def of_rates(hits: Sequence[float], trials: Sequence[float], tag: Any = None) -> Series:
    """Return a series of rates in percent: by chance they spread the more, the fewer trials."""
    values = [100 * y / n if n else None for y, n in zip(hits, trials, strict=True)]
    whole, last = sum(trials[:-1]), min([n for n in trials[-2:] if n] or [1])
    rate = sum(hits[:-1]) / whole if whole else 0.5
    return Series(values, max(100 * sqrt(rate * (1 - rate) / last), 1.0), tag)


def change(series: Series) -> Change | None:
    """Weigh the change of a series; None where it cannot be weighed."""
    *past, now = series.values
    known = [value for value in past[-BEFORE:] if value is not None]
    if now is None or not past or past[-1] is None or len(known) < FEWEST:
        return None
    return Change(series, now, past[-1], max(spread(known), series.chance))


def spread(values: Sequence[float]) -> float:
    """Return the standard deviation of a sample; `statistics.stdev` takes thirty times as long."""
    mean = sum(values) / len(values)
    return sqrt(sum((value - mean) ** 2 for value in values) / (len(values) - 1))


def most(series: Sequence[Series], n: int = 3) -> list[Change]:
    """Return the changes that weigh most, the largest first."""
    found = [one for each in series if (one := change(each)) and one.times >= LEAST]
    return sorted(found, key=lambda one: -one.times)[:n]
