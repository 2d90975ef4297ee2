"""What time it is: the wall clock, unless a replay or a test has set another."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import datetime

from django.utils import timezone

_set: ContextVar[datetime | None] = ContextVar("linli_clock", default=None)


def now() -> datetime:
    """Return the present moment, timezone-aware."""
    return _set.get() or timezone.now()


@contextmanager
def at(moment: datetime) -> Iterator[None]:
    """Let everything inside happen at `moment`.

    Raises
    ------
    ValueError
        If `moment` has no time zone.
    """
    if moment.tzinfo is None:
        raise ValueError("a moment needs a time zone")
    token = _set.set(moment)
    try:
        yield
    finally:
        _set.reset(token)
