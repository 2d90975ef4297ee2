"""The town's working calendar: what holds now, what a change would mean, and changing it."""

from datetime import date
from typing import Annotated, Any

from django.http import HttpRequest
from django.utils.translation import gettext_noop
from ninja import Router
from pydantic import Field

from linli.cases import calendar_changes
from linli.people.administration import Reach
from linli.people.models import User
from linli.people.scope import scope
from linli.people.tables import works_here
from linli.places.section import CalendarEntry
from linli.rest import Given, Problem, Shape, Text, given, operation

N = gettext_noop
router = Router(tags=["town"])
Clock = Annotated[Text, Field(pattern=r"^\d{2}:\d{2}$")]
Days = Annotated[list[Annotated[date, Field(strict=False)]], Field(max_length=2000)]


class CalendarBody(Given):
    """Working hours, and the days on which the town differs from the country."""

    hours: Annotated[
        list[Annotated[list[Clock], Field(min_length=2, max_length=2)]],
        Field(min_length=1, max_length=12, description=N("Shifts: from and until")),
    ]
    holidays: Annotated[Days, Field(description=N("Holidays here alone"))] = []
    workdays: Annotated[Days, Field(description=N("Workdays here alone"))] = []
    reason: Annotated[Text, Field(max_length=200)] = ""


class CalendarShape(Shape):
    """The town's own part of the calendar."""

    hours: list[list[str]]
    holidays: list[date]
    workdays: list[date]


class EffectShape(Shape):
    """What a change means: on which days it bears, and how many cases are due on them."""

    days: list[date]
    changes_hours: bool
    due: int


EXAMPLE = {"hours": [["08:30", "12:00"], ["13:30", "17:30"]], "holidays": ["2026-09-12"]}


def _changes(request: HttpRequest) -> tuple[User, CalendarEntry, str]:
    user = request.user
    assert isinstance(user, User)
    if not Reach(user).is_whole:
        raise Problem(403)
    told, _files = given(request, CalendarBody)
    try:
        wanted = calendar_changes.checked(told.hours, told.holidays, told.workdays)
    except calendar_changes.Impossible as why:
        raise Problem(422, str(why)) from why
    return user, wanted, told.reason


def _as_told() -> dict[str, Any]:
    return calendar_changes.present().model_dump(mode="json")


@router.get("/calendar", response=CalendarShape, **operation(
    N("The town's working hours, and the days on which it differs from the country"),
    name="calendar"))  # fmt: skip
def calendar(request: HttpRequest) -> dict[str, Any]:
    if not works_here(scope(request.user)):
        raise Problem(403)
    return _as_told()


@router.post("/calendar/effect", response=EffectShape, **operation(
    N("What another calendar would mean; nothing is changed"), takes=CalendarBody,
    example=EXAMPLE, name="calendar_effect"))  # fmt: skip
def effect(request: HttpRequest) -> dict[str, Any]:
    _by, wanted, _reason = _changes(request)
    told = calendar_changes.effect(wanted)
    return {"days": told.days, "changes_hours": told.changes_hours, "due": told.due}


@router.put("/calendar", response=CalendarShape, **operation(
    N("Let another calendar hold from now on"),
    N("Deadlines already given stay as they were promised."), takes=CalendarBody,
    example=EXAMPLE, name="change_calendar"))  # fmt: skip
def change(request: HttpRequest) -> dict[str, Any]:
    by, wanted, reason = _changes(request)
    calendar_changes.change(by, wanted, reason)
    return _as_told()
