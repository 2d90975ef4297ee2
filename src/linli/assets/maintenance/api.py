"""Maintenance over REST: what its pages do, for programs."""

from typing import Annotated, Any, Literal

from django.http import FileResponse, HttpRequest
from django.utils.translation import gettext_noop
from ninja import Router
from pydantic import Field

from linli.assets.maintenance import (
    desks,
    early,
    findings,
    fitting,
    listing,
    plan_words,
    planning,
    wording,
)
from linli.assets.maintenance.findings import Found
from linli.assets.maintenance.models import Finding, Prediction, Upkeep, Version, WorkOrder
from linli.assets.maintenance.visibility import may_fit, may_note, may_plan
from linli.assets.register.models import Asset
from linli.cases.evidence import NotEvidence
from linli.cases.refusal import Refused
from linli.people.models import User
from linli.people.scope import Scope, scope
from linli.rest import (
    Asked,
    Given,
    Moment,
    Problem,
    Shape,
    Text,
    asked,
    found,
    given,
    operation,
)

N = gettext_noop
router = Router()


def _user(request: HttpRequest) -> User:
    assert isinstance(request.user, User)
    return request.user


class SensorShape(Shape):
    """How much a sensor has to do with a departure, and which way it went, in deviations."""

    key: str
    share: float
    shift: float


class MachineToldShape(Shape):
    """What is told of a machine now."""

    asset: str
    at: str
    state: str
    days: float | None
    days_low: float | None
    days_high: float | None
    cycles: float | None
    pace: float | None
    drifting: bool
    since: str
    sensors: list[SensorShape]
    trouble: list[str]
    order: int | None


@router.get("/assets/{key}/told", response=MachineToldShape, **operation(
    N("What is told of a machine"),
    N("Remaining life with its 90 % interval in days, drift with the sensors that show it, and "
      "what was wrong with what the machine says."), name="machine_told"))  # fmt: skip
def told(request: HttpRequest, key: str) -> dict[str, Any]:
    rows = scope(request.user).of(Prediction).filter(newest=True, asset__code=key[:40])
    one: Prediction = found(rows.select_related("asset", "upkeep").first())
    row = listing.told([one])[0]
    return {
        "asset": one.asset.code, "at": one.at.isoformat(), "state": row.state, "days": one.days,
        "days_low": one.days_low, "days_high": one.days_high, "cycles": one.mean,
        "pace": one.pace, "drifting": one.is_drifting, "since": row.since,
        "sensors": [{"key": key, "share": share, "shift": shift}
                    for key, share, shift in one.drift.get("sensors", [])],
        "trouble": row.trouble, "order": row.order.pk if row.order else None,
    }  # fmt: skip


class WindowQuery(Asked):
    begins: Annotated[Moment, Field(description=N("When it would begin"))]


class WindowGiven(Given):
    """When an order is to begin."""

    begins: Annotated[Moment, Field(strict=False)]
    reason: Annotated[str, Field(
        max_length=300, description=N("Why so late, where the machine may fail before")
    )] = ""  # fmt: skip


class TriedShape(Shape):
    """What another window would cost, and what bars it."""

    begins: str
    extra_yuan: float
    fails_before: float
    bars: list[str]
    early: str


class OrderShape(Shape):
    """A work order after a step."""

    id: int
    state: str
    begins: str | None
    ends: str | None


def _order(request: HttpRequest, number: int) -> tuple[Scope, WorkOrder]:
    sight = scope(request.user)
    rows = sight.of(WorkOrder).select_related("asset", "upkeep", "case")
    return sight, found(rows.filter(pk=number).first())


def _to_plan(request: HttpRequest, number: int) -> WorkOrder:
    sight, order = _order(request, number)
    if not may_plan(sight, order.asset):
        raise Problem(403)
    return order


def _told(order: WorkOrder) -> dict[str, Any]:
    return {"id": order.pk, "state": order.state,
            "begins": order.begins.isoformat() if order.begins else None,
            "ends": order.ends.isoformat() if order.ends else None}  # fmt: skip


@router.get("/work-orders/{number}/try", response=TriedShape, **operation(
    N("What another window of a work order would cost"), asks=WindowQuery,
    name="try_window"))  # fmt: skip
def try_window(request: HttpRequest, number: int) -> dict[str, Any]:
    _sight, order = _order(request, number)
    query = asked(request, WindowQuery)
    if not order.is_open:
        raise Problem(409)
    at = desks.desk(desks.top_of(order.asset))
    tried = planning.moved(at, at.orders[order.key], query.begins)
    names = plan_words.names_in(at.orders.values())
    return {
        "begins": tried.begins.isoformat(), "extra_yuan": round(tried.extra, 2),
        "fails_before": round(tried.fails_before, 4),
        "bars": [wording.reason(bar, names, plan_words.spare_when(at.since, bar))
                 for bar in tried.bars],
        "early": early.warning(order, tried.begins),
    }  # fmt: skip


@router.post("/work-orders/{number}/agree", response=OrderShape, **operation(
    N("Book a window for a work order"), N("Spares are kept, and the crew is told."),
    takes=WindowGiven, example={"begins": "2026-03-10T22:00:00+08:00"},
    name="agree_window"))  # fmt: skip
def agree(request: HttpRequest, number: int) -> dict[str, Any]:
    order = _to_plan(request, number)
    wanted, _files = given(request, WindowGiven)
    try:
        return _told(planning.agree(order, wanted.begins, _user(request), wanted.reason))
    except Refused as refusal:
        raise Problem(409, str(refusal)) from refusal


@router.post("/work-orders/{number}/give-up", response=OrderShape, **operation(
    N("Take a booking back"), name="give_up_window"))  # fmt: skip
def give_up(request: HttpRequest, number: int) -> dict[str, Any]:
    order = _to_plan(request, number)
    try:
        planning.give_up(order, _user(request))
    except Refused as refusal:
        raise Problem(409, str(refusal)) from refusal
    order.refresh_from_db()
    return _told(order)


class WindowsPlannedShape(Shape):
    """A plan that was made."""

    plant: str
    windows: int
    left_out: int
    expected_yuan: float


@router.post("/assets/{key}/plan", response=WindowsPlannedShape, **operation(
    N("Plan the open work orders of a plant anew"), name="plan_again"))  # fmt: skip
def plan(request: HttpRequest, key: str) -> dict[str, Any]:
    sight = scope(request.user)
    top: Asset = found(sight.of(Asset).filter(code=key[:40], parent=None).first())
    if not may_plan(sight, top):
        raise Problem(403)
    made = planning.replan(top)
    return {"plant": top.code, "windows": len(made.windows) if made else 0,
            "left_out": len(made.left_out) if made else 0,
            "expected_yuan": round(made.cost, 2) if made else 0.0}  # fmt: skip


class FindingGiven(Given):
    """What was found on opening a machine."""

    condition: Literal["failed", "worn", "fine"]
    part: Annotated[Text, Field(max_length=120)] = ""
    wear: Annotated[int | None, Field(ge=0, le=100)] = None
    renewed: bool = True
    note: Annotated[Text, Field(max_length=500)] = ""
    order: Annotated[int | None, Field(ge=1, lt=2**60, description=N("Its work order"))] = None


class FindingShape(Shape):
    """A finding that is kept."""

    id: int
    asset: str
    condition: str


@router.post("/assets/{key}/findings", response=FindingShape, **operation(
    N("Note what was found on opening a machine"),
    N("It is a label that the next fit learns from. With a work order it ends that order."),
    takes=FindingGiven, files="photo", example={
        "condition": "worn", "part": "主轴承", "wear": 70, "renewed": True,
        "note": "滚道剥落",
    }, name="note_finding"))  # fmt: skip
def note(request: HttpRequest, key: str) -> dict[str, Any]:
    sight = scope(request.user)
    asset: Asset = found(sight.of(Asset).filter(code=key[:40]).first())
    if not may_note(sight, asset):
        raise Problem(403)
    told_, files = given(request, FindingGiven, "photo")
    order = None
    if told_.order is not None:
        order = sight.of(WorkOrder).filter(pk=told_.order, asset=asset).first()
        if order is None:
            raise Problem(422, errors=[("order", str(told_.order))])
    one = Found(told_.condition, told_.part, told_.wear, told_.note, told_.renewed)
    try:
        row = findings.note(asset, one, _user(request), order, files[0] if files else None)
    except NotEvidence as fault:
        raise Problem(422, errors=[("photo", str(fault))]) from fault
    except Refused as refusal:
        raise Problem(409, str(refusal)) from refusal
    return {"id": row.pk, "asset": asset.code, "condition": row.condition}


@router.get("/findings/{number}/photo", **operation(
    N("The photo of a finding"), name="finding_photo"))  # fmt: skip
def photo(request: HttpRequest, number: int) -> FileResponse:
    rows = scope(request.user).of(Finding).exclude(photo="")
    row: Finding = found(rows.filter(pk=number).first())
    return FileResponse(row.photo.open("rb"), content_type=row.content_type)


class FitShape(Shape):
    """An upkeep after a step."""

    upkeep: str
    wanted: bool
    version: int | None


@router.post("/upkeeps/{code}/fit", response=FitShape, **operation(
    N("Ask for a new life model"), N("The worker learns it and puts it in use."),
    name="fit_upkeep"))  # fmt: skip
def fit(request: HttpRequest, code: str) -> dict[str, Any]:
    sight = scope(request.user)
    upkeep: Upkeep = found(sight.of(Upkeep).filter(code=code[:50]).first())
    if not may_fit(sight, upkeep):
        raise Problem(403)
    fitting.want(upkeep, _user(request))
    used = upkeep.versions.filter(used=True).first()
    return {"upkeep": upkeep.code, "wanted": True, "version": used.number if used else None}


@router.post("/life-models/{number}/use", response=FitShape, **operation(
    N("Put a version of a life model in use"), name="use_life_model"))  # fmt: skip
def use(request: HttpRequest, number: int) -> dict[str, Any]:
    sight = scope(request.user)
    version: Version = found(sight.of(Version).select_related("upkeep").filter(pk=number).first())
    if not may_fit(sight, version.upkeep):
        raise Problem(403)
    fitting.use(version)
    return {"upkeep": version.upkeep.code, "wanted": bool(version.upkeep.wanted),
            "version": version.number}  # fmt: skip
