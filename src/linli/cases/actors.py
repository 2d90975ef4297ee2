"""Who somebody is to a case: the words in which the action table says who may act."""

from enum import StrEnum

from linli.cases.models import Assignment, Case
from linli.people.directory import directory
from linli.people.models import Role, Side
from linli.people.scope import Scope


class Actor(StrEnum):
    """A standing towards one case."""

    SYSTEM = "system"
    REPORTER = "reporter"
    RECEIPT = "receipt"
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
    for assignment in case.assignments.all():
        if not assignment.active or not answers_for(scope, assignment, case):
            continue
        found.add(Actor.ASSIGNEE if assignment.leads else Actor.SUPPORT)
        if assignment.leads and heads(scope, assignment, case):
            found.add(Actor.ASSIGNEE_LEAD)
    plants = directory().plants
    tops = {plants[key] for key in (case.territorial_id, case.functional_id) if key in plants}
    if tops & scope.organisations(Role.HEAD):
        found.add(Actor.SUPERVISOR)  # who heads a plant judges what its departments did
    return frozenset(found)


def holding(case: Case, receipt: str) -> frozenset[Actor]:
    """Return what whoever shows this receipt code is to `case`.

    A code speaks for a report made without an account. Where the reporter has one, they
    sign in: the code may have been passed on to be read, not to act with.
    """
    told = case.reports.filter(receipt=receipt, reporter=None)
    return frozenset({Actor.RECEIPT}) if receipt and told.exists() else frozenset()


def answers_for(scope: Scope, assignment: Assignment, case: Case) -> bool:
    """Tell whether this person answers for an assignment: its head, its person, or a lead."""
    is_free = assignment.person_id in (None, scope.user.pk)
    is_theirs = is_free and assignment.organisation_id in scope.organisations(*STAFF)
    return is_theirs or heads(scope, assignment, case)


def heads(scope: Scope, assignment: Assignment, case: Case) -> bool:
    """Tell whether this person heads the organisation, or leads the grid for its team."""
    if assignment.organisation_id in scope.organisations(Role.HEAD):
        return True
    if case.territorial_id in directory().plants:
        return False
    grids = {case.community_grid_id, case.service_grid_id, case.escalated_to_id}
    return assignment.side == Side.TERRITORIAL and bool(grids & scope.led_areas)
