"""What every page knows: the town, who reads it, and whether this is a demonstration."""

from typing import Any

from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest

from linli.people.models import User
from linli.people.scope import scope
from linli.places.town import NoTown, the_town


def town(request: HttpRequest) -> dict[str, Any]:
    """Give templates the town (None before one is loaded) and the demo flag."""
    try:
        found = the_town()
    except NoTown:
        found = None
    user = getattr(request, "user", None)
    return {"town": found, "is_demo": settings.DEMO, "works_here": works_here(user)}


def works_here(user: User | AnonymousUser | None) -> bool:
    """Tell whether a person has an office in the town."""
    if user is None:
        return False
    sight = scope(user)
    return bool(sight.memberships or sight.led_areas)
