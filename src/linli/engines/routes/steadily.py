"""Search that keeps to what was told: a change costs, beside the driving.

For each told stop that gets another vehicle, or another stop before it, the search pays a price.
It is laid on the ways: one to a told stop is free from the stop it was told after, on the vehicle
it was told for, or from a stop that is new; from anywhere else it costs the price more. So PyVRP's
own objective counts the changes, and no step of its search has to know of them.
"""

import time
from collections.abc import Mapping, Sequence

import numpy as np

from .drawing import drawn, planned
from .encoding import encoded
from .inserting import Insertion, inserted
from .problem import Problem
from .search import Job, search
from .solve import Sequences, mended, priorities
from .timing import Step

STRENGTH = 10
RESERVE = 0.35
"""The share of the time kept for drawing what was found."""


def steadily(
    rest: Problem, told: Mapping[str, Sequence[Step]], ends: float, seconds: float,
    stability: float, seed: int,
) -> Sequences:  # fmt: skip
    """Choose the stops of each vehicle: by insertion alone, or by search, whichever is better."""
    prizes = priorities(rest) if rest.vehicles and rest.orders else {}
    kept: Sequences = {name: list(steps) for name, steps in told.items()}
    if not rest.vehicles or not rest.orders:
        return {}
    kept = mended(rest, kept)
    there = {name for steps in kept.values() for name, _ in steps}
    for order in sorted(rest.orders, key=lambda o: o.priority):
        if order.name not in there and time.perf_counter() < ends - 0.5 * seconds:
            place = inserted(rest, kept, order)
            if isinstance(place, Insertion) and (order.prize is None or place.added <= order.prize):
                kept[place.vehicle] = place.steps
    price = stability * _mean_way(rest, told)
    plain = encoded(rest, prizes=prizes)
    extra = _deviations(plain.steps, told, price) if price > 0 else None
    here = encoded(rest, prizes=prizes, extra=extra) if extra is not None else plain
    left = ends - time.perf_counter() - RESERVE * seconds
    if left <= 0.02 * seconds:
        return kept
    job = Job(left, seed, here.tours(kept), strength=STRENGTH)
    found = search(here.data, job)
    if not found.is_feasible:
        return kept
    other = here.sequences(found.tours)
    return min((kept, other), key=lambda s: _score(rest, s, told, price, prizes))


def _score(
    rest: Problem, sequences: Sequences, told: Mapping[str, Sequence[Step]], price: float,
    prizes: Mapping[str, float],
) -> tuple[int, float]:  # fmt: skip
    """Rank by broken routes, then by cost with what is missed and what is changed."""
    plan = planned(rest, {name: steps for name, steps in sequences.items() if steps})
    served = {stop.order for route in plan.routes for stop in route.stops}
    missed = sum(
        prizes.get(order.name, order.prize or 0.0)
        for order in rest.orders
        if order.name not in served
    )
    first = {step: (name, b) for name, steps in told.items() for b, step in _firsts(steps)}
    known = set(first)
    now = {
        step: (name, b)
        for name, steps in sequences.items()
        for b, step in _firsts([s for s in steps if s in known])
    }
    changed = sum(now.get(step) != place for step, place in first.items())
    return sum(bool(r.broken) for r in plan.routes), plan.cost.total + missed + price * changed


def _firsts(steps: Sequence[Step]) -> list[tuple[Step | None, Step]]:
    return list(zip([None, *steps], steps, strict=False))


def _mean_way(rest: Problem, told: Mapping[str, Sequence[Step]]) -> float:
    """Return what the way between two told stops costs in the mean."""
    total, number = 0.0, 0
    for name, steps in told.items():
        if steps:
            vehicle = rest.vehicle(name)
            route = drawn(rest, vehicle, steps, is_hasty=True)
            driving = sum(
                float(rest.travel.seconds[rest.travel.at(a), rest.travel.at(b)])
                for a, b in zip(
                    [vehicle.start, *(s.place for s in route.stops)],
                    [s.place for s in route.stops],
                    strict=False,
                )
            )
            total += route.cost.distance + driving / 3600 * vehicle.per_hour
            number += len(steps)
    return total / number if number else 0.0


def _deviations(
    steps: Sequence[Step], told: Mapping[str, Sequence[Step]], price: float
) -> dict[str, np.ndarray]:
    """Return what each way of each vehicle costs for not being the one that was told.

    A way to a told stop is free on its vehicle from the stop before it, or from one that is new.
    """
    n = len(steps)
    at: dict[Step, list[int]] = {}
    for index, step in enumerate(steps):
        at.setdefault(step, []).append(index)
    known = {step for each in told.values() for step in each}
    base = np.zeros((n + 2, n + 2))
    base[:, [index for index, step in enumerate(steps) if step in known]] = price
    new = [index for index, step in enumerate(steps) if step not in known]
    found = {"": base}
    for name, each in told.items():
        if not each:
            continue
        own = base.copy()
        for before, step in _firsts(each):
            rows = [n] if before is None else at.get(before, [])
            own[np.ix_([*rows, *new], at.get(step, []))] = 0
        found[name] = own
    return found
