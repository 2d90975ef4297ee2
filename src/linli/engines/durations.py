"""How long something takes where some have not arrived yet (Kaplan–Meier).

Who has not arrived by today says only that it takes longer than so far. Leaving them out would
make the way look short; counting them as arrived would, too. The product-limit estimate
(Kaplan and Meier 1958) counts them as long as they were under way.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from scipy.stats import CensoredData, ecdf


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
    arrived = [days for days, has_arrived in ways if has_arrived]
    under_way = [days for days, has_arrived in ways if not has_arrived]
    if not arrived:
        return Durations(len(ways), 0, None, ())
    left = ecdf(CensoredData(uncensored=arrived, right=under_way)).sf
    arrivals = set(arrived)
    curve = tuple(
        (int(day), float(share))
        for day, share in zip(left.quantiles, left.probabilities, strict=True)
        if day in arrivals
    )
    median = next((day for day, share in curve if share <= 0.5 + 1e-12), None)
    return Durations(len(ways), len(arrived), median, curve)
