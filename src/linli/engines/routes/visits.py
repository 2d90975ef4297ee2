"""Solutions of PyVRP as plain tuples, which can be pooled, sent to other processes and cut up.

A visit is a whole number: a client's position, or behind all clients two for each shipment, its
pickup and its delivery.
"""

from collections.abc import Iterable, Sequence

from pyvrp import Activity, ActivityType, ProblemData, Route, Solution

Tour = tuple[int, tuple[int, ...]]  # vehicle type, visits in their order
Tours = list[Tour]
Pool = dict[Tour, int]  # what each costs


def visit_of(data: ProblemData, activity: Activity) -> int:
    """Return the number of a client's visit, a pickup or a delivery."""
    if activity.is_client():
        return activity.idx
    return data.num_clients + 2 * activity.idx + int(activity.is_delivery())


def activity_of(data: ProblemData, visit: int) -> Activity:
    """Return what a number stands for."""
    beyond = visit - data.num_clients
    if beyond < 0:
        return Activity(ActivityType.CLIENT, visit)
    kind = ActivityType.DELIVERY if beyond % 2 else ActivityType.PICKUP
    return Activity(kind, beyond // 2)


def tour_of(data: ProblemData, route: Route) -> Tour:
    """Return a route without its depots."""
    stops = (a for a in route if not a.is_depot())
    return route.vehicle_type(), tuple(visit_of(data, a) for a in stops)


def tours_of(data: ProblemData, solution: Solution) -> Tours:
    """Return the routes of a solution."""
    return [tour_of(data, route) for route in solution.routes()]


def built(data: ProblemData, tours: Iterable[Tour]) -> Solution:
    """Return the solution with these routes."""
    routes = [Route(data, [activity_of(data, v) for v in each], kind) for kind, each in tours]
    return Solution(data, routes)


def cost_of(route: Route) -> int:
    """Return what a route costs, without prizes."""
    return route.distance_cost() + route.duration_cost() + route.fixed_vehicle_cost()


def cost(solution: Solution) -> int:
    """Return what a solution costs, prizes that were missed included."""
    return sum(map(cost_of, solution.routes())) + solution.uncollected_prizes()


def place_of(data: ProblemData, visit: int) -> int:
    """Return the position of the location where a visit is made."""
    beyond = visit - data.num_clients
    if beyond < 0:
        return data.client(visit).location
    shipment = data.shipment(beyond // 2)
    return (shipment.delivery if beyond % 2 else shipment.pickup).location


def left_out(data: ProblemData, tours: Iterable[Tour]) -> list[int]:
    """Return the visits in no route; of a shipment its pickup stands for it."""
    there = {visit for _, each in tours for visit in each}
    firsts = range(data.num_clients, data.num_clients + 2 * data.num_shipments, 2)
    return [visit for visit in [*range(data.num_clients), *firsts] if visit not in there]


def used(data: ProblemData, tours: Sequence[Tour]) -> list[int]:
    """Count the vehicles of each type that are on the road."""
    count = [0] * data.num_vehicle_types
    for kind, _ in tours:
        count[kind] += 1
    return count
