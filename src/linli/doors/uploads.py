"""Files that wait to be taken in: kept for one person, and not for longer than they need."""

import os
from collections.abc import Iterable, Sequence
from dataclasses import asdict
from datetime import timedelta
from pathlib import Path
from time import time
from typing import Any

import orjson
from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.db.models import Q
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from linli import clock
from linli.doors import importing
from linli.doors.importing import Foreseen
from linli.doors.models import ColumnMap, Upload
from linli.doors.reading import Fault, Sheet, Unreadable, read
from linli.people import audit
from linli.people.models import User
from linli.people.scope import Scope, visible
from linli.tables import CHANGED, NEW, Kind, Table

LARGEST = 64 * 1024 * 1024
MOST_ROWS = 200_000
KEPT = timedelta(days=1)
RECORDED = 500  # rows whose changes the trail of administrative acts names


@visible(Upload)
def _uploads(scope: Scope) -> Q:
    return Q(owner=scope.user.pk)


@visible(ColumnMap)
def _maps(scope: Scope) -> Q:
    return Q(owner=scope.user.pk)


def keep(owner: User, table: Table, file: UploadedFile) -> Upload:
    """Keep an uploaded file, read its headings and propose which column each is.

    Raises
    ------
    Unreadable
        If it is too large, or no table; it is not kept then.
    """
    sweep()
    if (file.size or 0) > LARGEST:
        raise Unreadable(_("%(file)s is larger than %(most)d MB; divide it into several files.")
                         % {"file": file.name, "most": LARGEST // 1024**2})  # fmt: skip
    upload = Upload(owner=owner, table=table.name, name=(file.name or "")[-200:], at=clock.now())
    _write(upload.path, file.chunks())
    try:
        sheet = sheet_of(upload, table)
    except Unreadable:
        upload.path.unlink()
        raise
    upload.sheet = sheet.name
    upload.mapping = proposed(owner, table, sheet.columns)
    upload.save()
    return upload


def _write(path: Path, parts: Iterable[bytes]) -> None:
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        for part in parts:
            file.write(part)


def sheet_of(upload: Upload, table: Table) -> Sheet:
    """Read the table in an uploaded file."""
    return read(upload.path, upload.sheet, importing.headings(table), upload.name)


def proposed(owner: User, table: Table, headings: Sequence[str]) -> dict[str, str]:
    """Return the map kept for files with the same headings, else what their names say."""
    for kept in ColumnMap.objects.filter(owner=owner, table=table.name):
        if set(kept.headings) == set(headings):
            return dict(kept.mapping)
    return importing.propose(table, headings)


def keep_map(upload: Upload, headings: Sequence[str], name: str) -> ColumnMap:
    """Keep how a file is read under a name; the same name replaces what it stood for."""
    kept, _new = ColumnMap.objects.update_or_create(
        owner=upload.owner, table=upload.table, name=name[:80],
        defaults={"mapping": upload.mapping, "headings": list(headings)},
    )  # fmt: skip
    return kept


def foreseen(upload: Upload, table: Table, scope: Scope) -> dict[str, Any]:
    """Return what would become of each row; looked at once for each way of reading the file.

    Raises
    ------
    Unreadable
        If the file cannot be read this way.
    """
    way = [upload.sheet, upload.mapping, get_language()]
    if upload.lines_path.exists():
        kept = orjson.loads(upload.lines_path.read_bytes())
        if kept["way"] == way:
            return kept
    sheet = sheet_of(upload, table)
    seen = importing.foresee(table, scope, sheet, upload.mapping)
    if len(seen.lines) > MOST_ROWS:
        raise Unreadable(_("%(file)s has more than %(most)s rows; divide it into several files.")
                         % {"file": upload.name, "most": f"{MOST_ROWS:,}"})  # fmt: skip
    return _put_down(upload, seen, way)


def told(upload: Upload) -> dict[str, Any]:
    """Return what became of the rows of a file that was taken in.

    Raises
    ------
    Unreadable
        If that is no longer known.
    """
    try:
        return orjson.loads(upload.lines_path.read_bytes())
    except FileNotFoundError:
        message = _("What became of %(file)s is no longer kept.")
        raise Unreadable(message % {"file": upload.name}) from None


def _put_down(upload: Upload, seen: Foreseen, way: list[Any]) -> dict[str, Any]:
    told = {
        "way": way,
        "counts": seen.counts,
        "together": seen.together,
        "remarks": [asdict(remark) for remark in seen.remarks],
        "can_be_taken": seen.can_be_taken,
        "lines": [
            {
                "number": line.number, "fate": line.fate, "about": line.about,
                "shows": line.shows, "changes": line.changes,
                "faults": [asdict(fault) for fault in line.faults],
            }
            for line in seen.lines
        ],
    }  # fmt: skip
    _write(upload.lines_path, [orjson.dumps(told)])
    return told


def take(upload: Upload, table: Table, scope: Scope) -> Upload:
    """Take a file in, note it in the trail, and delete it; a second click takes nothing twice."""
    claimed = Upload.objects.filter(pk=upload.pk, state=Upload.State.OPEN)
    if not claimed.update(state=Upload.State.TAKING):
        return Upload.objects.get(pk=upload.pk)
    try:
        seen = importing.take(table, scope, sheet_of(upload, table), upload.mapping)
    except BaseException:
        Upload.objects.filter(pk=upload.pk).update(state=Upload.State.OPEN)
        raise
    stands = _writer_is_whole(table) and not seen.can_be_taken
    _put_down(upload, seen, [upload.sheet, upload.mapping, get_language()])
    upload.counts = seen.counts
    upload.state = Upload.State.OPEN if stands else Upload.State.DONE
    upload.save()
    if not stands:
        record(seen, upload.owner, upload.name)
        upload.path.unlink(missing_ok=True)
    return upload


def _writer_is_whole(table: Table) -> bool:
    return bool(table.writer and table.writer.together)


def record(seen: Foreseen, by: User | None, file: str) -> None:
    """Note in the trail of administrative acts what was taken in from a file."""
    changes: dict[str, Any] = {"file": (None, file), **{f: (None, n) for f, n in
                                                        seen.counts.items()}}  # fmt: skip
    told = seen.lines if _writer_is_whole(seen.table) else []
    for line in [line for line in told if line.fate in (NEW, CHANGED)][:RECORDED]:
        if line.fate == NEW:
            columns = (seen.table.column(name) for name in line.shows)
            known = {c.name: line.shows[c.name] for c in columns if not c.personal}
            changes[known.get(seen.table.key, str(line.number))] = (None, ", ".join(
                text for text in known.values() if text
            ))  # fmt: skip
        for name, before, after in line.changes:
            column = seen.table.column(name)
            if not column.personal and column.kind is not Kind.SHAPE:
                changes[f"{line.about}.{name}"] = (before, after)
    table = seen.table
    audit.record(
        "imported", by, kind="table", key=table.name, name=str(table.label), changes=changes
    )  # fmt: skip


def faults_of(told: dict[str, Any]) -> list[Fault]:
    """Return all faults and remarks that were put down, in the file's order."""
    every = [*told["remarks"], *(fault for line in told["lines"] for fault in line["faults"])]
    return sorted((Fault(**fault) for fault in every), key=lambda fault: fault.row)


def drop(upload: Upload) -> None:
    """Delete a file and all that is known of it."""
    upload.path.unlink(missing_ok=True)
    upload.lines_path.unlink(missing_ok=True)
    upload.delete()


def sweep() -> int:
    """Delete what nobody took in for a day, and what has no owner any more."""
    old = list(Upload.objects.filter(at__lt=clock.now() - KEPT))
    for upload in old:
        drop(upload)
    folder = Path(settings.HOME) / "uploads"
    known = set(Upload.objects.values_list("token", flat=True))
    for path in folder.glob("*"):
        if path.stem not in known and path.is_file() and _is_old(path):
            path.unlink(missing_ok=True)
    return len(old)


def _is_old(path: Path) -> bool:
    # By the wall's clock, as the disk has it: the demonstration's runs ahead.
    return time() - path.stat().st_mtime > KEPT.total_seconds()
