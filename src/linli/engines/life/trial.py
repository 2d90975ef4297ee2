"""What a model says of lives it did not learn from: chosen and calibrated by that alone."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy.special import logsumexp

from .factors import Factors
from .histories import Array, History
from .paths import Paths, weighed
from .remaining import edges, share_below

FOLDS = 5
CUTS = 6
"""Cycles at which each life is cut to see what would have been told then."""

MODES = (1, 2, 3, 4)
EACH = 15
"""Lives that a mode needs for itself."""

TEMPERS = (1.0, 0.8, 0.6, 0.4)
COUNTS = 0.02
"""A model that counts less is left out."""


Said = dict[int, list[list[tuple[Array, Array]]]]


@dataclass(frozen=True)
class Trial:
    """How the model did on lives that it did not learn from, cut at random cycles.

    Attributes
    ----------
    modes, shares
        Numbers of failure modes tried and how much the model of each counts.
    temper
        Power of the likelihood; under 1 where rows repeat each other more than the model says.
    surprise
        Mean of −log density of the true remaining life, nats per cycle.
    rmse
        Root mean squared error of the mean, remaining life beyond the horizon counting as that.
    coverage
        Share of the true remaining lives within the plain interval, not yet calibrated.
    """

    modes: tuple[int, ...]
    shares: tuple[float, ...]
    temper: float
    surprise: float
    rmse: float
    coverage: float


def cycles_ahead(lives: Array) -> Array:
    """Return the remaining lives that are tried: close together at first, then 5 % apart.

    From 0 to four deviations beyond the lives seen; the unit is the 200th part of a usual life.
    """
    unit = float(np.median(lives)) / 200
    most = np.exp(np.log(lives).mean() + 4 * max(float(np.log(lives).std()), 0.1))
    ahead = [0.0]
    while ahead[-1] < most:
        ahead.append(ahead[-1] + max(unit, 0.05 * ahead[-1]))
    return np.array(ahead)


def cuts_of(history: History, horizon: float, rng: np.random.Generator) -> Array:
    """Draw rows at which a life is cut: what is left spread evenly, after a tenth of the life."""
    left = history.age - history.cycles
    may = np.flatnonzero(
        (left <= 1.2 * horizon) & (left > 0) & (history.cycles >= 0.1 * history.age)
    )
    if not len(may):
        may = np.arange(len(history))
    # One from each of equal pieces: as random, and steadier.
    pieces = np.array_split(may, min(CUTS, len(may)))
    return history.cycles[[rng.choice(piece) for piece in pieces]]


def held_out(
    histories: Sequence[History], cuts: Sequence[Array], fold: np.ndarray, ahead: Array, seed: int
) -> Said:
    """Return, by number of modes, what models say at the cuts of each life not learnt from.

    That is the log likelihood and log prior, as `Paths.weigh` gives them.
    """
    choices = [m for m in MODES if m == 1 or len(histories) >= m * EACH]
    found: Said = {m: [[] for _ in histories] for m in choices}
    for number in range(FOLDS):
        learnt = [one for one, f in zip(histories, fold, strict=True) if f != number]
        factors = Factors.fit(learnt)
        rows = [factors.rows(one) for one in learnt]
        models = {m: Paths.fit(rows, m, seed) for m in choices}
        for at in np.flatnonzero(fold == number).tolist():
            for cycle in cuts[at]:
                seen = factors.rows(histories[at].until(cycle))
                lives = cycle + ahead
                stats = weighed(seen, lives)
                for m, paths in models.items():
                    found[m][at].append(paths.weigh(lives, *stats))
    return found


def chosen(
    found: Said, left: Sequence[Array], ahead: Array,
    level: float, horizon: float,
) -> tuple[Trial, list[Array]]:  # fmt: skip
    """Choose temper and shares that make the truth likeliest; return where it fell."""
    truth = np.concatenate(left)
    each = np.concatenate([np.full(len(one), 1 / len(one) / len(left)) for one in left])
    cells = np.arange(len(truth)), _cell(ahead, truth)
    width = np.diff(edges(ahead))
    best: tuple[Trial, Array] | None = None
    for temper in TEMPERS:
        told = np.array(
            [
                [normal(temper * like + prior, ahead) for one in lives for like, prior in one]
                for lives in found.values()
            ]
        )
        density = np.array([(one / width)[cells] for one in told]) + 1e-6
        shares = stacked(density, each)
        surprise = -float(each @ np.log(shares @ density))
        if best is None or surprise < best[0].surprise:
            likely = np.tensordot(shares, told, axes=1)
            error = likely @ np.minimum(ahead, horizon) - np.minimum(truth, horizon)
            place = share_below(ahead, likely, truth)
            kept = shares > 0
            trial = Trial(
                tuple(int(m) for m in np.array(list(found))[kept]), tuple(shares[kept].tolist()),
                float(temper), surprise, float(np.sqrt(each @ error**2)),
                float(each @ (np.abs(place - 0.5) <= level / 2)),
            )  # fmt: skip
            best = trial, place
    assert best is not None
    ends = np.cumsum([len(one) for one in left])[:-1]
    return best[0], np.split(best[1], ends)


def stacked(density: Array, each: Array) -> Array:
    """Return shares of models, adding up to 1, that make the truth likeliest.

    `density` is what each model gave the truth, shape (m, c); `each` weighs the c cases.
    """
    shares = np.full(len(density), 1 / len(density))
    for _ in range(200):
        credit = shares[:, None] * density
        shares = (credit / credit.sum(axis=0)) @ each
    shares = np.where(shares < COUNTS, 0.0, shares)
    return np.asarray(shares / shares.sum())


def _cell(ahead: Array, cycles: Array) -> np.ndarray:
    return np.clip(np.searchsorted(edges(ahead), cycles, side="right") - 1, 0, len(ahead) - 1)


def middle_of(place: list[Array], level: float) -> float:
    """Return half the share of a posterior that held the truth for `level` of the machines.

    Each machine counts once, spread over its cuts; with n machines the quantile is that of
    level · (n + 1) / n, and the whole posterior where that is more than all.
    """
    wanted = level * (len(place) + 1) / len(place)
    if wanted > 1:
        return 0.5
    off = np.concatenate([np.abs(at - 0.5) for at in place])
    weight = np.concatenate([np.full(len(at), 1 / len(at) / len(place)) for at in place])
    order = np.argsort(off)
    reached = int(np.searchsorted(np.cumsum(weight[order]), wanted - 1e-12))
    return min(float(off[order][min(reached, len(off) - 1)]), 0.5)


def normal(log: Array, ahead: Array) -> Array:
    """Turn log densities at `ahead` by mode, shape (r, m), into weights that add up to 1, (r,)."""
    whole = logsumexp(log, axis=1) + np.log(np.diff(edges(ahead)))
    return np.asarray(np.exp(whole - logsumexp(whole)))
