"""A plan made anew while it is driven: what is done stays, the rest changes as little as it can.

Goods that are aboard stay on their vehicle. A new delivery is fetched from the depot, by a vehicle
that is still there or one that comes back for it. What was promised and can no longer be on time
is served as soon as it can be, and named late.
"""

import time
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from . import sentences as say
from .changes import (
    Cancelled,
    Change,
    Delay,
    Difference,
    Down,
    NewOrder,
    Position,
    Served,
    differences,
    unchanged,
)
from .drawing import drawn, planned
from .faults import Fault, checked
from .inserting import Insertion, inserted
from .plan import Cost, LeftOut, Plan, Route
from .problem import DELIVERY, PICKUP, Order, Problem, Vehicle, Visit
from .solve import Sequences, reasons
from .steadily import steadily
from .timing import FOREVER
from .travel import Place
from .underway import News, Standing, standing

LATE_TRIES = 300
"""Places tried for an order that will be late: near ones are full, or would make others late."""


@dataclass(frozen=True)
class Replanned:
    """The new plan, the problem it solves (for the next time), and what is different."""

    plan: Plan
    problem: Problem
    differences: tuple[Difference, ...]
    unchanged: float
    """The share of told stops, not driven yet, with the same vehicle after the same stop."""
    notes: tuple[str, ...] = ()


def replan(
    plan: Plan, problem: Problem, now: int, changes: Sequence[Change], *, seconds: float = 2.0,
    stability: float = 2.0, seed: int = 0,
) -> Replanned:  # fmt: skip
    """Plan the rest of the day anew.

    Parameters
    ----------
    plan, problem
        What is driven, and what it was made for.
    now
        Seconds from midnight. What was begun before is done.
    seconds
        Wall time for all of it.
    stability
        What a changed stop costs, as a multiple of what the way between two stops costs in the
        mean. 0 plans as if nobody had been told anything.

    Raises
    ------
    ValueError
        If a time, or the stability, is below zero.
    """
    if seconds < 0 or stability < 0:
        raise ValueError("neither time nor stability can be below zero")
    ends = time.perf_counter() + seconds
    faults = _unknown(problem, changes)
    wrong = {id(change) for change, _ in faults}
    changes = [change for change in changes if id(change) not in wrong]
    whole = _changed(problem, changes)
    cancelled = frozenset(c.order for c in changes if isinstance(c, Cancelled))
    news = News.of(changes, cancelled)
    down = {c.vehicle: c for c in changes if isinstance(c, Down)}
    known = replace(whole, orders=problem.orders)
    stands = {
        vehicle.name: standing(known, vehicle, plan.route_of(vehicle.name), now, news)
        for vehicle in problem.vehicles
    }
    whole, notes = _fetched(whole, plan, stands, down, cancelled)
    everything = _rest(whole, stands, down, cancelled)
    rest, more = checked(everything)
    there = {order.name for order in rest.orders}
    told = {
        name: [step for step in stand.told if step[0] in there]
        for name, stand in stands.items()
        if name not in down
    }
    chosen = steadily(rest, told, ends, seconds, stability, seed)
    rest, chosen = _belated(everything, rest, more, chosen, {step[0] for s in stands.values()
                                                             for step in s.told})  # fmt: skip
    rest_plan = planned(rest, chosen, [*(f for _, f in faults), *more])
    served = {name for steps in chosen.values() for name, _ in steps}
    left_out = [
        LeftOut(f.name, f.code, f.detail)
        for f in more
        if f.kind == "order" and f.name not in served
    ]
    left_out += reasons(rest, chosen)
    routes = tuple(
        route
        for vehicle in problem.vehicles
        if (route := _merged(problem, rest, rest_plan, plan, vehicle, stands, down, now))
    )
    others = tuple(r for r in plan.routes if r.vehicle not in {v.name for v in problem.vehicles})
    after = Plan((*others, *routes), tuple(left_out), rest_plan.faults)
    steps = {step for stand in stands.values() for step in stand.told if step[0] not in cancelled}
    return Replanned(
        after, replace(whole, vehicles=tuple(v for v in whole.vehicles if v.name not in down)),
        tuple(differences(plan, after, steps)), unchanged(plan, after, steps), tuple(notes),
    )  # fmt: skip


def _unknown(problem: Problem, changes: Sequence[Change]) -> list[tuple[Change, Fault]]:
    """Find the changes that speak of what isn't there."""
    orders = {order.name for order in problem.orders}
    vehicles = {vehicle.name for vehicle in problem.vehicles}
    found: list[tuple[Change, Fault]] = []
    for change in changes:
        if isinstance(change, Position | Delay | Down) and change.vehicle not in vehicles:
            name = change.vehicle
            detail = say.NO_VEHICLE_NAMED.format(name=name)
            found.append((change, Fault("change", name, "unknown-vehicle", detail)))
        elif isinstance(change, Served | Cancelled) and change.order not in orders:
            detail = say.NO_ORDER.format(name=change.order)
            found.append((change, Fault("change", change.order, "unknown-order", detail)))
        elif isinstance(change, NewOrder) and change.order.name in orders:
            name = change.order.name
            found.append((change, Fault("change", name, "same-name", say.ORDER_KNOWN)))
    return found


def _changed(problem: Problem, changes: Sequence[Change]) -> Problem:
    """Return the problem with new orders and the places where vehicles are."""
    new = tuple(c.order for c in changes if isinstance(c, NewOrder))
    places: dict[str, Place] = {}
    for change in changes:
        if isinstance(change, Position | Down) and change.place is not None:
            places.setdefault(change.place.name, change.place)
    unknown = [p for name, p in places.items() if name not in problem.travel]
    travel = problem.travel.with_places(unknown) if unknown else problem.travel
    return replace(problem, orders=(*problem.orders, *new), travel=travel)


def _fetched(
    whole: Problem, plan: Plan, stands: Mapping[str, Standing], down: Mapping[str, Down],
    cancelled: frozenset[str],
) -> tuple[Problem, list[str]]:  # fmt: skip
    """Say from where goods come that no vehicle can have loaded at its start any more."""
    notes = []
    from_: dict[str, str] = {}
    for name, fault in down.items():
        stand = stands[name]
        place = fault.place.name if fault.place is not None else stand.vehicle.start
        from_ |= dict.fromkeys(stand.loaded, place)
        if stand.vehicle.aboard:
            notes.append(f"{name} stands at {place} with goods aboard that were to go to its end")
    served = {stop.order for route in plan.routes for stop in route.stops}
    homes = Counter(vehicle.start for vehicle in whole.vehicles)
    if any(stand.start is not None for stand in stands.values()):
        for order in whole.orders:
            is_new = order.name not in served and order.name not in cancelled
            if is_new and order.amounts and list(order.visits) == [DELIVERY]:
                from_[order.name] = homes.most_common(1)[0][0]
    orders = tuple(
        replace(order, pickup=Visit(from_[order.name])) if order.name in from_ else order
        for order in whole.orders
    )
    return replace(whole, orders=orders), notes


def _rest(
    whole: Problem, stands: Mapping[str, Standing], down: Mapping[str, Down],
    cancelled: frozenset[str],
) -> Problem:  # fmt: skip
    """Return the problem of what is left to do, with vehicles as they stand."""
    behind = {(stop.order, stop.what) for s in stands.values() for stop in s.done}
    holder = {o: name for name, s in stands.items() if name not in down for o in s.loaded}
    orders = []
    for order in whole.orders:
        left = {what: v for what, v in order.visits.items() if (order.name, what) not in behind}
        if order.name in _stranded(stands, down):
            left = order.visits
        if order.name in cancelled or not left:
            continue
        only = order.only
        if order.name in holder:
            only = frozenset({holder[order.name]})
        orders.append(
            replace(order, pickup=left.get(PICKUP), delivery=left.get(DELIVERY), only=only)
        )
    vehicles = tuple(s.vehicle for name, s in stands.items() if name not in down)
    return replace(whole, orders=tuple(orders), vehicles=vehicles)


def _stranded(stands: Mapping[str, Standing], down: Mapping[str, Down]) -> set[str]:
    """Return the orders whose goods are on vehicles that can't go on."""
    return {order for name in down for order in stands[name].loaded}


def _belated(
    everything: Problem, rest: Problem, faults: Sequence[Fault], chosen: Sequences, told: set[str]
) -> tuple[Problem, Sequences]:
    """Put in late what was told and can't be in time; windows stay as they are, so it shows."""
    over = {f.name for f in faults if f.kind == "order" and f.code == "impossible-window"}
    back = tuple(o for o in everything.orders if o.name in over & told)
    rest = replace(rest, orders=(*rest.orders, *back))
    served = {name for steps in chosen.values() for name, _ in steps}
    missing = [o for o in rest.orders if o.name in told and o.name not in served]
    if not missing or not rest.vehicles:
        return rest, chosen
    names = {order.name for order in missing}
    open_ = replace(
        rest, orders=tuple(_open(o) if o.name in names else o for o in rest.orders)
    )  # fmt: skip
    chosen = dict(chosen)
    for order in sorted(missing, key=lambda o: o.priority):
        place = inserted(open_, chosen, open_.order(order.name), tries=LATE_TRIES)
        if isinstance(place, Insertion):
            chosen[place.vehicle] = place.steps
    return rest, chosen


def _open(order: Order) -> Order:
    """Return an order that may be done however late."""

    def late(visit: Visit | None) -> Visit | None:
        if visit is None or not visit.windows:
            return visit
        return replace(visit, windows=((min(first for first, _ in visit.windows), FOREVER),))

    return replace(order, pickup=late(order.pickup), delivery=late(order.delivery))


def _merged(
    problem: Problem, rest: Problem, rest_plan: Plan, plan: Plan, vehicle: Vehicle,
    stands: Mapping[str, Standing], down: Mapping[str, Down], now: int,
) -> Route | None:  # fmt: skip
    """Join what a vehicle has driven with what is left."""
    stand = stands[vehicle.name]
    on = rest_plan.route_of(vehicle.name)
    if stand.start is None:
        return None if vehicle.name in down else on
    before = plan.route_of(vehicle.name)
    assert before is not None
    if vehicle.name in down:
        stops, pauses, end, metres = stand.done, stand.pauses, now, stand.metres
        broken: tuple[str, ...] = ()
        end = max([now, *(stop.end for stop in stops)])
    elif on is None and not stand.told and now >= before.end:
        return before
    else:
        on = on or drawn(rest, stand.vehicle, ())
        stops = (*stand.done, *on.stops)
        later = (replace(p, before=p.before + len(stand.done)) for p in on.pauses)
        pauses = (*stand.pauses, *later)
        end, metres, broken = on.end, stand.metres + on.metres, on.broken
    cost = Cost(
        metres / 1000 * vehicle.per_km, (end - stand.start) / 3600 * vehicle.per_hour, vehicle.fixed
    )
    fill = {
        unit: max(before.fill.get(unit, 0.0), on.fill.get(unit, 0.0) if on is not None else 0.0)
        for unit in before.fill
    }
    return Route(vehicle.name, stand.start, end, metres, stops, pauses, cost, fill, broken)
