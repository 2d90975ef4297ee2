"""League tables, and the cases behind each of their figures."""

from typing import TYPE_CHECKING, Annotated, Any, Literal

from django.http import HttpRequest
from django.utils.translation import gettext_noop
from ninja import Router
from pydantic import Field

from linli.rest import Asked, PageQuery, Shape, asked, found, operation, page_shape
from linli.scores.api.asked import PeriodText, Slug, cases_of, period_of, staff
from linli.scores.leagues import CONTESTS, MEASURES, League, league, why

N = gettext_noop
router = Router()
if TYPE_CHECKING:  # mypy cannot read the words of a table
    Contest = str
    Measure = str
else:
    Contest = Literal[tuple(CONTESTS)]
    Measure = Literal[tuple(name for name, m in MEASURES.items() if m.of)]


class LeagueQuery(Asked):
    """Which league."""

    period: PeriodText | None = None
    layer: Literal["community", "service"] = "community"
    kind: Annotated[Slug, Field(description=N("Which areas are compared"))] = "grid"


class PartShape(Shape):
    """What one measure gives one unit."""

    measure: str
    n: int
    raw: float | None
    expected: float | None
    reweighted: float | None
    adjusted: float
    low: float
    high: float
    overall: float
    weight: float
    contribution: float


class ReasonShape(Shape):
    """One thing that moves a score, in points and in words."""

    measure: str
    kind: str
    points: float
    text: str


class StandingShape(Shape):
    """One line of a league."""

    code: str
    name: str
    rank: int
    rank_low: int
    rank_high: int
    score: float
    low: float
    high: float
    parts: list[PartShape]
    counts: dict[str, int]
    why: list[ReasonShape]


class LeagueShape(Shape):
    """A league table."""

    contest: str
    period: str
    weights: dict[str, float]
    dropped: list[str]
    standings: list[StandingShape]


def _league(contest: str, wanted: LeagueQuery) -> League:
    return league(contest, period_of(wanted.period), area_kind=wanted.kind, layer=wanted.layer)


@router.get("/leagues/{contest}", response=LeagueShape, **operation(
    N("A league table, with intervals and what adjusted each rank"),
    asks=LeagueQuery, name="league"))  # fmt: skip
def league_table(request: HttpRequest, contest: Contest) -> dict[str, Any]:
    staff(request)
    table = _league(contest, asked(request, LeagueQuery))
    told = table.as_dict()
    for line, standing in zip(told["standings"], table.standings, strict=True):
        line["parts"] = [{"measure": name, **part} for name, part in line["parts"].items()]
        line["why"] = [
            {"measure": r.measure, "kind": r.kind, "points": r.points, "text": r.text}
            for r in why(standing)
        ]
    return told


class LeagueCasesQuery(PageQuery, LeagueQuery):
    """Which figure of which league."""

    unit: Annotated[Slug, Field(description=N("Code of the grid or organisation"))]
    measure: Measure


@router.get("/leagues/{contest}/cases", response=page_shape("cases"), **operation(
    N("The cases behind one figure of a league"),
    N("As far as the owner of the key sees them."),
    asks=LeagueCasesQuery, name="league_cases"))  # fmt: skip
def leaguecases_of(request: HttpRequest, contest: Contest) -> dict[str, Any]:
    sight = staff(request)
    wanted = asked(request, LeagueCasesQuery)
    table = _league(contest, wanted)
    standing = found(next((s for s in table.standings if s.unit.code == wanted.unit), None))
    return cases_of(table.figure(standing, *MEASURES[wanted.measure].of), sight, wanted)
