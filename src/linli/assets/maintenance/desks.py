"""What a plan is made from: open orders with the life their machines have left, shifts, spares."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import numpy as np
from django.db.models import QuerySet

from linli.assets.maintenance import shifts
from linli.assets.maintenance.models import Prediction, WorkOrder
from linli.assets.maintenance.shifts import Piece
from linli.assets.register.models import Asset, Level, Spare
from linli.clock import now
from linli.engines.windows import Arrival, Ground, Job, Life

AHEAD = timedelta(days=14)
STEP = 1.0
OVER = 24.0
"""Hours after the days planned in which what is left could be done next."""
BEYOND = 30 * 365 * 24.0


def next_hour(at: datetime) -> datetime:
    """Return the full hour after a moment, from which a plan counts."""
    return at.replace(minute=0, second=0, microsecond=0) + timedelta(hours=1)


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


def lines_of(assets: Iterable[Asset]) -> dict[int, str]:
    """Return the code of what stands still with each machine by its key: its line, or itself."""
    rows = list(assets)
    above = {code for asset in rows for code in asset.above}
    lines = set(
        Asset.objects.filter(code__in=above, level=Level.LINE).values_list("code", flat=True)
    )
    return {
        asset.pk: next((code for code in asset.above if code in lines), asset.code)
        for asset in rows
    }


def open_orders(plant: Asset) -> QuerySet[WorkOrder]:
    """Return the orders of a plant that are planned or booked."""
    rows = WorkOrder.objects.filter(
        asset__path__startswith=plant.path, state__in=("open", "agreed")
    ).select_related("asset", "upkeep", "case")  # fmt: skip
    return rows.defer("case__sketch")


def desk(plant: Asset) -> Desk:
    """Gather what a plan needs: orders with the life their machines have left, calendar, spares."""
    orders = {order.key: order for order in open_orders(plant)}
    since = next_hour(now())
    counted = shifts.is_counted(plant)
    still = lines_of(order.asset for order in orders.values())
    lines = {key: still[order.asset_id] for key, order in orders.items()}
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
