"""Who sees an asset, and who keeps it.

Those who belong to a plant see all of their plant. Leaders, supervisors and administrators see
what lies where their office reaches. A department of the town sees what it runs itself. Nobody
else sees any asset.
"""

from functools import reduce
from operator import or_

from django.db.models import Q

from linli.assets.register import tree
from linli.assets.register.models import (
    Asset,
    AssetCase,
    AssetKind,
    CrewSkill,
    Entry,
    Health,
    Manual,
    Output,
    Shift,
    ShiftDay,
    Skill,
    Spare,
    SpareMove,
    Stop,
)
from linli.people.directory import directory
from linli.people.models import Organisation, Role
from linli.people.scope import Scope, visible

OVERSEE = (Role.LEADER, Role.SUPERVISOR, Role.ADMINISTRATOR)
OFFICE = (Role.OFFICER, Role.HEAD)
KEEPING = "maintenance"  # the field of work of those who keep machines running
NOBODY, EVERYBODY = Q(pk__in=[]), ~Q(pk__in=[])


def paths(scope: Scope) -> list[str] | None:
    """Return the paths of the assets below which a person sees all; None where it is every one."""
    reach = scope.paths(*OVERSEE)
    if any(path.count("/") == 1 for path in reach):
        return None
    own, plants = scope.organisations(), directory().plants
    if not own:
        return []
    tops = frozenset(plants[key] for key in own if key in plants)
    wanted = Q(organisation__in=own | directory().of_plants(tops))
    for path in reach:
        wanted |= Q(area__path__startswith=path)
    found = sorted(set(Asset.objects.filter(wanted).order_by().values_list("path", flat=True)))
    # A plant is seen from its top, whichever of its crews somebody belongs to.
    of_plants = Asset.objects.filter(organisation__in=tops, parent=None).order_by()
    found = sorted({*found, *of_plants.values_list("path", flat=True)}) if tops else found
    return [p for p in found if not any(p != q and p.startswith(q) for q in found)]


def within(scope: Scope, link: str = "") -> Q:
    """Return what belongs to the assets a person sees; `link` leads to the asset, as "asset__"."""
    known = paths(scope)
    if known is None:
        return EVERYBODY
    return reduce(or_, (Q(**{f"{link}path__startswith": path}) for path in known), NOBODY)


def sees_any(scope: Scope) -> bool:
    """Tell whether there is any asset a person may see."""
    known = paths(scope)
    return Asset.objects.exists() if known is None else bool(known)


def works_with(scope: Scope) -> bool:
    """Tell whether a person's office has to do with assets, whether or not there are any."""
    return scope.has(*OVERSEE) or bool(scope.organisations(Role.WORKER, *OFFICE))


def keeps(scope: Scope, asset: Asset) -> bool:
    """Tell whether a person may change what is kept of an asset.

    Administrators whose area reaches it; in a plant its head, and the officers and head of its
    maintenance department; in the town those of the organisation that runs it.
    """
    rows = [asset, *(row for row in tree.above(asset) if row.pk != asset.pk)]
    area = next((row.area for row in rows if row.area is not None), None)
    if scope.holds((Role.ADMINISTRATOR,), area):
        return True
    crew = next((row.organisation_id for row in rows if row.organisation_id), None)
    if crew is None:
        return False
    plants = directory().plants
    if crew not in plants:
        return crew in scope.organisations(*OFFICE)
    top = plants[crew]
    return top in scope.organisations(Role.HEAD) or any(
        plants.get(one.organisation_id) == top and KEEPING in one.organisation.functions
        for one in scope.memberships
        if one.role in OFFICE
    )


def works_at(scope: Scope, asset: Asset) -> bool:
    """Tell whether a person belongs to the plant of an asset, or to what runs it."""
    above = Asset.objects.filter(code__in=asset.above, organisation__isnull=False)
    crews = set(above.values_list("organisation_id", flat=True))
    plants, own = directory().plants, scope.organisations()
    tops = {plants[key] for key in crews if key in plants}
    return bool(own & crews) or any(plants.get(key) in tops for key in own if tops)


def may_move(scope: Scope, plant: Asset) -> bool:
    """Tell whether a person may move spares: who keeps the plant, and its maintenance people."""
    if keeps(scope, plant):
        return True
    top = directory().plants.get(plant.organisation_id or 0)
    return top is not None and any(
        directory().plants.get(one.organisation_id) == top and KEEPING in one.organisation.functions
        for one in scope.memberships
    )


def may_write(scope: Scope) -> bool:
    """Tell whether a person may write any row of these tables; which ones, `keeps` says."""
    if scope.has(Role.ADMINISTRATOR):
        return True
    runs = scope.organisations(*OFFICE)
    known = Organisation.objects.filter(pk__in=runs)
    of_plants = known.filter(kind=Organisation.Kind.PLANT)
    if any(KEEPING in row.functions or row.parent_id is None for row in of_plants):
        return True
    return Asset.objects.filter(organisation__in=known.exclude(pk__in=of_plants)).exists()


visible(Asset)(within)


@visible(AssetKind)
def _kinds(scope: Scope) -> Q:
    return Q(retired=False) if works_with(scope) else NOBODY


@visible(Skill)
def _skills(scope: Scope) -> Q:
    return Q(retired=False) if works_with(scope) else NOBODY


for _model in (AssetCase, Entry, Health, Stop, Output):
    visible(_model)(lambda scope: within(scope, "asset__"))
for _store in (Spare, Shift, ShiftDay):
    visible(_store)(lambda scope: within(scope, "plant__"))


@visible(SpareMove)
def _moves(scope: Scope) -> Q:
    return within(scope, "spare__plant__")


@visible(Manual)
def _manuals(scope: Scope) -> Q:
    """Return the manuals of the assets a person sees, and of their kinds and types."""
    seen = Asset.objects.filter(within(scope)).order_by()
    kinds = seen.exclude(kind="").values("kind")
    return within(scope, "asset__") | Q(asset=None, kind__in=kinds)


@visible(CrewSkill)
def _crew_skills(scope: Scope) -> Q:
    if paths(scope) is None:
        return EVERYBODY
    own, plants = scope.organisations(), directory().plants
    tops = frozenset(plants[key] for key in own if key in plants)
    found = Q(organisation__in=own | directory().of_plants(tops))
    for path in scope.paths(*OVERSEE):
        found |= Q(organisation__area__path__startswith=path)
    return found
