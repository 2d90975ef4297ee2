"""What happens by itself: reminders, escalation and silent evaluation, when their clock rings."""

from django.db import connection, transaction

from linli import clock
from linli.cases import loop
from linli.cases.chain import Journal
from linli.cases.deadlines import CLOCKS
from linli.cases.models import Case

BATCH = 1000


def tick(batch: int = BATCH, when_due: bool = False) -> int:
    """Let every clock ring that is due now, and return how many rang.

    With `when_due`, each rings at the moment it was set for, as if a worker had been
    awake all the time: a replay or simulation passes over months at once.

    Any number of workers may do this at once: a case is locked by the one that rings
    its clock, and the next finds the clock already set anew.
    """
    rang = 0
    while done := ring(batch, when_due):
        rang += done
    return rang


def ring(batch: int, when_due: bool = False) -> int:
    """Let at most `batch` of the clocks that are due ring, and return how many rang."""
    with transaction.atomic():
        due = Case.objects.filter(clock_at__lte=clock.now()).select_related("category")
        # SQLite has one writer at a time; the transaction itself is the lock there.
        if connection.features.has_select_for_update_skip_locked:
            due = due.select_for_update(skip_locked=True, of=("self",))
        cases = list(due.order_by("clock_at")[:batch])
        journal = Journal()
        journal.know(cases)
        for case in cases:
            assert case.clock_at is not None
            with clock.at(case.clock_at if when_due else clock.now()):
                loop.take(journal, case, CLOCKS[case.clock].action)
        loop.record(journal)
        return len(cases)
