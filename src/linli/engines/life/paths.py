"""How machines of a kind wear: random paths of hidden states over a life, and what is left of it.

Over a life of T cycles the states go z(t) = Σ_k θ_k φ_k(t / T) with few fixed shapes φ (a level
and exponentials that rise ever faster, the form of damage that feeds on itself; Saxena et al.
2008 make C-MAPSS so). The coefficients θ differ from machine to machine: normal, with a mean that
depends on T (long lives wear otherwise) and a covariance, both learnt from whole lives by
expectation-maximisation (a linear mixed model, Laird & Ware 1982). That covariance knows by itself
where lives end: in directions in which all ends agree it is narrow, and there is the threshold.
With several failure modes it is a mixture of such models.

For a machine still running every T that it may reach is tried: how likely the rows seen so far are
if it lives so long, θ integrated out in closed form, times how often lives are so long. That is
its posterior of remaining life, given everything from its first row on, not a window (degradation
models of Lu & Meeker 1993, Gebraeel et al. 2005, made multivariate).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Self

import numpy as np
from scipy.special import logsumexp
from scipy.stats import norm
from sklearn.cluster import KMeans

from .factors import Rows
from .histories import Array

RATES = (2.0, 4.0, 7.0)
"""How often e the exponentials rise by in a life."""

ROUNDS = 40
_K = len(RATES) + 1


def shapes(share: Array) -> Array:
    """Return the shapes φ at shares of a life, shape (…,) to (…, K)."""
    return np.stack(
        [np.ones_like(share)] + [np.expm1(rate * share) / np.expm1(rate) for rate in RATES], -1
    )


@dataclass(frozen=True)
class Mode:
    """One way to fail: how common, how long lives are, how the states go.

    Attributes
    ----------
    share
        Of machines that fail so.
    centre, spread
        Mean and deviation of the logarithm of lives.
    mean
        Coefficients by powers of the standardised logarithm of the life, shape (q, n).
    covariance
        Of the coefficients about that mean, shape (n, n).
    """

    share: float
    centre: float
    spread: float
    mean: Array
    covariance: Array

    def powers(self, lives: Array) -> Array:
        """Return what the mean depends on, shape (t, q)."""
        # Beyond the lives seen the mean stays as it is at their end.
        x = np.clip((np.log(lives) - self.centre) / self.spread, -2.5, 2.5)
        return x[:, None] ** np.arange(len(self.mean))

    def likelihood(self, lives: Array, squares: Array, products: Array) -> Array:
        """Return the log likelihood of rows for lives, up to what is alike for all of them.

        Parameters
        ----------
        lives
            Shape (t,).
        squares, products
            Of the shapes weighed by the rows: A of shape (t, n, n), b of shape (t, n).
        """
        mean = self.powers(lives) @ self.mean
        inverse = np.linalg.inv(self.covariance)
        pulled = np.einsum("tij,tj->ti", squares, mean)
        off = products - pulled
        whole = squares + inverse
        solved = np.linalg.solve(whole, off[..., None])[..., 0]
        size = np.linalg.slogdet(whole)[1] + np.linalg.slogdet(self.covariance)[1]
        return (
            (products * mean).sum(1) - 0.5 * (pulled * mean).sum(1)
            + 0.5 * (off * solved).sum(1) - 0.5 * size
        )  # fmt: skip

    def prior(self, lives: Array) -> Array:
        """Return the log density of lives, weighed by how common the mode is."""
        x = (np.log(lives) - self.centre) / self.spread
        return norm.logpdf(x) - np.log(self.spread * lives) + np.log(self.share)


@dataclass(frozen=True)
class Paths:
    """Modes of failure learnt from whole lives."""

    modes: tuple[Mode, ...]

    @classmethod
    def fit(
        cls, rows: Sequence[Rows], modes: int = 1, seed: int = 0,
        lives: Array | None = None, counts: Array | None = None,
    ) -> Self:  # fmt: skip
        """Learn from rows of machines that each failed at its last cycle.

        Parameters
        ----------
        rows
            What the rows of each machine say of the states; the last row is the end.
        modes
            How many ways to fail.
        seed
            Of the clusters that the mixture starts from.
        lives
            Cycles at which they failed, or are thought to, where that is not the last row.
        counts
            How much each counts; 1 without.
        """
        if lives is None:
            lives = np.array([one.cycles[-1] for one in rows])
        each = np.ones(len(rows)) if counts is None else counts
        stats = [weighed(one, lives[at : at + 1]) for at, one in enumerate(rows)]
        squares = np.concatenate([a for a, _ in stats])
        products = np.concatenate([b for _, b in stats])
        states = rows[0].told.shape[1]
        one = _mode(lives, squares, products, each)
        if modes == 1:
            return cls((one,))
        ends = _coefficients(one, lives, squares, products).reshape(len(rows), _K, states)
        moved = ends[:, 1:].sum(axis=1)
        # Modes differ in where states go, not in how far: the end is that of wear for all.
        aims = moved / np.maximum(np.linalg.norm(moved, axis=1, keepdims=True), 1e-9)
        start = KMeans(modes, n_init=10, random_state=seed).fit_predict(aims)
        weights = 0.9 * np.eye(modes)[start] + 0.1 / modes
        for _ in range(12):
            found = [
                _mode(lives, squares, products, each * weights[:, m], each.sum(), 10)
                for m in range(modes)
            ]
            score = np.stack(
                [m.likelihood(lives, squares, products) + m.prior(lives) for m in found], axis=1
            )
            weights = np.exp(score - logsumexp(score, axis=1, keepdims=True))
        return cls(tuple(found))

    def weigh(self, lives: Array, squares: Array, products: Array) -> tuple[Array, Array]:
        """Weigh how long a running machine may live.

        Parameters
        ----------
        lives
            Cycles that it may reach, shape (t,), none under its age.
        squares, products
            What was seen of it, as `weighed` gives it for these lives.

        Returns
        -------
        Log likelihood of the rows (up to what is alike for all) and log prior density, for each
        life and mode, both of shape (t, m).
        """
        likelihood = [mode.likelihood(lives, squares, products) for mode in self.modes]
        prior = [mode.prior(lives) for mode in self.modes]
        return np.stack(likelihood, axis=1), np.stack(prior, axis=1)


def weighed(rows: Rows, lives: Array) -> tuple[Array, Array]:
    """Return Σ φφ' ⊗ J and Σ φ ⊗ b over the rows for each life, shapes (t, n, n) and (t, n)."""
    phi = shapes(rows.cycles[None, :] / lives[:, None])
    d = rows.told.shape[1]
    pairs = (phi[..., :, None] * phi[..., None, :]).reshape(len(lives), len(rows.cycles), -1)
    squares = pairs.transpose(0, 2, 1) @ rows.precision.reshape(len(rows.cycles), -1)
    squares = squares.reshape(len(lives), _K, _K, d, d).transpose(0, 1, 3, 2, 4)
    products = phi.transpose(0, 2, 1) @ rows.told
    return squares.reshape(len(lives), _K * d, _K * d), products.reshape(len(lives), _K * d)


def _coefficients(mode: Mode, lives: Array, squares: Array, products: Array) -> Array:
    """Return the likeliest coefficients of each machine, shape (m, n)."""
    inverse = np.linalg.inv(mode.covariance)
    mean = mode.powers(lives) @ mode.mean
    found = np.linalg.solve(squares + inverse, (mean @ inverse + products)[..., None])
    return np.asarray(found[..., 0], dtype=float)


def _mode(
    lives: Array, squares: Array, products: Array, weights: Array, of: float | None = None,
    rounds: int = ROUNDS,
) -> Mode:  # fmt: skip
    """Fit one mode to machines that belong to it by so much (expectation-maximisation).

    `of` is how many machines there are altogether, all of them in this mode if it is not given.
    """
    number, total = products.shape[1], weights.sum()
    centre = float(weights @ np.log(lives) / total)
    spread = float(np.sqrt(weights @ (np.log(lives) - centre) ** 2 / total))
    # Few lives say little of how lives spread: never less than a tenth.
    spread = max(float(spread * np.sqrt((total + 2) / (total + 1))), 0.1)
    depends = 3 if total >= 60 else 2 if total >= 15 else 1
    mode = Mode(
        float(total / (of or total)), centre, spread, np.zeros((depends, number)),
        1e3 * np.eye(number),
    )  # fmt: skip
    for _ in range(rounds):
        inverse = np.linalg.inv(mode.covariance)
        unsure = np.linalg.inv(squares + inverse)
        prior = mode.powers(lives) @ mode.mean
        found = np.einsum("mij,mj->mi", unsure, prior @ inverse + products)
        powers = mode.powers(lives)
        held = (powers * weights[:, None]).T @ powers + 1e-6 * np.eye(depends)
        mean = np.linalg.solve(held, (powers * weights[:, None]).T @ found)
        off = found - powers @ mean
        scatter = (off * weights[:, None]).T @ off + np.einsum("m,mij->ij", weights, unsure)
        covariance = scatter / max(total - depends, 1.0) + 1e-3 * np.eye(number)
        mode = Mode(mode.share, centre, spread, mean, covariance)
    return mode
