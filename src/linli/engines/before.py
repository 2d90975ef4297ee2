"""Two photos of a place, taken by hand at different times: is it the same, and what changed?

Corners described by ORB are matched and a homography is found among them (RANSAC); the photo of
then is laid onto that of now, light and colour are evened in large patches, and what is left is
compared in blocks. It helps a person to look; a photo by hand proves nothing by itself.
"""

from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

LONGEST = 640  # pixels of the longer side that are compared
POINTS = 2000
RATIO = 0.8  # a match counts if the second best is so much worse (Lowe 2004)
REACH = 4.0  # pixels within which a matched corner agrees with the others
LEAST = 18  # corners that must agree
SAME = 0.12  # share of the matches that must
BLOCK = 16  # pixels a side of a block
FINE = 3.0  # pixels over which both are smoothed: hands do not hold still
CHANGED = 3.0  # in robust deviations of the blocks of this pair
AT_LEAST = 0.05  # and in contrast, so that two equal photos show no change

Image = NDArray[Any]


@dataclass(frozen=True)
class Comparison:
    """What two photos of a place tell.

    Attributes
    ----------
    same_place
        Whether enough corners agree on how one lies on the other. Where they do not, nothing is
        said of changes: another place, or seen from too far aside.
    agreeing, matched
        Corners that agree, of those that were matched.
    overlap
        Share of the photo of now that the one of then shows, too.
    changed
        Share of that overlap in which something changed.
    heat
        How much each pixel of the photo of now differs, 0 to 1, of its shape; zeros outside.
    before
        The photo of then laid onto that of now, RGB of its shape, black outside.
    boxes
        Where it changed: x1, y1, x2, y2 in pixels of the photo of now, the largest first.
    """

    same_place: bool
    agreeing: int
    matched: int
    overlap: float = 0.0
    changed: float = 0.0
    heat: NDArray[np.float32] | None = None
    before: Image | None = None
    boxes: tuple[tuple[int, int, int, int], ...] = ()


def compare(before: Image, now: Image, most: int = 5) -> Comparison:
    """Compare a photo with the one taken before.

    Parameters
    ----------
    before, now
        8-bit images of any size, shape (h, w) or (h, w, 3) RGB.
    most
        How many places of change to name.

    Raises
    ------
    ValueError
        If one is no such image, or smaller than 64 pixels a side.
    """
    then, here = _small(before, "before"), _small(now, "now")
    matrix, agreeing, matched = _laid(then, here)
    if matrix is None:
        return Comparison(False, agreeing, matched)
    height, width = here.shape[:2]
    laid = cv2.warpPerspective(then, matrix, (width, height))
    inside: Any = cv2.warpPerspective(
        np.full(then.shape[:2], 255, np.uint8), matrix, (width, height), flags=cv2.INTER_NEAREST
    )
    inside = cv2.erode(inside, np.ones((9, 9), np.uint8)) > 0
    overlap = float(inside.mean())
    if overlap < 0.15:
        return Comparison(False, agreeing, matched, overlap)
    heat = _differences(laid, here, inside)
    marks = (heat > 0.5).astype(np.uint8)
    boxes = _boxes(marks, now.shape[:2], most)
    size = (now.shape[1], now.shape[0])
    whole = cv2.resize(heat, size, interpolation=cv2.INTER_LINEAR)
    onto = cv2.resize(laid, size, interpolation=cv2.INTER_LINEAR)
    changed = float(marks[inside].mean())
    return Comparison(
        True, agreeing, matched, overlap, changed, np.asarray(whole, np.float32), onto, boxes
    )


def _small(image: Image, name: str) -> Image:
    if image.dtype != np.uint8 or image.ndim not in (2, 3):
        raise ValueError(f"{name}: an 8-bit image of shape (h, w) or (h, w, 3) is wanted")
    if min(image.shape[:2]) < 64:
        raise ValueError(f"{name}: {image.shape[1]} × {image.shape[0]} pixels are too few")
    colour = image if image.ndim == 3 else np.repeat(image[..., None], 3, 2)
    by = LONGEST / max(image.shape[:2])
    if by >= 1:
        return np.ascontiguousarray(colour)
    size = (round(image.shape[1] * by), round(image.shape[0] * by))
    return cv2.resize(colour, size, interpolation=cv2.INTER_AREA)


def _laid(then: Image, here: Image) -> tuple[Image | None, int, int]:
    """Return how `then` lies on `here`, None if they show no common place."""
    orb = cv2.ORB_create(POINTS, fastThreshold=8)  # type: ignore[attr-defined]
    told = [
        orb.detectAndCompute(_evened(cv2.cvtColor(image, cv2.COLOR_RGB2GRAY)), None)
        for image in (then, here)
    ]
    (corners, words), (others, other_words) = told
    if words is None or other_words is None or len(corners) < LEAST or len(others) < LEAST:
        return None, 0, 0
    pairs = cv2.BFMatcher(cv2.NORM_HAMMING).knnMatch(words, other_words, k=2)
    good = [pair[0] for pair in pairs
            if len(pair) == 2 and pair[0].distance < RATIO * pair[1].distance]  # fmt: skip
    if len(good) < LEAST:
        return None, 0, len(good)
    a = np.array([corners[m.queryIdx].pt for m in good], np.float32)
    b = np.array([others[m.trainIdx].pt for m in good], np.float32)
    cv2.setRNGSeed(7)
    matrix, agree = cv2.findHomography(a, b, cv2.RANSAC, REACH, maxIters=2000)
    if matrix is None:
        return None, 0, len(good)
    agreeing = int(agree.sum())
    is_same = agreeing >= LEAST and agreeing >= SAME * len(good) and _is_plain(matrix)
    return (matrix if is_same else None), agreeing, len(good)


def _is_plain(matrix: Image) -> bool:
    """Tell whether a homography is one that walking up to a place again can make."""
    linear = matrix[:2, :2]
    size = float(np.sqrt(abs(np.linalg.det(linear))))
    return bool(
        np.linalg.det(linear) > 0 and 0.33 < size < 3 and np.abs(matrix[2, :2]).max() < 4e-3
    )


def _evened(grey: Image) -> Image:
    """Return a grey picture with the light of large patches taken out."""
    return cv2.createCLAHE(2.0, (8, 8)).apply(grey)


def _differences(then: Image, here: Image, inside: Image) -> NDArray[np.float32]:
    """Return how much has changed at each pixel, 0 to 1; 0.5 is where it begins to count."""
    a, b = (cv2.GaussianBlur(image, (0, 0), FINE).astype(np.float32) for image in (then, here))
    weight: Any = inside.astype(np.float32)
    apart: Any = np.zeros(inside.shape, np.float32)
    share = np.maximum(cv2.GaussianBlur(weight, (0, 0), 4 * BLOCK), 1e-3)
    for channel in range(3):
        one, other = (_standard(image[..., channel] * weight, weight, share) for image in (a, b))
        # Within a few pixels the like counts: parallax moves edges, it takes nothing away.
        low, high = (_spread(other, how) for how in (cv2.MORPH_ERODE, cv2.MORPH_DILATE))
        gone = np.maximum(np.maximum(low - one, one - high), 0)
        low, high = (_spread(one, how) for how in (cv2.MORPH_ERODE, cv2.MORPH_DILATE))
        come = np.maximum(np.maximum(low - other, other - high), 0)
        apart = np.maximum(apart, np.maximum(gone, come))
    apart = cv2.blur(apart * weight, (BLOCK, BLOCK))
    known = apart[inside]
    middle = float(np.median(known))
    spread = 1.4826 * float(np.median(np.abs(known - middle)))
    limit = max(middle + CHANGED * spread, AT_LEAST)
    return np.asarray(np.clip(apart / (2 * limit), 0, 1) * weight, np.float32)


def _standard(image: Any, weight: Any, share: Any) -> Any:
    """Return a channel with the light of its surroundings taken out, in contrasts of the photo."""
    around = cv2.GaussianBlur(image, (0, 0), 4 * BLOCK) / share
    told = (image - around) * weight
    return told / max(float(told.std()), 1.0)


def _spread(image: Any, how: int) -> Any:
    return cv2.morphologyEx(image, how, np.ones((7, 7), np.uint8))


def _boxes(
    marks: Image, shape: tuple[int, ...], most: int
) -> tuple[tuple[int, int, int, int], ...]:
    count, _labels, stats, _middles = cv2.connectedComponentsWithStats(marks, connectivity=8)
    rows = sorted(stats[1:count].tolist(), key=lambda row: -row[4])
    down, right = shape[0] / marks.shape[0], shape[1] / marks.shape[1]
    return tuple(
        (int(x * right), int(y * down), int((x + w) * right), int((y + h) * down))
        for x, y, w, h, area in rows[:most] if area >= BLOCK * BLOCK // 2
    )  # fmt: skip
