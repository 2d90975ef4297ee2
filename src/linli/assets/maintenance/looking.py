"""The round of the worker: fits that were asked for, predictions, orders, plans."""

from linli.assets.maintenance import fitting, kept_plans, orders, planning, predicting
from linli.assets.maintenance.models import Upkeep


def look() -> None:
    """Do what is due; a town without packs of upkeep or their categories has nothing due."""
    if not Upkeep.objects.filter(retired=False).exists():
        return
    made = fitting.serve()
    if made or predicting.is_due():
        told = predicting.predict()
        if orders.is_ready():
            orders.follow(told)
    planning.replan_all()
    kept_plans.refresh()
