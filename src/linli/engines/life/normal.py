"""What is normal for one machine: robust means and deviations by regime, and the correlation.

Settings that have no levels (load, the temperature around) are covariates: each sensor is regressed
on them by least squares without what lies far off, with slopes common to all regimes (regression
adjustment of a control chart, Hawkins 1991). How unsure the slopes are is carried along.
"""

from dataclasses import dataclass
from typing import Self

import numpy as np

from .histories import Array

CLIP = 4.0
"""Values further from normal than that many deviations count as so far: an outlier is one row."""

RIDGE = 1e-4
"""Share of the variance of settings that is added to what is regressed on."""

ROUNDS = 4
"""Times that rows far off are left out and slopes found anew."""

LASTS = 20.0
"""So many count where the row before is as far off on the same side: no outlier then."""

BEYOND = 3.0
"""A setting further outside of what training saw than so many of its ranges: nothing is told."""

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
    free
        Positions of the settings without levels that varied, shape (q,).
    centre, low, high
        Their mean in each regime, shape (r, q), and their range, shapes (q,).
    slope
        By how much each sensor goes with them, shape (q, k).
    unsure
        Covariance of the slopes of a sensor in squared deviations, shape (q, q).
    """

    kept: np.ndarray
    mean: Array
    scale: Array
    known: np.ndarray
    correlation: Array
    free: np.ndarray
    centre: Array
    low: Array
    high: Array
    slope: Array
    unsure: Array

    @classmethod
    def learn(
        cls, sensors: Array, regime: np.ndarray, regimes: int,
        settings: Array | None = None, free: np.ndarray | None = None,
    ) -> Self:  # fmt: skip
        """Learn from healthy rows.

        Parameters
        ----------
        sensors
            Shape (n, k), NaN where missing.
        regime
            Of each row, shape (n,), from 0 to `regimes` − 1, or −1: then it is passed over.
        settings, free
            Shape (n, s), and positions of those without levels; those that stand still are left
            out, as are all of them where there are fewer than three rows for each.

        Raises
        ------
        ValueError
            If no sensor varies.
        """
        counts = np.bincount(regime[regime >= 0], minlength=regimes)
        known = counts >= min(OFTEN, counts.mean() / 2)
        if settings is None or free is None:
            settings, free = np.empty((len(sensors), 0)), np.empty(0, int)
        free, centre, low, high = _covariates(settings, free, regime, known)
        off = _off_centre(settings, regime, free, centre)
        use = (regime >= 0) & known[regime]
        mean, scale = np.zeros((2, regimes, sensors.shape[1]))
        for g in np.flatnonzero(known):
            mean[g], scale[g] = robust(sensors[regime == g])
        slope, unsure = _slopes(sensors, regime, mean, scale, off, use)
        rest = sensors - off @ slope
        spent = np.sqrt(use.sum() / max(use.sum() - len(free), 1))
        for g in np.flatnonzero(known):
            mean[g], scale[g] = robust(rest[regime == g], 3 * spent)
        scale *= spent
        kept = np.flatnonzero((scale[known] > 0).all(axis=0))
        if not len(kept):
            raise ValueError("no sensor varies in the healthy rows")
        mean, scale = mean[:, kept], np.where(known[:, None], scale[:, kept], 1.0)
        more = (free, centre, low, high, slope[:, kept], unsure)
        plain = cls(kept, mean, scale, known, np.eye(len(kept)), *more)
        shifts = plain.shifts(sensors, regime, settings)
        scale = scale * np.sqrt(_persistence(shifts[use], len(free)))
        shifts = cls(kept, mean, scale, known, plain.correlation, *more).shifts(
            sensors, regime, settings
        )
        varies = (shifts.T @ shifts) / max(len(shifts) - known.sum() - len(free), 1)
        deviation = np.sqrt(np.maximum(np.diag(varies), 1e-12))
        correlation = varies / np.outer(deviation, deviation)
        # Towards independence by so much as few rows leave it unsure.
        lean = len(kept) / (len(kept) + len(shifts))
        correlation = (1 - lean) * correlation + lean * np.eye(len(kept))
        return cls(kept, mean, scale, known, correlation, *more)

    def shifts(self, sensors: Array, regime: np.ndarray, settings: Array | None = None) -> Array:
        """Return the kept sensors in deviations from normal, clipped, shape (n, k).

        What is missing, rows in a regime without a normal, and rows whose settings are far outside
        of those learnt from are nought.
        """
        values = sensors[:, self.kept]
        says = self.says(regime, settings)
        if settings is not None and len(self.free):
            values = values - _off_centre(settings, regime, self.free, self.centre) @ self.slope
        off = (values - self.mean[regime]) / self.scale[regime]
        off = np.where(np.isfinite(off) & says[:, None], off, 0.0)
        size, earlier = np.abs(off), np.concatenate([np.zeros((1, off.shape[1])), off[:-1]])
        lasting = np.where(np.sign(earlier) == np.sign(off), np.abs(earlier), 0.0)
        most = np.minimum(np.maximum(lasting, CLIP), LASTS)
        return np.asarray(np.sign(off) * np.minimum(size, most))

    def says(self, regime: np.ndarray, settings: Array | None) -> np.ndarray:
        """Tell which rows have a normal, shape (n,)."""
        says = self.known[regime] & (regime >= 0)
        if settings is None or not len(self.free):
            return np.asarray(says)
        own, room = settings[:, self.free], BEYOND * (self.high - self.low)
        return says & ((own >= self.low - room) & (own <= self.high + room)).all(axis=1)

    def away(self, regime: np.ndarray, settings: Array) -> Array:
        """Return how far settings are from the middle of those learnt from, shape (n, q)."""
        off = _off_centre(settings, regime, self.free, self.centre)
        return np.where(self.says(regime, settings)[:, None], off, 0.0)


def _covariates(
    settings: Array, free: np.ndarray, regime: np.ndarray, known: np.ndarray
) -> tuple[np.ndarray, Array, Array, Array]:
    """Return the settings that serve as covariates, their means by regime and their range."""
    use = (regime >= 0) & known[regime]
    own = settings[use]
    varies = np.array([np.ptp(own[:, at]) > 1e-9 * (1 + np.abs(own[:, at]).max()) for at in free])
    free = free[varies.astype(bool)] if len(free) else free
    if 3 * len(free) + known.sum() > use.sum():
        free = free[:0]
    centre = np.zeros((len(known), len(free)))
    for g in np.flatnonzero(known):
        centre[g] = settings[regime == g][:, free].mean(axis=0)
    return free, centre, own[:, free].min(axis=0), own[:, free].max(axis=0)


def _off_centre(settings: Array, regime: np.ndarray, free: np.ndarray, centre: Array) -> Array:
    return np.asarray(settings[:, free] - centre[regime])


def _slopes(
    sensors: Array, regime: np.ndarray, mean: Array, scale: Array, off: Array, use: np.ndarray
) -> tuple[Array, Array]:
    """Return slopes, shape (q, k), and their covariance for rows of deviation one, (q, q).

    Least squares, again and again without rows whose rest is beyond three deviations; a slope of a
    sensor is drawn to nought by as much as chance would make such a fit (James & Stein 1961).
    """
    number = off.shape[1]
    slope = np.zeros((number, sensors.shape[1]))
    spread = off[use].std(axis=0) if number else np.empty(0)
    plain = off / np.where(spread > 0, spread, 1.0)
    # A direction that hardly varied is all but unknown; a trace of a ridge keeps it finite.
    ridge = RIDGE * use.sum() * np.eye(number)
    unsure = np.linalg.inv(plain[use].T @ plain[use] + ridge) if number else np.empty((0, 0))
    for at in range(sensors.shape[1] if number else 0):
        there = use & np.isfinite(sensors[:, at])
        weight = np.where(scale[regime, at] > 0, 1 / np.maximum(scale[regime, at], 1e-300), 0.0)
        if not (weight[there] > 0).any():
            continue
        y, near = sensors[:, at] - mean[regime, at], there
        found, left = np.zeros(number), np.empty(0)
        for _ in range(ROUNDS):
            x = plain[near] * weight[near, None]
            own = near.sum() - len(np.unique(regime[near])) - number
            if own < number:
                break
            level = _means(y - plain @ found, regime, near)
            ridged = x.T @ x + RIDGE * (weight[near] ** 2).sum() * np.eye(number)
            found = np.linalg.solve(ridged, x.T @ ((y - level)[near] * weight[near]))
            rest = y - plain @ found
            left = (rest - _means(rest, regime, near)) * weight
            # What is fitted lies nearer than new rows would.
            middle = np.median(np.abs(left[there])) * np.sqrt(near.sum() / own)
            near = there & (np.abs(left) <= 3 * 1.4826 * middle + 1e-12)
        if not len(left):
            continue
        x = plain[near] * weight[near, None]
        chance = (left[near] ** 2).sum() / max(near.sum() - number - 1, 1)
        fits = float(((x @ found) ** 2).sum())
        slope[:, at] = max(0.0, 1 - number * chance / max(fits, 1e-300)) * found
    scaled = np.where(spread > 0, spread, 1.0)
    return slope / scaled[:, None], unsure / np.outer(scaled, scaled)


def _means(values: Array, regime: np.ndarray, use: np.ndarray) -> Array:
    """Return the mean of a column in the regime of each row, by the rows in use, shape (n,)."""
    counts = np.bincount(regime[use], minlength=int(regime.max()) + 1)
    sums = np.bincount(regime[use], values[use], minlength=len(counts))
    return np.asarray((sums / np.maximum(counts, 1))[regime])


def robust(rows: Array, far: float = 3.0) -> tuple[Array, Array]:
    """Return mean and deviation of each column without what lies far off, shapes (k,).

    Far off is beyond `far` deviations from the median, those told by the median distance from it;
    where more than half of the values are equal nothing is.
    """
    there = np.isfinite(rows)
    known = np.where(there.any(axis=0), rows, 0.0)
    median = np.median if there.all() else np.nanmedian
    middle = median(known, axis=0)
    usual = 1.4826 * median(np.abs(known - middle), axis=0)
    near = there & ((np.abs(known - middle) <= far * usual) | (usual == 0))
    counts = near.sum(axis=0)
    filled = np.where(near, known, 0.0)
    mean = filled.sum(axis=0) / np.maximum(counts, 1)
    squares = np.where(near, (known - mean) ** 2, 0.0).sum(axis=0)
    deviation = np.sqrt(squares / np.maximum(counts - 1, 1))
    # Rounding leaves a trace of variation in a column that stands still.
    return mean, np.where(deviation > 1e-9 * (1 + np.abs(mean)), deviation, 0.0)


def _persistence(shifts: Array, spent: int) -> Array:
    """Return by how much moving averages vary more than for independent rows, shape (k,), ≥ 1.

    Told by the correlation of rows with the one before, as for an autoregression of order one:
    (1 + ρ) / (1 − ρ). Correlation that may be chance (two standard errors) counts as none, of a
    sensor and of all together; where all together have some, each has at least that. What few
    rows and `spent` slopes hide of it is added (Marriott & Pope 1954).
    """
    rows, number = shifts.shape
    off = shifts - shifts.mean(axis=0)
    squares = np.maximum((off**2).sum(axis=0), 1e-12)
    lag = (off[1:] * off[:-1]).sum(axis=0) / squares
    lag = lag + (1 + 3 * np.maximum(lag, 0) + spent) / rows
    together = float(lag.mean())
    lag = np.where(lag > 2 / np.sqrt(rows), lag, 0.0)
    if together > 2 / np.sqrt(rows * number):
        lag = np.maximum(lag, together)
    lag = np.minimum(lag, 0.95)
    return np.asarray((1 + lag) / (1 - lag))
