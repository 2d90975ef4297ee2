"""The camera at the end of the line: which parts come by, and what is wrong with them.

A worn machine spoils parts in its own way, so that whoever looks at flaws finds the machine, and
whoever looks at the machine foresees the flaws.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

import numpy as np

from .drawing import FLAWS, UNUSABLE, Drawn, Light, part

ALWAYS = 0.012
"""Share of flawed parts from a line in which nothing is worn."""
UNCLEAR = 0.006
"""Share of pictures that cannot be judged."""
FAILING = 0.09
"""Share of flawed parts that a machine about to fail adds."""
SPOILS: Mapping[str, Mapping[str, float]] = {
    "press": {"crack": 0.6, "dent": 0.4},
    "lathe": {"scratch": 0.7, "dent": 0.3},
    "grinder": {"scratch": 0.6, "pit": 0.4},
    "furnace": {"stain": 0.5, "crack": 0.5},
    "robot": {"dent": 0.7, "scratch": 0.3},
    "compressor": {"stain": 1.0},
}
"""Which flaws each kind of machine makes when it is worn."""
A_LOT = 240
"""Parts in a lot."""


@dataclass(frozen=True)
class Taken:
    """A part that came by, with what the camera drew of it."""

    lot: str
    serial: str
    drawn: Drawn


def chances(wear: Mapping[str, tuple[str, float]]) -> dict[str, float]:
    """Return the chance of each kind of flaw.

    Parameters
    ----------
    wear
        Of each machine: its kind, and how worn its worst part is (0 to 1).
    """
    found = dict.fromkeys(FLAWS, ALWAYS / len(FLAWS))
    for kind, worn in wear.values():
        for flaw, share in SPOILS.get(kind, {}).items():
            found[flaw] += FAILING * share * max(worn - 0.45, 0) ** 1.5
    return found


class Camera:
    """Takes a picture of part after part; `number` goes on over lots."""

    def __init__(self, seed: int, number: int = 0, prefix: str = "L") -> None:
        self.rng = np.random.default_rng([seed, 77, number])
        self.number, self.prefix = number, prefix

    def take(self, wear: Mapping[str, tuple[str, float]], at: datetime) -> Taken:
        """Take the picture of the next part."""
        drawn = self.draw(*self.lot_of(wear), self.number)
        taken = Taken(self.lot(at), self.serial(), drawn)
        self.number += 1
        return taken

    def lot_of(self, wear: Mapping[str, tuple[str, float]]) -> tuple[tuple[str, ...], str]:
        """Draw by lot what is wrong with the next part: its flaws, or why it cannot be judged."""
        if self.rng.random() < UNCLEAR:
            return (), str(self.rng.choice(UNUSABLE))
        found = chances(wear)
        return tuple(kind for kind in FLAWS if self.rng.random() < found[kind]), ""

    def draw(self, flaws: tuple[str, ...], unusable: str, number: int) -> Drawn:
        """Draw a part in the light of its moment: the lamp weakens, and is changed in the end."""
        age = (number % 9000) / 9000
        turn = number / 700
        light = Light(1.04 - 0.14 * age, (22 * np.cos(turn), 16 * np.sin(1.3 * turn)))
        return part(self.rng, flaws, unusable, light)

    def lot(self, at: datetime) -> str:
        """Return the lot of the next part."""
        return f"{self.prefix}{at:%y%m%d}-{self.number // A_LOT:04d}"

    def serial(self) -> str:
        """Return the serial of the next part."""
        return f"{self.prefix}{self.number:07d}"
