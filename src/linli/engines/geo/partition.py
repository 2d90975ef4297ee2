"""Whether a layer's grids divide their land cleanly: no overlap, no gap, nothing outside."""

import math
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely import Geometry

# WGS-84: semi-major axis and first eccentricity.
_SEMI_MAJOR_M = 6_378_137.0
_ECCENTRICITY = 0.0818191908426215
_SQUARE_METRES_PER_HECTARE = 10_000.0


@dataclass(frozen=True)
class Overlap:
    """Two areas that claim the same land."""

    first: str
    second: str
    hectares: float


@dataclass(frozen=True)
class Gap:
    """Land of the whole that no area covers, with a point in it (WGS-84 degrees)."""

    lon: float
    lat: float
    hectares: float


@dataclass(frozen=True)
class Excess:
    """Land that an area claims outside the whole."""

    code: str
    hectares: float


@dataclass(frozen=True)
class PartitionFaults:
    """What keeps areas from being a partition of their whole; false when nothing does."""

    overlaps: tuple[Overlap, ...]
    gaps: tuple[Gap, ...]
    excesses: tuple[Excess, ...]

    def __bool__(self) -> bool:
        return bool(self.overlaps or self.gaps or self.excesses)


def partition_faults(
    areas: Mapping[str, Geometry], whole: Geometry, tolerance_m2: float = 1.0
) -> PartitionFaults:
    """Find where `areas` overlap, leave gaps in `whole` or reach beyond it.

    Parameters
    ----------
    areas
        Code → valid polygon or multipolygon, WGS-84 degrees.
    whole
        The land to be divided, in the same coordinates.
    tolerance_m2
        Faults up to this many square metres are left out: rounding coordinates to six
        decimals moves a border by up to 0.1 m.

    Returns
    -------
    Overlaps by pair of codes, gaps each with a point inside, excesses by code; each with its
    area in hectares, the largest first.
    """
    codes = sorted(areas)
    shapes = np.array([areas[code] for code in codes], dtype=object)
    floor = tolerance_m2 / _SQUARE_METRES_PER_HECTARE

    left, right = shapely.STRtree(shapes).query(shapes, predicate="intersects")
    once = left < right
    left, right = left[once], right[once]
    shared = hectares(shapely.intersection(shapes[left], shapes[right]))
    overlaps = [
        Overlap(codes[i], codes[j], float(size))
        for i, j, size in zip(left, right, shared, strict=True)
        if size > floor
    ]

    missing = shapely.get_parts(shapely.difference(whole, shapely.union_all(shapes)))
    missing = missing[~shapely.is_empty(missing)]
    inside = shapely.get_coordinates(shapely.point_on_surface(missing)).tolist()
    gaps = [
        Gap(lon, lat, float(size))
        for (lon, lat), size in zip(inside, hectares(missing), strict=True)
        if size > floor
    ]

    shapely.prepare(whole)
    # Most areas lie inside; only the rest needs the costly difference.
    beyond = np.flatnonzero(~shapely.covers(whole, shapes))
    outside = hectares(shapely.difference(shapes[beyond], whole))
    excesses = [
        Excess(codes[i], float(size))
        for i, size in zip(beyond, outside, strict=True)
        if size > floor
    ]
    return PartitionFaults(
        tuple(sorted(overlaps, key=lambda fault: -fault.hectares)),
        tuple(sorted(gaps, key=lambda fault: -fault.hectares)),
        tuple(sorted(excesses, key=lambda fault: -fault.hectares)),
    )


def hectares(shapes: Geometry | NDArray[np.object_]) -> NDArray[np.float64]:
    """Measure areas on the WGS-84 ellipsoid.

    Parameters
    ----------
    shapes
        One geometry or an array of them, WGS-84 degrees.

    Returns
    -------
    Hectares, in the shape given; 0 for points, lines and empty geometries. Exact but for edges
    being taken straight on an equal-area map: below a millionth for a county.

    Notes
    -----
    Lambert's cylindrical equal-area projection of the ellipsoid (Snyder, Map Projections: A
    Working Manual, USGS 1395, 1987, equations 3-12 and 10-14, 10-15).
    """
    flat = shapely.transform(shapes, _equal_area)
    return np.asarray(shapely.area(flat)) / _SQUARE_METRES_PER_HECTARE


def _equal_area(lonlat: NDArray[np.float64]) -> NDArray[np.float64]:
    e, e2 = _ECCENTRICITY, _ECCENTRICITY**2
    sine = np.sin(np.radians(lonlat[:, 1]))
    q = (1 - e2) * (sine / (1 - e2 * sine**2) + np.arctanh(e * sine) / e)
    x = _SEMI_MAJOR_M * math.pi / 180.0 * lonlat[:, 0]
    return np.stack([x, _SEMI_MAJOR_M * q / 2], axis=1)
