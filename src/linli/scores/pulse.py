"""Whether the worker beside the site is alive.

By the wall's time: the clock of a demonstration may stand still while its worker runs.
"""

from datetime import UTC, datetime, timedelta

from linli.scores.models import Pulse

WORKER = "worker"
EVERY_S = 20.0
DEAD_AFTER = timedelta(minutes=2)


def beat(name: str = WORKER) -> None:
    """Note that it runs."""
    Pulse.objects.update_or_create(name=name, defaults={"at": datetime.now(UTC)})


def last(name: str = WORKER) -> datetime | None:
    """Return when it was last known to run."""
    return Pulse.objects.filter(name=name).values_list("at", flat=True).first()


def is_alive(name: str = WORKER) -> bool:
    """Tell whether it has run lately."""
    moment = last(name)
    return moment is not None and datetime.now(UTC) - moment < DEAD_AFTER
