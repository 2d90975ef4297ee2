"""Read a town folder and the packs it uses."""

import csv
import io
import re
import tomllib
from pathlib import Path
from typing import Any, TypeVar

import orjson
import shapely
from django.utils.translation import gettext as _

from linli.entries import Lines, add
from linli.packs.sections import PACK_SECTIONS, PackEntry
from linli.packs.texts import shown, text_of
from linli.packs.toml_lines import key_lines
from linli.people.section import OrganisationEntry, PersonEntry
from linli.places.section import AREAS_FILE, AreaEntry, CalendarEntry, TownEntry
from linli.sections import FEATURE, LINE, ROW, Declaration, Entry, Faults, Read, Spot

BUILT_IN = Path(__file__).parent
PEOPLE_FILE = "people.csv"
# What else a town folder holds, packs aside.
TOWN_FILES = ("town.toml", "calendar.toml", AREAS_FILE, "organisations.csv")
D = TypeVar("D", bound=Declaration)


def read_folder(folder: Path, faults: Faults, with_people: bool = True) -> Read:
    """Read all files of a town, noting what is wrong with each by itself.

    Without people their file is not looked for, and what the database knows of them stays.
    """
    read = Read()
    _read_whole(read, TownEntry, folder / "town.toml", faults)
    _read_whole(read, CalendarEntry, folder / "calendar.toml", faults)
    _read_areas(read, folder / AREAS_FILE, faults)
    _read_rows(read, OrganisationEntry, folder / "organisations.csv", faults)
    if with_people:
        _read_rows(read, PersonEntry, folder / PEOPLE_FILE, faults)
    else:
        read.of(PersonEntry).readable = False
    town = read.only(TownEntry)
    if town is None:
        _miss_packs(read)
    else:
        _read_packs(read, folder, town, faults)
    return read


def _read_packs(read: Read, folder: Path, town: Entry[TownEntry], faults: Faults) -> None:
    codes = town.value.packs
    for position, code in enumerate(codes):
        path = pack_file(folder, code)
        if code in codes[:position]:
            faults.tell(town, "packs", _("pack “%(code)s” stands here twice.") % {"code": code})
        elif path is None:
            known = ", ".join(known_packs(folder))
            faults.tell(town, "packs", _("there is no pack “%(code)s”; there are: %(known)s.")
                        % {"code": code, "known": known})  # fmt: skip
            _miss_packs(read)
        else:
            _read_pack(read, code, path, faults)


def _miss_packs(read: Read) -> None:
    """Note that a pack is not known, so that nothing is blamed for what may stand in it."""
    for kind in PACK_SECTIONS.values():
        read.of(kind).readable = False


def pack_file(folder: Path, code: str) -> Path | None:
    """Return the file of a pack: the town's own, else the one that comes with Linli."""
    files = (folder / "packs" / f"{code}.toml", BUILT_IN / f"{code}.toml")
    return next((file for file in files if file.is_file()), None)


def known_packs(folder: Path) -> list[str]:
    """List the codes of the packs this town could use."""
    return sorted({f.stem for where in (folder / "packs", BUILT_IN) for f in where.glob("*.toml")})


def _toml(path: Path, faults: Faults) -> tuple[dict[str, Any], Lines] | None:
    text = text_of(path, faults)
    if text is None:
        return None
    try:
        return tomllib.loads(text), key_lines(text)
    except tomllib.TOMLDecodeError as error:
        place = re.search(r"at line (\d+)", str(error))
        line = int(place[1]) if place else text.count("\n") + 1
        faults.tell(Spot(shown(path), LINE, line), "", _("is not TOML: %(reason)s.")
                    % {"reason": error})  # fmt: skip
        return None


def _read_whole(read: Read, kind: type[Declaration], path: Path, faults: Faults) -> None:
    table = read.of(kind)
    parsed = _toml(path, faults)
    table.readable = parsed is not None
    if parsed:
        add(table, kind, parsed[0], Spot(shown(path), LINE, 1), faults, lines=parsed[1])


def _read_pack(read: Read, code: str, path: Path, faults: Faults) -> None:
    parsed = _toml(path, faults)
    if parsed is None:
        _miss_packs(read)
        return
    content, lines = parsed
    file = shown(path)
    head = {key: value for key, value in content.items() if key in PackEntry.model_fields}
    add(read.of(PackEntry), PackEntry, head, Spot(file, LINE, 1), faults, code, lines)
    if head.get("code", code) != code:
        faults.tell(Spot(file, LINE, lines["code",]), "code",
                    _("must be “%(code)s” as the file is named.") % {"code": code})  # fmt: skip
    for name in content.keys() - head.keys():
        items = content[name]
        at = Spot(file, LINE, lines.get((name,)) or lines.get((name, 0), 1))
        if name not in PACK_SECTIONS:
            known = ", ".join(PACK_SECTIONS)
            faults.tell(at, name, _("no such section is known; there are: %(known)s.")
                        % {"known": known})  # fmt: skip
        elif not isinstance(items, list):
            faults.tell(at, name, _("must be written [[%(name)s]].") % {"name": name})
        else:
            kind = PACK_SECTIONS[name]
            for position, item in enumerate(items):
                inner = {path[2:]: n for path, n in lines.items() if path[:2] == (name, position)}
                add(read.of(kind), kind, item, Spot(file, LINE, inner.get((), at.number)),
                    faults, code, inner)  # fmt: skip


def _read_rows(read: Read, kind: type[Declaration], path: Path, faults: Faults) -> None:
    table, file = read.of(kind), shown(path)
    text = text_of(path, faults, gb18030=True)
    rows = csv.reader(io.StringIO(text or "", newline=""), strict=True)
    names = [name.strip() for name in next(rows, [])]
    table.readable = text is not None and _has_columns(names, kind, Spot(file, ROW, 1), faults)
    if not table.readable:
        return
    number = 1
    try:
        for number, cells in enumerate(rows, start=2):
            if not any(cells):
                continue
            spot = Spot(file, ROW, number)
            if len(cells) != len(names):
                faults.tell(spot, "", _("has %(given)d cells, the header has %(known)d.")
                            % {"given": len(cells), "known": len(names)})  # fmt: skip
                table.has_broken = True
                table.broken.add(cells[0])
                continue
            raw = {name: cell.strip() for name, cell in zip(names, cells, strict=True)}
            add(table, kind, raw, spot, faults)
    except csv.Error as error:
        faults.tell(Spot(file, ROW, number + 1), "", _("is not CSV: %(reason)s.")
                    % {"reason": error})  # fmt: skip
        table.readable = False


def _has_columns(names: list[str], kind: type[Declaration], spot: Spot, faults: Faults) -> bool:
    known = list(kind.model_fields)
    for name in known:
        if name not in names:
            faults.tell(spot, name, _("is missing."))
    for name in names:
        if name not in known or names.count(name) > 1:
            faults.tell(spot, name, _("is not one of: %(known)s.") % {"known": ", ".join(known)})
    return sorted(names) == sorted(known)


def _read_areas(read: Read, path: Path, faults: Faults) -> None:
    table, file = read.of(AreaEntry), shown(path)
    table.readable = False
    text = text_of(path, faults)
    if text is None:
        return
    try:
        collection = orjson.loads(text)
    except orjson.JSONDecodeError as error:
        faults.tell(Spot(file, LINE, error.lineno), "", _("is not JSON: %(reason)s.")
                    % {"reason": error.msg})  # fmt: skip
        return
    features = collection.get("features") if isinstance(collection, dict) else None
    if not isinstance(features, list):
        faults.tell(Spot(file), "", _("is not a GeoJSON FeatureCollection."))
        return
    table.readable = True
    for number, feature in enumerate(features, start=1):
        properties = feature.get("properties") if isinstance(feature, dict) else None
        if not isinstance(properties, dict):
            faults.tell(Spot(file, FEATURE, number), "", _("is not a GeoJSON feature with "
                                                           "properties."))  # fmt: skip
            table.has_broken = True
            continue
        spot = Spot(file, FEATURE, number, str(properties.get("code", "")))
        shape = _shape(feature.get("geometry"))
        add(table, AreaEntry, properties | {"geometry": shape}, spot, faults)


def _shape(geometry: Any) -> shapely.Geometry | None:
    """Return the geometry, None if it is none."""
    try:
        return shapely.from_geojson(orjson.dumps(geometry))
    except (shapely.errors.ShapelyError, ValueError, TypeError):
        return None
