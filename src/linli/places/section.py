"""What a town's files say of the town itself, its calendar and its areas."""

import sys
from datetime import date
from itertools import pairwise
from typing import Annotated
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import numpy as np
import shapely
from django.utils.translation import gettext as _
from pydantic import (
    ConfigDict,
    Field,
    StringConstraints,
    field_serializer,
    field_validator,
    model_validator,
)
from shapely.geometry.base import BaseGeometry

from linli import rows
from linli.engines.geo import System, partition_faults, to_wgs84
from linli.places.models import COMMUNITY, SERVICE, Area, Layer, Town
from linli.rows import Counts
from linli.sections import (
    FEATURE,
    Code,
    Declaration,
    EnglishName,
    Entry,
    Faults,
    Name,
    Read,
    Slug,
    Table,
    check_codes,
    check_parents,
)

LONGEST_PATH = 400
AREAS_FILE = "areas.geojson"
STEP = 0.0005  # degrees, some 50 m
Moment = Annotated[str, StringConstraints(pattern=r"^([01]\d|2[0-3]):[0-5]\d$")]
Shift = Annotated[list[Moment], Field(min_length=2, max_length=2)]
Word = Annotated[str, StringConstraints(min_length=1, max_length=20)]


class LayerEntry(Declaration):
    """One way of cutting the town's land into grids."""

    code: Slug
    name: Name
    name_en: EnglishName = ""


class TownEntry(Declaration):
    """`town.toml`. `coordinates` is the system of `areas.geojson`."""

    code: Slug
    name: Name
    name_en: EnglishName = ""
    province: str = ""
    root: Code | None = None
    attribution: str = ""
    notice: str = ""
    notice_en: str = ""
    coordinates: System = "wgs84"
    timezone: str = "Asia/Shanghai"
    schematic: bool = False
    packs: list[Slug] = []
    layers: list[LayerEntry]

    @field_validator("timezone")
    @classmethod
    def _is_a_zone(cls, name: str) -> str:
        try:
            ZoneInfo(name)
        except (ZoneInfoNotFoundError, ValueError, OSError):
            raise ValueError(_("“%(name)s” is no time zone.") % {"name": name}) from None
        return name


class CalendarEntry(Declaration):
    """`calendar.toml`: working hours, and days on which the town differs from the country."""

    hours: list[Shift] = Field(min_length=1)
    holidays: list[date] = []
    workdays: list[date] = []

    @model_validator(mode="after")
    def _is_in_order(self) -> "CalendarEntry":
        moments = [moment for shift in self.hours for moment in shift]
        if any(a >= b for a, b in pairwise(moments)):
            raise ValueError(_("the working hours must follow each other without overlap."))
        if both := set(self.holidays) & set(self.workdays):
            raise ValueError(_("%(day)s is both a holiday and a workday.") % {"day": min(both)})
        return self


class AreaEntry(Declaration):
    """One feature of `areas.geojson`; its geometry is in the town's `coordinates`."""

    model_config = ConfigDict(arbitrary_types_allowed=True)

    code: Code
    name: Name
    name_en: EnglishName | None = ""
    kind: Word
    parent: Code | None = None
    layer: Code | None = None
    grid: bool = False
    aliases: list[Name] = []
    land: Word | None = None
    seat: Code | None = None
    geometry: BaseGeometry

    @field_validator("geometry")
    @classmethod
    def _is_land(cls, shape: BaseGeometry) -> BaseGeometry:
        if shape.geom_type not in ("Polygon", "MultiPolygon") or shape.is_empty:
            raise ValueError(_("must be a polygon or multipolygon with some land in it."))
        west, south, east, north = shape.bounds
        if west < -180 or east > 180 or south < -90 or north > 90:
            raise ValueError(_("has coordinates that are no longitude and latitude in degrees."))
        if not shape.is_valid:
            reason = shapely.is_valid_reason(shape)
            raise ValueError(_("crosses itself: %(reason)s.") % {"reason": reason})
        return shape

    @field_serializer("geometry")
    def _bytes(self, shape: BaseGeometry) -> str:
        return shapely.to_wkb(shape, hex=True)


def check(read: Read, faults: Faults) -> None:
    """Note what is wrong with the town, its layers and its areas."""
    town, areas = read.only(TownEntry), read.of(AreaEntry)
    if town is not None:
        _check_layers(town, faults)
    check_codes(areas, faults)
    is_tree = check_parents(areas, faults)
    root = _check_root(town, areas, faults)
    for entry in areas.entries:
        _check_grid(entry, town, areas, faults)
    if is_tree and areas.is_whole:
        _check_paths(areas, faults)
    if root is not None and town is not None and areas.is_whole:
        for layer in town.value.layers:
            _check_partition(layer.code, root, areas, faults)


def _check_layers(town: Entry[TownEntry], faults: Faults) -> None:
    codes = [layer.code for layer in town.value.layers]
    for position, code in enumerate(codes):
        if code in codes[:position]:
            faults.tell(town, ("layers", position, "code"),
                        _("layer “%(code)s” is declared twice.") % {"code": code})  # fmt: skip
    for code in (COMMUNITY, SERVICE):
        if code not in codes:
            faults.tell(town, "layers", _("layer “%(code)s” is missing.") % {"code": code})


def _check_root(
    town: Entry[TownEntry] | None, areas: Table[AreaEntry], faults: Faults
) -> Entry[AreaEntry] | None:
    roots = [entry for entry in areas.entries if entry.value.parent is None]
    named = town.value.root if town is not None else None
    if town is not None and named and not areas.knows(named):
        faults.tell(town, "root", _("“%(code)s” is not known here.") % {"code": named})
    for entry in roots:
        if named and entry.value.code != named:
            faults.tell(entry, "parent", _("is missing; only “%(root)s” has no parent.")
                        % {"root": named})  # fmt: skip
    if not named:
        for entry in roots[1:]:
            faults.tell(entry, "parent", _("is missing; only “%(root)s” has no parent.")
                        % {"root": roots[0].value.code})  # fmt: skip
    if town is not None and not named and not roots and areas.is_whole:
        faults.tell(town, "", _("no area of the town is the whole: each has a parent."))
    return roots[0] if len(roots) == 1 else None


def _check_grid(
    entry: Entry[AreaEntry], town: Entry[TownEntry] | None, areas: Table[AreaEntry], faults: Faults
) -> None:
    area = entry.value
    if area.grid and not area.layer:
        faults.tell(entry, "layer", _("is missing: a grid belongs to a layer."))
    layers = {layer.code for layer in town.value.layers} if town else None
    if area.layer and layers is not None and area.layer not in layers:
        faults.tell(entry, "layer", _("“%(code)s” is not known here.") % {"code": area.layer})


def _check_paths(areas: Table[AreaEntry], faults: Faults) -> None:
    """Check all that rests on what lies below what."""
    ways = paths(areas)
    by_code = areas.by()
    parents = {entry.value.parent for entry in areas.entries}
    for entry in areas.entries:
        area = entry.value
        if len(ways[area.code]) > LONGEST_PATH:
            faults.tell(entry, "parent", _("lies too deep: codes down to here pass %(n)d letters.")
                        % {"n": LONGEST_PATH})  # fmt: skip
        if area.grid and area.code in parents:
            faults.tell(entry, "grid", _("a grid has nothing below it, but other areas name it "
                                         "as their parent."))  # fmt: skip
        if area.seat is None or area.seat in areas.broken:
            continue
        seat = by_code.get(area.seat)
        if seat is None:
            faults.tell(entry, "seat", _("“%(code)s” is not known here.") % {"code": area.seat})
        elif (
            not seat.value.grid or seat is entry or not ways[area.seat].startswith(ways[area.code])
        ):
            faults.tell(entry, "seat", _("“%(code)s” is no grid below this area.")
                        % {"code": area.seat})  # fmt: skip


def _check_partition(
    layer: str, root: Entry[AreaEntry], areas: Table[AreaEntry], faults: Faults
) -> None:
    by_code = areas.by()
    grids = {c: e.value.geometry for c, e in by_code.items() if e.value.grid
             and e.value.layer == layer}  # fmt: skip
    if not grids:
        faults.tell(root, "", _("layer “%(layer)s” has no grid.") % {"layer": layer})
        return
    found = partition_faults(grids, root.value.geometry)
    for overlap in found.overlaps:
        first, second = sorted(
            (by_code[overlap.first], by_code[overlap.second]),
            key=lambda e: e.spot.number or sys.maxsize,
        )
        told = {"size": _size(overlap.hectares), "layer": layer}
        if second.spot.kind == FEATURE:
            faults.tell(first, "", _("overlaps feature %(other)s by %(size)s ha in layer "
                                     "“%(layer)s”.")
                        % {"other": f"{second.spot.number:,}", **told})  # fmt: skip
        else:
            faults.tell(first, "", _("overlaps “%(other)s” by %(size)s ha in layer “%(layer)s”.")
                        % {"other": second.value.code, **told})  # fmt: skip
    for gap in found.gaps:
        faults.tell(root, "", _("no grid of layer “%(layer)s” covers %(size)s ha around "
                                "%(lon).5f, %(lat).5f.")
                    % {"layer": layer, "size": _size(gap.hectares),
                       "lon": gap.lon, "lat": gap.lat})  # fmt: skip
    for excess in found.excesses:
        faults.tell(by_code[excess.code], "", _("reaches %(size)s ha beyond “%(root)s” in layer "
                                                "“%(layer)s”.")
                    % {"size": _size(excess.hectares), "root": root.value.name,
                       "layer": layer})  # fmt: skip


def _size(hectares: float) -> str:
    if hectares >= 10:
        return f"{hectares:,.0f}"
    return f"{hectares:.1f}" if hectares >= 0.1 else f"{hectares:.2g}"


def paths(areas: Table[AreaEntry]) -> dict[str, str]:
    """Return the codes from the root down to each area, each with a stroke after it."""
    by_code = areas.by()
    found: dict[str, str] = {}

    def path(code: str) -> str:
        if code not in found:
            parent = by_code[code].value.parent if code in by_code else None
            found[code] = (path(parent) if parent else "") + code + "/"
        return found[code]

    for code in by_code:
        path(code)
    return found


def obstacles(read: Read, faults: Faults) -> None:
    """Note what in the database keeps these files from being loaded."""
    town = read.only(TownEntry)
    present = Town.objects.first()
    if town is not None and present is not None and present.code != town.value.code:
        faults.tell(town, "code", _("this installation serves “%(code)s” (%(name)s) already; "
                                    "another town needs an installation of its own.")
                    % {"code": present.code, "name": present})  # fmt: skip
        return
    areas = read.of(AreaEntry)
    if areas.is_whole and areas.entries:
        rows.refuse_held(Area, areas.by(), areas.entries[0].spot.file, faults)


def write(read: Read) -> dict[str, Counts]:
    """Write the town, its layers and its areas; the loader counts the version."""
    town, calendar = read.only(TownEntry), read.only(CalendarEntry)
    assert town is not None
    assert calendar is not None
    said = town.value
    _town, town_counts = rows.bring(Town, {said.code: {
        "name": said.name, "name_en": said.name_en, "timezone": said.timezone,
        "attribution": said.attribution.strip(), "notice": said.notice.strip(),
        "notice_en": said.notice_en.strip(), "packs": said.packs,
        "calendar": calendar.value.model_dump(mode="json"), "fingerprint": read.fingerprint,
    }})  # fmt: skip
    _layers, layer_counts = rows.bring(
        Layer, {la.code: {"name": la.name, "name_en": la.name_en} for la in said.layers}
    )
    area_counts = write_areas(read.of(AreaEntry), said.coordinates)
    return {"town": town_counts, "layers": layer_counts, "areas": area_counts}


def write_areas(areas: Table[AreaEntry], system: System) -> Counts:
    """Bring the areas of the town to what all entries together say; `system` is their shapes'."""
    _areas, counts = rows.bring(
        Area,
        _area_values(areas, system),
        {e.value.code: {"parent": e.value.parent, "seat": e.value.seat} for e in areas.entries},
    )
    return counts


def _area_values(areas: Table[AreaEntry], system: System) -> dict[str, dict]:
    ways = paths(areas)
    shapes = np.array([entry.value.geometry for entry in areas.entries], dtype=object)
    if system != "wgs84":
        # The shift bends straight borders: short steps keep neighbours together where only
        # one of them has a corner.
        steps = shapely.segmentize(shapes, STEP)
        shapes = shapely.transform(
            steps, lambda at: np.stack(to_wgs84(at[:, 0], at[:, 1], system), axis=1)
        )
    points = shapely.get_coordinates(shapely.point_on_surface(shapes)).tolist()
    return {
        entry.value.code: {
            "name": entry.value.name,
            "name_en": entry.value.name_en or "",
            "kind": entry.value.kind,
            "aliases": entry.value.aliases,
            "layer": entry.value.layer or "",
            "is_grid": entry.value.grid,
            "land": entry.value.land or "",
            "path": ways[entry.value.code],
            "lon": point[0],
            "lat": point[1],
            "wkb": shape,
            "retired": False,
        }
        for entry, point, shape in zip(areas.entries, points, shapely.to_wkb(shapes), strict=True)
    }


def clear(read: Read) -> dict[str, Counts]:
    """Take away layers and areas the files no longer name."""
    town = read.only(TownEntry)
    assert town is not None
    unused = Layer.objects.exclude(code__in=[layer.code for layer in town.value.layers])
    removed, _kinds = unused.delete()
    areas = rows.clear(Area, read.of(AreaEntry).by())
    _move_retired()
    return {"layers": Counts(removed=removed), "areas": areas}


def _move_retired() -> None:
    """Keep retired areas below their parents: old cases stay in sight of the same people."""
    moved: dict[int, str] = {}
    for area in Area.objects.filter(retired=True).select_related("parent").order_by("path"):
        above = area.parent
        path = (moved.get(above.pk, above.path) if above else "") + area.code + "/"
        if path != area.path:
            moved[area.pk] = path
            Area.objects.filter(pk=area.pk).update(path=path)
