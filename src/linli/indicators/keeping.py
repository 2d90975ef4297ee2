"""Keeping the values of indicators: computed once, and again only where rows have changed.

Whoever writes rows of a declared table says so (`linli.tables.touched`), and each write leaves a
mark (`marks`). A process beside the worker has the tables in memory (`workings`), reads the rows
that are marked again, counts the cells they lie in, works out what is built on those and stores
the values that differ (`storing`). Once a day it reads every table whole: for writers that have
not learnt to say what they touched, and as the proof of the rest.
"""

from collections.abc import Collection
from datetime import timedelta
from time import monotonic

from django.db import transaction

from linli import memory
from linli.clock import now
from linli.indicators import deriving, marks, storing
from linli.indicators.areas import Areas
from linli.indicators.known import Known
from linli.indicators.models import Indicator, Kept, Mark, Reading
from linli.indicators.workings import Workings, figures

WHOLE_EVERY = timedelta(days=1)
LOOK_EVERY_S = 5.0  # seconds between two looks for what no mark tells of

_workings: Workings | None = None
_looked = 0.0


def follow() -> int:
    """Take up what is marked, and now and then what is due; a turn of the process beside."""
    global _looked
    if _workings is not None:
        changed = fold()
    else:
        # A process that begins reads everything, so that the first change finds it in memory;
        # what it holds then is for as long as it lives, and no search for garbage needs to pass.
        changed = refresh_all()
        memory.settle()
    if monotonic() - _looked > LOOK_EVERY_S:
        changed += ponder()
        _looked = monotonic()
    return changed


def fold() -> int:
    """Take up marks; return how many values changed."""
    global _workings
    if not Mark.objects.exists():
        return 0
    if _workings is None or not _workings.is_good:
        return refresh_all()
    held, _workings = _workings, None  # whatever goes wrong below, it is not relied on again
    taken = marks.taken(held.known)
    held.take(taken)
    return _keep(held, taken.keys)


def ponder() -> int:
    """Read everything whole where a definition is new or a day is over; else take up marks."""
    if _is_due():
        return refresh_all()
    return fold()


def refresh_all() -> int:
    """Read everything whole and compute it anew; return how many values differ from those kept."""
    global _workings
    _workings = None
    keys = list(Mark.objects.values_list("pk", flat=True))
    return _keep(Workings.read(), keys)


def entered(figures_of: Collection[int]) -> int:
    """Take up figures that were just entered, in the transaction that enters them.

    The process that keeps values learns of them by a mark.
    """
    known, areas = Known.now(), Areas.of_the_town()
    codes = {code for code, row in known.rows.items() if row.pk in figures_of}
    built = deriving.built_on(known.entries, codes)
    needed = {before for code in built for before in known.entries[code].built_on}
    before = storing.kept(known, areas, codes | built | needed)
    after = {code: before[code] for code in needed - built - codes if code in before}
    after |= {code: each for code, each in figures(known, areas).items() if code in codes}
    deriving.all_derived({code: known.entries[code] for code in codes | built | needed}, after)
    ours = {code: matrix for code, matrix in before.items() if code in codes | built}
    cells = storing.differing(ours, {c: m for c, m in after.items() if c in codes | built})
    marks.leave(marks.ENTERED)
    return storing.store(known, areas, cells)


def _is_due() -> bool:
    known = Known.now()
    if any(row.stale for row in known.rows.values()):
        return True
    read = dict(Reading.objects.values_list("table", "at"))
    long_ago = now() - WHOLE_EVERY
    return any((read.get(name) or long_ago) <= long_ago for name in known.tables())


def _keep(held: Workings, keys: Collection[int]) -> int:
    """Compute, and store what differs, unless somebody else stored values meanwhile."""
    global _workings
    values = held.computed()
    cells = storing.differing(held.values, values)
    keys = list(keys)
    with transaction.atomic():
        token = Kept.taken(held.token)
        if token is not None:
            changed = storing.store(held.known, held.areas, cells)
            for start in range(0, len(keys), 500):
                Mark.objects.filter(pk__in=keys[start : start + 500]).delete()
            stale = [row for row in held.known.rows.values() if row.stale]
            Indicator.objects.filter(pk__in=[row.pk for row in stale]).update(stale=False)
    if token is None:
        return refresh_all()
    for row in stale:
        row.stale = False
    held.values, held.token = values, token
    _workings = held
    return changed
