"""Who may judge parts, hold and release lots, set stations up and teach them."""

from linli.assets.inspection.models import Lot, Station
from linli.assets.register.models import Asset
from linli.assets.register.owning import sides
from linli.people.models import Role
from linli.people.scope import Scope

QUALITY, PROCESS = "quality", "process"
WORK = (Role.OFFICER, Role.HEAD)


def _works_for(scope: Scope, asset: Asset, *functions: str) -> bool:
    own = scope.organisations(*WORK)
    if not own:
        return False
    found = [sides(asset, function) for function in functions]
    return any(side is not None and side.functional.pk in own for side in found)


def administers(scope: Scope) -> bool:
    """Tell whether the person administers the whole town."""
    return any(path.count("/") == 1 for path in scope.paths(Role.ADMINISTRATOR))


def may_judge(scope: Scope, station: Station) -> bool:
    """Tell whether the person is a quality inspector where the station stands."""
    return _works_for(scope, station.asset, QUALITY)


def may_set_up(scope: Scope, station: Station) -> bool:
    """Tell whether the person may change a station, teach it, and choose its version."""
    return may_set_up_at(scope, station.asset)


def may_set_up_at(scope: Scope, asset: Asset) -> bool:
    """Tell whether the person may set a station up at an asset."""
    return administers(scope) or _works_for(scope, asset, QUALITY, PROCESS)


def assets_to_set_up(scope: Scope) -> list[Asset]:
    """Return the assets at which the person may set a station up."""
    rows = scope.of(Asset).filter(retired=False).order_by("path")
    return [asset for asset in rows if may_set_up_at(scope, asset)]


def may_set_up_any(scope: Scope) -> bool:
    """Tell whether there is an asset at which the person may set a station up."""
    if not scope.memberships:
        return False
    if administers(scope):
        return scope.of(Asset).filter(retired=False).exists()
    # Below an asset with a crew the sides are the same until the next one.
    rows = scope.of(Asset).filter(retired=False, organisation__isnull=False).order_by("path")
    return any(may_set_up_at(scope, asset) for asset in rows)


def may_hold(scope: Scope, lot: Lot) -> bool:
    """Tell whether the person may hold and release a lot: an inspector of a station it passed."""
    passed = Station.objects.filter(product=lot.product_id).select_related("asset")
    return any(may_judge(scope, station) for station in passed)
