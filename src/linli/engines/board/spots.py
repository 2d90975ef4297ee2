"""Where a part differs from its template: spots of ink too much and ink too little.

Edges of two prints never agree to the pixel. A pixel counts as different only if the template has
no such ink within `TOLERANCE` pixels; the spot around such pixels then takes in what else differs
next to them.
"""

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

Image = NDArray[np.uint8]

EXTRA, MISSING = 0, 1
TOLERANCE = 1  # pixels
LEAST = 3  # pixels beyond the tolerance that make a spot
REACH = 5  # side of the square that links neighbouring pixels to one spot
SQUARE = np.ones((3, 3), np.uint8)


@dataclass(frozen=True)
class Spots:
    """Spots of one part, those of ink too much first.

    Attributes
    ----------
    kind
        `EXTRA` or `MISSING`, shape (n,).
    boxes
        x1, y1, x2, y2 of the differing pixels, half open, shape (n, 4).
    sure
        Pixels beyond the tolerance, shape (n,).
    label
        Number of each spot in `labels[kind]`, shape (n,).
    labels
        For both kinds the spot each pixel belongs to, 0 for none, shape (height, width).
    differing
        For both kinds all pixels that differ (255), tolerance or not, shape (height, width).
    """

    kind: NDArray[np.int64]
    boxes: NDArray[np.int64]
    sure: NDArray[np.int64]
    label: NDArray[np.int64]
    labels: tuple[NDArray[np.int32], NDArray[np.int32]]
    differing: tuple[Image, Image]

    def __len__(self) -> int:
        return len(self.kind)


def spots(template: Image, part: Image, there: Image | None = None) -> Spots:
    """Find the spots in which a part differs.

    Parameters
    ----------
    template, part
        Ink (0 or 255), registered, shape (height, width).
    there
        255 where the template has pixels; None for everywhere.
    """
    columns: list[NDArray[np.int64]] = []
    labels, differing = [], []
    not_template, not_part = cv2.bitwise_not(template), cv2.bitwise_not(part)
    for kind, (has, had) in enumerate(((part, template), (not_part, not_template))):
        beyond = cv2.subtract(has, cv2.dilate(had, SQUARE, iterations=TOLERANCE))
        differs = cv2.subtract(has, had)
        if there is not None:
            beyond, differs = cv2.bitwise_and(beyond, there), cv2.bitwise_and(differs, there)
        near = cv2.dilate(beyond, np.ones((REACH, REACH), np.uint8))
        # of OpenCV's ways to label, Grana's is the quickest on one core (0.6 ms against 2.3)
        count, label, stats, _middle = cv2.connectedComponentsWithStatsWithAlgorithm(
            near, 8, cv2.CV_32S, cv2.CCL_GRANA
        )
        at = cv2.findNonZero(beyond)
        x, y = at.reshape(-1, 2).T if at is not None else np.zeros((2, 0), int)
        sure = np.bincount(label[y, x], minlength=count)
        chosen = np.flatnonzero(sure >= LEAST)
        chosen = chosen[chosen > 0]
        # near reaches over REACH // 2 pixels; the pixels that differ lie inside
        edge = REACH // 2
        x1, y1, w, h = stats[chosen, :4].astype(np.int64).T
        box = np.stack([x1 + edge * (x1 > 0), y1 + edge * (y1 > 0),
                        x1 + w - edge * (x1 + w < part.shape[1]),
                        y1 + h - edge * (y1 + h < part.shape[0])], 1)  # fmt: skip
        columns.append(np.column_stack([np.full(len(chosen), kind), box, sure[chosen], chosen]))
        labels.append(label)
        differing.append(differs)
    rows = np.concatenate(columns)
    return Spots(rows[:, 0], rows[:, 1:5], rows[:, 5], rows[:, 6],
                 (labels[0], labels[1]), (differing[0], differing[1]))  # fmt: skip  # type: ignore[arg-type]
