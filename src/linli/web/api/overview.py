"""The overview of administrators: what the town has, and whether all is well."""

from typing import Any

from django.http import HttpRequest
from django.utils.timezone import localtime
from django.utils.translation import gettext_noop
from ninja import Router

from linli.people.administration import Reach
from linli.people.models import Role, User
from linli.people.scope import scope
from linli.rest import Moment, Problem, Shape, operation
from linli.web.administration.overview import counted, health

N = gettext_noop
router = Router(tags=["town"])


class AccountsShape(Shape):
    """How many accounts there are, how many are closed or were never used."""

    all: int
    closed: int
    never: int


class AreasShape(Shape):
    """How many areas there are, how many of them grids, and grids that lack leads."""

    all: int
    grids: int
    with_one_lead: int
    without_lead: int


class HealthShape(Shape):
    """Whether everything that runs by itself runs, and how much room is left."""

    worker_alive: bool
    worker_last: Moment | None
    unfolded: int
    late: int
    cases: int
    given_up: int
    database: str
    database_bytes: int
    disk_free: int
    disk_share: float


class OverviewShape(Shape):
    """What the town has as far as the owner of the key administers it."""

    version: str
    accounts: AccountsShape
    areas: AreasShape
    organisations: int
    teams: int
    leads: int
    rulings: int
    categories: int
    health: HealthShape | None


@router.get("/overview", response=OverviewShape, **operation(
    N("What the town has, and for those who administer all of it whether all is well"),
    name="overview"))  # fmt: skip
def overview(request: HttpRequest) -> dict[str, Any]:
    sight = scope(request.user)
    if not sight.has(Role.ADMINISTRATOR):
        raise Problem(403)
    assert isinstance(request.user, User)
    reach = Reach(request.user)
    told = counted(sight, reach)
    gaps = told.pop("gaps")
    told["areas"] |= {"with_one_lead": gaps["one"], "without_lead": gaps["none"]}
    told["health"] = _health() if reach.is_whole else None
    return told


def _health() -> dict[str, Any]:
    told = health()
    last = told["worker_last"]
    return {**told, "worker_last": localtime(last) if last else None}
