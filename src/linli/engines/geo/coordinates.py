"""Mainland coordinate systems: WGS-84 (the world's), GCJ-02 (maps printed in China), BD-09 (Baidu).

GCJ-02 is WGS-84 pushed aside by up to about 700 m by a fixed field of sines; BD-09 pushes
GCJ-02 aside once more. Neither is documented by its owner. The field used here is the one
recovered by the public from the "China map shift" code of 2009 and checked since against the
vendors' own converters: https://github.com/googollee/eviltransform (MIT),
https://github.com/wandergis/coordtransform (MIT) and
https://en.wikipedia.org/wiki/Restrictions_on_geographic_data_in_China.

Published inverses subtract the shift once and are off by a metre or two. Here the inverse is
iterated to the point whose forward image is the given one, to about a nanometre.
"""

from typing import Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

System = Literal["wgs84", "gcj02", "bd09"]
SYSTEMS: tuple[System, ...] = ("wgs84", "gcj02", "bd09")

Degrees = NDArray[np.float64]

# GCJ-02 is computed on the Krasovsky 1940 ellipsoid, though it shifts WGS-84 positions.
_SEMI_MAJOR_M = 6_378_245.0
_ECCENTRICITY_SQUARED = 0.00669342162296594323
# The rectangle outside which the vendors leave coordinates as they are.
_WEST, _EAST, _SOUTH, _NORTH = 72.004, 137.8347, 0.8293, 55.8271

_BAIDU_EAST, _BAIDU_NORTH = 0.0065, 0.006
_BAIDU_PI = np.pi * 3000.0 / 180.0

# The shift changes by well under 1 % of the step, so each round gains two digits or more;
# eight rounds pass the precision of a double.
_ROUNDS = 8


def is_shifted(lon: ArrayLike, lat: ArrayLike) -> NDArray[np.bool_]:
    """Say which WGS-84 points lie in the rectangle where GCJ-02 differs from WGS-84.

    The rectangle is the vendors' own rough idea of China and takes in parts of its
    neighbours; what matters is to shift exactly where they do.
    """
    lon, lat = _degrees(lon, lat)
    return (lon >= _WEST) & (lon <= _EAST) & (lat >= _SOUTH) & (lat <= _NORTH)


def from_wgs84(lon: ArrayLike, lat: ArrayLike, system: System) -> tuple[Degrees, Degrees]:
    """Convert WGS-84 positions to `system`.

    Parameters
    ----------
    lon, lat
        WGS-84 degrees, any shape (the two broadcast together).
    system
        "wgs84", "gcj02" or "bd09".

    Returns
    -------
    Longitude and latitude in degrees, in the shape given. NaN stays NaN. Outside China
    GCJ-02 equals WGS-84.

    Raises
    ------
    ValueError
        If `system` is none of the three.
    """
    lon, lat = _degrees(lon, lat)
    if system == "wgs84":
        return lon, lat
    if system == "gcj02":
        return _shifted(lon, lat)
    if system == "bd09":
        return _to_baidu(*_shifted(lon, lat))
    raise ValueError(_unknown(system))


def to_wgs84(lon: ArrayLike, lat: ArrayLike, system: System) -> tuple[Degrees, Degrees]:
    """Convert positions given in `system` to WGS-84, the exact inverse of `from_wgs84`.

    Parameters
    ----------
    lon, lat
        Degrees in `system`, any shape (the two broadcast together).
    system
        "wgs84", "gcj02" or "bd09".

    Returns
    -------
    WGS-84 longitude and latitude in degrees, in the shape given.

    Raises
    ------
    ValueError
        If `system` is none of the three.
    """
    lon, lat = _degrees(lon, lat)
    if system == "wgs84":
        return lon, lat
    if system == "gcj02":
        return _unshifted(lon, lat)
    if system == "bd09":
        return _unshifted(*_from_baidu(lon, lat))
    raise ValueError(_unknown(system))


def _degrees(lon: ArrayLike, lat: ArrayLike) -> tuple[Degrees, Degrees]:
    east, north = np.broadcast_arrays(np.asarray(lon, float), np.asarray(lat, float))
    return east, north


def _unknown(system: str) -> str:
    return f'"{system}" is not a coordinate system ({", ".join(SYSTEMS)})'


def _shift(lon: Degrees, lat: Degrees) -> tuple[Degrees, Degrees]:
    """Give the GCJ-02 shift in degrees at WGS-84 positions inside China."""
    x, y = lon - 105.0, lat - 35.0
    root = np.sqrt(np.abs(x))
    ripple = (20.0 * np.sin(6.0 * x * np.pi) + 20.0 * np.sin(2.0 * x * np.pi)) * 2.0 / 3.0

    north = -100.0 + 2.0 * x + 3.0 * y + 0.2 * y * y + 0.1 * x * y + 0.2 * root + ripple
    north += (20.0 * np.sin(y * np.pi) + 40.0 * np.sin(y / 3.0 * np.pi)) * 2.0 / 3.0
    north += (160.0 * np.sin(y / 12.0 * np.pi) + 320.0 * np.sin(y * np.pi / 30.0)) * 2.0 / 3.0

    east = 300.0 + x + 2.0 * y + 0.1 * x * x + 0.1 * x * y + 0.1 * root + ripple
    east += (20.0 * np.sin(x * np.pi) + 40.0 * np.sin(x / 3.0 * np.pi)) * 2.0 / 3.0
    east += (150.0 * np.sin(x / 12.0 * np.pi) + 300.0 * np.sin(x / 30.0 * np.pi)) * 2.0 / 3.0

    radians = np.radians(lat)
    flattening = 1.0 - _ECCENTRICITY_SQUARED * np.sin(radians) ** 2
    meridian = _SEMI_MAJOR_M * (1.0 - _ECCENTRICITY_SQUARED) / flattening**1.5
    parallel = _SEMI_MAJOR_M / np.sqrt(flattening) * np.cos(radians)
    return np.degrees(east / parallel), np.degrees(north / meridian)


def _shifted(lon: Degrees, lat: Degrees) -> tuple[Degrees, Degrees]:
    east, north = _shift(lon, lat)
    inside = is_shifted(lon, lat)
    return np.where(inside, lon + east, lon), np.where(inside, lat + north, lat)


def _unshifted(lon: Degrees, lat: Degrees) -> tuple[Degrees, Degrees]:
    # The rectangle is tested on the WGS-84 side, as the forward direction does. A point within
    # a shift of its edge has no or two originals; it is then taken for unshifted.
    east, north = lon, lat
    for _ in range(_ROUNDS):
        ahead, up = _shift(east, north)
        east, north = lon - ahead, lat - up
    inside = is_shifted(east, north)
    return np.where(inside, east, lon), np.where(inside, north, lat)


def _to_baidu(lon: Degrees, lat: Degrees) -> tuple[Degrees, Degrees]:
    radius = np.hypot(lon, lat) + 0.00002 * np.sin(lat * _BAIDU_PI)
    angle = np.arctan2(lat, lon) + 0.000003 * np.cos(lon * _BAIDU_PI)
    return radius * np.cos(angle) + _BAIDU_EAST, radius * np.sin(angle) + _BAIDU_NORTH


def _from_baidu(lon: Degrees, lat: Degrees) -> tuple[Degrees, Degrees]:
    east, north = lon - _BAIDU_EAST, lat - _BAIDU_NORTH
    for _ in range(_ROUNDS):
        ahead, up = _to_baidu(east, north)
        east, north = east + (lon - ahead), north + (lat - up)
    return east, north
