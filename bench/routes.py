"""Routing: bench/routes.py FILE.vrp [FILE.vrp…] --seconds S [--workers 2] [--direct].

Instances in VRPLIB's format; the best-known solution of FILE.vrp stands in FILE.sol beside it.
Distances are rounded as the family of the instance has it: instances with time windows as in the
12th DIMACS challenge (one decimal, truncated), others to whole numbers. With --direct PyVRP is
called by itself afterwards, each time in one process, for as much processor time as the plan took;
as many instances at a time as the plans had workers.
"""

import argparse
import json
import os
import resource
import sys
import time
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path
from statistics import fmean

import numpy as np
import pyvrp
import vrplib

from linli.engines.routes.problem import Order, Problem, Vehicle, Visit
from linli.engines.routes.solve import solve
from linli.engines.routes.travel import Travel
from linli.engines.routes.windows import FOREVER


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("files", nargs="+", type=Path, metavar="FILE.vrp")
    parser.add_argument("--seconds", type=float, required=True)
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--direct", action="store_true", help="compare with PyVRP by itself")
    options = parser.parse_args()
    rows = [measured(path, options) for path in options.files]
    if options.direct:
        with ProcessPoolExecutor(options.workers, get_context("spawn")) as pool:
            budgets = [row["processor_s"] for row in rows]
            seeds = [options.seed] * len(rows)
            for row, more in zip(
                rows, pool.map(direct, options.files, budgets, seeds), strict=True
            ):
                row |= more
                print(json.dumps({"name": row["name"], **more}), file=sys.stderr, flush=True)
    found = {
        "gap_percent": mean(rows, "gap_percent"),
        "per_instance": rows,
        "feasible": all(row["feasible"] for row in rows),
        "overhead_percent": mean(rows, "overhead_percent"),
        "seconds": options.seconds,
        "workers": options.workers,
    }
    if options.direct:
        found["pyvrp_gap_percent"] = mean(rows, "pyvrp_gap_percent")
    print(json.dumps(found))


def measured(path: Path, options: argparse.Namespace) -> dict:
    """Plan one instance."""
    instance = vrplib.read_instance(path)
    rounding = rounding_of(instance)
    problem, scale = read(instance, rounding)
    best = best_known(path)
    started, cpu = time.perf_counter(), processor_s()
    plan = solve(problem, options.seconds, workers=options.workers, seed=options.seed)
    wall, cpu = time.perf_counter() - started, processor_s() - cpu
    row = {
        "name": path.stem,
        "cost": round(plan.cost.total / scale, 1),
        "best_known": best,
        "gap_percent": None if best is None else round(plan.gap(best * scale), 3),
        "feasible": plan.is_feasible and not plan.left_out and not plan.faults,
        "vehicles": len(plan.routes),
        "wall_s": round(wall, 2),
        "processor_s": round(cpu, 2),
        "iterations": plan.iterations,
        "overhead_percent": round(100 * (1 - plan.searched / wall), 2),
        "load": round(os.getloadavg()[0], 1),
    }
    print(json.dumps(row), file=sys.stderr, flush=True)
    return row


def direct(path: Path, processor_s: float, seed: int) -> dict:
    """Let PyVRP solve one instance by itself."""
    rounding = rounding_of(vrplib.read_instance(path))
    scale = 10 if rounding == "dimacs" else 1
    result = pyvrp.solve(
        pyvrp.read(path, round_func=rounding), Processor(processor_s), seed, display=False
    )
    if not result.best.is_feasible():
        return {"pyvrp_cost": None}
    row = {"pyvrp_cost": round(result.cost() / scale, 1)}
    best = best_known(path)
    if best is not None:
        row["pyvrp_gap_percent"] = round(100 * (result.cost() / (best * scale) - 1), 3)
    return row


def rounding_of(instance: dict) -> str:
    """Return how the instance's family rounds distances."""
    return "dimacs" if "time_window" in instance else "round"


def read(instance: dict, rounding: str) -> tuple[Problem, int]:
    """Return an instance as a problem, and how many units of distance are one of the file's."""
    scale = 10 if rounding == "dimacs" else 1
    ways = np.asarray(instance["edge_weight"], float)
    ways = np.floor(ways * 10) if scale == 10 else np.round(ways)
    n = len(ways)
    names = tuple(str(at) for at in range(n))
    service = np.broadcast_to(instance.get("service_time", 0), n) * scale
    windows = instance.get("time_window")
    orders = tuple(
        Order(
            names[at],
            delivery=Visit(
                names[at],
                int(service[at]),
                () if windows is None else (tuple(int(w) * scale for w in windows[at]),),
            ),
            amounts={"": float(instance["demand"][at])},
        )
        for at in range(1, n)
    )
    shift = (0, FOREVER) if windows is None else tuple(int(w) * scale for w in windows[0])
    number = int(instance.get("vehicles", n - 1))
    vehicles = tuple(
        Vehicle(f"v{at}", "0", "0", {"": float(instance["capacity"])}, shift, per_km=1000.0)
        for at in range(number)
    )
    return Problem(orders, vehicles, Travel(names, ways, ways)), scale


def best_known(path: Path) -> float | None:
    """Read the cost of the best-known solution beside an instance."""
    beside = path.with_suffix(".sol")
    if not beside.exists():
        return None
    return float(vrplib.read_solution(beside)["cost"])


class Processor:
    """Stops PyVRP after some processor time."""

    def __init__(self, seconds: float) -> None:
        self._ends = time.process_time() + seconds

    def __call__(self, best_cost: float) -> bool:
        return time.process_time() >= self._ends


def processor_s() -> float:
    """Return the processor time of this process and those it has ended."""
    usages = (resource.getrusage(w) for w in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    return sum(usage.ru_utime + usage.ru_stime for usage in usages)


def mean(rows: list[dict], key: str) -> float | None:
    values = [row[key] for row in rows if row.get(key) is not None]
    return round(fmean(values), 3) if values else None


if __name__ == "__main__":
    main()
