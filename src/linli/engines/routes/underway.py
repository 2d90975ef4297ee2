"""Where vehicles stand at a moment: what is driven and done, and from where each can go on.

What counts as driven: stops that were begun, and the stop a vehicle is on its way to, unless its
position was told, it is down, or that stop was cancelled. A vehicle on the way home is taken to
arrive there.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from .changes import Delay, Down, Position, Served
from .plan import Route, Stop
from .problem import DELIVERY, PICKUP, Problem, Vehicle
from .timing import Pause, Step


@dataclass(frozen=True)
class Standing:
    """One vehicle: what it has done, as what it can go on, and which stops it was told."""

    vehicle: Vehicle
    done: tuple[Stop, ...] = ()
    pauses: tuple[Pause, ...] = ()
    told: tuple[Step, ...] = ()
    metres: float = 0.0
    """Driven until where it can go on."""
    start: int | None = None
    """When it set out; None: it hasn't."""
    loaded: frozenset[str] = frozenset()
    """Orders whose goods are aboard and not delivered."""


@dataclass(frozen=True)
class News:
    """What is known of all vehicles besides the plan."""

    positions: Mapping[str, Position]
    delays: Mapping[str, int]
    served: Mapping[Step, Served]
    cancelled: frozenset[str]
    down: frozenset[str] = frozenset()

    @classmethod
    def of(cls, changes: Sequence[object], cancelled: frozenset[str]) -> "News":
        """Sort the changes; delays of one vehicle add up."""
        delays: dict[str, int] = {}
        for change in changes:
            if isinstance(change, Delay):
                delays[change.vehicle] = delays.get(change.vehicle, 0) + change.seconds
        return cls(
            {c.vehicle: c for c in changes if isinstance(c, Position)},
            delays,
            {(c.order, c.what): c for c in changes if isinstance(c, Served)},
            cancelled,
            frozenset(c.vehicle for c in changes if isinstance(c, Down)),
        )


def standing(
    problem: Problem, vehicle: Vehicle, route: Route | None, now: int, news: News
) -> Standing:
    """Tell where a vehicle stands at `now`."""
    first, last = vehicle.shift
    delay = news.delays.get(vehicle.name, 0)
    stops = list(route.stops) if route is not None else []
    told = tuple((s.order, s.what) for s in stops if s.order not in news.cancelled)
    was_served = any((s.order, s.what) in news.served for s in stops)
    has_left = vehicle.is_out or was_served or (route is not None and now - delay >= route.start)
    if route is None or not has_left:
        first = max(first, now, route.start + delay if route is not None and delay > 0 else now)
        position = news.positions.get(vehicle.name)
        start = position.place.name if position is not None else vehicle.start
        waiting = replace(vehicle, start=start, shift=(first, max(last, first)))
        return Standing(waiting, told=told)
    done = _begun(stops, now, delay, news)
    ahead = stops[len(done) :]
    place, ready, metres = _free(problem, vehicle, route, done, now, delay, news)
    if ahead and _is_moving(vehicle, done, now, delay, news):
        goal = ahead[0]
        arrival = goal.arrival + delay
        place, ready = goal.place, max(arrival, now)
        metres += goal.metres
        if goal.order not in news.cancelled:
            done.append(_kept(problem, goal, arrival))
            ready = done[-1].end
    elif not ahead and _is_moving(vehicle, done, now, delay, news) and vehicle.end is not None:
        place, ready = vehicle.end, max(route.end + delay, now)
        metres = route.metres
    pauses = tuple(
        p for p in route.pauses if p.start <= now - delay or p.before < len(done)
    )  # fmt: skip
    ready = max([ready, *(p.end for p in pauses)])
    behind = {(stop.order, stop.what) for stop in done}
    aboard, loaded = _aboard(problem, vehicle, stops, behind, news)
    breaks = sorted(vehicle.breaks, key=lambda each: each.window)[len(pauses) :]
    out = replace(
        vehicle, start=place, shift=(ready, max(last, ready)), breaks=tuple(breaks),
        aboard=aboard, is_out=True,
        max_km=None if vehicle.max_km is None else max(vehicle.max_km - metres / 1000, 0.0),
        max_seconds=None if vehicle.max_seconds is None
        else max(vehicle.max_seconds - (ready - route.start), 0),
    )  # fmt: skip
    rest = tuple(step for step in told if step not in behind)
    return Standing(out, tuple(done), pauses, rest, metres, route.start, loaded)


def _begun(stops: Sequence[Stop], now: int, delay: int, news: News) -> list[Stop]:
    """Return the stops that were begun, with the times that were told."""
    last = -1
    for at, stop in enumerate(stops):
        if (stop.order, stop.what) in news.served or (
            stop.start <= now - delay and stop.order not in news.cancelled
        ):
            last = at
    done = []
    for stop in stops[: last + 1]:
        served = news.served.get((stop.order, stop.what))
        if served is not None:
            arrival = min(stop.arrival, served.start)
            done.append(replace(stop, arrival=arrival, start=served.start, end=served.end))
        else:
            done.append(stop)
    return done


def _is_busy(done: Sequence[Stop], now: int, delay: int) -> bool:
    return bool(done) and done[-1].end > now - delay and done[-1].end + delay > now


def _is_moving(vehicle: Vehicle, done: Sequence[Stop], now: int, delay: int, news: News) -> bool:
    """Whether a vehicle is between two stops, nobody knows where."""
    is_known = vehicle.name in news.positions or vehicle.name in news.down
    return not _is_busy(done, now, delay) and not is_known


def _free(
    problem: Problem, vehicle: Vehicle, route: Route, done: Sequence[Stop], now: int, delay: int,
    news: News,
) -> tuple[str, int, float]:  # fmt: skip
    """Return where and when a vehicle is free, and the metres until there."""
    metres = sum(stop.metres for stop in done)
    if _is_busy(done, now, delay):
        return done[-1].place, done[-1].end + delay, metres
    position = news.positions.get(vehicle.name)
    last = done[-1].place if done else route.stops[0].place
    if position is not None:
        travel = problem.travel
        here = done[-1].place if done else vehicle.start
        way = float(travel.metres[travel.at(here), travel.at(position.place.name)])
        return position.place.name, now, metres + way
    return last, max([now, *(stop.end for stop in done[-1:])]), metres


def _kept(problem: Problem, goal: Stop, arrival: int) -> Stop:
    """Return a stop that is driven to, as it will be."""
    start = max(arrival, goal.start)
    visit = problem.order(goal.order).visits[goal.what]
    late = max(start - max((last for _, last in visit.windows), default=start), 0)
    return replace(goal, arrival=arrival, start=start, end=start + visit.service, late=late)


def _aboard(
    problem: Problem, vehicle: Vehicle, stops: Sequence[Stop], behind: set[Step], news: News
) -> tuple[dict[str, float], frozenset[str]]:
    """Return what must go to the vehicle's end, and the orders whose goods are to be delivered."""
    aboard = dict(vehicle.aboard)
    loaded = set()
    for stop in stops:
        order = problem.order(stop.order)
        if not order.amounts:
            continue
        is_picked = not order.is_shipment or (order.name, PICKUP) in behind
        is_left = stop.what == DELIVERY and (order.name, DELIVERY) not in behind
        if is_left and is_picked and order.name not in news.cancelled:
            loaded.add(order.name)
        is_back = is_left and is_picked and order.name in news.cancelled
        is_collected = stop.what == PICKUP and not order.is_shipment and stop_in(stop, behind)
        if is_back or is_collected:
            for unit, amount in order.amounts.items():
                aboard[unit] = aboard.get(unit, 0.0) + amount
    return aboard, frozenset(loaded)


def stop_in(stop: Stop, steps: set[Step]) -> bool:
    """Whether a stop is one of these steps."""
    return (stop.order, stop.what) in steps
