"""A state of the pieces while they are cut, and the operations that make the next state of it."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import shapely
from django.utils.translation import gettext as _
from shapely.geometry import LineString, Polygon
from shapely.geometry.base import BaseGeometry

from linli.engines import cutting
from linli.engines.cutting import NotCut
from linli.programmes.remediation.cutting.ground import Ground
from linli.programmes.remediation.models import Block, Parcel

MOST = 500  # pieces of one ground


class Refused(ValueError):
    """An operation or a state that cannot be; the message says why."""


@dataclass(frozen=True)
class Piece:
    """A block or parcel to be; `of` is the code of the piece that is there whose ground it is."""

    code: str
    shape: BaseGeometry
    name: str = ""
    name_en: str = ""
    use: str = ""
    of: str = ""

    def __str__(self) -> str:
        return self.name or self.code


@dataclass(frozen=True)
class Sheet:
    """All pieces of a ground; `where` says on which of them each enterprise stands."""

    ground: Ground
    pieces: tuple[Piece, ...]
    where: dict[str, str] = field(default_factory=dict)

    def index(self, codes: Iterable[str]) -> list[int]:
        """Return the positions of pieces.

        Raises
        ------
        Refused
            If one is not there.
        """
        known = {piece.code: at for at, piece in enumerate(self.pieces)}
        for code in codes:
            if code not in known:
                raise Refused(_("“%(code)s” is not known here.") % {"code": code})
        return [known[code] for code in codes]


def opened(ground: Ground) -> Sheet:
    """Return the pieces as they stand."""
    pieces = tuple(
        Piece(row.code, row.geometry, getattr(row, "name", ""), getattr(row, "name_en", ""),
              getattr(row, "use", ""), row.code)
        for row in ground.rows
    )  # fmt: skip
    return Sheet(ground, pieces, {row.code: row.parcel.code for row in ground.holdings})


# --- operations ------------------------------------------------------------------------------


def cut(sheet: Sheet, line: LineString, only: Sequence[str] = ()) -> Sheet:
    """Cut the pieces a line crosses, or those of them that are named, from side to side.

    The largest part of each keeps its code, name and enterprises; the others get new codes.

    Raises
    ------
    Refused
        If nothing falls apart.
    """
    shapes = [piece.shape for piece in sheet.pieces]
    parts = _try(cutting.cut, shapes, line, sheet.index(only) if only else None)
    pieces: list[Piece] = []
    codes = _taken(sheet)
    for piece, own in zip(sheet.pieces, parts, strict=True):
        pieces.append(replace(piece, shape=own[0]))
        pieces += [_part(sheet.ground, piece, shape, codes) for shape in own[1:]]
    return _counted(sheet, pieces)


def carve(sheet: Sheet, land: Polygon) -> Sheet:
    """Make one piece of the land inside a ring, whatever pieces it lies in, or none.

    Raises
    ------
    Refused
        If the ring crosses itself or lies outside of the ground.
    """
    wanted = _land(land)
    wanted = shapely.intersection(wanted, sheet.ground.within, grid_size=cutting.GRID)
    wanted = _land(wanted, _("That lies outside of %(ground)s.") % {"ground": _name(sheet)})
    most: tuple[float, Piece | None] = (0.0, None)
    pieces: list[Piece] = []
    codes = _taken(sheet)
    for piece in sheet.pieces:
        shared = shapely.intersection(piece.shape, wanted).area
        most = max(most, (shared, piece), key=lambda pair: pair[0])
        left = shapely.difference(piece.shape, wanted, grid_size=cutting.GRID) if shared else (
            piece.shape
        )  # fmt: skip
        own = sorted(_lands(left), key=lambda part: -part.area)
        is_whole = len(shapely.get_parts(piece.shape)) > 1 and not shared
        if is_whole:
            own = [piece.shape]
        if own:
            pieces.append(replace(piece, shape=own[0]))
            pieces += [_part(sheet.ground, piece, shape, codes) for shape in own[1:]]
    origin = most[1] or Piece(sheet.ground.code, wanted)
    pieces.append(_part(sheet.ground, origin, wanted, codes, is_new=most[1] is None))
    return _counted(sheet, _noded(pieces))


def merge(sheet: Sheet, codes: Sequence[str]) -> Sheet:
    """Put pieces together; the largest keeps its code and name.

    Raises
    ------
    Refused
        If there are fewer than two, or they do not touch along an edge.
    """
    at = sheet.index(codes)
    if len(set(at)) < 2:
        raise Refused(_("Choose two pieces or more."))
    own = sorted((sheet.pieces[i] for i in set(at)), key=lambda piece: -piece.shape.area)
    whole = replace(own[0], shape=_try(cutting.merged, [piece.shape for piece in own]))
    gone = {piece.code for piece in own[1:]}
    pieces = [
        whole if piece.code == whole.code else piece
        for piece in sheet.pieces
        if piece.code not in gone
    ]
    where = {key: whole.code if at in gone else at for key, at in sheet.where.items()}
    return replace(sheet, pieces=tuple(pieces), where=where)


def move(sheet: Sheet, start: tuple[float, float], end: tuple[float, float]) -> Sheet:
    """Move a corner, in every piece that has it.

    Raises
    ------
    Refused
        If there is no corner, or sides would cross.
    """
    shapes = _try(cutting.moved, [piece.shape for piece in sheet.pieces], start, end)
    pieces = [replace(piece, shape=shape)
              for piece, shape in zip(sheet.pieces, shapes, strict=True)]  # fmt: skip
    return replace(sheet, pieces=tuple(pieces))


def fill(sheet: Sheet) -> Sheet:
    """Make a piece of every gap."""
    shapes = [piece.shape for piece in sheet.pieces]
    left = shapely.difference(sheet.ground.covered, shapely.union_all(shapes),
                              grid_size=cutting.GRID)  # fmt: skip
    codes, pieces = _taken(sheet), list(sheet.pieces)
    base = Piece(sheet.ground.code, left)
    pieces += [_part(sheet.ground, base, part, codes, is_new=True) for part in _lands(left)]
    return _counted(sheet, pieces)


def trim(sheet: Sheet) -> Sheet:
    """Take away what lies outside of the ground, and what lies on two pieces from the later one."""
    taken: BaseGeometry = Polygon()
    pieces = []
    for piece in sheet.pieces:
        inside = shapely.intersection(piece.shape, sheet.ground.within)
        own = shapely.union_all(_lands(shapely.difference(inside, taken, grid_size=cutting.GRID)))
        if not own.is_empty:
            pieces.append(replace(piece, shape=own))
            taken = shapely.union(taken, own)
    return _counted(sheet, _noded(pieces))


def _try(operation: Any, *given: Any) -> Any:
    words = {
        NotCut.CROSSES_NOTHING: _("The line crosses no piece from side to side."),
        NotCut.APART: _("These pieces do not touch along an edge."),
        NotCut.NO_CORNER: _("No piece has a corner there."),
        NotCut.BROKEN: _("The sides of a piece would cross."),
    }
    try:
        return operation(*given)
    except NotCut as fault:
        raise Refused(words[fault.why]) from fault


def _land(shape: BaseGeometry, otherwise: str = "") -> BaseGeometry:
    own = _lands(shape) if shape.is_valid else []
    if not own:
        raise Refused(otherwise or _("The sides of the ring cross, or it holds no land."))
    return shapely.union_all(own) if len(own) > 1 else own[0]


def _lands(shape: BaseGeometry) -> list[Polygon]:
    """Return the polygons of a shape that are more than a sliver."""
    found = (part for part in shapely.get_parts(shape) if isinstance(part, Polygon))
    return [part for part in found if cutting.hectares(part) > cutting.SLIVER]


def _noded(pieces: list[Piece]) -> list[Piece]:
    """Give neighbours the same corners on the border between them."""
    shapes = cutting.noded([piece.shape for piece in pieces])
    return [replace(p, shape=shape) for p, shape in zip(pieces, shapes, strict=True)]


def _name(sheet: Sheet) -> str:
    return str(sheet.ground.block or sheet.ground.campaign)


def _taken(sheet: Sheet) -> set[str]:
    """Return the codes that are used already, here or elsewhere."""
    model: type[Block] | type[Parcel] = sheet.ground.kind
    return {piece.code for piece in sheet.pieces} | set(
        model._default_manager.values_list("code", flat=True)
    )


def _part(
    ground: Ground, piece: Piece, shape: BaseGeometry, codes: set[str], is_new: bool = False
) -> Piece:  # fmt: skip
    """Return a new piece cut from another, with a code of its own."""
    stem, number = piece.code[:40], 1 if is_new else 2
    while (code := f"{stem}-{number:02d}" if is_new else f"{stem}-{number}") in codes:
        number += 1
    codes.add(code)
    named = _("Block %(code)s") % {"code": code} if is_new else f"{piece.name} {number}"
    name = "" if ground.block else named
    name_en = f"{piece.name_en} {number}" if piece.name_en and name and not is_new else ""
    return Piece(code, shape, name, name_en, piece.use, "" if is_new else piece.of)


def _counted(sheet: Sheet, pieces: Sequence[Piece]) -> Sheet:
    """Return the sheet with other pieces; who stood on one that is gone stands where it lay."""
    if len(pieces) > MOST:
        raise Refused(_("That would be more than %(n)d pieces.") % {"n": MOST})
    return replace(sheet, pieces=tuple(pieces), where=settled(sheet.ground, pieces, sheet.where))


def settled(ground: Ground, pieces: Sequence[Piece], where: dict[str, str]) -> dict[str, str]:
    """Say where each enterprise stands: as `where` has it, else on the piece that has its place."""
    there = {piece.code for piece in pieces}
    tree = shapely.STRtree([piece.shape for piece in pieces])
    found = {}
    for holding in ground.holdings:
        code = where.get(holding.code, holding.parcel.code)
        if code not in there and len(pieces):
            place = shapely.Point(holding.parcel.lon, holding.parcel.lat)
            code = pieces[int(tree.nearest(place))].code
        found[holding.code] = code
    return found
