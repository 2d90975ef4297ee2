"""Where a part differs from its template: spots of ink too much and ink too little.

Edges of two prints never agree to the pixel. A pixel counts as different only if the template has
no such ink within `TOLERANCE` pixels; the spot around such pixels then takes in what else differs
next to them.
"""

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from linli.engines.board.images import Image

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
    labels: tuple[NDArray[np.generic], NDArray[np.generic]]
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
    rows, labels, differing = [], [], []
    not_template, not_part = cv2.bitwise_not(template), cv2.bitwise_not(part)
    for kind, (has, had) in enumerate(((part, template), (not_part, not_template))):
        beyond = cv2.subtract(has, cv2.dilate(had, SQUARE, iterations=TOLERANCE))
        differs = cv2.subtract(has, had)
        if there is not None:
            beyond, differs = cv2.bitwise_and(beyond, there), cv2.bitwise_and(differs, there)
        near = cv2.dilate(beyond, np.ones((REACH, REACH), np.uint8))
        label = np.asarray(cv2.connectedComponents(near, connectivity=8)[1])
        rows.append(_measured(kind, beyond, label))
        labels.append(label)
        differing.append(differs)
    table = np.concatenate(rows)
    return Spots(table[:, 0], table[:, 1:5], table[:, 5], table[:, 6],
                 (labels[0], labels[1]), (differing[0], differing[1]))  # fmt: skip


def _measured(kind: int, beyond: Image, label: NDArray[np.generic]) -> NDArray[np.int64]:
    """Return kind, box, pixels and label of each spot that is large enough, shape (n, 7).

    Far quicker from the few pixels that differ than from statistics over the whole picture.
    """
    points = cv2.findNonZero(beyond)
    if points is None:
        return np.zeros((0, 7), np.int64)
    x, y = points.reshape(-1, 2).T
    number = label[y, x]
    order = np.argsort(number, kind="stable")
    x, y, number = x[order], y[order], number[order]
    start = np.flatnonzero(np.diff(number, prepend=-1))
    sure = np.diff(np.append(start, len(number)))
    columns = [
        np.full(len(start), kind), np.minimum.reduceat(x, start), np.minimum.reduceat(y, start),
        np.maximum.reduceat(x, start) + 1, np.maximum.reduceat(y, start) + 1, sure, number[start],
    ]  # fmt: skip
    return np.stack(columns, 1)[sure >= LEAST].astype(np.int64)
