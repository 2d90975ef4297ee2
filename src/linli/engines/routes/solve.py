"""From a problem to a plan, in the time given."""

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from . import sentences as say
from .drawing import planned
from .encoding import encoded
from .faults import checked
from .inserting import Insertion, inserted
from .plan import LeftOut, Plan
from .problem import DELIVERY, PICKUP, Order, Problem
from .rounds import Pace, run
from .timing import Step
from .windows import Tightening

Sequences = dict[str, list[Step]]
PATIENCE = 0.25
"""The share of the time after which a search that found nothing feasible leaves orders out."""
REPAIRS = 6
EXPLAINED = 40
"""For so many orders at most it is looked up why they were left out."""


def solve(
    problem: Problem, seconds: float, *, workers: int = 2, seed: int = 0,
    pace: Pace | None = None,    log: Callable[..., Any] | None = None,
) -> Plan:  # fmt: skip
    """Plan the orders.

    What cannot be planned is left out and named, the rest is planned. If the fleet cannot do all,
    orders of the least priority stay out. The routes' times are exact: breaks are placed, speeds
    are those of the hour. Where the search was too generous with them, it is told so and goes on.

    Parameters
    ----------
    seconds
        Wall time of the search. Drawing the plan comes on top: some 10 ms, and up to some seconds
        for a thousand orders with breaks or speeds by hour.
    workers
        Processes that search at the same time, this one included.
    seed
        Of all random choices. The clock counts as well: two runs are alike only in their number
        of iterations.

    Raises
    ------
    ValueError
        If `seconds` or `workers` is not above zero.
    """
    if not seconds > 0 or workers < 1:
        raise ValueError("a search needs time and a worker")
    ends = time.perf_counter() + seconds
    sound, faults = checked(problem)
    left_out = [LeftOut(f.name, f.code, f.detail) for f in faults if f.kind == "order"]
    if not sound.orders or not sound.vehicles:
        left_out += [LeftOut(o.name, "no-room", say.NO_VEHICLE) for o in sound.orders]
        return planned(problem, {}, faults, left_out)
    tight = Tightening()
    prizes = priorities(sound) if is_overloaded(sound) else {}
    share = 1.0 if is_exact(sound) else 0.75
    sequences: Sequences = {}
    iterations, searched = 0, 0.0
    for attempt in range(REPAIRS):
        here = encoded(sound, tight=tight, prizes=prizes)
        left = ends - time.perf_counter()
        start = here.tours(_fitting(sound, sequences, tight)) if sequences else None
        budget = left if attempt == REPAIRS - 1 else left * share
        patience = PATIENCE * seconds if not prizes else None
        begun = time.perf_counter()
        found = run(
            here.data, max(budget, 0.05), workers, seed + attempt, start=start, pace=pace,
            patience=patience, log=log,
        )  # fmt: skip
        iterations += found.iterations
        searched += time.perf_counter() - begun
        sequences = here.sequences(found.tours or [])
        if not found.is_feasible and not prizes:
            prizes = priorities(sound)
            continue
        if not _tightened(sound, sequences, tight) or ends - time.perf_counter() < 0.05 * seconds:
            break
        share = 0.5
    sequences = completed(sound, mended(sound, sequences))
    left_out += reasons(sound, sequences)
    plan = planned(sound, sequences, faults, left_out)
    return replace(plan, iterations=iterations, searched=round(searched, 3))


def is_exact(problem: Problem) -> bool:
    """Whether the search knows all of the problem's rules as they are."""
    in_pairs = {name for pair in problem.apart for name in pair}
    return problem.travel.hours is None and not any(
        [
            *(vehicle.breaks for vehicle in problem.vehicles),
            *(
                order.is_shipment
                and (
                    order.name in in_pairs or any(len(v.windows) > 1 for v in order.visits.values())
                )
                for order in problem.orders
            ),
        ]
    )


def is_overloaded(problem: Problem) -> bool:
    """Whether the loads alone show that the fleet can't do all orders that must be done."""
    for unit in problem.units():
        room = sum(vehicle.capacities.get(unit, 0.0) for vehicle in problem.vehicles)
        for what in (DELIVERY, PICKUP):
            load = sum(
                order.amounts.get(unit, 0.0)
                for order in problem.orders
                if order.prize is None and list(order.visits) == [what]
            )
            if load > room + 1e-6:
                return True
    return False


def priorities(problem: Problem) -> dict[str, float]:
    """Return prizes for orders that must be done, such that the most urgent are left out last.

    Each is worth more than any detour to it. An order counts as much as four of the next
    priority; with more than six different priorities, as much as two.
    """
    must = [order for order in problem.orders if order.prize is None]
    levels = sorted({order.priority for order in must}, reverse=True)
    ratio = 4.0 if len(levels) <= 6 else 2.0
    metres = problem.travel.metres
    seconds = problem.travel.seconds
    far = float(metres[metres < float("inf")].max(initial=0.0))
    long = float(seconds[seconds < float("inf")].max(initial=0.0))
    base = max(
        v.fixed + 3 * far / 1000 * v.per_km + 3 * long * v.pace / 3600 * v.per_hour
        for v in problem.vehicles
    )
    base = max([base, 1.0, *(2 * order.prize for order in problem.orders if order.prize)])
    return {order.name: base * ratio ** levels.index(order.priority) for order in must}


def _fitting(problem: Problem, sequences: Sequences, tight: Tightening) -> Sequences:
    return {
        name: [step for step in steps if (step[0], name) not in tight.barred]
        for name, steps in sequences.items()
    }


def _tightened(problem: Problem, sequences: Sequences, tight: Tightening) -> bool:
    """Take back what the search was granted too much; return whether there was any."""
    plan = planned(problem, sequences)
    was_broken = False
    for route in plan.routes:
        if not route.broken:
            continue
        was_broken = True
        vehicle = problem.vehicle(route.vehicle)
        for stop in route.stops:
            if stop.late:
                step = (stop.order, stop.what)
                tight.earlier[step] = tight.earlier.get(step, 0) + stop.late + 60
        over = max(route.end - vehicle.shift[1], 0)
        if vehicle.max_seconds is not None:
            over = max(over, route.seconds - vehicle.max_seconds)
        if over or not any(stop.late for stop in route.stops):
            before = tight.shorter.get(vehicle.name, 0)
            tight.shorter[vehicle.name] = before + max(over, 300) + 60
        names = set(route.orders)
        for one, other in problem.apart:
            if one in names and other in names:
                tight.barred.add((other, vehicle.name))
    return was_broken


def mended(problem: Problem, sequences: Sequences) -> Sequences:
    """Take orders out of routes that break a rule until none does, and put them in elsewhere.

    The least urgent go first; of these, those whose own rules are broken.
    """
    kept = {name: list(steps) for name, steps in sequences.items()}
    out: list[Order] = []
    for name in kept:
        while kept[name]:
            route = planned(problem, {name: kept[name]}).routes[0]
            if not route.broken:
                break
            guilty = {words.split(":")[0] for words in route.broken}
            late = {stop.order for stop in route.stops if stop.late}
            orders = [problem.order(each) for each in route.orders]
            worst = max(
                orders, key=lambda o: (o.prize is not None, o.priority, o.name in guilty | late)
            )
            out.append(worst)
            kept[name] = [step for step in kept[name] if step[0] != worst.name]
    for order in sorted(out, key=lambda o: o.priority):
        place = inserted(problem, kept, order)
        if isinstance(place, Insertion):
            kept[place.vehicle] = place.steps
    return kept


def completed(problem: Problem, sequences: Sequences) -> Sequences:
    """Put in what was left out though it must be done and fits, the most urgent first."""
    kept = dict(sequences)
    served = {name for steps in kept.values() for name, _ in steps}
    missing = [o for o in problem.orders if o.prize is None and o.name not in served]
    for order in sorted(missing, key=lambda o: o.priority)[:EXPLAINED]:
        place = inserted(problem, kept, order)
        if isinstance(place, Insertion):
            kept[place.vehicle] = place.steps
    return kept


def reasons(problem: Problem, sequences: Mapping[str, Sequence[Step]]) -> list[LeftOut]:
    """Tell of each order that is in no route why it is in none."""
    served = {name for steps in sequences.values() for name, _ in steps}
    found: list[LeftOut] = []
    for order in problem.orders:
        if order.name in served:
            continue
        if len(found) >= EXPLAINED:
            found.append(LeftOut(order.name, "no-room", say.NO_ROOM))
            continue
        place = inserted(problem, sequences, order, tries=15)
        if not isinstance(place, Insertion):
            why = ", ".join(rule for rule, _ in place.most_common(2)) or say.NONE_LEFT
            found.append(LeftOut(order.name, "no-room", say.NO_ROOM_ON_ANY.format(why=why)))
        else:
            found.append(
                LeftOut(
                    order.name, "not-worth",
                    say.NOT_WORTH.format(prize=f"{order.prize:g}", cost=f"{place.added:.2f}"),
                )
            )  # fmt: skip
    return found
