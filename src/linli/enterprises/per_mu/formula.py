"""The score: each ratio against the benchmark of the industry, capped, times its weight.

Pure arithmetic over the figures of a year. A figure nobody has given counts nothing; where
nothing is used up (an energy of 0) the best there is counts.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import floor

Figures = Mapping[str, float | None]


@dataclass(frozen=True)
class Measure:
    """One ratio: a figure for another, and what it weighs in 100."""

    code: str
    of: str
    per: str
    weight: float


@dataclass(frozen=True)
class Grade:
    """A class of the industry: its share of the places; None takes what is left."""

    code: str
    share: float | None


@dataclass(frozen=True)
class Part:
    """What one measure gave: the ratio, the benchmark, the points."""

    ratio: float | None
    benchmark: float | None
    points: float


@dataclass(frozen=True)
class Scheme:
    """Measures, cap and classes as a pack says them."""

    measures: tuple[Measure, ...]
    grades: tuple[Grade, ...]
    cap: float

    def parts(
        self, figures: Figures, benchmarks: Mapping[str, float | None]
    ) -> dict[str, Part]:  # fmt: skip
        """Return what each measure gives."""
        return {
            m.code: Part(*_points(m, figures, benchmarks.get(m.code), self.cap))
            for m in self.measures
        }

    def total(self, figures: Figures, benchmarks: Mapping[str, float | None]) -> float:
        """Return the score, not rounded."""
        return sum(part.points for part in self.parts(figures, benchmarks).values())

    def benchmarks(self, rows: Sequence[Figures]) -> dict[str, float | None]:
        """Return what an industry reaches as a whole: its sums for its sums."""
        found: dict[str, float | None] = {}
        for measure in self.measures:
            told = [
                (row[measure.of] or 0.0, row[measure.per] or 0.0)
                for row in rows
                if row.get(measure.of) is not None and row.get(measure.per) is not None
            ]
            of, per = sum(a for a, _b in told), sum(b for _a, b in told)
            found[measure.code] = of / per if of > 0 and per > 0 else None
        return found

    def places(self, n: int) -> list[tuple[str, int]]:
        """Return how many places each class has among n: never more than its share."""
        fixed = {g.code: floor(g.share * n + 1e-9) for g in self.grades if g.share is not None}
        rest = n - sum(fixed.values())
        return [(g.code, fixed.get(g.code, rest)) for g in self.grades]

    def graded(self, n: int) -> list[str]:
        """Return the class of each rank, the first rank first."""
        return [code for code, count in self.places(n) for _place in range(count)]


def ratio(measure: Measure, figures: Figures) -> float | None:
    """Return a ratio, None where it cannot be told."""
    of, per = figures.get(measure.of), figures.get(measure.per)
    if of is None or per is None:
        return None
    if per <= 0:
        return float("inf") if of > 0 else 0.0
    return of / per


def _points(
    measure: Measure, figures: Figures, benchmark: float | None, cap: float
) -> tuple[float | None, float | None, float]:
    found = ratio(measure, figures)
    if found is None or not benchmark:
        return None if found == float("inf") else found, benchmark, 0.0
    points = measure.weight * min(max(found / benchmark, 0.0), cap)
    return None if found == float("inf") else found, benchmark, points
