"""The chain over REST: trace, recall, passports, suppliers. Events go by `/epcis/v2/`."""

from datetime import datetime
from typing import Annotated, Any

from django.http import HttpRequest
from django.utils.translation import gettext_noop
from ninja import Router, Status
from pydantic import Field

from linli.logistics.chain import calling_back, drills, elsewhere, passports, suppliers, tracing
from linli.logistics.chain.models import Passport, Thing
from linli.logistics.chain.visibility import owners, sees_any
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
    by_key,
    found,
    given,
    operation,
)

N = gettext_noop
router = Router()


def _reader(request: HttpRequest) -> Scope:
    sight = scope(request.user)
    if not sees_any(sight):
        raise Problem(403)
    return sight


def _user(sight: Scope) -> User:
    assert isinstance(sight.user, User)
    return sight.user


def _thing(sight: Scope, key: int) -> Thing:
    row: Thing = by_key(sight.of(Thing), key)
    return row


class TracedShape(Shape):
    """A thing of a trace: how far away it is, and whether inspection holds it."""

    id: int
    uri: str
    goods: str
    part: str
    steps: int
    inspection: str | None
    held: bool


class TracedStepShape(Shape):
    """A step from thing to thing; a process has a negative number."""

    source: int
    target: int
    event: int
    since: datetime | None


class TraceShape(Shape):
    """What went into a thing and what became of it."""

    before: list[TracedShape]
    after: list[TracedShape]
    steps: list[TracedStepShape]
    is_whole: bool


@router.get("/chain-things/{key}/trace", response=TraceShape, **operation(
    N("Trace a lot: what went into it, what became of it"), name="chain_trace"))  # fmt: skip
def trace(request: HttpRequest, key: int) -> dict[str, Any]:
    sight = _reader(request)
    row = _thing(sight, key)
    told = tracing.trace(row, owners(sight))
    tested = elsewhere.inspected(sight, [*told.backward, *told.forward])

    def line(one: Thing) -> dict[str, Any]:
        known = tested.get(one.pk)
        return {"id": one.pk, "uri": one.uri, "goods": told.names.thing(one).note,
                "part": one.part, "steps": abs(told.depth[one.pk]),
                "inspection": known.state if known else None,
                "held": known is not None and known.is_held}  # fmt: skip

    return {
        "before": [line(one) for one in told.backward],
        "after": [line(one) for one in told.forward],
        "steps": [{"source": s.source, "target": s.target, "event": s.event, "since": s.since}
                  for s in told.steps],
        "is_whole": told.is_whole,
    }  # fmt: skip


# --- recall ----------------------------------------------------------------------------------

Short = Annotated[Text, Field(max_length=300)]


class RecallQuery(Asked):
    """What is suspected: a lot, or what a supplier (its code or GLN) delivered in a time."""

    lot: Short = ""
    supplier: Short = ""
    ware: Annotated[Text, Field(max_length=14)] = ""
    since: Moment | None = None
    until: Moment | None = None
    limit: Annotated[int, Field(ge=0, le=100_000)] = 1000


class AffectedShape(Shape):
    """An affected lot or piece: where it is, since when, and how it stands."""

    id: int
    uri: str
    goods: str
    part: str
    place: str
    seen_at: datetime | None
    state: str
    held: bool


class CountShape(Shape):
    """A place or party, and how many of the things are there or went there."""

    name: str
    count: int


class RecallShape(Shape):
    """All that is affected, the first of it by name, where it is, and whom to tell."""

    lots: int
    containers: int
    ms: float
    items: list[AffectedShape]
    places: list[CountShape]
    to_tell: list[CountShape]


def _drilled(sight: Scope, told: Any) -> drills.Asked:
    wanted = drills.Asked(told.lot, told.supplier, told.ware, told.since, told.until)
    if not wanted.is_asked:
        raise Problem(422, errors=[("lot", N("Name a lot, a supplier or goods."))])
    return wanted


@router.get("/recalls", response=RecallShape, **operation(
    N("What a recall reaches: every lot that anything suspected went into"), asks=RecallQuery,
    name="recall"))  # fmt: skip
def recall(request: HttpRequest) -> dict[str, Any]:
    sight = _reader(request)
    told = asked(request, RecallQuery)
    result = drills.drill(sight, _drilled(sight, told), most=told.limit)
    return {
        "lots": result.lots, "containers": result.containers, "ms": result.ms,
        "items": [
            {"id": one.thing.pk, "uri": one.thing.uri, "goods": one.words.note,
             "part": one.thing.part, "place": one.place, "seen_at": one.at, "state": one.state,
             "held": one.inspected is not None and one.inspected.is_held}
            for one in result.lines
        ],
        "places": [{"name": name, "count": n} for name, n in result.places],
        "to_tell": [{"name": name, "count": n} for name, n, _party in result.told],
    }  # fmt: skip


class DrillBody(Given):
    """What is suspected, and whether the lots are called back in earnest."""

    lot: Short = ""
    supplier: Short = ""
    ware: Annotated[Text, Field(max_length=14)] = ""
    since: Moment | None = None
    until: Moment | None = None
    case: bool = False


class DrillShape(Shape):
    """A drill that was recorded."""

    id: int
    lots: int
    containers: int
    parties: int
    ms: float
    case: str | None = None


@router.post("/recall-drills", response={201: DrillShape}, **operation(
    N("Record a recall drill, or call the lots back"), takes=DrillBody,
    name="record_drill"))  # fmt: skip
def record(request: HttpRequest) -> Status:
    sight = _reader(request)
    told, _files = given(request, DrillBody)
    record_or_open = calling_back.call_back if told.case else drills.record
    row = record_or_open(sight, _user(sight), _drilled(sight, told))
    return Status(201, {"id": row.pk, "lots": row.lots, "containers": row.containers,
                        "parties": row.parties, "ms": row.ms,
                        "case": row.case.code if row.case else None})  # fmt: skip


# --- passports -------------------------------------------------------------------------------


class PassportBody(Given):
    """Which parts everybody may read, and words of the owner's own."""

    shown: list[Annotated[Text, Field(max_length=20)]] = []
    said: Annotated[Text, Field(max_length=600)] = ""
    said_en: Annotated[Text, Field(max_length=800)] = ""


class PassportShape(Shape):
    """What was released of a lot."""

    gtin: str
    lot: str
    shown: list[str]
    said: str
    said_en: str
    content: dict[str, Any]
    released_at: datetime


def _told(row: Passport) -> dict[str, Any]:
    return {"gtin": row.thing.code, "lot": row.thing.part, "shown": row.shown, "said": row.said,
            "said_en": row.said_en, "content": row.content,
            "released_at": row.released_at}  # fmt: skip


@router.post("/chain-things/{key}/passport", response={201: PassportShape}, **operation(
    N("Release the passport of a lot"), takes=PassportBody, name="release_passport"))  # fmt: skip
def release(request: HttpRequest, key: int) -> Status:
    sight = _reader(request)
    row = _thing(sight, key)
    if not passports.may_release(_user(sight), row):
        raise Problem(403)
    told, _files = given(request, PassportBody)
    made = passports.release(row, _user(sight), told.shown, told.said, told.said_en)
    return Status(201, _told(made))


@router.delete("/chain-things/{key}/passport", response={204: None}, **operation(
    N("Withdraw the passport of a lot"), name="withdraw_passport"))  # fmt: skip
def withdraw(request: HttpRequest, key: int) -> Status:
    sight = _reader(request)
    row = _thing(sight, key)
    if not passports.may_release(_user(sight), row):
        raise Problem(403)
    passports.withdraw(row, _user(sight))
    return Status(204, None)


@router.get("/passports/{gtin}/{lot}", response=PassportShape, auth=None, **operation(
    N("The passport of a lot, for everybody"), name="lot_passport"))  # fmt: skip
def passport(request: HttpRequest, gtin: str, lot: str) -> dict[str, Any]:
    row = Passport.objects.select_related("thing").filter(
        thing__code=gtin[:14].zfill(14), thing__part=lot, withdrawn_at=None
    ).first()  # fmt: skip
    return _told(found(row))


# --- suppliers -------------------------------------------------------------------------------


class CardShape(Shape):
    """How a supplier did in the last twelve months."""

    name: str
    gln: str
    lots: int
    quantity: float
    goods: list[str]
    parts: int
    flawed: int
    held: int
    on_time: int
    deliveries: int
    alone_for: list[str]


class CardsShape(Shape):
    """All suppliers, those who deliver most first."""

    items: list[CardShape]


@router.get("/supplier-cards", response=CardsShape, **operation(
    N("How suppliers did, and whom nobody can stand in for"), name="supplier_cards"))  # fmt: skip
def cards(request: HttpRequest) -> dict[str, Any]:
    sight = _reader(request)
    return {"items": [
        {"name": one.name, "gln": one.place.gln, "lots": one.lots, "quantity": one.quantity,
         "goods": one.wares, "parts": one.parts, "flawed": one.flawed, "held": one.held,
         "on_time": one.on_time, "deliveries": one.of, "alone_for": one.alone_for}
        for one in suppliers.cards(sight, owners(sight))
    ]}  # fmt: skip
