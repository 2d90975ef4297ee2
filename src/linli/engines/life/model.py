"""Remaining useful life with a calibrated interval, learnt from machines that failed."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Self

import numpy as np
from scipy.special import logsumexp

from linli.engines import store

from .factors import Factors
from .histories import Array, History, same_layout
from .paths import Mode, Paths
from .regimes import Regimes
from .remaining import Remaining, edges, quantile, share_below

KIND = "life-model/1"

FOLDS = 5
CUTS = 6
"""Cycles at which each life is cut to see what would have been told then."""

MODES = (1, 2, 3, 4)
EACH = 15
"""Lives that a mode needs for itself."""

TEMPERS = (1.0, 0.8, 0.6, 0.4)
GAIN = 0.01
"""By how much, in nats, more modes must tell the truth better."""


@dataclass(frozen=True)
class Trial:
    """How the model did on lives that it did not learn from, cut at random cycles.

    Attributes
    ----------
    modes, temper
        What was chosen by it.
    surprise
        Mean of −log density of the true remaining life, nats per cycle.
    rmse
        Root mean squared error of the mean, remaining life beyond the horizon counting as that.
    coverage
        Share of the true remaining lives within the plain interval, not yet calibrated.
    """

    modes: int
    temper: float
    surprise: float
    rmse: float
    coverage: float


class LifeModel:
    """Remaining useful life of machines of one kind, with an interval that holds.

    Attributes
    ----------
    trial
        What cross-validation over whole machines said.
    level
        Share of machines that the intervals hold.

    Notes
    -----
    The interval is conformal (distributional conformal prediction, Chernozhukov, Wüthrich & Zhu
    2021): where the truth fell in the posterior is looked up for machines not learnt from, each
    cut at random cycles, and the interval is that middle part of the posterior which held
    `level` of them. As the posterior narrows near failure, so does it. It holds its level for
    machines exchangeable with those of training (same kind, same use, same ways to fail), asked
    at a moment drawn the same way; with fewer than 9 of them at 90 % it is the whole range. The
    models of the folds differ a little from the one that predicts (as in CV+, Barber et al. 2021).
    """

    def __init__(
        self, factors: Factors, paths: Paths, ahead: Array, middle: float, level: float,
        trial: Trial, layout: tuple[int, int],
    ) -> None:  # fmt: skip
        self.trial, self.level = trial, level
        self._factors, self._paths = factors, paths
        self._ahead, self._middle, self._layout = ahead, middle, layout

    @classmethod
    def fit(
        cls, histories: Sequence[History], level: float = 0.9, horizon: float = np.inf,
        seed: int = 0,
    ) -> Self:  # fmt: skip
        """Learn from whole lives.

        Parameters
        ----------
        histories
            Machines that each failed after its last cycle, at least 5.
        level
            Share of machines that intervals are to hold.
        horizon
            Remaining life, in cycles, beyond which it makes no difference to a plan. Moments at
            which lives are cut for choosing and calibrating lie within 1.2 times of it.
        seed
            Of folds, cuts and clusters.

        Raises
        ------
        ValueError
            If there are fewer than 5, or they differ in their numbers of settings and sensors, or
            no sensor tells of wear.
        """
        layout = same_layout(histories)
        if len(histories) < 5:
            raise ValueError(f"{len(histories)} lives are too few to learn from, 5 are needed")
        if not 0 < level < 1:
            raise ValueError(f"level {level} is not between 0 and 1")
        rng = np.random.default_rng(seed)
        fold = rng.permutation(len(histories)) % FOLDS
        ahead = cycles_ahead(np.array([one.age for one in histories]))
        cuts = [_cuts(one, horizon, rng) for one in histories]
        told = _held_out(histories, cuts, fold, ahead, seed)
        trial, place = _chosen(told, cuts, histories, ahead, level, horizon)
        factors = Factors.fit(histories, seed)
        paths = Paths.fit([factors.rows(one) for one in histories], trial.modes, seed)
        return cls(factors, paths, ahead, _middle(place, level), level, trial, layout)

    def predict(self, histories: Sequence[History]) -> Remaining:
        """Tell what is left of machines still running, each after its last row.

        Parameters
        ----------
        histories
            What was seen of each so far, from any cycle on. One row will do, and sensors may be
            missing (NaN) in some rows or in all: the interval is then as wide as lives differ.

        Raises
        ------
        ValueError
            If there is none, or numbers of settings and sensors are not those of training.
        """
        layout = same_layout(histories)
        if layout != self._layout:
            raise ValueError(
                f"{layout[0]} settings and {layout[1]} sensors, learnt from {self._layout[0]} and "
                f"{self._layout[1]}"
            )
        weights, modes = [], []
        for one in histories:
            likelihood, prior = self._paths.weigh(self._factors.rows(one), self._ahead)
            likely = _normal(self.trial.temper * likelihood + prior, self._ahead)
            weights.append(likely.sum(axis=1))
            modes.append(likely.sum(axis=0))
        likely = np.array(weights)
        low, high = (
            quantile(self._ahead, likely, np.full(len(likely), 0.5 + side * self._middle))
            for side in (-1, 1)
        )
        return Remaining(
            self._ahead, likely, low, high, self.level, np.array(modes),
            tuple(one.name for one in histories),
        )  # fmt: skip

    def save(self, path: Path | str) -> None:
        """Write the model to `path` (arrays and JSON; nothing in it runs when loaded)."""
        factors, arrays = self._factors, {"ahead": self._ahead}
        for name in ("kept", "mean", "loading", "noise", "low", "high"):
            arrays[f"factors.{name}"] = getattr(factors, name)
        arrays["regimes.centres"] = factors.regimes.centres
        arrays["regimes.scale"] = factors.regimes.scale
        for number, mode in enumerate(self._paths.modes):
            arrays[f"mode{number}.mean"] = mode.mean
            arrays[f"mode{number}.covariance"] = mode.covariance
        head = {
            "kind": KIND, "level": self.level, "middle": self._middle, "layout": self._layout,
            "states": self._paths.states, "trial": vars(self.trial),
            "modes": [[one.share, one.centre, one.spread] for one in self._paths.modes],
        }  # fmt: skip
        store.write(path, head, arrays)

    @classmethod
    def load(cls, path: Path | str) -> Self:
        """Read a model written by `save`.

        Raises
        ------
        NotAModelError
            If the file is something else.
        """
        head, arrays = store.read(path, KIND)
        try:
            regimes = Regimes(arrays["regimes.centres"], arrays["regimes.scale"])
            names = ("kept", "mean", "loading", "noise", "low", "high")
            factors = Factors(regimes, *(arrays[f"factors.{name}"] for name in names))
            modes = tuple(
                Mode(*one, arrays[f"mode{number}.mean"], arrays[f"mode{number}.covariance"])
                for number, one in enumerate(head["modes"])
            )
            settings, sensors = head["layout"]
            return cls(
                factors, Paths(modes, head["states"]), arrays["ahead"], head["middle"],
                head["level"], Trial(**head["trial"]), (settings, sensors),
            )  # fmt: skip
        except (KeyError, TypeError, ValueError) as error:
            raise store.NotAModelError(f"{path} is not a whole life model") from error


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


def _cuts(history: History, horizon: float, rng: np.random.Generator) -> Array:
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


def _held_out(
    histories: Sequence[History], cuts: Sequence[Array], fold: np.ndarray, ahead: Array, seed: int
) -> dict[tuple[int, float], list[Array]]:
    """Return, by modes and temper, the weights of `ahead` at the cuts of each life not learnt."""
    choices = [m for m in MODES if m == 1 or len(histories) >= m * EACH]
    told: dict[tuple[int, float], list[Array]] = {
        (m, temper): [np.empty(0)] * len(histories) for m in choices for temper in TEMPERS
    }
    for number in range(FOLDS):
        learnt = [one for one, f in zip(histories, fold, strict=True) if f != number]
        factors = Factors.fit(learnt, seed)
        rows = [factors.rows(one) for one in learnt]
        for m in choices:
            paths = Paths.fit(rows, m, seed)
            for at in np.flatnonzero(fold == number):
                seen = [factors.rows(histories[at].until(cycle)) for cycle in cuts[at]]
                found = [paths.weigh(one, ahead) for one in seen]
                for temper in TEMPERS:
                    told[m, temper][at] = np.array(
                        [_normal(temper * a + b, ahead).sum(axis=1) for a, b in found]
                    )
    return told


def _chosen(
    told: dict[tuple[int, float], list[Array]], cuts: Sequence[Array],
    histories: Sequence[History], ahead: Array, level: float, horizon: float,
) -> tuple[Trial, list[Array]]:  # fmt: skip
    """Choose modes and temper that tell the truth best; return where it fell in their posterior."""
    left = [one.age - at for one, at in zip(histories, cuts, strict=True)]
    width = np.diff(edges(ahead))
    best: tuple[Trial, list[Array]] | None = None
    for (modes, temper), weights in told.items():
        each = list(zip(weights, left, strict=True))
        surprise = np.mean(
            [
                np.mean(-np.log((w / width)[np.arange(len(x)), _cell(ahead, x)] + 1e-6))
                for w, x in each
            ]
        )
        place = [share_below(ahead, w, x) for w, x in each]
        error = [
            np.mean((w @ np.minimum(ahead, horizon) - np.minimum(x, horizon)) ** 2)
            for w, x in each
        ]
        held = np.mean([np.mean(np.abs(at - 0.5) <= level / 2) for at in place])
        trial = Trial(
            modes, temper, float(surprise), float(np.sqrt(np.mean(error))), float(held)
        )
        if best is None or trial.surprise < best[0].surprise - GAIN * (modes > best[0].modes):
            best = trial, place
    assert best is not None
    return best


def _cell(ahead: Array, cycles: Array) -> np.ndarray:
    return np.clip(np.searchsorted(edges(ahead), cycles, side="right") - 1, 0, len(ahead) - 1)


def _middle(place: list[Array], level: float) -> float:
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
    reached = np.searchsorted(np.cumsum(weight[order]), wanted - 1e-12)
    return float(off[order][min(reached, len(off) - 1)])


def _normal(log: Array, ahead: Array) -> Array:
    """Turn log densities at `ahead`, shape (r, m), into weights that add up to 1."""
    log = log + np.log(np.diff(edges(ahead)))[:, None]
    return np.asarray(np.exp(log - logsumexp(log)))
