"""The grid somebody lives in: all that is known of their address."""

from typing import Annotated, Any

from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop
from ninja import Router
from pydantic import Field

from linli.people.models import User
from linli.people.scope import scope
from linli.places.models import Area
from linli.rest import Given, Problem, Shape, Text, given, operation
from linli.stewards.deliberations import live_in
from linli.stewards.visibility import home_of

N = gettext_noop
router = Router()


class HomeBody(Given):
    """Where one lives."""

    grid: Annotated[Text, Field(max_length=40, description=N("Code of a community grid"))]


class HomeShape(Shape):
    """The grid one lives in, if one has said so."""

    grid: str | None


@router.get("/home", response=HomeShape, **operation(
    N("The grid the owner of the key lives in"), name="home"))  # fmt: skip
def home(request: HttpRequest) -> dict[str, Any]:
    row = home_of(scope(request.user))
    return {"grid": row.grid.code if row else None}


@router.put("/home", response=HomeShape, **operation(
    N("Say in which grid one lives"), N("Only the grid is kept, no address."),
    takes=HomeBody, name="set_home"))  # fmt: skip
def set_home(request: HttpRequest) -> dict[str, Any]:
    told, _files = given(request, HomeBody)
    grid = Area.objects.filter(code=told.grid, retired=False).first()
    if grid is None:
        words = _("“%(code)s” is not known here.") % {"code": told.grid}
        raise Problem(422, errors=[("grid", words)])
    assert isinstance(request.user, User)
    return {"grid": live_in(grid, request.user).grid.code}
