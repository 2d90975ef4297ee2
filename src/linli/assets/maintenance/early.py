"""Whether a window somebody chose lies beyond the day from which the machine may fail."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from django.utils.translation import gettext as _

from linli.assets.maintenance import shifts
from linli.assets.maintenance.models import Prediction, WorkOrder


def early_ends(orders: Iterable[WorkOrder]) -> dict[int, datetime]:
    """Return the early end of the interval told of each machine that something was told of."""
    rows = Prediction.objects.filter(
        asset__in=[order.asset_id for order in orders], newest=True, days_low__isnull=False
    ).values_list("asset", "at", "days_low")  # fmt: skip
    return {asset: at + timedelta(days=low) for asset, at, low in rows if low is not None}


def warning(order: WorkOrder, begins: datetime) -> str:
    """Say that the machine may fail before a window ends; "" where it should last.

    The window that was planned weighs that already.
    """
    return warning_of(order, begins, early_ends([order]).get(order.asset_id))


def warning_of(order: WorkOrder, begins: datetime, end: datetime | None) -> str:
    """Say it of a machine whose early end is known."""
    if order.begins is not None and begins == order.begins:
        return ""
    if end is None or begins + timedelta(hours=order.hours) <= end:
        return ""
    at = end.astimezone(shifts.zone_of_town())
    return _("The machine may fail from %(day)s on, before this window ends.") % {
        "day": f"{at:%Y-%m-%d %H:%M}"
    }
