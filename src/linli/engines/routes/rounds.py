"""Search in rounds, by several hands, of the whole and in pieces.

In each round every hand has jobs of the same length together. A small problem is searched whole:
each hand goes on with its own search; in every other round the last hand searches with a vehicle
fewer, where the loads allow that, and towards the end from the best of all. A large problem is
searched in pieces (`pieces`), and now and then whole. Routes that were met are pooled; set
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
    first: float = 0.2
    """How many rounds' time the first takes if the problem is large."""
    every: int = 6
    """A large problem is searched whole once in so many rounds."""
    fewer: int = 600
    """Visits up to which a vehicle fewer is tried."""
    together: float = 0.6
    """The share of the time after which the last hand goes on from the best of all."""
    history: int = 300
    piece_history: int = 100
    strength: int = 25
    neighbours: int = 50
    styles: tuple[tuple[int, int], ...] = ((25, 50), (10, 25))
    """Strength and neighbours for pieces. Many short routes like it small, long ones don't: pieces
    get that more often which gained more."""
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
        self.penalties = done.penalties or self.penalties
        is_better = (done.is_feasible, -done.cost) > (self.is_feasible, -self.cost)
        if self.tours is None or is_better:
            self.tours, self.cost, self.is_feasible = done.tours, done.cost, done.is_feasible


def run(
    data: ProblemData, seconds: float, workers: int = 2, seed: int = 0, *,
    start: Tours | None = None, patience: float | None = None, pace: Pace | None = None,
    log: Callable[..., Any] | None = None,
) -> Found:  # fmt: skip
    """Search for `seconds` seconds of wall time; `log` is called with what each step found.

    After `patience` seconds without a feasible solution the search ends.
    """
    ends = time.perf_counter() + seconds
    with Hands(data, workers) as hands:
        rounds = _Rounds(
            data, hands, workers, seed, start, pace or Pace(), log or (lambda *_: None)
        )
        rounds.go(ends, seconds, patience)
    return rounds.found


@dataclass
class _Rounds:
    data: ProblemData
    hands: Hands
    workers: int
    seed: int
    start: Tours | None
    pace: Pace
    say: Callable[..., Any]
    found: Found = field(default_factory=Found)

    def __post_init__(self) -> None:
        data = self.data
        self.rng = np.random.default_rng(self.seed)
        self.number = data.num_clients + 2 * data.num_shipments
        self.is_large = (
            self.number > self.pace.whole and not data.num_groups and data.num_vehicles > 1
        )
        self.near = nearest(data) if self.is_large else np.empty((0, 0), int)
        self.fewest, self.failures = least_vehicles(data), 0
        self.lean: Done | None = None
        self.gained: dict[int, float] = {}
        self.is_together, self.meetings = False, 0

    def go(self, ends: float, seconds: float, patience: float | None) -> None:
        """Do rounds until the time is over."""
        pace, found, at = self.pace, self.found, 0
        round_s = seconds / (pace.rounds + (pace.first if self.is_large else 1))
        while True:
            left = ends - time.perf_counter()
            gone = seconds - left
            is_vain = patience is not None and not found.is_feasible and gone > patience
            if at and (left < 0.2 * round_s or is_vain):
                break
            share = round_s * pace.first if at == 0 and self.is_large else round_s
            share = left if left - share < 0.5 * round_s else share
            share -= 0.02 + 2e-5 * self.number
            if self.is_large and found.is_feasible and at % pace.every != pace.every - 1:
                self.in_pieces(share)
            else:
                self.whole(at, share, gone > pace.together * seconds)
            self.say(at, found.is_feasible, found.cost, found.iterations, len(found.pool))
            left = ends - time.perf_counter()
            if found.is_feasible and left > 0:
                self.together(min(pace.partition * seconds, left))
            at += 1

    def whole(self, at: int, share: float, is_late: bool) -> None:
        """Let each hand search all of it."""
        pace, found = self.pace, self.found
        fewer = self.one_fewer() if at % 2 else None
        if is_late and not self.is_together and found.is_feasible:
            self.is_together = True
            self.meetings += 1
        jobs = []
        for hand in range(self.workers):
            is_last = at > 0 and hand == self.workers - 1
            tours, vehicles = self.start, None
            name: str | None = f"own {hand}"
            if self.is_large:
                tours, name = found.tours or self.start, None
            elif is_last and self.is_together:
                tours, name = found.tours, f"together {self.meetings}"
            if is_last and fewer is not None:
                is_lean = self.lean is not None and used(self.data, self.lean.tours)[0] <= fewer
                vehicles, name = (fewer,), f"fewer {fewer}"
                tours = self.lean.tours if self.lean is not None and is_lean else None
            penalties = found.penalties if tours is not None else None
            jobs.append(
                [
                    Job(share, int(self.rng.integers(1 << 30)), tours, None, vehicles, name,
                        pace.history, pace.strength, pace.neighbours, penalties, pace.updates)
                ]
            )  # fmt: skip
        for (job,), (done,) in zip(jobs, self.hands.do(jobs), strict=True):
            found.take(done)
            if job.vehicles is not None:
                self.judge(done, job.vehicles[0])

    def judge(self, done: Done, vehicles: int) -> None:
        """See whether it is worth while to go on with a vehicle fewer."""
        self.lean = done
        if not done.is_feasible or done.cost > TOO_DEAR * self.found.cost:
            self.failures += 1
        if self.failures == 2:
            self.fewest, self.failures = vehicles + 1, 0

    def one_fewer(self) -> int | None:
        """Return one vehicle fewer than the best solution has, if there is but one type."""
        found = self.found
        if self.data.num_vehicle_types != 1 or found.tours is None or not found.is_feasible:
            return None
        (now,) = used(self.data, found.tours)
        return now - 1 if now - 1 >= self.fewest and self.number <= self.pace.fewer else None

    def in_pieces(self, share: float) -> None:
        """Search all pieces of the best solution; each that became cheaper takes its place."""
        found, pace = self.found, self.pace
        assert found.tours is not None
        parts = pieces(self.data, found.tours, self.near, pace.piece, self.rng)
        dealt = [parts[hand :: self.workers] for hand in range(self.workers)]
        jobs: list[list[Job]] = []
        for mine in dealt:
            total = sum(len(part.visits) for part in mine)
            jobs.append([])
            for part in mine:
                strength, neighbours = self.style()
                jobs[-1].append(
                    Job(share * len(part.visits) / total, int(self.rng.integers(1 << 30)),
                        part.tours, part.visits, part.vehicles, None, pace.piece_history,
                        strength, neighbours, found.penalties, pace.updates)
                )  # fmt: skip
        now: Tours = []
        gains: dict[int, list[float]] = {}
        for mine, tasks, theirs in zip(dealt, jobs, self.hands.do(jobs), strict=True):
            for part, job, done in zip(mine, tasks, theirs, strict=True):
                before = sum(found.pool[tour] for tour in part.tours)
                found.pool |= done.pool
                found.iterations += done.iterations
                found.penalties = done.penalties or found.penalties
                is_better = done.is_feasible and done.cost < before
                now += done.tours if is_better else part.tours
                gain = before - done.cost if is_better else 0
                found.cost -= gain
                gains.setdefault(job.strength, []).append(gain / max(before, 1))
        found.tours = now
        for strength, values in gains.items():
            self.gained[strength] = 0.5 * self.gained.get(strength, 0.0) + float(np.mean(values))

    def style(self) -> tuple[int, int]:
        """Draw a style for a piece: each as often as it gained lately, none never."""
        styles = self.pace.styles
        gained = np.array([self.gained.get(strength, 0.0) for strength, _ in styles])
        total = float(gained.sum())
        even = np.full(len(styles), 1 / len(styles))
        share = even if total <= 0 else 0.3 * even + 0.7 * gained**2 / float((gained**2).sum())
        return styles[int(self.rng.choice(len(styles), p=share))]

    def together(self, seconds: float) -> None:
        """Look for the routes that go together best."""
        found, started = self.found, time.perf_counter()
        better = best_of(self.data, found.pool, found.cost, seconds)
        if better is not None:
            found.tours = better
            found.cost = sum(found.pool[tour] for tour in better) + missed(self.data, better)
            self.is_together = False
        took = time.perf_counter() - started
        self.say("partition", better is not None, found.cost, round(took, 2))
        if len(found.pool) > self.pace.pool:
            latest = list(found.pool.items())[-self.pace.pool // 2 :]
            in_use = {tour: found.pool[tour] for tour in found.tours or []}
            found.pool = in_use | dict(latest)


def missed(data: ProblemData, tours: Tours) -> int:
    """Return the prizes of what is in no route."""
    n = data.num_clients
    return sum(
        (data.client(v) if v < n else data.shipment((v - n) // 2)).prize
        for v in left_out(data, tours)
    )


def least_vehicles(data: ProblemData) -> int:
    """Return how many vehicles of the first type all deliveries need at least, by their loads."""
    capacity = data.vehicle_type(0).capacity
    loads = np.array([client.delivery for client in data.clients()])
    if not len(capacity) or not loads.size:
        return 1
    needed = [loads[:, d].sum() / c for d, c in enumerate(capacity) if c]
    return max([1, *(int(np.ceil(each)) for each in needed)])
