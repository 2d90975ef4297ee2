"""The cameras lay their pictures into the folders that inspection stations watch."""

import os
import time
from datetime import datetime
from pathlib import Path

from .camera import Camera
from .line import Line
from .orders import plan
from .spots import Spot

WAITING = 60
"""Pictures that wait to be judged; no more are taken then."""
SHARPNESS = 93  # of JPEG, per cent


class Photographer:
    """Takes pictures at a spot while its line runs."""

    def __init__(self, spot: Spot, seed: int, number: int = 0) -> None:
        self.spot, self._seed = spot, seed
        self._camera = spot.camera(seed, number)
        self._next = 0.0
        self._took = 0.0

    @property
    def number(self) -> int:
        return self._camera.number

    def go_on(self, line: Line, at: datetime) -> Path | None:
        """Take the picture of the next part, if one has come by."""
        import numpy as np

        moment = at.timestamp()
        is_early = moment < self._next or time.monotonic() - self._took < self.spot.at_least_s
        if is_early or not plan(np.array([moment]), self._seed).runs[0] or not self._has_room():
            return None
        self._next, self._took = moment + self.spot.every_s, time.monotonic()
        return lay(self.spot.folder, self._camera, line, at)

    def _has_room(self) -> bool:
        try:
            return len(os.listdir(self.spot.folder)) < WAITING
        except FileNotFoundError:
            return False  # no station watches it


def lay(folder: Path, camera: Camera, line: Line, at: datetime) -> Path:
    """Take one picture and lay it into the folder, whole or not at all."""
    import cv2

    taken = camera.take(line.wear(), at)
    beside = folder / f".{taken.serial}.part"
    path = folder / f"{taken.lot}_{taken.serial}.jpg"
    _is_fine, coded = cv2.imencode(
        ".jpg", taken.drawn.picture, [cv2.IMWRITE_JPEG_QUALITY, SHARPNESS]
    )
    beside.write_bytes(coded.tobytes())
    beside.replace(path)
    return path
