"""The roles of a person: which they have, granting one, withdrawing one."""

from typing import Annotated, Any

from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop
from ninja import Router
from pydantic import Field

from linli.people import administration
from linli.people.api.found import AnyRole, administrator, organisation_in_reach, person_of
from linli.people.models import User
from linli.people.scope import scope
from linli.rest import Given, Problem, Shape, Text, found, given, operation

N = gettext_noop
router = Router()


class RoleShape(Shape):
    """A role in an organisation."""

    organisation: str
    role: AnyRole


class RolesShape(Shape):
    """All roles of a person."""

    items: list[RoleShape]


class RoleBody(Given):
    """A role in an organisation."""

    organisation: Annotated[Text, Field(max_length=150)]
    role: AnyRole


def _roles(user: User) -> dict[str, Any]:
    rows = user.memberships.select_related("organisation").order_by("pk")
    return {"items": [{"organisation": m.organisation.code, "role": m.role} for m in rows]}


@router.get("/people/{key}/roles", response=RolesShape, **operation(
    N("The roles of a person"), name="roles"))  # fmt: skip
def roles(request: HttpRequest, key: str) -> dict[str, Any]:
    by = administrator(request)
    return _roles(found(scope(by).of(User).filter(username=key[:150]).first()))


@router.post("/people/{key}/roles", response=RolesShape, **operation(
    N("Grant a role"), takes=RoleBody, name="grant_role"))  # fmt: skip
def grant(request: HttpRequest, key: str) -> dict[str, Any]:
    by, user = person_of(request, key)
    told, _files = given(request, RoleBody)
    organisation = organisation_in_reach(by, told.organisation)
    administration.grant(by, user, organisation, told.role)
    return _roles(user)


@router.post("/people/{key}/roles/withdraw", response=RolesShape, **operation(
    N("Withdraw a role"), takes=RoleBody, name="withdraw_role"))  # fmt: skip
def withdraw(request: HttpRequest, key: str) -> dict[str, Any]:
    by, user = person_of(request, key)
    told, _files = given(request, RoleBody)
    rows = user.memberships.select_related("organisation__area", "user")
    row = rows.filter(organisation__code=told.organisation, role=told.role).first()
    if row is None:
        raise Problem(409, _("This person does not have this role."))
    administration.withdraw(by, row)
    return _roles(user)
