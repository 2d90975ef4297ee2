"""What a text seems to be about, before a report or a reply is sent."""

from typing import Annotated, Any, Literal

from django.http import HttpRequest
from django.utils.timezone import localtime
from django.utils.translation import gettext_noop
from ninja import Router
from pydantic import Field

from linli.cases.advice import advise
from linli.cases.api.found import case_for
from linli.cases.api.given import AS_TYPED, Words, see_usable
from linli.cases.forms import ReportForm
from linli.cases.models import State
from linli.people.scope import scope
from linli.rest import Asked, Given, Moment, Shape, Text, asked, given, operation

N = gettext_noop
router = Router()


class SuggestionQuery(Asked):
    """What somebody is about to report."""

    title: Annotated[Text, Field(max_length=200)]
    body: Annotated[Text, Field(max_length=4000)] = ""
    category: Annotated[Text | None, Field(max_length=60)] = None
    area: Annotated[Text | None, Field(max_length=40)] = None
    lon: Annotated[float | None, Field(ge=-180, le=180)] = None
    lat: Annotated[float | None, Field(ge=-90, le=90)] = None


class LikelyShape(Shape):
    """A category that a text seems to be about."""

    category: str
    name: str
    probability: float


class NearShape(Shape):
    """An open case around; its title only where the owner of the key may see the case."""

    case: str | None
    title: str | None
    category: str | None
    state: Literal[tuple(State.values)]  # type: ignore[valid-type]
    reported_at: Moment
    likeness: float
    metres: float | None


class SuggestionShape(Shape):
    """What a text seems to be about, and what was reported around already."""

    categories: list[LikelyShape]
    near: list[NearShape]


@router.get("/suggestions", response=SuggestionShape, **operation(
    N("What a text seems to be about, and what was reported around already"),
    N("To ask before a report is sent; nothing is kept."),
    asks=SuggestionQuery, name="suggestions"))  # fmt: skip
def suggestions(request: HttpRequest) -> dict[str, Any]:
    sight = scope(request.user)
    wanted = asked(request, SuggestionQuery)
    typed = {name: value for name, value in wanted.model_dump().items() if value is not None}
    typed["category"] = AS_TYPED["category"](wanted.category) if wanted.category else ""
    form = ReportForm(sight, typed)
    see_usable(form)
    likely, near = form.around()
    return {
        "categories": [
            {"category": row.code, "name": str(row), "probability": round(float(p), 3)}
            for row, p in likely
        ],
        "near": [
            {
                "case": one.case.code if one.is_open_to_reader else None,
                "title": one.case.title if one.is_open_to_reader else None,
                "category": one.case.category.code if one.case.category else None,
                "state": one.case.state,
                "reported_at": localtime(one.case.reported_at),
                "likeness": round(float(one.likeness), 3),
                "metres": None if one.metres is None else round(float(one.metres), 1),
            }
            for one in near
        ],
    }


class ReplyBody(Given):
    """A reply that is being written."""

    reply: Words


class RemarkShape(Shape):
    """One thing a good reply does, and whether this one seems to."""

    is_good: bool
    words: str


class AdviceShape(Shape):
    """What a reply still lacks; nothing where no model of replies was trained."""

    items: list[RemarkShape]


@router.post("/cases/{code}/advice", response=AdviceShape, **operation(
    N("What a reply still lacks"), N("Advice, never a condition; nothing is kept."),
    takes=ReplyBody, name="case_advice"))  # fmt: skip
def advice(request: HttpRequest, code: str) -> dict[str, Any]:
    case, _sight = case_for(request, code)
    told, _files = given(request, ReplyBody)
    return {
        "items": [
            {"is_good": remark.is_good, "words": str(remark.words)}
            for remark in advise(case, told.reply)
        ]
    }
