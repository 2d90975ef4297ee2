"""How a picture lies against another of the same thing: offset, turn, size, likeness."""

from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

SIDE = 128  # pixels of the longer side that are compared
CLEAR = 0.85  # likeness from which a plain offset explains all
FLAT = 1e-6

Edges = NDArray[Any]  # float32


@dataclass(frozen=True)
class Place:
    """Where a picture lies against the reference.

    Attributes
    ----------
    right, down
        Offset in shares of the longer side.
    turn
        Degrees, clockwise as seen.
    size
        Size of what it shows over its size in the reference.
    likeness
        Correlation of edges once that is undone, -1 to 1.
    """

    right: float = 0.0
    down: float = 0.0
    turn: float = 0.0
    size: float = 1.0
    likeness: float = 0.0

    @property
    def offset(self) -> float:
        return float(np.hypot(self.right, self.down))


def edges(picture: NDArray[Any]) -> Edges:
    """Return where a grey picture (0 to 1) changes, small and free of its light."""
    by = SIDE / max(picture.shape[:2])
    size = (max(8, round(picture.shape[1] * by)), max(8, round(picture.shape[0] * by)))
    small = cv2.resize(picture, size, interpolation=cv2.INTER_AREA)
    small = cv2.GaussianBlur(small, (0, 0), 1)
    found = cv2.magnitude(cv2.Sobel(small, cv2.CV_32F, 1, 0), cv2.Sobel(small, cv2.CV_32F, 0, 1))
    return np.sqrt(found)


def placed(reference: Edges, picture: Edges) -> Place:
    """Find how `picture` lies against `reference`, both from `edges` and of one shape."""
    plain = _shifted(reference, picture, Place())
    # A flaw may be all that stands out, and where it lies in both is no offset.
    still = Place(likeness=_correlation(reference, picture))
    plain = max(plain, still, key=lambda place: place.likeness)
    if plain.likeness >= CLEAR:
        return plain
    turn, size = _turned(reference, picture)
    tries = [_shifted(reference, picture, Place(turn=t, size=size)) for t in (turn, turn + 180)]
    best = max(tries, key=lambda place: place.likeness)
    # What a turn explains must be worth a turn: noise fits a little better at some turn.
    return best if best.likeness > plain.likeness + 0.03 else plain


def _shifted(reference: Edges, picture: Edges, known: Place) -> Place:
    """Undo a known turn and size, then find the offset that is left."""
    height, width = reference.shape
    middle = ((width - 1) / 2, (height - 1) / 2)
    matrix = cv2.getRotationMatrix2D(middle, known.turn, 1 / known.size)
    back: Any = picture
    if known.turn or known.size != 1:
        back = cv2.warpAffine(picture, matrix, (width, height), borderMode=cv2.BORDER_REPLICATE)
    window = cv2.createHanningWindow((width, height), cv2.CV_32F)
    (right, down), _peak = cv2.phaseCorrelate(
        (reference - reference.mean()) * window, (back - back.mean()) * window
    )
    if abs(right) > width * 0.6 or abs(down) > height * 0.6:
        right = down = 0.0
    undone = np.array([[1, 0, -right], [0, 1, -down]], np.float32)
    again = cv2.warpAffine(back, undone, (width, height), borderMode=cv2.BORDER_CONSTANT)
    x0, y0 = max(0, int(np.ceil(-right))), max(0, int(np.ceil(-down)))
    x1, y1 = min(width, width - int(np.ceil(right))), min(height, height - int(np.ceil(down)))
    likeness = _correlation(reference[y0:y1, x0:x1], again[y0:y1, x0:x1])
    longer = max(width, height)
    angle = (known.turn + 180) % 360 - 180
    return Place(right / longer, down / longer, angle, known.size, likeness)


def _correlation(one: Edges, other: Edges) -> float:
    if one.size < 64:
        return 0.0
    a, b = one - one.mean(), other - other.mean()
    return float((a * b).sum() / max(float(np.sqrt((a * a).sum() * (b * b).sum())), FLAT))


def _turned(reference: Edges, picture: Edges) -> tuple[float, float]:
    """Return turn (degrees, clockwise) and size by the spectra in polar coordinates."""
    polar: list[Any] = []
    for image in (reference, picture):
        square: Any = np.zeros((SIDE, SIDE), np.float32)
        window = cv2.createHanningWindow(image.shape[::-1], cv2.CV_32F)
        square[: image.shape[0], : image.shape[1]] = (image - image.mean()) * window
        spectrum = np.fft.fftshift(np.abs(np.fft.fft2(square))).astype(np.float32)
        spectrum = np.log1p(spectrum)
        polar.append(
            cv2.warpPolar(
                spectrum, (SIDE, 360), (SIDE / 2, SIDE / 2), SIDE / 2,
                cv2.INTER_LINEAR | cv2.WARP_POLAR_LOG,
            )[:180]
        )  # fmt: skip
    # Low frequencies say nothing of a turn, and are by far the largest.
    for spectrum in polar:
        spectrum[:, : SIDE // 3] = 0
        spectrum -= cv2.GaussianBlur(spectrum, (0, 0), 6)
        spectrum[:, : SIDE // 3] = 0
    (along, turn), _peak = cv2.phaseCorrelate(polar[0], polar[1])
    size = float(np.exp(-along * np.log(SIDE / 2) / SIDE))
    return float(turn), size if 0.5 < size < 2 else 1.0
