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
TURNS = 4


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

    @classmethod
    def held_back(cls, features: NDArray[np.float32], grid: int) -> NDArray[np.float32]:
        """Return how far the cells of each sample are from the usual of the others alone.

        Shape (samples, cells). Taking one sample out changes mean and covariance by a rank of
        one, so its distance q² to all of them tells its distance to the others (Sherman and
        Morrison 1950). Where cells around count too, samples are held back by turns.
        """
        samples, cells, c = features.shape
        if _around(samples, c, grid) == 1:
            q2 = cls.of(features, grid).distance(features).astype(np.float64) ** 2
            rest = np.maximum(1 - (1 - SHRINK) * q2 / (samples - 1), 1e-6)
            return np.sqrt(samples / (samples - 1) * q2 / rest).astype(np.float32)
        far = np.empty((samples, cells), np.float32)
        turn = np.arange(samples) % min(TURNS, samples)
        for one in np.unique(turn):
            out = turn == one
            far[out] = cls.of(features[~out], grid).distance(features[out])
        return far

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
    return np.asarray(np.stack(brought, -1), np.float64).reshape(told.shape)
