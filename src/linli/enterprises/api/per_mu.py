"""Performance on a mu of land: one enterprise with what would lift it, appeals, rulings."""

from typing import Annotated, Any

from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop
from ninja import Router, Status
from pydantic import Field

from linli.enterprises.api.ladder import enterprise_of, reader
from linli.enterprises.per_mu import appeals
from linli.enterprises.per_mu.chances import chance
from linli.enterprises.per_mu.models import Appeal, Score
from linli.enterprises.per_mu.tables import APPEALS
from linli.enterprises.visibility import keeps
from linli.people.models import User
from linli.rest import (
    Asked,
    Given,
    Problem,
    Shape,
    Text,
    asked,
    by_key,
    found,
    given,
    operation,
    row_of,
    row_shape,
)

N = gettext_noop
router = Router()
Year = Annotated[int, Field(ge=1949, lt=2200)]


class MeasureShape(Shape):
    """What one measure gave."""

    measure: str
    ratio: float | None
    benchmark: float | None
    points: float


class SingleShape(Shape):
    """One figure: what it is, and what it would have to be, empty where it is not enough."""

    figure: str
    now: float
    needed: float | None


class LiftPairShape(Shape):
    """Two figures, each changed by whole percent."""

    figures: list[str]
    percent: list[int]
    needed: list[float]


class LiftShape(Shape):
    """The next class up, the score it takes, and the ways there."""

    grade: str
    target: float
    missing: float
    singles: list[SingleShape]
    pairs: list[LiftPairShape]


class ScoreShape(Shape):
    """The score of an enterprise in a year."""

    enterprise: str
    year: int
    group: str
    points: float | None
    grade: str
    rank: int | None
    of: int
    measures: list[MeasureShape]
    lacks: list[str]
    lift: LiftShape | None


class ScoreQuery(Asked):
    """Which year is wanted; the last one by default."""

    year: Year | None = None


@router.get("/enterprises/{key}/per-mu", response=ScoreShape, **operation(
    N("How an enterprise scored in a year, and what would lift it one class"),
    asks=ScoreQuery, name="score"))  # fmt: skip
def score(request: HttpRequest, key: str) -> dict[str, Any]:
    sight = reader(request)
    year = asked(request, ScoreQuery).year
    row = enterprise_of(sight, key)
    scores = sight.of(Score).filter(enterprise=row).select_related("scheme").order_by("-year")
    one: Score = found((scores.filter(year=year) if year else scores).first())
    lift = chance(one)
    return {
        "enterprise": row.code, "year": one.year, "group": one.group, "points": one.points,
        "grade": one.grade, "rank": one.rank, "of": one.of, "lacks": one.lacks,
        "measures": [{"measure": code, **part} for code, part in one.parts.items()],
        "lift": None if lift is None else {
            "grade": lift.grade, "target": lift.target, "missing": lift.missing,
            "singles": [
                {"figure": s.figure, "now": s.now, "needed": s.needed} for s in lift.singles
            ],
            "pairs": [
                {"figures": list(p.figures), "percent": list(p.percent), "needed": list(p.needed)}
                for p in lift.pairs
            ],
        },
    }  # fmt: skip


class AppealBody(Given):
    """Which figure of which year is wrong, what it should be, and why."""

    year: Year
    figure: Annotated[Text, Field(max_length=30)]
    claimed: Annotated[float, Field(ge=-1e9, le=1e9)]
    reason: Annotated[Text, Field(min_length=1, max_length=600)]


@router.post("/enterprises/{key}/appeals", response={201: row_shape("per-mu-appeals", alone=True)},
             **operation(N("Appeal against a figure behind a score"), takes=AppealBody,
                         name="appeal_figure"))  # fmt: skip
def appeal(request: HttpRequest, key: str) -> Status:
    sight = reader(request)
    row = enterprise_of(sight, key)
    if not appeals.may_appeal(sight, row):
        words = _("Only the enterprise itself and those who keep the register may appeal.")
        raise Problem(403, words)
    told, _files = given(request, AppealBody)
    assert isinstance(request.user, User)
    made = appeals.appeal(row, told.year, told.figure, told.claimed, told.reason, request.user)
    return Status(201, row_of(APPEALS, made, frozenset(), alone=True))


class RulingBody(Given):
    """Whether an appeal is upheld, and why."""

    upheld: bool
    reason: Annotated[Text, Field(min_length=1, max_length=600)]


@router.post("/per-mu-appeals/{key}/ruling", response=row_shape("per-mu-appeals", alone=True),
             **operation(N("Rule on an appeal; upheld, the figure is corrected and scored anew"),
                         takes=RulingBody, name="rule_on_figure"))  # fmt: skip
def ruling(request: HttpRequest, key: int) -> dict[str, Any]:
    sight = reader(request)
    row: Appeal = by_key(sight.of(Appeal).select_related("enterprise", "by"), key)
    if not keeps(sight):
        raise Problem(403, _("Only those who keep the register rule on appeals."))
    told, _files = given(request, RulingBody)
    assert isinstance(request.user, User)
    done = appeals.rule(row, request.user, told.upheld, told.reason)
    return row_of(APPEALS, done, frozenset(), alone=True)
