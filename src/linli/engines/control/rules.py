"""Rules of control charts: what points of a process left alone hardly ever do.

Western Electric (1956) asks for 8 points on one side, Nelson (1984) for 9; the other tests are
theirs in common or Nelson's own.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Marks = npt.NDArray[np.bool_]


class Rule(StrEnum):
    """What is unlikely of a process left alone."""

    BEYOND = "beyond"
    NINE_ONE_SIDE = "nine-one-side"
    EIGHT_ONE_SIDE = "eight-one-side"
    SIX_TREND = "six-trend"
    FOURTEEN_ALTERNATING = "fourteen-alternating"
    TWO_OF_THREE = "two-of-three"
    FOUR_OF_FIVE = "four-of-five"
    FIFTEEN_WITHIN = "fifteen-within"
    EIGHT_OUTSIDE = "eight-outside"


WESTERN_ELECTRIC = (Rule.BEYOND, Rule.TWO_OF_THREE, Rule.FOUR_OF_FIVE, Rule.EIGHT_ONE_SIDE)
NELSON = (
    Rule.BEYOND, Rule.NINE_ONE_SIDE, Rule.SIX_TREND, Rule.FOURTEEN_ALTERNATING,
    Rule.TWO_OF_THREE, Rule.FOUR_OF_FIVE, Rule.FIFTEEN_WITHIN, Rule.EIGHT_OUTSIDE,
)  # fmt: skip


@dataclass(frozen=True)
class Broken:
    """A rule that was broken.

    Attributes
    ----------
    rule
        Which.
    points
        Positions of the points that make it, ascending.
    side
        1 above the centre (or rising), -1 below (or falling), 0 where the rule knows no side.
    """

    rule: Rule
    points: tuple[int, ...]
    side: int = 0


def broken(z: Sequence[float] | Floats, rules: Sequence[Rule] = NELSON) -> tuple[Broken, ...]:
    """Find the rules that points break.

    Parameters
    ----------
    z
        How many σ each point lies off the centre; NaN for an empty subgroup, which is passed over
        as if it were not there.

    A run that goes on is told once, with all its points.
    """
    all_ = np.asarray(z, dtype=np.float64)
    places = np.flatnonzero(~np.isnan(all_))
    points = all_[places]
    found = [
        Broken(rule, tuple(int(places[k]) for k in run), side)
        for rule in rules
        for run, side in _runs(rule, points)
    ]
    return tuple(sorted(found, key=lambda each: (each.points[-1], rules.index(each.rule))))


def _runs(rule: Rule, z: Floats) -> list[tuple[list[int], int]]:
    match rule:
        case Rule.BEYOND:
            return [([k], int(np.sign(z[k]))) for k in np.flatnonzero(np.abs(z) > 3).tolist()]
        case Rule.TWO_OF_THREE:
            return _so_many(z, 2, 3, 2.0)
        case Rule.FOUR_OF_FIVE:
            return _so_many(z, 4, 5, 1.0)
        case Rule.NINE_ONE_SIDE:
            return _in_a_row(z > 0, 9, 1) + _in_a_row(z < 0, 9, -1)
        case Rule.EIGHT_ONE_SIDE:
            return _in_a_row(z > 0, 8, 1) + _in_a_row(z < 0, 8, -1)
        case Rule.SIX_TREND:
            # Six points in a row have five steps between them.
            return _steps(z[1:] > z[:-1], 5, 1) + _steps(z[1:] < z[:-1], 5, -1)
        case Rule.FOURTEEN_ALTERNATING:
            up, down = z[1:] > z[:-1], z[1:] < z[:-1]
            turns = (up[1:] & down[:-1]) | (down[1:] & up[:-1])
            return [([run[0] - 1, *run], 0) for run, _side in _steps(turns, 12, 0, ahead=1)]
        case Rule.FIFTEEN_WITHIN:
            return _in_a_row(np.abs(z) < 1, 15, 0)
        case Rule.EIGHT_OUTSIDE:
            runs = _in_a_row(np.abs(z) > 1, 8, 0)
            return [(r, s) for r, s in runs if (z[r] > 0).any() and (z[r] < 0).any()]


def _in_a_row(holds: Marks, needed: int, side: int) -> list[tuple[list[int], int]]:
    edges = np.flatnonzero(np.diff(np.concatenate(([0], holds.astype(np.int8), [0]))))
    spans = zip(edges[::2], edges[1::2], strict=True)
    return [(list(range(a, b)), side) for a, b in spans if b - a >= needed]


def _steps(holds: Marks, needed: int, side: int, ahead: int = 0) -> list[tuple[list[int], int]]:
    """Return runs of steps as the points they join; step k begins at point k + ahead."""
    return [
        ([*(k + ahead for k in run), run[-1] + ahead + 1], side)
        for run, _side in _in_a_row(holds, needed, side)
    ]


def _so_many(z: Floats, needed: int, of: int, beyond: float) -> list[tuple[list[int], int]]:
    found = []
    for side in (1, -1):
        far = side * z > beyond
        taken: list[int] = []
        for end in range(len(z)):
            window = [k for k in range(max(0, end - of + 1), end + 1) if far[k]]
            # The rule is asked at a point that is itself far out.
            if far[end] and len(window) >= needed:
                if taken and window[0] > taken[-1]:
                    found.append((taken, side))
                    taken = []
                taken = sorted({*taken, *window})
        if taken:
            found.append((taken, side))
    return found
