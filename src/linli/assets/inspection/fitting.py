"""Versions learnt: from what was given and judged, measured before and after, then switched to.

Runs in a process for the occasion; whoever dies over it finds the version asked for again.
"""

import logging
import shutil
import time
from collections.abc import Callable
from pathlib import Path

from django.db import transaction
from django.utils.translation import gettext as _

from linli.assets.inspection import learning, material, measuring, pictures
from linli.assets.inspection.judges import Judge, fingerprint
from linli.assets.inspection.learning import NothingToLearnFrom
from linli.assets.inspection.material import Material
from linli.assets.inspection.models import Station, Version
from linli.clock import now

log = logging.getLogger(__name__)


def serve() -> None:
    """Learn the versions that are asked for, one after the other."""
    waiting = Version.objects.filter(state=Version.State.FITTING).order_by("asked_at", "pk")
    for version in waiting.select_related("station"):
        learn(version)


def learn(version: Version) -> Version:
    """Learn a version that was asked for; where it cannot be, its `trouble` says why.

    It is switched to if it is not worse than the one in use on judged pictures that neither
    learnt from, or if there is none in use.
    """
    station = version.station
    began = time.monotonic()
    try:
        present = judge_of(station)
        found = material.gathered(station, present)
        judge = _learnt(station, found)
        before = _figures(present, found) if present is not None else {}
        after = _figures(judge, found)
        folder = f"versions/{station.code}/{version.number}"
        version.sha256 = _keep(judge, pictures.home() / folder)
    except NothingToLearnFrom as fault:
        return _failed(version, str(fault))
    except Exception as fault:
        log.exception("version %s could not be learnt", version)
        return _failed(version, f"{type(fault).__name__}: {fault}")
    version.folder, version.samples = folder, found.told()
    version.before, version.after = before, after
    version.threshold = judge.threshold
    version.fitted_at, version.seconds = now(), round(time.monotonic() - began, 1)
    why = measuring.why_worse(before, after) if present is not None else ""
    version.trouble = why[:300]
    version.state = Version.State.READY
    if why:
        is_measured = bool(after.get("n") or after.get("pairs"))
        version.state = Version.State.WORSE if is_measured else Version.State.READY
        version.save()
    else:
        switch(version)
    return version


def _learnt(station: Station, found: Material) -> Judge:
    if station.method == Station.Method.SURFACE:
        return learning.of_good(found.good, names=found.names)
    return learning.of_pairs(found.pairs)


def _figures(judge: Judge, found: Material) -> measuring.Figures:
    figures: measuring.Figures = {}
    if found.test_pairs:
        figures |= measuring.on_pairs(judge, found.test_pairs)
    if found.test_good or found.test_flawed:
        figures |= measuring.on_parts(judge, found.test_good, found.test_flawed)
    if judge.board is not None:
        figures.pop("auroc", None)  # of boards the boxes tell more
    figures["n"] = figures.get("n", 0) + figures.get("pairs", 0)
    return figures


def _keep(judge: Judge, folder: Path) -> str:
    fresh = folder.with_name(f"{folder.name}.new")
    shutil.rmtree(fresh, ignore_errors=True)
    digest = judge.save(fresh)
    shutil.rmtree(folder, ignore_errors=True)
    fresh.rename(folder)
    return digest


def _failed(version: Version, why: str) -> Version:
    version.state, version.trouble, version.fitted_at = Version.State.FAILED, why[:300], now()
    version.save()
    return version


def switch(version: Version) -> None:
    """Let a version judge from now on; the one in use was in use."""
    with transaction.atomic():
        Station.objects.select_for_update(of=("self",)).get(pk=version.station_id)
        Version.objects.filter(
            station=version.station_id, state=Version.State.CURRENT
        ).update(state=Version.State.RETIRED)  # fmt: skip
        version.state = Version.State.CURRENT
        version.save()
        Station.objects.filter(pk=version.station_id).update(version=version)


def judge_of(station: Station) -> Judge | None:
    """Return the judge in use at a station, None before its first.

    Raises
    ------
    ValueError
        If its files are not those that were learnt.
    """
    version = Version.objects.filter(pk=station.version_id or 0).first()
    return judge_of_version(version) if version is not None else None


def judge_of_version(version: Version) -> Judge:
    """Return the judge of a version.

    Raises
    ------
    ValueError
        If its files are not those that were learnt.
    """
    folder = pictures.home() / version.folder
    if not folder.is_dir() or fingerprint(folder) != version.sha256:
        raise ValueError(_("The files of version %(n)d are not those that were learnt.")
                         % {"n": version.number})  # fmt: skip
    return Judge.load(folder)


def from_folder(
    station: Station, files: Path, tick: Callable[[int], None] = lambda done: None
) -> tuple[Version, list[str]]:
    """Learn a first or a new version from a folder of good pictures, or of labelled pairs.

    Returns
    -------
    The version, and which files could not be read.

    Raises
    ------
    NothingToLearnFrom
        If there is nothing in the folder to learn from; nothing is kept then.
    """
    from linli.assets.inspection.teaching import ask

    is_surface = station.method == Station.Method.SURFACE
    read = learning.read_good(files, tick) if is_surface else learning.read_pairs(files, tick)
    least = learning.LEAST_GOOD if is_surface else 4
    if len(read.good) + len(read.pairs) < least:
        first = f" {read.faults[0]}" if read.faults else ""
        raise NothingToLearnFrom(
            _("%(folder)s: %(n)d usable pictures, %(least)d at least are needed.%(first)s")
            % {"folder": files, "n": len(read.good) + len(read.pairs), "least": least,
               "first": first}
        )  # fmt: skip
    material.give(station, files)
    version = learn(ask(station))
    return version, read.faults
