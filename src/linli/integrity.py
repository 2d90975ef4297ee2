"""Check that everything still stands as it was written: chains, rows, tallies, references."""

from collections.abc import Callable
from dataclasses import dataclass, field

from django.db import connection

from linli.cases import chain
from linli.cases.models import Case, Event, Report
from linli.people import audit
from linli.scores import tallies

BATCH = 2000


@dataclass
class Found:
    """How many cases were checked, and one line for each fault."""

    checked: int = 0
    lines: list[str] = field(default_factory=list)


def faults(progress: Callable[[int], None] = lambda cases: None) -> Found:
    """Look through the whole installation."""
    found = Found()
    last = 0
    while True:
        batch = list(
            Case.objects.filter(pk__gt=last)
            .order_by("pk")
            .prefetch_related("events", "assignments")[:BATCH]
        )
        if not batch:
            break
        for case in batch:
            found.lines += [f"case {case.code}: {fault}" for fault in chain.faults(case)]
        last = batch[-1].pk
        found.checked += len(batch)
        progress(len(batch))
    orphans = Event.objects.exclude(case__in=Case.objects.values("pk")).count()
    if orphans:
        found.lines.append(f"{orphans} events belong to no case")
    untold = Case.objects.exclude(pk__in=Report.objects.values("case")).exclude(state="merged")
    found.lines += [f"case {case.code}: no report tells of it" for case in untold]
    if unfiled := Case.objects.filter(words=None).count():
        found.lines.append(f"{unfiled} cases cannot be searched for: run linli reindex")
    found.lines += tallies.faults() + audit.faults()
    try:
        connection.check_constraints()
    except Exception as error:  # each database has its own class for this
        found.lines.append(f"a reference leads nowhere: {error}")
    return found
