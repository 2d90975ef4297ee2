"""The map of a bulletin: the grids of the community layer, shaded by what was counted there."""

import re
from collections.abc import Sequence
from math import cos, radians
from typing import Any

import orjson
from django.urls import reverse
from django.utils.translation import gettext as _

from linli.indicators.bulletins import reach
from linli.indicators.bulletins.basis import Basis
from linli.indicators.bulletins.counted import COUNTED
from linli.indicators.bulletins.document import Ground, Map
from linli.indicators.bulletins.numbers import headed
from linli.indicators.bulletins.saying import count
from linli.indicators.bulletins.section import BlockEntry
from linli.places.atlas import atlas
from linli.places.models import COMMUNITY, Town
from linli.places.shapes import shapes
from linli.places.town import once_a_version

SHADES = 4
SIDE = 1000  # of the box of a path
Ring = list[tuple[float, float]]


def counted(basis: Basis, block: BlockEntry) -> Map | None:
    """Return the grids with how often something was counted; None where there are no grids."""
    found = shapes()
    keys = set(reach.grids(basis.area))
    if COMMUNITY not in found.names or not keys:
        return None
    name, areas = block.figure or "received", atlas().by_code
    figure = COUNTED[name]
    counts = {
        key: int(n)
        for key, row in basis.received.items()
        if key in keys and (n := figure.value(row))
    }  # fmt: skip
    limits = _limits(sorted(counts.values()))
    theirs = {code: rings for code, rings in outlines().items() if areas[code].pk in keys}
    bounds = tuple(found.bounds) if basis.area is None else _around(theirs.values())
    grounds = []
    for code, rings in theirs.items():
        n = counts.get(areas[code].pk, 0)
        # Where there are fewer shades than four, they stand as far apart.
        shade = SHADES * sum(n >= limit for limit in limits) // max(len(limits), 1)
        path = _path(rings, bounds)
        grounds.append(
            Ground(str(areas[code]), n, shade, path, basis.asked(name, grid=code).link())
        )
    most = max(grounds, key=lambda one: one.value, default=None)
    said = {"what": figure.label, "grid": most.name if most else "",
            "n": count(most.value if most else 0)}  # fmt: skip
    if most is None or not most.value:
        point = _("%(what)s: nothing in any grid") % said
    else:
        point = _("%(what)s: most in %(grid)s, %(n)s cases") % said
    return Map(headed(block, point), grounds, limits, _ratio(bounds), reverse("map"))


@once_a_version
def outlines(town: Town) -> dict[str, list[Ring]]:
    """Return the rings of each community grid, in degrees."""
    return {
        feature["properties"]["code"]: _rings(feature["geometry"])
        for feature in orjson.loads(shapes().sheet(COMMUNITY).body)["features"]
    }


def _path(rings: Sequence[Ring], bounds: tuple[float, ...]) -> str:
    west, south, east, north = bounds
    high = SIDE * _ratio(bounds)
    return "".join(
        "M"
        + "L".join(
            f"{(x - west) / (east - west) * SIDE:.0f} {(north - y) / (north - south) * high:.0f}"
            for x, y in ring
        )
        + "Z"
        for ring in rings
    )


def rings_of(path: str) -> list[Ring]:
    """Return the rings of a path that was made here."""
    return [
        [(float(x), float(y)) for x, y in re.findall(r"(-?\d+) (-?\d+)", part)]
        for part in path.split("Z")
        if part
    ]


def _around(outlines: Any) -> tuple[float, float, float, float]:
    points = [point for rings in outlines for ring in rings for point in ring]
    xs, ys = [x for x, _y in points], [y for _x, y in points]
    return min(xs), min(ys), max(xs), max(ys)


def _ratio(bounds: tuple[float, ...]) -> float:
    """Return height by width of the land between two meridians and two parallels."""
    west, south, east, north = bounds
    return (north - south) / ((east - west) * cos(radians((south + north) / 2)))


def _limits(counts: list[int]) -> list[int]:
    """Return from which number on each shade is: quarters of the grids that have any."""
    if not counts:
        return []
    return sorted({counts[len(counts) * i // SHADES] for i in range(SHADES)})


def _rings(geometry: dict[str, Any]) -> list[Ring]:
    parts = geometry["coordinates"]
    pieces = [parts] if geometry["type"] == "Polygon" else parts
    return [[(x, y) for x, y in ring] for piece in pieces for ring in piece]
