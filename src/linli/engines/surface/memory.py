"""What cells of good samples looked like, to be compared with: the nearest one tells.

After PatchCore (Roth et al. 2022); other than there, a cell is compared only with cells at the
same place of good samples and just beside it, so nothing has to be left out of the memory.
"""

from dataclasses import dataclass
from typing import Self

import numpy as np
from numpy.typing import NDArray

WIDE = 64  # directions kept, those in which good samples differ most


@dataclass(frozen=True)
class Memory:
    """Patches of good samples, shape (cells, samples, d), with what brings features there."""

    mean: NDArray[np.float32]
    turn: NDArray[np.float32]  # (c, d)
    patches: NDArray[np.float32]
    grid: int

    @classmethod
    def of(cls, features: NDArray[np.float32], grid: int) -> Self:
        """Keep features of shape (samples, cells, c)."""
        flat = features.reshape(-1, features.shape[2])
        mean = flat.mean(0)
        values, vectors = np.linalg.eigh(np.cov((flat - mean).T))
        turn = np.ascontiguousarray(vectors[:, np.argsort(-values)[:WIDE]].astype(np.float32))
        patches = np.ascontiguousarray(((features - mean) @ turn).transpose(1, 0, 2))
        return cls(mean, turn, patches, grid)

    def distance(self, features: NDArray[np.float32]) -> NDArray[np.float32]:
        """Return how far each cell is from its nearest good patch: (samples, cells)."""
        return self._distance(self._turned(features).transpose(1, 0, 2), False)

    def held_back(self) -> NDArray[np.float32]:
        """Return the same of its own samples, each compared with the others alone."""
        return self._distance(self.patches, True)

    def _turned(self, features: NDArray[np.float32]) -> NDArray[np.float32]:
        return np.asarray((features - self.mean) @ self.turn, np.float32)

    def _distance(self, told: NDArray[np.float32], is_own: bool) -> NDArray[np.float32]:
        nearest = np.full(told.shape[:2], np.inf, np.float32)
        size = (self.patches**2).sum(2)
        own = np.arange(told.shape[1])
        for here, there in self._beside():
            # |a - b|² = |a|² + |b|² - 2ab; what is the same for all b is added at the end.
            far = told[here] @ self.patches[there].transpose(0, 2, 1)
            far *= -2
            far += size[there][:, None]
            if is_own:
                far[:, own, own] = np.inf
            nearest[here] = np.minimum(nearest[here], far.min(2))
        return np.sqrt(np.maximum(nearest + (told**2).sum(2), 0)).T

    def nearest(self, feature: NDArray[np.float32], cell: int) -> tuple[int, int, float]:
        """Return which sample's which cell is nearest to a feature of shape (c,), and how far."""
        told = self._turned(feature)
        found = []
        for here, there in self._beside():
            for place in np.flatnonzero(here == cell):
                off = ((self.patches[there[place]] - told) ** 2).sum(1)
                sample = int(off.argmin())
                found.append((float(np.sqrt(off[sample])), sample, int(there[place])))
        far, sample, cell = min(found)
        return sample, cell, far

    def _beside(self) -> list[tuple[NDArray[np.intp], NDArray[np.intp]]]:
        """Return, for each of nine directions, cells that have a neighbour there, and which."""
        row, column = np.divmod(np.arange(self.grid**2), self.grid)
        pairs = []
        for down in (-1, 0, 1):
            for right in (-1, 0, 1):
                inside = (
                    (row + down >= 0) & (row + down < self.grid)
                    & (column + right >= 0) & (column + right < self.grid)
                )  # fmt: skip
                here = np.flatnonzero(inside)
                pairs.append((here, here + down * self.grid + right))
        return pairs
