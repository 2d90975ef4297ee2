"""Where a part lies against its golden template: shift, rotation, scale and a gentle bend.

Both are turned to ink (0 or 255) first, each by its own threshold, so that lighting falls out.
Phase correlation at a quarter of the size gives the shift; where that does not fit, the
magnitudes of the spectra in polar coordinates give rotation and scale first (Reddy & Chatterji
1996). Then a quadratic displacement is refined by robust Gauss-Newton steps: scanners stretch a
board by several pixels from one side to the other, unevenly, and no more than 12 numbers of
freedom means that a flaw cannot be explained away as a bend.
"""

from dataclasses import dataclass
from math import atan2, degrees, hypot

import cv2
import numpy as np

from linli.engines.board.displacement import (
    COARSE,
    coarse,
    correlation,
    moved,
    places,
    refined,
    shift_between,
    similar,
    turned,
)
from linli.engines.board.images import Floats, Image

CAMERA_MOVED = "camera moved"
WRONG_PART = "wrong part"
NOTHING_TO_SEE = "nothing to see"

FITS = 0.80  # correlation of the coarse images from which a plain shift is taken
CLOSE = 0.95  # correlation from which the steps at full resolution find the rest by themselves
KNOWN = 0.55  # correlation below which it is another part
SLACK = 0.01  # correlation that a bend may cost: robust steps let flaws be as large as they are
APART = 0.04  # share of the picture that may differ whatever the correlation says
BARE = 0.002  # share of ink (or of ground) below which there is nothing to register by


@dataclass(frozen=True)
class Limits:
    """How far a part may lie off before the camera is said to have moved.

    Attributes
    ----------
    shift
        Share of the longer side.
    rotation
        Degrees.
    scale
        Share by which it may be larger or smaller.
    """

    shift: float = 0.12
    rotation: float = 6.0
    scale: float = 0.08


@dataclass(frozen=True)
class Registration:
    """How the template lies on the part.

    Attributes
    ----------
    shift
        Pixels to the right and down by which the part's middle lies off the template's.
    rotation
        Degrees by which the part is turned clockwise as seen.
    scale
        Size of the part over size of the template.
    correlation
        Of the two after registration, -1 to 1.
    bend
        Largest displacement that shift, rotation and scale do not explain, pixels.
    trouble
        `camera moved`, `wrong part` or `nothing to see`; empty where the two can be compared.
    field
        Coefficients of the displacement in coarse pixels, shape (6, 2).
    """

    shift: tuple[float, float]
    rotation: float
    scale: float
    correlation: float
    bend: float
    trouble: str
    field: Floats

    @property
    def failed(self) -> bool:
        return bool(self.trouble)


def register(template: Image, part: Image, limits: Limits | None = None) -> Registration:
    """Find how a template lies on a part.

    Parameters
    ----------
    template, part
        Ink (0 or 255) as from `ink`, of one shape (height, width).
    """
    limits = limits or Limits()
    by = max(1.0, max(part.shape) / COARSE)
    a, b = coarse(part), coarse(template)
    field = np.zeros((6, 2), np.float32)
    if _is_bare(a) or _is_bare(b):
        apart = float(np.abs(a - b).mean()) / 255
        trouble = NOTHING_TO_SEE if apart > APART else ""
        return Registration((0.0, 0.0), 0.0, 1.0, 0.0, 0.0, trouble, field)
    shifted = field.copy()
    shifted[0] = shift_between(a, b)
    field, fit = _better(a, b, (field, correlation(a, b)), shifted)
    if fit < FITS:
        field, fit = _better(a, b, (field, fit), turned(a, b))
    near = field
    if fit < CLOSE:
        near = 2 * refined(cv2.pyrDown(a), cv2.pyrDown(b), field / 2, 3)
    field, fit = _better(a, b, (field, fit - SLACK), refined(a, b, near, 6))
    apart = float(np.abs(a - np.maximum(moved(b, field), 0)).mean()) / 255
    known = fit >= KNOWN or apart < APART
    return _told(field, fit, by, a.shape, limits if known else None)


def _is_bare(image: Floats) -> bool:
    share = float(image.mean()) / 255
    return min(share, 1 - share) < BARE


def _better(
    part: Floats, template: Floats, known: tuple[Floats, float], other: Floats
) -> tuple[Floats, float]:
    fit = correlation(part, moved(template, other))
    return (other, fit) if fit > known[1] else known


def _told(
    field: Floats, fit: float, by: float, shape: tuple[int, int], limits: Limits | None
) -> Registration:
    """Say a displacement field in shift, rotation and scale of the part."""
    half = max(shape) / 2
    linear = np.eye(2) + np.array([field[1], field[2]], float).T / half
    # template = linear · part + offset, so the part against the template is its inverse
    c, s = (linear[0, 0] + linear[1, 1]) / 2, (linear[1, 0] - linear[0, 1]) / 2
    size, turn = hypot(c, s), atan2(s, c)
    inverse = np.linalg.inv(linear) if abs(np.linalg.det(linear)) > 1e-6 else np.eye(2)
    dx, dy = (-inverse @ field[0]) * by
    rest = field.copy()
    rest[0] = 0
    rest[1:3] -= similar(size, turn, shape)[1:3]
    still, bent = places(np.zeros_like(field), shape), places(rest, shape)
    bend = max(float(np.abs(b - a).max()) for a, b in zip(still, bent, strict=True)) * by
    scale = 1 / size if size > 1e-6 else 0.0
    rotation = -degrees(turn)
    trouble = ""
    if limits is None:
        trouble = WRONG_PART
    elif (
        hypot(dx, dy) > limits.shift * max(shape) * by
        or abs(rotation) > limits.rotation
        or abs(scale - 1) > limits.scale
    ):
        trouble = CAMERA_MOVED
    return Registration((float(dx), float(dy)), rotation, scale, fit, bend, trouble, field)
