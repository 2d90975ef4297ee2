"""What a spot is like: numbers that tell a short from a spur, and a flaw from a ragged edge.

A spot of missing ink is looked at in the negative, so that both kinds are "something too much":
what counts is how it touches what the template has. A short touches it at two ends, a spur at
one, stray copper nowhere; in the negative an open touches the ground at two ends, a mouse bite
at one, a pin-hole nowhere. All numbers come from a small window around the spot.
"""

from math import atan2, cos, hypot

import cv2
import numpy as np
from numpy.typing import NDArray

from linli.engines.board.images import Floats, Image
from linli.engines.board.spots import SQUARE, Spots

MARGIN = 16  # pixels around the box of a spot
RINGS = (2, 5)  # pixels from the spot at which the surroundings are looked at
SPECK = 3  # pixels below which a contact or a piece does not count

NAMES = (
    "kind", "sure", "width", "height", "longer", "shorter", "pixels", "fill", "deep", "depth",
    "mean_depth", "thick", "round", "slant", "border", "far2", "far3",
    *(f"{name}_{ring}" for ring in RINGS for name in
      ("ring", "ring_ink", "contacts", "grounds", "first", "second", "first_ground",
       "second_ground")),
    "own_width", "ground_width", "pieces", "pieces_before", "holes", "holes_before", "joined",
    "joined_ground", "other", "larger", "nearest_same", "nearest_other", "sure_nearest",
    "count", "share",
)  # fmt: skip


def traits(template: Image, part: Image, found: Spots) -> Floats:
    """Describe every spot.

    Parameters
    ----------
    template, part
        Ink (0 or 255), registered, shape (height, width).

    Returns
    -------
    Numbers in the order of `NAMES`, shape (n, len(NAMES)).
    """
    rows = np.zeros((len(found), len(NAMES)), np.float32)
    if not len(found):
        return rows
    own = len(NAMES) - 5
    for at in range(len(found)):
        rows[at, :own] = _one(template, part, found, at)
    rows[:, own:] = _among(found, float(template.size))
    return rows


def _one(template: Image, part: Image, found: Spots, at: int) -> list[float]:
    kind = int(found.kind[at])
    x1, y1, x2, y2 = (int(value) for value in found.boxes[at])
    height, width = template.shape
    top, left = max(0, y1 - MARGIN), max(0, x1 - MARGIN)
    window = np.s_[top : min(height, y2 + MARGIN), left : min(width, x2 + MARGIN)]
    had, has = template[window], part[window]
    if kind:
        had, has = cv2.bitwise_not(had), cv2.bitwise_not(has)
    mine = (found.labels[kind][window] == found.label[at]).view(np.uint8)
    spot = cv2.bitwise_and(found.differing[kind][window], mine * np.uint8(255))
    is_spot = spot > 0
    pixels = int(np.count_nonzero(is_spot))
    far = np.sort(cv2.distanceTransform(cv2.bitwise_not(had), cv2.DIST_L2, 3)[is_spot])
    far = np.minimum(far, 60)
    thick = 2 * float(cv2.distanceTransform(_framed(spot), cv2.DIST_L2, 3).max())
    moments = cv2.moments(spot, binaryImage=True)
    area = max(moments["m00"], 1.0)
    xx, yy, xy = (moments[name] / area for name in ("mu20", "mu02", "mu11"))
    spread = hypot(xx - yy, 2 * xy)
    slim = (xx + yy - spread) / (xx + yy + spread + 0.2)
    slant = abs(cos(2 * atan2(2 * xy, xx - yy))) if spread > 0 else 0.0
    w, h = x2 - x1, y2 - y1
    values = [
        kind, found.sure[at], w, h, max(w, h), min(w, h), pixels, pixels / (w * h),
        far[int(0.9 * (pixels - 1))] if pixels else 0, far[-1] if pixels else 0,
        far.mean() if pixels else 0, thick, slim, slant,
        min(x1, y1, width - x2, height - y2),
        pixels - np.searchsorted(far, 2.5, "right"), pixels - np.searchsorted(far, 3.5, "right"),
    ]  # fmt: skip
    solid = cv2.morphologyEx(spot, cv2.MORPH_CLOSE, SQUARE)
    for ring in RINGS:
        values += _contacts(solid, had, ring)
    values += _pieces(solid, had, has)
    return values


def _framed(image: Image) -> Image:
    """Put a frame of nothing around: what runs out of the window is thin there."""
    return cv2.copyMakeBorder(image, 1, 1, 1, 1, cv2.BORDER_CONSTANT, value=0)


def _contacts(spot: Image, had: Image, ring: int) -> list[float]:
    """Tell how the ring around a spot runs through what the template has and has not."""
    inner = cv2.dilate(spot, SQUARE, iterations=ring)
    band = cv2.subtract(cv2.dilate(inner, SQUARE), inner)
    whole = int(np.count_nonzero(band))
    inked = cv2.bitwise_and(band, had)
    first = _segments(inked)
    ground = _segments(cv2.subtract(band, inked))
    share = 1 / max(whole, 1)
    two = [
        pieces[i] * share if len(pieces) > i else 0 for pieces in (first, ground) for i in (0, 1)
    ]
    return [whole, int(np.count_nonzero(inked)) * share, len(first), len(ground), *two]


def _segments(band: Image) -> list[int]:
    """Return how many pixels the pieces of a ring have, the largest first."""
    _count, _label, stats, _middle = cv2.connectedComponentsWithStats(band, connectivity=8)
    sizes: list[int] = stats[1:, cv2.CC_STAT_AREA].tolist()
    return sorted((size for size in sizes if size >= SPECK), reverse=True)


def _pieces(spot: Image, had: Image, has: Image) -> list[float]:
    """Tell how many pieces of ink and of ground lie at the spot, before and now, and how wide."""
    at = cv2.dilate(spot, SQUARE, iterations=3) > 0
    counts, largest = [], []
    for image in (had, has, cv2.bitwise_not(had), cv2.bitwise_not(has)):
        _count, label, stats, _middle = cv2.connectedComponentsWithStats(image, connectivity=4)
        touching = np.bincount(label[at], minlength=len(stats))[1:] >= SPECK
        counts.append(int(np.count_nonzero(touching)))
        largest.append(min(int(stats[1:, cv2.CC_STAT_AREA][touching].max(initial=0)), 9999))
    widths = [min(2 * float(cv2.distanceTransform(image, cv2.DIST_L2, 3)[at].max(initial=0)), 99)
              for image in (had, cv2.bitwise_not(had))]  # fmt: skip
    other = int(np.count_nonzero(cv2.subtract(had, has)[at]))
    return [*widths, counts[1], counts[0], counts[3], counts[2], counts[0] - counts[1],
            counts[3] - counts[2], other, largest[1] - largest[0]]  # fmt: skip


def _among(found: Spots, size: float) -> NDArray[np.float64]:
    """Tell how far the nearest spots of the same and the other kind are, and how many there are."""
    middle = (found.boxes[:, :2] + found.boxes[:, 2:]) / 2
    apart = np.abs(middle[:, None] - middle[None]).max(-1)
    np.fill_diagonal(apart, 999)
    same = found.kind[:, None] == found.kind[None]
    to_same, to_other = np.where(same, apart, 999), np.where(same, 999, apart)
    nearest = to_same.argmin(1)
    return np.column_stack([
        to_same.min(1), to_other.min(1), found.sure[nearest],
        np.full(len(found), len(found)), np.full(len(found), found.sure.sum() / size * 1e4),
    ])  # fmt: skip
