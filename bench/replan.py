"""Plans made anew under way: bench/replan.py [--stops 200] [--runs 40] [--seconds 2].

A town's day is made up, planned, and then something happens while it is driven: an order more, a
delay, an order cancelled, a vehicle down, each in the morning or about noon. Half of the runs are
visits without goods, half deliveries with goods aboard.
"""

import argparse
import json
import os
import sys
import time
from statistics import fmean

import numpy as np

from linli.engines.routes.changes import Cancelled, Delay, Down, NewOrder
from linli.engines.routes.plan import Plan
from linli.engines.routes.problem import Order, Problem, Vehicle, Visit
from linli.engines.routes.replan import replan
from linli.engines.routes.solve import solve
from linli.engines.routes.travel import Place, great_circle

HOUR = 3600


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--stops", type=int, default=200)
    parser.add_argument("--runs", type=int, default=40)
    parser.add_argument("--seconds", type=float, default=2.0, help="for each plan made anew")
    parser.add_argument("--first", type=float, default=5.0, help="seconds for the day's plan")
    options = parser.parse_args()
    rng = np.random.default_rng(7)
    days = [day(rng, options.stops, with_goods) for with_goods in (False, True)]
    plans = [solve(problem, options.first, seed=1) for problem, _ in days]
    print(*(plan.summary().splitlines()[0] for plan in plans), sep="\n", file=sys.stderr)
    rows = []
    for run in range(options.runs):
        at = run % 2
        (problem, new), plan = days[at], plans[at]
        now = [8, 10, 12][run % 3] * HOUR
        kind = ["added", "delay", "added", "cancelled", "added", "down"][run // 2 % 6]
        started = time.perf_counter()
        again = replan(plan, problem, now, [change(kind, plan, new, rng)], seconds=options.seconds)
        took = time.perf_counter() - started
        late = sum(bool(stop.late) for route in again.plan.routes for stop in route.stops)
        rows.append((kind, took, again.unchanged, again.plan.is_feasible, late))
        print(kind, f"{took:.2f} s, {again.unchanged:.3f}", f"late {late}", file=sys.stderr)
    seconds = sorted(took for _, took, *_ in rows)
    added = [row for row in rows if row[0] == "added"]
    found = {
        "p95_s": round(seconds[int(0.95 * (len(seconds) - 1))], 3),
        "p50_s": round(seconds[len(seconds) // 2], 3),
        "unchanged_after_one_added": round(fmean(row[2] for row in added), 4),
        "least_unchanged_after_one_added": round(min(row[2] for row in added), 4),
        "feasible_after_one_added": all(row[3] for row in added),
        "feasible": round(fmean(row[3] for row in rows), 3),
        "late_stops": sum(row[4] for row in rows),
        "stops": options.stops,
        "runs": options.runs,
        "load": round(os.getloadavg()[0], 1),
    }
    print(json.dumps(found))


def day(rng: np.random.Generator, number: int, with_goods: bool) -> tuple[Problem, Order]:
    """Make up a day: orders about a town, windows of four hours; and one order more."""
    where = rng.normal((121.0, 30.7), (0.06, 0.05), (number + 1, 2))
    places = [Place("depot", 121.0, 30.7)]
    places += [Place(f"p{at}", lon, lat) for at, (lon, lat) in enumerate(where)]
    orders = []
    for at in range(number + 1):
        begin = int(rng.integers(8, 15)) * HOUR
        amounts = {"kg": float(rng.integers(10, 200))} if with_goods else {}
        visit = Visit(f"p{at}", 300, ((begin, begin + 4 * HOUR),))
        orders.append(Order(f"o{at}", delivery=visit, amounts=amounts))
    vehicles = tuple(
        Vehicle(
            f"v{at}", "depot", "depot", {"kg": 2000.0}, (8 * HOUR, 18 * HOUR),
            per_km=1.2, per_hour=30.0, fixed=50.0,
        )
        for at in range(max(number // 8, 4))
    )  # fmt: skip
    return Problem(tuple(orders[:-1]), vehicles, great_circle(places, kmh=35)), orders[-1]


def change(
    kind: str, plan: Plan, new: Order, rng: np.random.Generator
) -> NewOrder | Delay | Cancelled | Down:
    """Let something happen."""
    route = plan.routes[int(rng.integers(len(plan.routes)))]
    if kind == "added":
        return NewOrder(new)
    if kind == "delay":
        return Delay(route.vehicle, int(rng.integers(10, 40)) * 60)
    if kind == "cancelled":
        return Cancelled(route.stops[-1].order)
    return Down(route.vehicle)


if __name__ == "__main__":
    main()
