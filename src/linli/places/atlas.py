"""Where a point or a text lies in the loaded town: one grid of each layer."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
from shapely import STRtree
from shapely.geometry.base import BaseGeometry

from linli.engines.geo import Gazetteer, GridIndex, Place, Resolution
from linli.places.models import COMMUNITY, SERVICE, Area, Layer, Town
from linli.places.town import once_a_version


@dataclass(frozen=True, slots=True)
class Location:
    """Where something is. `by` is "point", "name" or "" (nowhere known)."""

    area: int | None = None
    community_grid: int | None = None
    service_grid: int | None = None
    lon: float | None = None
    lat: float | None = None
    by: str = ""
    why: dict = field(default_factory=dict)

    @property
    def is_known(self) -> bool:
        return self.community_grid is not None and self.service_grid is not None


NOWHERE = Location()


class Atlas:
    """Areas, grid index and gazetteer of one version of the town, in memory."""

    def __init__(self, areas: Sequence[Area], layers: Sequence[str]) -> None:
        self.areas = {area.pk: area for area in areas}
        self.by_code = {area.code: area for area in areas}
        grids: dict[str, dict[str, BaseGeometry]] = {layer: {} for layer in layers}
        for area in areas:
            if area.is_grid:
                grids[area.layer][area.code] = area.geometry
        self._index = GridIndex(grids)
        self._grid_ids = {
            layer: np.array([self.by_code[code].pk for code in self._index.grids(layer)])
            for layer in layers
        }
        self._points: dict[int, Location] = {}
        self._gazetteer = Gazetteer(
            [
                Place(a.code, a.name, tuple(a.aliases), a.parent.code if a.parent else None)
                for a in areas
                if a.layer != SERVICE
            ]
        )

    def ancestors(self, area: int | None) -> list[int]:
        """List the area itself and all above it, nearest first."""
        chain = []
        while area is not None:
            chain.append(area)
            area = self.areas[area].parent_id
        return chain

    def grid_of(self, area: int) -> Area:
        """Return the grid for something known only to lie in `area`: its seat, else itself."""
        found = self.areas[area]
        while not found.is_grid and found.seat_id is not None:
            found = self.areas[found.seat_id]
        return found

    def with_neighbours(self, grids: Iterable[int]) -> set[int]:
        """Return community grids and those that border on them."""
        return {near for grid in grids for near in (grid, *self._neighbours.get(grid, ()))}

    @cached_property
    def _neighbours(self) -> dict[int, list[int]]:
        grids = [a for a in self.areas.values() if a.is_grid and a.layer == COMMUNITY]
        shapes = [area.geometry for area in grids]
        found: dict[int, list[int]] = {}
        for a, b in STRtree(shapes).query(shapes, predicate="intersects").T:
            if a != b:
                found.setdefault(grids[a].pk, []).append(grids[b].pk)
        return found

    def locate_points(self, lon: np.ndarray, lat: np.ndarray) -> list[Location]:
        """Find the grids of points given in WGS-84 degrees, shape (n,) each.

        A point outside the town keeps its coordinates and has no area.
        """
        found = {
            layer: np.append(self._grid_ids[layer], -1)[positions]
            for layer, positions in self._index.locate(lon, lat).items()
        }
        return [
            Location(int(c), int(c), int(s), float(x), float(y), "point")
            if c >= 0 and s >= 0
            else Location(lon=float(x), lat=float(y))
            for c, s, x, y in zip(found[COMMUNITY], found[SERVICE], lon, lat, strict=True)
        ]

    def locate_texts(self, titles: Sequence[str], bodies: Sequence[str]) -> list[Location]:
        """Find the most specific area each text names, and the grids it stands for."""
        return [self._named(r) for r in self._gazetteer.resolve_many(titles, bodies)]

    def _named(self, resolution: Resolution) -> Location:
        if resolution.code is None:
            return NOWHERE
        area = self.by_code[resolution.code]
        return self.of_area(area.pk, by="name", why=resolution.why)

    def of_area(self, area: int, by: str = "name", why: dict | None = None) -> Location:
        """Return the location of something known to be in `area` only."""
        grid = self.grid_of(area)
        if not grid.is_grid:
            return Location(area=area, by=by, why=why or {})
        if grid.pk not in self._points:
            self._points[grid.pk] = self.locate_points(np.array([grid.lon]), np.array([grid.lat]))[
                0
            ]
        point = self._points[grid.pk]
        return Location(
            area, point.community_grid, point.service_grid, grid.lon, grid.lat, by, why or {}
        )


@once_a_version
def atlas(town: Town) -> Atlas:
    """Return the atlas of the loaded town."""
    areas = list(Area.objects.filter(retired=False).select_related("parent"))
    return Atlas(areas, list(Layer.objects.values_list("code", flat=True)))
