"""Dark and light of an image, whatever the light it was taken in."""

import cv2
import numpy as np

from linli.engines.board.images import Image

FLAT = 24  # grey levels between dark and light below which there is no picture
SEPARABLE = 0.9  # share of the variance that one threshold explains, below which lighting varies


def ink(image: Image) -> Image:
    """Part an image into dark (255) and light (0).

    Where one threshold does not part it well the lighting is uneven: the threshold then follows
    the middle between the darkest and the lightest nearby.

    Parameters
    ----------
    image
        Grey levels, shape (height, width).

    Returns
    -------
    Shape (height, width); all of one kind where there is no contrast to part.
    """
    counts = cv2.calcHist([image[::3]], [0], None, [256], [0, 256]).ravel().astype(float)
    total, levels = counts.sum(), np.arange(256)
    below, first = counts.cumsum(), (counts * levels).cumsum()
    mean = first[-1] / total
    variance = (counts * (levels - mean) ** 2).sum() / total
    with np.errstate(divide="ignore", invalid="ignore"):
        low, high = first / below, (first[-1] - first) / (total - below)
        between = np.nan_to_num(below * (total - below) * (high - low) ** 2) / total**2
    best = np.flatnonzero(between >= between.max() * (1 - 1e-9))
    at = int(best.mean())
    if variance <= 0 or high[at] - low[at] < FLAT:
        return np.full_like(image, 255 if mean < 128 else 0)
    if between[at] / variance >= SEPARABLE:
        # the middle between the two kinds, not Otsu's edge of an empty stretch
        threshold = (low[at] + high[at]) / 2
        return cv2.threshold(image, threshold, 255, cv2.THRESH_BINARY_INV)[1]
    return _unevenly_lit(image)


def _unevenly_lit(image: Image) -> Image:
    height, width = image.shape
    by = max(1, max(image.shape) // 80)
    small = cv2.resize(image, (max(1, width // by), max(1, height // by)),
                       interpolation=cv2.INTER_AREA)  # fmt: skip
    reach = np.ones((max(small.shape) // 5 | 1,) * 2, np.uint8)
    low = cv2.blur(cv2.erode(small, reach).astype(np.float32), reach.shape)
    high = cv2.blur(cv2.dilate(small, reach).astype(np.float32), reach.shape)
    middle = cv2.resize((low + high) / 2, (width, height))
    contrast = cv2.resize(high - low, (width, height))
    dark = (image < middle) & (contrast > FLAT)
    return dark.astype(np.uint8) * 255
