"""What would lift an enterprise to a score: one figure by how much, or two together.

The benchmarks stay as they are: those of a year were set by the year before. So the score is,
in one figure, a sum of straight lines that end at their caps; for a figure that divides it is so
in its reciprocal. The least change is found by going from one end to the next, which is exact.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from math import ceil, floor

import numpy as np

from linli.enterprises.per_mu.formula import Figures, Scheme

# Down no further than to two fifths, up no further than to twice.
MOST_UP, MOST_DOWN = 100, 60
MONEY_PAID = "sales"  # a figure that divides, but that nobody would lower for a score


@dataclass(frozen=True)
class Single:
    """One figure, changed alone: what it is, what it would have to be."""

    figure: str
    now: float
    needed: float | None

    @property
    def change(self) -> float | None:
        """By which share it changes; None where it is not enough alone, or starts at nothing."""
        return None if self.needed is None or self.now <= 0 else self.needed / self.now - 1


@dataclass(frozen=True)
class Pair:
    """Two figures changed together, each by whole percent (below 0 for less)."""

    figures: tuple[str, str]
    percent: tuple[int, int]
    needed: tuple[float, float]


def levers(scheme: Scheme, figures: Figures) -> list[tuple[str, bool]]:
    """Return the figures that move the score, and whether more of it is better."""
    up = {m.of for m in scheme.measures}
    down = {m.per for m in scheme.measures} - up - {MONEY_PAID}
    found = [(name, True) for name in sorted(up) if figures.get(name) is not None]
    return found + [(name, False) for name in sorted(down) if (figures.get(name) or 0) > 0]


def least(slopes: Sequence[float], caps: Sequence[float], need: float) -> float | None:
    """Return the least u ≥ 0 at which Σ min(slope·u, cap) reaches `need`; None if it never does."""
    if need <= 0:
        return 0.0
    ends = sorted((cap / slope, slope, cap) for slope, cap in zip(slopes, caps, strict=True)
                  if slope > 0)  # fmt: skip
    slope, done = sum(slope for _end, slope, _cap in ends), 0.0
    for end, own, cap in ends:
        if done + slope * end >= need:
            return (need - done) / slope
        slope, done = slope - own, done + cap
    return None if done < need else ends[-1][0]


def single(
    scheme: Scheme, figures: Figures, benchmarks: Mapping[str, float | None], target: float,
    name: str, is_more: bool,
) -> Single:  # fmt: skip
    """Return what one figure would have to be, all others as they are."""
    slopes, caps, rest = [], [], target
    for measure in scheme.measures:
        benchmark = benchmarks.get(measure.code)
        of, per = figures.get(measure.of), figures.get(measure.per)
        moved = measure.of == name if is_more else measure.per == name
        if moved and benchmark:
            other = per if is_more else of
            if other is None or other <= 0:
                rest -= measure.weight * scheme.cap if is_more and other == 0 else 0.0
                continue
            slopes.append(measure.weight * (1 / other if is_more else other) / benchmark)
            caps.append(measure.weight * scheme.cap)
        else:
            rest -= scheme.parts(figures, benchmarks)[measure.code].points
    found = least(slopes, caps, rest)
    now = float(figures[name] or 0.0)
    if found is None or (not is_more and found == 0):
        return Single(name, now, None)
    # Rounded to a tenth (of little, a thousandth) to the side that is enough.
    parts = 10 if now >= 10 else 1000
    needed = ceil(found * parts - 1e-7) / parts if is_more else floor(parts / found + 1e-7) / parts
    return Single(name, now, needed if is_more or needed > 0 else None)


def singles(
    scheme: Scheme, figures: Figures, benchmarks: Mapping[str, float | None], target: float
) -> list[Single]:  # fmt: skip
    """Return for each figure what it would have to be, the smallest change first."""
    found = [
        single(scheme, figures, benchmarks, target, name, is_more)
        for name, is_more in levers(scheme, figures)
    ]
    return sorted(found, key=lambda one: (one.needed is None, abs(one.change or 9.0), one.figure))


def pairs(
    scheme: Scheme, figures: Figures, benchmarks: Mapping[str, float | None], target: float
) -> list[Pair]:  # fmt: skip
    """Return for each two figures the least whole percents that are enough, the easiest first.

    Every two percents are tried. The least is where the larger of the two is least, then their
    sum: a burden shared rather than one carried alone.
    """
    known = [(name, more) for name, more in levers(scheme, figures) if (figures[name] or 0) > 0]
    found = []
    for (first, first_more), (second, second_more) in combinations(known, 2):
        a = np.arange(1, (MOST_UP if first_more else MOST_DOWN) + 1)
        b = np.arange(1, (MOST_UP if second_more else MOST_DOWN) + 1)
        changed = {
            first: float(figures[first] or 0) * (1 + (a if first_more else -a) / 100)[:, None],
            second: float(figures[second] or 0) * (1 + (b if second_more else -b) / 100)[None, :],
        }
        enough = _totals(scheme, figures, benchmarks, changed) >= target - 1e-9
        if not enough.any():
            continue
        rows, columns = np.nonzero(enough)
        one, other = a[rows], b[columns]
        best = np.lexsort((one, one + other, np.maximum(one, other)))[0]
        percent = (
            int(one[best]) * (1 if first_more else -1),
            int(other[best]) * (1 if second_more else -1),
        )
        needed = (
            float(figures[first] or 0) * (1 + percent[0] / 100),
            float(figures[second] or 0) * (1 + percent[1] / 100),
        )
        found.append(Pair((first, second), percent, needed))
    return sorted(
        found,
        key=lambda pair: (max(map(abs, pair.percent)), sum(map(abs, pair.percent)), pair.figures),
    )


def _totals(
    scheme: Scheme, figures: Figures, benchmarks: Mapping[str, float | None],
    changed: Mapping[str, np.ndarray],
) -> np.ndarray:  # fmt: skip
    total: np.ndarray = np.zeros(())
    for measure in scheme.measures:
        benchmark = benchmarks.get(measure.code)
        if not benchmark or figures.get(measure.of) is None or figures.get(measure.per) is None:
            continue
        of = changed.get(measure.of, np.array(figures[measure.of]))
        per = changed.get(measure.per, np.array(figures[measure.per]))
        with np.errstate(divide="ignore", invalid="ignore"):
            against = np.where(per > 0, of / per / benchmark, np.where(of > 0, np.inf, 0.0))
        total = total + measure.weight * np.clip(against, 0.0, scheme.cap)
    return total
