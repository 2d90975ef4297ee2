"""Points to grids: each point lies in one grid of every layer, or outside.

A raster is laid over each layer once. A cell that lies wholly in one grid answers by lookup;
only points in cells crossed by a border are tested against the grids that meet there. The
answer is the same as testing every point against every grid, border rule included.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import shapely
from numpy.typing import ArrayLike, NDArray
from shapely import Geometry

Positions = NDArray[np.int64]

_OUTSIDE = -1
# The raster halves its cells this often: 2^8 = 256 cells a side, 160 m in a county. Two more
# halvings find a million points in 0.1 s instead of 0.2 s, but take four times as long to build
# (0.85 s, and every process builds its own).
_HALVINGS = 8
# A point's cell is computed in floating point and may come out next door by a rounding error.
# Cells are tested a little larger than they are, so that both neighbours' answers hold there.
_MARGIN = 1e-6


class GridIndex:
    """Finds the grid of each layer that holds a point; built once, then read only.

    Parameters
    ----------
    layers
        For each layer its grids: code → polygon or multipolygon, WGS-84 degrees. Gaps and
        overlaps are allowed (see `partition_faults`), empty layers too.

    Raises
    ------
    ValueError
        If a grid is no polygon, is empty or is not valid; the message names layer and code.
    """

    def __init__(self, layers: Mapping[str, Mapping[str, Geometry]]) -> None:
        self._layers = {name: _Layer(name, grids) for name, grids in layers.items()}

    @property
    def layers(self) -> tuple[str, ...]:
        """The layers, in the order given."""
        return tuple(self._layers)

    def grids(self, layer: str) -> tuple[str, ...]:
        """Give the codes that the positions of `locate` point into, sorted."""
        return self._layers[layer].codes

    def locate(self, lon: ArrayLike, lat: ArrayLike) -> dict[str, Positions]:
        """Find the grid of each layer that holds each point.

        Parameters
        ----------
        lon, lat
            WGS-84 degrees, shape (n,).

        Returns
        -------
        For each layer positions into `self.grids(layer)`, shape (n,), -1 where no grid holds
        the point (NaN included). A point on a shared border belongs to the grid with the
        smaller code.

        Raises
        ------
        ValueError
            If `lon` and `lat` are not two equally long rows of numbers.
        """
        east, north = np.asarray(lon, dtype=np.float64), np.asarray(lat, dtype=np.float64)
        if east.ndim != 1 or east.shape != north.shape:
            raise ValueError(f"lon {east.shape} and lat {north.shape} must both have shape (n,)")
        return {name: layer.locate(east, north) for name, layer in self._layers.items()}

    def codes(self, lon: float, lat: float) -> dict[str, str | None]:
        """Give the code of the grid of each layer that holds one point, None outside."""
        found = self.locate([lon], [lat])
        return {
            name: self.grids(name)[position[0]] if position[0] != _OUTSIDE else None
            for name, position in found.items()
        }


@dataclass(frozen=True)
class _Raster:
    """Square numbers over a rectangle: who owns each cell.

    `owner` holds, row by row, a grid's position where the cell lies wholly in that grid, -1
    where no grid reaches, and -2 - k where several things meet: then the candidates are
    `candidates[start[k]:start[k + 1]]`.
    """

    west: float
    south: float
    width: float
    height: float
    owner: NDArray[np.int32]
    start: NDArray[np.int64]
    candidates: NDArray[np.int64]


class _Layer:
    def __init__(self, name: str, grids: Mapping[str, Geometry]) -> None:
        self.codes = tuple(sorted(grids))
        self._shapes = np.array([grids[code] for code in self.codes], dtype=object)
        for code, shape in zip(self.codes, self._shapes, strict=True):
            _check(name, code, shape)
        shapely.prepare(self._shapes)
        self._raster = _rasterised(self._shapes) if self.codes else None

    def locate(self, lon: NDArray[np.float64], lat: NDArray[np.float64]) -> Positions:
        raster = self._raster
        if raster is None:
            return np.full(len(lon), _OUTSIDE, dtype=np.int64)
        side = 1 << _HALVINGS
        column = (lon - raster.west) * (1.0 / raster.width)
        row = (lat - raster.south) * (1.0 / raster.height)
        # The raster is framed with room to spare, so what falls off it is outside. The
        # comparisons are false for NaN.
        on = (column >= 0) & (column < side) & (row >= 0) & (row < side)
        if on.all():
            cell = row.astype(np.int32) * side + column.astype(np.int32)
            found = raster.owner[cell].astype(np.int64)
        else:
            found = np.full(len(lon), _OUTSIDE, dtype=np.int64)
            cell = row[on].astype(np.int32) * side + column[on].astype(np.int32)
            found[on] = raster.owner[cell]
        unsure = np.flatnonzero(found < _OUTSIDE)
        if len(unsure):
            found[unsure] = self._tested(raster, -2 - found[unsure], lon[unsure], lat[unsure])
        return found

    def _tested(
        self,
        raster: _Raster,
        meeting: Positions,
        lon: NDArray[np.float64],
        lat: NDArray[np.float64],
    ) -> Positions:
        """Test points in border cells against the grids that meet there."""
        first, count = raster.start[meeting], raster.start[meeting + 1] - raster.start[meeting]
        point = np.repeat(np.arange(len(meeting)), count)
        ordinal = np.arange(len(point)) - np.repeat(np.cumsum(count) - count, count)
        grid = raster.candidates[first[point] + ordinal]

        # One grid after the other, so that each uses its prepared index; from the greatest
        # code to the smallest, so that on a shared border the smallest has the last word.
        found = np.full(len(meeting), _OUTSIDE, dtype=np.int64)
        order = np.argsort(-grid, kind="stable")
        point, grid = point[order], grid[order]
        for group in np.split(np.arange(len(grid)), np.flatnonzero(np.diff(grid)) + 1):
            if len(group):
                position, tested = grid[group[0]], point[group]
                hit = shapely.intersects_xy(self._shapes[position], lon[tested], lat[tested])
                found[tested[hit]] = position
        return found


def _check(layer: str, code: str, shape: Geometry) -> None:
    where = f'layer "{layer}", grid {code}'
    if not isinstance(shape, shapely.Polygon | shapely.MultiPolygon) or shape.is_empty:
        raise ValueError(f"{where}: a grid must be a polygon with an area")
    if not shape.is_valid:
        raise ValueError(f"{where}: {shapely.is_valid_reason(shape)}")


def _rasterised(shapes: NDArray[np.object_]) -> _Raster:
    """Lay the raster by halving cells until each is wholly in one grid or small enough."""
    tree = shapely.STRtree(shapes)
    west, south, east, north = shapely.total_bounds(shapes)
    # Room around the outermost border, so that every point of a grid falls on the raster.
    room = 1e-3 * max(east - west, north - south)
    west, south, east, north = west - room, south - room, east + room, north + room

    side = 1
    column = row = np.zeros(1, dtype=np.int64)
    owner = np.full((1 << _HALVINGS, 1 << _HALVINGS), _OUTSIDE, dtype=np.int32)
    for halving in range(_HALVINGS + 1):
        width, height = (east - west) / side, (north - south) / side
        boxes = _boxes(west, south, width, height, column, row)
        box, grid = tree.query(boxes, predicate="intersects")
        reached = np.bincount(box, minlength=len(boxes))
        alone = np.flatnonzero(reached[box] == 1)
        whole = alone[shapely.covers(shapes[grid[alone]], boxes[box[alone]])]
        block = (1 << _HALVINGS) // side
        for cell, position in zip(box[whole].tolist(), grid[whole].tolist(), strict=True):
            top, left = row[cell] * block, column[cell] * block
            owner[top : top + block, left : left + block] = position
        reached[box[whole]] = 0
        mixed = np.flatnonzero(reached)
        if halving == _HALVINGS:
            break
        column, row = (
            np.concatenate([2 * axis[mixed] + step for step in steps])
            for axis, steps in ((column, (0, 1, 0, 1)), (row, (0, 0, 1, 1)))
        )
        side *= 2

    owner[row[mixed], column[mixed]] = -2 - np.arange(len(mixed))
    still = reached[box] > 0
    order = np.argsort(box[still], kind="stable")
    start = np.concatenate([[0], np.cumsum(reached[mixed])])
    candidates = grid[still][order].astype(np.int64)
    return _Raster(west, south, width, height, owner.ravel(), start, candidates)


def _boxes(
    west: float, south: float, width: float, height: float, column: Positions, row: Positions
) -> NDArray[np.object_]:
    left, bottom = west + column * width, south + row * height
    aside, above = _MARGIN * width, _MARGIN * height
    boxes: NDArray[np.object_] = shapely.box(
        left - aside, bottom - above, left + width + aside, bottom + height + above
    )
    return boxes
