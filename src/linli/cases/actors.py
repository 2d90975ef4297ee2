"""Who somebody is to a case: the words in which the action table says who may act."""

from enum import StrEnum

from linli.cases.models import Case
from linli.people.models import Role, Side
from linli.people.scope import Scope


class Actor(StrEnum):
    """A standing towards one case."""

    SYSTEM = "system"
    REPORTER = "reporter"
    ASSIGNEE = "assignee"
    ASSIGNEE_LEAD = "assignee_lead"
    SUPPORT = "support"
    STEWARD = "steward"
    DISPATCHER = "dispatcher"
    SUPERVISOR = "supervisor"
    LEADER = "leader"


OVER_AREA = {
    Actor.STEWARD: Role.STEWARD,
    Actor.DISPATCHER: Role.DISPATCHER,
    Actor.SUPERVISOR: Role.SUPERVISOR,
    Actor.LEADER: Role.LEADER,
}
STAFF = (Role.WORKER, Role.OFFICER, Role.HEAD)


def standing(case: Case, scope: Scope) -> frozenset[Actor]:
    """Return everything this person is to `case`."""
    found = {actor for actor, role in OVER_AREA.items() if scope.holds((role,), case.area)}
    if case.reports.filter(reporter=scope.user.pk).exists():
        found.add(Actor.REPORTER)
    staff, heads = scope.organisations(*STAFF), scope.organisations(Role.HEAD)
    leads_grid = bool({case.community_grid_id, case.service_grid_id} & scope.led_areas)
    leads_grid |= case.escalated_to_id in scope.led_areas
    for assignment in case.assignments.all():
        if not assignment.active:
            continue
        is_head = assignment.organisation_id in heads
        is_grid_lead = leads_grid and assignment.side == Side.TERRITORIAL
        is_theirs = assignment.organisation_id in staff and (
            assignment.person_id in (None, scope.user.pk) or is_head
        )
        if is_theirs or is_grid_lead:
            found.add(Actor.ASSIGNEE if assignment.leads else Actor.SUPPORT)
        if assignment.leads and (is_head or is_grid_lead):
            found.add(Actor.ASSIGNEE_LEAD)
    return frozenset(found)
