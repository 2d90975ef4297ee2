"""How long a machine will last, and when it leaves its normal.

`LifeModel` learns from machines that failed and tells what is left of those that run, with an
interval. `DriftDetector` needs no failure: it learns a machine's own normal.
"""

from .histories import History
from .model import LifeModel, Trial
from .remaining import Remaining

__all__ = ["History", "LifeModel", "Remaining", "Trial"]
