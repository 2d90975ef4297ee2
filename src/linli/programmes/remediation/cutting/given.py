"""What a browser, a file or a program says of pieces, read into a sheet; nothing is trusted."""

from collections.abc import Callable
from typing import Annotated, Any, Literal

import orjson
import shapely
from django.utils.translation import gettext as _
from pydantic import Field
from shapely.geometry import LineString, Polygon
from shapely.geometry.base import BaseGeometry

from linli.engines import cutting
from linli.places.writing import shape_from
from linli.programmes.remediation.cutting import judging, sheet
from linli.programmes.remediation.cutting.ground import Ground
from linli.programmes.remediation.cutting.sheet import MOST, Piece, Refused, Sheet, settled
from linli.rest import Given, Shape, Text

MOST_CORNERS = 20_000
Place = Annotated[list[float], Field(min_length=2, max_length=2)]
Codes = Annotated[list[Text], Field(max_length=MOST)]
Name = Annotated[Text, Field(max_length=100)]


class PieceGiven(Given):
    """A block or parcel to be: a GeoJSON polygon; `of` is the code whose ground it is cut from."""

    code: Annotated[Text, Field(min_length=1, max_length=50)]
    geometry: dict[str, Any]
    name: Name = ""
    name_en: Name = ""
    use: Annotated[Text, Field(max_length=60)] = ""
    of: Annotated[Text, Field(max_length=50)] = ""


class OperationGiven(Given):
    """What to do: `cut` along `line`, `carve` the ring of it, `move` its first place to its last,
    `merge` the pieces `only`, `fill` gaps, `trim` to the border."""

    kind: Literal["cut", "carve", "move", "merge", "fill", "trim"]
    line: Annotated[list[Place], Field(max_length=2000)] = []
    only: Codes = []


class SheetGiven(Given):
    """All pieces, and on which of them each enterprise stands."""

    pieces: Annotated[list[PieceGiven], Field(max_length=MOST)]
    where: dict[str, str] = {}


class TryGiven(SheetGiven):
    """A sheet and what to do with it; nothing is kept."""

    operation: OperationGiven | None = None


class KeepGiven(SheetGiven):
    """A sheet to be kept, with the `mark` of the ground it was made from.

    `leaves_out`: land which lay in a piece is to lie in none.
    """

    mark: Text
    leaves_out: bool = False
    reason: Annotated[Text, Field(max_length=300)] = ""


class PlacedShape(Shape):
    """An enterprise, and the piece it stands on."""

    code: str
    name: str
    piece: str


class PieceShape(Shape):
    """A piece as it is now: measured in mu on the ellipsoid."""

    code: str
    name: str
    name_en: str
    use: str
    of: str
    mu: float
    geometry: dict[str, Any]


class CutFaultShape(Shape):
    """What is wrong, and where; a `gap` may be left out on purpose, nothing else."""

    kind: str
    text: str
    at: tuple[float, float] | None


class PiecesShape(Shape):
    """A state of the pieces."""

    mark: str
    mu: float
    pieces: list[PieceShape]
    enterprises: list[PlacedShape]
    faults: list[CutFaultShape]


def read(ground: Ground, told: SheetGiven) -> Sheet:
    """Read a sheet.

    Raises
    ------
    Refused
        If a shape is no land, or there is too much of it.
    """
    pieces = [
        Piece(one.code, _shape(one.code, one.geometry), one.name, one.name_en, one.use, one.of)
        for one in told.pieces
    ]
    if sum(shapely.get_num_coordinates([piece.shape for piece in pieces])) > MOST_CORNERS:
        raise Refused(_("Those are more than %(n)d corners.") % {"n": MOST_CORNERS})
    return Sheet(ground, tuple(pieces), settled(ground, pieces, told.where))


def _shape(code: str, geometry: Any, system: str = "wgs84") -> BaseGeometry:
    shape = shape_from(geometry, system) if isinstance(geometry, dict) else None
    if shape is None or shape.is_empty or shape.geom_type not in ("Polygon", "MultiPolygon"):
        raise Refused(_("“%(code)s” is no polygon.") % {"code": code})
    if not shape.is_valid:
        raise Refused(_("The sides of “%(code)s” cross: %(why)s.")
                      % {"code": code, "why": shapely.is_valid_reason(shape)})  # fmt: skip
    west, south, east, north = shape.bounds
    if not (-180 <= west <= east <= 180 and -90 <= south <= north <= 90):
        raise Refused(_("“%(code)s” does not lie on the earth.") % {"code": code})
    rounded = shapely.set_precision(shapely.force_2d(shape), cutting.GRID)
    if rounded.is_empty:
        raise Refused(_("“%(code)s” is no polygon.") % {"code": code})
    return rounded


OPERATIONS: dict[str, Callable[[Sheet, OperationGiven], Sheet]] = {
    "cut": lambda found, told: sheet.cut(found, _line(told), told.only),
    "carve": lambda found, told: sheet.carve(found, _ring(told)),
    "move": lambda found, told: sheet.move(found, _place(told, 0), _place(told, -1)),
    "merge": lambda found, told: sheet.merge(found, told.only),
    "fill": lambda found, told: sheet.fill(found),
    "trim": lambda found, told: sheet.trim(found),
}


def tried(ground: Ground, told: TryGiven) -> Sheet:
    """Do what is asked with a sheet, and return what comes of it.

    Raises
    ------
    Refused
        If it cannot be.
    """
    found = read(ground, told)
    if told.operation is None:
        return found
    return OPERATIONS[told.operation.kind](found, told.operation)


def _line(told: OperationGiven) -> LineString:
    places = [_place(told, at) for at in range(len(told.line))]
    if len(set(places)) < 2:
        raise Refused(_("A line needs two places or more."))
    return LineString(places)


def _ring(told: OperationGiven) -> Polygon:
    places = [_place(told, at) for at in range(len(told.line))]
    if len(set(places)) < 3:
        raise Refused(_("A ring needs three places or more."))
    return Polygon(places)


def _place(told: OperationGiven, at: int) -> tuple[float, float]:
    if not told.line:
        raise Refused(_("Say where."))
    lon, lat = told.line[at]
    if not (-180 <= lon <= 180 and -90 <= lat <= 90):
        raise Refused(_("%(lon)g, %(lat)g is no place on the earth.") % {"lon": lon, "lat": lat})
    return lon, lat


def from_file(ground: Ground, content: bytes, system: str = "wgs84") -> Sheet:
    """Read pieces from GeoJSON: features with `code` and `name`, which replace all there are.

    Raises
    ------
    Refused
        If it is no such thing.
    """
    try:
        told = orjson.loads(content.removeprefix(b"\xef\xbb\xbf"))
        features = told["features"]
        given = [(one.get("properties") or {}, one["geometry"]) for one in features]
    except (orjson.JSONDecodeError, KeyError, TypeError, AttributeError) as fault:
        raise Refused(_("This is no GeoJSON with features.")) from fault
    if len(given) > MOST:
        raise Refused(_("That would be more than %(n)d pieces.") % {"n": MOST})
    known = {piece.code: piece for piece in sheet.opened(ground).pieces}
    pieces = []
    for number, (about, geometry) in enumerate(given, 1):
        code = str(about.get("code") or f"{ground.code}-{number:02d}")
        was = known.get(code, Piece(code, Polygon()))
        texts = {name: str(about.get(name) or getattr(was, name))[:100]
                 for name in ("name", "name_en", "use")}  # fmt: skip
        pieces.append(Piece(code, _shape(code, geometry, system), **texts, of=was.of))
    return Sheet(ground, tuple(pieces), settled(ground, pieces, {}))


def told(found: Sheet) -> dict[str, Any]:
    """Return a sheet as a browser and REST see it."""
    sizes = judging.measured(found)
    names = {holding.code: str(holding) for holding in found.ground.holdings}
    return {
        "mark": found.ground.mark,
        "mu": round(sum(sizes), 2),
        "pieces": [
            {
                "code": piece.code, "name": piece.name, "name_en": piece.name_en,
                "use": piece.use, "of": piece.of, "mu": size,
                "geometry": orjson.loads(shapely.to_geojson(piece.shape)),
            }
            for piece, size in zip(found.pieces, sizes, strict=True)
        ],
        "enterprises": [
            {"code": code, "name": names[code], "piece": piece}
            for code, piece in found.where.items()
        ],
        "faults": [
            {"kind": fault.kind, "text": fault.text, "at": fault.at}
            for fault in judging.faults(found)
        ],
    }  # fmt: skip
