"""Ways between places: how far they are and how long they take."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from .hours import Hours

EARTH_M = 6_371_008.8


@dataclass(frozen=True)
class Place:
    """A place by its name; WGS-84 degrees."""

    name: str
    lon: float
    lat: float


@dataclass(frozen=True, eq=False)
class Travel:
    """Distances and times between all places, from row to column.

    Parameters
    ----------
    names
        One for each place.
    metres, seconds
        Shape (n, n), at least 0, infinite where there is no way; seconds at free speed.
    hours
        How much faster or slower it goes in each hour of the day; None: always alike.
    where
        Longitude and latitude, shape (n, 2); needed only to add places afterwards.

    Raises
    ------
    ValueError
        If names recur, the matrices are not square, or hold negative or missing numbers.
    """

    names: tuple[str, ...]
    metres: np.ndarray
    seconds: np.ndarray
    hours: Hours | None = None
    where: np.ndarray | None = None

    def __post_init__(self) -> None:
        n = len(self.names)
        if len(set(self.names)) != n:
            twice = sorted({name for name in self.names if self.names.count(name) > 1})
            raise ValueError(f"places with the same name: {', '.join(twice)}")
        for name, matrix in (("metres", self.metres), ("seconds", self.seconds)):
            if matrix.shape != (n, n):
                raise ValueError(f"{name} has shape {matrix.shape}, not {(n, n)}")
            if np.isnan(matrix).any() or (matrix < 0).any():
                raise ValueError(f"{name} holds negative or missing numbers")

    @cached_property
    def _at(self) -> dict[str, int]:
        return {name: at for at, name in enumerate(self.names)}

    def __contains__(self, name: object) -> bool:
        return name in self._at

    def at(self, name: str) -> int:
        """Return the row of a place.

        Raises
        ------
        KeyError
            If the place is unknown.
        """
        return self._at[name]

    def arrival(self, start: int, end: int, departure: float, pace: float = 1.0) -> float:
        """Return when one arrives who sets out at `departure`, between two rows."""
        seconds = float(self.seconds[start, end]) * pace
        if self.hours is None or not np.isfinite(seconds):
            return departure + seconds
        return self.hours.arrival(departure, seconds)

    def with_places(self, places: Sequence[Place]) -> "Travel":
        """Return the same with more places, such as where a vehicle is now.

        Ways to and from them are great circles, stretched and timed as the known ways are in
        the mean.

        Raises
        ------
        ValueError
            If where the known places are is not known.
        """
        if self.where is None:
            raise ValueError("no coordinates to place others by")
        n = len(self.names)
        where = np.vstack([self.where, [(p.lon, p.lat) for p in places]])
        straight = circles(where)
        is_known = np.isfinite(self.metres) & (straight[:n, :n] > 0)
        detour, speed = 1.3, 30 / 3.6
        if is_known.any():
            detour = float(self.metres[is_known].sum() / straight[:n, :n][is_known].sum())
            speed = float(self.metres[is_known].sum() / max(self.seconds[is_known].sum(), 1.0))
        metres, seconds = straight * detour, straight * detour / max(speed, 0.1)
        metres[:n, :n], seconds[:n, :n] = self.metres, self.seconds
        names = (*self.names, *(p.name for p in places))
        return Travel(names, metres, seconds, self.hours, where)


def great_circle(
    places: Sequence[Place], *, factor: float = 1.3, kmh: float = 30.0, hours: Hours | None = None
) -> Travel:
    """Return ways as great circles times a factor for the roads' bends, at one speed.

    Parameters
    ----------
    factor
        How much longer roads are than the straight line; 1.3 is usual in towns.
    kmh
        Kilometres an hour.

    Raises
    ------
    ValueError
        If a coordinate is missing or off the earth.
    """
    where = np.array([(p.lon, p.lat) for p in places], float).reshape(-1, 2)
    is_off = ~(np.isfinite(where).all(1) & (abs(where[:, 0]) <= 180) & (abs(where[:, 1]) <= 90))
    if is_off.any():
        off = ", ".join(p.name for p, is_ in zip(places, is_off, strict=True) if is_)
        raise ValueError(f"places that are not on the earth: {off}")
    metres = circles(where) * factor
    names = tuple(p.name for p in places)
    return Travel(names, metres, metres / (kmh / 3.6), hours, where)


def circles(where: np.ndarray) -> np.ndarray:
    """Return great-circle distances in metres between points (longitude, latitude)."""
    lon, lat = np.radians(where).T
    half = np.sin((lat[:, None] - lat) / 2) ** 2
    half = half + np.cos(lat)[:, None] * np.cos(lat) * np.sin((lon[:, None] - lon) / 2) ** 2
    return np.asarray(2 * EARTH_M * np.arcsin(np.sqrt(np.clip(half, 0, 1))))
