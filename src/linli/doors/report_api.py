"""Reports from connected systems and from people, gathered into few transactions."""

from datetime import datetime, timedelta
from typing import Annotated, Literal

from django.http import HttpRequest
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop
from ninja import Router, Status
from pydantic import BaseModel, ConfigDict, Field

from linli.cases import intake
from linli.cases.evidence import NotEvidence
from linli.cases.intake import Unusable
from linli.cases.models import Source, State
from linli.clock import now
from linli.doors.access import ReportKey, Sender
from linli.doors.gathering import Gatherer
from linli.rest import Given, Moment, Problem, Text, given, operation

N = gettext_noop
router = Router()
gather = Gatherer()
A_CLOCK_IS_WRONG_BY = timedelta(days=1)
EXAMPLE = {
    "title": "桥头的路灯不亮了",
    "body": "连着三个晚上一片漆黑",
    "lon": 121.0214,
    "lat": 30.6952,
    "external_id": "12345-2026-0917",
}


class ReportBody(Given):
    """A report."""

    title: Annotated[Text, Field(min_length=1, max_length=intake.MAX_TITLE)]
    body: Annotated[Text, Field(max_length=intake.MAX_BODY)] = ""
    source: Annotated[
        Literal[tuple(Source.values)] | None,  # type: ignore[valid-type]
        Field(description=N("Who found it; left out, it is the owner of the key")),
    ] = None
    external_id: Annotated[
        Text | None,
        Field(max_length=80, description=N("The sender's number: taken in once only")),
    ] = None
    created: Annotated[Moment | None, Field(description=N("When it was told, if not now"))] = None
    author: Annotated[Text, Field(max_length=80)] = ""
    contact: Annotated[Text, Field(max_length=120)] = ""
    likes: Annotated[int, Field(ge=0, le=1_000_000_000)] = 0
    category: Annotated[Text | None, Field(max_length=120)] = None
    area: Annotated[Text | None, Field(max_length=40)] = None
    lon: Annotated[float | None, Field(ge=-180, le=180)] = None
    lat: Annotated[float | None, Field(ge=-90, le=90)] = None
    coordinates: Literal["wgs84", "gcj02", "bd09"] = "wgs84"


class ReceiptShape(BaseModel):
    """What became of a report."""

    model_config = ConfigDict(extra="forbid")

    case: str
    fate: Literal[tuple(str(fate) for fate in intake.Fate)]  # type: ignore[valid-type]
    state: Literal[tuple(State.values)]  # type: ignore[valid-type]
    receipt: str
    reported_at: datetime


@router.post("/reports", auth=ReportKey(), response={201: ReceiptShape}, **operation(
    N("Take a report in"),
    N("Answered once it is stored, located and, if clear, dispatched. Photos may come along "
      "in a form in parts. The same external number twice gets the same receipt."),
    takes=ReportBody, files="evidence", example=EXAMPLE, name="send_report"))  # fmt: skip
async def report(request: HttpRequest) -> Status:
    told, files = given(request, ReportBody, "evidence")
    sender: Sender = request.auth  # type: ignore[attr-defined]
    is_own = sender.key is not None and told.source is None
    if told.source is not None and not sender.in_office and told.source != Source.RESIDENT:
        words = _("Only those who work for the town pass on what others found.")
        raise Problem(403, words)
    if told.created is not None and told.created > now() + A_CLOCK_IS_WRONG_BY:
        raise Problem(422, errors=[("created", _("Nothing is reported before it is told."))])
    values = told.model_dump()
    values["source"] = told.source or sender.source or Source.API
    reporter = sender.key.owner if sender.key is not None and is_own else None
    try:
        receipt = await gather(intake.Report(**values, reporter=reporter, evidence=files))
    except Unusable as fault:
        raise Problem(422, str(fault), errors=[(fault.field, str(fault))]) from fault
    except NotEvidence as fault:
        raise Problem(422, str(fault), errors=[("evidence", str(fault))]) from fault
    return Status(
        201,
        ReceiptShape(
            case=receipt.case.code,
            fate=str(receipt.fate),
            state=receipt.case.state,
            receipt=receipt.code,
            reported_at=localtime(receipt.case.reported_at),
        ),
    )
