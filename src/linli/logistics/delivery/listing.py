"""The orders of a day, as a dispatcher reads them."""

from collections import Counter
from dataclasses import dataclass
from datetime import date

from django.db.models import QuerySet
from django.utils.timezone import localdate

from linli.clock import now
from linli.logistics.delivery.models import Depot, Order, Plan
from linli.people.scope import Scope

MOST = 300


@dataclass(frozen=True)
class Listed:
    """Orders of one day and depot; `counts` is of the whole day, by state."""

    depots: list[Depot]
    depot: Depot | None
    day: date
    rows: list[Order]
    counts: list[tuple[str, str, int]]
    number: int
    state: str
    unplaced: int


def depots(sight: Scope) -> QuerySet[Depot]:
    """Return the depots a person sees."""
    return sight.of(Depot).filter(retired=False)


def listed(sight: Scope, code: str = "", day: str = "", state: str = "") -> Listed:
    """Return the orders of a day; of the depot named, else the first the person sees."""
    known = list(depots(sight))
    depot = next((row for row in known if row.code == code), known[0] if known else None)
    try:
        when = date.fromisoformat(day)
    except ValueError:
        when = localdate(now())
    rows = sight.of(Order).filter(depot=depot, day=when)
    counted = Counter(rows.order_by().values_list("state", flat=True))
    counts = [(s.value, str(s.label), counted[s]) for s in Order.State if counted[s]]
    shown = rows.filter(state=state) if state in Order.State.values else rows
    unplaced = rows.filter(lon=None, state=Order.State.OPEN).count()
    return Listed(known, depot, when, list(shown.order_by("window_until", "number")[:MOST]),
                  counts, sum(counted.values()), state, unplaced)  # fmt: skip


def plans(sight: Scope, found: Listed) -> list[Plan]:
    """Return the latest plans of the day that is shown."""
    rows = sight.of(Plan).filter(depot=found.depot, day=found.day)
    rows = rows.exclude(state=Plan.State.DROPPED)
    return list(rows.defer("problem", "content").order_by("-pk")[:5])
