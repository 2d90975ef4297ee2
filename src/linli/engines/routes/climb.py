"""One search that can be let rest and taken up again: PyVRP's iterated local search, step by step.

The loop is PyVRP's `IteratedLocalSearch` (late acceptance, Burke and Bykov 2017); here
its history outlives a round, and the routes it meets are kept.
"""

import time
from typing import Any

import numpy as np
import pyvrp
from pyvrp import PenaltyManager, ProblemData, Solution
from pyvrp.search import (
    OPERATORS,
    LocalSearch,
    NeighbourhoodParams,
    PerturbationManager,
    PerturbationParams,
    compute_neighbours,
)

from .visits import Pool, cost_of, tour_of

MOST = 1e8
"""The greatest penalty: it must outweigh the prize of an urgent order."""
GREATEST = 4e18
"""What all lateness together may cost at most: a little less than the greatest integer."""
GATHER = 20
"""The routes of a candidate are kept once in so many iterations, if it is feasible."""
PATIENCE = 150_000
"""Iterations without anything better after which the search begins again from its best."""
TIMES = 10.0
"""The first penalties, as a multiple of what is estimated. Searches that begin too low find nothing
feasible in short rounds; between 10 and 100,000 times it hardly matters."""

Penalties = tuple[list[float], float, float]


class Climb:
    """A search of one problem."""

    def __init__(
        self, data: ProblemData, seed: int, start: Solution | None = None, *, history: int = 300,
        strength: int = 25, neighbours: int = 50, penalties: Penalties | None = None,
        updates: int = 100,
    ) -> None:  # fmt: skip
        self._data = data
        rng = pyvrp.RandomNumberGenerator(seed=seed)
        near = compute_neighbours(data, NeighbourhoodParams(num_neighbours=neighbours))
        self._search = LocalSearch(
            data, rng, near, PerturbationManager(PerturbationParams(1, strength))
        )
        for operator in OPERATORS:
            if operator.supports(data):
                self._search.add_operator(operator(data))
        params = pyvrp.PenaltyParams(solutions_between_updates=updates, max_penalty=greatest(data))
        self._penalties = PenaltyManager(penalties or estimated(data), params)
        if start is None:
            random = Solution.make_random(data, rng)
            start = self._search(random, self._penalties.max_cost_evaluator(), exhaustive=True)
        self.best = self._current = self._first = start
        self.iterations = 0
        self.pool: Pool = {}
        self._history: list[Solution | None] = [None] * history
        self._idle = 0
        self._has_shipments = data.num_shipments > 0

    @property
    def penalties(self) -> Penalties:
        """What breaking limits costs at present."""
        return self._penalties.penalties()

    def run(self, ends: float) -> None:
        """Search until `time.perf_counter()` reaches `ends`."""
        while time.perf_counter() < ends:
            self._step()
        if self.best.is_feasible():
            self._gather(self.best)

    def _step(self) -> None:
        self.iterations += 1
        if self._idle == PATIENCE:
            self._history = [None] * len(self._history)
            self._current, self._idle = self.best, 0
        costs = self._penalties.cost_evaluator()
        candidate = self._search(self._current, costs, exhaustive=False)
        self._penalties.register(candidate)
        self._idle += 1
        if costs.cost(candidate) < costs.cost(self.best):
            self.best, self._idle = candidate, 0
            candidate = self._search(candidate, costs, exhaustive=True)
            if candidate.is_feasible():
                self.best = candidate
        self._accept(candidate, costs)
        if self.iterations % GATHER == 0 and candidate.is_feasible():
            self._gather(candidate)

    def _accept(self, candidate: Solution, costs: Any) -> None:
        """Take the candidate if it is better than now, or than some iterations ago."""
        at = self.iterations % len(self._history)
        before = self._history[at]
        late = costs.penalised_cost(self._first if before is None else before)
        new, now = costs.penalised_cost(candidate), costs.penalised_cost(self._current)
        if new < late or new < now:
            self._current, now = candidate, new
        if now < late or before is None:
            self._history[at] = self._current

    def _gather(self, solution: Solution) -> None:
        for route in solution.routes():
            if self._has_shipments:
                tour = tour_of(self._data, route)
            else:
                tour = route.vehicle_type(), tuple([a.idx for a in route if a.is_client()])
            if tour not in self.pool:
                self.pool[tour] = cost_of(route)


def greatest(data: ProblemData) -> float:
    """Return the greatest penalty with which no cost can pass the greatest integer."""
    longest = 1.0
    for kind in data.vehicle_types():
        longest = max(longest, float(np.max(data.duration_matrix(kind.profile))))
        if kind.max_distance < np.iinfo(np.int64).max:
            longest = max(longest, float(np.max(data.distance_matrix(kind.profile))))
    visits = data.num_clients + 2 * data.num_shipments
    return max(min(MOST, GREATEST / (longest * (visits + 2))), 1.0)


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
    per_metre = max(float(metre), 1.0)
    return [TIMES * each for each in loads], TIMES * max(per_second, 1.0), TIMES * per_metre
