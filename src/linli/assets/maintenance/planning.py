"""Windows for all open work orders of a plant, at least expected cost; what moving one costs."""

import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import numpy as np
from django.db import transaction
from django.utils.translation import gettext as _

from linli.assets.maintenance import shifts
from linli.assets.maintenance.models import Prediction, Reservation, WorkOrder
from linli.assets.maintenance.shifts import Piece
from linli.assets.register.models import Asset, Level, Spare
from linli.cases.refusal import Refused
from linli.clock import now
from linli.engines.windows import Arrival, Ground, Job, Life, Plan, plan
from linli.people.models import User
from linli.people.scope import Scope

AHEAD = timedelta(days=14)
STEP = 1.0
SECONDS = 8.0
OVER = 24.0
"""Hours after the days planned in which what is left could be done next."""
AGAIN = timedelta(hours=6)
BEYOND = 30 * 365 * 24.0

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Desk:
    """What a plant's plan is made from, and where its orders are now.

    Attributes
    ----------
    since
        The hour from which hours of the engine are counted.
    lines
        Code of what stands still for each order, by its key.
    """

    plant: Asset
    since: datetime
    pieces: list[Piece]
    ground: Ground
    orders: dict[str, WorkOrder]
    counted: bool

    def at(self, hours: float) -> datetime:
        """Return the moment so many hours from its beginning."""
        return self.since + timedelta(hours=hours)

    def hours(self, at: datetime) -> float:
        """Return how many hours after its beginning a moment is."""
        return (at - self.since) / timedelta(hours=1)

    @property
    def placed(self) -> dict[str, int | None]:
        """Step at which each order that has a window begins."""
        return {
            key: round(self.hours(order.begins) / STEP)
            for key, order in self.orders.items()
            if order.begins is not None and order.begins >= self.since
        }

    def job(self, order: WorkOrder) -> Job:
        """Return the job of an order."""
        return next(job for job in self.ground.jobs if job.name == order.key)


def top_of(asset: Asset) -> Asset:
    """Return the plant or structure at the top of an asset."""
    return Asset.objects.get(code=asset.top)


def line_of(asset: Asset) -> str:
    """Return the code of what stands still with a machine: its line, or itself."""
    above = Asset.objects.filter(code__in=asset.above, level=Level.LINE).order_by("-path")
    line = above.first()
    return line.code if line else asset.code


def desk(plant: Asset) -> Desk:
    """Gather what a plan needs: orders with the life their machines have left, calendar, spares."""
    rows = WorkOrder.objects.filter(
        asset__path__startswith=plant.path, state__in=("open", "agreed")
    ).select_related("asset", "upkeep", "case")  # fmt: skip
    orders = {order.key: order for order in rows.defer("case__sketch")}
    since = now().replace(minute=0, second=0, microsecond=0) + timedelta(hours=1)
    counted = shifts.is_counted(plant)
    lines = {key: line_of(order.asset) for key, order in orders.items()}
    yuan: dict[str, float] = {}
    quiet: dict[str, float] = {}
    for key, order in orders.items():
        told = order.upkeep.told
        yuan[lines[key]] = max(yuan.get(lines[key], 0.0), told.downtime_yuan)
        quiet[lines[key]] = told.quiet_share
    pieces, slots = shifts.slots(plant, yuan, quiet, since, since + AHEAD)
    newest = {
        row.asset_id: row
        for row in Prediction.objects.filter(
            asset__in=[order.asset_id for order in orders.values()], newest=True
        ).select_related("version")
    }
    jobs = tuple(
        _job(order, lines[key], newest.get(order.asset_id), since, counted)
        for key, order in orders.items()
    )
    ground = Ground(jobs, tuple(slots), arrivals(plant, orders.values()), STEP, OVER)
    return Desk(plant, since, pieces, ground, orders, counted)


def _job(
    order: WorkOrder, line: str, row: Prediction | None, since: datetime, counted: bool
) -> Job:
    told = order.upkeep.told
    fixed = None
    if order.state == WorkOrder.State.AGREED and order.begins is not None:
        fixed = (order.begins - since) / timedelta(hours=1)
    return Job(
        order.key, line, life_of(row), order.hours, told.failure_yuan, _life_value(told, row),
        dict(order.crew) if counted else {}, dict(order.spares),
        earliest_of(order, row, since), fixed,
    )  # fmt: skip


def earliest_of(order: WorkOrder, row: Prediction | None, since: datetime) -> float:
    """Return the hours until people come: their notice, or half of the early end if that is less.

    A machine that may fail sooner than the usual notice is opened by who is on shift.
    """
    ready = order.opened_at + timedelta(days=order.upkeep.told.lead_days)
    hours = max((ready - since) / timedelta(hours=1), 0.0)
    if row is None or row.days_low is None:
        return hours
    passed = (now() - row.at) / timedelta(hours=1)
    return min(hours, max(12.0 * row.days_low - passed, 0.0))


def life_of(row: Prediction | None) -> Life:
    """Return what is left of a machine in hours; of one nobody can tell, that it does not fail."""
    if row is None or not row.quantiles or not row.pace:
        return Life(np.array([BEYOND]), np.array([0.0]))
    shares, cycles = np.array(row.quantiles, dtype=float).T
    # By now it has lived some hours since that was told.
    passed = (now() - row.at) / timedelta(hours=1)
    return Life.of_quantiles(shares, cycles / row.pace * 24.0 - passed)


def _life_value(told: Any, row: Prediction | None) -> float:
    """Return what an hour of life is worth: what is replaced, over the hours it usually lasts."""
    if row is None or row.version is None or not row.pace:
        return 0.0
    return float(told.life_yuan / (row.version.usual / row.pace * 24.0))


def arrivals(plant: Asset, orders: Any) -> tuple[Arrival, ...]:
    """Return the spares of a plant: what is in stock, and what comes if it is ordered today."""
    needed: dict[str, int] = {}
    for order in orders:
        for code, number in order.spares.items():
            needed[code] = needed.get(code, 0) + number
    found = []
    for spare in Spare.objects.filter(code__in=list(needed), plant=plant):
        found.append(Arrival(spare.code, 0.0, spare.stock))
        if spare.stock < needed[spare.code]:
            short = needed[spare.code] - spare.stock
            found.append(Arrival(spare.code, 24.0 * spare.lead_days, short))
    return tuple(found)


def replan(plant: Asset, seconds: float = SECONDS) -> Plan | None:
    """Plan the open orders of a plant anew; booked windows stay where they are.

    Returns
    -------
    None where there is nothing to plan.
    """
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


def agree(order: WorkOrder, begins: datetime, by: User) -> WorkOrder:
    """Book a window: spares are kept, and the crew is told through the case.

    Raises
    ------
    Refused
        If the order is not open any more, or it cannot be done then.
    """
    from linli.assets.maintenance import orders, wording

    with transaction.atomic():
        top = Asset.objects.select_for_update().get(code=order.asset.top)
        at = desk(top)
        order = at.orders.get(order.key) or order
        if not order.is_open or order.key not in at.orders:
            raise Refused(_("This work order is not open any more."))
        tried = moved(at, order, begins)
        if tried.bars:
            names = names_in(at)
            raise Refused(" ".join(
                wording.reason(bar, names, spare_when(at, bar)) for bar in tried.bars
            ))  # fmt: skip
        order.state, order.agreed_by, order.agreed_at = WorkOrder.State.AGREED, by, now()
        order.begins = tried.begins
        order.ends = tried.begins + timedelta(hours=order.hours)
        order.save(update_fields=["state", "agreed_by", "agreed_at", "begins", "ends"])
        order.reservations.all().delete()
        Reservation.objects.bulk_create(
            [Reservation(order=order, spare=code, number=n) for code, n in order.spares.items()]
        )
        orders.note(order, _("Window booked: %(begins)s to %(ends)s. Spares kept: %(spares)s.") % {
            "begins": local(order.begins), "ends": local(order.ends),
            "spares": spares_words(order.spares, names_in(at)),
        })  # fmt: skip
    return order


def give_up(order: WorkOrder, by: User) -> None:
    """Take a booking back: the order is open again and its spares are free."""
    from linli.assets.maintenance import orders

    with transaction.atomic():
        locked = WorkOrder.objects.select_for_update().get(pk=order.pk)
        if locked.state != WorkOrder.State.AGREED:
            raise Refused(_("No window is booked for it."))
        locked.state, locked.agreed_by, locked.agreed_at = WorkOrder.State.OPEN, None, None
        locked.save(update_fields=["state", "agreed_by", "agreed_at"])
        locked.reservations.all().delete()
        orders.note(locked, _("The booking was taken back by %(by)s.") % {"by": by})


def names_in(at: Desk) -> dict[str, str]:
    """Return the names of orders, spares and skills that reasons speak of, by code."""
    from linli.assets.register.models import Skill

    names = {key: str(order.asset) for key, order in at.orders.items()}
    skills = {skill for order in at.orders.values() for skill in order.crew}
    names |= {row.code: str(row) for row in Skill.objects.filter(code__in=skills)}
    spares = {spare for order in at.orders.values() for spare in order.spares}
    return names | {row.code: str(row) for row in Spare.objects.filter(code__in=spares)}


def spare_when(at: Desk, bar: Sequence[str]) -> str:
    """Say when a spare that bars something will be there."""
    if "spare" not in bar[:2]:
        return ""
    hours = float(bar[bar.index("spare") + 2])
    if not np.isfinite(hours):
        return _("none is to be had")
    return _("%(day)s if it is ordered today") % {"day": local(at.at(hours))[:10]}


def spares_words(spares: Mapping[str, int], names: Mapping[str, str]) -> str:
    """Say which spares and how many."""
    return _(", ").join(f"{names.get(c, c)} × {n}" for c, n in spares.items()) or _("none")


def tops(sight: Scope) -> list[Asset]:
    """Return the plants and structures a person sees, those with open orders first."""
    open_ = WorkOrder.objects.filter(state__in=("open", "agreed")).select_related("asset")
    busy = {order.asset.top for order in open_}
    rows = sight.of(Asset).filter(parent=None, retired=False).order_by("path")
    return sorted(rows, key=lambda one: one.code not in busy)


def cost(at: Desk) -> int:
    """Return the expected cost of the windows that are placed, in yuan."""
    return round(at.ground.cost(at.placed))


def read(text: str) -> datetime:
    """Read a moment as plans keep it."""
    return datetime.fromisoformat(text)


def zone_hours(at: datetime) -> float:
    """Return by how many hours the town's clocks are before UTC."""
    ahead = at.astimezone(shifts.zone_of_town()).utcoffset()
    return ahead / timedelta(hours=1) if ahead else 0.0


def naive(at: datetime | None) -> str:
    """Write a moment in the town's time as a form takes it."""
    return at.astimezone(shifts.zone_of_town()).strftime("%Y-%m-%dT%H:%M") if at else ""


def local(at: datetime | None) -> str:
    """Write a moment in the town's time."""
    return at.astimezone(shifts.zone_of_town()).strftime("%Y-%m-%d %H:%M") if at else ""
