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


@dataclass(frozen=True)
class Aim:
    """The next class up and the score it takes."""

    grade: str
    target: float
    missing: float


def aim(score: Score) -> Aim | None:
    """Return the next class up that has places; None where nothing is above.

    It takes more than the score of the last one in it; the others and the benchmarks stay as they
    are.
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
    return Aim(grade, target, round(target - score.points, 2))


def _benchmarks(score: Score) -> dict[str, float | None]:
    return {code: part["benchmark"] for code, part in score.parts.items()}


def easiest(score: Score, target: float) -> lift.Single | None:
    """Return the figure whose smallest change alone would be enough; None where none is."""
    formula = score.scheme.formula
    ways = lift.singles(formula, figures_of(score), _benchmarks(score), target)
    return ways[0] if ways and ways[0].needed is not None else None


def chance(score: Score) -> Chance | None:
    """Return what would lift an enterprise one class; None where nothing is above it."""
    aimed = aim(score)
    if aimed is None:
        return None
    figures, formula, benchmarks = figures_of(score), score.scheme.formula, _benchmarks(score)
    return Chance(
        aimed.grade,
        aimed.target,
        aimed.missing,
        lift.singles(formula, figures, benchmarks, aimed.target),
        lift.pairs(formula, figures, benchmarks, aimed.target)[:SHOWN],
    )
