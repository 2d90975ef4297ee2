"""Remediation over REST: how far it is, what differs from like cases, and a negotiator's steps."""

from datetime import date
from decimal import Decimal
from typing import Annotated, Any, Literal

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_noop
from ninja import Router
from pydantic import Field

from linli.cases.evidence import PDF, NotEvidence
from linli.cases.file_views import sent
from linli.people.models import User
from linli.people.scope import Scope, scope
from linli.programmes.ladders import NotClimbed
from linli.programmes.remediation import alike, sheets, steps
from linli.programmes.remediation.models import Block, Campaign, Contract, Holding, Promise
from linli.programmes.remediation.progress import Progress, overview
from linli.programmes.remediation.visibility import may_negotiate
from linli.rest import Given, Problem, Shape, Text, found, given, operation, row_of, row_shape
from linli.tables import declared

N = gettext_noop
router = Router()
Whole = row_shape("holdings", alone=True)
Amount = Annotated[float, Field(gt=0, lt=1e11)]


class SigningsShape(Shape):
    """How far a campaign or a block is; the last signing lies between `early` and `late` in four
    of five forecasts, null stands for more than two years off."""

    code: str
    enterprises: int
    signed: int
    stalled: int
    mu: float
    first_notice: date | None
    days: int | None
    last_seven_days: int
    early: date | None
    middle: date | None
    late: date | None
    due_on: date | None
    is_late: bool


class CampaignProgressShape(Shape):
    """A campaign and its blocks."""

    whole: SigningsShape
    blocks: list[SigningsShape]


class SheetLineShape(Shape):
    """A line of a sheet: quantity × price = amount."""

    code: str
    name: str
    unit: str
    quantity: float
    price: float
    amount: float


class SheetShape(Shape):
    """The sheet as it would be offered today; `until` is the last day on which its bonus holds."""

    total: float
    until: date | None
    lines: list[SheetLineShape]


class DifferenceShape(Shape):
    """One thing in which an enterprise is not treated as its like."""

    what: str
    kind: str
    name: str
    mine: float
    middle: float
    like: list[str]
    reason: str | None


class AlikeShape(Shape):
    """How an enterprise compares with its like."""

    others: int
    differences: list[DifferenceShape]


class ClimbBody(Given):
    """A step."""

    stage: Annotated[Text, Field(min_length=1, max_length=40)]
    on: date | None = None
    note: Annotated[Text, Field(max_length=500)] = ""


class PromiseBody(Given):
    """A promise: money, words, or both."""

    item: Annotated[Text, Field(min_length=1, max_length=80)]
    amount: Amount | None = None
    wording: Annotated[Text, Field(max_length=300)] = ""


class ReasonBody(Given):
    """Why."""

    reason: Annotated[Text, Field(min_length=1, max_length=300)]


class ExplainBody(ReasonBody):
    """Which difference, and why."""

    what: Annotated[Text, Field(min_length=1, max_length=160)]


class NoteBody(Given):
    """A line of the log."""

    way: Literal["visit", "meeting", "call", "letter"]
    text: Annotated[Text, Field(min_length=1, max_length=600)]


class FileBody(Given):
    """Nothing beside the file."""


def _campaign(request: HttpRequest, key: str) -> Campaign:
    rows = scope(request.user).of(Campaign).select_related("policy")
    return found(rows.filter(code=key[:50]).first())


def _holding(request: HttpRequest, key: str) -> tuple[Holding, Scope]:
    sight = scope(request.user)
    rows = sight.of(Holding).select_related(
        "ladder", "negotiator", "parcel__block__campaign__policy"
    )
    return found(rows.prefetch_related("climbs").filter(code=key[:50]).first()), sight


def _mine(request: HttpRequest, key: str) -> tuple[Holding, User]:
    """Return a holding the owner of the key may take steps with."""
    row, sight = _holding(request, key)
    if not may_negotiate(sight, row):
        raise Problem(403)
    assert isinstance(request.user, User)
    return row, request.user


def _whole(row: Holding) -> dict[str, Any]:
    fresh = Holding.objects.select_related("parcel__block", "negotiator").get(pk=row.pk)
    return row_of(declared()["holdings"], fresh, alone=True)


def _told(code: str, part: Progress) -> dict[str, Any]:
    return {
        "code": code, "enterprises": part.n, "signed": part.signed, "stalled": len(part.stalled),
        "mu": round(part.mu, 2), "first_notice": part.first_told, "days": part.days,
        "last_seven_days": part.pace, "early": part.early, "middle": part.middle,
        "late": part.late, "due_on": part.due_on, "is_late": part.is_late,
    }  # fmt: skip


@router.get("/campaigns/{key}/progress", response=CampaignProgressShape, **operation(
    N("How far a campaign and its blocks are"),
    N("Signings, stalls, and when the last one is likely to sign."),
    name="campaign_progress"))  # fmt: skip
def progress(request: HttpRequest, key: str) -> dict[str, Any]:
    campaign = _campaign(request, key)
    seen = overview(campaign)
    blocks: list[tuple[Block, Progress]] = [(p.block, p) for p in seen.blocks if p.block]
    return {
        "whole": _told(campaign.code, seen.whole),
        "blocks": [_told(block.code, part) for block, part in blocks],
    }


@router.get("/holdings/{key}/sheet", response=SheetShape, **operation(
    N("The compensation sheet as it would be offered today"), name="holding_sheet"))  # fmt: skip
def sheet(request: HttpRequest, key: str) -> dict[str, Any]:
    row, _sight = _holding(request, key)
    told = sheets.sheet_of(row)
    return {
        "total": float(told.total),
        "until": told.until,
        "lines": [
            {"code": x.code, "name": x.label, "unit": x.unit_name, "quantity": float(x.quantity),
             "price": float(x.price), "amount": float(x.amount)}
            for x in told.lines
        ],
    }  # fmt: skip


@router.get("/holdings/{key}/differences", response=AlikeShape, **operation(
    N("What differs from like cases"),
    N("Like are those of the same campaign, disposition, structure and size class."),
    name="holding_differences"))  # fmt: skip
def differences(request: HttpRequest, key: str) -> dict[str, Any]:
    row, _sight = _holding(request, key)
    compared = alike.compare(row)
    return {
        "others": compared.others,
        "differences": [
            {"what": each.difference.what, "kind": each.difference.kind, "name": each.label,
             "mine": float(each.difference.mine), "middle": float(each.difference.middle),
             "like": [other.code for other, _value in each.like],
             "reason": each.why.reason if each.why else None}
            for each in compared.found
        ],
    }  # fmt: skip


@router.post("/holdings/{key}/climb", response=Whole, **operation(
    N("Take a step on the ladder"), takes=ClimbBody, name="holding_climb"))  # fmt: skip
def climb(request: HttpRequest, key: str) -> dict[str, Any]:
    row, user = _mine(request, key)
    told, _files = given(request, ClimbBody)
    try:
        steps.climb(row, told.stage, user, told.on, told.note)
    except NotClimbed as refusal:
        raise Problem(409, str(refusal)) from refusal
    return _whole(row)


@router.post("/holdings/{key}/offer", response=SheetShape, **operation(
    N("Keep the sheet of today as a version"), name="offer_sheet"))  # fmt: skip
def offer(request: HttpRequest, key: str) -> dict[str, Any]:
    row, user = _mine(request, key)
    try:
        sheets.offer(row, user)
    except sheets.NothingToOffer as refusal:
        raise Problem(409, str(refusal)) from refusal
    return sheet(request, key)


@router.post("/holdings/{key}/promise", response=row_shape("promises", alone=True), **operation(
    N("Keep what was promised"), takes=PromiseBody, name="holding_promise"))  # fmt: skip
def promise(request: HttpRequest, key: str) -> dict[str, Any]:
    row, user = _mine(request, key)
    told, _files = given(request, PromiseBody)
    if told.amount is None and not told.wording:
        raise Problem(422, errors=[("amount", N("Say how much, or what."))])
    amount = None if told.amount is None else Decimal(str(told.amount)).quantize(Decimal("0.01"))
    kept = steps.promise(row, told.item, user, amount, told.wording)
    return row_of(declared()["promises"], kept, alone=True)


@router.post("/promises/{key}/take-back", response=row_shape("promises", alone=True), **operation(
    N("Take a promise back"), N("It stays to be read."), takes=ReasonBody,
    name="take_back_promise"))  # fmt: skip
def take_back(request: HttpRequest, key: int) -> dict[str, Any]:
    sight = scope(request.user)
    kept = found(
        sight.of(Promise)
        .select_related("by", "holding__ladder", "holding__parcel__block__campaign")
        .filter(pk=key if 0 <= key < 2**63 else 0)
        .first()
    )
    if not may_negotiate(sight, kept.holding):
        raise Problem(403)
    told, _files = given(request, ReasonBody)
    try:
        steps.take_back(kept, told.reason)
    except steps.Gone as refusal:
        raise Problem(409, str(refusal)) from refusal
    return row_of(declared()["promises"], kept, alone=True)


@router.post("/holdings/{key}/note", response=row_shape("negotiations", alone=True), **operation(
    N("Add a line to the negotiation log"), takes=NoteBody, name="holding_note"))  # fmt: skip
def note(request: HttpRequest, key: str) -> dict[str, Any]:
    row, user = _mine(request, key)
    told, _files = given(request, NoteBody)
    kept = steps.note(row, told.way, told.text, user)
    return row_of(declared()["negotiations"], kept, alone=True)


@router.post("/holdings/{key}/explain", response=AlikeShape, **operation(
    N("Say why something differs from like cases"), takes=ExplainBody,
    name="explain_difference"))  # fmt: skip
def explain(request: HttpRequest, key: str) -> dict[str, Any]:
    row, user = _mine(request, key)
    told, _files = given(request, ExplainBody)
    try:
        alike.acknowledge(row, told.what, told.reason, user)
    except alike.NothingDiffers as refusal:
        raise Problem(409, str(refusal)) from refusal
    return differences(request, key)


@router.post("/holdings/{key}/contract", response=Whole, **operation(
    N("File a signed contract"), takes=FileBody, files="file", name="file_contract"))  # fmt: skip
def file_contract(request: HttpRequest, key: str) -> dict[str, Any]:
    row, user = _mine(request, key)
    _none, files = given(request, FileBody, files="file")
    if len(files) != 1:
        raise Problem(422, errors=[("file", N("Send one file."))])
    try:
        steps.file_contract(row, files[0], user)
    except NotEvidence as refusal:
        raise Problem(422, errors=[("file", str(refusal))]) from refusal
    return _whole(row)


@router.get("/contracts/{key}/file", **operation(
    N("The file of a contract"), name="contract_file"))  # fmt: skip
def contract_file(request: HttpRequest, key: int) -> HttpResponse:
    rows = scope(request.user).of(Contract)
    row = found(rows.filter(pk=key if 0 <= key < 2**63 else 0).first())
    with row.file.open("rb") as file:
        content = file.read()
    name = f"contract-{row.pk}.{row.file.name.rpartition('.')[2]}"
    return sent(content, row.content_type, name, row.content_type == PDF)
