"""Who sees the chain, and who keeps it.

Events belong to whoever captured them: a plant, or an organisation of the town. Those who belong
to it see them all. Leaders, supervisors and administrators see those of the organisations where
their office reaches. Nobody else sees any; what the public may read stands in a passport.
"""

from django.db.models import Exists, OuterRef, Q

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
from linli.people.directory import directory
from linli.people.models import Organisation, Role
from linli.people.scope import Scope, visible

OVERSEE = (Role.LEADER, Role.SUPERVISOR, Role.ADMINISTRATOR)
OFFICE = (Role.OFFICER, Role.HEAD)
NOBODY, EVERYBODY = Q(pk__in=[]), ~Q(pk__in=[])


def _top(key: int) -> int:
    return directory().plants.get(key, key)


def owners(scope: Scope) -> frozenset[int] | None:
    """Return the organisations whose events a person sees; None where it is all of them."""
    known: frozenset[int] | None = getattr(scope, "_chain_owners", frozenset([-1]))
    if known != frozenset([-1]):
        return known
    reach = scope.paths(*OVERSEE)
    found: frozenset[int] | None
    if any(path.count("/") == 1 for path in reach):
        found = None
    else:
        own = {_top(key) for key in scope.organisations(Role.WORKER, *OFFICE)}
        if reach:
            rows = Organisation.objects.filter(retired=False).values_list("pk", "area__path")
            own |= {_top(key) for key, path in rows if path.startswith(tuple(reach))}
        found = frozenset(own)
    scope._chain_owners = found  # type: ignore[attr-defined]
    return found


def whose(scope: Scope, link: str = "owner") -> Q:
    """Return what belongs to the organisations whose events a person sees."""
    known = owners(scope)
    return EVERYBODY if known is None else Q(**{f"{link}__in": known})


def sees_any(scope: Scope) -> bool:
    """Tell whether a person's office has to do with the chain."""
    return scope.has(*OVERSEE) or bool(scope.organisations(Role.WORKER, *OFFICE))


def writes_for(scope: Scope) -> Organisation | None:
    """Return the organisation for which a person captures events; None where for none.

    Officers and heads write for their plant, else for their own organisation; administrators
    for theirs.
    """
    for one in scope.memberships:
        if one.role in (*OFFICE, Role.ADMINISTRATOR):
            top = _top(one.organisation_id)
            if top == one.organisation_id:
                return one.organisation
            return Organisation.objects.get(pk=top)
    return None


def may_write(scope: Scope) -> bool:
    """Tell whether a person may write anything of the chain."""
    return bool(scope.organisations(*OFFICE, Role.ADMINISTRATOR))


def keeps(scope: Scope, owner: int) -> bool:
    """Tell whether a person may change what belongs to an organisation."""
    if any(
        _top(one.organisation_id) == owner
        for one in scope.memberships
        if one.role in (*OFFICE, Role.ADMINISTRATOR)
    ):
        return True
    return any(path.count("/") == 1 for path in scope.paths(Role.ADMINISTRATOR))


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
