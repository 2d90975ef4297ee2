"""Rows of a declared table into a file that a spreadsheet opens: CSV or Excel.

The rows are those that a page shows: what the person may see, narrowed as the page is. None of it
is ever whole in memory: CSV is read, written and sent a thousand rows at a time; a spreadsheet is
written into a temporary file, because it begins with what is known at its end.
"""

import codecs
import csv
import io
import re
from collections.abc import Generator, Iterable, Iterator, Mapping, Sequence
from contextlib import closing
from datetime import datetime
from itertools import islice
from pathlib import Path
from tempfile import TemporaryFile
from typing import Any

from django.contrib.auth.models import AnonymousUser
from django.db.models import Q, QuerySet
from django.utils.translation import get_language, override
from django.utils.translation import gettext as _
from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell

from linli.doors import cells
from linli.people import audit
from linli.people.scope import Scope
from linli.streams import pieces
from linli.tables import Column, Table

CSV, XLSX = "csv", "xlsx"
TYPES = {
    CSV: "text/csv",
    XLSX: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
# A byte order mark, or Excel takes UTF-8 for the code page of the machine.
ENCODINGS = {"utf-8": "utf-8-sig", "gb18030": "gb18030"}
CHUNK = 1000
LONGEST_CELL = 32_767  # letters that an Excel cell holds


Rows = QuerySet[Any] | Sequence[Any]


def narrowed(table: Table, scope: Scope, query: Mapping[str, Any]) -> Rows:
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


def count(rows: Rows) -> int:
    """Return how many rows an export will have."""
    return rows.count() if isinstance(rows, QuerySet) else len(rows)


def export(
    table: Table, scope: Scope, rows: Rows, kind: str = CSV, encoding: str = "utf-8"
) -> Generator[bytes, None, None]:
    """Yield a file of rows of a table, a piece at a time.

    Parameters
    ----------
    rows
        What the scope shows, narrowed; nothing is asked about them any more but who may know
        their personal columns.
    encoding
        Of CSV: "utf-8" or "gb18030".
    """
    columns = columns_of(table)
    chunks = _chunks(table, columns, scope, rows)
    parts = (
        _csv(columns, chunks, ENCODINGS[encoding]) if kind == CSV else _xlsx(table, columns, chunks)
    )
    return _spoken(parts, get_language())


def _spoken(
    parts: Generator[bytes, None, None], language: str | None
) -> Generator[bytes, None, None]:
    """Yield parts in the language of who asked: they are made after the request was answered."""
    with closing(parts):
        while True:
            with override(language):
                part = next(parts, None)
            if part is None:
                return
            yield part


def _whole(table: Table, columns: list[Column], rows: QuerySet[Any]) -> QuerySet[Any]:
    """Read with each row all its columns want, in a constant number of queries a chunk."""
    wanted = {column.lookup.split("__")[0] for column in columns}
    unread = [name for name in table.deferred if name not in wanted]
    related = rows.select_related(*table.related) if table.related else rows
    return related.prefetch_related(*table.prefetched).defer(*unread)


Chunks = Iterator[list[list[Any]]]


def _chunks(table: Table, columns: list[Column], scope: Scope, rows: Rows) -> Chunks:
    """Yield the cells of up to `CHUNK` rows at a time."""
    read: Iterable[Any] = rows
    if isinstance(rows, QuerySet):
        read = _whole(table, columns, rows).iterator(CHUNK)
    source = iter(read)
    while chunk := list(islice(source, CHUNK)):
        yield list(_of_chunk(table, columns, scope, chunk))


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


def _csv(columns: list[Column], chunks: Chunks, encoding: str) -> Generator[bytes, None, None]:
    encode = codecs.getincrementalencoder(encoding)("replace").encode
    text = io.StringIO(newline="")
    writer = csv.writer(text)
    writer.writerow([cells.defused(str(column.label)) for column in columns])
    yield encode(text.getvalue())
    for lines in chunks:
        text.seek(0)
        text.truncate()
        writer.writerows([_in_csv(value) for value in line] for line in lines)
        yield encode(text.getvalue())


def _in_csv(value: Any) -> Any:
    if isinstance(value, str):
        return cells.defused(value)
    return value.isoformat(" ") if isinstance(value, datetime) else value


def _xlsx(table: Table, columns: list[Column], chunks: Chunks) -> Generator[bytes, None, None]:
    book = Workbook(write_only=True)
    sheet = book.create_sheet(re.sub(r"[\\/*?:\[\]]", " ", str(table.label))[:31])
    sheet.freeze_panes = "A2"
    sheet.append([_text(sheet, str(column.label)) for column in columns])
    for lines in chunks:
        for line in lines:
            sheet.append([_text(sheet, v) if isinstance(v, str) else v for v in line])
    file = TemporaryFile()  # noqa: SIM115 (closed by whoever reads its pieces)
    book.save(file)
    file.seek(0)
    yield from pieces(file)


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
    found = count(rows)
    with path.open("wb") as file:
        file.writelines(export(table, Scope(AnonymousUser()), rows, kind, encoding))
    audit.record(
        "exported", None, kind="table", key=table.name, name=str(table.label),
        changes={"rows": (None, found), "format": (None, kind)},
    )  # fmt: skip
    return found
