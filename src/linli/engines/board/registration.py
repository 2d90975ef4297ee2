"""Where a part lies against its golden template: shift, rotation, scale and a gentle bend.

Both are turned to ink (0 or 255) first, each by its own threshold, so that lighting falls out.
Phase correlation at a quarter of the size gives the shift; where that does not fit, the
magnitudes of the spectra in polar coordinates give rotation and scale first (Reddy & Chatterji
1996). Then a quadratic displacement is refined by robust Gauss-Newton steps: scanners stretch a
board by several pixels from one side to the other, unevenly, and no more than 12 numbers of
freedom means that a flaw cannot be explained away as a bend.
"""

from dataclasses import dataclass
from math import atan2, degrees, hypot, sqrt

import cv2
import numpy as np
from numpy.typing import NDArray

Image = NDArray[np.uint8]
Floats = NDArray[np.float32]

CAMERA_MOVED = "camera moved"
WRONG_PART = "wrong part"
NOTHING_TO_SEE = "nothing to see"

COARSE = 160  # longer side of the image that is registered, pixels
FITS = 0.80  # correlation of the coarse images from which a plain shift is taken
KNOWN = 0.55  # correlation below which it is another part
SLACK = 0.01  # correlation that a bend may cost: robust steps let flaws be as large as they are
APART = 0.04  # share of the picture that may differ whatever the correlation says
BARE = 0.002  # share of ink (or of ground) below which there is nothing to register by
FLAT = 24  # grey levels between ink and ground below which there is no picture
SEPARABLE = 0.9  # share of the variance that one threshold explains, below which lighting varies
STEPS = 6
SETTLED = 0.02  # coarse pixels
# 9,000 (squared error of an edge pixel, ten of which tell one thing) over the squared coarse
# pixels that each term may be expected to reach
STIFF = 9000 / np.array([8.0, 2.0, 2.0, 0.5, 0.5, 0.5]) ** 2


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
        return cv2.threshold(image, threshold, 255, cv2.THRESH_BINARY_INV)[1]  # type: ignore[return-value]
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
    return dark.astype(np.uint8) * 255  # type: ignore[no-any-return]


# --- the displacement --------------------------------------------------------------------------


def _basis(shape: tuple[int, int]) -> tuple[Floats, Floats]:
    """Return 1, v, v² of the rows and 1, u, u² of the columns, u and v in parts of half a side."""
    half = max(shape) / 2
    along = [(np.arange(n) - (n - 1) / 2) / half for n in shape]
    v, u = (np.stack([np.ones_like(x), x, x * x], 1).astype(np.float32) for x in along)
    return v, u


def _places(field: Floats, shape: tuple[int, int], by: float = 1.0) -> tuple[Floats, Floats]:
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


def _moved(image: Floats, field: Floats) -> Floats:
    x, y = _places(field, image.shape)  # type: ignore[arg-type]
    return cv2.remap(image, x, y, cv2.INTER_LINEAR, borderValue=-1)  # type: ignore[return-value,call-overload,no-any-return]


def _correlation(a: Floats, b: Floats) -> float:
    """Return the correlation of the two where both have pixels (-1 marks none)."""
    there = (a >= 0) & (b >= 0)
    if np.count_nonzero(there) < 0.3 * a.size:
        return 0.0
    a, b = a[there], b[there]
    a, b = a - a.mean(), b - b.mean()
    size = sqrt(float(a @ a) * float(b @ b))
    return float(a @ b) / size if size > 0 else 0.0


def _refined(part: Floats, template: Floats, field: Floats, terms: int) -> Floats:
    """Refine a displacement field by robust Gauss-Newton steps over its first `terms`.

    Held back towards the field given as far as edges are few: `STIFF` says how strongly each term.
    """
    start = field
    v, u = _basis(part.shape)  # type: ignore[arg-type]
    stiff = np.tile(STIFF[:terms], 2)
    for _ in range(STEPS):
        moved = _moved(template, field)
        gx = cv2.Sobel(moved, cv2.CV_32F, 1, 0, scale=1 / 8)
        gy = cv2.Sobel(moved, cv2.CV_32F, 0, 1, scale=1 / 8)
        row, column = np.nonzero((cv2.absdiff(gx, -gy) + cv2.absdiff(gx, gy) > 16) & (moved >= 0))
        if len(row) < 50:
            break
        error = part[row, column] - moved[row, column]
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


def _shift_between(part: Floats, template: Floats) -> tuple[float, float]:
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
    return polar[:size]  # type: ignore[return-value]


def _turned(part: Floats, template: Floats) -> Floats:
    """Find rotation and scale, then shift; return the best displacement field of the candidates."""
    size = 2 * max(part.shape)
    a, b = _spectrum(part, size), _spectrum(template, size)
    (d_log, d_angle), _ = cv2.phaseCorrelate(a, b, cv2.createHanningWindow(a.shape[::-1], cv2.CV_32F))
    scale = float(np.exp(d_log * np.log(size / 2) / size))
    turn = float(d_angle * np.pi / size)
    best, most = np.zeros((6, 2), np.float32), -2.0
    for each in ((scale, turn), (1 / scale, turn), (scale, turn + np.pi), (1 / scale, turn + np.pi)):
        field = _similar(*each, part.shape)  # type: ignore[arg-type]
        moved = _moved(template, field)
        dx, dy = _shift_between(part, np.maximum(moved, 0))
        c, s = np.cos(each[1]) * each[0], np.sin(each[1]) * each[0]
        field[0] += np.array([c * dx - s * dy, s * dx + c * dy], np.float32)
        fit = _correlation(part, _moved(template, field))
        if fit > most:
            best, most = field, fit
    return best


def _similar(scale: float, turn: float, shape: tuple[int, int]) -> Floats:
    """Return the field of a rotation and scale about the middle."""
    half = max(shape) / 2
    c, s = np.cos(turn) * scale, np.sin(turn) * scale
    field = np.zeros((6, 2), np.float32)
    field[1], field[2] = ((c - 1) * half, s * half), (-s * half, (c - 1) * half)
    return field


# --- the whole ---------------------------------------------------------------------------------


def _coarse(image: Image) -> Floats:
    height, width = image.shape
    by = max(1.0, max(image.shape) / COARSE)
    size = (max(8, round(width / by)), max(8, round(height / by)))
    small = cv2.resize(image, size, interpolation=cv2.INTER_AREA).astype(np.float32)
    return cv2.GaussianBlur(small, (3, 3), 0)  # type: ignore[return-value]


def register(template: Image, part: Image, limits: Limits | None = None) -> Registration:
    """Find how a template lies on a part.

    Parameters
    ----------
    template, part
        Ink (0 or 255) as from `ink`, of one shape (height, width).
    """
    limits = limits or Limits()
    by = max(1.0, max(part.shape) / COARSE)
    a, b = _coarse(part), _coarse(template)
    field = np.zeros((6, 2), np.float32)
    if _is_bare(a) or _is_bare(b):
        apart = float(np.abs(a - b).mean()) / 255
        trouble = NOTHING_TO_SEE if apart > APART else ""
        return Registration((0.0, 0.0), 0.0, 1.0, 0.0, 0.0, trouble, field)
    shifted = field.copy()
    shifted[0] = _shift_between(a, b)
    field, fit = _better(a, b, (field, _correlation(a, b)), shifted)
    if fit < FITS:
        field, fit = _better(a, b, (field, fit), _turned(a, b))
    half = 2 * _refined(cv2.pyrDown(a), cv2.pyrDown(b), field / 2, 3)
    field, fit = _better(a, b, (field, fit - SLACK), _refined(a, b, half, 6))
    apart = float(np.abs(a - np.maximum(_moved(b, field), 0)).mean()) / 255
    known = fit >= KNOWN or apart < APART
    return _told(field, fit, by, a.shape, limits if known else None)  # type: ignore[arg-type]


def _is_bare(image: Floats) -> bool:
    share = float(image.mean()) / 255
    return min(share, 1 - share) < BARE


def _better(
    part: Floats, template: Floats, known: tuple[Floats, float], other: Floats
) -> tuple[Floats, float]:
    fit = _correlation(part, _moved(template, other))
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
    rest[1:3] -= _similar(size, turn, shape)[1:3]
    still, bent = _places(np.zeros_like(field), shape), _places(rest, shape)
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


def laid_on(template: Image, registration: Registration) -> tuple[Image, Image | None]:
    """Draw the template as it lies on the part.

    Returns
    -------
    The template, shape (height, width), and where it has pixels (255), None for everywhere.
    """
    by = max(1.0, max(template.shape) / COARSE)
    height, width = template.shape
    x, y = _places(registration.field, template.shape, by)  # type: ignore[arg-type]
    moved = cv2.remap(template, x, y, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    moved = cv2.threshold(moved, 127, 255, cv2.THRESH_BINARY)[1]
    out = max(-x[:, 0].min(), -y[0].min(), x[:, -1].max() - width + 1, y[-1].max() - height + 1)
    if out < 1.5:
        return moved, None  # type: ignore[return-value]
    there = (x > -0.5) & (y > -0.5) & (x < width - 0.5) & (y < height - 0.5)
    return moved, there.astype(np.uint8) * 255  # type: ignore[return-value]
