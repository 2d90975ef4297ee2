"""One search: PyVRP's iterated local search from a given start, keeping the routes it meets."""

import time
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyvrp
from pyvrp import PenaltyManager, ProblemData, Solution
from pyvrp.IteratedLocalSearch import IteratedLocalSearchCallbacks
from pyvrp.search import (
    OPERATORS,
    LocalSearch,
    NeighbourhoodParams,
    PerturbationManager,
    PerturbationParams,
    compute_neighbours,
)

from .pieces import cut
from .visits import Pool, Tours, built, cost, cost_of, tour_of, tours_of

MOST = 1e8
"""The greatest penalty: it must outweigh the prize of an urgent order."""

Penalties = tuple[list[float], float, float]


@dataclass(frozen=True)
class Job:
    """What to search: some visits with some vehicles (None: all of them), from where, how long."""

    seconds: float
    seed: int
    start: Tours | None = None
    visits: tuple[int, ...] | None = None
    vehicles: tuple[int, ...] | None = None
    history: int = 300
    """How many iterations back the search looks when it accepts (late acceptance)."""
    strength: int = 25
    """How many visits at most are moved at random in an iteration."""
    penalties: Penalties | None = None
    """What excess load, lateness and excess distance cost at first; None: estimated."""
    updates: int = 100
    """After how many iterations the penalties are adjusted."""


@dataclass(frozen=True)
class Done:
    """What a search found. A solution that is not feasible breaks a limit somewhere."""

    is_feasible: bool
    cost: int
    tours: Tours
    pool: Pool
    iterations: int
    penalties: Penalties


class Gathering(IteratedLocalSearchCallbacks):
    """Keeps the routes of feasible candidates."""

    EVERY = 20

    def __init__(self, data: ProblemData) -> None:
        self.pool: Pool = {}
        self._data = data
        self._seen = 0
        self._has_shipments = data.num_shipments > 0

    def on_iteration(
        self, current: Any, candidate: Solution, best: Any, cost_evaluator: Any
    ) -> None:
        self._seen += 1
        if self._seen % self.EVERY == 0 and candidate.is_feasible():
            self.take(candidate)

    def take(self, solution: Solution) -> None:
        """Keep the routes of a solution."""
        for route in solution.routes():
            if self._has_shipments:
                tour = tour_of(self._data, route)
            else:
                tour = route.vehicle_type(), tuple([a.idx for a in route if a.is_client()])
            if tour not in self.pool:
                self.pool[tour] = cost_of(route)


def search(data: ProblemData, job: Job) -> Done:
    """Search as the job says.

    The best solution is that of PyVRP: the cheapest feasible one, or if none was met, one that
    is not feasible.
    """
    ends = time.perf_counter() + job.seconds
    part, here, start = None, data, job.start
    if job.visits is not None or job.vehicles is not None:
        number = data.num_clients + 2 * data.num_shipments
        vehicles = job.vehicles or tuple(t.num_available for t in data.vehicle_types())
        part = cut(data, job.visits or range(number), vehicles)
        here = part.data
        start = part.inside(start) if start is not None else None
    gathering = Gathering(here)
    method, penalties = _set_up(here, job)
    if start is not None:
        first = built(here, start)
    else:
        random = Solution.make_random(here, method.rng)
        first = method(random, penalties.max_cost_evaluator(), exhaustive=True)
    ils = pyvrp.IteratedLocalSearchParams(history_length=job.history, callbacks=gathering)
    stop = pyvrp.stop.MaxRuntime(max(ends - time.perf_counter(), 0.001))
    algorithm = pyvrp.IteratedLocalSearch(here, penalties, method, first, ils)
    found = algorithm.run(stop, collect_stats=False)
    best = found.best
    if best.is_feasible():
        gathering.take(best)
    tours, pool = tours_of(here, best), gathering.pool
    if part is not None:
        tours = [part.outside(tour) for tour in tours]
        pool = {part.outside(tour): price for tour, price in pool.items()}
    return Done(best.is_feasible(), cost(best), tours, pool, found.num_iterations,
                penalties.penalties())  # fmt: skip


class _Method(LocalSearch):
    """PyVRP's local search, with the random numbers it was given."""

    rng: pyvrp.RandomNumberGenerator


def _set_up(data: ProblemData, job: Job) -> tuple[_Method, PenaltyManager]:
    """Return the local search with all operators that fit, and the penalties."""
    rng = pyvrp.RandomNumberGenerator(seed=job.seed)
    neighbours = compute_neighbours(data, NeighbourhoodParams())
    method = _Method(
        data, rng, neighbours, PerturbationManager(PerturbationParams(1, job.strength))
    )
    method.rng = rng
    for operator in OPERATORS:
        if operator.supports(data):
            method.add_operator(operator(data))
    params = pyvrp.PenaltyParams(solutions_between_updates=job.updates, max_penalty=MOST)
    return method, PenaltyManager(job.penalties or estimated(data), params)


def estimated(data: ProblemData) -> Penalties:
    """Estimate what breaking a limit by one unit is worth: about a short way for a whole order.

    PyVRP begins in the middle between the least and the greatest penalty, 50,000 a unit, and
    takes some 40,000 iterations to come down to where it searches beyond the feasible. A short
    search has none to waste.
    """
    kind = data.vehicle_type(0)
    matrix = np.asarray(data.distance_matrix(kind.profile), float)
    time = np.asarray(data.duration_matrix(kind.profile), float)
    n = len(matrix)
    near = np.partition(matrix + np.diag(np.full(n, np.inf)), min(5, n - 1), axis=1)[:, :5]
    way = float(np.median(near[np.isfinite(near)])) if n > 1 else 1.0
    short = (matrix > 0) & (matrix <= 4 * way + 1)
    rate = float(matrix[short].sum() / max(time[short].sum(), 1.0)) if short.any() else 1.0
    metre, second = max(kind.unit_distance_cost, 0), max(kind.unit_duration_cost, 0)
    per_second = metre * min(rate, 1e3) + second
    amounts = [np.maximum(c.delivery, c.pickup) for c in data.clients()]
    amounts += [np.asarray(s.amount) for s in data.shipments()]
    mean = np.mean(amounts, axis=0) if amounts else np.zeros(data.num_load_dimensions)
    cost = way * metre + way / max(rate, 1e-3) * second
    loads = [max(cost / max(float(each), 1e-3), 1.0) for each in mean]
    return [10 * each for each in loads], 10 * max(per_second, 1.0), 10 * max(float(metre), 1.0)
