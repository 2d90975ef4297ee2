"""For whom a bulletin is: those who lead the work of the area it is about."""

from collections.abc import Iterable

from linli.people.models import Role
from linli.people.scope import Scope
from linli.places.atlas import atlas
from linli.places.models import COMMUNITY, Area

LEADING = (Role.LEADER, Role.DISPATCHER, Role.SUPERVISOR, Role.ADMINISTRATOR)


def leads(sight: Scope) -> bool:
    """Tell whether there are bulletins for somebody."""
    return sight.has(*LEADING)


def root() -> Area:
    """Return the town itself."""
    return next(area for area in atlas().areas.values() if area.parent_id is None)


def may(sight: Scope, area: Area | None) -> bool:
    """Tell whether somebody leads the work of an area, or of the whole town (None)."""
    return sight.holds(LEADING, area or root())


def own(sight: Scope) -> Area | None:
    """Return the widest area that somebody leads; None for the whole town."""
    path = min(sight.paths(*LEADING), key=lambda path: path.count("/"))
    found = next(area for area in atlas().areas.values() if area.path == path)
    return found if found.parent_id else None


def named(code: str) -> Area | None:
    """Return an area that has bulletins of its own, None for the whole town.

    Raises
    ------
    LookupError
        If there is no such area among those that have grids of the community layer.
    """
    area = atlas().by_code.get(code)
    if area is None or area.layer not in ("", COMMUNITY):
        raise LookupError(code)
    return area if area.parent_id else None


def offered(sight: Scope) -> list[Area]:
    """Return the areas somebody may choose: all they lead but single grids, parents first."""
    paths = tuple(sight.paths(*LEADING))
    found = [
        area
        for area in atlas().areas.values()
        if area.path.startswith(paths) and not area.is_grid and area.layer in ("", COMMUNITY)
    ]
    return sorted(found, key=lambda area: area.path)


def grids(area: Area | None) -> list[int]:
    """Return the community grids of an area."""
    path = area.path if area else ""
    return [a.pk for a in _community_grids() if a.path.startswith(path)]


def _community_grids() -> Iterable[Area]:
    return (a for a in atlas().areas.values() if a.is_grid and a.layer == COMMUNITY)
