"""Upload a changed pack or town: checked whole, its difference shown, then applied or dropped."""

import re
import zipfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from io import BytesIO
from pathlib import Path, PurePosixPath
from tempfile import TemporaryDirectory
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from linli import rows
from linli.clock import now
from linli.packs import versions
from linli.packs.folder import PEOPLE_FILE, TOWN_FILES
from linli.packs.loader import checked, write
from linli.packs.models import TownVersion
from linli.packs.versions import Files
from linli.people import audit
from linli.people.administration import Impossible, OutOfReach, Reach
from linli.people.models import User
from linli.places.models import Town
from linli.places.town import changed, forget, the_town
from linli.rows import Change
from linli.sections import Faulty

MOST_BYTES = 50 * 1024 * 1024
SHOWN = 1000  # changes kept of each kind; the rest is counted
TOLD = 60


def files_of(name: str, content: bytes) -> tuple[str, str, Files]:
    """Return what was uploaded: how, its name, and the files of the town with it put in.

    Raises
    ------
    Impossible
        If it is neither a pack's TOML file nor a zipped town folder.
    """
    path = PurePosixPath(name)
    if path.suffix.lower() == ".toml" and re.fullmatch(r"[a-zA-Z0-9_-]{1,50}", path.stem):
        files = versions.present(the_town())
        return TownVersion.How.PACK, path.stem, versions.with_pack(files, path.stem, content)
    if path.suffix.lower() == ".zip":
        return TownVersion.How.TOWN, path.stem, _unzipped(content)
    raise Impossible(_("This is neither a pack (.toml) nor a zipped town folder (.zip)."))


def _unzipped(content: bytes) -> Files:
    """Read the files of a town out of an archive; whatever else is in it is left there."""
    try:
        archive = zipfile.ZipFile(BytesIO(content))
        entries = [entry for entry in archive.infolist() if not entry.is_dir()]
        if sum(entry.file_size for entry in entries) > MOST_BYTES:
            raise Impossible(_("The archive is larger than a town can be."))
        roots = [PurePosixPath(e.filename).parent for e in entries
                 if PurePosixPath(e.filename).name == "town.toml"]  # fmt: skip
        if not roots:
            raise Impossible(_("The archive has no town.toml."))
        root = min(roots, key=lambda path: len(path.parts))
        files: Files = {}
        for entry in entries:
            path = PurePosixPath(entry.filename)
            if not path.is_relative_to(root):
                continue
            inner = path.relative_to(root)
            is_pack = inner.parent == PurePosixPath("packs") and inner.suffix == ".toml"
            if is_pack or str(inner) in (*TOWN_FILES, PEOPLE_FILE):
                files[str(inner)] = archive.read(entry)
    except (zipfile.BadZipFile, RuntimeError, NotImplementedError, OSError):
        raise Impossible(_("The archive cannot be read.")) from None
    return files


@contextmanager
def _folder(files: Mapping[str, bytes]) -> Iterator[Path]:
    """Lay files out for a while; faults name them as they lie in a town folder."""
    with TemporaryDirectory(prefix="linli-town-") as place:
        folder = Path(place)
        versions.lay_out(files, folder)
        try:
            yield folder
        except Faulty as faulty:
            # Shown as from here they would begin with the place they were laid out in.
            starts = {f"{folder}/", f"{folder.resolve()}/"}
            raise Faulty([replace(
                fault,
                spot=replace(fault.spot, file=_without(fault.spot.file, starts)),
                message=_without(fault.message, starts),
            ) for fault in faulty.faults]) from None  # fmt: skip


def _without(text: str, starts: set[str]) -> str:
    for start in starts:
        text = text.replace(start, "")
    return text


def difference(files: Files) -> list[Change]:
    """Say what applying files would change: they are written in a transaction that is undone.

    Raises
    ------
    Faulty
        With every fault in them.
    """
    with _folder(files) as folder:
        read = checked(folder, with_people=PEOPLE_FILE in files)
        try:
            with transaction.atomic(), rows.noting() as changes:
                write(read)
                transaction.set_rollback(True)
        finally:
            forget()
    return changes


def draft(by: User, how: str, name: str, files: Files) -> TownVersion:
    """Keep what could be applied, with the difference it would make.

    Raises
    ------
    Faulty
        With every fault in the files; nothing is kept then.
    """
    _check(by)
    changes = difference(files)
    TownVersion.objects.filter(number=None, by=by).delete()
    return TownVersion.objects.create(
        how=how, name=name[:120], by=by, at=now(), files=versions.store(files),
        changes=_plain(changes), based_on=the_town().version,
    )  # fmt: skip


def again(version: TownVersion, by: User) -> TownVersion:
    """Make a draft of an earlier version, to go back to it."""
    return draft(by, TownVersion.How.RESTORED, version.name, versions.texts(version))


def apply(version: TownVersion, by: User) -> bool:
    """Apply a draft in one transaction; tell whether it was, or the town has changed meanwhile.

    If the town is not the one the difference was shown for, the draft gets a new difference
    and nothing is applied.
    """
    _check(by)
    files = versions.texts(version)
    with _folder(files) as folder:
        with transaction.atomic():
            town = Town.objects.select_for_update().get()
            row = TownVersion.objects.select_for_update().get(pk=version.pk)
            if row.number is not None:
                raise Impossible(_("This has been applied already."))
            if town.version == row.based_on:
                return _applied(row, files, folder, by)
        version.changes = _plain(difference(files))
        version.based_on = town.version
        version.save(update_fields=["changes", "based_on"])
    return False


def _applied(version: TownVersion, files: Files, folder: Path, by: User) -> bool:
    read = checked(folder, with_people=PEOPLE_FILE in files)
    with rows.noting() as noted:
        loaded = write(read)
    changed()  # what is in force is no longer what any folder says
    version.changes = _plain(noted)
    version.files = {name: key for name, key in version.files.items() if name != PEOPLE_FILE}
    version.number = loaded.town.version + 1
    version.by, version.at = by, now()
    version.save()
    told = {
        f"{change.kind} {change.code} {name}".strip(): pair
        for change in noted
        for name, pair in (change.fields or {change.what: (None, change.name)}).items()
    }
    shown = dict(list(told.items())[:TOLD])
    if len(told) > TOLD:
        shown["…"] = (None, len(told) - TOLD)
    audit.record("pack-applied", by, kind="pack", key=version.name, name=version.name,
                 changes=shown, reason=version.how)  # fmt: skip
    return True


def _check(by: User) -> None:
    if not Reach(by).is_whole:
        raise OutOfReach(_("This lies beyond what you administer."))


def _plain(changes: list[Change]) -> list[dict[str, Any]]:
    """Return changes as JSON; of very many of one kind the first, and how many more."""
    kept: dict[str, list[dict[str, Any]]] = {}
    more: dict[str, int] = {}
    for change in changes:
        place = kept.setdefault(change.kind, [])
        if len(place) < SHOWN:
            place.append({"kind": change.kind, "code": change.code, "name": change.name,
                          "what": change.what, "fields": audit.plain(change.fields)})  # fmt: skip
        else:
            more[change.kind] = more.get(change.kind, 0) + 1
    rest = [{"kind": kind, "what": "more", "more": count} for kind, count in more.items()]
    return [change for place in kept.values() for change in place] + rest
