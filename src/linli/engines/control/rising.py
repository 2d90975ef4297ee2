"""Whether a share has risen above its own normal: a cumulative sum (CUSUM) part by part.

Each part adds the logarithm of how much likelier it is at the worse share than at the normal one
(Page 1954); a sum below nothing starts anew. The limit is the logarithm of how many parts there
are on average between two false alarms, at least (Lorden 1971).
"""

from collections.abc import Iterable
from dataclasses import dataclass
from math import log

LEAST = 1e-4  # a share that was never seen is taken for one in ten thousand
MOST = 0.5


@dataclass(frozen=True)
class Rising:
    """A share that is watched.

    Attributes
    ----------
    normal
        The usual share.
    worse
        The share that is to be noticed.
    between
        Parts between two false alarms, on average and at least.
    """

    normal: float
    worse: float
    between: float = 100_000

    @classmethod
    def above(cls, normal: float, times: float = 2.0, between: float = 100_000) -> "Rising":
        """Watch for a share that is some `times` its normal, which is kept within reason."""
        normal = min(max(normal, LEAST), MOST)
        return cls(normal, min(normal * times, (1 + normal) / 2), between)

    @property
    def limit(self) -> float:
        """The sum from which the share has risen."""
        return log(self.between)

    def follow(self, so_far: float, bad: Iterable[bool]) -> tuple[float, int | None]:
        """Go on with a sum over parts in their order.

        Returns
        -------
        The new sum, and the place of the part at which it came to the limit, None if it did not.
        After that part the sum starts anew.
        """
        adds = log(self.worse / self.normal)
        takes = log((1 - self.worse) / (1 - self.normal))
        at = None
        for place, is_bad in enumerate(bad):
            so_far = max(0.0, so_far + (adds if is_bad else takes))
            if so_far >= self.limit:
                at, so_far = (place if at is None else at), 0.0
        return so_far, at

    def parts_until_seen(self) -> float:
        """Return about how many parts it takes until the worse share is noticed."""
        adds = log(self.worse / self.normal)
        takes = log((1 - self.worse) / (1 - self.normal))
        return self.limit / (self.worse * adds + (1 - self.worse) * takes)


def usual_share(bad: int, parts: int, at_first: float = 0.01, weight: float = 200) -> float:
    """Return the share that is usual, drawn towards `at_first` while there are few parts.

    The first guess counts as `weight` parts.
    """
    return (bad + at_first * weight) / (parts + weight)
