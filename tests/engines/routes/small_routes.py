"""Small towns for routing: places on a line or a plane, one kilometre and two minutes a unit."""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from itertools import permutations, product

import numpy as np

from linli.engines.routes.drawing import planned
from linli.engines.routes.hours import Hours
from linli.engines.routes.plan import Plan
from linli.engines.routes.problem import DELIVERY, Order, Problem, Vehicle, Visit
from linli.engines.routes.solve import solve
from linli.engines.routes.travel import Travel

HOUR = 3600
MINUTE = 60


def line(*at: float, hours: Hours | None = None) -> Travel:
    """Return places on a line, named by where they are: 1 km and 2 minutes a unit."""
    where = np.array(at)
    apart = abs(where[:, None] - where)
    names = tuple(f"{each:g}" for each in at)
    lonlat = np.column_stack([121 + where / 100, np.full(len(where), 30.7)])
    return Travel(names, apart * 1000, apart * 2 * MINUTE, hours, lonlat)


def plane(points: np.ndarray, hours: Hours | None = None) -> Travel:
    """Return places on a plane, named 0, 1, … : 1 km and 2 minutes a unit."""
    apart = np.hypot(*(points[:, None] - points).transpose(2, 0, 1))
    names = tuple(map(str, range(len(points))))
    return Travel(names, apart * 1000, apart * 2 * MINUTE, hours, 121 + points / 100)


def order(place: str, name: str = "", *, at: Iterable[tuple[float, float]] = (), **more) -> Order:
    """Return a delivery of one box to a place, in windows given in hours."""
    windows = tuple((int(a * HOUR), int(b * HOUR)) for a, b in at)
    more.setdefault("amounts", {"box": 1})
    service = more.pop("service", 0)
    return Order(name or place, delivery=Visit(place, service, windows), **more)


def van(name: str = "van", start: str = "0", **more) -> Vehicle:
    """Return a vehicle for ten boxes that comes home, out from 8 to 18."""
    more.setdefault("capacities", {"box": 10})
    more.setdefault("end", start)
    more.setdefault("shift", (8 * HOUR, 18 * HOUR))
    return Vehicle(name, start, **more)


def town(travel: Travel, orders: Iterable[Order], *vehicles: Vehicle, **more) -> Problem:
    return Problem(tuple(orders), vehicles or (van(),), travel, **more)


def quick(problem: Problem, seconds: float = 0.15, **more) -> Plan:
    """Plan with one worker in no time."""
    return solve(problem, seconds, workers=1, **more)


def stops(plan: Plan, vehicle: str = "van") -> list[str]:
    """Return the orders at the stops of a vehicle."""
    route = plan.route_of(vehicle)
    return [] if route is None else [stop.order for stop in route.stops]


def every_plan(problem: Problem) -> Iterator[Plan]:
    """Try everything: each order on each vehicle (or none, if it has a prize), in each sequence."""
    names = [vehicle.name for vehicle in problem.vehicles]
    choices = [[*names, None] if o.prize is not None else names for o in problem.orders]
    for chosen in product(*choices):
        mine = {
            name: [o.name for o, v in zip(problem.orders, chosen, strict=True) if v == name]
            for name in names
        }
        for turns in product(*(permutations(each) for each in mine.values())):
            steps = {
                name: [(each, DELIVERY) for each in turn]
                for name, turn in zip(mine, turns, strict=True)
            }
            yield planned(problem, steps)


def least_cost(problem: Problem) -> float:
    """Return the least cost of all feasible plans, missed prizes included; inf if there is none."""
    prizes = {o.name: o.prize or 0.0 for o in problem.orders}
    return min(
        (
            plan.cost.total + sum(prizes[each.order] for each in plan.left_out)
            for plan in every_plan(problem)
            if plan.is_feasible
        ),
        default=float("inf"),
    )


def with_orders(problem: Problem, *orders: Order) -> Problem:
    return replace(problem, orders=(*problem.orders, *orders))
