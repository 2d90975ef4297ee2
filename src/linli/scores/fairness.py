"""Rates that compare units fairly: for the mix of work each had, and for small numbers.

One measure is a table of successes out of trials, by unit and category. The model is

    logit P(success) = μ + γ_c + b_u,   γ_c ~ N(0, σ²),   b_u ~ N(0, τ²)

with crossed effects of the category c and the unit u. Both are shrunk, so that a
category handled by one department only is not simply blamed on, or credited to, either.
μ, γ and b are the joint posterior mode (Newton); τ and σ maximise the Laplace
approximation of the marginal likelihood under a weak Rayleigh(1) prior on each, which
keeps them off zero when there is little to see.

A unit's *adjusted* rate is its rate had it handled the whole town's mix (direct
standardisation of the fitted rates); its *expected* rate is what an average unit would
have reached with this unit's mix (indirect standardisation).

Sources: Normand, Glickman & Gatsonis, JASA 92 (1997), profiling with hierarchical models;
Goldstein & Spiegelhalter, JRSS A 159 (1996), league tables and the intervals of ranks;
Breslow & Clayton, JASA 88 (1993), approximate inference in such models; Chung et al.,
Psychometrika 78 (2013), penalised variances that do not collapse to zero.

No Django, no clock; the only randomness has a seed.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from scipy.linalg import cho_solve, cholesky, solve_triangular
from scipy.optimize import minimize
from scipy.special import expit, logit
from threadpoolctl import ThreadpoolController

LEVEL = 0.9
Z = 1.6448536269514722  # the normal quantile that leaves 5 % on either side
TOLERANCE = 1e-9
LOGITS = np.linspace(-12, 12, 481)
# Matrices of 40 by 40 are no work to share: with OpenBLAS's threads a fit takes 4 to 20
# times as long as without.
alone = ThreadpoolController().wrap(limits=1, user_api="blas")


@dataclass(frozen=True)
class Rates:
    """One measure, compared over units.

    All arrays have one entry a unit; rates are from 0 to 1, NaN where a unit had no trial.

    Attributes
    ----------
    n, raw, expected
        Trials; successes among them; what an average unit would reach with the same mix.
    reweighted
        The raw rate after the adjustment for the mix only, before small numbers are
        shrunk: the overall rate moved, on the logit scale, as far as raw is from expected.
    adjusted, low, high
        The rate with the whole town's mix, and its 90 % interval. A unit without trials
        has the town's average and a wide interval.
    overall
        The rate of the whole town.
    unit_sd, category_sd
        τ and σ, on the logit scale.
    """

    n: np.ndarray
    raw: np.ndarray
    expected: np.ndarray
    reweighted: np.ndarray
    adjusted: np.ndarray
    low: np.ndarray
    high: np.ndarray
    overall: float
    unit_sd: float
    category_sd: float
    _mean: np.ndarray
    _covariance: tuple[np.ndarray, np.ndarray, np.ndarray]
    _curve: np.ndarray

    def draw(self, count: int, rng: np.random.Generator) -> np.ndarray:
        """Draw the units' adjusted rates from their joint posterior, shape (count, units)."""
        own_sd, lean, root = self._covariance
        shared = rng.standard_normal((count, root.shape[0])) @ root @ lean.T
        own = rng.standard_normal((count, len(own_sd))) * own_sd
        return np.interp(self._mean + shared + own, LOGITS, self._curve)


@alone
def rates(successes: np.ndarray, trials: np.ndarray) -> Rates:
    """Compare units on one measure.

    Parameters
    ----------
    successes, trials
        Shape (units, categories). Successes may be fractions (a mean of ratings); they
        are at least 0 and at most the trials.

    Raises
    ------
    ValueError
        If a count is impossible, or there is no trial at all.
    """
    y, n = np.asarray(successes, dtype=float), np.asarray(trials, dtype=float)
    if y.shape != n.shape or y.ndim != 2:
        raise ValueError("successes and trials need the same shape (units, categories)")
    if (y < 0).any() or (y > n).any() or not np.isfinite(n).all():
        raise ValueError("successes must lie between 0 and the trials")
    used = n.sum(axis=0) > 0
    if not used.any():
        raise ValueError("there is no trial at all")
    y, n = y[:, used], n[:, used]
    model = _Model(y, n)
    tau, sigma = _spreads(model)
    fit = model.fit(tau, sigma)
    mix = n.sum(axis=0) / n.sum()
    per_unit = n.sum(axis=1)
    base = fit.beta[0] + fit.beta[1:]
    with np.errstate(invalid="ignore", divide="ignore"):
        raw = y.sum(axis=1) / per_unit
        expected = (n @ expit(base)) / per_unit
    curve = expit(LOGITS[:, None] + base) @ mix
    overall = float(np.interp(0.0, LOGITS, curve))

    # A shift of all units by an error in μ or γ counts as far as the town's mix feels it.
    slope = mix * expit(base) * expit(-base)
    felt = np.concatenate([[slope.sum()], slope]) / slope.sum()
    own_sd = 1 / np.sqrt(fit.unit_precision)
    lean = felt - fit.coupling / fit.unit_precision[:, None]
    sd = np.sqrt(own_sd**2 + np.einsum("uk,kl,ul->u", lean, fit.covariance, lean))

    def at(level: np.ndarray) -> np.ndarray:
        return np.interp(level, LOGITS, curve)

    edge = 0.5 / np.maximum(per_unit, 1)
    moved = logit(np.clip(raw, edge, 1 - edge)) - logit(np.clip(expected, edge, 1 - edge))
    return Rates(
        n=per_unit, raw=raw, expected=expected, reweighted=at(moved),
        adjusted=at(fit.b), low=at(fit.b - Z * sd), high=at(fit.b + Z * sd),
        overall=overall, unit_sd=tau, category_sd=sigma,
        _mean=fit.b, _curve=curve,
        _covariance=(own_sd, lean, cholesky(fit.covariance)),
    )  # fmt: skip


@dataclass(frozen=True)
class _Fit:
    """The posterior mode for given spreads, and its curvature. β is (μ, γ)."""

    b: np.ndarray
    beta: np.ndarray
    unit_precision: np.ndarray
    coupling: np.ndarray
    covariance: np.ndarray
    marginal: float


class _Model:
    """Counts of one measure. Units are eliminated first, so a fit costs units × categories²."""

    def __init__(self, y: np.ndarray, n: np.ndarray) -> None:
        self.y, self.n = y, n
        pooled = np.clip(y.sum() / n.sum(), 0.5 / (n.sum() + 1), 1 - 0.5 / (n.sum() + 1))
        self._start = np.zeros(y.shape[0]), np.concatenate([[logit(pooled)], np.zeros(y.shape[1])])

    def fit(self, tau: float, sigma: float) -> _Fit:
        y, n = self.y, self.n
        b, beta = self._start
        # A flat prior on μ would let it run away where all or none succeed.
        prior = np.concatenate([[1 / 100.0], np.full(n.shape[1], sigma**-2)])
        objective = self._joint(b, beta, tau, prior)
        for _ in range(100):
            p = expit(beta[0] + beta[1:] + b[:, None])
            w = n * p * (1 - p)
            residual = y - n * p
            unit_precision = w.sum(axis=1) + tau**-2
            coupling = np.concatenate([w.sum(axis=1, keepdims=True), w], axis=1)
            by_category = w.sum(axis=0)
            hessian = np.diag(np.concatenate([[by_category.sum()], by_category]) + prior)
            hessian[0, 1:] = hessian[1:, 0] = by_category
            slope_b = residual.sum(axis=1) - b * tau**-2
            to_category = residual.sum(axis=0)
            slope_beta = np.concatenate([[to_category.sum()], to_category]) - beta * prior
            schur = hessian - coupling.T @ (coupling / unit_precision[:, None])
            root = cholesky(schur, lower=True)
            right = slope_beta - coupling.T @ (slope_b / unit_precision)
            step_beta = cho_solve((root, True), right)
            step_b = (slope_b - coupling @ step_beta) / unit_precision
            size = 1.0
            while size > 1e-6:
                tried = self._joint(b + size * step_b, beta + size * step_beta, tau, prior)
                if tried >= objective - 1e-12 * abs(objective):
                    break
                size /= 2
            b, beta = b + size * step_b, beta + size * step_beta
            gain, objective = tried - objective, tried
            if gain < TOLERANCE and np.abs(step_b).max(initial=0) < 1e-7:
                break
        self._start = b, beta
        log_det = np.log(unit_precision).sum() + 2 * np.log(np.diag(root)).sum()
        log_prior = 2 * len(b) * np.log(tau) + 2 * n.shape[1] * np.log(sigma)
        inverse = solve_triangular(root, np.eye(len(beta)), lower=True)
        marginal = objective - 0.5 * (log_det + log_prior)
        return _Fit(b, beta, unit_precision, coupling, inverse.T @ inverse, float(marginal))

    def _joint(self, b: np.ndarray, beta: np.ndarray, tau: float, prior: np.ndarray) -> float:
        eta = beta[0] + beta[1:] + b[:, None]
        likelihood = (self.y * eta - self.n * np.logaddexp(0, eta)).sum()
        return float(likelihood - 0.5 * ((b / tau) ** 2).sum() - 0.5 * (prior * beta**2).sum())


def _spreads(model: _Model) -> tuple[float, float]:
    """Return τ and σ by penalised marginal likelihood; σ is not asked for in one category."""
    several = model.n.shape[1] > 1

    def loss(logs: np.ndarray) -> float:
        spreads = np.exp(logs)
        tau, sigma = spreads[0], spreads[1] if several else 1.0
        penalty = float((np.log(spreads) - spreads**2 / 2).sum())
        return -(model.fit(tau, sigma).marginal + penalty)

    start = np.log([0.5, 0.7][: 2 if several else 1])
    bounds = [(np.log(0.01), np.log(5.0))] * len(start)
    # The mode inside `loss` is found to about 1e-9, so finite differences need longer steps.
    options = {"eps": 1e-3, "ftol": 1e-8, "gtol": 1e-3}
    best = minimize(loss, start, method="L-BFGS-B", bounds=bounds, options=options)
    found = np.exp(best.x)
    return float(found[0]), float(found[1]) if several else 1.0


@dataclass(frozen=True)
class Composite:
    """Scores of 0 to 100 over several measures, and the ranks they give.

    `rank` 1 is best; `rank_low` to `rank_high` holds the rank with 90 % posterior
    probability (5 % cut off on either side), and `rank` itself: where many are alike, the best
    score on the mean is seldom the best in a draw. `weights` are those that were used: a
    measure without data in the whole period is in `dropped`, and the others share its part.
    """

    score: np.ndarray
    score_low: np.ndarray
    score_high: np.ndarray
    rank: np.ndarray
    rank_low: np.ndarray
    rank_high: np.ndarray
    weights: dict[str, float]
    dropped: tuple[str, ...]


@alone
def composite(
    measures: Mapping[str, Rates | None],
    weights: Mapping[str, float],
    seed: int = 0,
    draws: int = 1000,
) -> Composite:
    """Weigh measures into one score a unit, and rank the units.

    Parameters
    ----------
    measures
        Each measure of the same units in the same order; None where nobody had any data.
    weights
        What each measure counts for; need not add up to one.

    Raises
    ------
    ValueError
        If no measure has data.
    """
    known = {name: found for name in weights if (found := measures.get(name)) is not None}
    if not known:
        raise ValueError("no measure has data")
    total = sum(weights[name] for name in known)
    used = {name: weights[name] / total for name in known}
    rng = np.random.default_rng(seed)
    parts = np.array(list(used.values()))
    score = 100 * np.tensordot(parts, [found.adjusted for found in known.values()], 1)
    drawn = 100 * np.tensordot(parts, [found.draw(draws, rng) for found in known.values()], 1)
    ranks = _ranks(drawn)
    edge = (1 - LEVEL) / 2
    low, high = np.quantile(drawn, [edge, 1 - edge], axis=0)
    rank_low, rank_high = np.quantile(
        ranks, [edge, 1 - edge], axis=0, method="inverted_cdf"
    ).astype(int)
    dropped = tuple(name for name in weights if name not in known)
    rank = _ranks(score[None])[0]
    rank_low, rank_high = np.minimum(rank_low, rank), np.maximum(rank_high, rank)
    return Composite(score, low, high, rank, rank_low, rank_high, used, dropped)


def _ranks(scores: np.ndarray) -> np.ndarray:
    """Return the place of each entry in its row, the highest first; the earlier wins a tie."""
    order = np.argsort(-scores, axis=1, kind="stable")
    places = np.empty_like(order)
    np.put_along_axis(places, order, np.arange(1, scores.shape[1] + 1)[None], axis=1)
    return places
