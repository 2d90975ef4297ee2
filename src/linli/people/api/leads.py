"""Who leads an area from which side (双组长): appointing and dismissing."""

from typing import TYPE_CHECKING, Annotated, Any, Literal

from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop
from ninja import Router, Status
from pydantic import Field

from linli.people import administration
from linli.people.api.found import area_of
from linli.people.models import Lead, User
from linli.people.tables import LEADS
from linli.rest import Given, Problem, Text, given, operation, row_of, row_shape

N = gettext_noop
router = Router()
if TYPE_CHECKING:  # mypy cannot read the words of a model
    Side = str
else:
    Side = Literal[tuple(Lead.Side.values)]


class LeadBody(Given):
    """Who leads."""

    person: Annotated[Text, Field(min_length=1, max_length=150, description=N("User name"))]


@router.put("/areas/{key}/leads/{side}", response=row_shape("leads", alone=True), **operation(
    N("Make somebody the lead of an area from one side"),
    N("Whoever was it before is it no longer."), takes=LeadBody, name="appoint"))  # fmt: skip
def appoint(request: HttpRequest, key: str, side: Side) -> dict[str, Any]:
    by, area = area_of(request, key)
    told, _files = given(request, LeadBody)
    user = User.objects.filter(username=told.person, is_active=True).first()
    if user is None:
        words = _("Nobody is called “%(name)s”.") % {"name": told.person}
        raise Problem(422, errors=[("person", words)])
    lead = administration.appoint(by, area, side, user)
    return row_of(LEADS, lead, alone=True)


@router.delete("/areas/{key}/leads/{side}", response={204: None}, **operation(
    N("Take the lead of an area from whoever has it"), name="dismiss"))  # fmt: skip
def dismiss(request: HttpRequest, key: str, side: Side) -> Any:
    by, area = area_of(request, key)
    lead = area.leads.filter(side=side).select_related("user", "area").first()
    if lead is None:
        raise Problem(409, _("Nobody leads from this side."))
    administration.dismiss(by, lead)
    return Status(204, None)
