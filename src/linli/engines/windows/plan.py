"""The plan of least expected cost: a mixed-integer programme, solved by HiGHS."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy.optimize import Bounds, LinearConstraint, milp
from scipy.sparse import coo_array

from .asked import Arrival, Job, Slot
from .ground import EPS, Ground

MOST_ALTERNATIVES = 5
ROUNDS, TRIED = 3, 40


@dataclass(frozen=True)
class Window:
    """When a job is done.

    Attributes
    ----------
    begins, ends
        Hours from now.
    slot
        Position of the slot it begins in, by time.
    fails_before
        Probability that it fails before.
    failure, downtime, early
        Expected costs: of failing before, of standing still (for it alone), of life thrown away.
    wait_a_week
        What a week's delay costs more (less, below nought), downtime being what it is.
    alternatives
        (hour, extra cost) of the best other windows beside the rest of the plan, one a slot, the
        cheapest first.
    """

    job: Job
    begins: float
    ends: float
    slot: int
    fails_before: float
    failure: float
    downtime: float
    early: float
    wait_a_week: float
    alternatives: tuple[tuple[float, float], ...]


@dataclass(frozen=True)
class LeftOut:
    """A job without a window.

    Attributes
    ----------
    reasons
        What bars it, each as a word and what it is of: ("length", hours), ("skill", skill, needed,
        there at most), ("spare", name, hour it is there or inf), ("together",) where each is to
        be had but never at the same time, ("others",) where others took crew or spares,
        ("agreed", …) where it cannot be done when it was agreed, ("cheaper",) where it costs less
        to leave it until after the last slot.
    wish
        Hour at which it would be done at least cost if crews and spares were no limit; None where
        no slot is long enough.
    wait_a_week
        What a week's delay from that hour (from now without one) costs more.
    """

    job: Job
    reasons: tuple[tuple[str, ...], ...]
    wish: float | None
    wait_a_week: float


@dataclass(frozen=True)
class Plan:
    """Windows for the jobs that can be done.

    Attributes
    ----------
    cost
        Expected, of all that could have been planned.
    gap
        By which share of the cost a better plan may cost less at most; 0 where none can.
    """

    ground: Ground
    windows: tuple[Window, ...]
    left_out: tuple[LeftOut, ...]
    cost: float
    gap: float

    def __str__(self) -> str:
        lines = [f"{w.job.name}: {w.begins:g}–{w.ends:g} h" for w in self.windows]
        lines += [f"{o.job.name}: none ({o.reasons[0][0]})" for o in self.left_out]
        return "\n".join([*lines, f"expected cost {self.cost:,.0f}"])

    @property
    def placed(self) -> dict[str, int]:
        """Step at which each job begins, by name."""
        return {w.job.name: round(w.begins / self.ground.step) for w in self.windows}

    def moved(self, job: Job, begins: float) -> tuple[float, list[tuple[str, ...]]]:
        """Return what moving a job to that hour costs more, and what bars it there.

        A job without a window is compared with leaving it until after the last slot.
        """
        return self.ground.moved(self.placed, job, begins)


def plan(
    jobs: Sequence[Job], slots: Sequence[Slot], arrivals: Sequence[Arrival] = (),
    step: float = 1.0, seconds: float = 20.0, beyond: float = 24.0,
) -> Plan:  # fmt: skip
    """Find windows for all jobs at least expected cost.

    Minimised is the sum over jobs of failure cost × probability of failing before the window,
    plus life thrown away by replacing early, plus downtime of each line, counted once where its
    jobs overlap. A job that costs less if left until after the last slot is left.

    Parameters
    ----------
    slots
        Must not overlap; a job may run from one into the next where they touch.
    arrivals
        Of spares; stock is an arrival at 0.
    step
        Hours; windows begin at its multiples.
    seconds
        After which the best plan so far is returned, with its gap.
    beyond
        Hours after the last slot at which a job that is left could be done next.

    Raises
    ------
    ValueError
        If slots overlap or two jobs have one name.
    """
    ground = Ground(tuple(jobs), tuple(slots), tuple(arrivals), step, beyond)
    starts, barred = {}, dict[str, list[tuple[str, ...]]]()
    for job in ground.jobs:
        may = ground.starts(job)
        if job.fixed is not None:
            at = round(job.fixed / step)
            if at not in may:
                barred[job.name] = [("agreed", *bar) for bar in ground.bars(job, at, {})]
                continue
            may = np.array([at])
        if len(may):
            starts[job.name] = may
        else:
            barred[job.name] = ground.reasons(job)
    open_ = [job for job in ground.jobs if job.name in starts]
    placed, gap = _solve(ground, open_, starts, seconds)
    windows = tuple(
        _window(ground, job, begins, ground.starts(job), placed)
        for job in open_
        if (begins := placed[job.name]) is not None
    )
    left = [_left_out(ground, job, barred[job.name]) for job in ground.jobs if job.name in barred]
    for job in open_:
        if placed[job.name] is None:
            free = [at for at in starts[job.name] if not ground.bars(job, int(at), placed)]
            left.append(_left_out(ground, job, [("cheaper",) if free else ("others",)]))
    return Plan(ground, windows, tuple(left), ground.cost(placed), gap)


def _solve(
    ground: Ground, jobs: Sequence[Job], starts: dict[str, np.ndarray], seconds: float
) -> tuple[dict[str, int | None], float]:
    """Choose a start for each job: x for each of them (the last one: later), y for lines."""
    if not jobs:
        return {}, 0.0
    first, cost = dict[str, int](), list[float]()
    for job in jobs:
        first[job.name] = len(cost)
        cost += [*job.risk(starts[job.name] * ground.step), ground.later(job)]
    chosen = len(cost)
    lines = sorted({job.line for job in jobs})
    for line in lines:
        cost += [*ground.rate(line)]
    rows, columns, values, low, high = [list[float]() for _ in range(5)]

    def bound(entries: Sequence[tuple[int, float]], least: float, most: float) -> None:
        rows.extend(float(len(low)) for _ in entries)
        columns.extend(float(column) for column, _value in entries)
        values.extend(value for _column, value in entries)
        low.append(least)
        high.append(most)

    covers = {job.name: _covers(ground, job, starts[job.name], first[job.name]) for job in jobs}
    for job in jobs:
        ahead = len(starts[job.name]) + 1
        bound([(first[job.name] + at, 1.0) for at in range(ahead)], 1.0, 1.0)
        offset = chosen + lines.index(job.line) * ground.steps
        for step, over in covers[job.name].items():
            bound([(offset + step, -1.0), *((x, 1.0) for x in over)], -np.inf, 0.0)
    for skill in sorted({skill for job in jobs for skill in job.crew}):
        there = ground.crew(skill)
        for step in range(ground.steps):
            entries = [
                (x, float(job.crew[skill]))
                for job in jobs if job.crew.get(skill) for x in covers[job.name].get(step, ())
            ]  # fmt: skip
            if entries:
                bound(entries, -np.inf, there[step])
    for spare in sorted({spare for job in jobs for spare in job.spares}):
        stock = ground.stock(spare)
        for at, (_hour, total) in enumerate(stock):
            until = stock[at + 1][0] if at + 1 < len(stock) else np.inf
            entries = [
                (first[job.name] + number, float(job.spares[spare]))
                for job in jobs if job.spares.get(spare)
                for number, start in enumerate(starts[job.name])
                if start * ground.step < until - EPS
            ]  # fmt: skip
            if entries:
                bound(entries, -np.inf, total)
    matrix = coo_array(
        (values, (np.array(rows, dtype=int), np.array(columns, dtype=int))),
        shape=(len(low), len(cost)),
    )
    whole = np.append(np.ones(chosen), np.zeros(len(cost) - chosen))
    found = milp(
        np.array(cost), integrality=whole, bounds=Bounds(0, 1),
        constraints=LinearConstraint(matrix.tocsr(), low, high),
        options={"time_limit": seconds, "mip_rel_gap": 1e-6},
    )  # fmt: skip
    placed: dict[str, int | None] = {}
    for job in jobs if found.x is not None else ():
        may = starts[job.name]
        at = int(np.argmax(found.x[first[job.name] : first[job.name] + len(may) + 1]))
        placed[job.name] = int(may[at]) if at < len(may) else None
    bound_ = found.mip_dual_bound if found.mip_dual_bound is not None else 0.0
    if found.status == 0:
        return placed, max(float(found.mip_gap or 0.0), 0.0)
    # Time ran out: what was found is looked over job by job, beside a plan made in that way alone.
    plans = [_bettered(ground, jobs, starts, one)
             for one in (placed, _one_by_one(ground, jobs, starts)) if one]  # fmt: skip
    best = min(plans, key=ground.cost)
    return best, max(1.0 - float(bound_) / max(ground.cost(best), EPS), 0.0)


def _covers(ground: Ground, job: Job, starts: np.ndarray, first: int) -> dict[int, list[int]]:
    """Return for each step the choices of a job by which it is being done then."""
    found: dict[int, list[int]] = {}
    for number, start in enumerate(starts):
        for step in range(int(start), int(start) + ground.length(job)):
            found.setdefault(step, []).append(first + number)
    return found


def _one_by_one(
    ground: Ground, jobs: Sequence[Job], starts: dict[str, np.ndarray]
) -> dict[str, int | None]:
    """Give each job its cheapest free window, whoever loses most by waiting first."""
    placed: dict[str, int | None] = {}
    agreed_first = sorted(jobs, key=lambda job: (job.fixed is None, -job.wait(job.earliest)))
    for job in agreed_first:
        costs = ground.costs(job)
        ways = sorted(starts[job.name], key=lambda at: costs[at])
        free = (int(at) for at in ways if not ground.bars(job, int(at), placed))
        placed[job.name] = next(free, None)
    return placed


def _bettered(
    ground: Ground, jobs: Sequence[Job], starts: dict[str, np.ndarray],
    placed: dict[str, int | None],
) -> dict[str, int | None]:  # fmt: skip
    """Move one job at a time to where the plan costs less, until two rounds find nothing."""
    placed, best = dict(placed), ground.cost(placed)
    for _round in range(ROUNDS):
        before = best
        for job in jobs:
            if job.fixed is not None:
                continue
            costs = ground.costs(job)
            may = starts[job.name]
            nearest = may[np.argsort(costs[may], kind="stable")][:TRIED]
            for at in nearest:
                if ground.bars(job, int(at), placed):
                    continue
                trial = ground.cost({**placed, job.name: int(at)})
                if trial < best - EPS:
                    placed[job.name], best = int(at), trial
        if best > before - EPS:
            break
    return placed


def _window(
    ground: Ground, job: Job, at: int, starts: np.ndarray, placed: dict[str, int | None]
) -> Window:
    begins, here = at * ground.step, ground.cost(placed)
    best: dict[int, tuple[float, float]] = {}
    costs = ground.costs(job)
    for other in sorted(starts, key=lambda start: costs[start]):
        slot = int(ground.slot_of[other])
        if other == at or slot in best or ground.bars(job, int(other), placed):
            continue
        extra = ground.cost({**placed, job.name: int(other)}) - here
        best[slot] = (float(other * ground.step), extra)
        if len(best) >= MOST_ALTERNATIVES:
            break
    return Window(
        job, begins, begins + job.hours, int(ground.slot_of[at]),
        float(job.life.fails_within(begins)),
        float(job.failure_cost * job.life.fails_within(begins)), float(ground.downtime(job)[at]),
        float(job.life_value * job.life.thrown_away(begins)), job.wait(begins),
        tuple(sorted(best.values(), key=lambda each: each[1])),
    )  # fmt: skip


def _left_out(ground: Ground, job: Job, reasons: list[tuple[str, ...]]) -> LeftOut:
    may = np.flatnonzero(ground.runs(ground.slot_of >= 0, ground.length(job)))
    may = may[may * ground.step >= job.earliest - EPS]
    wish = float(may[np.argmin(ground.costs(job)[may])] * ground.step) if len(may) else None
    return LeftOut(job, tuple(reasons), wish, job.wait(wish or 0.0))
