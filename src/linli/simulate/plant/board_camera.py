"""The camera at the end of the line of boards: each part is made after one golden template."""

from collections.abc import Mapping

import cv2
import numpy as np

from . import boards
from .camera import Camera
from .drawing import UNUSABLE, Drawn

FLAWED = 0.025
"""Share of flawed boards."""
UNCLEAR = 0.004
OFF = 60  # pixels that a board lies off where the stop of the conveyor failed
NUMBERS = {name: number for number, name in boards.KINDS.items()}


class BoardCamera(Camera):
    """Takes a picture of board after board; what is worn on the other line spoils none of them."""

    def __init__(self, seed: int, number: int = 0, prefix: str = "B") -> None:
        super().__init__(seed, number, prefix)
        self.rng = np.random.default_rng([seed, 78, number])
        self.golden = boards.template(seed)

    def lot_of(self, wear: Mapping[str, tuple[str, float]]) -> tuple[tuple[str, ...], str]:
        """Draw by lot what is wrong with the next board, or why it cannot be judged."""
        if self.rng.random() < UNCLEAR:
            return (), str(self.rng.choice(UNUSABLE))
        if self.rng.random() >= FLAWED:
            return (), ""
        return (str(self.rng.choice(list(NUMBERS))),), ""

    def draw(self, flaws: tuple[str, ...], unusable: str, number: int) -> Drawn:
        """Draw a board; its flaws lie on traces of their own."""
        kinds = tuple(NUMBERS[name] for name in flaws)
        one = boards.made(self.golden, kinds, self.rng)
        part = one.part
        if unusable == "blurred":
            part = cv2.GaussianBlur(part, (0, 0), 5.0)
        if unusable == "dark":
            part = (part * 0.1).astype(np.uint8)
        if unusable == "shifted":
            part = boards.moved(part, (OFF, -OFF))
        found = tuple(
            (boards.KINDS[kind], (x1, y1, x2, y2)) for x1, y1, x2, y2, kind in one.boxes.tolist()
        )
        return Drawn(part, found, unusable)
