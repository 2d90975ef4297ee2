"""Cutting land into pieces along lines, and what is wrong with pieces that should cover a whole.

All shapes are WGS-84 degrees. Lines are noded on a grid of `GRID` degrees (about a centimetre),
so that neighbours share their corners to the last digit: a corner that is moved moves in each of
them, and no sliver is left between. Ends of a line may stop short of a border by `REACH`, or run
past it: what hangs over cuts nothing.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

import numpy as np
import shapely
from shapely.geometry import LineString, Point, Polygon
from shapely.geometry.base import BaseGeometry

from linli.engines.geo import hectares

GRID = 1e-7
REACH = 3e-5  # degrees: about three metres
SLIVER = 0.001  # hectares (10 m²): what is smaller is where lines were rounded


class NotCut(ValueError):
    """Why a cut, a merger or a move cannot be; `why` is one of the words below."""

    CROSSES_NOTHING, APART, NO_CORNER, BROKEN = "crosses-nothing", "apart", "no-corner", "broken"

    def __init__(self, why: str) -> None:
        super().__init__(why)
        self.why = why


def cut(
    pieces: Sequence[BaseGeometry],
    line: LineString,
    only: Collection[int] | None = None,
) -> list[list[BaseGeometry]]:
    """Cut pieces along a line, which may be closed to a ring.

    Parameters
    ----------
    pieces
        Polygons that do not overlap.
    only
        Positions of the pieces that may be cut; all if it is None.

    Returns
    -------
    For each piece its parts, the largest first; one part where the line does not cross it.

    Raises
    ------
    NotCut
        If no piece falls apart.
    """
    blade = _reaching(line)
    faces = _faces([*(piece.boundary for piece in pieces), blade])
    inside = shapely.STRtree([face.representative_point() for face in faces])
    found: list[list[BaseGeometry]] = []
    for at, piece in enumerate(pieces):
        own = [faces[i] for i in sorted(inside.query(piece, predicate="contains"))]
        if not own:  # thinner than the grid: it stays as it is
            found.append([piece])
        elif only is not None and at not in only:
            found.append([_whole(own)])
        else:
            found.append(_parts(piece, own))
    if all(len(parts) == 1 for parts in found):
        raise NotCut(NotCut.CROSSES_NOTHING)
    return found


def _parts(piece: BaseGeometry, faces: list[Polygon]) -> list[BaseGeometry]:
    """Return the faces as parts; those parts of a piece in several that were not cut stay one."""
    by_polygon: list[list[Polygon]] = [[] for _ in shapely.get_parts(piece)]
    polygons = shapely.STRtree(shapely.get_parts(piece))
    for face in faces:
        nearest = int(polygons.nearest(face.representative_point()))
        by_polygon[nearest].append(face)
    uncut = [own[0] for own in by_polygon if len(own) == 1]
    split = sorted((face for own in by_polygon if len(own) > 1 for face in own),
                   key=lambda face: -face.area)  # fmt: skip
    if not split:
        return [_whole(faces)]
    return [_whole([split[0], *uncut]), *split[1:]]


def _reaching(line: LineString) -> LineString:
    """Return a line whose ends go `REACH` farther; a ring stays as it is."""
    at = shapely.get_coordinates(line)
    if line.is_ring or len(at) < 2:
        return line
    for end, before in ((0, 1), (-1, -2)):
        way = at[end] - at[before]
        length = np.hypot(*way)
        if length:
            at[end] = at[end] + way / length * REACH
    return LineString(at)


def _faces(lines: Sequence[BaseGeometry]) -> list[Polygon]:
    noded = shapely.union_all(list(lines), grid_size=GRID)
    return list(shapely.get_parts(shapely.polygonize(shapely.get_parts(noded))))


def _whole(faces: Sequence[Polygon]) -> BaseGeometry:
    return faces[0] if len(faces) == 1 else shapely.union_all(list(faces), grid_size=GRID)


def merged(pieces: Sequence[BaseGeometry]) -> BaseGeometry:
    """Put pieces together.

    Raises
    ------
    NotCut
        If they do not touch along an edge.
    """
    whole = shapely.union_all(list(pieces), grid_size=GRID)
    if len(shapely.get_parts(whole)) > max(len(shapely.get_parts(piece)) for piece in pieces):
        raise NotCut(NotCut.APART)
    return whole


def moved(
    pieces: Sequence[BaseGeometry], start: tuple[float, float], end: tuple[float, float]
) -> list[BaseGeometry]:
    """Move a corner in every piece that has it.

    Raises
    ------
    NotCut
        If no piece has a corner there, or the sides of one would cross.
    """
    from_, to = np.array(start), np.round(np.array(end), 7)

    def shift(at: np.ndarray) -> np.ndarray:
        is_here = np.abs(at - from_).max(axis=1) <= 2 * GRID
        return np.where(is_here[:, None], to, at)

    found = [shapely.transform(piece, shift) for piece in pieces]
    changed = [new for old, new in zip(pieces, found, strict=True) if new is not old
               and not shapely.equals_exact(old, new)]  # fmt: skip
    if not changed:
        raise NotCut(NotCut.NO_CORNER)
    if not all(new.is_valid and new.area > 0 for new in changed):
        raise NotCut(NotCut.BROKEN)
    return found


def noded(pieces: Sequence[BaseGeometry]) -> list[BaseGeometry]:
    """Return pieces that do not overlap with the same corners on the borders between them."""
    faces = _faces([piece.boundary for piece in pieces])
    inside = shapely.STRtree([face.representative_point() for face in faces])
    found = []
    for piece in pieces:
        own = [faces[at] for at in sorted(inside.query(piece, predicate="contains"))]
        found.append(_whole(own) if own else piece)
    return found


@dataclass(frozen=True)
class Patch:
    """Land where something is wrong: how much, where, and the positions of the pieces it is of."""

    hectares: float
    at: tuple[float, float]
    of: tuple[int, ...] = ()


@dataclass(frozen=True)
class CoverFaults:
    """What is wrong with pieces that should cover land: nothing if each list is empty."""

    overlaps: list[Patch]
    outside: list[Patch]
    gaps: list[Patch]

    def __bool__(self) -> bool:
        return bool(self.overlaps or self.outside or self.gaps)


def cover_faults(
    pieces: Sequence[BaseGeometry], within: BaseGeometry, covered: BaseGeometry
) -> CoverFaults:
    """Find where pieces lie over each other, leave `within`, or leave open what `covered` holds.

    What is thinner than the grid on both sides, or smaller than `SLIVER`, is no fault.
    """
    overlaps = []
    tree = shapely.STRtree(list(pieces))
    for at, piece in enumerate(pieces):
        for other in sorted(tree.query(piece, predicate="intersects")):
            if other > at:
                shared = shapely.intersection(piece, pieces[other])
                overlaps += _patches(shared, (at, int(other)))
    outside = [
        patch for at, piece in enumerate(pieces)
        for patch in _patches(shapely.difference(piece, within), (at,))
    ]  # fmt: skip
    left = shapely.difference(covered, shapely.union_all(list(pieces)))
    return CoverFaults(overlaps, outside, _patches(left))


def _patches(land: BaseGeometry, of: tuple[int, ...] = ()) -> list[Patch]:
    opened = land.buffer(-2 * GRID).buffer(2 * GRID) if not land.is_empty else land
    found = []
    for part in shapely.get_parts(opened):
        if isinstance(part, Polygon) and (size := float(hectares(part))) > SLIVER:
            inside: Point = part.representative_point()
            found.append(Patch(size, (round(inside.x, 6), round(inside.y, 6)), of))
    return sorted(found, key=lambda patch: -patch.hectares)
