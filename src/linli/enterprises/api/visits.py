"""Visits and difficulties over REST: planned, made, called off; coverage; who speaks for whom."""

from datetime import date, datetime
from typing import Annotated, Any

from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop
from ninja import Router, Status
from pydantic import Field

from linli.cases.intake import Unusable
from linli.cases.refusal import Refused
from linli.enterprises import coverage, visiting
from linli.enterprises.models import Delegate, Enterprise, Visit
from linli.enterprises.visibility import keeps
from linli.enterprises.visit_tables import VISITS
from linli.people.models import User
from linli.people.scope import Scope, scope
from linli.places.tables import below
from linli.rest import (
    Given,
    Problem,
    Shape,
    Text,
    by_key,
    found,
    given,
    operation,
    row_of,
    row_shape,
)

N = gettext_noop
router = Router()
Long = Annotated[Text, Field(max_length=4000)]
Short = Annotated[Text, Field(max_length=200)]


def _sight(request: HttpRequest) -> Scope:
    sight = scope(request.user)
    if not visiting.may_visit(sight):
        raise Problem(403)
    return sight


def _user(sight: Scope) -> User:
    assert isinstance(sight.user, User)
    return sight.user


def _somebody(username: str) -> User:
    user = User.objects.filter(username=username, is_active=True).first()
    if user is None:
        words = _("There is nobody with this user name.")
        raise Problem(422, errors=[("visitor", words)])
    return user


def _enterprise(sight: Scope, code: str) -> Enterprise:
    row: Enterprise = found(sight.of(Enterprise).filter(code=code).first())
    return row


class PlanBody(Given):
    """Who goes to an enterprise, and when."""

    visitor: Text
    planned_on: date
    purpose: Short = ""


class RoundBody(PlanBody):
    """Who goes to how many of those in an area that have waited longest, and when."""

    area: Text | None = None
    count: Annotated[int, Field(ge=1, le=50)] = 5


class PlannedShape(Shape):
    """The keys of the visits that were planned."""

    visits: list[int]


@router.post("/enterprises/{key}/visits", response={201: PlannedShape}, **operation(
    N("Plan a visit to an enterprise"), takes=PlanBody, name="plan_visit"))  # fmt: skip
def plan(request: HttpRequest, key: str) -> Any:
    sight = _sight(request)
    row = _enterprise(sight, key)
    told, _files = given(request, PlanBody)
    made = _planned([row], told, sight)
    return Status(201, {"visits": made})


@router.post("/visits/round", response={201: PlannedShape}, **operation(
    N("Plan visits to the enterprises that have waited longest"), takes=RoundBody,
    name="plan_round"))  # fmt: skip
def plan_round(request: HttpRequest) -> Any:
    sight = _sight(request)
    if not visiting.may_plan(sight):
        raise Problem(403)
    told, _files = given(request, RoundBody)
    rows = visiting.waiting_longest(sight)
    if told.area:
        rows = rows.filter(below(told.area, "area__"))
    return Status(201, {"visits": _planned(list(rows[: told.count]), told, sight)})


def _planned(rows: list[Enterprise], told: PlanBody, sight: Scope) -> list[int]:
    visitor = _somebody(told.visitor)
    try:
        made = visiting.plan(rows, visitor, told.planned_on, _user(sight), told.purpose)
    except Refused as refusal:
        raise Problem(409, str(refusal)) from refusal
    return [visit.pk for visit in made]


class RequestBody(Given):
    """One thing an enterprise asks for."""

    title: Annotated[Text, Field(min_length=1, max_length=120)]
    body: Long = ""
    category: Text


class RecordBody(Given):
    """What a visit found, and what is asked for."""

    met: Annotated[Text, Field(max_length=60)] = ""
    research: Long = ""
    sales: Long = ""
    plans: Long = ""
    requests: Annotated[list[RequestBody], Field(max_length=visiting.MOST_REQUESTS)] = []


class RecordedShape(Shape):
    """The cases that the requests became, in their order, and the receipt code of each."""

    cases: list[str]
    receipts: list[str]


def _visit(request: HttpRequest, key: int) -> tuple[Visit, Scope]:
    sight = _sight(request)
    row: Visit = by_key(sight.of(Visit).select_related("enterprise", "visitor"), key)
    return row, sight


@router.post("/visits/{key}/record", response=RecordedShape, **operation(
    N("Keep what a visit found"), N("Each request becomes a case of its own."),
    takes=RecordBody, name="record_visit"))  # fmt: skip
def record(request: HttpRequest, key: int) -> dict[str, Any]:
    row, sight = _visit(request, key)
    if not (row.visitor_id == _user(sight).pk or visiting.may_plan(sight)):
        raise Problem(403)
    told, _files = given(request, RecordBody)
    asked = [visiting.Request(r.title, r.body, r.category) for r in told.requests]
    try:
        receipts = visiting.record(
            row, _user(sight), met=told.met, research=told.research, sales=told.sales,
            plans=told.plans, requests=asked,
        )  # fmt: skip
    except Refused as refusal:
        raise Problem(409, str(refusal)) from refusal
    except Unusable as error:
        raise Problem(422, errors=[(error.field, str(error))]) from error
    return {
        "cases": [receipt.case.code for receipt in receipts],
        "receipts": [receipt.code for receipt in receipts],
    }


class ReasonBody(Given):
    """Why."""

    reason: Annotated[Text, Field(min_length=1, max_length=200)]


@router.post("/visits/{key}/call-off", response=row_shape("visits", alone=True), **operation(
    N("Call a planned visit off"), takes=ReasonBody, name="call_off_visit"))  # fmt: skip
def call_off(request: HttpRequest, key: int) -> dict[str, Any]:
    row, sight = _visit(request, key)
    if not (row.visitor_id == _user(sight).pk or visiting.may_plan(sight)):
        raise Problem(403)
    told, _files = given(request, ReasonBody)
    try:
        visiting.call_off(row, _user(sight), told.reason)
    except Refused as refusal:
        raise Problem(409, str(refusal)) from refusal
    return row_of(VISITS, _visit(request, key)[0], frozenset(), alone=True)


class AnswerLineShape(Shape):
    """How far visits have come in a grid, or with a visitor."""

    key: str
    name: str
    all: int
    visited: int
    never: int
    last: datetime | None


class CoverageShape(Shape):
    """Of how many enterprises how many were visited within so many days."""

    days: int
    grids: list[AnswerLineShape]
    visitors: list[AnswerLineShape]


def _line(line: coverage.Line) -> dict[str, Any]:
    return {"key": line.key, "name": line.name, "all": line.all, "visited": line.visited,
            "never": line.never, "last": line.last}  # fmt: skip


@router.get("/visits/coverage", response=CoverageShape, **operation(
    N("How far visits have come, by grid and by visitor"), name="visit_coverage"))  # fmt: skip
def covered(request: HttpRequest) -> dict[str, Any]:
    sight = _sight(request)
    return {
        "days": coverage.STALE_DAYS,
        "grids": [_line(line) for line in coverage.by_grid(sight)],
        "visitors": [_line(line) for line in coverage.by_visitor(sight)],
    }


class DelegateBody(Given):
    """The account that is to speak for an enterprise."""

    user: Text


class DelegateShape(Shape):
    """An account that speaks for an enterprise."""

    id: int
    user: str
    enterprise: str


class DelegatesShape(Shape):
    """All accounts that speak for an enterprise."""

    items: list[DelegateShape]


def _keeper(request: HttpRequest) -> Scope:
    sight = _sight(request)
    if not keeps(sight):
        raise Problem(403)
    return sight


def _told(row: Delegate) -> dict[str, Any]:
    return {"id": row.pk, "user": row.user.username, "enterprise": row.enterprise.code}


@router.get("/enterprises/{key}/accounts", response=DelegatesShape, **operation(
    N("The accounts that speak for an enterprise"), name="enterprise_accounts"))  # fmt: skip
def accounts(request: HttpRequest, key: str) -> dict[str, Any]:
    row = _enterprise(_keeper(request), key)
    return {"items": [_told(d) for d in row.delegates.select_related("user", "enterprise")]}


@router.post("/enterprises/{key}/accounts", response={201: DelegateShape}, **operation(
    N("Let an account speak for an enterprise"), takes=DelegateBody,
    name="add_enterprise_account"))  # fmt: skip
def add_account(request: HttpRequest, key: str) -> Any:
    sight = _keeper(request)
    row = _enterprise(sight, key)
    told, _files = given(request, DelegateBody)
    try:
        made = visiting.speak_for(row, _somebody(told.user), _user(sight))
    except Refused as refusal:
        raise Problem(409, str(refusal)) from refusal
    return Status(201, _told(made))


@router.delete("/enterprises/{key}/accounts/{number}", response={204: None}, **operation(
    N("Let an account speak for its enterprise no longer"),
    name="remove_enterprise_account"))  # fmt: skip
def remove_account(request: HttpRequest, key: str, number: int) -> Any:
    sight = _keeper(request)
    row = _enterprise(sight, key)
    visiting.no_longer(found(row.delegates.filter(pk=number).first()), _user(sight))
    return Status(204, None)
