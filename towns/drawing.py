"""How the sample towns are drawn: balanced cells, one arrangement of all layers, stable files.

Used only by the `make_town.py` scripts beside it; needs numpy and shapely, which Linli has.
"""

import csv
import json
import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely import Geometry

Points = NDArray[np.float64]
Ring = list[tuple[float, float]]

# Coordinates are written with six decimals (0.1 m), so the drawing is snapped to them first:
# rounding afterwards would open gaps and overlaps between neighbours.
DECIMALS = 6
METRES_PER_DEGREE = 111_320.0


@dataclass(frozen=True)
class Plane:
    """A flat map in metres around one latitude, good enough to draw a county on."""

    lon: float
    lat: float

    def metres(self, lonlat: NDArray[np.float64]) -> NDArray[np.float64]:
        """Give metres east and north of the origin for degrees, shape (n, 2)."""
        return (lonlat - (self.lon, self.lat)) * self._scale

    def degrees(self, metres: NDArray[np.float64]) -> NDArray[np.float64]:
        """Give degrees for metres east and north of the origin, shape (n, 2)."""
        return metres / self._scale + (self.lon, self.lat)

    @property
    def _scale(self) -> NDArray[np.float64]:
        return np.array([METRES_PER_DEGREE * math.cos(math.radians(self.lat)), METRES_PER_DEGREE])


def cells(region: Geometry, sites: Points, weights: Sequence[float]) -> list[Geometry]:
    """Cut `region` into the power cells of `sites` (Voronoi cells when the weights are equal).

    A greater weight, in square units, gives a larger cell.
    """
    west, south, east, north = shapely.bounds(region)
    frame = [(west, south), (east, south), (east, north), (west, north)]
    rings = []
    for i, (x, y) in enumerate(sites):
        ring: Ring = frame
        for j, (u, v) in enumerate(sites):
            if i != j and ring:
                limit = (u * u + v * v - weights[j]) - (x * x + y * y - weights[i])
                ring = _clipped(ring, 2 * (u - x), 2 * (v - y), limit)
        rings.append(ring)
    convex = [shapely.Polygon(ring) if len(ring) > 2 else shapely.Polygon() for ring in rings]
    return list(shapely.intersection(convex, region))


def balanced_cells(
    region: Geometry, sites: Points, shares: Sequence[float], rounds: int = 150, still: bool = False
) -> list[Geometry]:
    """Cut `region` into cells whose areas stand to each other as `shares`.

    Sites drift to the middle of their cells (Lloyd) unless `still`; weights follow the areas.
    """
    goal = np.asarray(shares, float) / np.sum(shares) * shapely.area(region)
    sites, weights = np.array(sites, float), np.zeros(len(sites))
    for _ in range(rounds):
        cut = cells(region, sites, list(weights))
        area = shapely.area(cut)
        # Sites close together trade much land for little weight: small steps keep that stable.
        weights += 0.2 * (goal - area)
        weights -= weights.mean()
        if not still:
            sites[area > 0] = shapely.get_coordinates(shapely.centroid(cut))
    final = cells(region, sites, list(weights))
    if min(shapely.area(final)) == 0:
        raise ValueError("a cell came out empty: use more rounds or other sites")
    return final


def scattered(region: Geometry, count: int, rng: np.random.Generator) -> Points:
    """Throw `count` random points into `region`."""
    west, south, east, north = shapely.bounds(region)
    found: list[tuple[float, float]] = []
    while len(found) < count:
        x, y = rng.uniform(west, east), rng.uniform(south, north)
        if shapely.contains_xy(region, x, y):
            found.append((x, y))
    return np.array(found)


def blob(
    x: float, y: float, radius: float, rng: np.random.Generator, squash: float = 1.0
) -> Geometry:
    """Draw a rounded, slightly uneven patch around a point, radius in metres."""
    turn = np.linspace(0, 2 * np.pi, 28, endpoint=False)
    wave = (
        1
        + 0.10 * np.sin(2 * turn + rng.uniform(0, 6))
        + 0.07 * np.sin(3 * turn + rng.uniform(0, 6))
    )
    ring = np.stack([np.cos(turn) * squash, np.sin(turn) / squash], axis=1)
    return shapely.Polygon(ring * (wave * radius)[:, None] + (x, y))


def weave(layers: Sequence[Mapping[str, Geometry]]) -> list[dict[str, list[Geometry]]]:
    """Snap all layers together to the written precision.

    Every layer covers the same land. All their borders are noded on one grid of six decimals
    and cut into faces; each face belongs to one area in each layer, so within a layer nothing
    overlaps, nothing is left out, and all layers share every vertex.

    Returns
    -------
    For each layer, code → the faces of that area.
    """
    lines = shapely.boundary([area for layer in layers for area in layer.values()])
    noded = shapely.union_all(lines, grid_size=10.0**-DECIMALS)
    faces = shapely.get_parts(shapely.polygonize(shapely.get_parts(noded)))
    inner = shapely.point_on_surface(faces)
    woven: list[dict[str, list[Geometry]]] = []
    for layer in layers:
        codes = list(layer)
        tree = shapely.STRtree(list(layer.values()))
        owner = tree.query_nearest(inner, all_matches=False)[1]
        share: dict[str, list[Geometry]] = {code: [] for code in codes}
        for face, position in zip(faces, owner, strict=True):
            share[codes[position]].append(face)
        woven.append(share)
    return woven


def joined(faces: Iterable[Geometry]) -> Geometry:
    """Make one area of faces that share their borders vertex by vertex."""
    return shapely.normalize(shapely.coverage_union_all(list(faces)))


def feature(geometry: Geometry, **properties: object) -> dict[str, object]:
    """Make one GeoJSON feature of the town format."""
    drawn = json.loads(shapely.to_geojson(geometry))
    drawn["coordinates"] = _rounded(drawn["coordinates"])
    return {"type": "Feature", "properties": properties, "geometry": drawn}


def write_areas(path: Path, features: Sequence[Mapping[str, object]]) -> None:
    """Write a feature collection with one feature a line, so that changes can be read."""
    lines = [json.dumps(f, ensure_ascii=False, separators=(",", ":")) for f in features]
    body = ",\n".join(lines)
    path.write_text(f'{{"type":"FeatureCollection","features":[\n{body}\n]}}\n', "utf-8")


def write_rows(path: Path, rows: Sequence[Mapping[str, str]]) -> None:
    """Write a CSV file with the columns of its first row."""
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, list(rows[0]), lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)


def _clipped(ring: Ring, a: float, b: float, limit: float) -> Ring:
    """Keep the part of a convex ring where a·x + b·y ≤ limit."""
    kept: Ring = []
    for (x, y), (u, v) in zip(ring, [*ring[1:], ring[0]], strict=True):
        here, there = a * x + b * y - limit, a * u + b * v - limit
        if here <= 0:
            kept.append((x, y))
        if (here < 0 < there) or (there < 0 < here):
            t = here / (here - there)
            kept.append((x + t * (u - x), y + t * (v - y)))
    return kept


def _rounded(coordinates: Any) -> Any:
    if isinstance(coordinates, float | int):
        return round(coordinates, DECIMALS)
    return [_rounded(part) for part in coordinates]
