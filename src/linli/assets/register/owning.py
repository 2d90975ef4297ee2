"""Who keeps an asset: the crew that runs it, and the departments of its plant."""

from linli.assets.register import tree
from linli.assets.register.models import Asset
from linli.cases.routing import Sides
from linli.people.directory import directory
from linli.people.models import Organisation


def organisation_of(asset: Asset) -> Organisation | None:
    """Return the organisation that runs an asset: its own, or the nearest one above it."""
    return next((row.organisation for row in tree.above(asset) if row.organisation), None)


def plant_of(asset: Asset) -> Organisation | None:
    """Return the organisation at the top of the plant an asset belongs to, None for the town's."""
    crew, plants = organisation_of(asset), directory().plants
    if crew is None or crew.pk not in plants:
        return None
    return Organisation.objects.get(pk=plants[crew.pk])


def departments(plant: Organisation) -> list[Organisation]:
    """Return the organisations of a plant, its top first."""
    keys = directory().of_plants(frozenset({plant.pk}))
    rows = Organisation.objects.filter(pk__in=keys, retired=False).order_by("code")
    return sorted(rows, key=lambda row: row.pk != plant.pk)


def sides(asset: Asset, function: str) -> Sides | None:
    """Return who a case about an asset goes to; None where the town's own routing decides.

    The territorial side is the crew of the nearest asset upwards that has one, the functional
    side the department of the plant with this function, and its top where none has it.
    """
    crew, plants = organisation_of(asset), directory().plants
    if crew is None or crew.pk not in plants:
        return None
    own = Organisation.objects.filter(
        pk__in=directory().of_plants(frozenset({plants[crew.pk]})), retired=False
    ).order_by("code")
    top = next((row for row in own if row.pk == plants[crew.pk]), crew)
    department = next((row for row in own if function in row.functions), top)
    return Sides(crew, department, asset.code)
