"""Greenhouses over REST: the stage of a crop, and the calendar of farm work."""

from datetime import timedelta
from typing import Annotated, Any

from django.http import HttpRequest
from django.utils.translation import gettext_noop
from ninja import Router
from pydantic import Field

from linli.assets.growing import listing, works
from linli.assets.growing.models import Growth
from linli.assets.growing.recording import record
from linli.assets.growing.visibility import may_record
from linli.assets.register.models import Asset
from linli.assets.register.visibility import works_with
from linli.cases.refusal import Refused
from linli.people.models import User
from linli.people.scope import scope
from linli.rest import Asked, Given, Moment, Problem, Shape, Text, asked, found, given, operation

N = gettext_noop
router = Router()


class CropStageGiven(Given):
    """What grows in a greenhouse from a moment on."""

    crop: Annotated[Text, Field(max_length=50, description=N("Empty: nothing grows there"))] = ""
    stage: Annotated[Text, Field(max_length=50)] = ""
    since: Annotated[
        Moment | None, Field(strict=False, description=N("Now if left out"))
    ] = None  # fmt: skip
    note: Annotated[Text, Field(max_length=200)] = ""


class CropStageShape(Shape):
    """A stage that was recorded."""

    id: int
    asset: str
    crop: str | None
    stage: str
    since: str


def _told(row: Growth) -> dict[str, Any]:
    return {
        "id": row.pk, "asset": row.asset.code, "crop": row.crop.code if row.crop else None,
        "stage": row.stage, "since": row.since.isoformat(),
    }  # fmt: skip


@router.post("/assets/{key}/crop-stage", response=CropStageShape, **operation(
    N("Say at which stage a crop is in a greenhouse"),
    N("Rules on telemetry follow within seconds. The same moment again puts right what was said."),
    takes=CropStageGiven, example={"crop": "strawberry", "stage": "flowering"},
    name="record_crop_stage"))  # fmt: skip
def record_stage(request: HttpRequest, key: str) -> dict[str, Any]:
    sight = scope(request.user)
    asset = found(sight.of(Asset).filter(code=key[:40]).first())
    if not may_record(sight, asset):
        raise Problem(403)
    told, _files = given(request, CropStageGiven)
    assert isinstance(request.user, User)
    try:
        return _told(record(asset, told.crop, told.stage, request.user, told.since, told.note))
    except Refused as refusal:
        raise Problem(409, str(refusal)) from refusal


class WorksQuery(Asked):
    days: Annotated[int, Field(ge=1, le=366, description=N("How many days from today"))] = 30


class FarmWorkShape(Shape):
    """A work that is due, from its first to its last day."""

    asset: str
    crop: str
    stage: str
    work: str
    begins: str
    ends: str
    expected: bool


@router.get("/farm-works", response=list[FarmWorkShape], **operation(
    N("The calendar of farm work"),
    N("Works of the greenhouses one sees. Expected are those of stages that have not begun."),
    asks=WorksQuery, name="farm_works"))  # fmt: skip
def farm_works(request: HttpRequest) -> list[dict[str, Any]]:
    sight = scope(request.user)
    if not works_with(sight):
        raise Problem(403)
    query = asked(request, WorksQuery)
    until = works.today() + timedelta(days=query.days - 1)
    return [
        {
            "asset": work.asset.code, "crop": work.crop, "stage": work.stage, "work": work.name,
            "begins": work.begins.isoformat(), "ends": work.ends.isoformat(),
            "expected": work.is_expected,
        }
        for work in works.due(listing.growing(sight), works.today(), until)
    ]  # fmt: skip
