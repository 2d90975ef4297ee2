"""What would lift one enterprise a class, in its league as it stands."""

from dataclasses import dataclass

from linli.enterprises.models import YearFigures
from linli.enterprises.per_mu import lift
from linli.enterprises.per_mu.formula import Figures
from linli.enterprises.per_mu.models import Score
from linli.enterprises.per_mu.scoring import LAND

STEP = 0.01  # scores are kept to two places: this much more is more
SHOWN = 3


@dataclass(frozen=True)
class Chance:
    """The next class up, the score it takes, and the ways there."""

    grade: str
    target: float
    missing: float
    singles: list[lift.Single]
    pairs: list[lift.Pair]


def figures_of(score: Score) -> Figures:
    """Return the figures behind a score."""
    row = YearFigures.objects.select_related("enterprise").get(
        enterprise=score.enterprise_id, year=score.year
    )
    found: dict[str, float | None] = {name: getattr(row, name) for name in score.scheme.figures}
    if LAND in found and found[LAND] is None:
        found[LAND] = row.enterprise.land_mu
    return found


def chance(score: Score) -> Chance | None:
    """Return what would lift an enterprise one class; None where nothing is above it.

    It has to score more than the last one of the next class that has places; the others and the
    benchmarks stay as they are.
    """
    if score.points is None or score.rank is None:
        return None
    grades = score.scheme.formula.graded(score.of)
    above = [grade for grade in grades[: score.rank - 1] if grade != score.grade]
    if not above:
        return None
    grade = above[-1]
    last = max(n for n, known in enumerate(grades, 1) if known == grade)
    passed = Score.objects.get(
        year=score.year, group=score.group, scheme=score.scheme, rank=last
    ).points
    assert passed is not None
    target = round(passed + STEP, 2)
    figures, formula = figures_of(score), score.scheme.formula
    benchmarks = {code: part["benchmark"] for code, part in score.parts.items()}
    return Chance(
        grade,
        target,
        round(target - score.points, 2),
        lift.singles(formula, figures, benchmarks, target),
        lift.pairs(formula, figures, benchmarks, target)[:SHOWN],
    )
