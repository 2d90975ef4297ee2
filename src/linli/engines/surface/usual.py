"""How each cell usually looks: one normal distribution a cell (PaDiM).

Defard, Setkov, Loesch, Audigier: PaDiM, a patch distribution modeling framework (2021). Other
than there, all features are kept; where there are fewer samples than features, the cells around
count as samples of a cell, too.
"""

from dataclasses import dataclass
from typing import Self

import cv2
import numpy as np
from numpy.typing import NDArray

SHRINK = 0.01


@dataclass(frozen=True)
class Usual:
    """Means, shape (cells, c), and whitening matrices, shape (cells, c, c)."""

    mean: NDArray[np.float32]
    white: NDArray[np.float32]

    @classmethod
    def of(cls, features: NDArray[np.float32], grid: int) -> Self:
        """Learn from features of shape (samples, cells, c)."""
        samples, _cells, c = features.shape
        around = _around(samples, c, grid)
        told = features.astype(np.float64).transpose(1, 0, 2)  # (cells, samples, c)
        mean = _spread(told.mean(1), grid, around)
        square = _spread(
            (told.transpose(0, 2, 1) @ told / samples).reshape(-1, c * c), grid, around
        )
        spread = square.reshape(-1, c, c) - mean[:, :, None] * mean[:, None, :]
        size = np.trace(spread, axis1=1, axis2=2) / c
        shrunk = (1 - SHRINK) * spread + SHRINK * np.maximum(size, 1e-9)[:, None, None] * np.eye(c)
        white = np.linalg.inv(np.linalg.cholesky(shrunk)).transpose(0, 2, 1)
        return cls(mean.astype(np.float32), white.astype(np.float32))

    def distance(self, features: NDArray[np.float32]) -> NDArray[np.float32]:
        """Return how far cells are from the usual: (samples, cells), in standard deviations."""
        off = (features - self.mean).transpose(1, 0, 2) @ self.white
        return np.sqrt((off**2).sum(2)).T


def _around(samples: int, c: int, grid: int) -> int:
    """Return how many cells a side count as one: so many that there are samples enough."""
    side = 1
    while samples * side**2 < c and side + 2 <= grid:
        side += 2
    return side


def _spread(told: NDArray[np.float64], grid: int, around: int) -> NDArray[np.float64]:
    """Return the mean of each cell and those around it."""
    if around == 1:
        return told
    # OpenCV filters at most four planes at once, and each of them by itself is as quick.
    planes = told.reshape(grid, grid, -1)
    brought = [
        cv2.blur(
            np.ascontiguousarray(planes[..., at]), (around, around), borderType=cv2.BORDER_REFLECT
        )
        for at in range(planes.shape[2])
    ]
    return np.stack(brought, -1).reshape(told.shape)
