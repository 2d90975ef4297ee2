"""What one wants to be told by e-mail, over REST."""

from datetime import time
from typing import TYPE_CHECKING, Annotated, Any, Literal

from django.conf import settings
from django.http import HttpRequest
from django.utils.translation import get_language, gettext_noop
from ninja import Router
from pydantic import Field

from linli.doors.models import NoticeChoice
from linli.doors.notice_views import NoticeForm, kept
from linli.people.models import User
from linli.rest import Given, Problem, Shape, Text, given, operation

N = gettext_noop
router = Router(tags=["messages"])
if TYPE_CHECKING:  # mypy cannot read the words of a model
    Pace = str
else:
    Pace = Literal[tuple(NoticeChoice.Pace.values)]
Clock = Annotated[Text, Field(pattern=r"^([01]\d|2[0-3]):[0-5]\d$")]


class ChoiceBody(Given):
    """Where to, of which steps, how often, and when not."""

    address: Annotated[
        Text,
        Field(max_length=254, description=N("Empty: no letters; a new one is asked by letter")),
    ] = ""
    actions: Annotated[list[Text], Field(max_length=100, description=N("Steps of a case"))] = []
    pace: Pace = "at-once"
    quiet_from: Clock | None = None
    quiet_until: Clock | None = None


class ChoiceShape(Shape):
    """What one has chosen, and whether the address is confirmed and letters are sent at all."""

    address: str
    confirmed: bool
    actions: list[str]
    pace: Pace
    quiet_from: str | None
    quiet_until: str | None
    can_send: bool


def _choice(request: HttpRequest) -> NoticeChoice:
    assert isinstance(request.user, User)
    mine = NoticeChoice.objects.filter(user=request.user).first()
    return mine or NoticeChoice(user=request.user)


def _clock(moment: time | None) -> str | None:
    return f"{moment:%H:%M}" if moment else None


def _told(row: NoticeChoice) -> dict[str, Any]:
    return {
        "address": row.address,
        "confirmed": row.confirmed,
        "actions": row.actions,
        "pace": row.pace,
        "quiet_from": _clock(row.quiet_from),
        "quiet_until": _clock(row.quiet_until),
        "can_send": bool(settings.EMAIL_HOST),
    }


@router.get("/notice-settings", response=ChoiceShape, **operation(
    N("What one is told by e-mail"), name="notice_settings"))  # fmt: skip
def choice(request: HttpRequest) -> dict[str, Any]:
    return _told(_choice(request))


@router.put("/notice-settings", response=ChoiceShape, **operation(
    N("Choose what one is told by e-mail"),
    N("Nothing is sent to a new address before its owner has confirmed it with the link in the "
      "letter."), takes=ChoiceBody, name="choose_notices"))  # fmt: skip
def choose(request: HttpRequest) -> dict[str, Any]:
    told, _files = given(request, ChoiceBody)
    row = _choice(request)
    before = row.address
    form = NoticeForm(told.model_dump(), instance=row)
    if not form.is_valid():
        errors = [(field, text) for field, texts in form.errors.items() for text in texts]
        raise Problem(422, errors=errors)
    saved, _is_asked = kept(form, before, get_language() or settings.LANGUAGE_CODE)
    return _told(saved)
