"""Who may look at programmes, and who runs the town: asked by every part of the room."""

from django.core.exceptions import PermissionDenied
from django.db.models import Q
from django.http import HttpRequest

from linli.people.models import Role
from linli.people.scope import Scope, scope


def works(scope: Scope) -> bool:
    """Tell whether the person works for the town: programmes are open to all who do."""
    return scope.works_for_town


def staff(scope: Scope) -> Q:
    """Return everything to those who work for the town, and nothing to others."""
    return ~Q(pk__in=[]) if works(scope) else Q(pk__in=[])


def administers(scope: Scope) -> bool:
    """Tell whether the person administers the whole town."""
    return any(path.count("/") == 1 for path in scope.paths(Role.ADMINISTRATOR))


def at_work(request: HttpRequest) -> Scope:
    """Return what who asks may see; raises PermissionDenied for those not at work here."""
    sight = scope(request.user)
    if not works(sight):
        raise PermissionDenied
    return sight
