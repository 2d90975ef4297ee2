"""What there is to judge on one pair: its spots, described, and how the two lie."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from threadpoolctl import ThreadpoolController

from linli.engines.board.displacement import laid_on
from linli.engines.board.images import Floats, pair
from linli.engines.board.ink import ink
from linli.engines.board.registration import Limits, Registration, register
from linli.engines.board.spots import spots
from linli.engines.board.traits import NAMES, traits

# Thin matrices are no work to share: with threads of OpenBLAS a pair took 52 ms of CPU, not 11.
threads = ThreadpoolController()


@dataclass(frozen=True)
class Seen:
    """The spots of one pair.

    Attributes
    ----------
    boxes
        x1, y1, x2, y2 of the differing pixels, half open, shape (n, 4).
    rows
        Their traits, shape (n, len(NAMES)).
    size
        Height and width of the part, pixels.
    """

    boxes: NDArray[np.int64]
    rows: Floats
    registration: Registration
    size: tuple[int, int]

    def widened(self, at: NDArray[np.generic], reach: NDArray[np.generic]) -> NDArray[np.int64]:
        """Let the boxes `at` these places reach further to each side, shape (n, 4), pixels."""
        wide = np.rint(self.boxes[at] + np.asarray(reach, float) * [-1, -1, 1, 1])
        height, width = self.size
        return np.clip(wide.astype(np.int64), 0, [width, height, width, height])


def look(template: NDArray[np.generic], part: NDArray[np.generic], limits: Limits) -> Seen:
    """Compare a part with its template; where they cannot be compared there are no spots."""
    golden, own = (ink(image) for image in pair(template, part))
    with threads.limit(limits=1, user_api="blas"):
        registration = register(golden, own, limits)
    size = golden.shape[0], golden.shape[1]
    if registration.failed:
        nothing = np.zeros((0, 4), np.int64), np.zeros((0, len(NAMES)), np.float32)
        return Seen(*nothing, registration, size)
    with threads.limit(limits=1, user_api="blas"):
        golden, there = laid_on(golden, registration.field)
    found = spots(golden, own, there)
    return Seen(found.boxes, traits(golden, own, found), registration, size)
