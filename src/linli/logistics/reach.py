"""Whose goods a person sees and keeps: asked in the same way of the chain and of deliveries.

What is kept belongs to a plant, or to an organisation of the town. Those who belong to it see it.
Leaders, supervisors and administrators see what lies where their office reaches.
"""

from linli.people.directory import directory
from linli.people.models import Organisation, Role
from linli.people.scope import Scope

OVERSEE = (Role.LEADER, Role.SUPERVISOR, Role.ADMINISTRATOR)
Roles = tuple[Role, ...]
Owners = frozenset[int] | None


def _top(key: int) -> int:
    return directory().plants.get(key, key)


def owners(scope: Scope, keepers: Roles) -> Owners:
    """Return the organisations whose goods a person sees; None where it is all of them."""
    known: dict[Roles, Owners] = scope.__dict__.setdefault("_owners_of_goods", {})
    if keepers not in known:
        known[keepers] = _owners(scope, keepers)
    return known[keepers]


def _owners(scope: Scope, keepers: Roles) -> Owners:
    reach = scope.paths(*OVERSEE)
    if any(path.count("/") == 1 for path in reach):
        return None
    own = {_top(key) for key in scope.organisations(Role.WORKER, *keepers)}
    if reach:
        rows = Organisation.objects.filter(retired=False).values_list("pk", "area__path")
        own |= {_top(key) for key, path in rows if path.startswith(tuple(reach))}
    return frozenset(own)


def sees_any(scope: Scope, keepers: Roles) -> bool:
    """Tell whether a person's office has to do with goods."""
    return scope.has(*OVERSEE) or bool(scope.organisations(Role.WORKER, *keepers))


def may_keep(scope: Scope, keepers: Roles) -> bool:
    """Tell whether a person may write of anybody's goods."""
    return bool(scope.organisations(*keepers, Role.ADMINISTRATOR))


def keeps(scope: Scope, owner: int, keepers: Roles) -> bool:
    """Tell whether a person may change what belongs to an organisation."""
    if owner in {_top(key) for key in scope.organisations(*keepers, Role.ADMINISTRATOR)}:
        return True
    return any(path.count("/") == 1 for path in scope.paths(Role.ADMINISTRATOR))


def keeps_for(scope: Scope, keepers: Roles) -> Organisation | None:
    """Return the organisation for which a person writes; None where for none.

    Their plant, else their own organisation.
    """
    for one in scope.memberships:
        if one.role in (*keepers, Role.ADMINISTRATOR):
            return Organisation.objects.get(pk=_top(one.organisation_id))
    return None
