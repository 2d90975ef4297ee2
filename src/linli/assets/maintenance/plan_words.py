"""Names, spares and moments of a plan in words."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta

import numpy as np
from django.utils.translation import gettext as _

from linli.assets.maintenance import shifts
from linli.assets.maintenance.models import WorkOrder
from linli.assets.register.models import Skill, Spare


def names_in(orders: Iterable[WorkOrder]) -> dict[str, str]:
    """Return the names of orders, spares and skills that reasons speak of, by code."""
    rows = list(orders)
    names = {order.key: str(order.asset) for order in rows}
    skills = {skill for order in rows for skill in order.crew}
    names |= {row.code: str(row) for row in Skill.objects.filter(code__in=skills)}
    spares = {spare for order in rows for spare in order.spares}
    return names | {row.code: str(row) for row in Spare.objects.filter(code__in=spares)}


def spare_when(since: datetime, bar: Sequence[str]) -> str:
    """Say when a spare that bars something will be there; hours of it are counted from `since`."""
    if "spare" not in bar[:2]:
        return ""
    hours = float(bar[bar.index("spare") + 2])
    if not np.isfinite(hours):
        return _("none is to be had")
    return _("%(day)s if it is ordered today") % {"day": local(since + timedelta(hours=hours))[:10]}


def spares_words(spares: Mapping[str, int], names: Mapping[str, str]) -> str:
    """Say which spares and how many."""
    return _(", ").join(f"{names.get(c, c)} × {n}" for c, n in spares.items()) or _("none")


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
