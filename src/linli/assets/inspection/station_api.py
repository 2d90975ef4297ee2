"""Stations over REST: figures and charts, setting up, teaching, switching versions."""

from typing import Annotated, Any, Literal

from django.http import HttpRequest
from django.utils.translation import gettext_noop
from ninja import Router
from pydantic import Field

from linli.assets.inspection import choosing, setting_up, teaching
from linli.assets.inspection.figures import Span
from linli.assets.inspection.models import Station, Version
from linli.assets.inspection.setting_up import StationForm
from linli.assets.inspection.standing import board
from linli.assets.inspection.version_views import LONGEST, may_teach
from linli.assets.inspection.views import charts
from linli.assets.inspection.who import may_set_up, may_set_up_any
from linli.cases.refusal import Refused
from linli.clock import now
from linli.people.models import User
from linli.people.scope import Scope, scope
from linli.rest import Asked, Given, Problem, Shape, Text, asked, found, given, operation

N = gettext_noop
router = Router()
Words = Annotated[Text | None, Field(max_length=400)]


class StationGiven(Given):
    """A station, as its form has it; what is left out stays as it is."""

    name: Words = None
    name_en: Words = None
    asset: Annotated[Text | None, Field(max_length=40, description=N("Code of an asset"))] = None
    product: Annotated[Text | None, Field(max_length=50, description=N("Code of a product"))] = None
    method: Literal["surface", "board"] | None = None
    feed: Literal["folder", "http", "camera"] | None = None
    address: Words = None
    pattern: Words = None
    lot_now: Words = None
    every_s: float | None = None
    trigger: Literal["interval", "still"] | None = None
    normal: float | None = None
    keep_flawed_days: Annotated[int | None, Field(ge=0, lt=2**31)] = None
    keep_good_days: Annotated[int | None, Field(ge=0, lt=2**31)] = None
    keep_good_every: Annotated[int | None, Field(ge=0, lt=2**31)] = None
    on: bool | None = None


class NewStationGiven(StationGiven):
    """A new station."""

    code: Annotated[Text, Field(max_length=50)]


class StationShape(Shape):
    """A station that is kept."""

    code: str


class StationVersionShape(Shape):
    """A version of a station."""

    station: str
    number: int
    state: str


class SpanQuery(Asked):
    """How far back."""

    span: Literal["day", "week", "month"] = "day"


class FiguresShape(Shape):
    """How a station stands, and its charts with what they say."""

    station: str
    state: str
    parts: int
    flawed: int
    unusable: int
    good_at_once: float | None
    to_judge: int
    lots_held: int
    charts: dict[str, Any]


class UseGiven(Given):
    """Why another version is to judge."""

    reason: Annotated[Text, Field(min_length=2, max_length=LONGEST)]


def _station(request: HttpRequest, code: str) -> tuple[Scope, Station]:
    sight = scope(request.user)
    rows = sight.of(Station).select_related("asset", "product", "version")
    return sight, found(rows.filter(code=code[:50]).first())


def _mine(request: HttpRequest, code: str) -> tuple[Scope, Station]:
    sight, station = _station(request, code)
    if not may_set_up(sight, station):
        raise Problem(403)
    return sight, station


@router.get("/stations/{code}/figures", response=FiguresShape, **operation(
    N("How a station stands: this shift, yield, kinds of flaws, control charts"),
    asks=SpanQuery, name="station_figures"))  # fmt: skip
def figures(request: HttpRequest, code: str) -> dict[str, Any]:
    _sight, station = _station(request, code)
    span = Span(asked(request, SpanQuery).span)
    [row] = board([station], now())
    return {
        "station": station.code, "state": row.pulse, "parts": row.shift.parts,
        "flawed": row.shift.flawed, "unusable": row.shift.unusable,
        "good_at_once": row.shift.first_pass, "to_judge": row.waiting, "lots_held": row.held,
        "charts": charts(station, span),
    }  # fmt: skip


def _saved(sight: Scope, user: User, told: dict[str, Any], station: Station) -> dict[str, Any]:
    kept = {name: value for name, value in told.items() if value is not None}
    was = {name: getattr(station, name) for name in setting_up.FIELDS}
    was |= {"asset": station.asset_id, "product": station.product_id}
    form = StationForm(sight, instance=station)
    for name in ("asset", "product"):
        if name in kept:
            rows = form.fields[name].queryset  # type: ignore[attr-defined]
            row = rows.filter(code=kept[name]).first()
            if row is None:
                raise Problem(422, errors=[(name, kept[name])])
            kept[name] = row.pk
    form = StationForm(sight, {n: v for n, v in (was | kept).items() if v is not None},
                       instance=station if station.pk else None)  # fmt: skip
    if not form.is_valid():
        raise Problem(
            422, errors=[(name, " ".join(map(str, faults))) for name, faults in form.errors.items()]
        )
    try:
        saved = setting_up.save(form, user)
    except Refused as refusal:
        raise Problem(403, str(refusal)) from refusal
    return {"code": saved.code}


@router.post("/stations/add", response=StationShape, **operation(
    N("Set a station up"), takes=NewStationGiven, example={
        "code": "line-1-end", "name": "一号线终检", "asset": "P1-L1-CAM", "method": "surface",
        "feed": "http",
    }, name="add_station"))  # fmt: skip
def add(request: HttpRequest) -> dict[str, Any]:
    assert isinstance(request.user, User)
    sight = scope(request.user)
    if not may_set_up_any(sight):
        raise Problem(403)
    told, _files = given(request, NewStationGiven)
    return _saved(sight, request.user, told.model_dump(), Station())


@router.post("/stations/{code}/change", response=StationShape, **operation(
    N("Change a station"), takes=StationGiven, example={"lot_now": "L2603-014"},
    name="change_station"))  # fmt: skip
def change(request: HttpRequest, code: str) -> dict[str, Any]:
    assert isinstance(request.user, User)
    sight, station = _mine(request, code)
    told, _files = given(request, StationGiven)
    return _saved(sight, request.user, told.model_dump(), station)


@router.post("/stations/{code}/teach", response=StationVersionShape, **operation(
    N("Let a new version be learnt from what people judged"),
    N("A process beside the site learns it; follow its state in the table of versions."),
    name="teach_station"))  # fmt: skip
def teach(request: HttpRequest, code: str) -> dict[str, Any]:
    assert isinstance(request.user, User)
    sight, station = _station(request, code)
    if not may_teach(sight, station):
        raise Problem(403)
    try:
        made = teaching.teach(station, request.user)
    except Refused as refusal:
        raise Problem(409, str(refusal)) from refusal
    return {"station": station.code, "number": made.number, "state": made.state}


@router.post("/stations/{code}/versions/{number}/use", response=StationVersionShape, **operation(
    N("Let another version judge, or go back to one that did"), takes=UseGiven,
    example={"reason": "新版本误报多"}, name="use_version"))  # fmt: skip
def use(request: HttpRequest, code: str, number: int) -> dict[str, Any]:
    assert isinstance(request.user, User)
    _sight, station = _mine(request, code)
    version: Version = found(Version.objects.filter(station=station, number=number).first())
    told, _files = given(request, UseGiven)
    try:
        choosing.use(version, request.user, told.reason)
    except Refused as refusal:
        raise Problem(409, str(refusal)) from refusal
    return {"station": station.code, "number": version.number, "state": version.state}
