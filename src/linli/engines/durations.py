"""How long something takes where some have not arrived yet (Kaplan–Meier).

Who has not arrived by today says only that it takes longer than so far. Leaving them out would
make the way look short; counting them as arrived would, too. The product-limit estimate
(Kaplan and Meier 1958) counts them as long as they were under way.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Durations:
    """What is known of a way.

    Attributes
    ----------
    count, arrived
        How many set out, and how many of them arrived.
    median
        After how many days half have arrived; None where not half have, as far as can be seen.
    curve
        (days, share not yet arrived from then on), a step for each day on which some arrived.
    """

    count: int
    arrived: int
    median: int | None
    curve: tuple[tuple[int, float], ...]


def durations(ways: Sequence[tuple[int, bool]]) -> Durations:
    """Estimate from ways, each the days it took so far and whether it has arrived.

    On a day on which some arrive and others are given up, those who arrive come first.
    """
    ended = Counter(days for days, _arrived in ways)
    arrivals = Counter(days for days, arrived in ways if arrived)
    under_way, share = len(ways), 1.0
    curve: list[tuple[int, float]] = []
    median: int | None = None
    for day in sorted(ended):
        if arrivals[day]:
            share *= 1 - arrivals[day] / under_way
            curve.append((day, share))
            if median is None and share <= 0.5 + 1e-12:
                median = day
        under_way -= ended[day]
    return Durations(len(ways), sum(arrivals.values()), median, tuple(curve))
