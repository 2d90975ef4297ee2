"""Accounts: adding one, changing what it says of its person, closing it and opening it again.

What guards an account (password, second factor, outside accounts) is changed on the pages alone,
by somebody who has signed in: no key reaches it.
"""

from typing import Annotated, Any

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.http import HttpRequest
from django.utils.translation import gettext_noop
from ninja import Router, Status
from pydantic import Field

from linli.people import administration
from linli.people.api.found import AnyRole, administrator, organisation_in_reach, person_of
from linli.people.models import User
from linli.people.tables import PEOPLE
from linli.rest import Given, Problem, Shape, Text, given, operation, row_of, row_shape

N = gettext_noop
router = Router()
PersonWhole = row_shape("people", alone=True)


class AccountBody(Given):
    """A new person with a first role."""

    username: Annotated[Text, Field(min_length=1, max_length=150, pattern=r"^[\w.@+-]+$")]
    name: Annotated[Text, Field(min_length=1, max_length=60)]
    name_en: Annotated[Text, Field(max_length=80)] = ""
    organisation: Annotated[Text, Field(max_length=150)]
    role: AnyRole


class SaidBody(Given):
    """What is changed of what an account says of its person; the rest stays as it is."""

    name: Annotated[Text, Field(min_length=1, max_length=60)] | None = None
    name_en: Annotated[Text, Field(max_length=80)] | None = None
    email: Annotated[Text, Field(max_length=254)] | None = None


@router.post("/accounts", response={201: PersonWhole}, **operation(
    N("Add a person with a first role, within what one administers"),
    N("Nobody knows the password of the account: it is given on its page, or the person signs in "
      "with an outside account that is linked there."),
    takes=AccountBody, name="new_person"))  # fmt: skip
def new(request: HttpRequest) -> Status:
    by = administrator(request)
    told, _files = given(request, AccountBody)
    organisation = organisation_in_reach(by, told.organisation)
    user, _password = administration.create_person(
        by, organisation, told.role, told.username, told.name, told.name_en
    )
    return Status(201, row_of(PEOPLE, user, alone=True))


@router.post("/people/{key}/change", response=PersonWhole, **operation(
    N("Change what an account says of its person, within what one administers"),
    takes=SaidBody, name="change_person"))  # fmt: skip
def change(request: HttpRequest, key: str) -> dict[str, Any]:
    by, user = person_of(request, key)
    told, _files = given(request, SaidBody)
    values = {name: value for name, value in told.model_dump().items() if value is not None}
    if values.get("email"):
        try:
            validate_email(values["email"])
        except ValidationError as fault:
            raise Problem(422, errors=[("email", fault.messages[0])]) from fault
    administration.change_person(by, user, **values)
    return row_of(PEOPLE, User.objects.get(pk=user.pk), alone=True)


class ReasonBody(Given):
    """Why."""

    reason: Annotated[Text, Field(min_length=1, max_length=500)]


class ClosedShape(Shape):
    """The areas that have lost a lead."""

    areas: list[str]


@router.post("/people/{key}/close", response=ClosedShape, **operation(
    N("Close an account and end its sessions"), N("Answered with the areas that lose a lead."),
    takes=ReasonBody, name="close_person"))  # fmt: skip
def close(request: HttpRequest, key: str) -> dict[str, Any]:
    by, user = person_of(request, key)
    told, _files = given(request, ReasonBody)
    return {"areas": [area.code for area in administration.deactivate(by, user, told.reason)]}


@router.post("/people/{key}/open", response=PersonWhole, **operation(
    N("Open an account again that was closed"), name="open_person"))  # fmt: skip
def reopen(request: HttpRequest, key: str) -> dict[str, Any]:
    by, user = person_of(request, key)
    administration.activate(by, user)
    return row_of(PEOPLE, User.objects.get(pk=user.pk), alone=True)
