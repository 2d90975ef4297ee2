"""The town's areas as sheets of GeoJSON to draw, each small enough to be sent at once.

The grids of a layer are made simpler together, so that neighbours keep the border they share,
and whatever lies above them is put together from those: lines of all levels lie on each other.
"""

import gzip
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from hashlib import sha256
from typing import Any

import numpy as np
import orjson
import shapely
from shapely.geometry.base import BaseGeometry

from linli.places.atlas import atlas
from linli.places.models import COMMUNITY, SERVICE, Area, Town
from linli.places.town import once_a_version

TOLERANCE = 5e-5  # degrees, some 5 m: below what a finger on a phone can show
STEP = 1e-5  # coordinates are written to the metre
BASE = "base"
ABOVE = "above-"  # before a layer: its areas that are no grids


@dataclass(frozen=True)
class Sheet:
    """A collection of features as it is sent, plain and packed."""

    body: bytes
    packed: bytes
    etag: str


class Shapes:
    """Sheets of one version of the town, each drawn when it is first asked for.

    `base` has the outline of the town, the areas above all layers and the land; a layer's code
    has its grids, and the same after `above-` what lies between.
    """

    def __init__(self, areas: Iterable[Area]) -> None:
        self._areas = sorted(areas, key=lambda area: area.path)
        self._layers = {area.layer for area in self._areas if area.is_grid}
        self._sheets: dict[str, Sheet] = {}
        self._simple: dict[str, dict[str, BaseGeometry]] = {}

    @property
    def names(self) -> list[str]:
        """The sheets there are."""
        layers = sorted(self._layers)
        return [BASE, *layers, *(ABOVE + layer for layer in layers)]

    def sheet(self, name: str) -> Sheet:
        """Return a sheet.

        Raises
        ------
        KeyError
            If there is none of that name.
        """
        if name not in self.names:
            raise KeyError(name)
        if name not in self._sheets:
            body = orjson.dumps({"type": "FeatureCollection", "features": self._features(name)})
            etag = f'"{sha256(body).hexdigest()[:20]}"'
            self._sheets[name] = Sheet(body, gzip.compress(body, 9, mtime=0), etag)
        return self._sheets[name]

    def grid(self, area: Area) -> dict[str, Any]:
        """Return one grid as a feature."""
        return _feature(area, self._grids(area.layer)[area.code])

    @cached_property
    def reach(self) -> list[float]:
        """West, south, east and north of all its land."""
        return _bounds(self._root.geometry)

    @cached_property
    def bounds(self) -> list[float]:
        """The same of its largest piece: islands far out would make the town small on a map."""
        pieces = shapely.get_parts(self._root.geometry)
        return _bounds(max(pieces, key=shapely.area))

    @property
    def _root(self) -> Area:
        return self._areas[0]

    def _features(self, name: str) -> list[dict[str, Any]]:
        if name == BASE:
            return [*self._land(), *self._above("")]
        if name.startswith(ABOVE):
            return self._above(name.removeprefix(ABOVE))
        shapes = self._grids(name)
        return [_feature(area, shapes[area.code]) for area in self._areas if area.code in shapes]

    def _grids(self, layer: str) -> dict[str, BaseGeometry]:
        if layer not in self._simple:
            grids = [a for a in self._areas if a.is_grid and a.layer == layer]
            shapes = _simpler([area.geometry for area in grids])
            self._simple[layer] = {a.code: s for a, s in zip(grids, shapes, strict=True)}
        return self._simple[layer]

    def _above(self, layer: str) -> list[dict[str, Any]]:
        grids = self._grids(layer or COMMUNITY)
        paths = {area.code: area.path for area in self._areas}
        found = []
        for area in self._areas:
            if area.layer != layer or area.is_grid:
                continue
            below = [s for code, s in grids.items() if paths[code].startswith(area.path)]
            shape = shapely.union_all(below) if below else area.geometry
            found.append(_feature(area, shape))
        return found

    def _land(self) -> list[dict[str, Any]]:
        """Put together what the service layer says the land is for."""
        shapes = self._grids(SERVICE)
        uses: dict[str, list[BaseGeometry]] = {}
        for area in self._areas:
            if area.code in shapes and area.land:
                uses.setdefault(area.land, []).append(shapes[area.code])
        return [
            {
                "type": "Feature",
                "properties": {"land": use},
                "geometry": _geojson(shapely.union_all(parts)),
            }
            for use, parts in sorted(uses.items())
        ]


def _bounds(shape: BaseGeometry) -> list[float]:
    return [round(float(side), 5) for side in shape.bounds]


def _simpler(shapes: Sequence[BaseGeometry]) -> np.ndarray:
    simple = shapely.coverage_simplify(np.array(shapes, dtype=object), TOLERANCE)
    rounded = shapely.set_precision(simple, STEP)
    # A sliver that rounding would lose is drawn as it is.
    return np.where(shapely.is_empty(rounded), shapes, rounded)


def _feature(area: Area, shape: BaseGeometry) -> dict[str, Any]:
    properties = {
        "code": area.code, "name": area.name, "name_en": area.name_en, "kind": area.kind,
        "path": area.path, "land": area.land, "depth": area.path.count("/"),
        "at": [round(area.lon, 5), round(area.lat, 5)],
    }  # fmt: skip
    return {
        "type": "Feature",
        "properties": {key: value for key, value in properties.items() if value != ""},
        "geometry": _geojson(shape),
    }


def _geojson(shape: BaseGeometry) -> dict[str, Any]:
    found = shapely.geometry.mapping(shape)
    return {"type": found["type"], "coordinates": _rounded(found["coordinates"])}


def _rounded(part: Any) -> Any:
    if part and isinstance(part[0], float):
        return [round(part[0], 5), round(part[1], 5)]
    return [_rounded(piece) for piece in part]


@once_a_version
def shapes(town: Town) -> Shapes:
    """Return the shapes of the loaded town."""
    return Shapes(atlas().areas.values())
