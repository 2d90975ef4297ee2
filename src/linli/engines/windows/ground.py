"""The calendar as steps of time: where a job fits, what it costs there, why it does not fit."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise

import numpy as np

from .asked import Array, Arrival, Job, Slot

EPS = 1e-9
UNPLANNED = 0.01


@dataclass(frozen=True)
class Ground:
    """Slots, spares and jobs on a grid of time.

    Attributes
    ----------
    step
        Length of a step, in hours; windows begin at its multiples.
    beyond
        Hours after the last slot at which a job that is left could be done next.
    """

    jobs: tuple[Job, ...]
    slots: tuple[Slot, ...]
    arrivals: tuple[Arrival, ...]
    step: float
    beyond: float

    def __post_init__(self) -> None:
        """Refuse a calendar that contradicts itself.

        Raises
        ------
        ValueError
            If slots overlap or end before they begin, or two jobs have one name.
        """
        if not (np.isfinite(self.step) and self.step > 0):
            raise ValueError(f"a step of {self.step:g} hours is none")
        if len({job.name for job in self.jobs}) < len(self.jobs):
            raise ValueError("two jobs have the same name")
        ordered = sorted(self.slots, key=lambda slot: slot.begins)
        for slot in ordered:
            if not slot.begins < slot.ends < np.inf:
                raise ValueError(f"a slot from {slot.begins:g} to {slot.ends:g} is none")
        for before, after in pairwise(ordered):
            if after.begins < before.ends - EPS:
                raise ValueError(f"slots overlap at hour {after.begins:g}")
        object.__setattr__(self, "slots", tuple(ordered))

    @cached_property
    def steps(self) -> int:
        """How many there are until the last slot ends."""
        return int(max((slot.ends for slot in self.slots), default=0.0) / self.step + EPS)

    @cached_property
    def slot_of(self) -> np.ndarray:
        """Which slot each step lies in whole; −1 for none, shape (steps,)."""
        found = np.full(self.steps, -1)
        for at, slot in enumerate(self.slots):
            first = int(np.ceil(max(slot.begins, 0.0) / self.step - EPS))
            found[first : max(int(slot.ends / self.step + EPS), first)] = at
        return found

    def _by_slot(self, values: Sequence[float]) -> Array:
        return np.append(np.asarray(values, dtype=float), 0.0)[self.slot_of]

    def crew(self, skill: str) -> Array:
        """Return the persons with that skill at each step."""
        return self._by_slot([slot.crew.get(skill, 0) for slot in self.slots])

    def rate(self, line: str) -> Array:
        """Return what a step of that line's standing still costs."""
        return self._by_slot([slot.downtime.get(line, 0.0) * self.step for slot in self.slots])

    def stock(self, spare: str) -> list[tuple[float, int]]:
        """Return from which hour on how many pieces have come, in order."""
        found, total = [], 0
        for one in sorted((a for a in self.arrivals if a.spare == spare), key=lambda a: a.at):
            total += one.number
            found.append((one.at, total))
        return found

    def there_from(self, spare: str, number: int) -> float:
        """Return the hour from which so many pieces have come; infinity for never."""
        return next((at for at, total in self.stock(spare) if total >= number), np.inf)

    def length(self, job: Job) -> int:
        """Return the steps a job takes."""
        return int(np.ceil(job.hours / self.step - EPS))

    def runs(self, good: np.ndarray, length: int) -> np.ndarray:
        """Return for each step whether that and the following ones, `length` in all, are good."""
        if length > self.steps:
            return np.zeros(self.steps, dtype=bool)
        counted = np.append(0, np.cumsum(good))
        found = np.zeros(self.steps, dtype=bool)
        found[: self.steps - length + 1] = counted[length:] - counted[:-length] == length
        return found

    def starts(self, job: Job) -> np.ndarray:
        """Return the steps at which a job may begin if it has the place for itself."""
        length = self.length(job)
        may = self.runs(self.slot_of >= 0, length)
        for skill, number in job.crew.items():
            may &= self.runs(self.crew(skill) >= number, length)
        ready = [job.earliest, *(self.there_from(name, n) for name, n in job.spares.items() if n)]
        may &= np.arange(self.steps) * self.step >= max(ready) - EPS
        return np.flatnonzero(may)

    def downtime(self, job: Job) -> Array:
        """Return what standing still for a job alone costs, by the step it begins at."""
        length, rate = self.length(job), np.append(0.0, np.cumsum(self.rate(job.line)))
        ends = np.minimum(np.arange(self.steps) + length, self.steps)
        return np.asarray(rate[ends] - rate[: self.steps])

    def costs(self, job: Job) -> Array:
        """Return what a job alone costs by the step it begins at: risk, lost life, downtime."""
        return np.asarray(job.risk(np.arange(self.steps) * self.step) + self.downtime(job))

    def later(self, job: Job) -> float:
        """Return what it costs at least to leave a job until after the last slot.

        A hundredth of a failure is added: where waiting saves nothing, a window is the better plan.
        """
        rates = [slot.downtime.get(job.line, 0.0) for slot in self.slots]
        ahead = self.steps * self.step + self.beyond
        least = self.length(job) * self.step * min(rates, default=0.0)
        return float(job.risk(ahead)) + least + UNPLANNED * job.failure_cost

    def cost(self, placed: Mapping[str, int | None]) -> float:
        """Return what a whole plan costs, downtime of a line counted once where jobs share it.

        Parameters
        ----------
        placed
            Step at which each job begins, by name; None for later than the last slot.
        """
        total, stands = 0.0, dict[str, np.ndarray]()
        for job in self.jobs:
            if job.name not in placed:
                continue
            at = placed[job.name]
            if at is None:
                total += self.later(job)
                continue
            total += float(job.risk(at * self.step))
            down = stands.setdefault(job.line, np.zeros(self.steps, dtype=bool))
            down[at : at + self.length(job)] = True
        return total + sum(float(self.rate(line) @ down) for line, down in stands.items())

    def bars(self, job: Job, at: int, placed: Mapping[str, int | None]) -> list[tuple[str, ...]]:
        """Say why a job cannot begin at a step beside those placed; nothing if it can.

        Returns
        -------
        Of each bar what it is and what it is of: ("calendar",), ("early",), ("skill", skill),
        ("crew", skill, other jobs), ("spare", name, hour), ("spare taken", name, other jobs).
        """
        end, found = at + self.length(job), list[tuple[str, ...]]()
        if at < 0 or end > self.steps or (self.slot_of[at:end] < 0).any():
            found.append(("calendar",))
        if at * self.step < job.earliest - EPS:
            found.append(("early",))
        others = [o for o in self.jobs if o.name != job.name and placed.get(o.name) is not None]
        for skill, number in job.crew.items():
            there = self.crew(skill)[max(at, 0) : end]
            if not len(there) or there.min() < number:
                found.append(("skill", skill))
                continue
            busy, by = np.zeros(len(there)), list[str]()
            for other in others:
                if not (needs := other.crew.get(skill, 0)):
                    continue
                begins = int(placed[other.name] or 0)
                here = slice(max(begins - at, 0), max(begins + self.length(other) - at, 0))
                if len(busy[here]):
                    busy[here] += needs
                    by.append(other.name)
            if (busy + number > there).any():
                found.append(("crew", skill, ", ".join(by)))
        found += self._short(job, at, others, placed)
        return found

    def moved(
        self, placed: Mapping[str, int | None], job: Job, begins: float
    ) -> tuple[float, list[tuple[str, ...]]]:
        """Return what beginning a job at that hour costs more than where it is, and what bars it.

        A job that has no window yet is compared with leaving it until after the last slot.
        """
        others = {name: at for name, at in placed.items() if name != job.name}
        before = self.cost({**others, job.name: placed.get(job.name)})
        at = round(begins / self.step)
        inside = min(max(at, 0), max(self.steps - 1, 0))
        return self.cost({**others, job.name: inside}) - before, self.bars(job, at, others)

    def _short(
        self, job: Job, at: int, others: Collection[Job], placed: Mapping[str, int | None]
    ) -> list[tuple[str, ...]]:
        found: list[tuple[str, ...]] = []
        for spare, number in job.spares.items():
            if not number:
                continue
            ready = self.there_from(spare, number)
            if at * self.step < ready - EPS:
                found.append(("spare", spare, f"{ready:g}"))
                continue
            users = [(int(placed[o.name] or 0), o) for o in others if o.spares.get(spare)]
            uses = [*((begins, o.spares[spare]) for begins, o in users), (at, number)]
            for moment, _n in uses:
                taken = sum(n for begins, n in uses if begins <= moment)
                come = [t for hour, t in self.stock(spare) if hour <= moment * self.step + EPS]
                if taken > (come[-1] if come else 0):
                    names = ", ".join(o.name for _b, o in users)
                    found.append(("spare taken", spare, names))
                    break
        return found

    def reasons(self, job: Job) -> list[tuple[str, ...]]:
        """Say what keeps a job from any window, though it had the place for itself."""
        length, found = self.length(job), list[tuple[str, ...]]()
        if not self.runs(self.slot_of >= 0, length).any():
            return [("length", f"{job.hours:g}")]
        for skill, number in job.crew.items():
            if not self.runs(self.crew(skill) >= number, length).any():
                most = int(self.crew(skill).max(initial=0))
                found.append(("skill", skill, str(number), str(most)))
        for spare, number in job.spares.items():
            ready = self.there_from(spare, number) if number else 0.0
            if ready > (self.steps - length) * self.step:
                found.append(("spare", spare, f"{ready:g}"))
        if not found and not len(self.starts(job)):
            found.append(("together",))
        return found
