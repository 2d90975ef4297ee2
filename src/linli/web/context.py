"""What every page knows: the town, who reads it, and whether this is a demonstration."""

from typing import Any

from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest

from linli.people.models import User
from linli.people.scope import scope
from linli.places.town import NoTown, the_town
from linli.web.navigation import grouped, menu
from linli.web.town_clock import dial

IN_BAR = 4  # as many pages as fit side by side on a phone, with "More" beside them
THEME, THEMES = "theme", ("light", "dark")


def town(request: HttpRequest) -> dict[str, Any]:
    """Give templates the town (None before one is loaded) and the demo flag."""
    try:
        found = the_town()
    except NoTown:
        found = None
    user = getattr(request, "user", None)
    here = request.resolver_match
    entries = menu(scope(user or AnonymousUser()), (here and here.url_name) or "")
    return {
        "town": found,
        "is_demo": settings.DEMO,
        "dial": dial(),
        "works_here": works_here(user),
        "menu_bar": entries[:IN_BAR],
        "menu_more": grouped(entries[IN_BAR:]),
        "theme": theme(request),
    }


def theme(request: HttpRequest) -> str:
    """Return the colours the reader chose: "light", "dark" or "" for those of their device."""
    chosen = request.COOKIES.get(THEME, "")
    return chosen if chosen in THEMES else ""


def works_here(user: User | AnonymousUser | None) -> bool:
    """Tell whether a person has an office in the town."""
    if user is None:
        return False
    sight = scope(user)
    return sight.works_for_town
