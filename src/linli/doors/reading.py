"""Read a table somebody exported somewhere: CSV in any usual encoding, spreadsheets, GeoJSON.

Bad rows are told one by one; the others are read.
"""

import csv
import re
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import orjson
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from linli.doors import workbook
from linli.doors.workbook import NotOpened

ENCODINGS = ("utf-8-sig", "gb18030")
_BAD_BYTES = re.compile("[\udc80-\udcff]")
csv.field_size_limit(64 * 1024 * 1024)


@dataclass(frozen=True, slots=True)
class Row:
    """One good row: its number in the file (the heading is row 1) and its values by column."""

    number: int
    values: dict[str, str]


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong with one row, or with one field of it."""

    row: int
    message: str
    field: str = ""
    value: str = ""

    def line(self, file: str) -> str:
        """Say it with file, row and field."""
        where = _("%(file)s, row %(row)s") % {"file": file, "row": f"{self.row:,}"}
        if self.field:
            where += _(", column “%(field)s”") % {"field": self.field}
        return f"{where}: {self.message}"


class Unreadable(ValueError):
    """A file that is no table at all."""


@dataclass(frozen=True)
class Sheet:
    """A table as read from a file.

    Attributes
    ----------
    rows
        Good and bad ones, in the file's order; can be gone through once.
    name, names
        The sheet of the workbook that was read, and all that could be.
    numbers
        Column → first row in which a cell holds a number rather than text: what was typed
        there as 007 is 7 now, and nobody can say so from the file.
    """

    columns: list[str]
    rows: Iterator[Row | Fault]
    name: str = ""
    names: tuple[str, ...] = ()
    numbers: dict[str, int] = field(default_factory=dict)


GEOMETRY = "geometry"
WHY = {
    workbook.BIG: gettext_lazy("%(file)s would unfold to more than can be read; "
                               "save the rows that matter as a file of their own."),
    workbook.LOCKED: gettext_lazy("%(file)s is locked with a password; save it without one."),
    workbook.BROKEN: gettext_lazy("%(file)s is no spreadsheet that can be read; "
                                  "save it as .xlsx or CSV."),
    workbook.ABSENT: gettext_lazy("%(file)s has no sheet “%(sheet)s”."),
}  # fmt: skip


def read(path: Path, sheet: str = "", known: Collection[str] = (), name: str = "") -> Sheet:
    """Read a table from a CSV file, a spreadsheet or a GeoJSON file.

    What kind of file it is its content tells, not its name.

    Parameters
    ----------
    sheet
        Which sheet of a workbook; by default the first with something in it.
    known
        Headings in lower case that tell where the table begins, if not in its first row.
    name
        What the file is called where people see it, if not as on the disk.

    Raises
    ------
    Unreadable
        If the file is empty, its heading is none, or it cannot be read as a whole.
    """
    name = name or path.name
    if workbook.is_workbook(path):
        return _from_workbook(path, sheet, known, name)
    if (content := path.read_bytes()).lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"{"):
        return _from_geojson(content, name)
    columns, rows = _from_csv(content, name)
    return Sheet(columns, rows)


def decode(content: bytes) -> str:
    """Decode a file as UTF-8 or GB18030, whichever fits whole.

    Where neither does, single bad bytes stay as surrogates, so that only the rows that
    hold them are lost.
    """
    for encoding in ENCODINGS:
        try:
            return content.decode(encoding)
        except UnicodeDecodeError:
            continue
    return content.decode("utf-8-sig", errors="surrogateescape")


def read_table(path: Path) -> tuple[list[str], Iterator[Row | Fault]]:
    """Read a table as `read` does, and return its columns and its rows."""
    sheet = read(path)
    return sheet.columns, sheet.rows


def _from_csv(content: bytes, name: str) -> tuple[list[str], Iterator[Row | Fault]]:
    lines = decode(content).splitlines(keepends=True)
    try:
        columns, used = _record(lines, 0)
    except csv.Error as error:
        raise Unreadable(_("%(file)s has no readable heading.") % {"file": name}) from error
    columns = [column.strip() for column in columns]
    _refuse_columns(columns, name)
    return columns, _rows(lines, used, columns)


def _refuse_columns(columns: Sequence[str], name: str) -> None:
    if not any(columns):
        raise Unreadable(_("%(file)s is empty.") % {"file": name})
    if len(set(columns)) < len(columns):
        raise Unreadable(_("%(file)s has two columns of the same name.") % {"file": name})


def _record(lines: list[str], start: int) -> tuple[list[str], int]:
    """Read the record that begins at line `start`; return it and the number of lines it took."""
    reader = csv.reader((lines[at] for at in range(start, len(lines))), strict=True)
    record = next(reader, [])
    return record, reader.line_num


def _rows(lines: list[str], start: int, columns: list[str]) -> Iterator[Row | Fault]:
    number = 1
    while start < len(lines):
        number += 1
        fault = None
        try:
            record, used = _record(lines, start)
        except csv.Error:
            fault, used = Fault(number, _("The quotation marks do not match.")), 1
        else:
            if not record:
                start, number = start + used, number - 1
                continue
            if len(record) != len(columns):
                counts = {"found": len(record), "expected": len(columns)}
                fault = Fault(number, _("%(found)d fields instead of %(expected)d.") % counts)
                # A stray quotation mark may have swallowed good rows: go on right after it.
                used = 1
            elif any(map(_BAD_BYTES.search, record)):
                fault = Fault(number, _("Neither UTF-8 nor GB18030."))
        start += used
        yield fault or Row(number, dict(zip(columns, record, strict=True)))


def _from_workbook(path: Path, wanted: str, known: Collection[str], name: str) -> Sheet:
    try:
        found = workbook.opened(path, wanted)
    except NotOpened as error:
        told = {"file": name, "sheet": wanted}
        raise Unreadable(str(WHY[error.why]) % told) from error
    rows: list[list[str]] = found["rows"]
    heading = _heading(rows, known, set(found["joined"]))
    below = rows[heading + 1 :]
    columns: dict[int, str] = {}
    for at, title in enumerate(rows[heading] if rows else ()):
        if title or any(row[at] for row in below):
            columns[at] = title or _("Column %(letter)s") % {"letter": letter(at)}
    _refuse_columns(list(columns.values()), name)
    numbers = {
        columns[int(at)]: row + 1
        for at, row in found["numbers"].items()
        if int(at) in columns and row > heading
    }
    cells = _cells(below, heading + 2, columns, {tuple(at) for at in found["inexact"]})
    return Sheet(list(columns.values()), cells, found["sheet"], tuple(found["sheets"]), numbers)


def _heading(rows: list[list[str]], known: Collection[str], joined: set[int]) -> int:
    """Find the row that names the columns: below titles and what groups columns together."""
    width = max((sum(map(bool, row)) for row in rows), default=0)
    best, most = 0, (-1, 0)
    for at, row in enumerate(rows[: workbook.HEADING_WITHIN]):
        titles = [cell for cell in row if cell]
        # A title, or what groups columns together, spans several of them.
        if len(titles) < min(2, width) or at in joined:
            continue
        score = (sum(title.lower() in known for title in titles), -at)
        if score > most:
            best, most = at, score
    return best


def _cells(
    rows: list[list[str]], first: int, columns: dict[int, str], inexact: set[tuple[int, ...]]
) -> Iterator[Row | Fault]:
    for number, row in enumerate(rows, start=first):
        if not any(row[at] for at in columns):
            continue
        lost = next((at for at in columns if (number - 1, at) in inexact), None)
        if lost is None:
            yield Row(number, {title: row[at] for at, title in columns.items()})
        else:
            yield Fault(number, _("A spreadsheet keeps only 15 digits of a number: write it as "
                                  "text."), columns[lost], row[lost])  # fmt: skip


def letter(at: int) -> str:
    """Return the letters a spreadsheet has for the column at a position, from 0."""
    letters = ""
    at += 1
    while at:
        at, rest = divmod(at - 1, 26)
        letters = chr(65 + rest) + letters
    return letters


def _from_geojson(content: bytes, name: str) -> Sheet:
    try:
        collection = orjson.loads(content.removeprefix(b"\xef\xbb\xbf"))
    except orjson.JSONDecodeError as error:
        message = _("%(file)s, line %(line)d: is not JSON: %(reason)s.")
        told = {"file": name, "line": error.lineno, "reason": error.msg}
        raise Unreadable(message % told) from error
    features = collection.get("features")
    if not isinstance(features, list):
        raise Unreadable(_("%(file)s is not a GeoJSON FeatureCollection.") % {"file": name})
    good = [feature for feature in features if _is_feature(feature)]
    columns = list(dict.fromkeys(key for feature in good for key in feature["properties"]))
    columns = [*(column for column in columns if column != GEOMETRY), GEOMETRY]
    return Sheet(columns, _features(features, columns))


def _is_feature(feature: Any) -> bool:
    return isinstance(feature, dict) and isinstance(feature.get("properties"), dict)


def _features(features: list[Any], columns: list[str]) -> Iterator[Row | Fault]:
    for number, feature in enumerate(features, start=1):
        if not _is_feature(feature):
            yield Fault(number, _("Is not a GeoJSON feature with properties."))
            continue
        values = {**feature["properties"], GEOMETRY: feature.get("geometry")}
        yield Row(number, {column: _plain(values.get(column)) for column in columns})


def _plain(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, str):
        return value
    return orjson.dumps(value).decode()
