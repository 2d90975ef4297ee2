"""Cutting land over REST: the pieces as they stand, what an operation would make, keeping them."""

from typing import Any

from django.http import HttpRequest
from django.utils.translation import gettext_noop
from ninja import Router

from linli.people.models import User
from linli.people.scope import scope
from linli.programmes.remediation.cutting import given as body
from linli.programmes.remediation.cutting import saving, sheet
from linli.programmes.remediation.cutting.given import KeepGiven, PiecesShape, TryGiven
from linli.programmes.remediation.cutting.ground import Ground, may_cut, of_block, of_campaign
from linli.programmes.remediation.cutting.sheet import Refused
from linli.programmes.remediation.models import Block, Campaign
from linli.rest import Problem, found, given, operation

N = gettext_noop
router = Router()
TRY = N("Cuts, carves, merges or moves corners, and answers with the pieces that come of it and "
        "what is wrong with them.")  # fmt: skip
KEEP = N("In one transaction. Overlaps are refused, gaps too unless `leaves_out` is said.")


def _campaign(request: HttpRequest, key: str) -> Ground:
    rows = scope(request.user).of(Campaign).select_related("area", "organisation")
    return _mine(request, of_campaign(found(rows.filter(code=key[:50]).first())))


def _block(request: HttpRequest, key: str) -> Ground:
    rows = scope(request.user).of(Block).select_related("campaign__area", "campaign__organisation")
    return _mine(request, of_block(found(rows.filter(code=key[:50]).first())))


def _mine(request: HttpRequest, ground: Ground) -> Ground:
    if not may_cut(scope(request.user), ground.campaign):
        raise Problem(403)
    return ground


def _try(request: HttpRequest, ground: Ground) -> dict[str, Any]:
    told, _files = given(request, TryGiven)
    try:
        return body.told(body.tried(ground, told))
    except Refused as refusal:
        raise Problem(409, str(refusal)) from refusal


def _keep(request: HttpRequest, ground: Ground) -> dict[str, Any]:
    told, _files = given(request, KeepGiven)
    assert isinstance(request.user, User)
    try:
        kept = saving.save(body.read(ground, told), told.mark, request.user, told.leaves_out,
                           told.reason)  # fmt: skip
    except Refused as refusal:
        raise Problem(409, str(refusal)) from refusal
    return body.told(sheet.opened(kept))


@router.get("/campaigns/{key}/cutting", response=PiecesShape, **operation(
    N("The blocks of a campaign as they are cut"), name="campaign_pieces"))  # fmt: skip
def campaign_pieces(request: HttpRequest, key: str) -> dict[str, Any]:
    return body.told(sheet.opened(_campaign(request, key)))


@router.get("/blocks/{key}/cutting", response=PiecesShape, **operation(
    N("The parcels of a block as they are cut"), name="block_pieces"))  # fmt: skip
def block_pieces(request: HttpRequest, key: str) -> dict[str, Any]:
    return body.told(sheet.opened(_block(request, key)))


@router.post("/campaigns/{key}/cutting/try", response=PiecesShape, **operation(
    N("Try a cut of a campaign; nothing is kept"), TRY, takes=TryGiven,
    name="try_campaign_cut"))  # fmt: skip
def try_campaign(request: HttpRequest, key: str) -> dict[str, Any]:
    return _try(request, _campaign(request, key))


@router.post("/blocks/{key}/cutting/try", response=PiecesShape, **operation(
    N("Try a cut of a block; nothing is kept"), TRY, takes=TryGiven,
    name="try_block_cut"))  # fmt: skip
def try_block(request: HttpRequest, key: str) -> dict[str, Any]:
    return _try(request, _block(request, key))


@router.post("/campaigns/{key}/cutting", response=PiecesShape, **operation(
    N("Keep the blocks of a campaign"), KEEP, takes=KeepGiven, name="cut_campaign"))  # fmt: skip
def cut_campaign(request: HttpRequest, key: str) -> dict[str, Any]:
    return _keep(request, _campaign(request, key))


@router.post("/blocks/{key}/cutting", response=PiecesShape, **operation(
    N("Keep the parcels of a block"), KEEP, takes=KeepGiven, name="cut_block"))  # fmt: skip
def cut_block(request: HttpRequest, key: str) -> dict[str, Any]:
    return _keep(request, _block(request, key))
