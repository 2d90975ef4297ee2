"""Bulletins over REST: as plain values, as a file, and the cases behind their figures."""

from datetime import datetime
from typing import Annotated, Any, Literal

from django.http import HttpRequest
from django.utils.translation import gettext_noop
from ninja import Router, Status
from pydantic import Field

from linli.indicators.bulletins import issues, making, reach, sending, stretch
from linli.indicators.bulletins.document import without_outlines
from linli.indicators.bulletins.models import Issue
from linli.indicators.bulletins.stretch import Stretch
from linli.indicators.bulletins.views import figure_of, sent
from linli.people.scope import scope
from linli.places.models import Area
from linli.rest import (
    Asked,
    Given,
    PageQuery,
    Problem,
    Shape,
    Text,
    asked,
    given,
    operation,
    page_shape,
)
from linli.scores.api.asked import cases_of

N = gettext_noop
router = Router()
PERIODS = N("`day`, `week` and `month` mean the last that is over; else 2026-10-05, 2026-W41 or "
            "2026-10.")  # fmt: skip
AreaCode = Annotated[
    Text, Field(max_length=40, description=N("An area; left out, the widest that is yours."))
]


class BulletinQuery(Asked):
    """Which bulletin of a period."""

    area: AreaCode | None = None
    version: Annotated[int, Field(ge=1, le=999)] | None = None


class BulletinShape(Shape):
    """A bulletin; texts and figures as people read them, in the blocks of its template.

    A block says in `show` what it is: numbers, changes, asks, chart, map, league, indicators
    or text. Each figure has in `link` the address of what it counts.
    """

    town: str
    area: str
    title: str
    issuer: str
    number: str
    period: str
    words: str
    note: str
    made_at: datetime
    version: int
    is_final: bool
    by: str
    why: str
    blocks: list[dict[str, Any]]


class WaitingShape(Shape):
    """A bulletin that is being made: ask again in some seconds."""

    period: str
    version: int
    state: Literal["making"]


def _wanted(request: HttpRequest, period: str, code: str | None) -> tuple[Stretch, Area | None]:
    sight = scope(request.user)
    if not reach.leads(sight):
        raise Problem(403)
    try:
        wanted = stretch.read(period)
        area = reach.named(code) if code else reach.own(sight)
    except (ValueError, LookupError) as fault:
        raise Problem(404, str(fault)) from fault
    if not reach.may(sight, area):
        raise Problem(403)
    return wanted, area


def _waiting(issue: Issue) -> Status[dict[str, Any]]:
    told = {"period": issue.period, "version": issue.version, "state": "making"}
    return Status(202, told)


def _issue(wanted: Stretch, area: Area | None, version: int | None) -> Issue:
    """Return a bulletin, or one that waits to be made."""
    try:
        newest = issues.asked(wanted, area)
    except issues.Busy as busy:
        raise Problem(409, str(busy)) from busy
    found = issues.shown(wanted, area, version)
    if found is None and version is not None:
        raise Problem(404)
    if found is None and newest.fault:
        raise Problem(409, making.refused(newest))
    return found or newest


@router.get("/bulletins/{period}", response={200: BulletinShape, 202: WaitingShape}, **operation(
    N("The bulletin of a day, week or month"), PERIODS, asks=BulletinQuery,
    name="bulletin"))  # fmt: skip
def bulletin(request: HttpRequest, period: str) -> Any:
    query = asked(request, BulletinQuery)
    issue = _issue(*_wanted(request, period, query.area), query.version)
    if issue.made_at is None:
        return _waiting(issue)
    told = without_outlines(issue.told[issues.language()]) | {
        "version": issue.version, "is_final": issue.is_final, "why": issue.why,
        "by": issue.by.username if issue.by else "",
    }  # fmt: skip
    return Status(200, told)


class FigureQuery(PageQuery):
    """Which figure of a bulletin."""

    figure: Annotated[Text, Field(max_length=20, description=N("received, on_time, overdue …"))]
    area: Annotated[Text | None, Field(max_length=40)] = None
    category: Annotated[Text | None, Field(max_length=60)] = None
    grid: Annotated[Text | None, Field(max_length=40)] = None
    organisation: Annotated[Text | None, Field(max_length=40)] = None


@router.get("/bulletins/{period}/cases", response=page_shape("cases"), **operation(
    N("The cases behind one figure of a bulletin"),
    N("As far as the owner of the key sees them."),
    asks=FigureQuery, name="bulletin_cases"))  # fmt: skip
def cases(request: HttpRequest, period: str) -> dict[str, Any]:
    sight = scope(request.user)
    if not reach.leads(sight):
        raise Problem(403)
    query = asked(request, FigureQuery)
    wanted, _area = _wanted(request, period, None)
    named = figure_of(wanted, query.model_dump())
    figure = named.figure() if named else None
    if named is None or figure is None:
        raise Problem(404)
    if not named.may(sight):
        raise Problem(403)
    return cases_of(figure, sight, query)


@router.get("/bulletins/{period}/file/{kind}", response={202: WaitingShape}, **operation(
    N("A bulletin as a file"), N("Word (docx), PDF (pdf) or a web page (html)."),
    asks=BulletinQuery, name="bulletin_file"))  # fmt: skip
def file(request: HttpRequest, period: str, kind: Literal["docx", "pdf", "html"]) -> Any:
    query = asked(request, BulletinQuery)
    issue = _issue(*_wanted(request, period, query.area), query.version)
    body = issues.file(issue, kind) if issue.made_at else None
    if body is None:
        if issue.made_at:
            issues.want_files(issue)
        return _waiting(issue)
    return sent(issue, kind, body)


class AnewBody(Given):
    """Of which area a bulletin is to be made anew, and why."""

    area: AreaCode | None = None
    why: Annotated[Text, Field(max_length=200)] = ""


@router.post("/bulletins/{period}/anew", response={202: WaitingShape}, **operation(
    N("Make a bulletin anew"),
    N("One that was issued stays; the new one is its next version."),
    takes=AnewBody, name="bulletin_anew"))  # fmt: skip
def anew(request: HttpRequest, period: str) -> Any:
    _wanted(request, period, None)
    body, _files = given(request, AnewBody)
    wanted, area = _wanted(request, period, body.area)
    assert request.user.is_authenticated
    return _waiting(issues.anew(wanted, area, request.user, body.why))


class SendBody(Given):
    """To whom a bulletin is sent on, by their account names."""

    area: AreaCode | None = None
    to: Annotated[list[Annotated[Text, Field(max_length=150)]], Field(min_length=1, max_length=200)]


class SentShape(Shape):
    """To how many it went: those who lead the work there and have an address for notices."""

    sent: int


@router.post("/bulletins/{period}/send", response=SentShape, **operation(
    N("Send a bulletin on by e-mail"), takes=SendBody, name="bulletin_send"))  # fmt: skip
def send(request: HttpRequest, period: str) -> Any:
    _wanted(request, period, None)
    body, _files = given(request, SendBody)
    wanted, area = _wanted(request, period, body.area)
    issue = issues.shown(wanted, area)
    if issue is None:
        raise Problem(404)
    assert request.user.is_authenticated
    return {"sent": sending.send(issue, area, request.user, body.to)}
