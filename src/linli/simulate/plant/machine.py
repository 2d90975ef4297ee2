"""One machine: parts that wear in use, sensors that answer, stops, failures and repairs."""

from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.signal import lfilter

from .kinds import Kind, Part, Sensor
from .orders import HOUR, Plan, Seconds, hall, plan

FATIGUE = 3.0
"""Life goes with load to the power of −3, as that of ball bearings does (ISO 281)."""
UNEVEN_H = 6.0
"""Wear goes on in small leaps: as much as if it were drawn anew every so many hours."""
HURRIES = 0.45
"""Lives are far shorter than real ones, so that a visitor sees some end."""
FAULT_EVERY_H = 3000.0
"""Hours of running between sudden faults of a part: it is then nearly worn out at once."""
STOP_EVERY_H = 45.0
STOPS = ("jam", "no-material", "adjustment", "operator")
LABOUR_H = (2.0, 9.0)
AMBIENT_NOISE = 0.15
"""Of the thermometer that hangs beside the machine, degrees."""
SCRAP = 0.006
"""Share of bad output of a machine in order."""


@dataclass(frozen=True)
class Happening:
    """Something that befell a machine. `until` is when it ran again, None where nobody knows."""

    at: float
    what: str  # stop | failure | replaced | fault
    part: str = ""
    why: str = ""
    until: float | None = None


@dataclass
class Wearing:
    """A part in use: its age in hours of full load, and the age at which it will fail."""

    part: Part
    fails_at: float
    age: float = 0.0

    def wear(self, age: NDArray[np.float64] | float | None = None) -> Any:
        """Return how worn it is, from 0 (new) to 1 (failed)."""
        share = np.clip((self.age if age is None else age) / self.fails_at, 0, None)
        return np.expm1(self.part.bend * share) / np.expm1(self.part.bend)


@dataclass
class Stretch:
    """What came of a machine in a stretch of time: a row for each moment, a column a sensor."""

    at: Seconds
    values: dict[str, NDArray[np.float64]]
    happenings: list[Happening] = field(default_factory=list)


class Machine:
    """A machine that goes on from where it stands.

    Parameters
    ----------
    is_kept
        Whether its crew replaces what failed by itself, after some hours. Otherwise a failed
        machine stands still until `replace` is called.
    """

    def __init__(
        self, code: str, kind: Kind, at: float, seed: int, *, is_kept: bool = True,
        around_the_clock: bool = False,
    ) -> None:  # fmt: skip
        self.code, self.kind, self.at, self.seed = code, kind, at, seed
        self.is_kept, self.around_the_clock = is_kept, around_the_clock
        self.rng = np.random.default_rng([seed, *code.encode()])
        self.parts = {part.name: self._new(part) for part in kind.parts}
        share = self.rng.uniform(0, 0.6)  # not all machines were new on the same day
        for one in self.parts.values():
            one.age = one.fails_at * share
        self.until: float | None = None  # stands still until then; infinity: until replaced
        self.broken = ""
        self.hours = self.made = self.good = 0.0
        self._slow: dict[str, float] = {}
        self._planned = self._next_planned()

    def _new(self, part: Part) -> Wearing:
        return Wearing(part, HURRIES * part.life_h * float(np.exp(self.rng.normal(0, part.spread))))

    def _next_planned(self) -> float:
        """Return the wear at which the crew changes a part before it fails; mostly never."""
        return float(self.rng.uniform(0.55, 0.85)) if self.rng.random() < 0.2 else np.inf

    @property
    def is_standing(self) -> bool:
        return self.until is not None

    def wear(self) -> dict[str, float]:
        """Return how worn each part is: the truth that no sensor tells alone."""
        return {name: float(one.wear()) for name, one in self.parts.items()}

    def left_h(self) -> float:
        """Return the hours at full load until the first part fails, if nothing sudden happens."""
        return min(one.fails_at - one.age for one in self.parts.values())

    def age(self, part: str, share: float) -> None:
        """Let a part be so far through its life: what tests and demonstrations begin with."""
        self.parts[part].age = share * self.parts[part].fails_at

    def replace(self, part: str, at: float) -> Happening:
        """Put in a new part and overhaul the machine; if it stood still, it runs again."""
        self.renew()
        return Happening(at, "replaced", part, self.parts[part].part.mode, at)

    def renew(self) -> None:
        """Begin a new life. Whoever opens a machine renews the other part as well."""
        self.parts = {name: self._new(one.part) for name, one in self.parts.items()}
        self.until, self.broken = None, ""
        self._planned = self._next_planned()

    def failing(self) -> str:
        """Return the part that broke, or the one most worn."""
        worn = self.wear()
        return self.broken or max(worn, key=lambda name: worn[name])

    # --- going on ---------------------------------------------------------------------------

    def run(self, at: Seconds) -> Stretch:
        """Go on to the last of `at` (seconds since 1970, increasing, all after now).

        Raises
        ------
        ValueError
            If a moment is not after the one before.
        """
        hours = np.diff(at, prepend=self.at) / HOUR
        if len(at) and hours.min() <= 0:
            raise ValueError(f"{self.code}: time goes on only forwards")
        told = plan(at, self.seed, self.around_the_clock)
        rows = len(at)
        wear = {name: np.zeros(rows) for name in self.parts}
        runs = np.zeros(rows, bool)
        happened: list[Happening] = []
        row = 0
        while row < rows:
            if self.until is not None:
                row = self._stand(at, row, wear)
            else:
                row = self._wear_on(at, row, hours, told, runs, wear, happened)
        values = self._measured(at, hours, told, runs, wear)
        values |= self._counted(hours, told, runs, wear)
        values["ambient"] = np.round(hall(at) + AMBIENT_NOISE * self.rng.normal(size=rows), 2)
        if rows:
            self.at = float(at[-1])
        return Stretch(at, values, happened)

    def _stand(self, at: Seconds, row: int, wear: dict[str, NDArray[np.float64]]) -> int:
        assert self.until is not None
        end = row + int(np.searchsorted(at[row:], self.until))
        for name, one in self.parts.items():
            wear[name][row:end] = one.wear()
        if end < len(at):
            if self.broken:
                self.renew()
            self.until = None
        return end

    def _wear_on(
        self, at: Seconds, row: int, hours: NDArray[np.float64], told: Plan,
        runs: NDArray[np.bool_], wear: dict[str, NDArray[np.float64]], happened: list[Happening],
    ) -> int:  # fmt: skip
        """Run from `row` on until something happens, and return the row after that."""
        rng, rows = self.rng, len(at)
        run_h = np.where(told.runs[row:], hours[row:], 0)
        ages = {}
        for name, one in self.parts.items():
            use = run_h * told.load[row:] ** FATIGUE
            shape = np.maximum(use / UNEVEN_H, 1e-9)
            ages[name] = one.age + np.cumsum(np.where(use > 0, rng.gamma(shape) * UNEVEN_H, 0))
        end, cause = rows, ""
        for name, one in self.parts.items():
            wears = one.wear(ages[name])
            first = _first(wears >= 1)
            if row + first < end:
                end, cause = row + first, name
            planned = _first((wears >= self._planned) & ~told.runs[row:])
            if self.is_kept and row + planned < end:
                end, cause = row + planned, f"planned {name}"
        chance = rng.random((2, rows - row))
        stop = row + _first(chance[0] < -np.expm1(-run_h / STOP_EVERY_H))
        if stop < end:
            end, cause = stop, "stop"
        fault = row + _first(chance[1] < -np.expm1(-run_h / FAULT_EVERY_H))
        if fault < end:
            end, cause = fault, "fault"
        last = min(end + 1, rows)
        runs[row:last] = told.runs[row:last]
        for name, one in self.parts.items():
            wear[name][row:last] = one.wear(ages[name][: last - row])
            one.age = float(ages[name][last - row - 1])
        if cause:
            happened.append(self._befall(cause, float(at[end])))
        return last

    def _befall(self, cause: str, at: float) -> Happening:
        """Let happen what comes next."""
        rng = self.rng
        if cause == "stop":
            self.until = at + 60 * float(rng.gamma(2.0, 6.0))
            return Happening(at, "stop", why=str(rng.choice(STOPS)), until=self.until)
        if cause == "fault":
            name = str(rng.choice(sorted(self.parts)))
            one = self.parts[name]
            one.age = max(one.age, one.fails_at * float(rng.uniform(0.86, 0.97)))
            return Happening(at, "fault", name, one.part.mode, at)
        if cause.startswith("planned "):
            name = cause.removeprefix("planned ")
            self.until, self.broken = at + HOUR * 1.5, name
            return Happening(at, "replaced", name, self.parts[name].part.mode, self.until)
        self.until = at + HOUR * float(rng.uniform(*LABOUR_H)) if self.is_kept else np.inf
        self.broken = cause
        known = self.until if self.is_kept else None
        return Happening(at, "failure", cause, self.parts[cause].part.mode, known)

    # --- what is measured -------------------------------------------------------------------

    def _measured(
        self, at: Seconds, hours: NDArray[np.float64], told: Plan, runs: NDArray[np.bool_],
        wear: dict[str, NDArray[np.float64]],
    ) -> dict[str, NDArray[np.float64]]:  # fmt: skip
        speed, load = np.where(runs, told.speed, 0), np.where(runs, told.load, 0)
        strain = np.where(runs, 0.55 + 0.45 * load, 0)
        warm = hall(at)
        found = {}
        for sensor in self.kind.sensors:
            value = sensor.idle + sensor.speed * speed + sensor.load * load + sensor.ambient * warm
            for name, one in self.parts.items():
                value += one.part.shows.get(sensor.name, 0) * wear[name] * strain
            value = self._late(sensor, value, hours)
            noise = sensor.noise * np.where(runs, 1, 0.25)
            value = value + noise * self.rng.normal(size=len(at))
            kept = np.round(np.clip(value, sensor.low, sensor.high), 4)
            found[sensor.name] = np.asarray(kept, np.float64)
        return found

    def _late(
        self, sensor: Sensor, value: NDArray[np.float64], hours: NDArray[np.float64]
    ) -> NDArray[np.float64]:
        """Let what is slow (warmth) follow slowly."""
        if not sensor.lag_min or not len(value):
            return value
        weight = -np.expm1(-60 * float(np.median(hours)) / sensor.lag_min)
        before = self._slow.get(sensor.name, float(value[0]))
        followed, _ = lfilter([weight], [1, weight - 1], value, zi=[before * (1 - weight)])
        self._slow[sensor.name] = float(followed[-1])
        return np.asarray(followed)

    def _counted(
        self, hours: NDArray[np.float64], told: Plan, runs: NDArray[np.bool_],
        wear: dict[str, NDArray[np.float64]],
    ) -> dict[str, NDArray[np.float64]]:  # fmt: skip
        """Return settings, state and counters."""
        run_h = np.where(runs, hours, 0)
        bad = SCRAP + sum(one.part.spoils * wear[name] for name, one in self.parts.items())
        made = run_h * told.speed * self.kind.per_h
        counted: dict[str, NDArray[np.float64]] = {
            "speed": np.where(runs, told.speed, 0.0) * 100, "load": told.load * runs * 100,
            "running": runs.astype(float), "hours": self.hours + np.cumsum(run_h),
        }  # fmt: skip
        if len(hours):
            self.hours = float(counted["hours"][-1])
        if self.kind.per_h:
            good = self.good + np.cumsum(made * (1 - bad))
            made = self.made + np.cumsum(made)
            if len(hours):
                self.made, self.good = float(made[-1]), float(good[-1])
            counted |= {"made": np.floor(made), "good": np.floor(good)}
        return counted

    # --- being kept over a restart ----------------------------------------------------------

    def told(self) -> dict[str, Any]:
        """Return how it stands, in what JSON can hold."""
        return {
            "at": self.at, "until": self.until, "broken": self.broken, "hours": self.hours,
            "made": self.made, "good": self.good, "slow": self._slow, "planned": self._planned,
            "parts": {name: [one.age, one.fails_at] for name, one in self.parts.items()},
        }  # fmt: skip

    def remember(self, told: dict[str, Any]) -> None:
        """Stand as it was told; chance goes another way from here."""
        self.at, self.until, self.broken = told["at"], told["until"], told["broken"]
        self.hours, self.made, self.good = told["hours"], told["made"], told["good"]
        self._slow, self._planned = dict(told["slow"]), told["planned"]
        for name, (age, fails_at) in told["parts"].items():
            if name in self.parts:
                self.parts[name].age, self.parts[name].fails_at = age, fails_at
        self.rng = np.random.default_rng([self.seed, int(self.at), *self.code.encode()])


def _first(is_so: NDArray[np.bool_]) -> int:
    """Return the first place where it is so; the length where it never is."""
    return int(np.argmax(is_so)) if is_so.any() else len(is_so)
