"""Leagues, figures and ratings over REST."""

from datetime import date
from typing import TYPE_CHECKING, Annotated, Any, Literal

from django.db.models import Sum
from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop
from ninja import Router, Status
from pydantic import BaseModel, ConfigDict, Field

from linli.cases.models import Case, Category
from linli.cases.refusal import Refused
from linli.cases.tables import CASES
from linli.clock import now
from linli.people.models import Organisation, User
from linli.people.scope import Scope, scope
from linli.people.tables import works_here
from linli.places.models import COMMUNITY, SERVICE, Area
from linli.rest import (
    Asked,
    Given,
    PageQuery,
    Problem,
    Text,
    asked,
    found,
    given,
    operation,
    page_of,
    page_shape,
    row_of,
    row_shape,
)
from linli.rest.asking import EARLIEST, LATEST
from linli.scores import ratings
from linli.scores.counters import COUNTERS
from linli.scores.figures import Figure
from linli.scores.leagues import CONTESTS, MEASURES, League, league, why
from linli.scores.models import Backlog, Rating, Tally
from linli.scores.periods import Period, local_day, month_of, parse
from linli.scores.tables import RATINGS
from linli.scores.together import to_rate

N = gettext_noop
router = Router(tags=["scores"])
if TYPE_CHECKING:  # mypy cannot read the words of a table
    Contest = str
    Kind = str
    Counter = str
    Measure = str
else:
    Contest = Literal[tuple(CONTESTS)]
    Kind = Literal[tuple(Tally.Kind.values)]
    Counter = Literal[tuple(COUNTERS)]
    Measure = Literal[tuple(name for name, m in MEASURES.items() if m.of)]
PeriodText = Annotated[
    Text, Field(max_length=30, description=N("2020-01, 2020Q1, 2020 or 2020-01-05..2020-02-10"))
]
Slug = Annotated[Text, Field(max_length=40)]


class Shape(BaseModel):
    """What is answered."""

    model_config = ConfigDict(extra="forbid")


def _sight(request: HttpRequest) -> Scope:
    sight = scope(request.user)
    if not works_here(sight):
        raise Problem(403, _("Figures are open to those who work for the town."))
    return sight


def _period(text: str | None) -> Period:
    if not text:
        last = Tally.objects.order_by("-day").values_list("day", flat=True).first()
        return month_of(last or local_day(now()))
    try:
        return _ours("period", parse(text))
    except (ValueError, OverflowError) as fault:
        raise Problem(422, errors=[("period", fault)]) from fault


def _ours(field: str, period: Period) -> Period:
    if not EARLIEST <= period.first.year <= period.last.year < LATEST:
        years = {"first": EARLIEST, "last": LATEST - 1}
        words = _("must lie between %(first)d and %(last)d.") % years
        raise Problem(422, errors=[(field, words)])
    return period


# --- leagues ---------------------------------------------------------------------------------


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
    return league(contest, _period(wanted.period), area_kind=wanted.kind, layer=wanted.layer)


@router.get("/leagues/{contest}", response=LeagueShape, **operation(
    N("A league table, with intervals and what adjusted each rank"),
    asks=LeagueQuery, name="league"))  # fmt: skip
def league_table(request: HttpRequest, contest: Contest) -> dict[str, Any]:
    _sight(request)
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
def league_cases(request: HttpRequest, contest: Contest) -> dict[str, Any]:
    sight = _sight(request)
    wanted = asked(request, LeagueCasesQuery)
    table = _league(contest, wanted)
    standing = found(next((s for s in table.standings if s.unit.code == wanted.unit), None))
    return _cases(table.figure(standing, *MEASURES[wanted.measure].of), sight, wanted)


def _cases(figure: Figure, sight: Scope, wanted: PageQuery) -> dict[str, Any]:
    rows = sight.of(Case).filter(pk__in=figure.cases().order_by().values("pk"))
    page = page_of(rows, CASES, wanted)
    return {"items": [row_of(CASES, row) for row in page.rows], "next": page.next}


# --- figures ---------------------------------------------------------------------------------


class FigureQuery(Asked):
    """Which figure."""

    counter: Annotated[
        list[Counter],
        Field(min_length=1, max_length=40, description=N("What is counted, added up")),
    ]
    period: PeriodText | None = None
    kind: Annotated[Kind, Field(description=N("As what the subjects are counted"))] = "town"
    subject: Annotated[
        list[Slug], Field(max_length=100, description=N("Codes of grids or organisations"))
    ] = []
    category: Annotated[Slug | None, Field(description=N("Code of a category"))] = None


class DayShape(Shape):
    """What a figure was on one day."""

    day: date
    value: int


class FigureShape(Shape):
    """A figure, and what it was on each day of the period on which it was not nothing."""

    period: str
    value: int
    days: list[DayShape]


def _figure(wanted: FigureQuery) -> Figure:
    is_grid = wanted.kind in (Tally.Kind.COMMUNITY, Tally.Kind.SERVICE)
    model: Any = Area if is_grid else Organisation
    known = dict(model.objects.filter(code__in=wanted.subject).values_list("code", "pk"))
    if wanted.kind == Tally.Kind.TOWN and wanted.subject:
        raise Problem(422, errors=[("subject", _("The whole town has no subjects."))])
    if unknown := [code for code in wanted.subject if code not in known]:
        words = _("“%(code)s” is not known here.") % {"code": unknown[0]}
        raise Problem(422, errors=[("subject", words)])
    category = None
    if wanted.category is not None:
        rows = Category.objects.filter(code=wanted.category)
        category = rows.values_list("pk", flat=True).first()
        if category is None:
            words = _("There is no category “%(value)s”.") % {"value": wanted.category}
            raise Problem(422, errors=[("category", words)])
    return Figure(tuple(wanted.counter), _period(wanted.period), (wanted.kind,),
                  tuple(known.values()), category)  # fmt: skip


@router.get("/figures", response=FigureShape, **operation(
    N("How often something happened in a period, and on which days"),
    asks=FigureQuery, name="figures"))  # fmt: skip
def figures(request: HttpRequest) -> dict[str, Any]:
    _sight(request)
    wanted = asked(request, FigureQuery)
    figure = _figure(wanted)
    sums = {f"sum_{name}": Sum(name) for name in set(wanted.counter)}
    rows: Any = figure.tallies().order_by("day").values("day").annotate(**sums)
    days: list[dict[str, Any]] = [
        {"day": row["day"], "value": sum(row[f"sum_{name}"] for name in wanted.counter)}
        for row in rows
    ]
    days = [day for day in days if day["value"]]
    return {"period": str(figure.period), "value": sum(d["value"] for d in days), "days": days}


class FigureCasesQuery(PageQuery, FigureQuery):
    """Which cases of which figure."""


@router.get("/figures/cases", response=page_shape("cases"), **operation(
    N("The cases that a figure counts"), N("As far as the owner of the key sees them."),
    asks=FigureCasesQuery, name="figure_cases"))  # fmt: skip
def figure_cases(request: HttpRequest) -> dict[str, Any]:
    sight = _sight(request)
    wanted = asked(request, FigureCasesQuery)
    return _cases(_figure(wanted), sight, wanted)


class BacklogQuery(Asked):
    """Whose backlog."""

    kind: Kind = "town"


STATES = ("reported", "triaged", "dispatched", "accepted", "returned", "reopened", "resolved",
          "verified", "overdue")  # fmt: skip


class BacklogRowShape(Shape):
    """How many open cases of one subject stand in each state."""

    subject: str | None
    open: int
    states: dict[str, int]


class BacklogShape(Shape):
    """The open cases of all subjects of a kind."""

    items: list[BacklogRowShape]


@router.get("/backlog", response=BacklogShape, **operation(
    N("How many open cases stand in each state now, by grid or organisation"),
    asks=BacklogQuery, name="backlog"))  # fmt: skip
def backlog(request: HttpRequest) -> dict[str, Any]:
    sight = _sight(request)
    kind = asked(request, BacklogQuery).kind
    rows = list(sight.of(Backlog).filter(kind=kind))
    model: Any = Area if kind in (COMMUNITY, SERVICE) else Organisation
    codes = dict(model.objects.filter(pk__in=[r.subject for r in rows]).values_list("pk", "code"))
    return {
        "items": [
            {
                "subject": codes.get(row.subject) if row.subject else None,
                "open": row.open,
                "states": {name: getattr(row, name) for name in STATES},
            }
            for row in rows
        ]
    }


# --- ratings ---------------------------------------------------------------------------------


class MonthQuery(Asked):
    """Which month."""

    month: Annotated[date | None, Field(description=N("Any day of the month"))] = None


class PairShape(Shape):
    """Whom the owner of the key may rate."""

    side: Literal[tuple(Rating.Side.values)]  # type: ignore[valid-type]
    grid: str
    organisation: str
    cases: int
    on_time: int
    late: int
    rework: int
    rated: bool
    dimensions: dict[str, str]


class PairsShape(Shape):
    """All whom the owner of the key may rate for a month."""

    month: date
    items: list[PairShape]


@router.get("/ratings/due", response=PairsShape, **operation(
    N("Whom the owner of the key may rate for a month"), asks=MonthQuery,
    name="ratings_due"))  # fmt: skip
def ratings_due(request: HttpRequest) -> dict[str, Any]:
    assert isinstance(request.user, User)
    month = _ours("month", month_of(asked(request, MonthQuery).month or local_day(now())))
    return {
        "month": month.first,
        "items": [
            {
                "side": one.side,
                "grid": one.grid.code,
                "organisation": one.organisation.code,
                "cases": one.facts.cases,
                "on_time": one.facts.on_time,
                "late": one.facts.late,
                "rework": one.facts.rework,
                "rated": one.rating is not None,
                "dimensions": {
                    name: str(label)
                    for name, label in ratings.DIMENSIONS[Rating.Side(one.side)].items()
                },
            }
            for one in to_rate(request.user, month)
        ],
    }


class RatingBody(Given):
    """A rating: 1 to 5 for each dimension of the side."""

    side: Literal[tuple(Rating.Side.values)]  # type: ignore[valid-type]
    grid: Slug
    organisation: Slug
    month: date
    scores: dict[Text, Annotated[int, Field(ge=1, le=5)]]
    comment: Annotated[Text, Field(max_length=2000)] = ""


class ReasonBody(Given):
    """Why."""

    reason: Annotated[Text, Field(min_length=1, max_length=2000)]


class RulingBody(ReasonBody):
    """How an appeal is settled."""

    upheld: bool


RatingWhole = row_shape("ratings", alone=True)


def _named(model: Any, field: str, code: str) -> Any:
    row = model.objects.filter(code=code, retired=False).first()
    if row is None:
        raise Problem(422, errors=[(field, _("“%(code)s” is not known here.") % {"code": code})])
    return row


@router.post("/ratings", response={201: RatingWhole}, **operation(
    N("Rate the other side for a month, or change what was said"), takes=RatingBody,
    example={"side": "grid", "grid": "w1", "organisation": "housing", "month": "2026-03-01",
             "scores": {"promptness": 5, "result": 4, "manner": 5, "cooperation": 4}},
    name="rate"))  # fmt: skip
def rate(request: HttpRequest) -> Status:
    assert isinstance(request.user, User)
    told, _files = given(request, RatingBody)
    grid = _named(Area, "grid", told.grid)
    organisation = _named(Organisation, "organisation", told.organisation)
    try:
        rating = ratings.rate(told.side, grid, organisation, told.month, request.user,
                              told.scores, told.comment)  # fmt: skip
    except (Refused, ValueError, OverflowError) as refusal:
        raise Problem(409, str(refusal)) from refusal
    return Status(201, row_of(RATINGS, rating, alone=True))


def _rating(request: HttpRequest, key: int) -> Rating:
    rows = scope(request.user).of(Rating).select_related("grid", "organisation")
    return found(rows.filter(pk=key).first() if 0 < key < 2**63 else None)


@router.post("/ratings/{key}/appeal", response=RatingWhole, **operation(
    N("Appeal against a rating of one's own side"), takes=ReasonBody,
    name="appeal_rating"))  # fmt: skip
def appeal(request: HttpRequest, key: int) -> dict[str, Any]:
    assert isinstance(request.user, User)
    rating = _rating(request, key)
    told, _files = given(request, ReasonBody)
    try:
        rating = ratings.appeal(rating, request.user, told.reason)
    except Refused as refusal:
        raise Problem(409, str(refusal)) from refusal
    return row_of(RATINGS, rating, alone=True)


@router.post("/ratings/{key}/rule", response=RatingWhole, **operation(
    N("Settle an appeal against a rating"), takes=RulingBody,
    name="rule_on_rating"))  # fmt: skip
def rule(request: HttpRequest, key: int) -> dict[str, Any]:
    assert isinstance(request.user, User)
    rating = _rating(request, key)
    told, _files = given(request, RulingBody)
    try:
        rating = ratings.rule_on_appeal(rating, request.user, told.upheld, told.reason)
    except Refused as refusal:
        raise Problem(409, str(refusal)) from refusal
    return row_of(RATINGS, rating, alone=True)
