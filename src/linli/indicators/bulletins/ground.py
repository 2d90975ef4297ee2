"""The map of a bulletin: the grids of the community layer, shaded by what they reported."""

from math import cos, radians
from typing import Any

import orjson
from django.db.models import Sum
from django.urls import reverse
from django.utils.formats import number_format
from django.utils.http import urlencode
from django.utils.translation import gettext as _

from linli.indicators.bulletins.document import Ground, Map
from linli.indicators.bulletins.stretch import Stretch
from linli.places.atlas import atlas
from linli.places.models import COMMUNITY, Town
from linli.places.shapes import shapes
from linli.places.town import once_a_version
from linli.scores.models import Tally

SHADES = 4
SIDE = 1000  # of the box of a path


def received(stretch: Stretch) -> Map | None:
    """Return the grids with how many cases were received in each; None of a town without grids."""
    found = shapes()
    if COMMUNITY not in found.names:
        return None
    period = stretch.counted
    rows = Tally.objects.filter(kind=Tally.Kind.COMMUNITY, day__range=(period.first, period.last))
    counts = {subject: n for subject, n in rows.order_by().values_list("subject")
              .annotate(n=Sum("received")) if n}  # fmt: skip
    areas = atlas().by_code
    limits = _limits(sorted(counts.values()))
    grounds = []
    cases = reverse("bulletin-cases", args=[str(stretch)])
    for code, (rings, path) in outlines().items():
        area = areas[code]
        n = counts.get(area.pk, 0)
        link = f"{cases}?{urlencode({'figure': 'received', 'grid': code})}"
        shade = sum(n >= limit for limit in limits)
        grounds.append(Ground(str(area), n, shade, rings, path, link))
    most = max(grounds, key=lambda one: one.value, default=None)
    if most is None or not most.value:
        title = _("No grid received a case")
    else:
        title = _("%(grid)s received most: %(n)s cases") % {
            "grid": most.name, "n": number_format(most.value, 0, force_grouping=True),
        }  # fmt: skip
    return Map(title, grounds, limits, _ratio(found.bounds), reverse("map"))


@once_a_version
def outlines(town: Town) -> dict[str, tuple[list[Any], str]]:
    """Return of each grid the rings in a box from 0 to 1, and the same as a path of SVG."""
    found = shapes()
    west, south, east, north = found.bounds
    high = SIDE * _ratio(found.bounds)
    made = {}
    for feature in orjson.loads(found.sheet(COMMUNITY).body)["features"]:
        rings = [
            [((x - west) / (east - west), (north - y) / (north - south)) for x, y in ring]
            for ring in _rings(feature["geometry"])
        ]
        path = "".join(
            "M" + "L".join(f"{x * SIDE:.0f} {y * high:.0f}" for x, y in ring) + "Z"
            for ring in rings
        )
        made[feature["properties"]["code"]] = rings, path
    return made


def _ratio(bounds: list[float]) -> float:
    """Return height by width of the land between two meridians and two parallels."""
    west, south, east, north = bounds
    return (north - south) / ((east - west) * cos(radians((south + north) / 2)))


def _limits(counts: list[int]) -> list[int]:
    """Return from which number on each shade is: quarters of the grids that have any."""
    if not counts:
        return []
    return sorted({counts[len(counts) * i // SHADES] for i in range(SHADES)})


def _rings(geometry: dict[str, Any]) -> list[Any]:
    parts = geometry["coordinates"]
    pieces = [parts] if geometry["type"] == "Polygon" else parts
    return [ring for piece in pieces for ring in piece]
