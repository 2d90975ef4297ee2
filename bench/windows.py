"""What bench/life.py compares with: boosted trees on figures of the last 30 rows."""

from collections.abc import Sequence

import numpy as np
from sklearn.ensemble import HistGradientBoostingRegressor

from linli.engines.life import History
from linli.engines.life.regimes import Regimes

WINDOW = 30


def boosted(train: Sequence[History], test: Sequence[History], horizon: float) -> np.ndarray:
    """Return what is left of the test engines by trees fitted to windows of whole lives."""
    regimes = Regimes.fit(train)
    values = np.concatenate([one.sensors for one in train])
    regime = np.concatenate([regimes.of(one.settings) for one in train])
    mean = np.array([values[regime == g].mean(axis=0) for g in range(len(regimes))])
    spread = np.array([values[regime == g].std(axis=0) for g in range(len(regimes))])
    kept = (spread > 1e-6 * (1 + np.abs(mean))).all(axis=0)

    def plain(one: History) -> np.ndarray:
        of = regimes.of(one.settings)
        return ((one.sensors - mean[of])[:, kept]) / spread[of][:, kept]

    figures, left = [], []
    for one in train:
        rows = plain(one)
        for seen in range(15, len(rows) + 1, 2):
            figures.append(figures_of(rows[:seen]))
            left.append(min(one.age - one.cycles[seen - 1], horizon))
    trees = HistGradientBoostingRegressor(
        max_iter=400, learning_rate=0.04, max_leaf_nodes=15, min_samples_leaf=40,
        max_features=0.4, early_stopping=False, random_state=0,
    )  # fmt: skip
    trees.fit(np.array(figures), np.array(left))
    return np.asarray(trees.predict(np.array([figures_of(plain(one)) for one in test])))


def figures_of(rows: np.ndarray) -> np.ndarray:
    """Return level, noise and slope of the last rows, change since the first ones, and age."""
    last = rows[-WINDOW:]
    at = np.arange(len(last)) - (len(last) - 1) / 2
    slope = (at @ last) / max(float((at**2).sum()), 1.0)
    return np.concatenate(
        [
            last.mean(axis=0), last[-10:].mean(axis=0), last[-5:].mean(axis=0), last.std(axis=0),
            slope, last.mean(axis=0) - rows[:20].mean(axis=0), rows.mean(axis=0), [len(rows)],
        ]
    )  # fmt: skip
