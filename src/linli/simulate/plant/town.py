"""What the town itself keeps running: a pump station by a canal, and a bridge over it."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from .kinds import Sensor
from .machine import Happening, Stretch
from .orders import DAY, LOCAL_S, Seconds, hall

Values = NDArray[np.float64]

LEVEL = Sensor("water_level", "m", 2.6, noise=0.008, low=-1, high=8)
BRIDGE = (
    Sensor("strain", "µε", 105.0, noise=2.2, low=-500, high=2000),
    Sensor("deck_temperature", "°C", 0.0, noise=0.3, low=-20, high=80),
    Sensor("tilt", "mrad", 0.12, noise=0.012, low=-20, high=20),
    Sensor("water_level", "m", 2.55, noise=0.008, low=-1, high=8),
)
RISES = 0.35  # metres that a wet spell lifts the canal
SETTLES_DAYS = 900.0
"""How long a pier takes until its tilt has grown by one milliradian."""


def canal(at: Seconds, seed: int) -> Values:
    """Return the level of the canal over its usual one, metres: by tide of the sluices and rain."""
    local = np.asarray(at, float) + LOCAL_S
    rain = sum(
        np.sin(2 * np.pi * local / (DAY * days) + seed * 1.7 * days) for days in (5.3, 8.9, 13.1)
    )
    return 0.09 * np.sin(2 * np.pi * local / (DAY / 1.93)) + RISES * np.maximum(rain - 0.9, 0)


class PumpStation:
    """The basin of a pump station; its pumps are machines of their own."""

    def __init__(self, code: str, at: float, seed: int) -> None:
        self.code, self.at, self.seed = code, at, seed
        self.rng = np.random.default_rng([seed, *code.encode()])

    def run(self, at: Seconds) -> Stretch:
        """Go on to the last of `at`."""
        noise = LEVEL.noise * self.rng.normal(size=len(at))
        if len(at):
            self.at = float(at[-1])
        return Stretch(at, {LEVEL.name: np.round(LEVEL.idle + canal(at, self.seed) + noise, 3)})

    def told(self) -> dict[str, Any]:
        """Return how it stands, in what JSON can hold."""
        return {"at": self.at}

    def remember(self, told: dict[str, Any]) -> None:
        """Stand as it was told."""
        self.at = told["at"]
        self.rng = np.random.default_rng([self.seed, int(self.at), *self.code.encode()])


class Bridge:
    """A bridge under traffic, one pier of which settles; `settled` is its tilt, mrad."""

    def __init__(self, code: str, at: float, seed: int) -> None:
        self.code, self.at, self.seed = code, at, seed
        self.rng = np.random.default_rng([seed, *code.encode()])
        self.settled = 0.0

    def run(self, at: Seconds) -> Stretch:
        """Go on to the last of `at`."""
        hour = (at + LOCAL_S) % DAY / 3600
        traffic = 0.25 + np.exp(-((hour - 8) ** 2) / 6) + np.exp(-((hour - 17.5) ** 2) / 8)
        settled = self.settled + (at - self.at) / DAY / SETTLES_DAYS
        warm = hall(at) - 21
        said = {
            "strain": 62 * traffic + 1.9 * warm + 46 * settled,
            "deck_temperature": 21 + 1.4 * warm,
            "tilt": 0.01 * warm + settled,
            "water_level": canal(at, self.seed),
        }
        values = {
            s.name: np.round(s.idle + said[s.name] + s.noise * self.rng.normal(size=len(at)), 3)
            for s in BRIDGE
        }
        if len(at):
            self.at, self.settled = float(at[-1]), float(settled[-1])
        return Stretch(at, values)

    def replace(self, part: str, at: float) -> Happening:
        """Let the bearing under the pier be set right."""
        self.settled = 0.0
        return Happening(at, "replaced", part, "settlement", at)

    def told(self) -> dict[str, Any]:
        """Return how it stands, in what JSON can hold."""
        return {"at": self.at, "settled": self.settled}

    def remember(self, told: dict[str, Any]) -> None:
        """Stand as it was told."""
        self.at, self.settled = told["at"], told["settled"]
        self.rng = np.random.default_rng([self.seed, int(self.at), *self.code.encode()])
