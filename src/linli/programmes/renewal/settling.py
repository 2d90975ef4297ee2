"""What follows from the days of milestones: how long the stretches took, whether all is done."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import date

from django.db.models import Max, QuerySet

from linli import bulk
from linli.programmes.renewal.models import Milestone, Node


def settle(nodes: Iterable[int]) -> None:
    """Work out how long the stretches before done milestones were meant to take, and took."""
    found = Milestone.objects.filter(node__in=set(nodes)).order_by("node", "number", "due", "pk")
    changed: list[Milestone] = []
    for _node, milestones in _by_node(found.select_related("node")):
        planned_from, from_day = milestones[0].node.starts, milestones[0].node.began
        for milestone in milestones:
            if milestone.done is None:
                was: tuple[int | None, int | None] = (None, None)
            else:
                was = _stretch(planned_from, from_day, milestone.first_due, milestone.done)
                planned_from, from_day = milestone.first_due, milestone.done
            if (milestone.planned_days, milestone.taken_days) != was:
                milestone.planned_days, milestone.taken_days = was
                changed.append(milestone)
    bulk.update(changed, ["planned_days", "taken_days"])


def close(node: Node) -> None:
    """Let a project be finished on the day of its last milestone, or not while one is open."""
    own = Milestone.objects.filter(node=node.pk)
    is_open = own.filter(done=None).exists()
    node.finished = None if is_open else own.aggregate(last=Max("done"))["last"]
    node.save(update_fields=["finished"])


def _by_node(found: QuerySet[Milestone]) -> Iterable[tuple[int, list[Milestone]]]:
    groups: dict[int, list[Milestone]] = defaultdict(list)
    for milestone in found:
        groups[milestone.node_id].append(milestone)
    return groups.items()


def _stretch(
    planned_from: date | None, began: date | None, due: date, done: date
) -> tuple[int | None, int | None]:
    """Return the days planned and taken; none where the beginning is not known."""
    if planned_from is None or began is None:
        return None, None
    return max((due - planned_from).days, 1), (done - began).days
