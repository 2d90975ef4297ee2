"""What a machine went through: cycles, settings, sensors; checked once, at the door."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[np.float64]


@dataclass(frozen=True)
class History:
    """The record of one machine, the eldest row first.

    Attributes
    ----------
    cycles
        When each row was taken, in cycles of use (flights, strokes, hours), shape (n,), strictly
        increasing. Gaps are allowed: a row that is absent tells nothing.
    settings
        How it was run, shape (n, s); s may be 0. May not be missing: without it no regime is known.
    sensors
        What was measured, shape (n, k); NaN where a value is missing.
    name
        Who it is; stands in errors.
    """

    cycles: Array
    settings: Array
    sensors: Array
    name: str = ""

    def __post_init__(self) -> None:
        """Turn what was given into arrays and refuse what is no history.

        Raises
        ------
        ValueError
            If there is no row, shapes differ, a setting or cycle is not a finite number, or a
            cycle does not come after the one before it (a clock that jumped).
        """
        for field, dimensions in (("cycles", 1), ("settings", 2), ("sensors", 2)):
            array = np.asarray(getattr(self, field), dtype=float)
            if array.ndim != dimensions:
                raise ValueError(f"{self}: {field} has {array.ndim} dimensions, not {dimensions}")
            object.__setattr__(self, field, array)
        rows = len(self.cycles)
        if not rows:
            raise ValueError(f"{self}: no rows")
        if len(self.settings) != rows or len(self.sensors) != rows:
            raise ValueError(
                f"{self}: {rows} cycles, {len(self.settings)} rows of settings and "
                f"{len(self.sensors)} of sensors"
            )
        for field in ("cycles", "settings"):
            if not np.isfinite(getattr(self, field)).all():
                raise ValueError(f"{self}: a value in {field} is missing or not finite")
        back = np.flatnonzero(np.diff(self.cycles) <= 0)
        if len(back):
            at = back[0] + 1
            raise ValueError(
                f"{self}, row {at + 1}: cycle {self.cycles[at]:g} does not come after "
                f"{self.cycles[at - 1]:g}"
            )
        # What is infinite was not measured.
        sensors = np.where(np.isfinite(self.sensors), self.sensors, np.nan)
        object.__setattr__(self, "sensors", sensors)

    def __len__(self) -> int:
        return len(self.cycles)

    def __str__(self) -> str:
        return f"history {self.name}".strip()

    @property
    def age(self) -> float:
        """Cycles since it was new, by its last row."""
        return float(self.cycles[-1])

    def until(self, cycle: float) -> "History":
        """Return what was known of it at that cycle."""
        rows = self.cycles <= cycle
        return History(self.cycles[rows], self.settings[rows], self.sensors[rows], self.name)


def same_layout(histories: Sequence[History]) -> tuple[int, int]:
    """Return how many settings and sensors they have.

    Raises
    ------
    ValueError
        If there is none, or one has another number than the first.
    """
    if not histories:
        raise ValueError("no histories")
    found = histories[0].settings.shape[1], histories[0].sensors.shape[1]
    for one in histories:
        if (one.settings.shape[1], one.sensors.shape[1]) != found:
            raise ValueError(
                f"{one}: {one.settings.shape[1]} settings and {one.sensors.shape[1]} sensors, "
                f"others have {found[0]} and {found[1]}"
            )
    return found
