"""Areas from a file: laid over those the town has, and checked as its folder would be."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import orjson
import shapely
from django.db import transaction
from shapely.geometry.base import BaseGeometry

from linli import entries
from linli.engines.geo import to_wgs84
from linli.places import section
from linli.places.models import Area, Layer
from linli.places.section import AreaEntry, LayerEntry, TownEntry
from linli.places.town import changed, the_town
from linli.sections import ROW, Entry, Fault, Faults, Read, Spot
from linli.tables import CHANGED, NEW, UNCHANGED, Fate, Values, Writer, Wrong

# Column of the table → field of an entry, where they differ.
FIELDS = {"shape": "geometry"}


@dataclass
class Laid:
    """The town's areas with the given rows over them: what each becomes, and what is wrong."""

    read: Read
    outcomes: list[str | list[Wrong]]
    together: list[Wrong]


def _lay(rows: Sequence[Values]) -> Laid:
    known = {area.code: area for area in _present()}
    before = {code: _entry(area) for code, area in known.items()}
    read, faults = Read(), Faults()
    table = read.of(AreaEntry)
    fates: list[str] = []
    for at, values in enumerate(rows):
        code = values.get("code", "")
        raw = _raw(before.get(code), values)
        entries.add(table, AreaEntry, raw, Spot("", ROW, at + 1), faults)
        fates.append(_fate(before.get(code), raw))
    named = {values.get("code") for values in rows}
    rest = [Entry(entry, Spot("")) for code, entry in before.items() if code not in named]
    table.entries.extend(rest)
    town: Entry[TownEntry] = Entry(_town(), Spot(""))
    read.of(TownEntry).entries.append(town)
    section.check(read, faults)
    outcomes: list[str | list[Wrong]] = [Fate(fate) for fate in fates]
    for at, fate in enumerate(fates):
        wrongs = [_wrong(fault) for fault in faults if fault.spot.number == at + 1]
        outcomes[at] = wrongs or fate
    # What was wrong before these rows is not their fault.
    old = _faults_of(before, town)
    together = [_wrong(f) for f in faults if not f.spot.number and f.message not in old]
    return Laid(read, outcomes, together)


def _present() -> list[Area]:
    return list(Area.objects.filter(retired=False).select_related("parent", "seat"))


def _entry(area: Area) -> AreaEntry:
    return AreaEntry.model_construct(
        code=area.code, name=area.name, name_en=area.name_en, kind=area.kind,
        parent=area.parent.code if area.parent else None, layer=area.layer or None,
        grid=area.is_grid, aliases=area.aliases, land=area.land or None,
        seat=area.seat.code if area.seat else None, geometry=area.geometry,
    )  # fmt: skip


def _town() -> TownEntry:
    town = the_town()
    layers = [LayerEntry.model_construct(code=code, name=code, name_en="")
              for code in Layer.objects.values_list("code", flat=True)]  # fmt: skip
    return TownEntry.model_construct(code=town.code, name=town.name, root=None, layers=layers)


def _raw(present: AreaEntry | None, values: Values) -> dict[str, Any]:
    raw: dict[str, Any] = dict(present) if present else {"geometry": None}
    system = values.get("coordinates") or "wgs84"
    for name, value in values.items():
        if name == "shape":
            raw["geometry"] = shape_from(value, system)
        elif name != "coordinates":
            raw[FIELDS.get(name, name)] = value if value != "" or name == "name_en" else None
    raw["grid"] = bool(raw.get("grid"))
    return raw


def shape_from(value: Any, system: Any) -> BaseGeometry | None:
    """Read a GeoJSON geometry in a coordinate system as WGS-84; None if it is none."""
    if not value:
        return None
    try:
        shape = shapely.from_geojson(orjson.dumps(value))
    except (shapely.errors.ShapelyError, ValueError, TypeError):
        return None  # told as missing or unreadable
    west, south, east, north = shape.bounds
    in_degrees = -180 <= west <= east <= 180 and -90 <= south <= north <= 90
    if system == "wgs84" or not in_degrees:
        return shape
    shape = shapely.segmentize(shape, section.STEP)
    return shapely.transform(
        shape, lambda at: np.stack(to_wgs84(at[:, 0], at[:, 1], system), axis=1)
    )


def _fate(present: AreaEntry | None, raw: dict[str, Any]) -> str:
    if present is None:
        return NEW
    was = dict(present)
    return UNCHANGED if all(_plain(was[k]) == _plain(raw.get(k)) for k in was) else CHANGED


def _plain(value: Any) -> Any:
    return shapely.to_wkb(value) if isinstance(value, BaseGeometry) else value or None


def _wrong(fault: Fault) -> Wrong:
    back = {field: column for column, field in FIELDS.items()}
    return Wrong(back.get(fault.field, fault.field), fault.message)


def _faults_of(present: dict[str, AreaEntry], town: Entry[TownEntry]) -> set[str]:
    read, faults = Read(), Faults()
    read.of(AreaEntry).entries.extend(Entry(entry, Spot("")) for entry in present.values())
    read.of(TownEntry).entries.append(town)
    section.check(read, faults)
    return {fault.message for fault in faults}


def _check(scope: Any, rows: Sequence[Values]) -> list[str | list[Wrong]]:
    return _lay(rows).outcomes


def _together(scope: Any, rows: Sequence[Values]) -> list[Wrong]:
    return _lay(rows).together


def _write(scope: Any, rows: Sequence[Values]) -> list[str]:
    with transaction.atomic():
        laid = _lay(rows)
        section.write_areas(laid.read.of(AreaEntry), "wgs84")
        changed()
    return [str(outcome) for outcome in laid.outcomes]


def _may(scope: Any) -> bool:
    # Said by name: persons and their roles stand a floor above this one.
    return any(path.count("/") == 1 for path in scope.paths("administrator"))


WRITER = Writer(may=_may, check=_check, write=_write, together=_together)
