"""How well forecasts do on real monthly series, against the naive and the seasonal naive one.

    python bench/trend.py [--data DIR] [--origins N] [--horizon N]

Series: those bundled with statsmodels that are monthly (`co2`, monthly means; `elnino`, sea
surface temperature; `elec_equip`, turnover of electrical equipment in the euro area) and, with
`--data`, the monthly number of messages of each district in `messages/feed.csv`. From each of
the last origins of a series everything before it is given to `engines/trend.py`, which chooses
its method by looking at that past alone. Printed for each series and in the mean: MASE (scaled
by the naive error within the past, seasonal where there are seasons), sMAPE in percent, and the
share of values within the interval of 90 %.
"""

import argparse
import csv
import json
import sys
import time
import warnings
from collections import Counter
from pathlib import Path

import numpy as np

from linli.engines import trend

SEASON = 12


def say(text: str) -> None:
    """Tell the progress on stderr."""
    print(text, file=sys.stderr, flush=True)


def bundled() -> dict[str, np.ndarray]:
    """Return the monthly series that come with statsmodels, ten years of the long ones."""
    from statsmodels.datasets import co2, elec_equip, elnino

    series = {}
    weekly = co2.load_pandas().data["co2"]
    series["co2"] = weekly.resample("MS").mean().interpolate().to_numpy()[-144:]
    series["elnino"] = elnino.load_pandas().data.drop(columns="YEAR").to_numpy().ravel()[-144:]
    equipment = elec_equip.load().data
    series["elec_equip"] = np.asarray(equipment, dtype=float).ravel()[-144:]
    return series


def messages(file: Path) -> dict[str, np.ndarray]:
    """Return how many messages came a month: of all, and of each district that has enough."""
    import re

    total: Counter[str] = Counter()
    places: dict[str, Counter[str]] = {}
    with file.open(encoding="utf-8-sig", newline="") as rows:
        for row in csv.DictReader(rows):
            found = re.match(r"(\d{4})\D(\d{1,2})", row["created"])
            if not found:
                continue
            month = f"{found[1]}-{int(found[2]):02d}"
            total[month] += 1
            place = re.search(r"A(\d{1,2}|市)?[区县]|A\d{1,2}", row["subject"] + row["body"])
            if place:
                places.setdefault(place[0], Counter())[month] += 1
    # The last month of a feed is not whole.
    months = sorted(month for month, n in total.items() if n > 20)[:-1]
    series = {"messages, all": np.array([total[month] for month in months], dtype=float)}
    for place, counts in sorted(places.items(), key=lambda one: -sum(one[1].values()))[:8]:
        series[f"messages, {place}"] = np.array([counts[m] for m in months], dtype=float)
    return {name: y for name, y in series.items() if len(y) >= 12 and y.mean() >= 5}


def measured(y: np.ndarray, starts: list[int], horizon: int) -> dict[str, dict[str, float]]:
    """Return MASE, sMAPE and coverage of the chosen method and of both naive ones."""
    told: dict[str, list[tuple[float, float, float]]] = {}
    chosen: Counter[str] = Counter()
    for start in starts:
        past, future = y[:start], y[start : start + horizon]
        season = SEASON if len(past) >= 2 * SEASON + 2 else 1
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            found = trend.outlook(past, season, horizon)
        if found is None:
            continue
        chosen[found.method] += 1
        bands = {"chosen": found.band, "naive": found.naive}
        if found.seasonal is not None:
            bands["seasonal-naive"] = found.seasonal
        by = trend.scale(past, season)
        for name, band in bands.items():
            told.setdefault(name, []).append(
                (trend.mase(future, band.mean, by), trend.smape(future, band.mean),
                 trend.coverage(future, band))
            )  # fmt: skip
    made = {
        name: dict(zip(("mase", "smape", "coverage"), np.mean(rows, axis=0).round(3).tolist(),
                       strict=True))
        for name, rows in told.items()
    }  # fmt: skip
    return made | {"methods": dict(chosen)}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path)
    parser.add_argument("--origins", type=int, default=5)
    parser.add_argument("--horizon", type=int, default=6)
    given = parser.parse_args()
    series = bundled()
    if given.data and (given.data / "messages" / "feed.csv").is_file():
        series |= messages(given.data / "messages" / "feed.csv")
    began, each = time.perf_counter(), {}
    for name, y in series.items():
        # The messages are of one year: no season can be learnt, and two months ahead must do.
        horizon = given.horizon if len(y) >= 30 else 2
        last = len(y) - horizon
        step = max(1, (last - max(len(y) // 2, 8)) // given.origins)
        starts = sorted({max(last - step * k, 6) for k in range(given.origins)})
        each[name] = measured(y, starts, horizon) | {"months": len(y), "horizon": horizon}
        say(f"{name}: {each[name]}")
    mean = {
        method: {
            key: round(
                float(np.mean([one[method][key] for one in each.values() if method in one])), 3
            )
            for key in ("mase", "smape", "coverage")
        }
        for method in ("chosen", "naive", "seasonal-naive")
    }
    drawn = {
        name: sum(one["chosen"]["mase"] < one[name]["mase"] for one in each.values() if name in one)
        for name in ("naive", "seasonal-naive")
    }
    better = sum(
        one["chosen"]["mase"] < min(one[n]["mase"] for n in ("naive", "seasonal-naive") if n in one)
        for one in each.values()
    )
    print(
        json.dumps(
            {
                "series": len(each), "horizon": given.horizon, "origins": given.origins,
                "mean": mean, "better_than_both": better, "better_than": drawn, "each": each,
                "seconds": round(time.perf_counter() - began, 1),
            },
            ensure_ascii=False,
        )
    )  # fmt: skip


if __name__ == "__main__":
    main()
