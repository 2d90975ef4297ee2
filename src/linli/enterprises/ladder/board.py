"""The ladder as its pages, files and REST show it: read from what is kept."""

from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Q, QuerySet

from linli.enterprises.ladder.climb import rungs
from linli.enterprises.ladder.models import Rung, Standing
from linli.enterprises.marks import LADDER
from linli.enterprises.models import Mark
from linli.people.scope import Scope

MOST_LACKING = 3


@dataclass
class Line:
    """One rung: how many stand on it, how many of them new, and how many could climb onto it.

    `ready` lack nothing for it, `near` lack one thing.
    """

    rung: Rung
    count: int = 0
    new: int = 0
    ready: int = 0
    near: int = 0


def lines(rows: QuerySet[Any]) -> list[Line]:
    """Return the ladder from the ground up, counted over standings."""
    found = {rung.pk: Line(rung) for rung in rungs()}
    new = Count("pk", filter=Q(is_new=True))
    counted = rows.order_by().values("rung").annotate(n=Count("pk"), new=new)
    for key, n, fresh in counted.values_list("rung", "n", "new"):
        if key in found:
            found[key].count, found[key].new = n, fresh
    near = rows.filter(lacking__lte=1, next__isnull=False).order_by()
    for key, lacking, n in (
        near.values("next", "lacking").annotate(n=Count("pk")).values_list("next", "lacking", "n")
    ):  # fmt: skip
        if key in found:
            setattr(found[key], "near" if lacking else "ready", n)
    return list(found.values())


def year_of() -> int | None:
    """Return the year by whose figures the standings are kept; None where there are none yet."""
    return Standing.objects.values_list("year", flat=True).first()


def is_being_worked_out() -> bool:
    """Tell whether the worker has yet to take something up."""
    return Mark.objects.filter(of=LADDER).exists()


def candidates(scope: Scope, lack: int = 1, to: str = "") -> QuerySet[Any]:
    """Return who lacks at most so many conditions of the next rung, of the rung `to` alone if told.

    Who lacks nothing comes first, then who is furthest on the way.
    """
    rows = scope.of(Standing).filter(next__isnull=False, lacking__lte=lack)
    if to:
        rows = rows.filter(next__code=to)
    return rows.select_related("enterprise", "rung", "next").order_by(
        "lacking", "-progress", "-at", "enterprise"
    )


def lacking(text: Any) -> int:
    """Return how many conditions candidates may lack, as an address says it; 1 by default."""
    return min(int(text), MOST_LACKING) if str(text or "").isdecimal() else 1
