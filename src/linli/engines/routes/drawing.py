"""Routes drawn by whoever: a sequence of stops in, times, loads, cost and broken rules out.

The search's own routes go through here, and those that a dispatcher drags by hand.
"""

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence

from . import sentences as say
from .faults import Fault
from .plan import Cost, LeftOut, Plan, Route, Stop, clock
from .problem import DELIVERY, PICKUP, Problem, Vehicle
from .timing import FOREVER, Step, Timing, timed


def drawn(
    problem: Problem, vehicle: Vehicle, steps: Sequence[Step], *, is_hasty: bool = False
) -> Route:
    """Return the route of a vehicle through the stops in the order given.

    Rules that it breaks are in `broken`; it is drawn all the same. In haste it starts with the
    shift and not as late as it can: enough to see whether it can be done.

    Raises
    ------
    KeyError
        If an order is unknown, or has no such stop.
    """
    timing = timed(problem, vehicle, steps, is_hasty=is_hasty)
    travel = problem.travel
    here = travel.at(vehicle.start)
    loads = list(_loads(problem, vehicle, steps))
    stops, metres = [], 0.0
    for (name, what), moment, load in zip(steps, timing.moments, loads[1:], strict=True):
        place = problem.order(name).visits[what].place
        there = travel.at(place)
        way = float(travel.metres[here, there])
        stops.append(
            Stop(
                name, what, place, moment.arrival, moment.start, moment.end, way, load, moment.late
            )
        )
        metres += way
        here = there
    if vehicle.end is not None:
        metres += float(travel.metres[here, travel.at(vehicle.end)])
    cost = Cost(
        metres / 1000 * vehicle.per_km,
        (timing.end - timing.start) / 3600 * vehicle.per_hour,
        0.0 if vehicle.is_out else vehicle.fixed,
    )
    broken = tuple(_broken(problem, vehicle, steps, timing, metres, loads))
    return Route(
        vehicle.name, timing.start, timing.end, metres, tuple(stops), timing.pauses, cost,
        _fill(vehicle, loads), broken,
    )  # fmt: skip


def planned(
    problem: Problem, sequences: Mapping[str, Sequence[Step]], faults: Sequence[Fault] = (),
    left_out: Sequence[LeftOut] = (),
) -> Plan:  # fmt: skip
    """Return the plan with these stops for each vehicle; vehicles without stops stay at home.

    Orders that are in no route and in `left_out` neither are left out as `no-room`.
    """
    routes = tuple(
        drawn(problem, vehicle, sequences[vehicle.name])
        for vehicle in problem.vehicles
        if sequences.get(vehicle.name)
    )
    served = {stop.order for route in routes for stop in route.stops}
    named = served | {each.order for each in left_out}
    rest = tuple(
        LeftOut(order.name, "no-room", say.NOT_DRAWN)
        for order in problem.orders
        if order.name not in named
    )
    return Plan(routes, (*left_out, *rest), tuple(faults))


def _loads(problem: Problem, vehicle: Vehicle, steps: Sequence[Step]) -> Iterator[dict[str, float]]:
    """Tell what is aboard at the start, and after each stop."""
    load: dict[str, float] = defaultdict(float, vehicle.aboard)
    for name, what in steps:
        order = problem.order(name)
        if what == DELIVERY and not order.is_shipment:
            for unit, amount in order.amounts.items():
                load[unit] += amount
    yield _rounded(load)
    for name, what in steps:
        for unit, amount in problem.order(name).amounts.items():
            load[unit] += amount if what == PICKUP else -amount
        yield _rounded(load)


def _rounded(load: Mapping[str, float]) -> dict[str, float]:
    return {unit: round(amount, 6) for unit, amount in load.items() if abs(amount) > 1e-7}


def _fill(vehicle: Vehicle, loads: Sequence[Mapping[str, float]]) -> dict[str, float]:
    return {
        unit: round(max(load.get(unit, 0.0) for load in loads) / capacity, 4)
        for unit, capacity in vehicle.capacities.items()
        if capacity > 0
    }


def _broken(
    problem: Problem, vehicle: Vehicle, steps: Sequence[Step], timing: Timing, metres: float,
    loads: Sequence[Mapping[str, float]],
) -> Iterator[str]:  # fmt: skip
    """Tell each rule that is broken, in words."""
    for (name, what), moment in zip(steps, timing.moments, strict=True):
        if moment.late >= FOREVER / 2:
            yield say.CUT_OFF.format(name=name, what=what)
        elif moment.late:
            begins, late = clock(moment.start), _minutes(moment.late)
            yield say.LATE.format(name=name, what=what, time=begins, late=late)
    if timing.end > vehicle.shift[1]:
        yield say.OVERTIME.format(time=clock(timing.end), shift=clock(vehicle.shift[1]))
    if timing.missed:
        yield say.BREAKS_MISSED.format(number=timing.missed)
    if vehicle.max_seconds is not None and timing.end - timing.start > vehicle.max_seconds:
        yield say.OUT_LONG.format(time=clock(timing.end - timing.start))
    if vehicle.max_km is not None and metres > vehicle.max_km * 1000 + 1e-6:
        yield say.FAR.format(km=f"{metres / 1000:.1f}", most=f"{vehicle.max_km:g}")
    for unit in sorted({unit for load in loads for unit in load}):
        most, room = max(load.get(unit, 0.0) for load in loads), vehicle.capacities.get(unit, 0.0)
        if most > room + 1e-6:
            yield say.OVERLOADED.format(load=f"{most:g}", unit=unit, room=f"{room:g}")
    names = {name for name, _ in steps}
    for name in sorted(names):
        if not problem.may(vehicle, problem.order(name)):
            yield say.FORBIDDEN.format(name=name)
    for one, other in sorted(problem.apart):
        if one in names and other in names:
            yield say.APART.format(one=one, other=other)
    yield from _torn(problem, steps)


def _torn(problem: Problem, steps: Sequence[Step]) -> Iterator[str]:
    """Tell of stops that recur, and of shipments that aren't picked up first."""
    for step, number in Counter(steps).items():
        if number > 1:
            yield say.AGAIN.format(name=step[0], what=step[1], number=number)
    at = {step: position for position, step in enumerate(steps)}
    for name in sorted({name for name, _ in steps}):
        if problem.order(name).is_shipment:
            pickup, delivery = at.get((name, PICKUP)), at.get((name, DELIVERY))
            if pickup is None or delivery is None:
                yield say.TORN.format(name=name)
            elif pickup > delivery:
                yield say.TURNED.format(name=name)


def _minutes(seconds: int) -> str:
    return f"{seconds / 60:.0f} min" if seconds >= 60 else f"{seconds} s"
