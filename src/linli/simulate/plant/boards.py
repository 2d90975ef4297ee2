"""Boards drawn for the demonstration and for tests: dark traces and pads on light ground."""

from dataclasses import dataclass

import cv2
import numpy as np

OPEN, SHORT, BITE, SPUR, STRAY, HOLE = range(1, 7)
KINDS = {OPEN: "open", SHORT: "short", BITE: "bite", SPUR: "spur", STRAY: "stray", HOLE: "hole"}
SIZE, PITCH, WIDTH = 320, 52, 22  # pixels
DARK, LIGHT = 30, 215  # grey levels
MARGIN = 10  # pixels that boxes leave around a flaw


@dataclass(frozen=True)
class Drawn:
    template: np.ndarray
    part: np.ndarray
    boxes: np.ndarray


def template(seed: int) -> np.ndarray:
    """Draw bent traces across, each with a pad at its left end and a hole at both."""
    random = np.random.default_rng(seed)
    board = np.full((SIZE, SIZE), LIGHT, np.uint8)
    for y in range(PITCH // 2 + 8, SIZE, PITCH):
        x = int(random.integers(0, 60))
        bend = int(random.integers(110, 210))
        line = np.array([[x, y], [bend, y], [bend + 8, y + 8], [SIZE, y + 8]])
        cv2.polylines(board, [line], False, DARK, WIDTH)
        cv2.circle(board, (x + 20, y), 16, DARK, -1)
        for hole in ((x + 20, y), (int(random.integers(304, 310)), y + 8)):
            cv2.circle(board, hole, 6, LIGHT, -1)
    return board


def drawn(seed: int, kinds: tuple[int, ...] = tuple(KINDS)) -> Drawn:
    """Draw a part with one flaw of each kind, each on a trace of its own.

    The part lies a pixel or so off, and its edges are ragged.
    """
    return made(template(seed), kinds, np.random.default_rng(seed))


def made(golden: np.ndarray, kinds: tuple[int, ...], random: np.random.Generator) -> Drawn:
    """Draw a part as `drawn` does, made after a given template."""
    part, boxes = golden.copy(), []
    rows = random.permutation(len(KINDS))
    for row, kind in zip(rows, kinds, strict=False):
        part, box = flawed(part, kind, PITCH // 2 + 8 + PITCH * int(row), random)
        boxes.append([*box, kind])
    part = moved(part, tuple(random.uniform(-1.5, 1.5, 2)), random.uniform(-0.3, 0.3))
    return Drawn(golden, ragged(part, random), np.array(boxes, int).reshape(-1, 5))


def flawed(
    part: np.ndarray, kind: int, y: int, random: np.random.Generator
) -> tuple[np.ndarray, np.ndarray]:
    """Draw one flaw at the straight stretch to the right of the trace whose pad lies at `y`."""
    x, y = int(random.integers(235, SIZE - 30)), y + 8
    r = int(random.integers(4, 6))
    half = WIDTH // 2
    mask = np.zeros_like(part)
    side = 1 if y < 60 else -1  # towards the neighbour there is
    if kind == OPEN:
        cv2.rectangle(mask, (x - r, y - half - 2), (x + r, y + half + 2), 255, -1)
    elif kind == SHORT:
        cv2.line(mask, (x, y), (x, y + side * PITCH), 255, 6)
    elif kind in (BITE, SPUR):
        cv2.circle(mask, (x, y + side * half), r + 2, 255, -1)
    elif kind == STRAY:
        cv2.circle(mask, (x, y + side * PITCH // 2), r, 255, -1)
    elif kind == HOLE:
        cv2.circle(mask, (x, y), r - 1, 255, -1)
    colour = LIGHT if kind in (OPEN, BITE, HOLE) else DARK
    changed = (mask > 0) & (part != colour)
    part = np.where(changed, np.uint8(colour), part)
    ys, xs = np.nonzero(changed)
    box = [xs.min() - MARGIN, ys.min() - MARGIN, xs.max() + MARGIN, ys.max() + MARGIN]
    return part, np.clip(box, 0, SIZE)


def ragged(board: np.ndarray, random: np.random.Generator) -> np.ndarray:
    """Let edges run up to a pixel off, in and out, and the sensor be noisy."""
    wide, thin = cv2.erode(board, np.ones((3, 3))), cv2.dilate(board, np.ones((3, 3)))
    wave = cv2.blur(random.normal(size=board.shape), (5, 5))
    board = np.where(wave > 0.2, wide, np.where(wave < -0.2, thin, board))
    return np.asarray(np.clip(board + random.normal(0, 4, board.shape), 0, 255), np.uint8)


def moved(
    board: np.ndarray, shift: tuple[float, float] = (0, 0), rotation: float = 0, scale: float = 1
) -> np.ndarray:
    """Turn clockwise (degrees) and scale about the middle, then shift (pixels, right and down)."""
    matrix = cv2.getRotationMatrix2D(((SIZE - 1) / 2, (SIZE - 1) / 2), -rotation, scale)
    matrix[:, 2] += np.array(shift)
    return cv2.warpAffine(board, matrix, (SIZE, SIZE), borderValue=LIGHT)


def bent(board: np.ndarray, most: float) -> np.ndarray:
    """Stretch the board unevenly from left to right, by up to `most` pixels."""
    y, x = np.mgrid[:SIZE, :SIZE].astype(np.float32)
    return cv2.remap(board, x - most * np.square(x / SIZE), y, cv2.INTER_LINEAR,
                     borderMode=cv2.BORDER_REPLICATE)  # fmt: skip


def unevenly_lit(board: np.ndarray) -> np.ndarray:
    """Light it from the upper left: the lower right has a third of the light."""
    y, x = np.mgrid[:SIZE, :SIZE] / SIZE
    return (board * (1.1 - 0.38 * (x + y))).clip(0, 255).astype(np.uint8)
