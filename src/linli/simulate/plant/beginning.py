"""A plant's past, once; half a one, left by somebody who stopped it, is written again."""

from collections.abc import Callable
from datetime import datetime

from linli.assets.maintenance import fitting
from linli.assets.maintenance.models import Upkeep
from linli.people.models import User

from . import past, past_parts, spots, supply
from .past import Written

INSPECTOR, ENGINEER = "inspector", "engineer"


def begin(
    seed: int, until: datetime, days: int = past.DAYS,
    progress: Callable[[int], None] = lambda days: None,
) -> Written | None:  # fmt: skip
    """Write the past of the plant up to a moment, if it has none.

    Returns
    -------
    What was written; None where there was a past, or nothing to simulate.
    """
    if past.state_file().exists():
        return None
    written = past.write(seed, until, days, progress)
    if written.line is None:
        return None
    inspector = User.objects.filter(username=INSPECTOR).first()
    engineer = User.objects.filter(username=ENGINEER).first()
    if engineer is not None:
        for upkeep in Upkeep.objects.filter(retired=False):
            fitting.want(upkeep, engineer)  # the worker learns them; nobody waits for that
    numbers = {
        spot.kept: past_parts.write(spot, seed, written.wear, inspector) for spot in spots.SPOTS
    }
    numbers["supply"] = supply.go_on(0, until)
    if inspector is not None:
        supply.release(inspector)
    # Last of all: without this file the next start begins anew.
    written.line.save(past.state_file(), **numbers)
    return written
