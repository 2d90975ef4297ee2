"""Who sees what is told of machines, and who plans: whoever sees the machine sees all of it.

How machines of a kind are kept, and the versions of its models, is seen by those whose office has
to do with assets. Who keeps a machine plans its windows, books them and asks for a new fit; who
works at its plant notes what was found.
"""

from django.db.models import Q

from linli.assets.maintenance.models import (
    Finding,
    Prediction,
    Reservation,
    Upkeep,
    Version,
    WorkOrder,
)
from linli.assets.register.models import Asset
from linli.assets.register.visibility import keeps, within, works_at, works_with
from linli.people.scope import Scope, visible

for _model in (Prediction, WorkOrder, Finding):
    visible(_model)(lambda scope: within(scope, "asset__"))


@visible(Reservation)
def _reservations(scope: Scope) -> Q:
    return within(scope, "order__asset__")


@visible(Upkeep)
def _upkeeps(scope: Scope) -> Q:
    return Q(retired=False) if works_with(scope) else Q(pk__in=[])


@visible(Version)
def _versions(scope: Scope) -> Q:
    return Q(upkeep__retired=False) if works_with(scope) else Q(pk__in=[])


def may_plan(scope: Scope, asset: Asset) -> bool:
    """Tell whether a person books windows for a machine."""
    return keeps(scope, asset)


def may_note(scope: Scope, asset: Asset) -> bool:
    """Tell whether a person notes what was found on a machine."""
    return keeps(scope, asset) or works_at(scope, asset)


def may_fit(scope: Scope, upkeep: Upkeep) -> bool:
    """Tell whether a person asks for a new fit and puts versions in use: who keeps such machines.

    It concerns all machines of the kinds; whoever keeps one of them may.
    """
    machines = scope.of(Asset).filter(kind__in=upkeep.told.kinds, retired=False)
    tops = {asset.top: asset for asset in machines}
    return any(keeps(scope, asset) for asset in tops.values())
