"""The plan of a plant drawn by line: shifts behind, windows before, and each in words."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from linli.assets.maintenance import desks, early, plan_words, shifts, wording
from linli.assets.maintenance.desks import Desk
from linli.assets.maintenance.models import WorkOrder
from linli.assets.register.models import Asset
from linli.clock import now


@dataclass(frozen=True)
class Alternative:
    """Another window: what it costs more, and why it needs a reason, if it does."""

    begins: str
    words: str
    extra: int
    late: str


@dataclass(frozen=True)
class Planned:
    """An order on the plan, in words."""

    order: WorkOrder
    reasons: list[str]
    alternatives: list["Alternative"]

    @property
    def wait(self) -> int | None:
        found = self.order.plan.get("wait")
        return int(found) if found is not None else None

    @property
    def percent(self) -> float | None:
        found = self.order.plan.get("fails_before")
        return round(100 * float(found), 1) if found is not None else None


def planned(orders: Sequence[WorkOrder], beside: Sequence[WorkOrder] = ()) -> list[Planned]:
    """Return orders with what the last planning said of each.

    Nothing is planned for it; `beside` are orders that reasons may name, too.
    """
    names = plan_words.names_in({row.pk: row for row in (*beside, *orders)}.values())
    ends = early.early_ends(orders)
    return [
        Planned(
            order,
            [wording.reason(bar, names, plan_words.spare_when(_planned_from(order), bar))
             for bar in order.plan.get("reasons", [])],
            [_alternative(order, begins, extra, ends.get(order.asset_id))
             for begins, extra in order.plan.get("alternatives", [])],
        )
        for order in orders
    ]  # fmt: skip


def _alternative(
    order: WorkOrder, begins: str, extra: int, end: datetime | None
) -> Alternative:  # fmt: skip
    at = plan_words.read(begins)
    return Alternative(begins, plan_words.local(at), extra, early.warning_of(order, at, end))


def _planned_from(order: WorkOrder) -> datetime:
    """Return the hour from which hours in what was planned of an order are counted."""
    at = order.plan.get("at")
    return desks.next_hour(plan_words.read(at) if at else now())


def drawn(at: Desk, may: bool) -> dict[str, Any]:
    """Return the plan as the page's script draws it: rows by line, shifts, windows, hours."""
    lines = {key: at.job(order).line for key, order in at.orders.items()}
    assets = {row.code: row for row in Asset.objects.filter(code__in=set(lines.values()))}
    ends = at.since + desks.AHEAD
    rows = [
        {
            "name": str(assets.get(line, line)),
            "windows": [
                {
                    "key": key, "name": str(order.asset), "begins": order.begins.isoformat(),
                    "hours": order.hours, "agreed": order.state == WorkOrder.State.AGREED,
                    "url": reverse("work-order", args=[order.pk]),
                    "try": reverse("try-window", args=[order.pk]),
                }
                for key, order in at.orders.items()
                if lines[key] == line and order.begins is not None
            ],
        }
        for line in sorted(set(lines.values()))
    ]  # fmt: skip
    rates = {line: at.ground.rate(line) for line in set(lines.values())}
    most = max((float(rate.max(initial=0)) for rate in rates.values()), default=0.0) or 1.0
    first = next(iter(sorted(rates)), "")
    return {
        "since": at.since.isoformat(), "until": ends.isoformat(), "may": may,
        "hours": desks.AHEAD / timedelta(hours=1),
        "zone": plan_words.zone_hours(at.since),
        "shifts": [
            {
                "from": at.hours(piece.begins), "to": at.hours(piece.ends), "name": piece.shift,
                "cost": round(_rate(at, rates.get(first), piece) / most, 2),
            }
            for piece in at.pieces
        ],
        "rows": rows,
        "words": {"agreed": _("booked"), "proposed": _("proposed"),
                  "night": _("nobody works then")},
    }  # fmt: skip


def _rate(at: Desk, rate: Any, piece: shifts.Piece) -> float:
    step = int(at.hours(piece.begins) / desks.STEP)
    return float(rate[step]) if rate is not None and 0 <= step < len(rate) else 0.0
