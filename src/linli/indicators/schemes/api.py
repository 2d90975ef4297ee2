"""Scoring schemes over REST: points, what to improve first, judgements and their files."""

from typing import Annotated, Any, Literal

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop
from ninja import Router
from pydantic import Field

from linli.cases.evidence import NotEvidence
from linli.cases.refusal import Refused
from linli.indicators.models import works_here
from linli.indicators.schemes import assessing, standing
from linli.indicators.schemes.assessing import LONGEST, SHORTEST, Judgement
from linli.indicators.schemes.item_views import sent_proof
from linli.indicators.schemes.models import Proof, Scheme
from linli.indicators.schemes.standing import Sheet
from linli.indicators.schemes.views import HUGE
from linli.people.scope import Scope, scope
from linli.places.models import Area
from linli.rest import Asked, Given, Problem, Shape, Text, asked, found, given, operation

N = gettext_noop
router = Router()


class ScoresQuery(Asked):
    period: Annotated[
        Text | None, Field(max_length=7, description=N("2026-03, 2026Q1 or 2026"))
    ] = None
    area: Annotated[
        Text | None, Field(max_length=40, description=N("Code of the area; left out, all of it"))
    ] = None
    instead: Annotated[
        Text | None,
        Field(max_length=2000, description=N("Figures in place of the real ones: item:90,item:3")),
    ] = None


class ItemShape(Shape):
    """An item of a scheme, and its points."""

    item: str
    name: str
    depth: int
    points: float
    score: float | None
    indicator: str | None
    value: float | None
    own: float | None
    review: float | None
    difference: float | None


class GainShape(Shape):
    """What would give points, the shortest way for a point first."""

    item: str
    name: str
    figure: float
    points: float
    way: float
    alone: float | None


class MoveShape(Shape):
    """What to improve so that the threshold is reached, in this order."""

    item: str
    figure: float
    points: float
    together: float


class ScoresShape(Shape):
    """A scheme in a period and an area."""

    scheme: str
    period: str
    area: str | None
    total: float
    points: float
    threshold: float
    reaches: bool
    items: list[ItemShape]
    improve: list[GainShape]
    plan: list[MoveShape] | None


def _scheme(request: HttpRequest, code: str) -> tuple[Scope, Scheme]:
    sight = scope(request.user)
    if not works_here(sight):
        raise Problem(403)
    return sight, found(sight.of(Scheme).filter(code=code[:60]).first())


def _period(scheme: Scheme, text: str | None) -> str:
    try:
        return assessing.period_with(scheme, text) if text else standing.usual(scheme)
    except ValueError as fault:
        raise Problem(422, errors=[("period", text or "")]) from fault


def _area(scheme: Scheme, code: str | None) -> Area | None:
    try:
        return assessing.area_with(scheme, code or "")
    except LookupError as fault:
        raise Problem(422, errors=[("area", code or "")]) from fault


def _told(shown: Sheet, area: Area | None) -> dict[str, Any]:
    plan = shown.plan
    return {
        "scheme": shown.scheme.code, "period": shown.period, "area": area.code if area else None,
        "total": shown.total, "points": shown.points, "threshold": shown.scheme.threshold,
        "reaches": shown.reaches,
        "items": [
            {
                "item": line.item.code, "name": line.name, "depth": line.depth,
                "points": line.points, "score": line.score, "indicator": line.item.indicator,
                "value": line.value, "own": line.own.points if line.own else None,
                "review": line.review.points if line.review else None,
                "difference": line.difference,
            }
            for line in shown.lines
        ],
        "improve": [
            {"item": line.item.code, "name": line.name, "figure": gain.figure,
             "points": gain.points, "way": gain.way, "alone": alone}
            for line, gain, alone in shown.ranked
        ],
        "plan": None if plan is None else [
            {"item": line.item.code, "figure": move.figure, "points": move.points,
             "together": move.together}
            for line, move in plan
        ],
    }  # fmt: skip


def _instead(scheme: Scheme, text: str) -> dict[str, float]:
    known = {item.code for item in scheme.told.item}
    read: dict[str, float] = {}
    for part in filter(None, text.split(",")):
        name, _colon, value = part.partition(":")
        try:
            read[name.strip()] = float(value)
        except ValueError:
            raise Problem(422, errors=[("instead", part)]) from None
        if name.strip() not in known or not abs(read[name.strip()]) <= HUGE:
            raise Problem(422, errors=[("instead", part)])
    return read


@router.get("/schemes/{code}/scores", response=ScoresShape, **operation(
    N("A scoring scheme in a period and an area"),
    N("Points of every item, both judgements, what would give points for the shortest way, and "
      "what together reaches the threshold; with figures in place of real ones, as it would be "
      "then."),
    asks=ScoresQuery, name="scheme_scores"))  # fmt: skip
def scores(request: HttpRequest, code: str) -> dict[str, Any]:
    _sight, scheme = _scheme(request, code)
    query = asked(request, ScoresQuery)
    area, period = _area(scheme, query.area), _period(scheme, query.period)
    instead = _instead(scheme, query.instead or "")
    return _told(standing.sheet(scheme, period, assessing.town_or(area), instead), area)


class AssessmentGiven(Given):
    """A judgement of an item."""

    period: Annotated[Text, Field(max_length=7, description=N("2026-03, 2026Q1 or 2026"))]
    area: Annotated[
        Text | None, Field(max_length=40, description=N("Code of the area; left out, all of it"))
    ] = None
    side: Literal["self", "review"]
    points: Annotated[float, Field(ge=0, le=1000)]
    evidence: Annotated[Text, Field(min_length=SHORTEST, max_length=LONGEST)]


class AssessmentShape(Shape):
    """A judgement that is kept, and its files."""

    id: int
    item: str
    period: str
    side: str
    points: float
    proofs: list[int]


@router.post("/schemes/{code}/items/{item}/assess", response=AssessmentShape, **operation(
    N("Judge an item of a scheme"),
    N("Who does the work assesses it, somebody else reviews that; both stay."),
    takes=AssessmentGiven, files="proofs", example={
        "period": "2026", "side": "self", "points": 4.5, "evidence": "巡查记录第12号",
    }, name="assess_item"))  # fmt: skip
def assess(request: HttpRequest, code: str, item: str) -> dict[str, Any]:
    sight, scheme = _scheme(request, code)
    wanted = found(assessing.item_of(scheme, item))
    areas = [None, *assessing.areas_of(scheme)]
    if not any(assessing.sides(sight, scheme, wanted, area) for area in areas):
        raise Problem(403, _("You do not judge this item on this side."))
    told, files = given(request, AssessmentGiven, "proofs")
    area = _area(scheme, told.area)
    if told.side not in assessing.sides(sight, scheme, wanted, area):
        raise Problem(403, _("You do not judge this item on this side."))
    one = Judgement(scheme, wanted, assessing.town_or(area), _period(scheme, told.period),
                    told.side, told.points, told.evidence)  # fmt: skip
    try:
        kept = assessing.assess(one, sight, files)
    except NotEvidence as fault:
        raise Problem(422, errors=[("proofs", str(fault))]) from fault
    except Refused as refusal:
        raise Problem(422, str(refusal)) from refusal
    return {"id": kept.pk, "item": kept.item, "period": kept.period, "side": kept.side,
            "points": kept.points, "proofs": [one.pk for one in kept.files.all()]}  # fmt: skip


@router.get("/assessments/files/{number}", **operation(
    N("A file that shows what a judgement says"), name="assessment_file"))  # fmt: skip
def proof(request: HttpRequest, number: int) -> HttpResponse:
    sight = scope(request.user)
    if not works_here(sight):
        raise Problem(403)
    return sent_proof(found(sight.of(Proof).filter(pk=number).first()))
