"""Whether a window somebody chose lies beyond the day from which the machine may fail."""

from datetime import datetime, timedelta

from django.utils.translation import gettext as _

from linli.assets.maintenance import shifts
from linli.assets.maintenance.models import Prediction, WorkOrder


def early_end(order: WorkOrder) -> datetime | None:
    """Return the early end of the interval told of the machine; None where nothing was told."""
    row = Prediction.objects.filter(asset=order.asset_id, newest=True).first()
    if row is None or row.days_low is None:
        return None
    return row.at + timedelta(days=row.days_low)


def warning(order: WorkOrder, begins: datetime) -> str:
    """Say that the machine may fail before a window ends; "" where it should last.

    The window that was planned weighs that already.
    """
    if order.begins is not None and begins == order.begins:
        return ""
    end = early_end(order)
    if end is None or begins + timedelta(hours=order.hours) <= end:
        return ""
    at = end.astimezone(shifts.zone_of_town())
    return _("The machine may fail from %(day)s on, before this window ends.") % {
        "day": f"{at:%Y-%m-%d %H:%M}"
    }
