"""How a machine is run: few settings that come back (regimes), told apart by clustering them."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from sklearn.cluster import KMeans

from .histories import Array, History

MOST = 12
"""Regimes looked for."""

LEFT = 1e-3
"""Share of the settings' variance that may be left within regimes. Settings that wander leave
more: n equal pieces of an even spread leave 1/n², 0.007 for the most."""


@dataclass(frozen=True)
class Regimes:
    """Regimes and where they are.

    Attributes
    ----------
    centres
        Shape (r, s), settings divided by `scale`.
    scale
        Standard deviation of each setting in training, 1 where it stands still, shape (s,).
    """

    centres: Array
    scale: Array

    @classmethod
    def fit(cls, histories: Sequence[History], seed: int = 0) -> "Regimes":
        """Find the fewest clusters that leave next to nothing of the settings unexplained.

        Where no number up to `MOST` does, the settings are noise around one regime.
        """
        settings = np.concatenate([one.settings for one in histories])
        spread = settings.std(axis=0)
        scale = np.where(spread > 1e-9 * (1 + np.abs(settings).max(axis=0, initial=0)), spread, 1.0)
        points = settings / scale
        centre = points.mean(axis=0, keepdims=True)
        whole = ((points - centre) ** 2).sum()
        if not settings.shape[1] or whole < 1e-6 * len(points):
            return cls(centre, scale)
        some = points[np.random.default_rng(seed).permutation(len(points))[:4000]]
        distinct = len(np.unique(some.round(9), axis=0))
        for number in range(2, min(MOST, distinct) + 1):
            found = KMeans(number, n_init=5, random_state=seed).fit(some)
            if found.inertia_ <= LEFT * whole * len(some) / len(points):
                return cls(np.asarray(found.cluster_centers_), scale)
        return cls(centre, scale)

    def of(self, settings: Array) -> np.ndarray:
        """Tell the regime of each row: the one with the nearest centre, shape (n,)."""
        if len(self.centres) == 1:
            return np.zeros(len(settings), dtype=int)
        apart = settings[:, None] / self.scale - self.centres
        return np.argmin((apart**2).sum(axis=2), axis=1)

    def __len__(self) -> int:
        return len(self.centres)
