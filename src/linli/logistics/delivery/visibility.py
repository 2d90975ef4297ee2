"""Who sees orders and plans, and who makes them.

A depot belongs to a plant, or to an organisation of the town; all else belongs to a depot. Those
who work for its owner see it. Leaders, supervisors and administrators see what lies where their
office reaches. Officers, heads and dispatchers of the owner keep it.
"""

from django.db.models import Q

from linli.logistics.delivery.models import (
    Act,
    Depot,
    Dock,
    Order,
    Plan,
    Proof,
    Slot,
    Stop,
    Tour,
    Vehicle,
)
from linli.people.directory import directory
from linli.people.models import Organisation, Role
from linli.people.scope import Scope, visible

OVERSEE = (Role.LEADER, Role.SUPERVISOR, Role.ADMINISTRATOR)
KEEP = (Role.OFFICER, Role.HEAD, Role.DISPATCHER)
EVERYBODY = ~Q(pk__in=[])


def _top(key: int) -> int:
    return directory().plants.get(key, key)


def owners(scope: Scope) -> frozenset[int] | None:
    """Return the organisations whose depots a person sees; None where it is all of them."""
    known: frozenset[int] | None = getattr(scope, "_depot_owners", frozenset([-1]))
    if known != frozenset([-1]):
        return known
    reach = scope.paths(*OVERSEE)
    found: frozenset[int] | None
    if any(path.count("/") == 1 for path in reach):
        found = None
    else:
        own = {_top(key) for key in scope.organisations(Role.WORKER, *KEEP)}
        if reach:
            rows = Organisation.objects.filter(retired=False).values_list("pk", "area__path")
            own |= {_top(key) for key, path in rows if path.startswith(tuple(reach))}
        found = frozenset(own)
    scope._depot_owners = found  # type: ignore[attr-defined]
    return found


def sees_any(scope: Scope) -> bool:
    """Tell whether a person's office has to do with deliveries."""
    return scope.has(*OVERSEE) or bool(scope.organisations(Role.WORKER, *KEEP))


def may_keep(scope: Scope) -> bool:
    """Tell whether a person may write orders, vehicles or plans of anyone."""
    return bool(scope.organisations(*KEEP, Role.ADMINISTRATOR))


def keeps(scope: Scope, owner: int) -> bool:
    """Tell whether a person keeps the depots of an organisation."""
    own = scope.organisations(*KEEP, Role.ADMINISTRATOR)
    if owner in {_top(key) for key in own}:
        return True
    return any(path.count("/") == 1 for path in scope.paths(Role.ADMINISTRATOR))


def keeps_for(scope: Scope) -> Organisation | None:
    """Return the organisation for which a person opens depots; None where for none."""
    for one in scope.memberships:
        if one.role in (*KEEP, Role.ADMINISTRATOR):
            return Organisation.objects.get(pk=_top(one.organisation_id))
    return None


LINKS = {
    Depot: "", Dock: "depot__", Vehicle: "depot__", Order: "depot__", Slot: "dock__depot__",
    Plan: "depot__", Tour: "plan__depot__", Stop: "tour__plan__depot__",
    Act: "stop__tour__plan__depot__", Proof: "act__stop__tour__plan__depot__",
}  # fmt: skip


def _below(link: str) -> None:
    def rule(scope: Scope) -> Q:
        known = owners(scope)
        return EVERYBODY if known is None else Q(**{f"{link}owner__in": known})

    def rule_of_stops(scope: Scope) -> Q:
        # Who drives for others sees their own stops too.
        own = scope.user.pk  # nobody's, where nobody signed in: not the tours without a driver
        return rule(scope) if own is None else rule(scope) | Q(tour__driver=own)

    for model, way in LINKS.items():
        if way == link:
            visible(model)(rule_of_stops if model is Stop else rule)


for _link in sorted(set(LINKS.values())):
    _below(_link)
