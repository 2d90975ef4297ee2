"""Bulletins over REST: as plain values, as a file, and the cases behind their figures."""

from datetime import datetime
from typing import Annotated, Any, Literal

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_noop
from ninja import Router
from pydantic import Field

from linli.indicators.bulletins import contents, stretch
from linli.indicators.bulletins.stretch import Stretch
from linli.indicators.bulletins.views import figure_of, leads, sent
from linli.people.scope import scope
from linli.rest import PageQuery, Problem, Shape, Text, asked, operation, page_shape
from linli.scores.api.asked import cases_of

N = gettext_noop
router = Router()


class NumberShape(Shape):
    """A figure, its change against the period before, and the address of what it counts."""

    label: str
    value: str
    change: str
    tone: str
    link: str


class SentenceShape(Shape):
    text: str
    link: str


class BulletinShape(Shape):
    """A bulletin; texts and figures as people read them."""

    town: str
    title: str
    period: str
    words: str
    note: str
    made_at: datetime
    numbers: list[NumberShape]
    chart: dict[str, Any] | None
    map: dict[str, Any] | None
    rankings: list[dict[str, Any]]
    changes: list[SentenceShape]
    rule: str
    asks: list[SentenceShape]
    indicators: list[NumberShape]


def _wanted(request: HttpRequest, period: str) -> Stretch:
    if not leads(scope(request.user)):
        raise Problem(403)
    try:
        return stretch.read(period)
    except ValueError as fault:
        raise Problem(404, str(fault)) from fault


@router.get("/bulletins/{period}", response=BulletinShape, **operation(
    N("The bulletin of a day, week or month"),
    N("`day`, `week` and `month` mean the last that is over; else 2026-10-05, 2026-W41 or "
      "2026-10."),
    name="bulletin"))  # fmt: skip
def bulletin(request: HttpRequest, period: str) -> dict[str, Any]:
    return contents.bulletin(_wanted(request, period)).as_dict()


class FigureQuery(PageQuery):
    """Which figure of a bulletin."""

    figure: Annotated[Text, Field(max_length=20, description=N("received, on_time, overdue …"))]
    category: Annotated[Text | None, Field(max_length=60)] = None
    grid: Annotated[Text | None, Field(max_length=40)] = None
    organisation: Annotated[Text | None, Field(max_length=40)] = None


@router.get("/bulletins/{period}/cases", response=page_shape("cases"), **operation(
    N("The cases behind one figure of a bulletin"),
    N("As far as the owner of the key sees them."),
    asks=FigureQuery, name="bulletin_cases"))  # fmt: skip
def cases(request: HttpRequest, period: str) -> dict[str, Any]:
    wanted, query = _wanted(request, period), asked(request, FigureQuery)
    named = figure_of(wanted, query.model_dump())
    figure = named.figure() if named else None
    if figure is None:
        raise Problem(404)
    return cases_of(figure, scope(request.user), query)


@router.get("/bulletins/{period}/file/{kind}", **operation(
    N("A bulletin as a file"), N("Word (docx), PDF (pdf) or a web page (html)."),
    name="bulletin_file"))  # fmt: skip
def file(request: HttpRequest, period: str, kind: Literal["docx", "pdf", "html"]) -> HttpResponse:
    return sent(_wanted(request, period), kind)
