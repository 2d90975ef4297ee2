"""Which organisation is competent where."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from linli.people.models import Lead, Leave, Organisation
from linli.places.models import Town
from linli.places.town import once_a_version


@dataclass(frozen=True)
class Directory:
    """Organisations by the area and the field of work they answer for.

    Those of plants are never among them: `plants` has for each the organisation at the top of
    its plant.
    """

    territorial: dict[int, Organisation]
    functional: dict[tuple[str, int], Organisation]
    leads: dict[int, tuple[int, ...]]
    plants: dict[int, int]

    def team(self, areas: Iterable[int]) -> Organisation | None:
        """Return the territorial team of the nearest of `areas` (ordered nearest first)."""
        return next((self.territorial[a] for a in areas if a in self.territorial), None)

    def competent(self, function: str, areas: Iterable[int]) -> Organisation | None:
        """Return the department for `function` in the nearest of `areas`."""
        keys = ((function, area) for area in areas)
        return next((self.functional[k] for k in keys if k in self.functional), None)

    def of_plants(self, tops: frozenset[int]) -> frozenset[int]:
        """Return the organisations of the plants with these at the top."""
        return frozenset(own for own, top in self.plants.items() if top in tops)

    def present_leads(self, areas: Iterable[int], away: frozenset[int]) -> list[int]:
        """Return the leads of the nearest area that has one who is not away."""
        for area in areas:
            present = [user for user in self.leads.get(area, ()) if user not in away]
            if present:
                return present
        return []


@once_a_version
def directory(town: Town) -> Directory:
    """Return the directory of the loaded town."""
    territorial: dict[int, Organisation] = {}
    functional: dict[tuple[str, int], Organisation] = {}
    plants: dict[int, int | None] = {}
    for organisation in Organisation.objects.filter(retired=False).order_by("-code"):
        if organisation.kind == Organisation.Kind.PLANT:
            plants[organisation.pk] = organisation.parent_id
            continue
        if organisation.kind == Organisation.Kind.TERRITORIAL:
            territorial[organisation.area_id] = organisation
        for function in organisation.functions:
            functional[function, organisation.area_id] = organisation
    leads: dict[int, tuple[int, ...]] = {}
    for area, user in Lead.objects.order_by("-side").values_list("area_id", "user_id"):
        leads[area] = (*leads.get(area, ()), user)
    return Directory(territorial, functional, leads, {key: _top(key, plants) for key in plants})


def _top(key: int, plants: dict[int, int | None]) -> int:
    """Return the organisation at the top of the plant that `key` belongs to."""
    for _step in plants:
        above = plants[key]
        if above is None or above not in plants:
            break
        key = above
    return key


def away(moment: datetime) -> frozenset[int]:
    """Return the persons on leave at `moment`."""
    on_leave = Leave.objects.filter(since__lte=moment, until__gt=moment)
    return frozenset(on_leave.values_list("user_id", flat=True))
