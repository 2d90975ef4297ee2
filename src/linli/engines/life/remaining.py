"""What is left of n machines: a distribution each, and what a plan reads from it."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from .histories import Array

EARLY, LATE = 13.0, 10.0
"""Cycles by which too early and too late a forecast grow e times as bad (PHM 2008 challenge)."""


@dataclass(frozen=True)
class Remaining:
    """Remaining useful life of n machines.

    Attributes
    ----------
    ahead
        Cycles that may be left, shape (r,), increasing from 0.
    weights
        How likely each of them is, rows add up to 1, shape (n, r).
    low, high
        Ends of the calibrated interval, cycles, shape (n,).
    level
        Share of machines whose true remaining life the intervals are to hold.
    names
        Of the machines.
    """

    ahead: Array
    weights: Array
    low: Array
    high: Array
    level: float
    names: tuple[str, ...]

    def __len__(self) -> int:
        return len(self.weights)

    def __str__(self) -> str:
        return "\n".join(self._lines())

    def _lines(self) -> Iterator[str]:
        for name, mean, low, high in zip(self.names, self.mean(), self.low, self.high, strict=True):
            yield f"{name}: {mean:.0f} ({low:.0f}–{high:.0f}) cycles left"

    def mean(self, horizon: float = np.inf) -> Array:
        """Return the expected remaining life, what is beyond the horizon counting as that.

        It has the least mean squared error. Shape (n,).
        """
        return self.weights @ np.minimum(self.ahead, horizon)

    def cautious(self, horizon: float = np.inf, share: float = 1.0) -> Array:
        """Return a forecast for which being late costs more than being early, shape (n,).

        With `share` 1 it has the least expected PHM08 score, exp(early / 13) − 1 or
        exp(late / 10) − 1; with less it lies so far on the way there from the mean.
        """
        left = np.minimum(self.ahead, horizon)
        mean = self.mean(horizon)
        # The expected score is convex: halve the span in which its slope changes sign.
        below, above = np.zeros(len(self)), np.full(len(self), left[-1])
        for _ in range(30):
            middle = (below + above) / 2
            error = middle[:, None] - left
            slope = np.where(
                error > 0, np.exp(np.minimum(error, 300) / LATE) / LATE,
                -np.exp(np.minimum(-error, 300) / EARLY) / EARLY,
            )  # fmt: skip
            rises = (self.weights * slope).sum(axis=1) > 0
            above, below = np.where(rises, middle, above), np.where(rises, below, middle)
        return np.asarray((1 - share) * mean + share * (below + above) / 2)

    def fails_within(self, cycles: float) -> Array:
        """Return the probability of failing within so many cycles, shape (n,)."""
        return share_below(self.ahead, self.weights, np.full(len(self), float(cycles)))

    def quantile(self, share: float) -> Array:
        """Return the cycles within which a machine fails with that probability, shape (n,)."""
        return quantile(self.ahead, self.weights, np.full(len(self), share))


def edges(ahead: Array) -> Array:
    """Return where the cells around `ahead` meet, shape (r + 1,): halfway, from 0 on."""
    middle = (ahead[1:] + ahead[:-1]) / 2
    return np.concatenate([[0.0], middle, [2 * ahead[-1] - middle[-1]]])


def share_below(ahead: Array, weights: Array, cycles: Array) -> Array:
    """Return the probability of at most that many cycles for each row, shape (n,)."""
    at = edges(ahead)
    below = np.concatenate([np.zeros((len(weights), 1)), np.cumsum(weights, axis=1)], axis=1)
    return np.array(
        [np.interp(x, at, row) for x, row in zip(cycles, below, strict=True)], dtype=float
    )


def quantile(ahead: Array, weights: Array, share: Array) -> Array:
    """Return the cycles below which that share of each row's probability lies, shape (n,)."""
    at = edges(ahead)
    below = np.concatenate([np.zeros((len(weights), 1)), np.cumsum(weights, axis=1)], axis=1)
    found = np.empty(len(weights))
    for number, (x, row) in enumerate(zip(share, below, strict=True)):
        # Shares that add up to a trace more than 1 by rounding still have an end.
        above = min(int(np.searchsorted(row, x * row[-1])), len(row) - 1)
        if above == 0:
            found[number] = at[0]
            continue
        part = (x * row[-1] - row[above - 1]) / (row[above] - row[above - 1])
        found[number] = at[above - 1] + part * (at[above] - at[above - 1])
    return found
