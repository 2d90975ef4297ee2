"""Search in rounds: PyVRP's iterated local search side by side, whole and in pieces.

Each round gives every worker a job: the whole problem from its own best, the whole problem with
one vehicle fewer, or a piece (some neighbouring routes). Routes seen on the way are pooled; a set
partitioning over the pool (`partition`) picks the best that go together. The first worker is this
process itself, so that a short search pays for no start of another.
"""

import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from multiprocessing import get_context
from typing import Any

import numpy as np
import pyvrp
from pyvrp import Activity, ActivityType, ProblemData, Route, Solution
from pyvrp.IteratedLocalSearch import IteratedLocalSearchCallbacks

from .partition import Pool, best_of
from .pieces import piece_data, pieces

WHOLE = 300  # clients up to which the problem is searched as a whole
PIECE = 220
ROUNDS = 8
"""Of a search; the first, which starts from nothing, counts for two."""

Visits = list[tuple[int, tuple[int, ...]]]  # vehicle type, clients in their order


@dataclass
class Job:
    """What a worker does in a round: clients of a piece (None: all), from where, for how long."""

    seconds: float
    seed: int
    start: Visits | None
    clients: tuple[int, ...] | None = None
    vehicles: int | None = None  # at most, of the first type


@dataclass
class Done:
    feasible: bool
    cost: int
    visits: Visits
    pool: Pool
    iterations: int


class _Gather(IteratedLocalSearchCallbacks):
    """Keeps the routes of feasible candidates."""

    EVERY = 20

    def __init__(self) -> None:
        self.pool: Pool = {}
        self._n = 0

    def on_iteration(self, current: Any, candidate: Solution, best: Any, cost_evaluator: Any) -> None:
        self._n += 1
        if self._n % self.EVERY == 0 and candidate.is_feasible():
            self.take(candidate)

    def on_best(self, best: Solution) -> None:
        if best.is_feasible():
            self.take(best)

    def take(self, solution: Solution) -> None:
        for route in solution.routes():
            key = (route.vehicle_type(), tuple(a.idx for a in route if a.is_client()))
            if key not in self.pool:
                self.pool[key] = cost_of(route)


def cost_of(route: Route) -> int:
    return route.distance_cost() + route.duration_cost() + route.fixed_vehicle_cost()


def visits_of(solution: Solution) -> Visits:
    return [(r.vehicle_type(), tuple(a.idx for a in r if a.is_client())) for r in solution.routes()]


def built(data: ProblemData, visits: Visits) -> Solution:
    client = ActivityType.CLIENT
    return Solution(
        data, [Route(data, [Activity(client, i) for i in each], kind) for kind, each in visits]
    )


def search(
    data: ProblemData, stop: pyvrp.stop.StoppingCriterion, seed: int, start: Solution | None
) -> tuple[Solution, Pool, int]:
    """Run PyVRP's search, and keep the routes it meets."""
    gather = _Gather()
    params = pyvrp.SolveParams(ils=pyvrp.IteratedLocalSearchParams(callbacks=gather))
    found = pyvrp.solve(data, stop, seed, False, params=params, initial_solution=start)
    if found.best.is_feasible():
        gather.take(found.best)
    return found.best, gather.pool, found.num_iterations


def do(data: ProblemData, job: Job) -> Done:
    """Do a job."""
    ends = time.perf_counter() + job.seconds
    names: Sequence[int] | None = job.clients
    here, start = data, job.start
    if names is not None:
        here = piece_data(data, names)
        place = {name: at for at, name in enumerate(names)}
        start = start and [(kind, tuple(place[c] for c in each)) for kind, each in start]
    if job.vehicles is not None:
        types = here.vehicle_types()
        here = here.replace(vehicle_types=[types[0].replace(num_available=job.vehicles), *types[1:]])
        if start is not None and sum(kind == 0 for kind, _ in start) > job.vehicles:
            start = None
    first = built(here, start) if start else None
    left = max(ends - time.perf_counter(), 0.01)
    best, pool, n = search(here, pyvrp.stop.MaxRuntime(left), job.seed, first)

    def named(each: tuple[int, ...]) -> tuple[int, ...]:
        return each if names is None else tuple(names[at] for at in each)

    cost = sum(cost_of(route) for route in best.routes())
    return Done(
        best.is_feasible(), cost, [(kind, named(each)) for kind, each in visits_of(best)],
        {(kind, named(each)): c for (kind, each), c in pool.items()}, n,
    )  # fmt: skip


def _work(inbox: Any, outbox: Any, data: ProblemData) -> None:
    while (job := inbox.get()) is not None:
        outbox.put(do(data, job))


@dataclass
class Team:
    """Workers beside this process, started when they are first asked for."""

    data: ProblemData
    number: int
    _inbox: list[Any] = field(default_factory=list)
    _outbox: Any = None
    _processes: list[Any] = field(default_factory=list)

    def start(self) -> None:
        context = get_context("forkserver")
        self._outbox = context.Queue()
        for _ in range(self.number - 1):
            inbox = context.Queue()
            process = context.Process(target=_work, args=(inbox, self._outbox, self.data), daemon=True)
            process.start()
            self._inbox.append(inbox)
            self._processes.append(process)

    def round(self, jobs: Sequence[Sequence[Job]]) -> list[Done]:
        """Let each worker do its jobs; the first list is this process's own."""
        for inbox, theirs in zip(self._inbox, jobs[1:], strict=False):
            for job in theirs:
                inbox.put(job)
        done = [do(self.data, job) for job in jobs[0]]
        waiting = sum(len(theirs) for theirs in jobs[1:])
        return done + [self._outbox.get() for _ in range(waiting)]

    def stop(self) -> None:
        for inbox in self._inbox:
            inbox.put(None)
        for process in self._processes:
            process.join(1)
            process.terminate()


def solve(data: ProblemData, seconds: float, workers: int = 2, seed: int = 0, log: Any = None) -> Solution:
    ends = time.perf_counter() + seconds
    n = data.num_clients
    team = Team(data, workers)
    team.start()
    rng = np.random.default_rng(seed)
    pool: Pool = {}
    best: Visits | None = None
    cost = 0
    own: list[Visits | None] = [None] * workers
    own_cost = [0] * workers
    least = least_vehicles(data)
    say = log or (lambda *a: None)
    try:
        at = 0
        while (left := ends - time.perf_counter()) > 0.05 * seconds or best is None:
            share = left if left < 0.12 * seconds else min(seconds / (ROUNDS + 1) * (2 if at == 0 else 1), left)
            share *= 0.93 if n <= 600 else 0.97
            if at and n > WHOLE and at % 4 != 3:
                parts = pieces(data, best, PIECE, rng.random())
                each: list[list[Visits]] = [parts[w::workers] for w in range(workers)]
                jobs = [
                    [Job(share * sum(len(v[1]) for v in part) / sum(len(v[1]) for p in mine for v in p),
                         int(rng.integers(1 << 30)), part, tuple(sorted(c for _, v in part for c in v)))
                     for part in mine]
                    for mine in each
                ]
                done = team.round(jobs)
                if all(d.feasible for d in done):
                    now = [route for d in done for route in d.visits]
                    found = sum(d.cost for d in done)
                    if found < cost:
                        best, cost = now, found
                for d in done:
                    pool |= d.pool
                say(at, "pieces", len(parts), cost, sum(d.iterations for d in done))
            else:
                jobs = []
                for w in range(workers):
                    job = Job(share, int(rng.integers(1 << 30)), own[w])
                    if at and w == workers - 1:
                        job.start = best
                        used = sum(kind == 0 for kind, _ in best)
                        if data.num_vehicle_types == 1 and at % 2 == 1 and used > least and n <= WHOLE * 2:
                            job.vehicles, job.start = used - 1, None
                    jobs.append([job])
                done = team.round(jobs)
                for w, d in enumerate(done):
                    pool |= d.pool
                    if d.feasible and (own[w] is None or d.cost < own_cost[w]):
                        own[w], own_cost[w] = d.visits, d.cost
                    if d.feasible and (best is None or d.cost < cost):
                        best, cost = d.visits, d.cost
                    say(at, w, d.feasible, d.cost, d.iterations, len(pool))
            left = ends - time.perf_counter()
            if left > 0.04 * seconds and best is not None:
                t = time.perf_counter()
                better = best_of(data, pool, cost, min(0.05 * seconds, left))
                if better:
                    best, cost = better, sum(pool[key] for key in better)
                say(at, "partition", len(pool), bool(better), cost, round(time.perf_counter() - t, 2))
                if len(pool) > 20000:
                    pool = dict(list(pool.items())[-10000:]) | {k: pool[k] for k in best if k in pool}
            own[0] = best
            at += 1
    finally:
        team.stop()
    return built(data, best)


def least_vehicles(data: ProblemData) -> int:
    """Return how many vehicles of the first type all deliveries need at least, by their loads."""
    capacity = data.vehicle_type(0).capacity
    loads = np.array([client.delivery for client in data.clients()])
    if not len(capacity) or not loads.size:
        return 1
    return max(int(np.ceil(loads[:, d].sum() / c)) for d, c in enumerate(capacity) if c)
