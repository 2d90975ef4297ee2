"""What waits for somebody, and what they were told of."""

from typing import Any

from django.http import HttpRequest
from django.utils.translation import gettext_noop
from ninja import Router

from linli.cases import waiting
from linli.cases.models import Case, Notice
from linli.clock import now
from linli.people.scope import scope
from linli.rest import Shape, operation

N = gettext_noop
router = Router()


class PileShape(Shape):
    """Cases that ask the same thing of the owner of the key."""

    name: str
    label: str
    advice: str
    count: int


class PilesShape(Shape):
    """Everything that waits; list a pile by `GET /cases?waiting=name`."""

    items: list[PileShape]


@router.get("/piles", response=PilesShape, **operation(
    N("What waits for the owner of the key, counted"),
    N("The cases of a pile are listed by the parameter “waiting” of the cases."),
    name="piles"))  # fmt: skip
def piles(request: HttpRequest) -> dict[str, Any]:
    sight = scope(request.user)
    cases = sight.of(Case)
    return {
        "items": [
            {"name": name, "label": str(pile.label), "advice": str(pile.advice),
             "count": cases.filter(pile.of(sight)).count()}
            for name, pile in waiting.PILES.items()
        ]
    }  # fmt: skip


class ReadShape(Shape):
    """How many notices were marked as read."""

    read: int


@router.post("/notices/read", response=ReadShape, **operation(
    N("Mark all notices as read"), name="read_notices"))  # fmt: skip
def read_notices(request: HttpRequest) -> dict[str, Any]:
    unread = scope(request.user).of(Notice).filter(read_at=None)
    return {"read": unread.update(read_at=now())}
