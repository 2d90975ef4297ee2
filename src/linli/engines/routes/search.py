"""Jobs of the search: what to search, from where, for how long; and what was found."""

import time
from dataclasses import dataclass, field

from pyvrp import ProblemData

from .climb import Climb, Penalties
from .pieces import cut
from .visits import Pool, Tours, built, cost, tours_of


@dataclass(frozen=True)
class Job:
    """What to search: some visits with some vehicles (None: all of them), from where, how long."""

    seconds: float
    seed: int
    start: Tours | None = None
    visits: tuple[int, ...] | None = None
    vehicles: tuple[int, ...] | None = None
    name: str | None = None
    """A search with a name is taken up where the last of that name was let rest."""
    history: int = 300
    """How many iterations back the search looks when it accepts (late acceptance)."""
    strength: int = 25
    """How many visits at most are moved at random in an iteration."""
    neighbours: int = 50
    """How many visits that lie near are tried as places for another."""
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
    penalties: Penalties | None


@dataclass
class Desk:
    """Where one hand does its jobs, and keeps the searches that go on."""

    data: ProblemData
    resting: dict[str, Climb] = field(default_factory=dict)

    def do(self, job: Job) -> Done:
        """Search as the job says.

        The best solution is the cheapest feasible one, or if none was met, one that is not
        feasible.
        """
        ends = time.perf_counter() + job.seconds
        part, data, start = None, self.data, job.start
        if job.visits is not None or job.vehicles is not None:
            number = data.num_clients + 2 * data.num_shipments
            vehicles = job.vehicles or tuple(t.num_available for t in data.vehicle_types())
            part = cut(data, job.visits or range(number), vehicles)
            data = part.data
            start = part.inside(start) if start is not None else None
        climb = self.resting.get(job.name or "")
        if climb is None:
            climb = Climb(
                data, job.seed, built(data, start) if start is not None else None,
                history=job.history, strength=job.strength, neighbours=job.neighbours,
                penalties=job.penalties, updates=job.updates,
            )  # fmt: skip
        if job.name is not None:
            self.resting[job.name] = climb
        before, climb.pool = climb.iterations, {}
        climb.run(ends)
        tours, pool = tours_of(data, climb.best), climb.pool
        if part is not None:
            tours = [part.outside(tour) for tour in tours]
            pool = {part.outside(tour): price for tour, price in pool.items()}
        return Done(
            climb.best.is_feasible(), cost(climb.best), tours, pool, climb.iterations - before,
            climb.penalties,
        )  # fmt: skip


def search(data: ProblemData, job: Job) -> Done:
    """Do one job."""
    return Desk(data).do(job)
