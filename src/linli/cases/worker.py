"""What happens by itself: reminders, escalation and silent evaluation, when their clock rings."""

from django.db import connection, transaction

from linli.cases import loop
from linli.cases.chain import Journal
from linli.cases.deadlines import CLOCKS
from linli.cases.models import Case
from linli.clock import now

BATCH = 1000


def tick(batch: int = BATCH) -> int:
    """Let every clock ring that is due now, and return how many rang.

    Any number of workers may do this at once: a case is locked by the one that rings
    its clock, and the next finds the clock already set anew.
    """
    rang = 0
    while done := _ring(batch):
        rang += done
    return rang


def _ring(batch: int) -> int:
    with transaction.atomic():
        due = Case.objects.filter(clock_at__lte=now()).select_related("category")
        # SQLite has one writer at a time; the transaction itself is the lock there.
        if connection.features.has_select_for_update_skip_locked:
            due = due.select_for_update(skip_locked=True, of=("self",))
        cases = list(due.order_by("clock_at")[:batch])
        journal = Journal()
        journal.know(cases)
        for case in cases:
            loop.take(journal, case, CLOCKS[case.clock].action)
        loop.record(journal)
        return len(cases)
