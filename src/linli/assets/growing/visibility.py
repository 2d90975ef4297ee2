"""Who sees what grows: whoever sees the greenhouse; who says so: those who work in it."""

from django.db.models import Q

from linli.assets.growing.models import Crop, Growth
from linli.assets.register.models import Asset
from linli.assets.register.visibility import keeps, within, works_at, works_with
from linli.people.scope import Scope, visible

visible(Growth)(lambda scope: within(scope, "asset__"))


@visible(Crop)
def _crops(scope: Scope) -> Q:
    return Q(retired=False) if works_with(scope) else Q(pk__in=[])


def may_record(scope: Scope, asset: Asset) -> bool:
    """Tell whether a person says what grows in a greenhouse: who keeps it or works there."""
    return keeps(scope, asset) or works_at(scope, asset)
