"""The REST door. This first part takes reports in; the rest of the API stands on it."""

import hmac
from datetime import datetime
from typing import Annotated

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from ninja import NinjaAPI, Schema, Status
from ninja.security import HttpBearer
from pydantic import AwareDatetime, Field

from linli import __version__
from linli.cases import intake
from linli.cases.intake import Unusable
from linli.cases.models import Source
from linli.doors.gathering import Gatherer


class Token(HttpBearer):
    """The installation's token for connected systems (`LINLI_API_TOKEN`); none set, none let in."""

    def authenticate(self, request: HttpRequest, token: str) -> str | None:
        known = settings.API_TOKEN
        if known and hmac.compare_digest(token.encode(), known.encode()):
            return "connected system"
        return None


api = NinjaAPI(
    title="Linli", version=__version__, urls_namespace="api", auth=Token(), docs_url=None
)
gather = Gatherer()


class ReportIn(Schema):
    """A report by a connected system."""

    title: Annotated[str, Field(max_length=intake.MAX_TITLE)]
    body: Annotated[str, Field(max_length=intake.MAX_BODY)] = ""
    source: Source = Source.API
    external_id: Annotated[str, Field(max_length=80)] | None = None
    created: AwareDatetime | None = None
    author: Annotated[str, Field(max_length=80)] = ""
    contact: Annotated[str, Field(max_length=120)] = ""
    likes: Annotated[int, Field(ge=0, le=1_000_000_000)] = 0
    category: str | None = None
    area: str | None = None
    lon: float | None = None
    lat: float | None = None
    coordinates: Annotated[str, Field(pattern="^(wgs84|gcj02|bd09)$")] = "wgs84"


class ReceiptOut(Schema):
    """What became of a report."""

    case: str
    fate: str
    state: str
    receipt: str
    reported_at: datetime


@api.exception_handler(Unusable)
def _unusable(request: HttpRequest, error: Unusable) -> HttpResponse:
    problem = {"title": str(error), "status": 422, "field": error.field}
    response = api.create_response(request, problem, status=422)
    response["Content-Type"] = "application/problem+json"
    return response


@api.post("/reports", response={201: ReceiptOut}, summary="Take a report in")
async def report(request: HttpRequest, given: ReportIn) -> Status:
    """Take a report in; answered once it is stored, located and, if clear, dispatched."""
    receipt = await gather(intake.Report(**given.dict()))
    answer = ReceiptOut(
        case=receipt.case.code,
        fate=receipt.fate,
        state=receipt.case.state,
        receipt=receipt.code,
        reported_at=receipt.case.reported_at,
    )
    return Status(201, answer)
