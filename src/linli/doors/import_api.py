"""Files over REST: upload one, see what would become of each row, take it in."""

from dataclasses import asdict
from typing import Annotated, Any, Literal

from django.http import HttpRequest
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop
from ninja import Router, Status
from pydantic import Field

from linli.doors import importing, uploads
from linli.doors.access import check
from linli.doors.keys import WRITE, subject_of_table
from linli.doors.models import ColumnMap, Upload
from linli.doors.reading import Unreadable
from linli.people.models import User
from linli.people.scope import Scope, scope
from linli.rest import Asked, Given, Moment, Problem, Shape, Text, asked, found, given, operation
from linli.tables import Table

N = gettext_noop
router = Router(tags=["imports"])
FILE = "file"
MOST = 500


class UploadShape(Shape):
    """A file: for which table, how it is read, and how many of its rows have which fate."""

    token: str
    table: str
    name: str
    at: Moment
    state: Literal[tuple(Upload.State.values)]  # type: ignore[valid-type]
    sheet: str
    mapping: dict[str, str]
    counts: dict[str, int]


class UploadsShape(Shape):
    """One's own files that wait or were taken in lately, and what one may import."""

    tables: list[str]
    items: list[UploadShape]


class FaultShape(Shape):
    """What is wrong in one place of a file."""

    row: int
    field: str
    value: str
    message: str


class FaultsShape(Shape):
    """All that is wrong with a file, in its order."""

    items: list[FaultShape]


class ChangedShape(Shape):
    """A column that a row changes."""

    column: str
    before: str
    after: str


class LineShape(Shape):
    """What becomes of one row of a file."""

    number: int
    fate: str
    about: str
    shows: dict[str, str]
    changes: list[ChangedShape]
    faults: list[FaultShape]


class PreviewShape(Shape):
    """What becomes of a file: its fates counted, a stretch of its rows, and what concerns all."""

    upload: UploadShape
    columns: list[str]
    can_be_taken: bool
    together: list[str]
    remarks: list[FaultShape]
    total: int
    items: list[LineShape]


class UploadBody(Given):
    """For which table the file is."""

    table: Annotated[Text, Field(max_length=40)]


class LinesQuery(Asked):
    """Which rows of the preview."""

    fate: Annotated[Text | None, Field(max_length=40, description=N("Only rows of this fate"))] = (
        None
    )
    after: Annotated[int, Field(ge=0, le=2**31, description=N("Rows to pass over"))] = 0
    limit: Annotated[int, Field(ge=1, le=MOST, description=N("Rows a page"))] = 50


class MapBody(Given):
    """How a file is read: which of its sheets, and which heading each column has."""

    sheet: Annotated[Text | None, Field(max_length=120)] = None
    mapping: Annotated[
        dict[Text, Text] | None, Field(description=N("Column → heading of the file"))
    ] = None
    keep_as: Annotated[
        Text | None, Field(max_length=80, description=N("Keep these columns under a name"))
    ] = None
    use: Annotated[
        Text | None, Field(max_length=80, description=N("Columns that were kept under this name"))
    ] = None


def _importable(request: HttpRequest) -> tuple[Scope, dict[str, Table]]:
    sight = scope(request.user)
    tables = importing.importable(sight)
    if not tables:
        raise Problem(403)
    return sight, tables


def _see_scope(request: HttpRequest, table: Table) -> None:
    """See that the key may write what the file holds: files are only another way in."""
    check(request.auth, f"{subject_of_table(table)}:{WRITE}")  # type: ignore[attr-defined]


def _found(request: HttpRequest, token: str) -> tuple[Scope, Upload, Table]:
    sight = scope(request.user)
    upload: Upload = found(sight.of(Upload).select_related("owner").filter(token=token).first())
    table = found(importing.importable(sight).get(upload.table))
    return sight, upload, table


def _upload(row: Upload, counts: dict[str, int] | None = None) -> dict[str, Any]:
    return {
        "token": row.token, "table": row.table, "name": row.name, "at": localtime(row.at),
        "state": row.state, "sheet": row.sheet, "mapping": row.mapping,
        "counts": row.counts if counts is None else counts,
    }  # fmt: skip


def _told(sight: Scope, upload: Upload, table: Table, wanted: LinesQuery) -> dict[str, Any]:
    is_done = upload.state == Upload.State.DONE
    try:
        columns = [] if is_done else list(uploads.sheet_of(upload, table).columns)
        told = uploads.told(upload) if is_done else uploads.foreseen(upload, table, sight)
    except Unreadable as why:
        raise Problem(409, str(why)) from why
    lines = [line for line in told["lines"] if wanted.fate in (None, line["fate"])]
    return {
        "upload": _upload(upload, told["counts"]),
        "columns": columns,
        "can_be_taken": told["can_be_taken"] and not is_done,
        "together": told["together"],
        "remarks": told["remarks"],
        "total": len(lines),
        "items": [_line(line) for line in lines[wanted.after : wanted.after + wanted.limit]],
    }


def _line(line: dict[str, Any]) -> dict[str, Any]:
    changes = [{"column": a, "before": b, "after": c} for a, b, c in line["changes"]]
    return {**line, "changes": changes}


@router.get("/imports", response=UploadsShape, **operation(
    N("What one may import, and one's own files"), name="imports"))  # fmt: skip
def imports(request: HttpRequest) -> dict[str, Any]:
    sight, tables = _importable(request)
    rows = [row for row in sight.of(Upload) if row.table in tables]
    return {"tables": list(tables), "items": [_upload(row) for row in rows]}


@router.post("/imports", response={201: PreviewShape}, **operation(
    N("Upload a file with rows of a table"),
    N("CSV, xlsx, xls, et, ods or GeoJSON, as a part of a form called “file”. Answered with what "
      "would become of its first rows; nothing is written before it is taken in. The key needs "
      "the scope to write that table as well."),
    takes=UploadBody, files=FILE, name="upload"))  # fmt: skip
def upload(request: HttpRequest) -> Status:
    sight, tables = _importable(request)
    told, files = given(request, UploadBody, FILE)
    if told.table not in tables:
        raise Problem(422, errors=[("table", _("Choose what the file holds."))])
    table = tables[told.table]
    _see_scope(request, table)
    if len(files) != 1:
        raise Problem(422, errors=[(FILE, _("Choose a file."))])
    assert isinstance(request.user, User)
    try:
        row = uploads.keep(request.user, table, files[0])
    except Unreadable as why:
        raise Problem(422, str(why), errors=[(FILE, str(why))]) from why
    try:
        return Status(201, _told(sight, row, table, LinesQuery()))
    except Problem:  # its columns have yet to be named
        return Status(201, _unread(row, table))


def _unread(row: Upload, table: Table) -> dict[str, Any]:
    return {
        "upload": _upload(row), "columns": list(uploads.sheet_of(row, table).columns),
        "can_be_taken": False, "together": [], "remarks": [], "total": 0, "items": [],
    }  # fmt: skip


@router.get("/imports/{token}", response=PreviewShape, **operation(
    N("What would become of each row of a file, or what became of it"), asks=LinesQuery,
    name="import_preview"))  # fmt: skip
def preview(request: HttpRequest, token: str) -> dict[str, Any]:
    sight, row, table = _found(request, token)
    return _told(sight, row, table, asked(request, LinesQuery))


@router.post("/imports/{token}/columns", response=PreviewShape, **operation(
    N("Read a file in another way"),
    N("Another sheet, other columns, or columns kept under a name before."), takes=MapBody,
    name="import_columns"))  # fmt: skip
def columns(request: HttpRequest, token: str) -> dict[str, Any]:
    sight, row, table = _found(request, token)
    _see_scope(request, table)
    told, _files = given(request, MapBody)
    if row.state != Upload.State.OPEN:
        raise Problem(409, _("This file was taken in already."))
    _read_as(sight, row, table, told)
    return _told(sight, row, table, LinesQuery())


def _read_as(sight: Scope, row: Upload, table: Table, told: MapBody) -> None:
    was = row.sheet
    row.sheet = was if told.sheet is None else told.sheet
    try:
        sheet = uploads.sheet_of(row, table)
    except Unreadable as why:
        raise Problem(422, str(why), errors=[("sheet", str(why))]) from why
    if told.use is not None:
        kept = sight.of(ColumnMap).filter(table=table.name, name=told.use).first()
        if kept is None:
            words = _("No columns are kept as “%(name)s”.") % {"name": told.use}
            raise Problem(422, errors=[("use", words)])
        row.mapping = {k: v for k, v in kept.mapping.items() if v in sheet.columns}
    elif told.mapping is not None:
        try:
            importing.see_mapped(table, sheet.columns, told.mapping)
        except Unreadable as why:
            raise Problem(422, str(why), errors=[("mapping", str(why))]) from why
        row.mapping = dict(told.mapping)
    elif row.sheet != was:
        row.mapping = uploads.proposed(row.owner, table, sheet.columns)
    row.save(update_fields=["sheet", "mapping"])
    if told.keep_as and told.keep_as.strip():
        uploads.keep_map(row, sheet.columns, told.keep_as.strip())


@router.post("/imports/{token}/take", response=PreviewShape, **operation(
    N("Take a file in"),
    N("Rows that are refused stay out; where rows stand together, all go in or none."),
    name="import_take"))  # fmt: skip
def take(request: HttpRequest, token: str) -> dict[str, Any]:
    sight, row, table = _found(request, token)
    _see_scope(request, table)
    if row.state != Upload.State.OPEN:
        raise Problem(409, _("This file was taken in already."))
    try:
        row = uploads.take(row, table, sight)
    except Unreadable as why:
        raise Problem(409, str(why)) from why
    if row.state != Upload.State.DONE:
        faults = [(FILE, text) for text in uploads.told(row)["together"]]
        raise Problem(409, _("Nothing was written."), errors=faults)
    return _told(sight, row, table, LinesQuery())


@router.get("/imports/{token}/faults", response=FaultsShape, **operation(
    N("What is wrong with a file, row by row"), name="import_faults"))  # fmt: skip
def faults(request: HttpRequest, token: str) -> dict[str, Any]:
    sight, row, table = _found(request, token)
    is_done = row.state == Upload.State.DONE
    try:
        told = uploads.told(row) if is_done else uploads.foreseen(row, table, sight)
    except Unreadable as why:
        raise Problem(409, str(why)) from why
    return {"items": [asdict(fault) for fault in uploads.faults_of(told)]}


@router.delete("/imports/{token}", response={204: None}, **operation(
    N("Throw a file away"), name="import_drop"))  # fmt: skip
def drop(request: HttpRequest, token: str) -> Any:
    _sight, row, _table = _found(request, token)
    uploads.drop(row)
    return Status(204, None)
