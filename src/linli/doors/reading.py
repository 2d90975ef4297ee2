"""Read a table somebody exported somewhere: any usual encoding, bad rows told one by one."""

import csv
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from django.utils.translation import gettext as _

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
    """Read a CSV file.

    Returns
    -------
    The columns, and an iterator over the rows, good and bad, in the file's order.

    Raises
    ------
    Unreadable
        If the file is empty or its heading is none.
    """
    lines = decode(path.read_bytes()).splitlines(keepends=True)
    try:
        columns, used = _record(lines, 0)
    except csv.Error as error:
        raise Unreadable(_("%(file)s has no readable heading.") % {"file": path.name}) from error
    columns = [name.strip() for name in columns]
    if not any(columns):
        raise Unreadable(_("%(file)s is empty.") % {"file": path.name})
    if len(set(columns)) < len(columns):
        raise Unreadable(_("%(file)s has two columns of the same name.") % {"file": path.name})
    return columns, _rows(lines, used, columns)


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
