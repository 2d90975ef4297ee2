"""A problem in PyVRP's terms, and its solutions back.

What PyVRP knows is said exactly: loads, windows (of several, each becomes an alternative in a
group), shifts, limits, prizes, shipments; forbidden pairs as loads of which a vehicle carries one.
What it doesn't know is approximated, and measured exactly afterwards (`drawing`): breaks shorten
shifts and shift the windows after them; speeds by hour become their mean; several windows of a
shipment become the one around them. `Tightening` takes back what this grants too much.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import groupby
from math import floor
from typing import Any

import numpy as np
from pyvrp import Client, ClientGroup, Depot, Location, ProblemData, Shipment, VehicleType
from pyvrp.constants import MAX_VALUE

from .problem import PICKUP, Order, Problem, Vehicle, Window
from .scales import Money, amount, amount_scales, cliques, money_scale, room
from .timing import Step
from .visits import Tours
from .windows import FOREVER, Stop, Tightening, stops_of

NEVER = 10**9
"""Metres and seconds of a way there is not, longer than any. PyVRP's greatest number, times what
lateness costs, would pass the greatest integer, and its search then never ends."""
NOWHERE = ""
"""The place where vehicles end that need not come back."""


@dataclass(frozen=True)
class Encoded:
    """A problem as PyVRP's, and what its visits and vehicle types stand for."""

    data: ProblemData
    steps: tuple[Step, ...]
    """What each visit stands for (see `visits`)."""
    kinds: tuple[tuple[str, ...], ...]
    """Names of the vehicles of each type."""
    money: Money

    def sequences(self, tours: Tours) -> dict[str, list[Step]]:
        """Return the stops of each vehicle."""
        left = [list(names) for names in self.kinds]
        return {left[kind].pop(0): [self.steps[v] for v in each] for kind, each in tours}

    def tours(self, sequences: Mapping[str, Sequence[Step]]) -> Tours:
        """Return the routes that vehicles drive through these stops, as far as they are known."""
        visit = {step: at for at, step in reversed(list(enumerate(self.steps)))}
        kind = {name: k for k, names in enumerate(self.kinds) for name in names}
        found = [
            (kind[name], tuple(visit[step] for step in steps if step in visit))
            for name, steps in sequences.items()
            if name in kind
        ]
        return [tour for tour in found if tour[1]]


@dataclass(frozen=True)
class _Kind:
    """Vehicles that are alike, and the orders they may not do."""

    vehicle: Vehicle
    names: tuple[str, ...]
    blocked: frozenset[str]
    shorter: int

    profile: tuple[object, ...]
    """Vehicles with equal profiles go the same ways equally fast at the same cost."""


def encoded(
    problem: Problem, *, tight: Tightening | None = None, prizes: Mapping[str, float] | None = None,
    extra: Mapping[str, np.ndarray] | None = None,
) -> Encoded:  # fmt: skip
    """Say a problem in PyVRP's terms.

    Parameters
    ----------
    problem
        Free of faults (`faults.checked`), with at least one vehicle and one order.
    prizes
        Money for orders that may stay out though they must be done, when not all can.
    extra
        For a vehicle (`""`: each that isn't named) money by which a way costs more than its
        distance, shape (visits + 2, visits + 2): the visits as in `Encoded.steps`, then the
        vehicle's start and end. Limits of distance are then not said.
    """
    tight = tight or Tightening()
    money, scales = money_scale(problem), amount_scales(problem)
    groups = cliques(problem.apart)
    kinds = _kinds(problem, tight, extra)
    depots = list(
        dict.fromkeys(p for k in kinds for p in (k.vehicle.start, k.vehicle.end or NOWHERE))
    )
    stops = list(stops_of(problem, tight))
    loads = [_load(stop.order, scales, groups) for stop in stops]
    at = len(depots)
    alternatives: list[ClientGroup] = []
    clients: list[Client] = []
    singles = [(s, load) for s, load in zip(stops, loads, strict=True) if not s.order.is_shipment]
    for name, rows in groupby(singles, key=lambda row: row[0].order.name):
        same = list(rows)
        group = len(alternatives) if len(same) > 1 else None
        must, prize = _worth(problem.order(name), prizes or {}, money)
        if group is not None:
            alternatives.append(
                ClientGroup(list(range(at - len(depots), at - len(depots) + len(same))), must)
            )
        for stop, load in same:
            clients.append(_client(stop, load, at, must and group is None, prize, group))
            at += 1
    shipments = []
    pairs = [(s, load) for s, load in zip(stops, loads, strict=True) if s.order.is_shipment]
    for (pickup, load), (delivery, _) in zip(pairs[::2], pairs[1::2], strict=True):
        must, prize = _worth(pickup.order, prizes or {}, money)
        shipments.append(_shipment(pickup, delivery, load, at, must, prize))
        at += 2
    ordered = [s for s, _ in singles] + [s for s, _ in pairs]
    places = [*depots, *(stop.visit.place for stop in ordered)]
    names = [*[None] * len(depots), *(stop.order.name for stop in ordered)]
    profiles = {kind.profile: kind for kind in kinds}
    is_free = all(vehicle.max_km is None for vehicle in problem.vehicles)
    matrices: list[tuple[Any, Any]] = []
    for kind in profiles.values():
        vehicle = kind.vehicle
        pace = vehicle.pace * tight.slower / mean_speed(problem)
        metres, seconds = _ways(problem, places, pace)
        if extra is not None:
            ends = [depots.index(vehicle.start), depots.index(vehicle.end or NOWHERE)]
            rows_ = np.ix_(*[[*range(len(depots), len(places)), *ends]] * 2)
            added = extra.get(vehicle.name, extra[""])
            metres = np.minimum(metres * money.metre(vehicle), MAX_VALUE)
            metres[rows_] = np.minimum(metres[rows_] + added * money.factor, MAX_VALUE)
        is_blocked = np.array([each in kind.blocked for each in names])
        for matrix in (metres, seconds):
            matrix[is_blocked] = NEVER
            matrix[:, is_blocked] = NEVER
            np.fill_diagonal(matrix, 0)
        matrices.append(
            (
                np.ceil(metres - (0.5 if is_free else 1e-6)).astype(np.int64),
                np.ceil(seconds - 1e-6).astype(np.int64),
            )
        )
    types = [
        _type(problem, kind, depots, list(profiles).index(kind.profile), money, scales,
              len(groups), extra is not None)
        for kind in kinds
    ]  # fmt: skip
    where = [_where(problem, place) for place in places]
    data = ProblemData(
        [Location(x, y, name=place) for (x, y), place in zip(where, places, strict=True)],
        clients, [Depot(d) for d in range(len(depots))], types,
        [m for m, _ in matrices], [s for _, s in matrices], alternatives, shipments,
    )  # fmt: skip
    steps = tuple((stop.order.name, stop.what) for stop in ordered)
    return Encoded(data, steps, tuple(kind.names for kind in kinds), money)


def mean_speed(problem: Problem) -> float:
    """Return the mean factor of speed while the vehicles are out."""
    hours = problem.travel.hours
    if hours is None:
        return 1.0
    shifts = [vehicle.shift for vehicle in problem.vehicles]
    return hours.mean(min(s[0] for s in shifts), max(s[1] for s in shifts))


def _worth(order: Order, prizes: Mapping[str, float], money: Money) -> tuple[bool, int]:
    """Whether an order must be done, and its prize if not."""
    prize = prizes.get(order.name, order.prize)
    return prize is None, 0 if prize is None else money.of(prize)


def _load(order: Order, scales: Mapping[str, int], groups: Sequence[frozenset[str]]) -> list[int]:
    own = [amount(order.amounts.get(unit, 0.0), scale) for unit, scale in scales.items()]
    return own + [int(order.name in group) for group in groups]


def _window(stop: Stop) -> Window:
    """Return a window; PyVRP knows none that never ends by its greatest number."""
    first, last = stop.window
    return first, last if last < FOREVER else int(np.iinfo(np.int64).max)


def _client(
    stop: Stop, load: list[int], at: int, must: bool, prize: int, group: int | None
) -> Client:
    nothing = [0] * len(load)
    is_pickup = stop.what == PICKUP
    return Client(
        at, nothing if is_pickup else load, load if is_pickup else nothing, stop.visit.service,
        *_window(stop), 0, prize, must, group, name=stop.order.name,
    )  # fmt: skip


def _shipment(
    pickup: Stop, delivery: Stop, load: list[int], at: int, must: bool, prize: int
) -> Shipment:
    return Shipment(
        at, at + 1, *_window(pickup), pickup.visit.service, *_window(delivery),
        delivery.visit.service, load, prize, must, name=pickup.order.name,
    )  # fmt: skip


def _kinds(
    problem: Problem, tight: Tightening, extra: Mapping[str, np.ndarray] | None
) -> list[_Kind]:
    """Put vehicles together that are alike in all but their name, and may do the same orders."""
    special = [o for o in problem.orders if o.skills or o.only is not None]
    no = problem.barred | tight.barred
    alike: dict[tuple[str, frozenset[str], int, str], list[Vehicle]] = {}
    for vehicle in problem.vehicles:
        blocked = frozenset(o.name for o in special if not problem.may(vehicle, o))
        blocked |= {order for order, name in no if name == vehicle.name}
        shorter = tight.shorter.get(vehicle.name, 0)
        own = vehicle.name if extra is not None and vehicle.name in extra else ""
        key = (repr(replace(vehicle, name="")), blocked, shorter, own)
        alike.setdefault(key, []).append(vehicle)
    found = []
    for (_, blocked, shorter, own), rows in alike.items():
        first = rows[0]
        ways = (first.start, first.end, first.per_km) if extra is not None else ()
        profile = (first.pace, blocked, own, *ways)
        found.append(_Kind(first, tuple(v.name for v in rows), blocked, shorter, profile))
    return found


def _ways(problem: Problem, places: Sequence[str], pace: float) -> tuple[np.ndarray, np.ndarray]:
    """Return metres and seconds between places, the ends that are nowhere at no distance."""
    travel = problem.travel
    is_nowhere = np.array([place == NOWHERE for place in places])
    rows = [0 if place == NOWHERE else travel.at(place) for place in places]
    found = []
    for matrix, factor in ((travel.metres, 1.0), (travel.seconds, pace)):
        block = matrix[np.ix_(rows, rows)] * factor
        block[:, is_nowhere] = 0
        found.append(np.minimum(block, NEVER))
    return found[0], found[1]


def _type(
    problem: Problem, kind: _Kind, depots: Sequence[str], profile: int, money: Money,
    scales: Mapping[str, int], groups: int, is_costed: bool,
) -> VehicleType:  # fmt: skip
    vehicle = kind.vehicle
    first, last = vehicle.shift
    resting = sum(each.seconds for each in vehicle.breaks if each.window[1] < last)
    last = max(last - resting - kind.shorter, first)
    limits: dict[str, Any] = {} if last >= FOREVER else {"tw_late": last}
    if vehicle.max_seconds is not None:
        limits["shift_duration"] = max(vehicle.max_seconds - resting - kind.shorter, 0)
    if vehicle.max_km is not None and not is_costed:
        limits["max_distance"] = floor(vehicle.max_km * 1000)
    carried = [room(vehicle.capacities.get(unit, 0.0), scale) for unit, scale in scales.items()]
    aboard = [amount(vehicle.aboard.get(unit, 0.0), scale) for unit, scale in scales.items()]
    return VehicleType(
        num_available=len(kind.names), capacity=carried + [1] * groups,
        start_depot=depots.index(vehicle.start), end_depot=depots.index(vehicle.end or NOWHERE),
        fixed_cost=0 if vehicle.is_out else money.of(vehicle.fixed), tw_early=first,
        start_late=first if vehicle.is_out else None,
        unit_distance_cost=1 if is_costed else money.metre(vehicle),
        unit_duration_cost=money.second(vehicle), profile=profile,
        initial_load=aboard + [0] * groups if any(aboard) else [],
        name=vehicle.name, **limits,
    )  # fmt: skip


def _where(problem: Problem, place: str) -> tuple[float, float]:
    where = problem.travel.where
    if where is None or place == NOWHERE:
        return 0.0, 0.0
    return tuple(map(float, where[problem.travel.at(place)]))  # type: ignore[return-value]
