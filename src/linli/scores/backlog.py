"""What lies open now, for the town, each grid and each organisation.

Tallies say what happened in a period; this says what stands where at the moment. The worker
counts it from the open cases alone, so its cost does not grow with the history, and pages read
rows that are as many as grids and organisations.
"""

from collections import defaultdict

from django.db import transaction
from django.db.models import BooleanField, Case, Count, Value, When

from linli.cases import models
from linli.cases.models import OPEN
from linli.cases.waiting import is_overdue
from linli.scores import plants
from linli.scores.models import Backlog, Tally

STATES = tuple(field.name for field in Backlog._meta.concrete_fields if field.name in set(OPEN))
COUNTED = (*STATES, "overdue")
SIDES = (Tally.Kind.TERRITORIAL, Tally.Kind.FUNCTIONAL)
# The kind of backlog, and the column of the case that names its subject.
SUBJECTS = (
    (Tally.Kind.COMMUNITY, "community_grid"),
    (Tally.Kind.SERVICE, "service_grid"),
    (Tally.Kind.TERRITORIAL, "territorial"),
    (Tally.Kind.FUNCTIONAL, "functional"),
)
Key = tuple[str, int]


def counted() -> dict[Key, dict[str, int]]:
    """Count the open cases by state, and those of them that are overdue.

    Departments and crews of plants have no row: the town compares them with nobody. What lies
    with them counts for the town and for none of its grids.
    """
    late = Case(
        When(is_overdue(), then=Value(True)), default=Value(False), output_field=BooleanField()
    )
    columns = [column for _kind, column in SUBJECTS]
    rows = (
        models.Case.objects.filter(state__in=sorted(OPEN))
        .order_by()
        .annotate(late=late)
        .values_list("state", "late", *columns)
        .annotate(Count("pk"))
    )
    of_plants = plants.organisations()
    territorial = columns.index("territorial")
    found: dict[Key, dict[str, int]] = defaultdict(lambda: dict.fromkeys(COUNTED, 0))
    for state, is_late, *subjects, n in rows:
        keys = [(Tally.Kind.TOWN.value, 0)]
        keys += [
            (kind.value, subject)
            for (kind, _column), subject in zip(SUBJECTS, subjects, strict=True)
            if subject is not None
            and subjects[territorial] not in of_plants
            and not (kind in SIDES and subject in of_plants)
        ]
        for key in keys:
            found[key][state] += n
            found[key]["overdue"] += n * is_late
    return found


def refresh() -> int:
    """Bring the backlog up to this moment, and return how many rows changed."""
    due = counted()
    with transaction.atomic():
        rows = {(row.kind, row.subject): row for row in Backlog.objects.select_for_update()}
        changed, fresh = [], []
        for key in due.keys() | rows.keys():
            wanted = due.get(key) or dict.fromkeys(COUNTED, 0)
            row = rows.get(key)
            if row is None:
                fresh.append(Backlog(kind=key[0], subject=key[1], **wanted))
            elif any(getattr(row, name) != n for name, n in wanted.items()):
                for name, n in wanted.items():
                    setattr(row, name, n)
                changed.append(row)
        Backlog.objects.bulk_create(fresh, ignore_conflicts=True)
        Backlog.objects.bulk_update(changed, COUNTED, batch_size=200)
    return len(fresh) + len(changed)
