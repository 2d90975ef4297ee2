"""What stands in the journal, as one process remembers it: each segment is read once."""

from dataclasses import dataclass, field
from threading import Lock

from django.conf import settings

from linli.assets.telemetry import journal
from linli.assets.telemetry.journal import Batch


@dataclass
class _Read:
    end: int = 0
    batches: list[Batch] = field(default_factory=list)


_lock = Lock()
_home: object = None
_held: dict[int, _Read] = {}


def points() -> list[tuple[int, Batch]]:
    """Return all points of the journal: the number of the segment, and what it holds."""
    global _home
    with _lock:
        if _home != settings.HOME:
            _held.clear()
            _home = settings.HOME
        present = journal.segments()
        for gone in _held.keys() - set(present):
            del _held[gone]
        for segment in present:
            one = _held.setdefault(segment, _Read())
            new = journal.read(segment, one.end)
            if new:
                one.batches += [frame.batch for frame in new]
                one.end = new[-1].end
                one.batches = [Batch.of(one.batches)]
        return [(segment, _held[segment].batches[0]) for segment in present
                if _held[segment].batches]  # fmt: skip
