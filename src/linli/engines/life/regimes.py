"""How a machine is run: few settings that come back (regimes), found by the gaps between them."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from .histories import Array, History

LEVELS = 8
"""Levels of one setting looked for."""

MOST = 24
"""Regimes at most; where there would be more, there is one."""

LEFT = 1e-3
"""Share of a setting's variance that may be left within its levels. One that wanders leaves more:
n equal pieces of an even spread leave 1/n²."""

TELLS = 0.05
"""Share of some sensor's variance that levels must explain: rounded noise has levels, too."""

RARE = 0.002
"""Share of rows that a regime must have; fewer are taken for rows by mistake."""


@dataclass(frozen=True)
class Regimes:
    """Regimes and where they are.

    Attributes
    ----------
    centres
        Shape (r, s), settings divided by `scale`.
    scale
        Standard deviation of each setting in training, shape (s,); infinite for settings that
        have no levels (noise around one value, or wandering) and are left out.
    """

    centres: Array
    scale: Array

    @classmethod
    def fit(cls, histories: Sequence[History]) -> "Regimes":
        """Find the levels of each setting and which of them come together."""
        settings = np.concatenate([one.settings for one in histories])
        sensors = np.concatenate([one.sensors for one in histories])
        scale = np.full(settings.shape[1], np.inf)
        level = np.zeros(settings.shape, dtype=int)
        for column in range(settings.shape[1]):
            found = levels(settings[:, column])
            if found.any() and _explained(sensors, found) >= TELLS:
                level[:, column], scale[column] = found, settings[:, column].std()
        _, regime, counts = np.unique(level, axis=0, return_inverse=True, return_counts=True)
        often = np.flatnonzero(counts >= RARE * len(level))
        if not 1 < len(often) <= MOST:
            return cls(np.zeros((1, len(scale))), np.full(len(scale), np.inf))
        points = settings / scale
        return cls(np.array([points[regime == g].mean(axis=0) for g in often]), scale)

    def of(self, settings: Array) -> np.ndarray:
        """Tell the regime of each row: the one with the nearest centre, shape (n,).

        −1 where that is further than a quarter of the way between the two nearest regimes: a way of
        running that training had not. With one regime every row is in it.
        """
        if len(self.centres) == 1:
            return np.zeros(len(settings), dtype=int)
        apart = np.linalg.norm(settings[:, None] / self.scale - self.centres, axis=2)
        between = np.linalg.norm(self.centres[:, None] - self.centres, axis=2)
        room = between[between > 0].min() / 4
        return np.where(apart.min(axis=1) <= room, np.argmin(apart, axis=1), -1)

    def __len__(self) -> int:
        return len(self.centres)


def levels(setting: Array) -> np.ndarray:
    """Tell which level each value is on: 0 to 7 upwards, all 0 if there are none, shape (n,).

    Values are parted at the widest gaps, as often as it takes to leave next to no variance.
    """
    values = np.sort(setting)
    whole = float(((values - values.mean()) ** 2).sum())
    gaps = np.diff(values)
    if len(values) < 2 or whole <= 1e-18 * len(values) * float((values**2).max()):
        return np.zeros(len(setting), dtype=int)
    widest = np.argsort(-gaps, kind="stable")
    for number in range(1, min(LEVELS, int((gaps > 0).sum()) + 1)):
        at = np.sort(widest[:number]) + 1
        if sum(((part - part.mean()) ** 2).sum() for part in np.split(values, at)) <= LEFT * whole:
            return np.searchsorted((values[at - 1] + values[at]) / 2, setting)
    return np.zeros(len(setting), dtype=int)


def _explained(sensors: Array, level: np.ndarray) -> float:
    """Return the greatest share of a sensor's variance between levels."""
    found = 0.0
    for column in sensors.T:
        there = np.isfinite(column)
        x, of = column[there], level[there]
        counts = np.bincount(of)
        if len(x) > len(counts) and np.ptp(x) > 1e-9 * (1 + np.abs(x).max()):
            mean = np.bincount(of, x) / np.maximum(counts, 1)
            left = ((x - mean[of]) ** 2).sum() / (len(x) - (counts > 0).sum())
            found = max(found, 1 - float(left / x.var(ddof=1)))
    return found
