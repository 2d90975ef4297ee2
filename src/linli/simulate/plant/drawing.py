"""Pictures of parts as a camera at the end of the line takes them: tiles of brushed metal.

No two have the same texture, and the lamp grows weaker and wanders. Drawn with a seed: the same
seed gives the same picture to the last grey level.
"""

from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

Picture = NDArray[np.uint8]
Floats = NDArray[Any]
Box = tuple[int, int, int, int]

SIZE = 320
METAL = 148.0  # grey of the tile in middling light
HOLES = ((58, 58), (262, 262))
FLAWS = ("scratch", "dent", "pit", "crack", "stain")
UNUSABLE = ("blurred", "dark", "shifted")


@dataclass(frozen=True)
class Light:
    """How the lamp stands: `strength` 1 when new, `wander` where its middle is (pixels)."""

    strength: float = 1.0
    wander: tuple[float, float] = (0.0, 0.0)


@dataclass(frozen=True)
class Drawn:
    """A picture, and what is truly on it. Boxes are (left, top, right, bottom) in pixels."""

    picture: Picture
    flaws: tuple[tuple[str, Box], ...] = ()
    unusable: str = ""


def part(
    rng: np.random.Generator, flaws: tuple[str, ...] = (), unusable: str = "",
    light: Light | None = None,
) -> Drawn:  # fmt: skip
    """Draw one part.

    Parameters
    ----------
    flaws
        Of `FLAWS`; each is drawn at a place of its own.
    unusable
        One of `UNUSABLE`, or nothing.
    """
    metal = _brushed(rng)
    boxes = []
    for kind in flaws:
        metal, box = FLAWED[kind](metal, rng)
        boxes.append((kind, box))
    metal = _worked(metal, rng)
    off = rng.normal(0, 1.2, 2) if unusable != "shifted" else rng.choice([-1, 1], 2) * 60.0
    matrix = np.array([[1, 0, off[0]], [0, 1, off[1]]])
    seen = cv2.warpAffine(metal, matrix, (SIZE, SIZE), borderValue=28.0)
    seen = _lit(seen, light or Light(), rng)
    if unusable == "blurred":
        seen = cv2.GaussianBlur(seen, (0, 0), 5.0)
    if unusable == "dark":
        seen = seen * 0.1
    seen = seen + rng.normal(0, 2.0, seen.shape)
    moved = tuple(
        (kind, (x + round(off[0]), y + round(off[1]), r + round(off[0]), b + round(off[1])))
        for kind, (x, y, r, b) in boxes
    )
    return Drawn(np.clip(seen, 0, 255).astype(np.uint8), moved, unusable)


def _brushed(rng: np.random.Generator) -> Floats:
    """Return brushed metal: lines along, of changing strength, over soft clouds."""
    lines = cv2.blur(rng.normal(0, 1, (SIZE, SIZE)).astype(np.float32), (65, 1))
    coarse = rng.normal(0, 1, (SIZE // 8, SIZE // 8)).astype(np.float32)
    coarse = np.asarray(cv2.GaussianBlur(coarse, (0, 0), 3))
    clouds = cv2.resize(coarse, (SIZE, SIZE), interpolation=cv2.INTER_CUBIC)
    strength = rng.uniform(38, 58)
    return np.asarray(METAL + strength * lines + 24 * clouds, np.float32)


def _worked(metal: Floats, rng: np.random.Generator) -> Floats:
    """Cut the tile's outline and bore its two holes."""
    mask = np.zeros((SIZE, SIZE), np.uint8)
    cv2.rectangle(mask, (22, 22), (SIZE - 22, SIZE - 22), 255, -1)
    for x, y in HOLES:
        cv2.circle(mask, (x, y), 17, 0, -1, cv2.LINE_AA)
    soft = cv2.GaussianBlur(mask, (5, 5), 0).astype(np.float32) / 255
    edge = cv2.Canny(mask, 50, 150).astype(np.float32) / 255
    rim = np.asarray(cv2.GaussianBlur(edge, (3, 3), 0))
    ground = 28 + rng.normal(0, 1.5, (SIZE, SIZE)).astype(np.float32)
    return np.asarray(metal * soft + ground * (1 - soft) + 46 * rim, np.float32)


def _lit(metal: Floats, light: Light, rng: np.random.Generator) -> Floats:
    y, x = np.mgrid[:SIZE, :SIZE].astype(np.float32)
    mx, my = SIZE / 2 + light.wander[0], SIZE / 2 + light.wander[1]
    far = ((x - mx) ** 2 + (y - my) ** 2) / SIZE**2
    glow = light.strength * float(rng.uniform(0.97, 1.03)) * (1.06 - 0.28 * far)
    return np.asarray(metal * glow, np.float32)


# --- flaws --------------------------------------------------------------------------------------


def _place(rng: np.random.Generator, room: int = 60) -> tuple[int, int]:
    x, y = rng.integers(room, SIZE - room, 2)
    for hx, hy in HOLES:  # a flaw in a hole is none
        if abs(x - hx) < 36 and abs(y - hy) < 36:
            return SIZE // 2, SIZE // 2
    return int(x), int(y)


def _box(mask: NDArray[np.uint8]) -> Box:
    x, y, w, h = cv2.boundingRect((mask > 40).astype(np.uint8))
    return int(x), int(y), int(x + w), int(y + h)


def _scratch(metal: Floats, rng: np.random.Generator) -> tuple[Floats, Box]:
    """Draw a long bright line with a dark side, across the brushing."""
    x, y = _place(rng)
    turn, long = rng.uniform(0.5, 2.6), rng.uniform(45, 100)
    ends = np.clip([x + long * np.cos(turn), y + long * np.sin(turn)], 30, SIZE - 30)
    end = (int(ends[0]), int(ends[1]))
    mask = np.zeros((SIZE, SIZE), np.uint8)
    cv2.line(mask, (x, y), end, 255, int(rng.integers(1, 3)), cv2.LINE_AA)
    deep = float(rng.uniform(26, 85))
    bright = cv2.GaussianBlur(mask, (3, 3), 0).astype(np.float32) / 255
    dark = np.roll(bright, 2, axis=0)
    return metal + deep * bright - 0.7 * deep * dark, _box(mask)


def _dent(metal: Floats, rng: np.random.Generator) -> tuple[Floats, Box]:
    """Draw a hollow: light on one side, shade on the other."""
    x, y = _place(rng)
    radius = float(rng.uniform(9, 16))
    yy, xx = np.mgrid[:SIZE, :SIZE].astype(np.float32)
    hollow = np.exp(-((xx - x) ** 2 + (yy - y) ** 2) / (2 * (radius / 1.6) ** 2))
    slope = (xx - x + yy - y) / radius
    mask = (hollow * 255).astype(np.uint8)
    return metal + float(rng.uniform(26, 80)) * slope * hollow - 22 * hollow, _box(mask)


def _pit(metal: Floats, rng: np.random.Generator) -> tuple[Floats, Box]:
    """Draw a few small dark pores close together."""
    x, y = _place(rng)
    mask = np.zeros((SIZE, SIZE), np.uint8)
    for _pore in range(int(rng.integers(3, 7))):
        dx, dy = rng.normal(0, 9, 2)
        cv2.circle(mask, (int(x + dx), int(y + dy)), int(rng.integers(2, 5)), 255, -1, cv2.LINE_AA)
    return metal - float(rng.uniform(45, 95)) * cv2.GaussianBlur(mask, (3, 3), 0).astype(
        np.float32
    ) / 255, _box(mask)


def _crack(metal: Floats, rng: np.random.Generator) -> tuple[Floats, Box]:
    """Draw a thin dark line that wanders."""
    x, y = _place(rng, 80)
    turn = rng.uniform(0, 2 * np.pi)
    points = [(float(x), float(y))]
    for _step in range(int(rng.integers(7, 13))):
        turn += rng.normal(0, 0.5)
        long = rng.uniform(6, 12)
        points.append((points[-1][0] + long * np.cos(turn), points[-1][1] + long * np.sin(turn)))
    line = np.clip(np.array(points), 30, SIZE - 30).astype(np.int32)
    mask = np.zeros((SIZE, SIZE), np.uint8)
    cv2.polylines(mask, [line.reshape(-1, 1, 2)], False, 255, 2, cv2.LINE_AA)
    return metal - float(rng.uniform(35, 80)) * mask.astype(np.float32) / 255, _box(mask)


def _stain(metal: Floats, rng: np.random.Generator) -> tuple[Floats, Box]:
    """Draw a soft dark patch of an odd shape: oil or cutting fluid that dried."""
    x, y = _place(rng, 70)
    mask = np.zeros((SIZE, SIZE), np.uint8)
    for _drop in range(4):
        dx, dy = rng.normal(0, 12, 2)
        axes = (int(rng.integers(8, 20)), int(rng.integers(6, 14)))
        turn = float(rng.uniform(0, 180))
        cv2.ellipse(mask, (int(x + dx), int(y + dy)), axes, turn, 0, 360, 255, -1)
    soft = cv2.GaussianBlur(mask, (0, 0), 2.5).astype(np.float32) / 255
    return metal * (1 - float(rng.uniform(0.12, 0.42)) * soft), _box(mask)


FLAWED = {"scratch": _scratch, "dent": _dent, "pit": _pit, "crack": _crack, "stain": _stain}
