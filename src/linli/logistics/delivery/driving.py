"""What a driver tells of the stops of a tour: arrived, handed over, or why not.

The phone makes a number for everything it tells. It may send again what it sent, as long as nobody
answered it: a number that is known changes nothing.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID, uuid4

from django.db import transaction
from django.db.models import Q
from django.utils.timezone import localdate
from django.utils.translation import gettext as _

from linli.cases.refusal import Refused
from linli.clock import now
from linli.logistics.delivery.models import Act, Order, Stop, Tour
from linli.logistics.delivery.visibility import keeps
from linli.people.models import User
from linli.people.scope import Scope, scope
from linli.tables import touched

ARRIVED, DONE, FAILED = "arrived", "done", "failed"
LONGEST = 300
EARLIEST, LATEST = timedelta(days=7), timedelta(minutes=5)
"""How long a phone may be out of reach, and how far its clock may be ahead."""
AHEAD = (Stop.State.PLANNED, Stop.State.ARRIVED)
FROM = {ARRIVED: (Stop.State.PLANNED,), DONE: AHEAD, FAILED: AHEAD}
IN_A_TOUR = (Order.State.PLANNED, Order.State.UNDER_WAY)


@dataclass(frozen=True)
class Mine:
    """A stop as its driver reads it; `numbers` are for what may be told next."""

    stop: Stop
    numbers: dict[str, UUID]
    way: str


def drives(user: User) -> bool:
    """Tell whether a person was ever given a tour."""
    return Tour.objects.filter(driver=user).exists()


def mine(sight: Scope, user: User) -> list[Mine]:
    """Return a driver's stops of today; of a tour that went over midnight, those still ahead."""
    today = localdate(now())
    late = Q(tour__plan__day=today - timedelta(days=1), state__in=AHEAD)
    rows = sight.of(Stop).filter(Q(tour__plan__day=today) | late, tour__driver=user)
    rows = rows.select_related("order", "tour__vehicle").order_by("tour__starts", "sequence")
    return [Mine(row, {what: uuid4() for what in FROM}, _way(row.order)) for row in rows]


def _way(order: Order) -> str:
    if order.lon is None or order.lat is None:
        return ""
    return f"geo:{order.lat:.6f},{order.lon:.6f}"


def may_tell(sight: Scope, stop: Stop) -> bool:
    """Tell whether a person tells of a stop: its driver, and who keeps the depot."""
    tour = stop.tour
    is_driver = tour.driver_id is not None and tour.driver_id == sight.user.pk
    return is_driver or keeps(sight, tour.plan.depot.owner_id)


def act(
    stop: Stop, by: User, number: UUID, what: str, at: datetime | None = None, reason: str = ""
) -> Stop:
    """Take in what was told of a stop, once a number.

    Raises
    ------
    Refused
        If it is not theirs to tell, lacks its reason, tells an impossible time, or the stop is
        past it.
    """
    moment = now()
    at, reason = at or moment, reason.strip()
    with transaction.atomic():
        # The tour's row stands for its stops: two phones of one tour wait for each other.
        Tour.objects.select_for_update().get(pk=stop.tour_id)
        row = Stop.objects.select_related("tour__plan__depot").get(pk=stop.pk)
        if not may_tell(scope(by), row):
            raise Refused(_("Only its driver and the depot’s dispatchers tell of this stop."))
        told = Act.objects.filter(number=number).first()
        if told is not None:
            if (told.stop_id, told.kind) != (row.pk, what):
                raise Refused(_("This number was used for something else."))
            return row
        if what not in FROM or row.state not in FROM[what]:
            raise Refused(_("This cannot be told of the stop as it is now."))
        if what == FAILED and not reason:
            raise Refused(_("Say why it was not handed over."))
        if len(reason) > LONGEST:
            raise Refused(_("A reason has at most 300 characters."))
        begun = row.arrived_at or moment - EARLIEST
        if not begun <= at <= moment + LATEST:
            raise Refused(_("The time told is ahead of now, or before the arrival."))
        order = Order.objects.select_for_update().get(pk=row.order_id)
        if order.state not in IN_A_TOUR:
            raise Refused(_("The order is no longer in this tour."))
        Act.objects.create(
            stop=row, number=number, kind=what, at=at, received_at=moment, by=by,
            content={"reason": reason} if reason else {},
        )  # fmt: skip
        _tell(row, order, what, at, reason)
        for table in ("delivery-stops", "delivery-orders"):
            touched(table)
    return row


def _tell(row: Stop, order: Order, what: str, at: datetime, reason: str) -> None:
    # With the first word from it a tour is under way, and all it still carries with it.
    Order.objects.filter(stops__tour=row.tour_id, stops__state__in=AHEAD).filter(
        state=Order.State.PLANNED
    ).update(state=Order.State.UNDER_WAY)
    row.state = Stop.State(what)
    if what == ARRIVED:
        row.arrived_at = at
    else:
        row.done_at = at
        row.reason = reason if what == FAILED else ""
        order.state = Order.State.DELIVERED if what == DONE else Order.State.FAILED
        order.save(update_fields=["state"])
    row.save(update_fields=["state", "arrived_at", "done_at", "reason"])
