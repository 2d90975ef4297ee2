"""Remaining useful life: bench/life.py --train F --test F --rul F [--compare].

Files in the layout of C-MAPSS (unit, cycle, three settings, 21 sensors; blanks between; `.gz` is
allowed). The test engines are judged at their last cycle; --rul has what was left of each.
Everything is chosen on the training engines (see `cross_validation` in what is printed).
"""

import argparse
import json
import sys
import time
from pathlib import Path

import numpy as np
from windows import boosted

from linli.engines.life import History, LifeModel

HORIZON = 125
SHARE = 0.75
"""How far the forecast goes from the mean to the least expected score: of 0, 0.25 … 1 that with the
least RMSE in cross-validation on FD001's training engines (7.39, the mean 7.54)."""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--train", type=Path, required=True)
    parser.add_argument("--test", type=Path, required=True)
    parser.add_argument("--rul", type=Path, required=True)
    parser.add_argument("--compare", action="store_true", help="with boosted trees on windows")
    options = parser.parse_args()
    train, test = read(options.train), read(options.test)
    truth = np.loadtxt(options.rul, ndmin=1)
    if len(truth) != len(test):
        parser.error(f"{len(test)} test engines, but {len(truth)} remaining lives")
    print(f"{len(train)} engines to learn from, {len(test)} to tell of", file=sys.stderr)
    started = time.perf_counter()
    model = LifeModel.fit(train, horizon=HORIZON)
    fit_s = time.perf_counter() - started
    print(f"chosen on training engines: {model.trial}", file=sys.stderr)
    started = time.perf_counter()
    told = model.predict(test)
    per_second = len(test) / (time.perf_counter() - started)
    guess, capped = told.cautious(HORIZON, SHARE), np.minimum(truth, HORIZON)
    is_held = (told.low <= truth) & (truth <= told.high)
    found = {
        "rmse": rmse(guess - capped),
        "rmse_uncapped": rmse(guess - truth),
        "score": round(score(guess - capped), 1),
        "coverage_90": round(float(is_held.mean()), 4),
        "predictions_per_s": round(per_second, 1),
        "fit_s": round(fit_s, 1),
        "rmse_of_mean": rmse(told.mean(HORIZON) - capped),
        "rmse_nothing_capped": rmse(told.mean() - truth),
        "interval_width": round(float(np.mean(told.high - told.low)), 1),
        "coverage_90_capped": round(
            float(
                np.mean((np.minimum(told.low, HORIZON) <= capped) & (capped <= told.high))
            ), 4,
        ),
        "cross_validation": {
            k: np.round(v, 3).tolist() for k, v in vars(model.trial).items()
        },
    }  # fmt: skip
    if options.compare:
        print("boosted trees …", file=sys.stderr)
        error = np.minimum(boosted(train, test, HORIZON), HORIZON) - capped
        found["boosted"] = {"rmse": rmse(error), "score": round(score(error), 1)}
    print(json.dumps(found))


def read(path: Path) -> list[History]:
    """Read engines, one after the other."""
    rows = np.loadtxt(path, ndmin=2)
    return [
        History(own[:, 1], own[:, 2:5], own[:, 5:], f"engine {unit:g}")
        for unit in np.unique(rows[:, 0])
        for own in (rows[rows[:, 0] == unit],)
    ]


def rmse(error: np.ndarray) -> float:
    return round(float(np.sqrt(np.mean(error**2))), 3)


def score(late: np.ndarray) -> float:
    """Add up the PHM08 score: too late a forecast costs more than too early a one."""
    return float(np.where(late < 0, np.expm1(-late / 13), np.expm1(late / 10)).sum())


if __name__ == "__main__":
    main()
