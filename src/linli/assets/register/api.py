"""What may be done with assets over REST, beside their tables."""

from datetime import date
from typing import Annotated, Any, Literal

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_noop
from ninja import Router, Status
from pydantic import Field

from linli.assets.register import figures, history, keeping, manuals, spares, stops, telling
from linli.assets.register.models import Asset, Level, Manual, Spare
from linli.assets.register.visibility import keeps, may_move, works_at
from linli.cases.evidence import PDF, NotEvidence
from linli.cases.file_views import sent
from linli.cases.intake import Unusable
from linli.clock import now
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
    row_of,
    row_shape,
)
from linli.scores.periods import parse
from linli.tables import declared

N = gettext_noop
router = Router()


class CaseShape(Shape):
    """The case something became."""

    case: str


class RanShape(Shape):
    """How an asset ran (ISO 22400-2): ratios are null where nothing is known, times are seconds."""

    asset: str
    oee: float | None
    availability: float | None
    performance: float | None
    quality: float | None
    mtbf_s: float | None
    mttr_s: float | None
    failures: int
    planned_s: float
    running_s: float
    made: float
    good: float


class RanListShape(Shape):
    """An asset and all below it of which anything is known."""

    period: str
    lines: list[RanShape]


class FaultBody(Given):
    """What is wrong; `once` names the report, so that sent twice it is one case."""

    once: Annotated[Text, Field(min_length=1, max_length=40)]
    title: Annotated[Text, Field(min_length=1, max_length=120)]
    body: Annotated[Text, Field(max_length=2000)] = ""


class NoteBody(Given):
    """A line of the history."""

    what: Literal["inspected", "maintained", "repaired", "replaced", "noted"]
    done: Annotated[Text, Field(min_length=1, max_length=600)]
    found: Annotated[Text, Field(max_length=600)] = ""
    minutes: Annotated[int, Field(ge=0, le=100_000)] | None = None


class StopBody(Given):
    """Why it stands still, and since when if not now."""

    cause: Literal["failure", "planned", "setup", "shortage"]
    since: Moment | None = None
    note: Annotated[Text, Field(max_length=200)] = ""


class GoBody(Given):
    """When it ran again, if not now."""

    until: Moment | None = None


class OutputBody(Given):
    """What was made from one moment to another, and the ideal time for one piece."""

    since: Moment
    until: Moment
    made: Annotated[int, Field(ge=0, le=1_000_000_000)]
    good: Annotated[int, Field(ge=0, le=1_000_000_000)]
    ideal_s: Annotated[float, Field(ge=0, le=1e9)]

    model_config = Given.model_config | {"strict": False}


class ManualBody(Given):
    """What a manual is called and is about: this asset, its kind, or its kind and type."""

    title: Annotated[Text, Field(min_length=1, max_length=160)]
    about: Literal["one", "kind", "type"] = "one"


class DayBody(Given):
    """A day on which the plant works otherwise; without shifts a day off."""

    day: date
    shifts: list[Text] = []
    note: Annotated[Text, Field(max_length=120)] = ""

    model_config = Given.model_config | {"strict": False}


class MoveBody(Given):
    """A movement of a spare; with the reason "counted", `number` is what is there."""

    reason: Literal["delivered", "used", "returned", "counted"]
    number: Annotated[int, Field(ge=0, le=1_000_000)]
    asset: Annotated[Text, Field(max_length=40)] = ""
    note: Annotated[Text, Field(max_length=200)] = ""


class PeriodQuery(Asked):
    """Which period, as "2026-11", "2026Q4" or "2026"; this month by default."""

    period: Annotated[Text, Field(max_length=24)] = ""


def _asset(request: HttpRequest, key: str) -> tuple[Asset, Scope]:
    sight = scope(request.user)
    rows = sight.of(Asset).select_related("area", "organisation", "parent")
    return found(rows.defer("area__wkb").filter(code=key[:60]).first()), sight


def _here(request: HttpRequest, key: str, keepers: bool = False) -> tuple[Asset, User, Scope]:
    """Return an asset the owner of the key works at, or keeps."""
    row, sight = _asset(request, key)
    if not (keeps(sight, row) or (not keepers and works_at(sight, row))):
        raise Problem(403)
    assert isinstance(request.user, User)
    return row, request.user, sight


@router.post("/assets/{key}/fault", response=CaseShape, **operation(
    N("Report a fault of an asset"), N("It becomes a case of those who maintain it."),
    takes=FaultBody, files="evidence", name="asset_fault"))  # fmt: skip
def fault(request: HttpRequest, key: str) -> dict[str, Any]:
    row, user, _sight = _here(request, key)
    told, files = given(request, FaultBody, files="evidence")
    try:
        case = telling.fault(row, user, told.title, told.body, told.once, files)
    except NotEvidence as refusal:
        raise Problem(422, errors=[("evidence", str(refusal))]) from refusal
    except Unusable as refusal:
        raise Problem(422, errors=[(refusal.field, str(refusal))]) from refusal
    return {"case": case.code}


@router.post("/assets/{key}/note", response=row_shape("asset-history", alone=True), **operation(
    N("Add a line to the history of an asset"), takes=NoteBody, name="asset_note"))  # fmt: skip
def note(request: HttpRequest, key: str) -> dict[str, Any]:
    row, user, _sight = _here(request, key)
    told, _files = given(request, NoteBody)
    kept = history.note(row, told.what, told.done, user, found=told.found, minutes=told.minutes)
    return row_of(declared()["asset-history"], kept, alone=True)


@router.post("/assets/{key}/stop", response=row_shape("stops", alone=True), **operation(
    N("Say that an asset stands still"), takes=StopBody, name="asset_stop"))  # fmt: skip
def stop(request: HttpRequest, key: str) -> dict[str, Any]:
    row, user, _sight = _here(request, key)
    told, _files = given(request, StopBody)
    try:
        kept = stops.begin(row, told.cause, user, told.since, told.note)
    except stops.NotAStop as refusal:
        raise Problem(409, str(refusal)) from refusal
    return row_of(declared()["stops"], kept, alone=True)


@router.post("/assets/{key}/go", response=row_shape("stops", alone=True), **operation(
    N("Say that an asset runs again"), takes=GoBody, name="asset_go"))  # fmt: skip
def go(request: HttpRequest, key: str) -> dict[str, Any]:
    row, _user, _sight = _here(request, key)
    told, _files = given(request, GoBody)
    try:
        kept = stops.end(row, told.until)
    except stops.NotAStop as refusal:
        raise Problem(409, str(refusal)) from refusal
    return row_of(declared()["stops"], kept, alone=True)


@router.post("/assets/{key}/output", response=row_shape("outputs", alone=True), **operation(
    N("Say what an asset made"), N("Said again for the same beginning, the last word counts."),
    takes=OutputBody, name="asset_output"))  # fmt: skip
def output(request: HttpRequest, key: str) -> dict[str, Any]:
    row, _user, sight = _here(request, key, keepers=True)
    told, _files = given(request, OutputBody)
    try:
        kept = keeping.keep_output(sight, row, told.model_dump())
    except keeping.NotKept as refusal:
        raise Problem(422, errors=[(w.column, w.message) for w in refusal.wrongs]) from refusal
    return row_of(declared()["outputs"], kept, alone=True)


@router.post("/assets/{key}/manual", response=row_shape("asset-manuals", alone=True), **operation(
    N("Add a manual"), takes=ManualBody, files="file", name="asset_manual"))  # fmt: skip
def manual(request: HttpRequest, key: str) -> dict[str, Any]:
    row, user, _sight = _here(request, key, keepers=True)
    told, files = given(request, ManualBody, files="file")
    if len(files) != 1:
        raise Problem(422, errors=[("file", N("Send one file."))])
    try:
        kept = manuals.keep(row, told.title, files[0], user, told.about)
    except NotEvidence as refusal:
        raise Problem(422, errors=[("file", str(refusal))]) from refusal
    return row_of(declared()["asset-manuals"], kept, alone=True)


@router.post("/assets/{key}/day", response=row_shape("shift-days", alone=True), **operation(
    N("Name a day on which a plant works otherwise"), takes=DayBody,
    name="asset_day"))  # fmt: skip
def other_day(request: HttpRequest, key: str) -> dict[str, Any]:
    row, _user, sight = _here(request, key, keepers=True)
    told, _files = given(request, DayBody)
    try:
        kept = keeping.keep_day(sight, row, told.day, told.shifts, told.note)
    except keeping.NotKept as refusal:
        raise Problem(422, errors=[(w.column, w.message) for w in refusal.wrongs]) from refusal
    return row_of(declared()["shift-days"], kept, alone=True)


@router.get("/assets/{key}/running", response=RanListShape, **operation(
    N("How an asset and what is below it ran"),
    N("MTBF, MTTR, availability, performance, quality and OEE over a period."),
    asks=PeriodQuery, name="asset_running"))  # fmt: skip
def running(request: HttpRequest, key: str) -> dict[str, Any]:
    row, sight = _asset(request, key)
    try:
        period = parse(asked(request, PeriodQuery).period or f"{now():%Y-%m}")
    except ValueError as fault:
        raise Problem(422, errors=[("period", str(fault))]) from fault
    below = sight.of(Asset).filter(path__startswith=row.path).exclude(level=Level.PART)
    lines = figures.lines(list(below.order_by("path")), period)
    return {"period": str(period), "lines": [
        {"asset": line.asset.code} | {
            name: getattr(line.ran, name)
            for name in ("oee", "availability", "performance", "quality", "mtbf_s", "mttr_s",
                         "failures", "planned_s", "running_s", "made", "good")
        }
        for line in lines
    ]}  # fmt: skip


@router.delete("/assets/{key}/manuals/{number}", response={204: None}, **operation(
    N("Remove a manual"), N("Its file goes, too; the audit trail keeps what it was."),
    name="asset_manual_removal"))  # fmt: skip
def remove_manual(request: HttpRequest, key: str, number: int) -> Any:
    row, user, sight = _here(request, key, keepers=True)
    about = manuals.of(row, sight.of(Manual))
    known = found(about.filter(pk=number if 0 <= number < 2**63 else 0).first())
    if not manuals.may_remove(sight, row, known):
        raise Problem(403)
    manuals.remove(row, known, user)
    return Status(204, None)


@router.get("/asset-manuals/{key}/file", **operation(
    N("The file of a manual"), name="asset_manual_file"))  # fmt: skip
def manual_file(request: HttpRequest, key: int) -> HttpResponse:
    rows = scope(request.user).of(Manual)
    row = found(rows.filter(pk=key if 0 <= key < 2**63 else 0).first())
    with row.file.open("rb") as file:
        content = file.read()
    name = f"manual-{row.pk}.{row.file.name.rpartition('.')[2]}"
    return sent(content, row.content_type, name, row.content_type == PDF)


@router.post("/spares/{key}/move", response=row_shape("spare-moves", alone=True), **operation(
    N("Move spares in or out of the store"), takes=MoveBody, name="spare_move"))  # fmt: skip
def move(request: HttpRequest, key: str) -> dict[str, Any]:
    sight = scope(request.user)
    spare = found(sight.of(Spare).select_related("plant").filter(code=key[:60]).first())
    if not may_move(sight, spare.plant):
        raise Problem(403)
    told, _files = given(request, MoveBody)
    inside = sight.of(Asset).filter(path__startswith=spare.plant.path)
    for_what = found(inside.filter(code=told.asset).first()) if told.asset else None
    assert isinstance(request.user, User)
    try:
        kept = spares.move(
            spare, told.reason, told.number, request.user, asset=for_what, note=told.note
        )
    except spares.NotInStore as refusal:
        raise Problem(409, str(refusal)) from refusal
    return row_of(declared()["spare-moves"], kept, alone=True)
