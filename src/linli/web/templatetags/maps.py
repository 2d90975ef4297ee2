"""What a map on a page must know: where its parts are, and its words. See static/linli/map.js."""

import orjson
from django import template
from django.conf import settings
from django.templatetags.static import static
from django.urls import reverse
from django.utils.translation import gettext as _

from linli.places.shapes import shapes
from linli.places.town import NoTown, the_town

register = template.Library()


@register.simple_tag
def map_setting() -> str:
    """Return as JSON what `map.js` asks of its element; empty before a town is loaded."""
    try:
        town, drawn = the_town(), shapes()
    except NoTown:
        return ""
    version = f"?v={town.fingerprint[:12]}"
    return orjson.dumps(
        {
            "library": static("vendor/maplibre.js"),
            "style": static("vendor/maplibre.css"),
            "worker": static("vendor/maplibre-worker.js"),
            "shapes": {name: reverse("map-shapes", args=[name]) + version for name in drawn.names},
            "here": reverse("map-here"),
            "bounds": drawn.bounds,
            "reach": drawn.reach,
            "tiles": settings.MAP_TILES,
            "attribution": settings.MAP_TILES_ATTRIBUTION,
            "credit": town.attribution,
            "words": _words(),
        }
    ).decode()


def _words() -> dict[str, str]:
    return {
        "none": _("No map can be drawn in this browser. What it would show stands here in words."),
        "pick": _("Tap the place, or move the map with the arrow keys and press Enter."),
        "picked": _("Drag the mark to move it."),
        "outside": _("This place lies outside the town. You can report it all the same."),
        "mine": _("Use my position"),
        "lost": _("No position: tap the place on the map instead."),
        "community": _("Community grid:"),
        "service": _("Service grid:"),
        "grids": _("grids: %s"),
        "overdue": _("overdue"),
        # The names under which MapLibre looks for its own words.
        "Map.Title": _("Map"),
        "Marker.Title": _("Mark on the map"),
        "Popup.Close": _("Close"),
        "NavigationControl.ZoomIn": _("Zoom in"),
        "NavigationControl.ZoomOut": _("Zoom out"),
        "AttributionControl.ToggleAttribution": _("Sources of the map"),
        "CooperativeGesturesHandler.WindowsHelpText": _("Hold Ctrl and scroll to zoom the map"),
        "CooperativeGesturesHandler.MacHelpText": _("Hold ⌘ and scroll to zoom the map"),
        "CooperativeGesturesHandler.MobileHelpText": _("Move the map with two fingers"),
    }
