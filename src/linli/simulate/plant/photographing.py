"""The camera lays its pictures into the folder that an inspection station watches."""

import os
import time
from datetime import datetime
from pathlib import Path

from django.conf import settings

from .camera import Camera
from .line import Line
from .orders import plan

STATION = "p1-l1-cam"
EVERY_S = 20.0
"""Seconds of the town between two parts."""
AT_LEAST_S = 2.0
"""Seconds of the wall between two pictures, however fast the town's clock runs."""
WAITING = 60
"""Pictures that wait to be judged; no more are taken then."""
SHARPNESS = 93  # of JPEG, per cent


def folder() -> Path:
    """Where the camera's pictures lie until they are taken in."""
    return Path(settings.HOME) / "camera" / STATION


class Photographer:
    """Takes pictures while the line runs."""

    def __init__(self, seed: int, number: int = 0) -> None:
        self._seed = seed
        self._camera = Camera(seed, number)
        self._next = 0.0
        self._took = 0.0

    @property
    def number(self) -> int:
        return self._camera.number

    def go_on(self, line: Line, at: datetime) -> Path | None:
        """Take the picture of the next part, if one has come by."""
        import numpy as np

        moment = at.timestamp()
        is_early = moment < self._next or time.monotonic() - self._took < AT_LEAST_S
        if is_early or not plan(np.array([moment]), self._seed).runs[0] or not self._has_room():
            return None
        self._next, self._took = moment + EVERY_S, time.monotonic()
        return lay(self._camera, line, at)

    def _has_room(self) -> bool:
        try:
            return len(os.listdir(folder())) < WAITING
        except FileNotFoundError:
            return False  # no station watches it


def lay(camera: Camera, line: Line, at: datetime) -> Path:
    """Take one picture and lay it into the folder, whole or not at all."""
    import cv2

    taken = camera.take(line.wear(), at)
    beside = folder() / f".{taken.serial}.part"
    path = folder() / f"{taken.lot}_{taken.serial}.jpg"
    _is_fine, coded = cv2.imencode(
        ".jpg", taken.drawn.picture, [cv2.IMWRITE_JPEG_QUALITY, SHARPNESS]
    )
    beside.write_bytes(coded.tobytes())
    beside.replace(path)
    return path
