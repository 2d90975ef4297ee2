"""Who sees what a station judged, and who may do something about it.

Whoever sees the asset a station stands at sees its parts. Its quality inspectors judge, hold and
release; those who run the plant and its departments of quality and process set stations up.
"""

from django.db.models import Q

from linli.assets.inspection.models import (
    Alarm,
    Flaw,
    FlawKind,
    Hour,
    Inspection,
    Lot,
    LotStep,
    Product,
    Station,
    Version,
)
from linli.assets.register import visibility as register
from linli.people.scope import Scope, visible


@visible(Station)
def _stations(scope: Scope) -> Q:
    return register.within(scope, "asset__")


def _keys(scope: Scope) -> list[int]:
    """Return the stations a person sees; they are few, and an index likes their numbers better."""
    if "_stations" not in scope.__dict__:
        found = Station.objects.filter(_stations(scope)).order_by()
        scope.__dict__["_stations"] = list(found.values_list("pk", flat=True))
    keys: list[int] = scope.__dict__["_stations"]
    return keys


@visible(Inspection)
def _inspections(scope: Scope) -> Q:
    return Q(station__in=_keys(scope))


for _model in (Version, Hour, Alarm):
    visible(_model)(_inspections)


@visible(Flaw)
def _flaws(scope: Scope) -> Q:
    return Q(inspection__station__in=_keys(scope))


@visible(Product)
def _products(scope: Scope) -> Q:
    made = Station.objects.filter(pk__in=_keys(scope), product__isnull=False).order_by()
    return Q(pk__in=made.values("product")) | register.within(scope, "asset__")


@visible(Lot)
def _lots(scope: Scope) -> Q:
    return Q(product__in=scope.of(Product).order_by().values("pk"))


@visible(LotStep)
def _lot_steps(scope: Scope) -> Q:
    return Q(lot__in=scope.of(Lot).order_by().values("pk"))


@visible(FlawKind)
def _kinds(scope: Scope) -> Q:
    return Q(retired=False) if _keys(scope) else Q(pk__in=[])


def sees_any(scope: Scope) -> bool:
    """Tell whether there is an asset this person sees, where a station stands or may stand."""
    return bool(scope.user.is_authenticated) and register.sees_any(scope)
