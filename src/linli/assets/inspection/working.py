"""A station at work: pictures taken from its folder, judged together, recorded, told of."""

import fcntl
import logging
import os
import time
from collections.abc import Sequence
from dataclasses import dataclass, field

from django.conf import settings
from django.utils import translation
from django.utils.translation import gettext as _

from linli.assets.inspection import inbox, pictures, raising, recording, retention
from linli.assets.inspection.cameras import Camera
from linli.assets.inspection.fitting import judge_of_version
from linli.assets.inspection.inbox import Arrival
from linli.assets.inspection.judges import Judge, Judged
from linli.assets.inspection.models import Reason, Station, Verdict
from linli.clock import now

BATCH = 16  # pictures judged together: the network takes 30 ms a picture then, alone 50
SEEN_EVERY_S = 5.0
USUAL_EVERY_S = 300.0
THIN_EVERY_S = 600.0
PAUSE_S = 0.1
STRETCH_S = 5.0

log = logging.getLogger(__name__)


@dataclass
class Bench:
    """One station with the judge it works with, for as long as a worker lives."""

    station: Station
    judge: Judge | None = None
    version: int | None = None
    told: dict[str, float] = field(default_factory=dict)
    camera_trouble: str = ""

    def is_time(self, what: str, every_s: float) -> bool:
        """Tell whether something is due again, and note that it is done."""
        if time.monotonic() - self.told.get(what, -1e9) < every_s:
            return False
        self.told[what] = time.monotonic()
        return True

    def turn(self) -> int:
        """Judge what has arrived, `BATCH` at most, and return how many parts that were."""
        # What is written here people of the town read, whoever started the worker.
        with translation.override(settings.LANGUAGE_CODE):
            return self._turn()

    def _turn(self) -> int:
        trouble, done = self.refresh(), 0
        if self.judge is None:
            trouble = trouble or _("No model yet: teach it from good parts.")
        else:
            try:
                done = self._take()
            except FileNotFoundError:
                trouble = _("The folder %(path)s is not there.") % {
                    "path": inbox.folder(self.station)
                }
        raising.tell(self.station)
        self.look_after(trouble or self.camera_trouble)
        return done

    def refresh(self) -> str:
        """Follow what people changed at the station, its version too; return what bars it."""
        self.station = Station.objects.select_related("asset", "product", "version").get(
            pk=self.station.pk
        )
        version = self.station.version
        if version is None:
            self.judge, self.version = None, None
        elif version.pk != self.version:
            self.judge, self.version = None, None
            try:
                self.judge, self.version = judge_of_version(version), version.pk
            except ValueError as fault:
                return str(fault)
        if self.station.feed != Station.Feed.FOLDER:
            inbox.folder(self.station).mkdir(parents=True, exist_ok=True)
        return ""

    def _take(self) -> int:
        found, broken = inbox.arrivals(self.station, BATCH)
        keys = [*(one.label.key for one in found), *(one.label.key for one in broken)]
        known = recording.known_keys(self.station, keys)
        new = [one for one in found if one.label.key not in known]
        taken = self._judged(new) if new else []
        taken += [
            recording.Taken(one.label, one.label.at or now(), Judged(
                Verdict.UNUSABLE, Reason.BROKEN, one.reason))
            for one in broken
        ]  # fmt: skip
        rows = recording.record(self.station, self.station.version, taken) if taken else []
        # Only now: whoever dies before this line finds the files again, and their keys known.
        for arrival in found:
            inbox.done_with(arrival.path)
        for one in broken:
            inbox.set_aside(one)
        return len(rows)

    def _judged(self, arrivals: Sequence[Arrival]) -> list[recording.Taken]:
        assert self.judge is not None
        began = time.thread_time()
        judged = self.judge.judge(
            [one.picture for one in arrivals], [one.label.template for one in arrivals]
        )
        seconds = (time.thread_time() - began) / len(arrivals)
        taken = []
        for one, said in zip(arrivals, judged, strict=True):
            at = one.label.at or now()
            name = pictures.place(self.station, at, one.label.key)
            pictures.keep(name, pictures.compact(one.picture.image, self.judge.white))
            heat = ""
            if said.heat is not None and said.threshold is not None:
                heat = name.replace(".jpg", ".heat.png")
                pictures.keep(heat, pictures.heat_file(said.heat, said.threshold))
            taken.append(
                recording.Taken(one.label, at, said, name, heat, one.picture.size, seconds)
            )
        return taken

    def look_after(self, trouble: str) -> None:
        """Say that the station is alive, and do now and then what may wait."""
        if trouble != self.station.trouble or self.is_time("seen", SEEN_EVERY_S):
            Station.objects.filter(pk=self.station.pk).update(seen_at=now(), trouble=trouble[:300])
        if self.is_time("usual", USUAL_EVERY_S):
            raising.learn_usual(self.station)
        if self.is_time("thin", THIN_EVERY_S):
            retention.thin(self.station)


def stations(code: str = "") -> list[Station]:
    """Return the stations that are switched on, or the one of that code."""
    rows = Station.objects.filter(code=code) if code else Station.objects.filter(on=True)
    return list(rows.select_related("asset", "product", "version").order_by("code"))


class Floor:
    """The stations one worker looks after, each by one worker at a time."""

    def __init__(self, code: str = "", share: tuple[int, int] = (0, 1)) -> None:
        self.code, self.share = code, share
        self.benches: dict[int, Bench] = {}
        self.cameras: dict[int, Camera] = {}
        self.locks: dict[int, int] = {}

    def turn(self) -> int:
        """Give every station a turn, and return how many parts were judged."""
        nth, of = self.share
        own = [s for at, s in enumerate(stations(self.code)) if at % of == nth]
        for gone in set(self.locks) - {station.pk for station in own}:
            self._leave(gone)
        done = 0
        for station in own:
            if not self._is_ours(station):
                continue
            bench = self.benches.setdefault(station.pk, Bench(station))
            self._follow_camera(station)
            try:
                done += bench.turn()
            except Exception:
                # One station must not stop the others.
                log.exception("station %s stumbled; it goes on", station.code)
        return done

    def _is_ours(self, station: Station) -> bool:
        """Take a station, unless another worker has it; a worker that dies lets go of it."""
        if station.pk in self.locks:
            return True
        folder = pictures.home() / "locks"
        folder.mkdir(parents=True, exist_ok=True)
        lock = os.open(folder / station.code, os.O_CREAT | os.O_RDWR, 0o600)
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            os.close(lock)
            return False
        self.locks[station.pk] = lock
        return True

    def _follow_camera(self, station: Station) -> None:
        camera = self.cameras.get(station.pk)
        wanted = station.feed == Station.Feed.CAMERA and bool(station.address)
        if camera is not None and (not wanted or not camera.is_of(station)):
            self.cameras.pop(station.pk).stop()
            camera = None
        if wanted and camera is None:
            self.cameras[station.pk] = Camera(station)
            self.cameras[station.pk].start()
        if camera is not None:
            self.benches[station.pk].camera_trouble = camera.trouble

    def _leave(self, key: int) -> None:
        if key in self.cameras:
            self.cameras.pop(key).stop()
        self.benches.pop(key, None)
        os.close(self.locks.pop(key))

    def close(self) -> None:
        """Stop the cameras and let go of the stations."""
        for key in list(self.locks):
            self._leave(key)


_floor: Floor | None = None


def serve() -> None:
    """Work at all stations until nothing waits: a turn of the job beside the site."""
    global _floor
    if _floor is None:
        quieten()
        _floor = Floor()
    began = time.monotonic()
    while _floor.turn() and time.monotonic() - began < STRETCH_S:
        pass


def quieten() -> None:
    """Let this process take one core: more threads only wait for each other."""
    import cv2
    from threadpoolctl import threadpool_limits

    cv2.setNumThreads(1)
    threadpool_limits(limits=1, user_api="blas")


def run(code: str = "", share: tuple[int, int] = (0, 1), parent: int = 0) -> int:
    """Work on until stopped, or until the process `parent` is gone; return how many parts."""
    from django.db import DatabaseError, close_old_connections

    quieten()
    floor, all_done = Floor(code, share), 0
    try:
        while not parent or os.getppid() == parent:
            try:
                done = floor.turn()
            except DatabaseError:
                log.exception("the worker could not reach the database; it tries again")
                done = 0
            all_done += done
            close_old_connections()
            if not done:
                time.sleep(PAUSE_S)
    finally:
        floor.close()
    return all_done
