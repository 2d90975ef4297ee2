"""What many sensors have in common: few hidden states, each row's word on them and its weight.

A row of sensors x taken in regime g is modelled as x = mean_g + loading_g · z + noise, where z are
hidden states (wear of a compressor, of a fan) that change slowly, and the noise is new in each row
with covariance noise_g. Slow and fast are told apart by smoothing: the states are the directions
in which smoothed histories vary most against what smoothing took away (a generalised eigenproblem,
as in linear discriminant analysis; compare slow feature analysis, Wiskott & Sejnowski 2002).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Self

import numpy as np
from scipy.linalg import eigh

from .histories import Array, History
from .regimes import Regimes

WIDTH = 8.0
"""Standard deviation of the Gaussian window that smooths, in rows."""

MOST = 8
"""Hidden states at most."""

ABOVE = 3.0
"""A state must vary so many times as much as smoothed noise would."""

SHRINK = 0.02
"""Noise covariances go this far towards their diagonal: few rows make them all but singular."""

BEYOND = 0.5
"""A value this many ranges outside the range of training is a broken sensor: missing."""


@dataclass(frozen=True)
class Rows:
    """What n rows say of d states: information b = J·z, and the precision J it has.

    `told` has shape (n, d), `precision` (n, d, d). A row with all values missing has noughts.
    """

    cycles: Array
    told: Array
    precision: Array


@dataclass(frozen=True)
class Factors:
    """Means, loadings and noise of each regime, for the sensors that are of use.

    Attributes
    ----------
    kept
        Positions of the sensors that vary, shape (k,).
    mean, loading, noise
        Of each regime, shapes (r, k), (r, k, d), (r, k, k).
    low, high
        Range outside which a value counts as missing, shape (r, k).
    """

    regimes: Regimes
    kept: np.ndarray
    mean: Array
    loading: Array
    noise: Array
    low: Array
    high: Array

    @classmethod
    def fit(cls, histories: Sequence[History]) -> Self:
        """Find the states that whole lives have in common.

        Raises
        ------
        ValueError
            If no sensor varies, or none changes slowly.
        """
        regimes = Regimes.fit(histories)
        of = [regimes.of(one.settings) for one in histories]
        kept = varying(histories, of, len(regimes))
        if not len(kept):
            raise ValueError("no sensor varies within a regime")
        values = np.concatenate([one.sensors[:, kept] for one in histories])
        regime = np.concatenate(of)
        mean, scale = _moments(values, regime, len(regimes))
        ends = np.cumsum([len(one) for one in histories])[:-1]
        plain = np.split((values - mean[regime]) / scale[regime], ends)
        smoothed = [smooth(rows) for rows in plain]
        states = _states(np.concatenate(plain), np.concatenate(smoothed))
        z = np.concatenate(smoothed) @ states
        mean, loading, noise = _regressed(values, regime, z, mean, scale)
        low, high = _ranges(values, regime, len(regimes))
        return cls(regimes, kept, mean, loading, noise, low, high)

    @property
    def number(self) -> int:
        """How many hidden states."""
        return int(self.loading.shape[2])

    def rows(self, history: History) -> Rows:
        """Tell what each row says of the states.

        Missing values, values far out of range, rows in a regime not seen in training, and sensors
        that stand still through a history of ten rows and more say nothing; the others still do.
        """
        values, regime = self.seen(history)
        told = np.zeros((len(values), self.number))
        precision = np.zeros((len(values), self.number, self.number))
        present = np.isfinite(values)
        kinds = np.concatenate([regime[:, None], present], axis=1)
        distinct, kind = np.unique(kinds, axis=0, return_inverse=True)
        for number, one in enumerate(distinct):
            at, has = np.flatnonzero(kind == number), one[1:].astype(bool)
            if not has.any():
                continue
            g = int(one[0])
            weigh = np.linalg.solve(self.noise[g][np.ix_(has, has)], self.loading[g][has])
            told[at] = (values[np.ix_(at, has)] - self.mean[g][has]) @ weigh
            precision[at] = self.loading[g][has].T @ weigh
        return Rows(history.cycles, told, precision)

    def seen(self, history: History) -> tuple[Array, np.ndarray]:
        """Return the kept sensors with broken values taken out, and the regime of each row."""
        regime = self.regimes.of(history.settings)
        values = history.sensors[:, self.kept].copy()
        values[regime < 0] = np.nan
        values[(values < self.low[regime]) | (values > self.high[regime])] = np.nan
        if len(values) >= 10:
            with np.errstate(invalid="ignore"):
                stands = np.nanmax(values, axis=0, initial=-np.inf) == np.nanmin(
                    values, axis=0, initial=np.inf
                )
            values[:, stands] = np.nan
        return values, regime


def varying(histories: Sequence[History], of: list[np.ndarray], regimes: int) -> np.ndarray:
    """Tell which sensors vary within a regime: positions, shape (k,).

    A sensor with fewer than three values, one that is missing in most rows, and one that stands
    still within every regime are left out, whatever their name.
    """
    values = np.concatenate([one.sensors for one in histories])
    regime = np.concatenate(of)
    kept = []
    for column in range(values.shape[1]):
        x = values[:, column]
        is_there = np.isfinite(x)
        if is_there.mean() < 0.5:
            continue
        moves = sum(
            len(np.unique(x[is_there & (regime == g)])) > 2
            and np.ptp(x[is_there & (regime == g)]) > 1e-9 * (1 + np.abs(x[is_there]).max())
            for g in range(regimes)
        )
        if moves > regimes / 2:
            kept.append(column)
    return np.array(kept, dtype=int)


def smooth(rows: Array, width: float = WIDTH) -> Array:
    """Smooth each column by local straight lines under a Gaussian window; gaps are bridged.

    Shape (n, k) in and out. A column without any value becomes nought.
    """
    at = np.arange(len(rows), dtype=float)
    apart = at[None, :] - at[:, None]
    window = np.exp(-0.5 * (apart / width) ** 2)
    there = np.isfinite(rows)
    known = np.where(there, rows, 0.0)
    s0, s1, s2 = (
        (window * apart**power) @ there.astype(float) + (1e-12 if power != 1 else 0)
        for power in range(3)
    )
    t0, t1 = (window @ known), ((window * apart) @ known)
    apart_enough = s0 * s2 - s1**2
    line = (s2 * t0 - s1 * t1) / np.where(apart_enough > 1e-6 * s0**2, apart_enough, 1.0)
    return np.where(apart_enough > 1e-6 * s0**2, line, t0 / s0)


def _moments(values: Array, regime: np.ndarray, regimes: int) -> tuple[Array, Array]:
    """Return mean and deviation of each sensor in each regime, shapes (r, k)."""
    mean = np.empty((regimes, values.shape[1]))
    scale = np.empty_like(mean)
    for g in range(regimes):
        rows = values[regime == g]
        mean[g], scale[g] = np.nanmean(rows, axis=0), np.nanstd(rows, axis=0)
    return mean, np.where(scale > 0, scale, 1.0)


def _states(plain: Array, smoothed: Array) -> Array:
    """Return the directions of the states, shape (k, d), scaled to noise of deviation one."""
    fast = np.where(np.isfinite(plain), plain - smoothed, 0.0)
    noise = _shrunk(np.cov(fast.T).reshape(plain.shape[1], -1))
    slow = np.cov(smoothed.T).reshape(plain.shape[1], -1)
    sizes, directions = eigh(slow, noise)
    # Noise smoothed by a Gaussian window of width w keeps 1 / (2 √π w) of its variance.
    floor = 1 / (2 * np.sqrt(np.pi) * WIDTH)
    number = int(min(MOST, (sizes > ABOVE * floor).sum()))
    if not number:
        raise ValueError("no sensor changes slowly: nothing in them tells of wear")
    return np.asarray(directions[:, ::-1][:, :number])


def _regressed(
    values: Array, regime: np.ndarray, z: Array, mean: Array, scale: Array
) -> tuple[Array, Array, Array]:
    """Return mean, loading and noise of each regime from the states of each row."""
    regimes, k = mean.shape
    loading, noise = np.zeros((regimes, k, z.shape[1])), np.empty((regimes, k, k))
    mean = mean.copy()
    design = np.column_stack([np.ones(len(z)), z])
    for g in range(regimes):
        own = regime == g
        filled = np.where(np.isfinite(values[own]), values[own], mean[g])
        # A little of a ridge holds regimes with few rows.
        squares = design[own].T @ design[own] + 1e-3 * np.eye(design.shape[1])
        coefficients = np.linalg.solve(squares, design[own].T @ filled)
        left = np.where(np.isfinite(values[own]), filled - design[own] @ coefficients, 0.0)
        there = np.maximum(np.isfinite(values[own]).mean(axis=0), 0.05)
        left /= np.sqrt(there * max(own.sum() - design.shape[1], 1))
        mean[g], loading[g] = coefficients[0], coefficients[1:].T
        noise[g] = _shrunk(left.T @ left) + 1e-6 * np.diag(scale[g] ** 2)
    return mean, loading, noise


def _shrunk(cov: Array) -> Array:
    return (1 - SHRINK) * cov + SHRINK * np.diag(np.diag(cov)) + 1e-12 * np.eye(len(cov))


def _ranges(values: Array, regime: np.ndarray, regimes: int) -> tuple[Array, Array]:
    low = np.array([np.nanmin(values[regime == g], axis=0) for g in range(regimes)])
    high = np.array([np.nanmax(values[regime == g], axis=0) for g in range(regimes)])
    room = BEYOND * (high - low)
    return low - room, high + room
