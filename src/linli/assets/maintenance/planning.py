"""Windows for all open work orders of a plant, at least expected cost; what moving one costs."""

import logging
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction
from django.utils.translation import gettext as _

from linli.assets.maintenance.desks import OVER, STEP, Desk, desk, top_of
from linli.assets.maintenance.models import Reservation, WorkOrder
from linli.assets.maintenance.plan_words import local, names_in, spare_when, spares_words
from linli.assets.register.models import Asset
from linli.cases.refusal import Refused
from linli.clock import now
from linli.engines.windows import Plan, plan
from linli.people.models import User
from linli.people.scope import Scope

SECONDS = 8.0
AGAIN = timedelta(hours=6)

log = logging.getLogger(__name__)


def replan(plant: Asset, seconds: float = SECONDS) -> Plan | None:
    """Plan the open orders of a plant anew; booked windows stay where they are.

    Returns
    -------
    None where there is nothing to plan.
    """
    from linli.assets.maintenance import kept_plans

    at = desk(plant)
    if not at.orders:
        return None
    ground = at.ground
    found = plan(ground.jobs, ground.slots, ground.arrivals, STEP, seconds, OVER)
    windows = {window.job.name: window for window in found.windows}
    left = {one.job.name: one for one in found.left_out}
    with transaction.atomic():
        locked = {
            order.key: order
            for order in WorkOrder.objects.select_for_update().filter(
                pk__in=[order.pk for order in at.orders.values()], state__in=("open", "agreed")
            )
        }
        for key, order in locked.items():
            if (window := windows.get(key)) is not None:
                order.plan = {
                    "fails_before": round(window.fails_before, 4),
                    "failure": round(window.failure), "downtime": round(window.downtime),
                    "early": round(window.early), "wait": round(window.wait_a_week),
                    "gap": round(found.gap, 4), "at": now().isoformat(),
                    "alternatives": [
                        [at.at(hour).isoformat(), round(extra)]
                        for hour, extra in window.alternatives
                    ],
                }  # fmt: skip
                if order.state == WorkOrder.State.OPEN:
                    order.begins, order.ends = at.at(window.begins), at.at(window.ends)
            elif (none := left.get(key)) is not None:
                order.plan = {
                    "reasons": [list(one) for one in none.reasons],
                    "wait": round(none.wait_a_week), "at": now().isoformat(),
                    "wish": at.at(none.wish).isoformat() if none.wish is not None else None,
                }  # fmt: skip
                if order.state == WorkOrder.State.OPEN:
                    order.begins = order.ends = None
            order.save(update_fields=["plan", "begins", "ends"])
    kept_plans.keep(plant)
    return found


def replan_all() -> int:
    """Plan every plant whose orders were not planned of late; return how many were planned."""
    due = WorkOrder.objects.filter(state__in=("open", "agreed")).select_related("asset")
    tops = {}
    for order in due:
        at = order.plan.get("at")
        if at is None or now() - datetime.fromisoformat(at) >= AGAIN:
            tops[order.asset.top] = order.asset
    for asset in tops.values():
        try:
            replan(top_of(asset))
        except ValueError:
            log.exception("%s could not be planned", asset.top)
    return len(tops)


@dataclass(frozen=True)
class Moved:
    """What another beginning of an order would cost more, and what bars it, in words' terms."""

    begins: datetime
    extra: float
    bars: list[tuple[str, ...]]
    fails_before: float


def moved(at: Desk, order: WorkOrder, begins: datetime) -> Moved:
    """Try another beginning for an order beside the rest of the plan, without writing."""
    job = at.job(order)
    hours = round(at.hours(begins) / STEP) * STEP
    extra, bars = at.ground.moved(at.placed, job, hours)
    return Moved(at.at(hours), extra, bars, float(job.life.fails_within(max(hours, 0.0))))


def agree(order: WorkOrder, begins: datetime, by: User, reason: str = "") -> WorkOrder:
    """Book a window: spares are kept, and the crew is told through the case.

    Parameters
    ----------
    reason
        Why a window beyond the early end of the machine's life is right all the same.

    Raises
    ------
    Refused
        If the order is not open any more, it cannot be done then, or the machine may fail before
        and no reason is given.
    """
    from linli.assets.maintenance import early, kept_plans, orders, wording

    with transaction.atomic():
        top = Asset.objects.select_for_update().get(code=order.asset.top)
        at = desk(top)
        order = at.orders.get(order.key) or order
        if not order.is_open or order.key not in at.orders:
            raise Refused(_("This work order is not open any more."))
        tried = moved(at, order, begins)
        if tried.bars:
            names = names_in(at.orders.values())
            raise Refused(" ".join(
                wording.reason(bar, names, spare_when(at.since, bar)) for bar in tried.bars
            ))  # fmt: skip
        late = early.warning(order, tried.begins)
        if late and not reason.strip():
            raise Refused(late + " " + _("Book an earlier one, or try this time and say why."))
        order.state, order.agreed_by, order.agreed_at = WorkOrder.State.AGREED, by, now()
        order.begins = tried.begins
        order.ends = tried.begins + timedelta(hours=order.hours)
        order.save(update_fields=["state", "agreed_by", "agreed_at", "begins", "ends"])
        order.reservations.all().delete()
        Reservation.objects.bulk_create(
            [Reservation(order=order, spare=code, number=n) for code, n in order.spares.items()]
        )
        why = f" {late} " + _("Why so late: %(reason)s") % {"reason": reason} if late else ""
        orders.note(order, _("Window booked: %(begins)s to %(ends)s. Spares kept: %(spares)s.") % {
            "begins": local(order.begins), "ends": local(order.ends),
            "spares": spares_words(order.spares, names_in(at.orders.values())),
        } + why)  # fmt: skip
        kept_plans.keep(top)
    return order


def give_up(order: WorkOrder, by: User) -> None:
    """Take a booking back: the order is open again and its spares are free."""
    from linli.assets.maintenance import kept_plans, orders

    with transaction.atomic():
        locked = WorkOrder.objects.select_for_update().get(pk=order.pk)
        if locked.state != WorkOrder.State.AGREED:
            raise Refused(_("No window is booked for it."))
        locked.state, locked.agreed_by, locked.agreed_at = WorkOrder.State.OPEN, None, None
        locked.save(update_fields=["state", "agreed_by", "agreed_at"])
        locked.reservations.all().delete()
        orders.note(locked, _("The booking was taken back by %(by)s.") % {"by": by})
        kept_plans.keep(top_of(locked.asset))


def tops(sight: Scope) -> list[Asset]:
    """Return the plants and structures a person sees, those with open orders first."""
    open_ = WorkOrder.objects.filter(state__in=("open", "agreed")).select_related("asset")
    busy = {order.asset.top for order in open_}
    rows = sight.of(Asset).filter(parent=None, retired=False).order_by("path")
    return sorted(rows, key=lambda one: one.code not in busy)


def cost(at: Desk) -> int:
    """Return the expected cost of the windows that are placed, in yuan."""
    return round(at.ground.cost(at.placed))
