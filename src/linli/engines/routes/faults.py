"""What cannot be planned, named order by order, so that the rest can be."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from math import isfinite

from . import sentences as say
from .problem import DELIVERY, PICKUP, Order, Problem, Vehicle, Visit
from .timing import FOREVER


@dataclass(frozen=True)
class Fault:
    """What is wrong with an order or a vehicle; `code` says the kind, `detail` says it in words."""

    kind: str
    """`order`, `vehicle` or `pair`."""
    name: str
    code: str
    detail: str


def checked(problem: Problem) -> tuple[Problem, list[Fault]]:
    """Return the part of a problem that can be planned, and what is wrong with the rest.

    Codes of orders: `same-name`, `no-visit`, `unknown-place`, `negative-demand`,
    `negative-service`, `empty-window`, `impossible-window`, `too-big`, `no-skill`, `too-far`,
    `negative-prize`, `no-way`; of vehicles: `same-name`, `unknown-place`, `negative-capacity`,
    `negative-cost`, `empty-shift`, `bad-break`, `bad-limit`; of pairs: `unknown-order`,
    `unknown-vehicle`.
    """
    faults: list[Fault] = []
    vehicles = []
    for vehicle, is_again in _with_recurrence(problem.vehicles):
        wrong = ("same-name", say.VEHICLE_TWICE) if is_again else None
        wrong = wrong or next(_wrong_vehicle(problem, vehicle), None)
        if wrong:
            faults.append(Fault("vehicle", vehicle.name, *wrong))
        else:
            vehicles.append(vehicle)
    sound = replace(problem, vehicles=tuple(vehicles))
    kinds = _kinds(sound)
    orders = []
    for order, is_again in _with_recurrence(problem.orders):
        wrong = ("same-name", say.ORDER_TWICE) if is_again else None
        wrong = wrong or next(_wrong_order(sound, order, kinds), None)
        if wrong:
            faults.append(Fault("order", order.name, *wrong))
        else:
            orders.append(order)
    faults += _wrong_pairs(problem)
    names = {order.name for order in orders}
    there = {vehicle.name for vehicle in vehicles}
    return (
        replace(
            sound, orders=tuple(orders),
            apart=frozenset((a, b) for a, b in problem.apart if {a, b} <= names and a != b),
            barred=frozenset((o, v) for o, v in problem.barred if o in names and v in there),
        ),
        faults,
    )  # fmt: skip


def _with_recurrence(rows: Sequence) -> Iterator[tuple]:
    seen: Counter[str] = Counter()
    for row in rows:
        yield row, seen[row.name] > 0
        seen[row.name] += 1


def _kinds(problem: Problem) -> list[tuple[Vehicle, frozenset[str]]]:
    """Return vehicles that differ in more than their name, with the names of those like them."""
    alike: dict[Vehicle | str, list[Vehicle]] = {}
    for vehicle in problem.vehicles:
        key = repr(replace(vehicle, name=""))
        alike.setdefault(key, []).append(vehicle)
    return [(rows[0], frozenset(row.name for row in rows)) for rows in alike.values()]


def _wrong_vehicle(problem: Problem, vehicle: Vehicle) -> Iterator[tuple[str, str]]:
    for place in (vehicle.start, vehicle.end):
        if place is not None and place not in problem.travel:
            yield "unknown-place", say.NO_PLACE.format(place=place)
    for unit, amount in {**vehicle.capacities, **vehicle.aboard}.items():
        if not (isfinite(amount) and amount >= 0):
            yield "negative-capacity", say.NO_CAPACITY.format(amount=f"{amount:g}", unit=unit)
    if not all(isfinite(c) and c >= 0 for c in (vehicle.per_km, vehicle.per_hour, vehicle.fixed)):
        yield "negative-cost", say.NO_COST
    if vehicle.shift[0] > vehicle.shift[1]:
        yield "empty-shift", say.EMPTY_SHIFT.format(span=_span(vehicle.shift))
    for each in vehicle.breaks:
        if each.seconds <= 0 or each.window[0] > each.window[1]:
            span = _span(each.window)
            yield "bad-break", say.NO_BREAK.format(seconds=each.seconds, span=span)
    limits = (vehicle.max_km, vehicle.max_seconds)
    if any(limit is not None and not limit >= 0 for limit in limits) or not 0 < vehicle.pace < 1e3:
        yield "bad-limit", say.NO_LIMIT


def _wrong_order(
    problem: Problem, order: Order, kinds: Sequence[tuple[Vehicle, frozenset[str]]]
) -> Iterator[tuple[str, str]]:
    visits = order.visits
    if not visits:
        yield "no-visit", say.NO_VISIT
        return
    for visit in visits.values():
        if visit.place not in problem.travel:
            yield "unknown-place", say.NO_PLACE.format(place=visit.place)
            return
        if visit.service < 0:
            yield "negative-service", say.NO_SERVICE.format(seconds=visit.service)
        for window in visit.windows:
            if window[0] > window[1]:
                yield "empty-window", say.EMPTY_WINDOW.format(span=_span(window))
    for unit, amount in order.amounts.items():
        if not (isfinite(amount) and amount >= 0):
            yield "negative-demand", say.NO_AMOUNT.format(amount=f"{amount:g}", unit=unit)
    if order.prize is not None and not (isfinite(order.prize) and order.prize >= 0):
        yield "negative-prize", say.NO_PRIZE.format(prize=f"{order.prize:g}")
    able = [v for v, names in kinds if any(_may(problem, order, v, name) for name in names)]
    if not able:
        skills = ", ".join(sorted(order.skills))
        yield "no-skill", say.NO_SKILL.format(skills=skills) if skills else say.NO_LEAVE
        return
    big = [v for v in able if _fits(order, v)]
    if not big:
        yield "too-big", say.TOO_BIG
        return
    reasons = [_why_not_alone(problem, order, vehicle) for vehicle in big]
    if all(reasons):
        yield next(r for r in reasons if r)


def _may(problem: Problem, order: Order, kind: Vehicle, name: str) -> bool:
    return problem.may(replace(kind, name=name) if kind.name != name else kind, order)


def _fits(order: Order, vehicle: Vehicle) -> bool:
    return all(
        amount <= vehicle.capacities.get(unit, 0) + 1e-9 for unit, amount in order.amounts.items()
    )


def _why_not_alone(problem: Problem, order: Order, vehicle: Vehicle) -> tuple[str, str] | None:
    """Say why a vehicle could not do an order even if it had nothing else to do."""
    travel, time, metres = problem.travel, float(vehicle.shift[0]), 0.0
    here = travel.at(vehicle.start)
    for what in (PICKUP, DELIVERY):
        visit: Visit | None = order.visits.get(what)
        if visit is None:
            continue
        there = travel.at(visit.place)
        if not isfinite(travel.seconds[here, there]):
            return "no-way", say.NO_WAY.format(place=visit.place)
        metres += float(travel.metres[here, there])
        time = travel.arrival(here, there, time, vehicle.pace) if here != there else time
        if visit.windows:
            coming = [w for w in visit.windows if time <= w[1]]
            if not coming:
                latest = max(last for _, last in visit.windows)
                return "impossible-window", say.TOO_EARLY.format(
                    what=what, place=visit.place, latest=_time(latest), earliest=_time(time)
                )
            time = max(time, min(first for first, _ in coming))
        time += visit.service
        here = there
    if vehicle.end is not None:
        there = travel.at(vehicle.end)
        if not isfinite(travel.seconds[here, there]):
            return "no-way", say.NO_WAY.format(place=vehicle.end)
        metres += float(travel.metres[here, there])
        time = travel.arrival(here, there, time, vehicle.pace) if here != there else time
    if time > vehicle.shift[1]:
        return "impossible-window", say.BACK_LATE.format(time=_time(time))
    out = _driving(problem, vehicle, order) + sum(v.service for v in order.visits.values())
    if vehicle.max_seconds is not None and out > vehicle.max_seconds:
        return "too-far", say.TOO_LONG.format(time=_time(out))
    if vehicle.max_km is not None and metres > vehicle.max_km * 1000 + 1e-6:
        return "too-far", say.TOO_FAR.format(km=f"{metres / 1000:.1f}")
    return None


def _driving(problem: Problem, vehicle: Vehicle, order: Order) -> float:
    """Return the seconds on the road for an order alone, at free speed."""
    stops = [vehicle.start, *(visit.place for visit in order.visits.values())]
    stops += [vehicle.end] if vehicle.end is not None else []
    rows = [problem.travel.at(stop) for stop in stops]
    fastest = max(problem.travel.hours.factors) if problem.travel.hours else 1.0
    ways = (float(problem.travel.seconds[a, b]) for a, b in pairwise(rows))
    return sum(ways) * vehicle.pace / fastest


def _wrong_pairs(problem: Problem) -> Iterator[Fault]:
    orders = {order.name for order in problem.orders}
    vehicles = {vehicle.name for vehicle in problem.vehicles}
    for pair in sorted(problem.apart):
        for name in pair:
            if name not in orders:
                detail = say.NO_ORDER.format(name=name)
                yield Fault("pair", " / ".join(pair), "unknown-order", detail)
    for order, vehicle in sorted(problem.barred):
        for name, known, code, sentence in (
            (order, orders, "unknown-order", say.NO_ORDER),
            (vehicle, vehicles, "unknown-vehicle", say.NO_VEHICLE_NAMED),
        ):
            if name not in known:
                yield Fault("pair", f"{order} / {vehicle}", code, sentence.format(name=name))


def _time(seconds: float) -> str:
    whole = int(min(seconds, FOREVER))
    return "ever" if whole == FOREVER else f"{whole // 3600:02d}:{whole % 3600 // 60:02d}"


def _span(window: tuple[int, int]) -> str:
    return f"{_time(window[0])}–{_time(window[1])}"
