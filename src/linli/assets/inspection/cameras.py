"""Cameras by their address (RTSP, HTTP, MJPEG, a file): frames taken at the right moment.

A frame goes into the folder of its station like any other picture, so that a worker that dies
loses none it took.
"""

import logging
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from django.utils.translation import gettext as _
from numpy.typing import NDArray

from linli.assets.inspection import inbox
from linli.assets.inspection.models import Station
from linli.clock import now

FIRST_PAUSE_S, LONGEST_PAUSE_S = 1.0, 30.0
SILENT_MS = 10_000  # a camera that says nothing for so long is lost; OpenCV waits 30 s by itself
SMALL = 48  # pixels a side in which frames are compared
MOVES = 3.0  # grey levels by which neighbouring frames differ while something moves
CHANGED = 6.0  # and by which a frame differs from the last one taken if it shows another part
STILL_FRAMES = 2
NOISY = 95  # quality of the JPEG a frame is handed on as

log = logging.getLogger(__name__)
Frame = NDArray[Any]


@dataclass
class Shutter:
    """Says which frames of a stream to take: one every so often, or one of each part.

    With `still` a frame is taken once nothing has moved for `STILL_FRAMES` frames and the picture
    is another than the last one taken.
    """

    every_s: float
    still: bool
    _before: Frame | None = None
    _taken: Frame | None = None
    _rested: int = 0
    _last: float | None = None

    def wants(self, frame: Frame, at: float) -> bool:
        """Tell whether to take a frame that came at second `at`."""
        if self._last is not None and at - self._last < self.every_s:
            if self.still:
                self._look(small(frame))
            return False
        if not self.still:
            self._last = at
            return True
        told = small(frame)
        self._look(told)
        if self._rested < STILL_FRAMES:
            return False
        if self._taken is not None and _apart(told, self._taken) < CHANGED:
            return False
        self._taken, self._last = told, at
        return True

    def _look(self, told: Frame) -> None:
        rests = self._before is not None and _apart(told, self._before) < MOVES
        self._rested = self._rested + 1 if rests else 0
        self._before = told


def small(frame: Frame) -> Frame:
    """Return a frame in grey, small enough to compare."""
    import cv2

    plain = frame if frame.ndim == 2 else cv2.cvtColor(frame, cv2.COLOR_BGR2GRAY)
    return cv2.resize(plain, (SMALL, SMALL), interpolation=cv2.INTER_AREA).astype(np.float32)


def _apart(one: Frame, other: Frame) -> float:
    # A part in a corner counts as much as one that fills the picture: the worst sixteenth.
    differ = np.abs(one - other).reshape(4, SMALL // 4, 4, SMALL // 4).mean((1, 3))
    return float(differ.max())


class Camera(threading.Thread):
    """Reads one camera until it is stopped, and comes back when the line breaks."""

    def __init__(self, station: Station, put: Callable[[str, bytes], None] | None = None) -> None:
        super().__init__(name=f"camera {station.code}", daemon=True)
        self.station = station
        self.address, self.every_s, self.trigger = _settings(station)
        self.trouble = ""
        self.taken = 0
        self._put = put or self._lay
        self._stop_now = threading.Event()

    def is_of(self, station: Station) -> bool:
        """Tell whether it reads as the station is set now, and still runs."""
        return _settings(station) == (self.address, self.every_s, self.trigger)

    def stop(self) -> None:
        """Let it end; the frame it reads is its last."""
        self._stop_now.set()

    def run(self) -> None:
        """Read frames; a line that breaks is tried again after a growing pause."""
        pause = FIRST_PAUSE_S
        while not self._stop_now.is_set():
            try:
                frames, is_over = self._read()
            except Exception as fault:
                log.exception("camera of %s stumbled; it goes on", self.station.code)
                frames, is_over, self.trouble = 0, False, str(fault)[:200]
            if is_over:
                return
            pause = FIRST_PAUSE_S if frames else min(pause * 2, LONGEST_PAUSE_S)
            self._stop_now.wait(pause)

    def _read(self) -> tuple[int, bool]:
        """Read until the line breaks; return how many frames came, and whether that was all."""
        import cv2

        is_file = "://" not in self.address
        lens = cv2.VideoCapture(self.address) if is_file else _line_to(self.address)
        try:
            if not lens.isOpened():
                self.trouble = _("The camera does not answer; it is tried again.")
                return 0, False
            shutter = Shutter(self.every_s, self.trigger == Station.Trigger.STILL)
            rate = lens.get(cv2.CAP_PROP_FPS) or 25.0
            frames = 0
            while not self._stop_now.is_set():
                is_there, frame = lens.read()
                if not is_there:
                    break
                self.trouble = ""
                frames += 1
                # A file is as old as its frames are many; a camera is as late as the clock says.
                at = frames / rate if is_file else time.monotonic()
                if shutter.wants(frame, at):
                    self._take(frame, f"frame {frames}" if is_file else "")
            if is_file:
                self.trouble = _("The film is over.")
                return frames, True
            self.trouble = _("The line to the camera broke; it is tried again.")
            return frames, self._stop_now.is_set()
        finally:
            lens.release()

    def _take(self, frame: Frame, place: str) -> None:
        import cv2

        done, content = cv2.imencode(".jpg", frame, [cv2.IMWRITE_JPEG_QUALITY, NOISY])
        if done:
            self.taken += 1
            self._put(place, content.tobytes())

    def _lay(self, place: str, content: bytes) -> None:
        at = now()
        told = {"at": at.isoformat()}
        if place:
            told["key"] = f"{self.address} {place}"
        try:
            inbox.put(self.station, f"{at:%Y%m%dT%H%M%S%f}.jpg", content, told)
        except inbox.Full as full:
            self.trouble = str(full)


def _line_to(address: str) -> Any:
    """Open a stream; over UDP nothing but silence tells that a camera is gone."""
    import cv2

    waits = [cv2.CAP_PROP_OPEN_TIMEOUT_MSEC, SILENT_MS, cv2.CAP_PROP_READ_TIMEOUT_MSEC, SILENT_MS]
    return cv2.VideoCapture(address, cv2.CAP_FFMPEG, waits)


def _settings(station: Station) -> tuple[str, float, str]:
    return station.address, station.every_s, station.trigger
