"""What maintenance makes of the simulated plant: bench/plant_wear.py [--healthy] [--lives].

Machines of each kind run without a database, as in the demonstration's past (a row each half
hour) and as in its last days (--every 600); their readings are put together as
`maintenance.histories` does it. `--healthy` lets nothing wear: every alarm is false. `--lives`
learns life models and tells how often intervals hold lives that they did not learn from.
"""

import argparse
import json
import sys

import numpy as np

from linli.engines.life import DriftDetector, History, LifeModel
from linli.engines.life.earlier import faded
from linli.simulate.plant.kinds import KINDS, Kind
from linli.simulate.plant.machine import Machine
from linli.simulate.plant.orders import DAY, HOUR, LOCAL_S

BEGIN = 1_700_000_000 // DAY * DAY - LOCAL_S
ROW_H, RUNS, NORMAL_ROWS, BETWEEN = 4.0, 0.9, 30, 2000
SETTINGS = ("speed", "load", "ambient")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--normal", type=int, default=NORMAL_ROWS, help="rows of it")
    parser.add_argument("--healthy", action="store_true")
    parser.add_argument("--lives", action="store_true")
    parser.add_argument("--machines", type=int, default=4, help="of each kind")
    parser.add_argument("--days", type=int, default=320)
    parser.add_argument("--every", type=float, default=1800.0, help="seconds between readings")
    parser.add_argument("--settings", nargs="*", default=list(SETTINGS))
    options = parser.parse_args()
    found = {}
    for kind in KINDS:
        lives = [
            one
            for number in range(options.machines)
            for one in lived(kind, number, options.days, options.every, options.settings,
                             options.healthy)
        ]  # fmt: skip
        found[kind.name] = remaining(lives) if options.lives else drift(lives, options.normal)
        print(kind.name, found[kind.name], file=sys.stderr)
    print(json.dumps(found))


def lived(
    kind: Kind, number: int, days: int, every: float, settings: list[str], healthy: bool
) -> list[tuple[History, bool]]:
    """Return the lives of a machine, and of each whether it ended by failure."""
    machine = Machine(f"{kind.name}-{number}", kind, BEGIN, 7)
    machine.renew()
    if healthy:
        for name in machine.parts:
            machine.parts[name].fails_at = 1e9
        machine._befall = calm(machine)  # type: ignore[method-assign]
    at = np.arange(BEGIN + every, BEGIN + days * DAY, every)
    told = machine.run(at)
    hour = np.floor((at - 1e-3) / HOUR).astype(int)
    ends = [
        BEGIN,
        *(h.until or at[-1] for h in told.happenings if h.what in ("failure", "replaced")),
    ]
    stops = [h.at for h in told.happenings if h.what in ("failure", "replaced")]
    failed = [h.what == "failure" for h in told.happenings if h.what in ("failure", "replaced")]
    lives = []
    for n, begins in enumerate(ends):
        until = stops[n] if n < len(stops) else at[-1] + 1
        own = (at > begins) & (at <= until)
        one = rows(told.values, hour[own], own, settings, [s.name for s in kind.sensors])
        if one is not None:
            lives.append((one, n < len(failed) and failed[n]))
    return lives


def calm(machine: Machine):
    """Let a machine stop as ever, but have no sudden faults."""
    befall = Machine._befall

    def only_stops(cause: str, at: float):
        return befall(machine, "stop" if cause == "fault" else cause, at)

    return only_stops


def rows(values, hour, own, settings, sensors) -> History | None:
    """Put readings together into rows, as `maintenance.histories` does."""
    if len(hour) < 40:
        return None
    _, at, counts = np.unique(hour, return_inverse=True, return_counts=True)

    def mean(key: str) -> np.ndarray:
        return np.bincount(at, values[key][own]) / counts

    last = np.append(np.flatnonzero(np.diff(at)), len(at) - 1)
    counter = values["hours"][own][last]
    age = counter - counter[0]
    says = mean("running") >= RUNS
    if says.sum() < 40:
        return None
    bins = np.floor(np.maximum(age[says] - 1e-9, 0) / ROW_H).astype(int)
    _, of, number = np.unique(bins, return_inverse=True, return_counts=True)

    def put(column: np.ndarray) -> np.ndarray:
        return np.bincount(of, column[says]) / number

    told = [mean(key) for key in settings]
    hours = hour[np.flatnonzero(np.diff(hour, prepend=-1))]
    hourly = hours.astype("datetime64[h]")
    told += [
        faded(column, hourly)
        for key, column in zip(settings, told, strict=True)
        if key != "ambient"
    ]

    cycles = age[says][np.append(np.flatnonzero(np.diff(of)), len(of) - 1)]
    fresh = np.append(True, np.diff(cycles) > 1e-9) & (cycles > 0)
    return History(
        cycles[fresh], np.column_stack([put(column) for column in told])[fresh],
        np.column_stack([put(mean(k)) for k in sensors])[fresh],
    )  # fmt: skip


def drift(lives: list[tuple[History, bool]], normal: int) -> dict[str, float]:
    """Tell how often machines are above the limit, by the share of their life."""
    above, share, watched, first = [], [], 0, 0
    for one, failed in lives:
        if len(one) < normal + 10:
            continue
        found = DriftDetector.fit(one, first=normal, between_alarms=BETWEEN).watch(one)
        is_above = found.score[normal:] > 1
        watched += len(is_above)
        first += int((np.diff(is_above.astype(int), prepend=0) == 1).sum())
        above.append(is_above)
        share.append(one.cycles[normal:] / one.age if failed else np.full(len(is_above), np.nan))
    all_above, all_share = np.concatenate(above), np.concatenate(share)
    by = {}
    for low in (0.2, 0.4, 0.6, 0.8):
        those = all_above[(all_share >= low) & (all_share < low + 0.2)]
        if len(those):
            by[f"at_{low:.0%}"] = round(float(those.mean()), 3)
    return {"rows": watched, "above": round(float(all_above.mean()), 3), "alarms": first,
            "rows_per_alarm": round(watched / max(first, 1))} | by  # fmt: skip


def remaining(lives: list[tuple[History, bool]]) -> dict[str, float]:
    """Tell how often intervals hold lives not learnt from, before and after calibration."""
    failed = [one for one, is_failed in lives if is_failed and len(one) >= 8]
    censored = [one for one, is_failed in lives if not is_failed and len(one) >= 8]
    half = len(failed) // 2
    model = LifeModel.fit(failed[:half], horizon=500, censored=censored)
    truth, low, high, mean = [], [], [], []
    for one in failed[half:]:
        for share in (0.3, 0.5, 0.7, 0.9):
            seen = one.until(max(share * one.age, one.cycles[0]))
            told = model.predict([seen])
            truth.append(one.age - seen.age)
            low.append(told.low[0])
            high.append(told.high[0])
            mean.append(told.mean()[0])
    t, lo, hi, m = (np.array(x) for x in (truth, low, high, mean))
    return {"lives": half, "trial_coverage": round(model.trial.coverage, 3),
            "held_out": round(float(((lo <= t) & (t <= hi)).mean()), 3),
            "told_minus_true_h": round(float((m - t).mean()), 1),
            "rmse": round(model.trial.rmse, 1)}  # fmt: skip


if __name__ == "__main__":
    main()
