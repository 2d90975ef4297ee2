"""What a plan is asked for: jobs, the life their machines have left, slots, spares to come."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Life:
    """How long something will last: a distribution, linear between its points.

    Attributes
    ----------
    hours
        From now, shape (n,), strictly increasing.
    failed
        Probability of having failed by then, shape (n,), between 0 and 1, never falling. Before
        the first point it rises evenly from 0; what is missing to 1 at the last point lasts
        beyond it, for as long as nobody asks.
    """

    hours: Array
    failed: Array

    def __post_init__(self) -> None:
        """Turn what was given into arrays and refuse what is no distribution.

        Raises
        ------
        ValueError
            If there is no point, shapes differ, hours do not rise, or probabilities fall.
        """
        hours, failed = (np.asarray(each, dtype=float) for each in (self.hours, self.failed))
        if hours.ndim != 1 or hours.shape != failed.shape or not len(hours):
            raise ValueError("a life needs as many probabilities as hours, and at least one")
        if not (np.isfinite(hours).all() and np.isfinite(failed).all()):
            raise ValueError("an hour or a probability of a life is not finite")
        if (np.diff(hours) <= 0).any() or hours[0] < 0:
            raise ValueError("hours of a life must rise, from nought at the earliest")
        if (np.diff(failed) < 0).any() or failed[0] < 0 or failed[-1] > 1:
            raise ValueError("probabilities of a life must rise from 0 to 1 at most")
        if hours[0] > 0:
            hours, failed = np.append(0.0, hours), np.append(0.0, failed)
        object.__setattr__(self, "hours", hours)
        object.__setattr__(self, "failed", failed)

    @classmethod
    def of_quantiles(cls, share: Array, hours: Array) -> "Life":
        """Make it of hours within which that share fails; equal hours keep the larger share."""
        order = np.lexsort((share, hours))
        at, told = np.maximum(np.asarray(hours)[order], 0.0), np.asarray(share)[order]
        last = np.append(np.diff(at) > 0, True)
        return cls(at[last], np.maximum.accumulate(told)[last])

    def fails_within(self, hours: float | npt.NDArray[Any]) -> Array:
        """Return the probability of failing within so many hours from now."""
        return np.asarray(np.interp(hours, self.hours, self.failed))

    def thrown_away(self, hours: float | npt.NDArray[Any]) -> Array:
        """Return the hours of life expected to be lost by replacing after so many hours.

        What lasts beyond the last point counts as lasting until there.
        """
        left = 1.0 - self.failed
        whole = np.append(0.0, np.cumsum((left[1:] + left[:-1]) / 2 * np.diff(self.hours)))
        at = np.clip(hours, 0.0, self.hours[-1])
        step = np.clip(np.searchsorted(self.hours, at, side="right") - 1, 0, len(left) - 1)
        reach = at - self.hours[step]
        until = whole[step] + reach * (left[step] + 1.0 - self.fails_within(at)) / 2
        return np.asarray(whole[-1] - until)


@dataclass(frozen=True)
class Job:
    """Something to be done to an asset.

    Attributes
    ----------
    name
        Of the job; no two alike.
    line
        What stands still while it is done; jobs that name the same share the downtime.
    life
        Of what is replaced or mended, from now.
    hours
        How long it takes.
    failure_cost
        What a failure before the window costs, all told.
    life_value
        Of one hour of life thrown away by replacing early.
    crew
        Persons needed by skill, for the whole time.
    spares
        Pieces needed by name.
    earliest
        Hours from now before which people cannot begin.
    fixed
        Hour at which it is already agreed to begin; None where it is to be found.
    """

    name: str
    line: str
    life: Life
    hours: float
    failure_cost: float
    life_value: float = 0.0
    crew: Mapping[str, int] = field(default_factory=dict)
    spares: Mapping[str, int] = field(default_factory=dict)
    earliest: float = 0.0
    fixed: float | None = None

    def __post_init__(self) -> None:
        """Refuse what cannot be.

        Raises
        ------
        ValueError
            If it takes no time, or a cost or number is below nought.
        """
        if not (np.isfinite(self.hours) and self.hours > 0):
            raise ValueError(f"job {self.name}: it takes {self.hours:g} hours")
        costs = (self.failure_cost, self.life_value)
        if not np.isfinite(costs).all() or min(costs) < 0:
            raise ValueError(f"job {self.name}: a cost is below nought or not finite")
        if min([0, *self.crew.values(), *self.spares.values()]) < 0:
            raise ValueError(f"job {self.name}: a number of persons or spares is below nought")

    def risk(self, at: float | npt.NDArray[Any]) -> Array:
        """Return the expected cost of failure and of life thrown away if begun at that hour."""
        lost = self.failure_cost * self.life.fails_within(at)
        return np.asarray(lost + self.life_value * self.life.thrown_away(at))

    def wait(self, at: float, hours: float = 168.0) -> float:
        """Return what it costs to begin so many hours later, downtime being what it was."""
        return float(self.risk(at + hours) - self.risk(at))


@dataclass(frozen=True)
class Slot:
    """A piece of the shift calendar in which work may be done.

    Attributes
    ----------
    begins, ends
        Hours from now.
    crew
        Persons there by skill.
    downtime
        What an hour of standing still costs then, by line; nought for lines not named.
    """

    begins: float
    ends: float
    crew: Mapping[str, int] = field(default_factory=dict)
    downtime: Mapping[str, float] = field(default_factory=dict)


@dataclass(frozen=True)
class Arrival:
    """So many pieces of a spare are there from an hour on; what is in stock is there from 0."""

    spare: str
    at: float
    number: int
