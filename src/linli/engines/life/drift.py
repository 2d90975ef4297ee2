"""When a machine leaves its own normal, by which sensors, and since when; no failure is needed.

Its normal is learnt from healthy rows of its own: the mean of each sensor in each regime of its
settings, how each goes with settings that have no levels (load, the temperature around; see
`normal`), and how sensors vary together (robustly: a few bad rows among the healthy ones do not
count). Rows are then watched by a multivariate exponentially weighted moving average (MEWMA,
Lowry et al. 1992), which adds up small shifts that last and lets single outliers pass.
"""

from collections.abc import Sequence
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Self

import numpy as np
from scipy.signal import lfilter
from threadpoolctl import threadpool_limits

from linli.engines import store

from .histories import Array, History, same_layout
from .normal import Normal
from .regimes import Regimes

KIND = "drift-detector/2"

WEIGHT = 0.1
"""Of the newest row in the moving average: shifts of one deviation are found in about ten rows."""

FEWEST = 20
"""Healthy rows needed."""

TRIALS = 200
"""Machines simulated for the limit."""


@dataclass(frozen=True)
class Drift:
    """What watching a machine found.

    Attributes
    ----------
    cycles
        Of each row, shape (n,).
    score
        How far the machine is from its normal at each row, as a share of the alarm limit: above 1
        is an alarm. Shape (n,).
    is_drifting
        Whether the last row is above the limit.
    alarm
        Cycle of the first row of the alarm that lasts to the end; None without one.
    since
        Cycle at which the shift behind it began: the likeliest start of a step or a ramp up to
        the alarm. None without an alarm.
    sensors
        (position, share of the departure, mean shift since then in deviations), the greatest share
        first; shares add up to 1. Empty without an alarm.
    """

    cycles: Array
    score: Array
    is_drifting: bool
    alarm: float | None
    since: float | None
    sensors: tuple[tuple[int, float, float], ...]

    def __str__(self) -> str:
        if not self.is_drifting:
            return f"normal ({self.score[-1]:.0%} of the limit)"
        first = ", ".join(f"sensor {at} ({shift:+.1f} σ)" for at, _, shift in self.sensors[:3])
        return f"drifting since cycle {self.since:g}: {first}"


@dataclass(frozen=True)
class DriftDetector:
    """A machine's own normal.

    Attributes
    ----------
    regimes
        How it is run.
    normal
        Means, deviations and correlation of its sensors.
    limit
        Of the squared distance of the moving average from normal, see `fit`.
    layout
        Numbers of settings and of sensors.
    """

    regimes: Regimes
    normal: Normal
    limit: float
    layout: tuple[int, int]

    @classmethod
    @threadpool_limits.wrap(limits=1)
    def fit(
        cls, healthy: History | Sequence[History], first: int | None = None,
        between_alarms: float = 1000.0, seed: int = 0,
    ) -> Self:  # fmt: skip
        """Learn what is normal.

        Parameters
        ----------
        healthy
            A machine's history, or spans of it in which it was well.
        first
            Only so many of its first rows are known to be healthy; None takes all.
        between_alarms
            Rows that pass on the mean between false alarms of machines that stay well, over many
            machines: each time that one goes above the limit counts. The limit is found by
            simulation, of machines with independent normal sensors that are run as in the healthy
            rows and learnt from as many rows as here in the same way. It is no promise for each
            machine: with few rows most have no alarm, and few that were learnt badly have many.
        seed
            Of the simulation.

        Raises
        ------
        ValueError
            If there are fewer than 20 healthy rows, or no sensor varies in them.
        """
        spans = [healthy] if isinstance(healthy, History) else list(healthy)
        layout = same_layout(spans)
        settings = np.concatenate([one.settings for one in spans])[:first]
        sensors = np.concatenate([one.sensors for one in spans])[:first]
        if len(settings) < FEWEST:
            raise ValueError(f"{len(settings)} healthy rows are too few, {FEWEST} are needed")
        rows = History(np.arange(float(len(settings))), settings, sensors)
        regimes = Regimes.fit([rows])
        regime = regimes.of(settings)
        free = np.flatnonzero(np.isinf(regimes.scale))
        normal = Normal.learn(sensors, regime, len(regimes), settings, free)
        limit = _limit(len(normal.kept), regime, settings, free, int(between_alarms), seed)
        return cls(regimes, normal, limit, layout)

    def save(self, path: Path | str) -> None:
        """Write the detector to `path` (arrays and JSON; nothing in it runs when loaded)."""
        head = {"kind": KIND, "limit": self.limit, "layout": self.layout}
        parts = {"regimes": self.regimes, "normal": self.normal}
        arrays = {f"{key}.{name}": x for key, one in parts.items() for name, x in vars(one).items()}
        store.write(path, head, arrays)

    @classmethod
    def load(cls, path: Path | str) -> Self:
        """Read a detector written by `save`.

        Raises
        ------
        NotAModelError
            If the file is something else.
        """
        head, arrays = store.read(path, KIND)
        try:
            regimes = Regimes(*(arrays[f"regimes.{one.name}"] for one in fields(Regimes)))
            normal = Normal(*(arrays[f"normal.{one.name}"] for one in fields(Normal)))
            settings, sensors = head["layout"]
            return cls(regimes, normal, head["limit"], (settings, sensors))
        except (KeyError, TypeError, ValueError) as error:
            raise store.NotAModelError(f"{path} is not a whole drift detector") from error

    def watch(self, history: History) -> Drift:
        """Look through a history for a departure from normal that lasts.

        Parameters
        ----------
        history
            Of the same machine; its healthy rows may be among it. A missing value counts as
            normal, as does a row in a regime that was not seen often enough to have a normal, or
            with a setting further outside of those seen than three of their ranges. Nearer
            than that an alarm takes as much more as the slopes learnt are unsure.

        Raises
        ------
        ValueError
            If numbers of settings and sensors are not those learnt.
        """
        if (found := same_layout([history])) != self.layout:
            raise ValueError(f"{history}: {found[1]} sensors, learnt were {self.layout[1]}")
        regime = self.regimes.of(history.settings)
        shifts = self.normal.shifts(history.sensors, regime, history.settings)
        score = _scores(self.normal, shifts, regime, history.settings) / self.limit
        is_above = score > 1
        if not is_above[-1]:
            return Drift(history.cycles, score, False, None, None, ())
        rest = np.flatnonzero(~is_above)
        alarm = int(rest[-1]) + 1 if len(rest) else 0
        began = change(shifts, self.normal.correlation, alarm)
        shift = shifts[began:].mean(axis=0)
        share = shares(shift, self.normal.correlation)
        sensors = tuple(
            (int(self.normal.kept[at]), float(share[at]), float(shift[at]))
            for at in np.argsort(-share, kind="stable")
        )
        cycles = history.cycles
        return Drift(cycles, score, True, float(cycles[alarm]), float(cycles[began]), sensors)


def distances(shifts: Array, correlation: Array, more: Array | float = 0.0) -> Array:
    """Return the squared Mahalanobis distance of the moving average at each row, shape (n,).

    `more` is variance of the average beside that of rows: of what normal is where it is unsure.

    The average starts at nought; after n rows it has λ / (2 − λ) · (1 − (1 − λ)²ⁿ) times the
    variance of a row, and is divided by that, so that the first rows can alarm as the later ones.
    """
    average = lfilter([WEIGHT], [1, WEIGHT - 1], shifts, axis=0)
    rows = np.arange(1, len(shifts) + 1)
    variance = WEIGHT / (2 - WEIGHT) * (1 - (1 - WEIGHT) ** (2 * rows))
    return np.asarray(_squared(average, correlation) / (variance + more))


def _scores(normal: Normal, shifts: Array, regime: np.ndarray, settings: Array) -> Array:
    """Return the distances of rows from normal, what is unsure of its slopes allowed for.

    A slope that is wrong shifts the average by as much as the average of the setting is off its
    middle: settings that come and go cost nothing, a season that stays does.
    """
    away = normal.away(regime, settings)
    held = lfilter([WEIGHT], [1, WEIGHT - 1], away, axis=0)
    return distances(shifts, normal.correlation, ((held @ normal.unsure) * held).sum(axis=1))


def change(shifts: Array, correlation: Array, alarm: int) -> int:
    """Return the likeliest row, up to that of the alarm, at which a step or a ramp began.

    Both are fitted from each row to the time constant of the average after the alarm; the greatest
    likelihood ratio of either against no change wins.
    """
    end = min(len(shifts), alarm + int(1 / WEIGHT) + 1)
    best, found = -np.inf, alarm
    for start in range(alarm + 1):
        rows = shifts[start:end]
        for form in (np.ones(len(rows)), np.arange(1.0, len(rows) + 1)):
            # With a form f the likeliest height is Σ f·x / Σ f², and twice the log ratio this:
            ratio = _squared((form @ rows)[None], correlation)[0] / (form @ form)
            if ratio > best + 1e-9:
                best, found = ratio, start
    return found


def shares(shift: Array, correlation: Array) -> Array:
    """Split the squared distance of a shift among sensors, shares add up to 1, shape (k,).

    A sensor's part is its shift times what of it others do not explain; less than nought (it
    moved with the others less than it should have) counts as nought.
    """
    part = np.maximum(shift * np.linalg.solve(correlation, shift), 0.0)
    return np.asarray(part / max(part.sum(), 1e-12))


def _squared(rows: Array, correlation: Array) -> Array:
    return np.asarray((rows * np.linalg.solve(correlation, rows.T).T).sum(axis=1))


def _limit(
    sensors: int, regime: np.ndarray, settings: Array, free: np.ndarray, rows: int, seed: int
) -> float:
    """Simulate the limit that machines which stay well pass once in so many rows on the mean."""
    rng = np.random.default_rng(seed)
    regimes = int(regime.max()) + 1
    scores = np.empty((TRIALS, rows))
    for trial in range(TRIALS):
        healthy = rng.normal(size=(len(regime), sensors))
        normal = Normal.learn(healthy, regime, regimes, settings, free)
        then = rng.choice(len(regime), rows)
        shifts = normal.shifts(rng.normal(size=(rows, sensors)), regime[then], settings[then])
        scores[trial] = _scores(normal, shifts, regime[then], settings[then])
    return passed_once(scores)


def passed_once(scores: Array) -> float:
    """Return the least limit that histories pass at most once each on the mean, from below.

    A limit that lies between two rows that follow each other is passed there. Machines whose
    normal was learnt badly pass it at once and again and again: a limit by the share of machines
    that pass it at all (as with alarms at random, e⁻¹ of them never) is passed many times as often.
    """
    before = np.hstack([np.zeros((len(scores), 1)), scores[:, :-1]])
    up = scores > before
    # Of all limits from the highest down: one more passing at each upper end, one less below.
    ends = np.concatenate([scores[up], before[up]])
    steps = np.repeat([1, -1], up.sum())
    order = np.argsort(-ends, kind="stable")
    passed = np.cumsum(steps[order])
    often = np.flatnonzero(passed > len(scores))
    return float(ends[order][often[0]]) if len(often) else float(scores.min())
