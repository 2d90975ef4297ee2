"""Who sees orders and plans, and who makes them.

A depot belongs to a plant, or to an organisation of the town; all else belongs to a depot. Those
who work for its owner see it. Leaders, supervisors and administrators see what lies where their
office reaches. Officers, heads and dispatchers of the owner keep it.
"""

from django.db.models import Q

from linli.logistics import reach
from linli.logistics.delivery.models import (
    Act,
    Depot,
    Order,
    Plan,
    Stop,
    Tour,
    Vehicle,
)
from linli.people.models import Organisation, Role
from linli.people.scope import Scope, visible

KEEP = (Role.OFFICER, Role.HEAD, Role.DISPATCHER)
EVERYBODY = ~Q(pk__in=[])


def sees_any(scope: Scope) -> bool:
    """Tell whether a person's office has to do with deliveries."""
    return reach.sees_any(scope, KEEP)


def may_keep(scope: Scope) -> bool:
    """Tell whether a person may write orders, vehicles or plans of anyone."""
    return reach.may_keep(scope, KEEP)


def keeps(scope: Scope, owner: int) -> bool:
    """Tell whether a person keeps the depots of an organisation."""
    return reach.keeps(scope, owner, KEEP)


def keeps_for(scope: Scope) -> Organisation | None:
    """Return the organisation for which a person opens depots; None where for none."""
    return reach.keeps_for(scope, KEEP)


LINKS = {
    Depot: "", Vehicle: "depot__", Order: "depot__", Plan: "depot__", Tour: "plan__depot__",
    Stop: "tour__plan__depot__", Act: "stop__tour__plan__depot__",
}  # fmt: skip


def _below(link: str) -> None:
    def rule(scope: Scope) -> Q:
        known = reach.owners(scope, KEEP)
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
