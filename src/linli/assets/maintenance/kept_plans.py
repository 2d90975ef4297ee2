"""The plan of a plant as its page draws it: kept by the worker, and by whoever changes a window."""

import logging
from hashlib import sha256

from django.conf import settings
from django.utils import translation

from linli.assets.maintenance import desks, gantt, planning
from linli.assets.maintenance.models import KeptPlan, Prediction, WorkOrder
from linli.assets.register.models import Asset, CrewSkill, Shift, ShiftDay, Spare
from linli.clock import now

log = logging.getLogger(__name__)


def of(plant: Asset) -> KeptPlan:
    """Return the plan that is kept of a plant; where none is yet, one made for the occasion."""
    return KeptPlan.objects.filter(plant=plant).first() or _made(plant)


def keep(plant: Asset) -> KeptPlan:
    """Make the plan of a plant anew and keep it."""
    made = _made(plant)
    told = {name: getattr(made, name) for name in ("at", "mark", "cost", "counted", "drawn")}
    return KeptPlan.objects.update_or_create(plant=plant, defaults=told)[0]


def refresh() -> int:
    """Make the plans anew whose ground has changed; return how many that were."""
    open_ = WorkOrder.objects.filter(state__in=("open", "agreed")).select_related("asset")
    tops = {order.asset.top for order in open_}
    kept = {row.plant.code: row for row in KeptPlan.objects.select_related("plant").defer("drawn")}
    found = 0
    for plant in Asset.objects.filter(code__in=tops | kept.keys()):
        known = kept.get(plant.code)
        if plant.code not in tops and known is not None:
            known.delete()
        elif known is None or known.mark != _mark(plant):
            try:
                keep(plant)
            except ValueError:
                log.exception("the plan of %s could not be drawn", plant.code)
            else:
                found += 1
    return found


def _made(plant: Asset) -> KeptPlan:
    mark, at = _mark(plant), desks.desk(plant)
    drawn = {}
    for language, _name in settings.LANGUAGES:
        with translation.override(language):
            drawn[language] = gantt.drawn(at, may=False)
    return KeptPlan(
        plant=plant, at=now(), mark=mark, cost=planning.cost(at), counted=at.counted, drawn=drawn
    )


def _mark(plant: Asset) -> str:
    """Return a mark of all that a plan is made from: the hour, orders, lives, shifts, spares."""
    orders = desks.open_orders(plant).order_by("pk")
    told = orders.values_list("pk", "state", "begins", "hours", "crew", "spares", "upkeep")
    lives = Prediction.objects.filter(asset__path__startswith=plant.path, newest=True)
    ground = (
        desks.next_hour(now()), list(told),
        list(lives.order_by("pk").values_list("pk", "at", "days_low")),
        list(Spare.objects.filter(plant=plant).order_by("pk").values_list("pk", "stock")),
        list(Shift.objects.filter(plant=plant).order_by("pk").values_list()),
        list(ShiftDay.objects.filter(plant=plant).order_by("pk").values_list("pk", "day")),
        list(CrewSkill.objects.filter(shift__plant=plant).order_by("pk").values_list()),
    )  # fmt: skip
    return sha256(repr(ground).encode()).hexdigest()
