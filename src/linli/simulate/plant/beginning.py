"""A plant's past, once; half a one, left by somebody who stopped it, is written again."""

from collections.abc import Callable
from datetime import datetime

from linli.people.models import User

from . import past, past_parts
from .past import Written

INSPECTOR = "inspector"


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
    number = past_parts.write(seed, written.wear, inspector)
    # Last of all: without this file the next start begins anew.
    written.line.save(past.state_file(), camera=number)
    return written
