"""Search in rounds, by several hands, of the whole and in pieces.

In each round every hand has jobs of the same length together. A small problem is searched whole:
each hand from its own best, one of them with a vehicle fewer where the loads allow that. A large
one is searched in pieces (`pieces`), and now and then whole. Routes that were met are pooled; set
partitioning over the pool (`partition`) looks for the best that go together.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from pyvrp import ProblemData

from .hands import Hands
from .partition import best_of
from .pieces import nearest, pieces
from .search import Done, Job, Penalties
from .visits import Pool, Tours, left_out, used

TOO_DEAR = 1.03
"""A vehicle fewer is given up when it was not feasible, or so many times as dear, twice."""


@dataclass(frozen=True)
class Pace:
    """How a search spends its time."""

    whole: int = 300
    """Visits up to which a problem is searched whole."""
    piece: int = 200
    rounds: int = 8
    first: float = 2.0
    """How many rounds' time the first takes, which starts from nothing."""
    every: int = 4
    """A large problem is searched whole once in so many rounds."""
    history: int = 300
    piece_history: int = 300
    strength: int = 25
    piece_strength: int = 25
    updates: int = 100
    partition: float = 0.05
    """The share of all time that one try at set partitioning may take."""
    pool: int = 20_000


@dataclass
class Found:
    """The best solution so far. Where none is feasible, the last that was met."""

    tours: Tours | None = None
    cost: int = 0
    is_feasible: bool = False
    iterations: int = 0
    penalties: Penalties | None = None
    pool: Pool = field(default_factory=dict)

    def take(self, done: Done) -> None:
        """Remember what a search of the whole found."""
        self.iterations += done.iterations
        self.pool |= done.pool
        self.penalties = done.penalties
        if self.tours is None or ((done.is_feasible, -done.cost) > (self.is_feasible, -self.cost)):
            self.tours, self.cost, self.is_feasible = done.tours, done.cost, done.is_feasible


def run(
    data: ProblemData, seconds: float, workers: int = 2, seed: int = 0, *,
    start: Tours | None = None, patience: float | None = None,
    pace: Pace | None = None, log: Callable[..., Any] | None = None,
) -> Found:  # fmt: skip
    """Search for `seconds` seconds of wall time; `log` is called with what each step found.

    After `patience` seconds without a feasible solution the search ends.
    """
    pace = pace or Pace()
    ends = time.perf_counter() + seconds
    rng = np.random.default_rng(seed)
    number = data.num_clients + 2 * data.num_shipments
    is_large = number > pace.whole and not data.num_groups and data.num_vehicles > 1
    found = Found()
    own: list[Done | None] = [None] * workers
    lean: Done | None = None
    near = nearest(data) if is_large else np.empty((0, 0), int)
    fewest, failures = least_vehicles(data), 0
    say = log or (lambda *_: None)
    with Hands(data, workers) as hands:
        at = 0
        while True:
            left = ends - time.perf_counter()
            round_s = seconds / (pace.rounds + pace.first)
            if at and left < 0.2 * round_s:
                break
            if patience is not None and not found.is_feasible and seconds - left > patience:
                break
            share = (round_s * pace.first) if at == 0 else round_s
            if left - share < 0.5 * round_s:
                share = left
            share -= 0.02 + 2e-5 * number
            if is_large and found.is_feasible and at % pace.every != pace.every - 1:
                _in_pieces(data, found, near, hands, workers, share, rng, pace)
                say(at, "pieces", found.cost, found.iterations, len(found.pool))
            else:
                jobs = []
                for hand in range(workers):
                    mine = own[hand]
                    tours = mine.tours if mine is not None else start
                    vehicles = None
                    if at and hand == workers - 1:
                        tours = found.tours
                        vehicles = _one_fewer(data, found, fewest) if at % 2 else None
                    if vehicles:
                        is_lean = lean is not None and used(data, lean.tours)[0] <= vehicles[0]
                        tours = lean.tours if lean is not None and is_lean else None
                    penalties = mine.penalties if mine is not None else None
                    job = Job(share, int(rng.integers(1 << 30)), tours, None, vehicles,
                              pace.history, pace.strength, penalties, pace.updates)  # fmt: skip
                    jobs.append([job])
                for hand, (done,) in enumerate(hands.do(jobs)):
                    found.take(done)
                    fewer = jobs[hand][0].vehicles
                    if fewer is not None:
                        lean = done
                        if not done.is_feasible or done.cost > TOO_DEAR * found.cost:
                            failures += 1
                        if failures == 2:
                            fewest, failures = fewer[0] + 1, 0
                        continue
                    before = own[hand]
                    if before is None or (done.is_feasible, -done.cost) > (
                        before.is_feasible, -before.cost,
                    ):  # fmt: skip
                        own[hand] = done
                    say(at, hand, done.is_feasible, done.cost, done.iterations, len(found.pool))
            left = ends - time.perf_counter()
            if found.is_feasible and left > 0:
                _partition(data, found, min(pace.partition * seconds, left), say)
            if len(found.pool) > pace.pool:
                _forget(found, pace.pool // 2)
            if found.is_feasible and found.tours is not None:
                own[0] = Done(
                    True, found.cost, found.tours, {}, 0, found.penalties or ([], 1.0, 1.0)
                )
            at += 1
    return found


def _in_pieces(
    data: ProblemData, found: Found, near: np.ndarray, hands: Hands, workers: int, share: float,
    rng: np.random.Generator, pace: Pace,
) -> None:  # fmt: skip
    """Search all pieces of the best solution; each that became cheaper takes its place."""
    assert found.tours is not None
    parts = pieces(data, found.tours, near, pace.piece, rng)
    dealt = [parts[hand::workers] for hand in range(workers)]
    jobs = []
    for mine in dealt:
        total = sum(len(part.visits) for part in mine)
        jobs.append(
            [
                Job(share * len(part.visits) / total, int(rng.integers(1 << 30)), part.tours,
                    part.visits, part.vehicles, pace.piece_history, pace.piece_strength,
                    found.penalties, pace.updates)
                for part in mine
            ]
        )  # fmt: skip
    now: Tours = []
    cost = found.cost
    for mine, theirs in zip(dealt, hands.do(jobs), strict=True):
        for part, done in zip(mine, theirs, strict=True):
            before = sum(found.pool[tour] for tour in part.tours)
            found.pool |= done.pool
            found.iterations += done.iterations
            found.penalties = done.penalties
            is_better = done.is_feasible and done.cost < before
            now += done.tours if is_better else part.tours
            cost += min(done.cost - before, 0) if is_better else 0
    found.tours, found.cost = now, cost


def _partition(data: ProblemData, found: Found, seconds: float, say: Callable[..., Any]) -> None:
    started = time.perf_counter()
    better = best_of(data, found.pool, found.cost, seconds)
    if better is not None:
        found.tours = better
        found.cost = sum(found.pool[tour] for tour in better) + missed(data, better)
    say("partition", better is not None, found.cost, round(time.perf_counter() - started, 2))


def missed(data: ProblemData, tours: Tours) -> int:
    """Return the prizes of what is in no route."""
    n = data.num_clients
    return sum(
        (data.client(v) if v < n else data.shipment((v - n) // 2)).prize
        for v in left_out(data, tours)
    )


def _forget(found: Found, kept: int) -> None:
    """Keep the routes that were met last, and those in use."""
    latest = list(found.pool.items())[-kept:]
    in_use = {tour: found.pool[tour] for tour in found.tours or [] if tour in found.pool}
    found.pool = in_use | dict(latest)


def _one_fewer(data: ProblemData, found: Found, fewest: int) -> tuple[int, ...] | None:
    """Return vehicles, one fewer than the best solution has, if there is but one type."""
    if data.num_vehicle_types != 1 or found.tours is None or not found.is_feasible:
        return None
    (now,) = used(data, found.tours)
    return (now - 1,) if now - 1 >= fewest else None


def least_vehicles(data: ProblemData) -> int:
    """Return how many vehicles of the first type all deliveries need at least, by their loads."""
    capacity = data.vehicle_type(0).capacity
    loads = np.array([client.delivery for client in data.clients()])
    if not len(capacity) or not loads.size:
        return 1
    needed = [loads[:, d].sum() / c for d, c in enumerate(capacity) if c]
    return max([1, *(int(np.ceil(each)) for each in needed)])
