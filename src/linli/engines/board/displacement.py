"""Which place of the template each pixel of the part shows: a quadratic displacement.

A field is an array of shape (6, 2): what 1, u, v, uv, u² and v² weigh in the displacement to the
right and down, in pixels of the coarse image; u and v run from -1 to 1 over the longer side.
"""

from functools import lru_cache
from itertools import product
from math import sqrt

import cv2
import numpy as np

from linli.engines.board.images import Floats, Image

COARSE = 160  # longer side of the image that is registered, pixels
STEPS = 6
FEW, MANY = 50, 3000  # edge pixels that are needed for a step, and that are enough for it
SETTLED = 0.05  # coarse pixels
# 9,000 (squared error of an edge pixel, ten of which tell one thing) over the squared coarse
# pixels that each term may be expected to reach
STIFF = 9000 / np.array([8.0, 2.0, 2.0, 0.5, 0.5, 0.5]) ** 2


def coarse(image: Image) -> Floats:
    """Return an image of at most `COARSE` pixels a side, a little blurred."""
    height, width = image.shape
    by = max(1.0, max(image.shape) / COARSE)
    size = (max(8, round(width / by)), max(8, round(height / by)))
    small = cv2.resize(image, size, interpolation=cv2.INTER_AREA).astype(np.float32)
    return cv2.GaussianBlur(small, (3, 3), 0)


@lru_cache(maxsize=16)
def _basis(shape: tuple[int, int]) -> tuple[Floats, Floats]:
    """Return 1, v, v² of the rows and 1, u, u² of the columns, u and v in parts of half a side."""
    half = max(shape) / 2
    along = [(np.arange(n) - (n - 1) / 2) / half for n in shape]
    v, u = (np.stack([np.ones_like(x), x, x * x], 1).astype(np.float32) for x in along)
    return v, u


def places(field: Floats, shape: tuple[int, int], by: float = 1.0) -> tuple[Floats, Floats]:
    """Return which place of the template each pixel of the part shows, x and y, in pixels.

    A polynomial over a grid is a product of two thin matrices, much quicker than pixel by pixel.
    """
    v, u = _basis(shape)
    half = max(shape) / 2
    found = []
    for axis, middle in ((0, (shape[1] - 1) / 2), (1, (shape[0] - 1) / 2)):
        one, to_u, to_v, to_uv, to_uu, to_vv = field[:, axis].astype(float) * by
        to_u, to_v = to_u + half * (axis == 0), to_v + half * (axis == 1)
        terms = np.array([[one + middle, to_u, to_uu], [to_v, to_uv, 0], [to_vv, 0, 0]])
        found.append(v @ terms.astype(np.float32) @ u.T)
    return found[0], found[1]


def moved(image: Floats, field: Floats) -> Floats:
    """Draw a coarse template as it lies on the part, -1 where it has no pixels."""
    x, y = places(field, image.shape)
    return cv2.remap(image, x, y, cv2.INTER_LINEAR, borderValue=-1)


def correlation(a: Floats, b: Floats) -> float:
    """Return the correlation of the two where both have pixels (-1 marks none)."""
    there = (a >= 0) & (b >= 0)
    if np.count_nonzero(there) < 0.3 * a.size:
        return 0.0
    a, b = a[there], b[there]
    a, b = a - a.mean(), b - b.mean()
    size = sqrt(float(a @ a) * float(b @ b))
    return float(a @ b) / size if size > 0 else 0.0


def refined(part: Floats, template: Floats, field: Floats, terms: int) -> Floats:
    """Refine a displacement field by robust Gauss-Newton steps over its first `terms`.

    Held back towards the field given as far as edges are few: `STIFF` says how strongly each term.
    """
    start = field
    v, u = _basis(part.shape)
    stiff = np.tile(STIFF[:terms], 2)
    for _ in range(STEPS):
        now = moved(template, field)
        gx = cv2.Sobel(now, cv2.CV_32F, 1, 0, scale=1 / 8)
        gy = cv2.Sobel(now, cv2.CV_32F, 0, 1, scale=1 / 8)
        row, column = np.nonzero((cv2.absdiff(gx, -gy) + cv2.absdiff(gx, gy) > 16) & (now >= 0))
        if len(row) < FEW:
            break
        row, column = (each[:: 1 + len(row) // MANY] for each in (row, column))
        error = part[row, column] - now[row, column]
        spread = max(2 * float(np.median(np.abs(error))), 8.0)
        weight = 1 / (1 + (error / spread) ** 2)
        over, down = u[column], v[row]
        own = np.stack([over[:, 0], over[:, 1], down[:, 1], over[:, 1] * down[:, 1],
                        over[:, 2], down[:, 2]][:terms], 1)  # fmt: skip
        slope = np.hstack([own * gx[row, column, None], own * gy[row, column, None]])
        weighted = slope * weight[:, None]
        normal = (weighted.T @ slope).astype(float) + np.diag(stiff)
        pull = (weighted.T @ error).astype(float) - stiff * (field - start)[:terms].T.ravel()
        step = np.linalg.solve(normal, pull).reshape(2, terms).T
        field = field.copy()
        field[:terms] += step.astype(np.float32)
        if np.abs(step).max() < SETTLED:
            break
    return field


def shift_between(part: Floats, template: Floats) -> tuple[float, float]:
    """Return how far the template lies right of and below the part, by phase correlation."""
    window = cv2.createHanningWindow(part.shape[::-1], cv2.CV_32F)
    # copies: phaseCorrelate of OpenCV 5 leaves the window in what it is given
    (dx, dy), _response = cv2.phaseCorrelate(part.copy(), template.copy(), window)
    return dx, dy


def _spectrum(image: Floats, size: int) -> Floats:
    """Return the log-polar magnitudes of the spectrum, which shifts leave as they are."""
    padded = np.zeros((size, size), np.float32)
    window = cv2.createHanningWindow(image.shape[::-1], cv2.CV_32F)
    padded[: image.shape[0], : image.shape[1]] = (image - image.mean()) * window
    magnitude = np.log1p(np.abs(np.fft.fftshift(np.fft.fft2(padded)))).astype(np.float32)
    y, x = np.mgrid[:size, :size].astype(np.float32) / size - 0.5
    high = 1 - np.cos(np.pi * x) * np.cos(np.pi * y)
    polar = cv2.warpPolar(magnitude * high, (size, 2 * size), (size / 2, size / 2), size / 2,
                          cv2.WARP_POLAR_LOG | cv2.INTER_LINEAR)  # fmt: skip
    return polar[:size]


def turned(part: Floats, template: Floats) -> Floats:
    """Find rotation and scale, then shift.

    The spectrum tells neither a half turn nor, when noisy, larger from smaller: the field under
    which the two agree best is returned.
    """
    side = 2 * max(part.shape)
    a, b = _spectrum(part, side), _spectrum(template, side)
    d_log, d_angle = shift_between(a, b)
    scale = float(np.exp(d_log * np.log(side / 2) / side))
    turn = float(d_angle * np.pi / side)
    best, most = np.zeros((6, 2), np.float32), -2.0
    for size, angle in product((scale, 1 / scale), (turn, turn + np.pi)):
        field = similar(size, angle, part.shape)
        dx, dy = shift_between(part, np.maximum(moved(template, field), 0))
        c, s = np.cos(angle) * size, np.sin(angle) * size
        field[0] += np.array([c * dx - s * dy, s * dx + c * dy], np.float32)
        fit = correlation(part, moved(template, field))
        if fit > most:
            best, most = field, fit
    return best


def similar(scale: float, turn: float, shape: tuple[int, int]) -> Floats:
    """Return the field of a rotation and scale about the middle."""
    half = max(shape) / 2
    c, s = np.cos(turn) * scale, np.sin(turn) * scale
    field = np.zeros((6, 2), np.float32)
    field[1], field[2] = ((c - 1) * half, s * half), (-s * half, (c - 1) * half)
    return field


def laid_on(template: Image, field: Floats) -> tuple[Image, Image | None]:
    """Draw the template as it lies on the part.

    Returns
    -------
    The template, shape (height, width), and where it has pixels (255), None for everywhere.
    """
    by = max(1.0, max(template.shape) / COARSE)
    height, width = template.shape
    x, y = places(field, template.shape, by)
    laid = cv2.remap(template, x, y, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    laid = cv2.threshold(laid, 127, 255, cv2.THRESH_BINARY)[1]
    out = max(-x[:, 0].min(), -y[0].min(), x[:, -1].max() - width + 1, y[-1].max() - height + 1)
    if out < 1.5:
        return laid, None
    there = (x > -0.5) & (y > -0.5) & (x < width - 0.5) & (y < height - 0.5)
    return laid, there.astype(np.uint8) * 255
