"""Whether something is on its way to a target: the path, the light, what is still missing."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum


class Light(StrEnum):
    """How the way to a target goes."""

    REACHED = "reached"
    ON = "on"
    SLIGHTLY = "slightly"
    BEHIND = "behind"
    UNKNOWN = "unknown"


def linear(base: float, target: float, since: int, by: int) -> dict[int, float]:
    """Return what is expected in each period when every step is as long as the others."""
    return {n: base + (target - base) * (n - since) / (by - since) for n in range(since, by + 1)}


def steps(
    base: float, target: float, since: int, by: int, given: Sequence[tuple[int, float]]
) -> dict[int, float]:
    """Return what is expected when it goes by steps: each holds until the next."""
    found, now = {}, base
    known = dict(given)
    for n in range(since, by + 1):
        now = known.get(n, now)
        found[n] = now
    return found | {by: target}


def running(target: float, since: int, by: int) -> dict[int, float]:
    """Return what is to be together up to each period when all bring the same."""
    count = by - since + 1
    return {n: target * (n - since + 1) / count for n in range(since, by + 1)}


def seasonal(
    target: float, since: int, by: int, past: Mapping[int, float], season: int
) -> dict[int, float]:
    """Return what is to be together up to each period when seasons bring what they brought.

    A season's weight is its mean over the whole years of `past` (period → value); without one
    whole year all weigh the same.
    """
    weights = [1.0] * season
    whole = [
        start for start in past
        if start % season == 0 and all(start + k in past for k in range(season))
    ]  # fmt: skip
    if whole:
        weights = [sum(past[start + k] for start in whole) / len(whole) for k in range(season)]
    total = sum(weights[n % season] for n in range(since, by + 1))
    if total <= 0:
        return running(target, since, by)
    found, now = {}, 0.0
    for n in range(since, by + 1):
        now += weights[n % season]
        found[n] = target * now / total
    return found


def light(
    actual: float | None, expected: float, base: float, target: float, slack: float,
    is_up: bool = True,
) -> Light:  # fmt: skip
    """Tell how the way goes.

    Reached where the value is at the target or past it; on its way where it is at what is
    expected or past it; slightly behind where it lacks at most `slack` of the whole way.
    """
    if actual is None:
        return Light.UNKNOWN
    sign = 1 if is_up else -1
    # Sums are added up in whatever order a database gives: their last digits mean nothing.
    tiny = 1e-9 * max(abs(expected), abs(target), 1.0)
    if sign * (actual - target) >= -tiny:
        return Light.REACHED
    lacks = sign * (expected - actual)
    if lacks <= tiny:
        return Light.ON
    way = abs(target - base) or abs(target) or 1.0
    return Light.SLIGHTLY if lacks / way <= slack else Light.BEHIND


@dataclass(frozen=True)
class Missing:
    """What lacks to a target: in the indicator's unit, and how many pieces that would take.

    `turned` are pieces that are there and would have to change sides, `added` new ones; for a
    sum `added` are pieces of the mean size of those there are. None where no number of them does.
    """

    amount: float
    turned: int | None = None
    added: int | None = None
    is_of_mean_size: bool = False


def missing(actual: float, target: float, is_up: bool = True) -> float:
    """Return what lacks, never less than nothing."""
    lacks = target - actual if is_up else actual - target
    return lacks if lacks > 1e-9 * max(abs(target), 1.0) else 0.0


def pieces_of_count(actual: float, target: float) -> Missing:
    """Return how many lack to a count."""
    lacks = missing(actual, target)
    return Missing(lacks, added=math.ceil(lacks - 1e-9))


def pieces_of_sum(actual: float, target: float, pieces: int) -> Missing:
    """Return how many pieces of the mean size lack to a sum that `pieces` make now."""
    lacks = missing(actual, target)
    if lacks == 0 or pieces <= 0 or actual <= 0:
        return Missing(lacks, added=0 if lacks == 0 else None)
    added = math.ceil(lacks / (actual / pieces) - 1e-9)
    return Missing(lacks, added=added, is_of_mean_size=True)


def pieces_of_share(part: float, whole: float, target: float) -> Missing:
    """Return how many pieces lack to a share, in percent, of a count in a count.

    Of those there are, k would have to turn: (part + k) / whole ≥ t. Of new ones, which count in
    both, (part + k) / (whole + k) ≥ t, so k ≥ (t·whole − part) / (1 − t).
    """
    t = target / 100
    lacks = missing(100 * part / whole if whole else 0.0, target)
    if lacks == 0:
        return Missing(0.0, 0, 0)
    turned = math.ceil(t * whole - part - 1e-9)
    added = math.ceil((t * whole - part) / (1 - t) - 1e-9) if t < 1 else None
    return Missing(lacks, turned if turned <= whole - part + 1e-9 else None, added)
