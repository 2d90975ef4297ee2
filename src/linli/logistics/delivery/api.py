"""Deliveries over REST: orders many at once, and what the page of a plan does."""

from datetime import date
from typing import Annotated, Any
from uuid import UUID

from django.http import HttpRequest
from django.utils.translation import gettext_noop
from ninja import Router, Status
from pydantic import AwareDatetime, Field

from linli.cases.refusal import Refused
from linli.logistics.delivery import driving, planning, writing
from linli.logistics.delivery.models import Depot, Plan, Stop
from linli.logistics.delivery.visibility import keeps, sees_any
from linli.logistics.saying import said
from linli.people.models import User
from linli.people.scope import Scope, scope
from linli.rest import Given, Problem, Shape, Text, by_key, found, given, operation

N = gettext_noop
router = Router()
MOST = 2_000


def _reader(request: HttpRequest) -> Scope:
    sight = scope(request.user)
    if not sees_any(sight):
        raise Problem(403)
    return sight


def _user(sight: Scope) -> User:
    assert isinstance(sight.user, User)
    return sight.user


def _depot(request: HttpRequest, key: str) -> tuple[Scope, Depot]:
    sight = _reader(request)
    row = found(sight.of(Depot).filter(code=key[:20], retired=False).first())
    if not keeps(sight, row.owner_id):
        raise Problem(403)
    return sight, row


def _plan(request: HttpRequest, number: int, *, to_change: bool = True) -> Plan:
    sight = _reader(request)
    row: Plan = by_key(sight.of(Plan).select_related("depot"), number)
    if to_change and not keeps(sight, row.depot.owner_id):
        raise Problem(403)
    return row


class DeliveryOrderGiven(Given):
    """One order; times of day are local ones, 08:30."""

    number: Annotated[Text, Field(min_length=1, max_length=40)]
    customer: Annotated[Text, Field(min_length=1, max_length=120)]
    contact: Annotated[Text, Field(max_length=120)] = ""
    address: Annotated[Text, Field(max_length=200)] = ""
    lon: float | None = None
    lat: float | None = None
    day: Annotated[date, Field(strict=False)]
    window_from: Annotated[Text, Field(max_length=8)] = ""
    window_until: Annotated[Text, Field(max_length=8)] = ""
    service_minutes: int = 10
    weight: float | None = None
    volume: float | None = None
    pallets: float | None = None
    priority: int = 2
    skills: list[Text] = []
    lot: Annotated[Text, Field(max_length=300)] = ""


class DeliveryOrdersGiven(Given):
    """Orders that go in together or not at all."""

    orders: Annotated[list[DeliveryOrderGiven], Field(min_length=1, max_length=MOST)]


class DeliveryOrdersShape(Shape):
    """What became of the orders."""

    new: int
    changed: int
    unchanged: int


@router.post("/depots/{key}/orders", response=DeliveryOrdersShape, **operation(
    N("Bring in orders, many at once"),
    N("All of them or none: a fault names the order’s place in the list, and the field."),
    takes=DeliveryOrdersGiven, name="bring_orders",
    example={"orders": [{"number": "A-17", "customer": "湖畔商店", "day": "2026-03-10",
                         "lon": 121.02, "lat": 30.7, "window_from": "09:00",
                         "window_until": "11:00", "weight": 80}]}))  # fmt: skip
def bring_orders(request: HttpRequest, key: str) -> dict[str, int]:
    sight, depot = _depot(request, key)
    told, _files = given(request, DeliveryOrdersGiven)
    rows = [{**each.model_dump(exclude_unset=True), "depot": depot.code} for each in told.orders]
    try:
        fates = writing.bring(sight, rows)
    except writing.NotTaken as fault:
        raise Problem(422, errors=[
            (f"orders.{at}.{wrong.column}", wrong.message) for at, wrong in fault.wrongs
        ]) from fault  # fmt: skip
    return {fate: fates.count(fate) for fate in ("new", "changed", "unchanged")}


class PlanWantedGiven(Given):
    """Which day is to be planned, and how long to search."""

    day: Annotated[date, Field(strict=False)]
    seconds: Annotated[float, Field(ge=1, le=60)] = 10.0


class PlanAskedShape(Shape):
    """A plan that was asked for."""

    id: int
    state: str


@router.post("/depots/{key}/plan", response={202: PlanAskedShape}, **operation(
    N("Ask for a plan of a day"), N("It is made beside the site; read it until it is a draft."),
    takes=PlanWantedGiven, example={"day": "2026-03-10"}, name="ask_delivery_plan"))  # fmt: skip
def ask_plan(request: HttpRequest, key: str) -> Status[dict[str, Any]]:
    sight, depot = _depot(request, key)
    wanted, _files = given(request, PlanWantedGiven)
    try:
        row = planning.ask(depot, wanted.day, _user(sight), wanted.seconds)
    except Refused as refusal:
        raise Problem(409, str(refusal)) from refusal
    return Status(202, {"id": row.pk, "state": row.state})


class PlannedStopShape(Shape):
    """A stop; times in seconds after local midnight of the day."""

    order: str
    arrival: int
    start: int
    end: int
    metres: float
    late: int


class PlannedTourShape(Shape):
    """What one vehicle drives, and the rules it would break."""

    vehicle: str
    start: int
    end: int
    metres: float
    stops: list[PlannedStopShape]
    broken: list[str]


class LeftOutShape(Shape):
    """An order that is left out, and why."""

    order: str
    reason: str
    why: str


class DeliveryPlanShape(Shape):
    """A plan, whole; `version` is what a move is based on."""

    id: int
    state: str
    version: int
    tours: list[PlannedTourShape]
    left_out: list[LeftOutShape]


def _whole(row: Plan, content: dict[str, Any]) -> dict[str, Any]:
    return {
        "id": row.pk, "state": row.state, "version": row.version,
        "tours": [
            {"vehicle": each["vehicle"], "start": each["start"], "end": each["end"],
             "metres": each["metres"], "broken": [said(words) for words in each["broken"]],
             "stops": [{name: stop[name] for name in PlannedStopShape.model_fields}
                       for stop in each["stops"]]}
            for each in content.get("routes", [])
        ],
        "left_out": [
            {"order": each["order"], "reason": each["reason"], "why": said(each["detail"])}
            for each in content.get("left_out", [])
        ],
    }  # fmt: skip


@router.get("/delivery-plans/{number}/tours", response=DeliveryPlanShape, **operation(
    N("Tours of a delivery plan"), N("With what was left out, and why."),
    name="delivery_plan_tours"))  # fmt: skip
def tours(request: HttpRequest, number: int) -> dict[str, Any]:
    row = _plan(request, number, to_change=False)
    return _whole(row, row.content)


class DeliveryMoveGiven(Given):
    """Which order is to be which stop of which vehicle."""

    order: Annotated[Text, Field(max_length=40)]
    vehicle: Annotated[Text, Field(max_length=50)]
    position: Annotated[int, Field(ge=1, le=9_999)]
    version: Annotated[int, Field(ge=0, le=1_000_000)] = 0
    anyway: Annotated[bool, Field(description=N("Keep it though it breaks something"))] = False


class BrokenShape(Shape):
    """A rule that a vehicle would break."""

    vehicle: str
    rule: str


class DeliveryMovedShape(Shape):
    """What a move costs more and what it breaks."""

    extra: float
    broken: list[BrokenShape]


def _moved(tried: planning.Moved) -> dict[str, Any]:
    broken = [{"vehicle": vehicle, "rule": said(words)} for vehicle, words in tried.broken]
    return {"extra": round(tried.extra, 2), "broken": broken}


MOVE = {"order": "A-17", "vehicle": "van-1", "position": 2}


@router.post("/delivery-plans/{number}/try", response=DeliveryMovedShape, **operation(
    N("Try a move by hand"), N("Nothing is kept."), takes=DeliveryMoveGiven, example=MOVE,
    name="try_delivery_move"))  # fmt: skip
def try_move(request: HttpRequest, number: int) -> dict[str, Any]:
    row = _plan(request, number)
    wanted, _files = given(request, DeliveryMoveGiven)
    try:
        if row.state != Plan.State.DRAFT:
            raise Problem(409)
        return _moved(planning.moved(row, wanted.order, wanted.vehicle, wanted.position))
    except Refused as refusal:
        raise Problem(409, str(refusal)) from refusal


@router.post("/delivery-plans/{number}/move", response=DeliveryMovedShape, **operation(
    N("Keep a move by hand"), takes=DeliveryMoveGiven, example=MOVE,
    name="move_delivery"))  # fmt: skip
def move(request: HttpRequest, number: int) -> dict[str, Any]:
    row = _plan(request, number)
    wanted, _files = given(request, DeliveryMoveGiven)
    try:
        return _moved(planning.move(
            row, wanted.order, wanted.vehicle, wanted.position, wanted.version,
            anyway=wanted.anyway,
        ))  # fmt: skip
    except Refused as refusal:
        raise Problem(409, str(refusal)) from refusal


@router.post("/delivery-plans/{number}/release", response=PlanAskedShape, **operation(
    N("Release a plan to its drivers"), name="release_delivery_plan"))  # fmt: skip
def release(request: HttpRequest, number: int) -> dict[str, Any]:
    row = _plan(request, number)
    try:
        row = planning.release(row)
    except Refused as refusal:
        raise Problem(409, str(refusal)) from refusal
    return {"id": row.pk, "state": row.state}


@router.post("/delivery-plans/{number}/drop", response=PlanAskedShape, **operation(
    N("Drop a plan that was not released"), name="drop_delivery_plan"))  # fmt: skip
def drop(request: HttpRequest, number: int) -> dict[str, Any]:
    row = _plan(request, number)
    try:
        planning.drop(row)
    except Refused as refusal:
        raise Problem(409, str(refusal)) from refusal
    return {"id": row.pk, "state": Plan.State.DROPPED}


class StopToldGiven(Given):
    """What became of a stop; the phone makes the number, so that a repeat changes nothing."""

    number: Annotated[UUID, Field(strict=False)]
    what: Annotated[Text, Field(pattern="^(arrived|done|failed)$")]
    at: Annotated[AwareDatetime | None, Field(strict=False)] = None
    reason: Annotated[Text, Field(max_length=driving.LONGEST)] = ""


class StopToldShape(Shape):
    """A stop after what was told of it."""

    id: int
    state: str


@router.post("/delivery-stops/{number}/tell", response=StopToldShape, **operation(
    N("Tell what became of a stop"),
    N("By its driver, or who keeps the depot. A number that was sent before changes nothing."),
    takes=StopToldGiven, name="tell_of_stop",
    example={"number": "5b1f0a52-7f0e-4c39-9d43-1f6f0a3f5c11", "what": "failed",
             "reason": "无人收货"}))  # fmt: skip
def tell_of_stop(request: HttpRequest, number: int) -> dict[str, Any]:
    sight = scope(request.user)
    row: Stop = by_key(sight.of(Stop).select_related("tour__plan__depot"), number)
    if not driving.may_tell(sight, row):
        raise Problem(403)
    told, _files = given(request, StopToldGiven)
    try:
        row = driving.act(row, _user(sight), told.number, told.what, told.at, told.reason)
    except Refused as refusal:
        raise Problem(409, str(refusal)) from refusal
    return {"id": row.pk, "state": row.state}
