"""Judging parts, holding and releasing lots, over REST."""

from typing import Annotated, Any, Literal

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_noop
from ninja import Router
from pydantic import Field

from linli.assets.inspection import judging, lots
from linli.assets.inspection.lot_views import LONGEST
from linli.assets.inspection.models import FlawKind, Inspection, Lot
from linli.assets.inspection.part_views import sent_picture
from linli.assets.inspection.who import may_hold, may_judge
from linli.cases.refusal import Refused
from linli.people.models import User
from linli.people.scope import scope
from linli.rest import Given, Problem, Shape, Text, found, given, operation

N = gettext_noop
router = Router()


class JudgementGiven(Given):
    """What an inspector says of a part."""

    judgement: Literal["confirmed", "overruled"]
    kind: Annotated[Text | None, Field(max_length=50, description=N("Code of a kind of flaw"))] = (
        None
    )


class JudgedShape(Shape):
    """A part after a judgement."""

    id: int
    verdict: str
    judgement: str


class ReasonGiven(Given):
    """Why."""

    reason: Annotated[Text, Field(min_length=2, max_length=LONGEST)]


class LotShape(Shape):
    """A lot after a step."""

    id: int
    code: str
    state: str


def _part(request: HttpRequest, number: int) -> tuple[Inspection, User]:
    assert isinstance(request.user, User)
    sight = scope(request.user)
    rows = sight.of(Inspection).select_related("station__asset")
    part: Inspection = found(rows.filter(pk=number).first())
    if not may_judge(sight, part.station):
        raise Problem(403)
    return part, request.user


@router.post("/inspections/{number}/judge", response=JudgedShape, **operation(
    N("Confirm or overrule what a machine says of a part"), takes=JudgementGiven,
    example={"judgement": "overruled"}, name="judge_part"))  # fmt: skip
def judge(request: HttpRequest, number: int) -> dict[str, Any]:
    part, user = _part(request, number)
    told, _files = given(request, JudgementGiven)
    kind = None
    if told.kind:
        kind = FlawKind.objects.filter(code=told.kind, retired=False).first()
        if kind is None:
            raise Problem(422, errors=[("kind", told.kind)])
    try:
        judging.judge(part, user, told.judgement, kind=kind)
    except Refused as refusal:
        raise Problem(409, str(refusal)) from refusal
    return {"id": part.pk, "verdict": part.verdict, "judgement": part.judgement}


@router.post("/inspections/{number}/undo", response=JudgedShape, **operation(
    N("Take back a judgement"), name="undo_judgement"))  # fmt: skip
def undo(request: HttpRequest, number: int) -> dict[str, Any]:
    part, user = _part(request, number)
    try:
        judging.undo(part, user)
    except Refused as refusal:
        raise Problem(409, str(refusal)) from refusal
    return {"id": part.pk, "verdict": part.verdict, "judgement": part.judgement}


@router.get("/inspections/{number}/picture/{what}", **operation(
    N("The picture of a part (whole or small), or its heat map (heat)"),
    name="part_picture"))  # fmt: skip
def picture(request: HttpRequest, number: int, what: str) -> HttpResponse:
    part = found(scope(request.user).of(Inspection).filter(pk=number).first())
    return sent_picture(part, what)


def _step(request: HttpRequest, number: int, step: Any) -> dict[str, Any]:
    assert isinstance(request.user, User)
    sight = scope(request.user)
    lot: Lot = found(sight.of(Lot).filter(pk=number).first())
    if not may_hold(sight, lot):
        raise Problem(403)
    told, _files = given(request, ReasonGiven)
    try:
        step(lot, request.user, told.reason)
    except Refused as refusal:
        raise Problem(409, str(refusal)) from refusal
    return {"id": lot.pk, "code": lot.code, "state": lot.state}


@router.post("/inspection-lots/{number}/hold", response=LotShape, **operation(
    N("Hold a lot"), takes=ReasonGiven, example={"reason": "连续三件划伤"},
    name="hold_lot"))  # fmt: skip
def hold(request: HttpRequest, number: int) -> dict[str, Any]:
    return _step(request, number, lots.hold)


@router.post("/inspection-lots/{number}/release", response=LotShape, **operation(
    N("Release a lot"), takes=ReasonGiven, example={"reason": "复检合格"},
    name="release_lot"))  # fmt: skip
def release(request: HttpRequest, number: int) -> dict[str, Any]:
    return _step(request, number, lots.release)
