"""Speeds by the hour of the day, such that who sets out earlier arrives earlier (FIFO).

A way is so much work at free speed; in each hour it is done at that hour's factor (Ichoua, Gendreau
and Potvin 2003). Crossing into a slower hour slows the rest of the way, not the whole.
"""

from bisect import bisect_right
from collections.abc import Sequence

HOUR = 3600.0


class Hours:
    """Factors of speed for the 24 hours of every day; 1 is the speed of the travel times."""

    def __init__(self, factors: Sequence[float]) -> None:
        """Take the factors.

        Raises
        ------
        ValueError
            If there aren't 24, or one is not above zero.
        """
        if len(factors) != 24 or not all(0 < factor < float("inf") for factor in factors):
            raise ValueError("speeds by hour are 24 factors above zero")
        self.factors = tuple(float(factor) for factor in factors)
        self._done = [0.0]
        for factor in self.factors:
            self._done.append(self._done[-1] + factor * HOUR)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Hours) and self.factors == other.factors

    def __hash__(self) -> int:
        return hash(self.factors)

    def arrival(self, departure: float, seconds: float) -> float:
        """Return when one arrives who sets out at `departure` on `seconds` at free speed."""
        return self._when(self._work(departure) + seconds)

    def departure(self, arrival: float, seconds: float) -> float:
        """Return when one must set out at the latest to be there at `arrival`."""
        return self._when(self._work(arrival) - seconds)

    def mean(self, since: float, until: float) -> float:
        """Return the mean factor between two times."""
        if until <= since:
            return self.factors[int(since // HOUR) % 24]
        return (self._work(until) - self._work(since)) / (until - since)

    def _work(self, at: float) -> float:
        day, rest = divmod(at, 24 * HOUR)
        hour = min(int(rest // HOUR), 23)
        return day * self._done[-1] + self._done[hour] + (rest - hour * HOUR) * self.factors[hour]

    def _when(self, work: float) -> float:
        day, rest = divmod(work, self._done[-1])
        hour = min(bisect_right(self._done, rest) - 1, 23)
        return day * 24 * HOUR + hour * HOUR + (rest - self._done[hour]) / self.factors[hour]
