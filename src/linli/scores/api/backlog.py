"""How much lies open now."""

from typing import Any

from django.http import HttpRequest
from django.utils.translation import gettext_noop
from ninja import Router

from linli.people.models import Organisation
from linli.places.models import COMMUNITY, SERVICE, Area
from linli.rest import Asked, Shape, asked, operation
from linli.scores.api.asked import staff
from linli.scores.api.figures import Kind
from linli.scores.models import Backlog

N = gettext_noop
router = Router()


class BacklogQuery(Asked):
    """Whose backlog."""

    kind: Kind = "town"


STATES = ("reported", "triaged", "dispatched", "accepted", "returned", "reopened", "resolved",
          "verified", "overdue")  # fmt: skip


class BacklogRowShape(Shape):
    """How many open cases of one subject stand in each state."""

    subject: str | None
    open: int
    states: dict[str, int]


class BacklogShape(Shape):
    """The open cases of all subjects of a kind."""

    items: list[BacklogRowShape]


@router.get("/backlog", response=BacklogShape, **operation(
    N("How many open cases stand in each state now, by grid or organisation"),
    asks=BacklogQuery, name="backlog"))  # fmt: skip
def backlog(request: HttpRequest) -> dict[str, Any]:
    sight = staff(request)
    kind = asked(request, BacklogQuery).kind
    rows = list(sight.of(Backlog).filter(kind=kind))
    model: Any = Area if kind in (COMMUNITY, SERVICE) else Organisation
    codes = dict(model.objects.filter(pk__in=[r.subject for r in rows]).values_list("pk", "code"))
    return {
        "items": [
            {
                "subject": codes.get(row.subject) if row.subject else None,
                "open": row.open,
                "states": {name: getattr(row, name) for name in STATES},
            }
            for row in rows
        ]
    }
