"""How late something will be, from how late it and its like have been so far.

Work goes from milestone to milestone. A *stretch* lies between two of them (or between the
beginning and the first): so many days planned, so many taken. What a stretch takes over its plan
is thought to grow with its planned length: on average `rate` days for each planned day, with a
variance in proportion to the length (a random walk with drift). The rate of one undertaking is
its own, drawn towards that of its like as if it had `PRIOR_DAYS` planned days of theirs behind
it; so one bad fortnight does not foretell years. With `left` planned days to go,

    late = late now + rate · left
    variance = sigma² · left + sigma² · left² / (own planned days + PRIOR_DAYS)

and the interval is late ± 1.2816 standard deviations: four of five should fall inside. It is
given only from `NEEDED` finished stretches on.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from math import sqrt
from typing import Self

PRIOR_DAYS = 180.0
NEEDED = 5
Z = 1.2816  # of the normal distribution, 10 % lie above


@dataclass(frozen=True)
class Stretches:
    """Sums over finished stretches, p days planned and x days over the plan.

    Attributes
    ----------
    count
        How many.
    planned, over
        Sums of p and of x, days.
    scatter
        Sum of x² / p, days.
    """

    count: int = 0
    planned: float = 0.0
    over: float = 0.0
    scatter: float = 0.0

    @classmethod
    def of(cls, stretches: Iterable[tuple[float, float]]) -> Self:
        """Sum up stretches, each the days planned (at least one) and the days taken."""
        pairs = [(max(planned, 1.0), taken) for planned, taken in stretches]
        return cls(
            len(pairs),
            sum(planned for planned, _taken in pairs),
            sum(taken - planned for planned, taken in pairs),
            sum((taken - planned) ** 2 / planned for planned, taken in pairs),
        )

    @property
    def rate(self) -> float:
        """Days over the plan for each planned day."""
        return self.over / self.planned if self.planned else 0.0

    @property
    def variance(self) -> float | None:
        """Variance a planned day, days; None where too few are known."""
        if self.count < NEEDED:
            return None
        rate = self.rate
        rest = self.scatter - 2 * rate * self.over + rate**2 * self.planned
        return max(rest, 0.0) / (self.count - 1)


@dataclass(frozen=True)
class Slip:
    """How many days late something will be (early, if less than none); 80 % lie in between."""

    late: float
    low: float | None = None
    high: float | None = None


def foresee(
    late_now: float, left: float, own: Stretches, like: Stretches, at_least: float | None = None
) -> Slip:
    """Return how late an undertaking will be at its end.

    Parameters
    ----------
    late_now
        Days it is late at the last milestone it passed.
    left
        Planned days from there to the end.
    own, like
        What it has behind it, and what all of its kind have behind them, itself included.
    at_least
        Days it will be late whatever happens, because that much time has gone already.
    """
    rate = (own.over + like.rate * PRIOR_DAYS) / (own.planned + PRIOR_DAYS)
    late = late_now + rate * left
    floor = at_least if at_least is not None else float("-inf")
    variance = like.variance
    if variance is None:
        return Slip(max(late, floor))
    spread = Z * sqrt(variance * left + variance * left**2 / (own.planned + PRIOR_DAYS))
    return Slip(max(late, floor), max(late - spread, floor), max(late + spread, floor))
