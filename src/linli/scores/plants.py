"""Cases of plants count for no grid of the town: what a machine does says nothing of its keepers.

A plant's case is told to its crew and department as it is taken in, and the town's own routing
never names a plant. So where an event names a territorial side, that tells whose it is; where it
names none yet, the dispatch of its case does, which stands in the same transaction.
"""

from collections.abc import Iterable

from django.db.models import Q, QuerySet

from linli.cases.models import Event
from linli.people.models import Organisation
from linli.scores.counters import Step

FEW = 500  # of so many cases one asks by name, of more for all


def organisations() -> frozenset[int]:
    """Return the keys of all crews and departments of plants, those of former ones too."""
    plants = Organisation.objects.filter(kind=Organisation.Kind.PLANT)
    return frozenset(plants.values_list("pk", flat=True))


def cases_of(steps: Iterable[Step]) -> frozenset[int]:
    """Return the keys of the cases of plants among those of `steps`, stored or not."""
    plants = organisations()
    if not plants:
        return frozenset()
    own, undecided = set(), set()
    for step in steps:
        if step.territorial_id is None:
            undecided.add(step.case_id)
        elif step.territorial_id in plants:
            own.add(step.case_id)
    undecided -= own
    if not undecided:
        return frozenset(own)
    dispatched = _dispatched()
    if len(undecided) <= FEW:
        dispatched = dispatched.filter(case__in=undecided)
    return frozenset(own.union(undecided.intersection(dispatched.values_list("case", flat=True))))


def theirs() -> Q:
    """Return the condition on events of plants' cases."""
    early = Q(territorial=None, case__in=_dispatched().values("case"))
    return Q(territorial__kind=Organisation.Kind.PLANT) | early


def _dispatched() -> QuerySet[Event]:
    return Event.objects.order_by().filter(
        action="dispatch", territorial__kind=Organisation.Kind.PLANT
    )
