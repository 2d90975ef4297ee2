"""A greenhouse by day and night: sun, what vents let out, and now and then a vent that sticks."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from .kinds import Sensor
from .machine import Stretch
from .orders import DAY, LOCAL_S, Seconds

Values = NDArray[np.float64]

CLIMATE = (
    Sensor("temperature", "°C", 16.5, noise=0.15, low=-20, high=60),
    Sensor("humidity", "%", 74.0, noise=0.8, low=0, high=100),
    Sensor("co2", "ppm", 620.0, noise=6.0, low=0, high=5000),
    Sensor("light", "klx", 0.0, noise=0.05, low=0, high=200),
    Sensor("ec", "mS/cm", 1.15, noise=0.01, low=0, high=20),
    Sensor("ph", "", 6.1, noise=0.02, low=0, high=14),
)
STICKS = 1 / 6
"""The share of days on which a vent does not open."""


class Greenhouse:
    """A greenhouse whose vents open with the sun; on some days they don't."""

    def __init__(self, code: str, at: float, seed: int) -> None:
        self.code, self.at, self.seed = code, at, seed
        self.rng = np.random.default_rng([seed, *code.encode()])

    def run(self, at: Seconds) -> Stretch:
        """Go on to the last of `at`."""
        local = np.asarray(at, float) + LOCAL_S
        hour = local % DAY / 3600
        days, place = np.unique(np.floor(local / DAY).astype(np.int64), return_inverse=True)
        # A day's sky is the same for all greenhouses, its vents are each one's own.
        sky = np.array([np.random.default_rng([self.seed, d]).uniform(0.4, 1.0) for d in days])
        sticks = np.array(
            [np.random.default_rng([self.seed, d, *self.code.encode()]).random() < STICKS
             for d in days]
        )  # fmt: skip
        sun = np.maximum(np.sin(np.pi * (hour - 6.5) / 11), 0) * sky[place]
        sun = np.where((hour > 6.5) & (hour < 17.5), sun, 0.0)
        said = {
            "temperature": 9.0 * sun + 9.0 * sun * sticks[place],
            "humidity": -22.0 * sun,
            "co2": -230.0 * sun,
            "light": 58.0 * sun,
            "ec": 0.12 * np.sin(2 * np.pi * local / (DAY * 4.7)),
            "ph": 0.2 * np.sin(2 * np.pi * local / (DAY * 6.1)),
        }
        values = {
            s.name: np.round(
                np.clip(s.idle + said[s.name] + s.noise * self.rng.normal(size=len(at)),
                        s.low, s.high), 2)
            for s in CLIMATE
        }  # fmt: skip
        if len(at):
            self.at = float(at[-1])
        return Stretch(at, values)

    def told(self) -> dict[str, Any]:
        """Return how it stands, in what JSON can hold."""
        return {"at": self.at}

    def remember(self, told: dict[str, Any]) -> None:
        """Stand as it was told."""
        self.at = told["at"]
        self.rng = np.random.default_rng([self.seed, int(self.at), *self.code.encode()])
