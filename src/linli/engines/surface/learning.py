"""Learning from good samples, step by step: features, both distances, calibration, threshold."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Self

import cv2
import numpy as np
from numpy.typing import NDArray

from .backbone import Backbone, Features
from .memory import Memory
from .pictures import Image, Picture, squeezed
from .usual import Usual

BLUR = 2 / 16  # of the grid; a flaw is larger than a cell
SMOOTH = 3  # cells a side over which the calibration of a cell is evened
# A sample that stands out of the others so far is no good one: in robust standard deviations.
STANDS_OUT = 5.0
MOST_BAD = 0.2
BATCH = 16  # images a run of the network

View = tuple[Features, Features]  # every output, and the coarse ones alone


@dataclass(frozen=True)
class Part:
    """What is learnt of one view: the usual, the memory, and how far good ones are from both."""

    usual: Usual
    memory: Memory
    middle: NDArray[np.float32]  # (2, cells)
    spread: NDArray[np.float32]

    def arrays(self) -> dict[str, NDArray[np.float32]]:
        """Return all that is learnt, by name."""
        return {
            "usual.mean": self.usual.mean, "usual.white": self.usual.white,
            "memory.mean": self.memory.mean, "memory.turn": self.memory.turn,
            "memory.patches": self.memory.patches, "middle": self.middle, "spread": self.spread,
        }  # fmt: skip

    @classmethod
    def of_arrays(cls, told: Mapping[str, NDArray[np.float32]], grid: int) -> Self:
        """Return what `arrays` was told of."""
        usual = Usual(told["usual.mean"], told["usual.white"])
        memory = Memory(told["memory.mean"], told["memory.turn"], told["memory.patches"], grid)
        return cls(usual, memory, told["middle"], told["spread"])

    def heat(self, view: View) -> NDArray[np.float32]:
        """Return how far cells are from good ones, shape (samples, cells), standard deviations."""
        every, coarse = view
        far = np.stack([self.usual.distance(coarse), self.memory.distance(every)])
        told = evened(far, self.memory.grid)
        return ((told - self.middle[:, None]) / self.spread[:, None]).mean(0)


def seen(
    backbone: Backbone, images: Sequence[Image], white: float,
    view: Callable[[Picture], Picture],
) -> View:  # fmt: skip
    """Return what the backbone makes of a view of some images."""
    told = [
        backbone.features(np.stack([view(squeezed(image, backbone.side, white)) for image in some]))
        for some in (images[at : at + BATCH] for at in range(0, len(images), BATCH))
    ]
    return np.concatenate([one for one, _ in told]), np.concatenate([one for _, one in told])


def evened(told: NDArray[np.float32], grid: int) -> NDArray[np.float32]:
    """Return distances of cells, shape (…, cells), each evened with those around it."""
    planes = told.reshape(-1, grid, grid)
    even = [np.asarray(cv2.GaussianBlur(p, (0, 0), BLUR * grid), np.float32) for p in planes]
    return np.stack(even).reshape(told.shape)


def learnt(views: Sequence[View], grid: int) -> tuple[tuple[Part, ...], NDArray[np.float32]]:
    """Learn each view, and score every sample by what the others show."""
    parts, heats = [], []
    for every, coarse in views:
        memory = Memory.of(every, grid)
        held = evened(np.stack([Usual.held_back(coarse, grid), memory.held_back()]), grid)
        middle, spread = _calibrated(held, grid)
        parts.append(Part(Usual.of(coarse, grid), memory, middle, spread))
        heats.append(((held - middle[:, None]) / spread[:, None]).mean(0))
    return tuple(parts), np.mean(heats, axis=0).max(1)


def _calibrated(
    held: NDArray[np.float32], grid: int
) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Return mean and standard deviation of what good samples show at each cell, evened."""

    def over_cells(told: NDArray[np.float32]) -> NDArray[np.float32]:
        planes = told.reshape(-1, grid, grid)
        smooth = [np.asarray(cv2.blur(p, (SMOOTH, SMOOTH)), np.float32) for p in planes]
        return np.stack(smooth).reshape(told.shape)

    spread = np.sqrt(over_cells(held.var(1)))
    return over_cells(held.mean(1)), np.maximum(spread, 1e-6)


def standing_out(scores: NDArray[np.float32]) -> NDArray[np.intp]:
    """Return which scores are so far above the others that the samples can't be good ones."""
    middle = np.median(scores)
    deviation = 1.4826 * np.median(np.abs(scores - middle))
    order = np.argsort(-scores)[: int(MOST_BAD * len(scores))]
    return np.sort(order[scores[order] > middle + STANDS_OUT * max(deviation, 1e-6)])


def threshold_for(scores: NDArray[np.float32], wanted: float) -> tuple[float, float]:
    """Return the conformal threshold, and the share of false alarms it promises."""
    n = len(scores)
    place = int(np.ceil((n + 1) * (1 - wanted)))
    if place > n:
        return float(scores.max()), 1 / (n + 1)
    return float(np.sort(scores)[place - 1]), wanted
