"""Stations run from the command line, one or all; and taught from a folder."""

import multiprocessing
import multiprocessing.process
import os
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from django.utils.translation import gettext as _

from linli.assets.inspection.fitting import from_folder
from linli.assets.inspection.models import Station
from linli.assets.inspection.working import Floor, run, stations


def work(code: str = "", *, once: bool = False, workers: int = 0) -> dict[str, int]:
    """Work at one station or all of them, in several processes where there are several.

    Parameters
    ----------
    once
        Stop when no picture waits; in this process alone.

    Raises
    ------
    LookupError
        If there is no such station, or none at all.
    """
    found = stations(code)
    if not found:
        raise LookupError(_("There is no station “%(code)s”.") % {"code": code} if code
                          else _("No station is switched on."))  # fmt: skip
    of = min(workers or os.cpu_count() or 1, len(found))
    if once or of == 1:
        return {"parts": _work_through(code) if once else run(code)}
    spawn = multiprocessing.get_context("spawn")

    def start(nth: int) -> multiprocessing.process.BaseProcess:
        given = (code, (nth, of), os.getpid())
        process = spawn.Process(target=_run_beside, args=given, daemon=True)
        process.start()
        return process

    own = [start(nth) for nth in range(of)]
    while True:  # a process that dies is started again; its stations' files are still there
        time.sleep(1)
        own = [one if one.is_alive() else start(nth) for nth, one in enumerate(own)]


def _work_through(code: str) -> int:
    floor, done = Floor(code), 0
    try:
        while n := floor.turn():
            done += n
    finally:
        floor.close()
    return done


def _run_beside(code: str, share: tuple[int, int], parent: int) -> None:
    import django

    django.setup()
    run(code, share, parent)


def taught(
    code: str, good: Path | None, pairs: Path | None, tick: Callable[[int], None]
) -> dict[str, Any]:
    """Teach a station from a folder, and tell what came of it.

    Raises
    ------
    LookupError
        If there is no such station.
    ValueError
        If there is nothing in the folder to learn from, or it is for the other method.
    """
    station = next(iter(stations(code)), None) if code else None
    if station is None:
        raise LookupError(_("There is no station “%(code)s”.") % {"code": code})
    is_surface = station.method == Station.Method.SURFACE
    folder = good if is_surface else pairs
    if folder is None:
        raise ValueError(
            _("%(station)s learns from good parts (--good).") % {"station": station} if is_surface
            else _("%(station)s learns from labelled pairs (--pairs).") % {"station": station}
        )  # fmt: skip
    version, faults = from_folder(station, folder, tick)
    if version.state == version.State.FAILED:
        raise ValueError(version.trouble)
    return {
        "station": station.code, "version": version.number, "state": str(version.state),
        "seconds": version.seconds, "threshold": version.threshold, "samples": version.samples,
        "before": version.before, "after": version.after, "trouble": version.trouble,
        "unreadable": faults,
    }  # fmt: skip
