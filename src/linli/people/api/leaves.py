"""Leave: entered for oneself, by heads for their people and by administrators; and taken back."""

from datetime import date, datetime, timedelta
from typing import Annotated, Any

from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop
from ninja import Router, Status
from pydantic import Field

from linli.people import leave
from linli.people.models import Leave, User
from linli.people.scope import scope
from linli.people.tables import LEAVES
from linli.rest import Given, Problem, Shape, Text, by_key, given, operation, row_of, row_shape
from linli.rest.asking import EARLIEST, LATEST

N = gettext_noop
router = Router()
Day = Annotated[date, Field(strict=False)]


class LeaveBody(Given):
    """Days away, both included."""

    person: Annotated[
        Text | None,
        Field(max_length=150, description=N("User name; left out, the owner of the key")),
    ] = None
    first: Annotated[Day, Field(description=N("First day away"))]
    last: Annotated[Day, Field(description=N("Last day away"))]


class CoverShape(Shape):
    """An area that somebody on leave leads, and who carries on there, if anybody does."""

    area: str
    other: str | None
    is_bare: bool


class EnteredShape(Shape):
    """Leave as it was entered, and who carries on meanwhile."""

    leave: row_shape("leaves", alone=True)  # type: ignore[valid-type]
    covers: list[CoverShape]


def _midnight(day: date) -> datetime:
    return datetime.combine(day, datetime.min.time(), timezone.get_current_timezone())


@router.post("/leaves", response={201: EnteredShape}, **operation(
    N("Enter leave"),
    N("One's own, as a head that of one's people, as an administrator that of those in reach. "
      "Answered with who carries on in each area they lead."),
    takes=LeaveBody, example={"first": "2026-08-03", "last": "2026-08-07"},
    name="enter_leave"))  # fmt: skip
def enter(request: HttpRequest) -> Status:
    by = request.user
    assert isinstance(by, User)
    told, _files = given(request, LeaveBody)
    user = by if told.person is None else User.objects.filter(username=told.person).first()
    if user is None or not leave.may_enter(by, user):
        # Whether there is such a person is nothing to be tried out here.
        raise Problem(403, _("This person is not yours to change."))
    for name, day in (("first", told.first), ("last", told.last)):
        if not EARLIEST <= day.year < LATEST:
            years = {"first": EARLIEST, "last": LATEST - 1}
            words = _("must lie between %(first)d and %(last)d.") % years
            raise Problem(422, errors=[(name, words)])
    if told.last < told.first:
        raise Problem(422, errors=[("last", _("Leave ends after it begins."))])
    row = leave.enter(by, user, _midnight(told.first), _midnight(told.last + timedelta(days=1)))
    covers = [
        {"area": cover.area.code, "other": cover.other.username if cover.other else None,
         "is_bare": cover.is_bare}
        for cover in leave.covers(user, row.since, row.until)
    ]  # fmt: skip
    return Status(201, {"leave": row_of(LEAVES, row, alone=True), "covers": covers})


@router.delete("/leaves/{key}", response={204: None}, **operation(
    N("Take leave back"), N("Of leave that has begun only what is still to come."),
    name="remove_leave"))  # fmt: skip
def remove(request: HttpRequest, key: int) -> Any:
    assert isinstance(request.user, User)
    row: Leave = by_key(scope(request.user).of(Leave).select_related("user"), key)
    leave.remove(request.user, row)
    return Status(204, None)
