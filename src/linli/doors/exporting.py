"""Rows of a declared table into a file that a spreadsheet opens: CSV or Excel.

The rows are those that a page shows: what the person may see, narrowed as the page is. A file is
written whole before any of it is sent, so that none ends in the middle and looks complete.
"""

import csv
import io
import shutil
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from tempfile import SpooledTemporaryFile
from typing import IO, Any

from django.contrib.auth.models import AnonymousUser
from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _
from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell

from linli.doors import cells
from linli.people import audit
from linli.people.scope import Scope
from linli.tables import Column, Table

CSV, XLSX = "csv", "xlsx"
TYPES = {
    CSV: "text/csv",
    XLSX: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
# A byte order mark, or Excel takes UTF-8 for the code page of the machine.
ENCODINGS = {"utf-8": "utf-8-sig", "gb18030": "gb18030"}
IN_MEMORY = 8 * 1024 * 1024
CHUNK = 1000
LONGEST_CELL = 32_767  # letters that an Excel cell holds


@dataclass
class Exported:
    """A file ready to be sent, and how many rows it has."""

    file: IO[bytes]
    rows: int


def narrowed(table: Table, scope: Scope, query: Mapping[str, Any]) -> QuerySet[Any]:
    """Return the rows a person may see, narrowed by the query of the page that lists them."""
    if table.narrow is not None:
        return table.narrow(scope, query)
    rows = scope.of(table.model)
    for column in table.columns:
        text = str(query.get(column.name, "")).strip()
        if not (column.filters and text):
            continue
        try:
            value = cells.given(column, text)
        except cells.NotGiven:
            continue  # what was mistyped narrows nothing, as on the page
        rows = rows.filter(column.where(scope, value) if column.where else Q(
            **{column.lookup: value}))  # fmt: skip
    if words := str(query.get("q", "")).strip():
        found = Q(pk__in=[])
        for lookup in table.words:
            found |= Q(**{f"{lookup}__icontains": words})
        rows = rows.filter(found)
    return rows.order_by(*table.order)


def columns_of(table: Table) -> list[Column]:
    """Return the columns that an export has."""
    return [column for column in table.columns if column.shown]


def export(
    table: Table, scope: Scope, rows: QuerySet[Any], kind: str = CSV, encoding: str = "utf-8"
) -> Exported:
    """Write rows of a table into a file.

    Parameters
    ----------
    rows
        What the scope shows, narrowed; nothing is asked about them any more but who may know
        their personal columns.
    encoding
        Of CSV: "utf-8" or "gb18030".
    """
    columns = columns_of(table)
    file: IO[bytes] = SpooledTemporaryFile(IN_MEMORY)  # noqa: SIM115 (whoever sends it closes it)
    lines = _lines(table, columns, scope, _whole(table, columns, rows))
    write: Callable[[IO[bytes], Table, list[Column], Iterator[list[Any]], str], int]
    write = _csv if kind == CSV else _xlsx
    count = write(file, table, columns, lines, encoding)
    file.seek(0)
    return Exported(file, count)


def _whole(table: Table, columns: list[Column], rows: QuerySet[Any]) -> QuerySet[Any]:
    """Read with each row all its columns want, in a constant number of queries a chunk."""
    wanted = {column.lookup.split("__")[0] for column in columns}
    unread = [name for name in table.deferred if name not in wanted]
    related = rows.select_related(*table.related) if table.related else rows
    return related.prefetch_related(*table.prefetched).defer(*unread)


def _lines(
    table: Table, columns: list[Column], scope: Scope, rows: QuerySet[Any]
) -> Iterator[list[Any]]:
    chunk: list[Any] = []
    for row in rows.iterator(CHUNK):
        chunk.append(row)
        if len(chunk) == CHUNK:
            yield from _of_chunk(table, columns, scope, chunk)
            chunk = []
    yield from _of_chunk(table, columns, scope, chunk)


def _of_chunk(
    table: Table, columns: list[Column], scope: Scope, rows: list[Any]
) -> Iterator[list[Any]]:
    is_asked = table.may_know is not None and any(column.personal for column in columns)
    known = table.may_know(scope, rows) if rows and is_asked and table.may_know else frozenset()
    for row in rows:
        yield [
            "" if column.personal and row.pk not in known
            else cells.shown(column, cells.value_of(column, row))
            for column in columns
        ]  # fmt: skip


def _csv(
    file: IO[bytes], table: Table, columns: list[Column], lines: Iterator[list[Any]], encoding: str
) -> int:
    text = io.TextIOWrapper(file, ENCODINGS[encoding], "replace", newline="", write_through=True)
    writer = csv.writer(text)
    writer.writerow([cells.defused(str(column.label)) for column in columns])
    count = 0
    for line in lines:
        count += 1
        writer.writerow([_in_csv(value) for value in line])
    text.flush()
    text.detach()
    return count


def _in_csv(value: Any) -> Any:
    if isinstance(value, str):
        return cells.defused(value)
    return value.isoformat(" ") if isinstance(value, datetime) else value


def _xlsx(
    file: IO[bytes], table: Table, columns: list[Column], lines: Iterator[list[Any]], encoding: str
) -> int:
    book = Workbook(write_only=True)
    sheet = book.create_sheet(str(table.label)[:31])
    sheet.freeze_panes = "A2"
    sheet.append([_text(sheet, str(column.label)) for column in columns])
    count = 0
    for line in lines:
        count += 1
        sheet.append([_text(sheet, v) if isinstance(v, str) else v for v in line])
    book.save(file)
    return count


def _text(sheet: Any, text: str) -> Any:
    """Make a cell of plain text, whatever the text looks like: a code stays what it is."""
    if len(text) > LONGEST_CELL:
        text = _("(too long for a cell of a spreadsheet)")
    if not text:
        return None
    cell = WriteOnlyCell(sheet, "".join(c for c in text if c >= " " or c in "\t\n"))
    cell.data_type = "s"
    return cell


def export_all(table: Table, path: Path, kind: str = CSV, encoding: str = "utf-8") -> int:
    """Write every row into a file for the operator, who knows no private person by that."""
    rows = table.model._default_manager.order_by(*table.order)
    made = export(table, Scope(AnonymousUser()), rows, kind, encoding)
    with made.file, path.open("wb") as file:
        shutil.copyfileobj(made.file, file)
    audit.record(
        "exported", None, kind="table", key=table.name, name=str(table.label),
        changes={"rows": (None, made.rows), "format": (None, kind)},
    )  # fmt: skip
    return made.rows
