"""Remaining useful life with a calibrated interval, learnt from machines that failed."""

from collections.abc import Sequence
from pathlib import Path
from typing import Self

import numpy as np
from threadpoolctl import threadpool_limits

from linli.engines import store

from .factors import Factors, Rows
from .histories import Array, History, same_layout
from .paths import Mode, Paths, weighed
from .regimes import Regimes
from .remaining import Remaining, quantile
from .trial import FOLDS, Trial, chosen, cuts_of, cycles_ahead, held_out, middle_of, normal

KIND = "life-model/1"


class LifeModel:
    """Remaining useful life of machines of one kind, with an interval that holds.

    Models with one to four modes of failure are put together, each counting as much as makes the
    truth likeliest where they had not seen it (stacking of predictive distributions, Yao et al.
    2018). On C-MAPSS FD001 that is better than any of them alone.

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

    Matrices are many and small: one thread works on them, where several would wait for each other.
    """

    def __init__(
        self, factors: Factors, paths: Sequence[Paths], ahead: Array, middle: float,
        level: float, trial: Trial, layout: tuple[int, int],
    ) -> None:  # fmt: skip
        self.trial, self.level = trial, level
        self._factors, self._paths = factors, tuple(paths)
        self._ahead, self._middle, self._layout = ahead, middle, layout

    @classmethod
    @threadpool_limits.wrap(limits=1)
    def fit(
        cls, histories: Sequence[History], level: float = 0.9, horizon: float = np.inf,
        seed: int = 0, censored: Sequence[History] = (),
    ) -> Self:  # fmt: skip
        """Learn from whole lives, and from some that were ended before their time.

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
        censored
            Machines that still ran, or were renewed, after their last row. What was left of each
            is told by a model of the others, a low, a middle and a high third of it, and each is
            learnt from as three thirds of a machine (multiple imputation). Without them a kind
            whose good machines are renewed in time would seem to fail early. They choose and
            calibrate nothing: nobody knows their end.

        Raises
        ------
        ValueError
            If there are fewer than 5 failures, or they differ in their numbers of settings and
            sensors, or no sensor tells of wear.
        """
        layout = same_layout([*histories, *censored])
        if len(histories) < 5:
            raise ValueError(f"{len(histories)} lives are too few to learn from, 5 are needed")
        _check_ages(histories)
        if not 0 < level < 1:
            raise ValueError(f"level {level} is not between 0 and 1")
        rng = np.random.default_rng(seed)
        fold = rng.permutation(len(histories)) % FOLDS
        ahead = cycles_ahead(np.array([one.age for one in histories]))
        cuts = [cuts_of(one, horizon, rng) for one in histories]
        found = held_out(histories, cuts, fold, ahead, seed)
        left = [one.age - at for one, at in zip(histories, cuts, strict=True)]
        trial, place = chosen(found, left, ahead, level, horizon)
        factors = Factors.fit(histories)
        rows = [factors.rows(one) for one in histories]
        paths = [Paths.fit(rows, number, seed) for number in trial.modes]
        made = cls(factors, paths, ahead, middle_of(place, level), level, trial, layout)
        return made._joined(rows, censored, seed) if censored else made

    def _joined(self, failed: Sequence[Rows], censored: Sequence[History], seed: int) -> Self:
        """Return the model that learnt from censored lives too."""
        _check_ages(censored)
        told = self.predict(censored)
        left = np.array([told.quantile(share) for share in (1 / 6, 1 / 2, 5 / 6)])
        rows = [self._factors.rows(one) for one in censored]
        ends = np.array([one.age for one in censored]) + left
        lives = np.concatenate([[one.cycles[-1] for one in failed], *ends])
        counts = np.concatenate([np.ones(len(failed)), np.full(ends.size, 1 / len(left))])
        paths = [
            Paths.fit([*failed, *rows, *rows, *rows], number, seed, lives, counts)
            for number in self.trial.modes
        ]
        ahead = cycles_ahead(lives)
        return type(self)(
            self._factors, paths, ahead, self._middle, self.level, self.trial, self._layout
        )

    @threadpool_limits.wrap(limits=1)
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
            If there is none, numbers of settings and sensors are not those of training, or a
            machine was not used yet (cycle 0 or less at its last row).
        """
        layout = same_layout(histories)
        if layout != self._layout:
            raise ValueError(
                f"{layout[0]} settings and {layout[1]} sensors, learnt from {self._layout[0]} and "
                f"{self._layout[1]}"
            )
        _check_ages(histories)
        rows = [self._factors.rows(one) for one in histories]
        likely = np.array([self._weigh(one) for one in rows])
        low, high = (
            quantile(self._ahead, likely, np.full(len(likely), 0.5 + side * self._middle))
            for side in (-1, 1)
        )
        names = tuple(one.name for one in histories)
        return Remaining(self._ahead, likely, low, high, self.level, names)

    def _weigh(self, rows: Rows) -> Array:
        lives = rows.cycles[-1] + self._ahead
        stats = weighed(rows, lives)
        said = [paths.weigh(lives, *stats) for paths in self._paths]
        told = [normal(self.trial.temper * like + prior, self._ahead) for like, prior in said]
        return np.asarray(np.tensordot(self.trial.shares, told, axes=1))

    def save(self, path: Path | str) -> None:
        """Write the model to `path` (arrays and JSON; nothing in it runs when loaded)."""
        factors, arrays = self._factors, {"ahead": self._ahead}
        for name in ("kept", "mean", "loading", "noise", "low", "high"):
            arrays[f"factors.{name}"] = getattr(factors, name)
        arrays["regimes.centres"] = factors.regimes.centres
        arrays["regimes.scale"] = factors.regimes.scale
        for of, paths in enumerate(self._paths):
            for number, mode in enumerate(paths.modes):
                arrays[f"path{of}.{number}.mean"] = mode.mean
                arrays[f"path{of}.{number}.covariance"] = mode.covariance
        head = {
            "kind": KIND, "level": self.level, "middle": self._middle, "layout": self._layout,
            "trial": vars(self.trial),
            "paths": [[[m.share, m.centre, m.spread] for m in one.modes] for one in self._paths],
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
            paths = [
                Paths(
                    tuple(
                        Mode(*m, *(arrays[f"path{of}.{at}.{w}"] for w in ("mean", "covariance")))
                        for at, m in enumerate(one)
                    )
                )
                for of, one in enumerate(head["paths"])
            ]
            said = head["trial"]
            trial = Trial(**said | {key: tuple(said[key]) for key in ("modes", "shares")})
            settings, sensors = head["layout"]
            return cls(
                factors, paths, arrays["ahead"], head["middle"], head["level"], trial,
                (settings, sensors),
            )  # fmt: skip
        except (KeyError, TypeError, ValueError) as error:
            raise store.NotAModelError(f"{path} is not a whole life model") from error


def _check_ages(histories: Sequence[History]) -> None:
    for one in histories:
        if one.age <= 0:
            raise ValueError(f"{one}: its last row is of cycle {one.age:g}, before it was used")
