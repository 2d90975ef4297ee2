"""What can be told of a picture without knowing what it shows: light, sharpness, looks."""

from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

LONGEST = 384  # pixels of the longer side that are looked at
SIGMAS = (1.0, 2.0, 4.0)  # each takes away a band of detail, pixels
WHITE, BLACK = 0.985, 0.015
BLOCKS = 5  # a side

Grey = NDArray[Any]  # float32, 0 for black to 1 for white, (h, w)


@dataclass(frozen=True)
class Measures:
    """Numbers of one picture.

    Attributes
    ----------
    light, contrast
        Mean and standard deviation, 0 to 1.
    white, black
        Shares of the pixels that are burnt out, and that are without any light.
    sharpness
        Logarithms, across and then down: of how much neighbours differ against those twice as
        far apart, and of how much they differ at all. Blur lowers them; a flaw has edges of its
        own and does not.
    looks
        The picture with the light taken out, as most blocks of it look: directions of edges,
        detail by band. A flaw lies in few blocks, another part in all.
    """

    light: float
    contrast: float
    white: float
    black: float
    sharpness: NDArray[np.float64]
    looks: NDArray[np.float64]


def grey(image: NDArray[Any], white: float) -> Grey:
    """Return a picture of shape (h, w) or (h, w, 3) in grey from 0 to 1, not too large."""
    plane = image if image.ndim == 2 else image[..., 0] if image.shape[2] == 1 else None
    by = LONGEST / max(image.shape[:2])
    if by < 1:
        size = (max(1, round(image.shape[1] * by)), max(1, round(image.shape[0] * by)))
        plane = cv2.resize(image if plane is None else plane, size, interpolation=cv2.INTER_AREA)
    else:
        plane = image if plane is None else plane
    if plane.ndim == 3:
        plane = plane.astype(np.float32) @ np.array([0.299, 0.587, 0.114], np.float32)
    return np.clip(plane.astype(np.float32) * np.float32(1 / white), 0, 1)


def measured(picture: Grey) -> Measures:
    """Measure a picture that `grey` made."""
    light = float(picture.mean())
    small = cv2.pyrDown(picture)
    across, down = cv2.Sobel(small, cv2.CV_32F, 1, 0), cv2.Sobel(small, cv2.CV_32F, 0, 1)
    planes: list[Any] = [across * across, down * down, across * down]
    last: Any = picture
    for sigma in SIGMAS:
        blurred = cv2.GaussianBlur(last, (0, 0), sigma)
        planes.append((last - blurred) ** 2)
        last = blurred
    blocks = np.array(
        [cv2.resize(plane, (BLOCKS, BLOCKS), interpolation=cv2.INTER_AREA) for plane in planes]
    ).reshape(len(planes), -1)
    blocks[[0, 1, 3, 4, 5]] += 1e-7
    looks = [
        np.log(blocks[0] / blocks[1]), blocks[2] / (blocks[0] + blocks[1]),
        *np.log(blocks[3:] / max(light, 0.01) ** 2),
    ]  # fmt: skip
    return Measures(
        light, float(picture.std()),
        float((picture >= WHITE).mean()), float((picture <= BLACK).mean()),
        _sharpness(picture, light), np.median(looks, axis=1),
    )  # fmt: skip


def _sharpness(picture: Grey, light: float) -> NDArray[np.float64]:
    """Return the sharpness across and down, shape (4,)."""
    found = []
    for plane in (picture[::2], picture[:, ::2].T):
        if plane.shape[1] <= 2:
            return np.zeros(4)
        near, far = (float(((plane[:, n:] - plane[:, :-n]) ** 2).mean()) + 1e-8 for n in (1, 2))
        found += [np.log(near / far), np.log(near / max(light, 0.01) ** 2)]
    return np.array(found)
