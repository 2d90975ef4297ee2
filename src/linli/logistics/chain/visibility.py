"""Who sees the chain, and who keeps it.

Events belong to whoever captured them: a plant, or an organisation of the town. Those who belong
to it see them all. Leaders, supervisors and administrators see those of the organisations where
their office reaches. Nobody else sees any; what the public may read stands in a passport.
"""

from django.db.models import Exists, OuterRef, Q

from linli.logistics import reach
from linli.logistics.chain.models import (
    Capture,
    Drill,
    Event,
    Link,
    NamedQuery,
    Paper,
    Party,
    Passport,
    Recipe,
    Supplied,
    Thing,
    Ware,
)
from linli.people.models import Organisation, Role
from linli.people.scope import Scope, visible

OFFICE = (Role.OFFICER, Role.HEAD)
EVERYBODY = ~Q(pk__in=[])


def owners(scope: Scope) -> reach.Owners:
    """Return the organisations whose events a person sees; None where it is all of them."""
    return reach.owners(scope, OFFICE)


def whose(scope: Scope, link: str = "owner") -> Q:
    """Return what belongs to the organisations whose events a person sees."""
    known = owners(scope)
    return EVERYBODY if known is None else Q(**{f"{link}__in": known})


def sees_any(scope: Scope) -> bool:
    """Tell whether a person's office has to do with the chain."""
    return reach.sees_any(scope, OFFICE)


def writes_for(scope: Scope) -> Organisation | None:
    """Return the organisation for which a person captures events; None where for none."""
    return reach.keeps_for(scope, OFFICE)


def may_write(scope: Scope) -> bool:
    """Tell whether a person may write anything of the chain."""
    return reach.may_keep(scope, OFFICE)


def keeps(scope: Scope, owner: int) -> bool:
    """Tell whether a person may change what belongs to an organisation."""
    return reach.keeps(scope, owner, OFFICE)


for _model in (Party, Ware, Capture, Event, Recipe, Supplied, NamedQuery, Passport, Drill):
    visible(_model)(whose)


@visible(Link)
@visible(Paper)
def _of_events(scope: Scope) -> Q:
    return whose(scope, "event__owner")


@visible(Thing)
def _things(scope: Scope) -> Q:
    known = owners(scope)
    if known is None:
        return EVERYBODY
    return Q(Exists(Link.objects.filter(thing=OuterRef("pk"), event__owner__in=known)))
