"""What every page knows: the town, and whether this is a demonstration."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest

from linli.places.town import NoTown, the_town


def town(request: HttpRequest) -> dict[str, Any]:
    """Give templates the town (None before one is loaded) and the demo flag."""
    try:
        found = the_town()
    except NoTown:
        found = None
    return {"town": found, "is_demo": settings.DEMO}
