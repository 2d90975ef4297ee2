"""What is normal for one machine: robust means and deviations by regime, and the correlation."""

from dataclasses import dataclass
from typing import Self

import numpy as np

from .histories import Array

CLIP = 4.0
"""Values further from normal than that many deviations count as so far: an outlier is one row."""

OFTEN = 8
"""Rows of a regime, or half of those it has on the mean, without which it has no normal."""


@dataclass(frozen=True)
class Normal:
    """The normal of one machine.

    Attributes
    ----------
    kept
        Positions of the sensors that vary, shape (k,).
    mean, scale
        Of each sensor in each regime, shape (r, k). `scale` is the deviation of a row, or more
        where rows follow the ones before: as much as makes moving averages spread as they do.
    known
        Which regimes have a normal, shape (r,).
    correlation
        Of sensors in such deviations, shape (k, k).
    """

    kept: np.ndarray
    mean: Array
    scale: Array
    known: np.ndarray
    correlation: Array

    @classmethod
    def learn(cls, sensors: Array, regime: np.ndarray, regimes: int) -> Self:
        """Learn from healthy rows.

        Parameters
        ----------
        sensors
            Shape (n, k), NaN where missing.
        regime
            Of each row, shape (n,), from 0 to `regimes` − 1, or −1: then it is passed over.

        Raises
        ------
        ValueError
            If no sensor varies.
        """
        counts = np.bincount(regime[regime >= 0], minlength=regimes)
        known = counts >= min(OFTEN, counts.mean() / 2)
        mean, scale = np.zeros((2, regimes, sensors.shape[1]))
        for g in np.flatnonzero(known):
            mean[g], scale[g] = robust(sensors[regime == g])
        kept = np.flatnonzero((scale[known] > 0).all(axis=0))
        if not len(kept):
            raise ValueError("no sensor varies in the healthy rows")
        mean, scale = mean[:, kept], np.where(known[:, None], scale[:, kept], 1.0)
        plain = cls(kept, mean, scale, known, np.eye(len(kept)))
        shifts = plain.shifts(sensors, regime)
        scale = scale * np.sqrt(_persistence(shifts))
        shifts = cls(kept, mean, scale, known, plain.correlation).shifts(sensors, regime)
        varies = (shifts.T @ shifts) / max(len(shifts) - known.sum(), 1)
        deviation = np.sqrt(np.maximum(np.diag(varies), 1e-12))
        correlation = varies / np.outer(deviation, deviation)
        # Towards independence by so much as few rows leave it unsure.
        lean = len(kept) / (len(kept) + len(shifts))
        return cls(kept, mean, scale, known, (1 - lean) * correlation + lean * np.eye(len(kept)))

    def shifts(self, sensors: Array, regime: np.ndarray) -> Array:
        """Return the kept sensors in deviations from normal, clipped, shape (n, k).

        What is missing, and rows in a regime without a normal, are nought.
        """
        off = (sensors[:, self.kept] - self.mean[regime]) / self.scale[regime]
        says = np.isfinite(off) & (self.known[regime] & (regime >= 0))[:, None]
        return np.clip(np.where(says, off, 0.0), -CLIP, CLIP)


def robust(rows: Array) -> tuple[Array, Array]:
    """Return mean and deviation of each column without what lies far off, shapes (k,).

    Far off is beyond three deviations from the median, those told by the median distance from it;
    where more than half of the values are equal nothing is.
    """
    there = np.isfinite(rows)
    known = np.where(there.any(axis=0), rows, 0.0)
    median = np.median if there.all() else np.nanmedian
    middle = median(known, axis=0)
    usual = 1.4826 * median(np.abs(known - middle), axis=0)
    near = there & ((np.abs(known - middle) <= 3 * usual) | (usual == 0))
    counts = near.sum(axis=0)
    filled = np.where(near, known, 0.0)
    mean = filled.sum(axis=0) / np.maximum(counts, 1)
    squares = np.where(near, (known - mean) ** 2, 0.0).sum(axis=0)
    deviation = np.sqrt(squares / np.maximum(counts - 1, 1))
    # Rounding leaves a trace of variation in a column that stands still.
    return mean, np.where(deviation > 1e-9 * (1 + np.abs(mean)), deviation, 0.0)


def _persistence(shifts: Array) -> Array:
    """Return by how much moving averages vary more than for independent rows, shape (k,), ≥ 1.

    Told by the correlation of rows with the one before, as for an autoregression of order one:
    (1 + ρ) / (1 − ρ). Correlation that may be chance (two standard errors) counts as none.
    """
    off = shifts - shifts.mean(axis=0)
    squares = np.maximum((off**2).sum(axis=0), 1e-12)
    lag = (off[1:] * off[:-1]).sum(axis=0) / squares
    lag = np.where(lag > 2 / np.sqrt(len(shifts)), np.minimum(lag, 0.95), 0.0)
    return np.asarray((1 + lag) / (1 - lag))
