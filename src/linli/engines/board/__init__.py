"""Flaws against a golden template, located and typed."""

from linli.engines.board.images import read
from linli.engines.board.matching import average_precision, best_threshold, overlap, right
from linli.engines.board.model import BoardModel, Findings
from linli.engines.board.registration import (
    CAMERA_MOVED,
    NOTHING_TO_SEE,
    WRONG_PART,
    Limits,
    Registration,
)

__all__ = [
    "CAMERA_MOVED",
    "NOTHING_TO_SEE",
    "WRONG_PART",
    "BoardModel",
    "Findings",
    "Limits",
    "Registration",
    "average_precision",
    "best_threshold",
    "overlap",
    "read",
    "right",
]
