"""How long a machine will last, and when it leaves its normal.

`LifeModel` learns from machines that failed and tells what is left of those that run, with an
interval. `DriftDetector` needs no failure: it learns a machine's own normal.
"""

from .drift import Drift, DriftDetector
from .histories import History
from .model import LifeModel
from .remaining import Remaining
from .trial import Trial

__all__ = ["Drift", "DriftDetector", "History", "LifeModel", "Remaining", "Trial"]
