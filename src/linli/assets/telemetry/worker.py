"""The worker of telemetry: takes in, stores, acknowledges, evaluates, folds."""

import fcntl
import logging
import multiprocessing
import signal
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime

from django.db import DatabaseError, close_old_connections
from django.db.models import F

from linli.assets.telemetry import folding, inlets, journal, telling
from linli.assets.telemetry.alarms import Alarms
from linli.assets.telemetry.inlets import Inlet
from linli.assets.telemetry.models import Line, Source
from linli.clock import now

SOURCES_S, LINES_S, SILENCE_S, FAULTS_S, TIDY_S, FOLD_S = 3.0, 2.0, 1.0, 30.0, 60.0, 600.0
IDLE_S = 0.2
AGAIN_S = 1.0  # after something went wrong

log = logging.getLogger(__name__)


@contextmanager
def alone() -> Iterator[bool]:
    """Be the only worker of this installation, or be told that there is one."""
    journal.folder().mkdir(parents=True, exist_ok=True)
    with (journal.folder() / "worker.lock").open("w") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            yield False
        else:
            yield True


@dataclass
class _Count:
    points: int = 0
    at: float = field(default_factory=time.monotonic)


class Worker:
    """Everything the worker holds."""

    def __init__(self) -> None:
        self.wake = threading.Event()
        self.inlets: dict[int, tuple[tuple[object, ...], Inlet]] = {}
        self.counts: dict[int, _Count] = {}
        self.alarms = Alarms()
        self.tidying: threading.Thread | None = None
        self._done: dict[str, float] = {}
        self._broken: dict[int, float] = {}
        self._turned = time.monotonic()

    def _is_due(self, what: str, every_s: float) -> bool:
        moment = time.monotonic()
        if moment - self._done.get(what, -every_s) < every_s:
            return False
        self._done[what] = moment
        return True

    def turn(self) -> bool:
        """Do all that is due once; tell whether anything came."""
        if self._is_due("sources", SOURCES_S):
            self.follow_sources()
        came = 0
        for key, (_settings, inlet) in list(self.inlets.items()):
            if time.monotonic() < self._broken.get(key, 0):
                continue
            try:
                came += inlet.take()
            except Exception as fault:
                # Not acknowledged, so it comes again; other sources go on meanwhile.
                log.exception("source %s stumbled", inlet.source.code)
                self._restart(key, fault)
        try:
            came += self.alarms.follow()
            if self._is_due("silence", SILENCE_S):
                self.alarms.listen()
        except Exception:
            log.exception("rules stumbled; they are read anew")
            self.alarms = Alarms()
            raise
        if self._is_due("faults", FAULTS_S):
            telling.faults_that_stay()
        if self._is_due("lines", LINES_S):
            self.write_lines()
        if self._is_due("fold", 1.0):
            self._fold()
        return bool(came)

    def _restart(self, key: int, fault: Exception) -> None:
        """Cut a line, so that its broker hands out again what was not stored."""
        _settings, inlet = self.inlets.pop(key)
        self._broken[key] = time.monotonic() + AGAIN_S
        try:
            inlet.stop()
        except Exception:
            log.exception("source %s could not be stopped", inlet.source.code)
        Line.objects.filter(source=key).update(error=str(fault)[:300], error_at=now())

    def follow_sources(self) -> None:
        """Open the lines of new sources, and close those that are gone or have changed."""
        wanted = {}
        for source in Source.objects.filter(enabled=True):
            wanted[source.pk] = (tuple(
                getattr(source, name) for name in
                ("kind", "address", "topics", "client", "host", "username", "secret", "security")
            ), source)  # fmt: skip
        for key, (settings, inlet) in list(self.inlets.items()):
            if key not in wanted or wanted[key][0] != settings:
                inlet.stop()
                del self.inlets[key]
        for key, (settings, source) in wanted.items():
            if key in self.inlets or time.monotonic() < self._broken.get(key, 0):
                continue
            Line.objects.get_or_create(source=source)
            try:
                inlet = inlets.open_(source, self.wake)
                inlet.start()
            except Exception as fault:
                log.warning("source %s: %s", source.code, fault)
                self._broken[key] = time.monotonic() + 10 * AGAIN_S
                Line.objects.filter(source=source).update(
                    state=Line.State.BROKEN, error=str(fault)[:300], error_at=now(), seen=now()
                )
                continue
            self.inlets[key] = (settings, inlet)

    def write_lines(self) -> None:
        """Write how each source stands, where pages read it."""
        for key, (_settings, inlet) in self.inlets.items():
            count = self.counts.setdefault(key, _Count(inlet.points))
            seconds = max(time.monotonic() - count.at, 1e-3)
            new = inlet.points - count.points
            count.points, count.at = inlet.points, time.monotonic()
            changes = {
                "state": inlet.state, "since": datetime.fromtimestamp(inlet.since, UTC),
                "seen": now(), "per_s": max(new, 0) / seconds, "lag_s": inlet.lag_s,
            }  # fmt: skip
            if inlet.error:
                changes |= {"error": inlet.error[:300], "error_at": now()}
            line = Line.objects.filter(source=key)
            line.update(**changes)
            if new > 0:
                line.update(points=F("points") + new)

    def _fold(self) -> None:
        if self.tidying and self.tidying.is_alive():
            return
        is_time = time.monotonic() - self._turned > FOLD_S
        if is_time:
            self._turned = time.monotonic()
        is_tidy = self._is_due("tidy", TIDY_S)
        if journal.turn(1 if is_time else folding.FULL) or is_tidy or len(journal.segments()) > 1:
            self.alarms.follow()
            self.alarms.mark()
            # Compressing and merging release the interpreter most of the time.
            self.tidying = threading.Thread(target=_tidy, args=(is_tidy,), daemon=True)
            self.tidying.start()

    def stop(self) -> None:
        """Close all lines, and keep how far rules have read."""
        for _settings, inlet in self.inlets.values():
            inlet.stop()
        if self.tidying:
            self.tidying.join()
        self.alarms.mark()


def _tidy(is_whole: bool) -> None:
    try:
        folding.fold()
        if is_whole:
            folding.tidy(now())
    except Exception:
        log.exception("folding stumbled; it tries again")
    finally:
        close_old_connections()


def run(is_wanted: Callable[[], bool]) -> bool:
    """Work as long as it is wanted; return False at once where another worker is at it."""
    with alone() as is_alone:
        if not is_alone:
            return False
        worker = Worker()
        try:
            while is_wanted():
                worker.wake.clear()
                try:
                    came = worker.turn()
                except DatabaseError:
                    log.exception("telemetry could not reach the database; it tries again")
                    close_old_connections()
                    came = False
                    time.sleep(AGAIN_S)
                except Exception:
                    log.exception("telemetry stumbled; it goes on")
                    came = False
                    time.sleep(AGAIN_S)
                if not came:
                    close_old_connections()
                    worker.wake.wait(IDLE_S)
        finally:
            worker.stop()
    return True


def work(seconds: float = 0.0) -> bool:
    """Work until this process is told to stop, or for so many seconds."""
    begun, stopped = time.monotonic(), threading.Event()
    for name in (signal.SIGTERM, signal.SIGINT):
        signal.signal(name, lambda *_: stopped.set())
    return run(lambda: not stopped.is_set()
               and (not seconds or time.monotonic() - begun < seconds))  # fmt: skip


def fold_alone() -> None:
    """Evaluate and fold what was just written, where no worker does it anyway."""
    with alone() as is_alone:
        if is_alone:
            alarms = Alarms()
            journal.turn(1)
            alarms.follow()
            alarms.mark()
            folding.fold()


def beside() -> None:
    """Be the job beside the site: work while there is a source or something in the journal."""
    if not is_needed():
        return
    parent = multiprocessing.parent_process()
    asked, answer = time.monotonic(), True

    def is_wanted() -> bool:
        nonlocal asked, answer
        if time.monotonic() - asked > SOURCES_S:
            asked, answer = time.monotonic(), is_needed()
        return answer and (parent is None or parent.is_alive())

    run(is_wanted)


def is_needed() -> bool:
    """Tell whether there is anything to do."""
    if Source.objects.filter(enabled=True).exists():
        return True
    return (journal.folder() / journal.FILE).exists() and bool(journal.segments())
