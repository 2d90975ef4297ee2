"""One more order into routes that stand: where it costs least, measured exactly, or why nowhere."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice, pairwise

from . import sentences as say
from .drawing import drawn
from .plan import Route
from .problem import DELIVERY, PICKUP, Order, Problem, Vehicle
from .timing import Step

TRIES = 60
"""Places tried exactly, beginning with the least detour."""


@dataclass(frozen=True)
class Insertion:
    """Where an order fits: the vehicle's new route, and what it adds to the cost."""

    vehicle: str
    route: Route
    added: float

    @property
    def steps(self) -> list[Step]:
        return [(stop.order, stop.what) for stop in self.route.stops]


def inserted(
    problem: Problem, sequences: Mapping[str, Sequence[Step]], order: Order, tries: int = TRIES
) -> Insertion | Counter[str]:
    """Return the best insertion of an order, or how often which rule forbade one.

    Of the `tries` least detours that keep every rule, the cheapest is taken.
    """
    reasons: Counter[str] = Counter()
    best: Insertion | None = None
    before: dict[str, float] = {}
    for detour, vehicle, steps in islice(_places(problem, sequences, order), tries):
        if best is not None and detour >= best.added:
            break
        route = drawn(problem, vehicle, steps, is_hasty=vehicle.max_seconds is None)
        if route.broken:
            reasons.update([say.rule(route.broken[0])])
            continue
        if vehicle.name not in before:
            now = sequences.get(vehicle.name, ())
            before[vehicle.name] = drawn(problem, vehicle, now).cost.total if now else 0.0
        route = drawn(problem, vehicle, steps)
        added = route.cost.total - before[vehicle.name]
        if best is None or added < best.added:
            best = Insertion(vehicle.name, route, added)
    return best or reasons


def _places(
    problem: Problem, sequences: Mapping[str, Sequence[Step]], order: Order
) -> Iterator[tuple[float, Vehicle, list[Step]]]:
    """Tell all places where an order may go, the least detour (in money) first."""
    found: list[tuple[float, str, int, int]] = []
    for vehicle in problem.vehicles:
        if problem.may(vehicle, order):
            steps = sequences.get(vehicle.name, ())
            found += (
                (c, vehicle.name, i, j) for c, i, j in _detours(problem, vehicle, steps, order)
            )
    for detour, name, first, second in sorted(found):
        steps = list(sequences.get(name, ()))
        if order.is_shipment:
            steps.insert(second, (order.name, DELIVERY))
            steps.insert(first, (order.name, PICKUP))
        else:
            (what,) = order.visits
            steps.insert(first, (order.name, what))
        yield detour, problem.vehicle(name), steps


def _detours(
    problem: Problem, vehicle: Vehicle, steps: Sequence[Step], order: Order
) -> Iterator[tuple[float, int, int]]:
    """Tell what each place in one route costs in distance, and where it is."""
    travel = problem.travel
    rows = [travel.at(vehicle.start)]
    rows += [travel.at(problem.order(name).visits[what].place) for name, what in steps]
    end = None if vehicle.end is None else travel.at(vehicle.end)
    new = [travel.at(visit.place) for visit in order.visits.values()]
    fixed = 0.0 if steps or vehicle.is_out else vehicle.fixed

    def money(path: Sequence[int | None]) -> float:
        ways = pairwise(path)
        metres = sum(float(travel.metres[a, b]) for a, b in ways if a is not None and b is not None)
        return metres / 1000 * vehicle.per_km

    for first in range(len(rows)):
        after = rows[first + 1] if first + 1 < len(rows) else end
        here = rows[first]
        if not order.is_shipment:
            yield money([here, new[0], after]) - money([here, after]) + fixed, first, first
            continue
        together = money([here, *new, after]) - money([here, after])
        yield together + fixed, first, first
        apart = money([here, new[0], after]) - money([here, after])
        for second in range(first + 1, len(rows)):
            beyond = rows[second + 1] if second + 1 < len(rows) else end
            there = rows[second]
            more = money([there, new[1], beyond]) - money([there, beyond])
            yield apart + more + fixed, first, second
