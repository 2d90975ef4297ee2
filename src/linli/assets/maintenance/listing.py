"""The machines a person sees, those first that need somebody first; what a page says of each."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from linli.assets.maintenance import wording
from linli.assets.maintenance.histories import tags_of
from linli.assets.maintenance.models import Prediction, WorkOrder
from linli.people.scope import Scope

SHOWN = 200
BAR = 60.0  # days that an interval bar is wide


@dataclass(frozen=True)
class Row:
    """A machine: what was told of it, and its open order."""

    told: Prediction
    order: WorkOrder | None
    names: dict[str, str]

    @property
    def state(self) -> str:
        """How urgent it is, as a mark: open, watch, ok, unknown."""
        if self.order is not None:
            return "open"
        if self.told.is_drifting:
            return "watch"
        return "ok" if self.told.mean is not None or self.told.drift else "unknown"

    def counts_as(self, state: str) -> bool:
        """Tell whether a mark means it; one off its normal is meant with an order too."""
        return self.told.is_drifting if state == "watch" else self.state == state

    @property
    def word(self) -> str:
        return {
            "open": _("To be opened"), "watch": _("Off its normal"), "ok": _("As it usually is"),
            "unknown": _("Cannot be told"),
        }[self.state]  # fmt: skip

    @property
    def left(self) -> str:
        told = self.told
        if told.days is None or told.days_low is None or told.days_high is None:
            return ""
        return _("%(mean)s days (%(low)s–%(high)s)") % {
            "mean": wording.number(told.days), "low": wording.number(told.days_low),
            "high": wording.number(told.days_high),
        }  # fmt: skip

    @property
    def bar(self) -> tuple[float, float, float] | None:
        """Low, mean and high on a bar 128 wide."""
        told = self.told
        if told.days is None or told.days_low is None or told.days_high is None:
            return None
        low, mean, high = (
            round(4 + 120 * min(value / BAR, 1.0), 1)
            for value in (told.days_low, told.days, told.days_high)
        )
        return low, mean, high

    @property
    def drift(self) -> str:
        return wording.sensors(self.told.drift.get("sensors", []), self.names)

    @property
    def since(self) -> str:
        return (self.told.drift.get("since") or "")[:10]

    @property
    def trouble(self) -> list[str]:
        return wording.troubles(self.told.trouble)


def machines(sight: Scope, plant: str = "", state: str = "", below: str = "") -> list[Row]:
    """Return the machines a person sees, the most urgent first; `below` is the path of an asset."""
    rows = sight.of(Prediction).filter(newest=True, asset__retired=False)
    if plant:
        rows = rows.filter(asset__path__startswith=f"{plant}/")
    if below:
        rows = rows.filter(asset__path__startswith=below)
    found = list(rows.select_related("asset", "upkeep", "version").defer("trace", "quantiles"))
    seen = told(found)
    if state:
        seen = [row for row in seen if row.state == state]
    order = {"open": 0, "watch": 1, "unknown": 2, "ok": 3}
    most = float("inf")
    return sorted(
        seen,
        key=lambda row: (
            order[row.state],
            row.told.days_low if row.told.days_low is not None else most,
            row.told.asset.path,
        ),
    )[:SHOWN]


def told(rows: Sequence[Prediction]) -> list[Row]:
    """Return rows with their open orders and the names of their tags."""
    keys = [row.asset_id for row in rows]
    open_ = WorkOrder.objects.filter(asset__in=keys, state__in=("open", "agreed"))
    orders = {order.asset_id: order for order in open_.select_related("case").defer("case__sketch")}
    tags = tags_of([row.asset for row in rows])
    return [
        Row(row, orders.get(row.asset_id),
            {key: str(tag) for key, tag in tags[row.asset_id].items()})
        for row in rows
    ]  # fmt: skip


def chart(rows: Sequence[Prediction], newest: Prediction, names: dict[str, str]) -> dict[str, Any]:
    """Return the charts of a machine: life over time with its interval, drift over time."""
    told = [row for row in reversed(rows) if row.days is not None]
    return {
        "life": {
            "days": [str(row.day) for row in told],
            "mean": [round(row.days or 0, 1) for row in told],
            "low": [round(row.days_low or 0, 1) for row in told],
            "high": [round(row.days_high or 0, 1) for row in told],
            "words": {"mean": _("days left"), "band": _("90 % interval")},
        },
        "drift": {
            "times": newest.trace.get("times", []), "score": newest.trace.get("score", []),
            "since": newest.drift.get("since"),
            "words": {"score": _("distance from its normal"), "limit": _("limit"),
                      "since": _("began")},
        },
        "shares": {
            "names": [names.get(key, key) for key, _s, _d in newest.drift.get("sensors", [])[:6]],
            "share": [round(100 * share) for _k, share, _d in newest.drift.get("sensors", [])[:6]],
            "shift": [shift for _k, _s, shift in newest.drift.get("sensors", [])[:6]],
        },
    }  # fmt: skip
