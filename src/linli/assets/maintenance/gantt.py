"""The plan of a plant drawn by line: shifts behind, windows before, and each in words."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from linli.assets.maintenance import planning, wording
from linli.assets.maintenance.models import WorkOrder
from linli.assets.maintenance.planning import Desk
from linli.assets.register.models import Asset


@dataclass(frozen=True)
class Planned:
    """An order on the plan, in words."""

    order: WorkOrder
    reasons: list[str]
    alternatives: list[tuple[str, str, int]]

    @property
    def wait(self) -> int | None:
        found = self.order.plan.get("wait")
        return int(found) if found is not None else None

    @property
    def percent(self) -> float | None:
        found = self.order.plan.get("fails_before")
        return round(100 * float(found), 1) if found is not None else None


def planned(at: Desk) -> list[Planned]:
    """Return the orders of a plant with what the last planning said of each."""
    names = planning.names_in(at)
    return [
        Planned(
            order,
            [wording.reason(bar, names, planning.spare_when(at, bar))
             for bar in order.plan.get("reasons", [])],
            [(begins, planning.local(planning.read(begins)), extra)
             for begins, extra in order.plan.get("alternatives", [])],
        )
        for order in at.orders.values()
    ]  # fmt: skip


def drawn(at: Desk, may: bool) -> dict[str, Any]:
    """Return the plan as the page's script draws it: rows by line, shifts, windows, hours."""
    lines = {key: at.job(order).line for key, order in at.orders.items()}
    assets = {row.code: row for row in Asset.objects.filter(code__in=set(lines.values()))}
    ends = at.since + planning.AHEAD
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
        "hours": planning.AHEAD / timedelta(hours=1),
        "zone": planning.zone_hours(at.since),
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


def _rate(at: Desk, rate: Any, piece: planning.Piece) -> float:
    step = int(at.hours(piece.begins) / planning.STEP)
    return float(rate[step]) if rate is not None and 0 <= step < len(rate) else 0.0
