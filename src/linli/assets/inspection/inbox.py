"""The folder a station takes its pictures from: whole files only, broken ones set aside.

Cameras and what is sent over HTTP come by the same way, through a folder of the installation, so
that nothing is lost when a worker dies. A file goes only when its part is recorded.
"""

import os
import time
from dataclasses import dataclass
from pathlib import Path

import orjson
from django.utils.translation import gettext as _

from linli.assets.inspection import pictures
from linli.assets.inspection.models import Station
from linli.assets.inspection.naming import Label, beside, labelled
from linli.assets.inspection.pictures import BadPicture, Picture

QUIET_S = 1.0  # a file without an end mark is whole when nobody wrote to it for so long
PATIENCE_S = 10.0  # and one that lacks its end mark is cut off after so long
MOST_WAITING = 5_000
BROKEN = "broken"


class Full(Exception):
    """So many pictures wait that no more are taken in."""


@dataclass(frozen=True)
class Arrival:
    """A picture file that is whole."""

    path: Path
    label: Label
    picture: Picture


@dataclass(frozen=True)
class Broken:
    """A file that is no picture, and why."""

    path: Path
    label: Label
    reason: str


def folder(station: Station) -> Path:
    """Return the folder in which pictures of a station arrive."""
    if station.feed == Station.Feed.FOLDER:
        return Path(station.address)
    return pictures.home() / "arriving" / station.code


def waiting(station: Station, most: int) -> list[Path]:
    """Return files that wait, the oldest first.

    Raises
    ------
    FileNotFoundError
        If the folder of the station is not there.
    """
    found = []
    with os.scandir(folder(station)) as entries:
        for entry in entries:
            if entry.name.startswith(".") or not entry.is_file():
                continue
            if os.path.splitext(entry.name)[1].lower() in pictures.KINDS:
                found.append((entry.stat().st_mtime_ns, entry.path))
    return [Path(path) for _at, path in sorted(found)[:most]]


def arrivals(station: Station, most: int) -> tuple[list[Arrival], list[Broken]]:
    """Return pictures that are whole, and files that never will be; the others wait."""
    found, bad = [], []
    for path in waiting(station, most):
        try:
            content, told = path.read_bytes(), path.stat()
        except OSError:
            continue  # somebody else took it
        # Files are dated by the machine, not by the clock of the town.
        age = time.time() - told.st_mtime
        whole = pictures.is_whole(content)
        if (whole is None and age < QUIET_S) or (whole is False and age < PATIENCE_S):
            continue
        try:
            picture = pictures.read(content, path.name)
        except BadPicture as fault:
            if age < QUIET_S:
                continue
            label = labelled(station, path.name, content, beside(path))
            bad.append(Broken(path, label, str(fault)))
            continue
        label = labelled(station, path.name, content, beside(path))
        found.append(Arrival(path, label, picture))
    return found, bad


def set_aside(broken: Broken) -> None:
    """Move a file that cannot be read out of the way, with a note that says why."""
    path = broken.path
    aside = path.parent / BROKEN
    aside.mkdir(exist_ok=True)
    (aside / f"{path.name}.txt").write_text(f"{broken.reason}\n", encoding="utf-8")
    path.replace(aside / path.name)
    path.with_suffix(".json").unlink(missing_ok=True)


def done_with(path: Path) -> None:
    """Remove a picture whose part is recorded, and what lay beside it."""
    path.unlink(missing_ok=True)
    path.with_suffix(".json").unlink(missing_ok=True)


def put(station: Station, name: str, content: bytes, told: dict[str, str]) -> None:
    """Lay a picture into the folder of a station, whole, with what is known of it beside it.

    Raises
    ------
    Full
        If too many wait already.
    """
    target = folder(station)
    target.mkdir(parents=True, exist_ok=True)
    if sum(1 for _entry in os.scandir(target)) > 2 * MOST_WAITING:
        raise Full(_("%(n)d pictures wait at this station.") % {"n": MOST_WAITING})
    if told:
        _write(target / Path(name).with_suffix(".json").name, orjson.dumps(told))
    _write(target / Path(name).name, content)


def _write(path: Path, content: bytes) -> None:
    beside_it = path.with_name(f".{path.name}.{os.getpid()}")
    beside_it.write_bytes(content)
    beside_it.replace(path)
