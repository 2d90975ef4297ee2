"""What each step changes on a case and its assignments: one short function a step.

The table in `loop` names these functions; `loop.take` has checked state, person and needs
before, and keeps the event afterwards. A function may return the step that the system
takes next because of it.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from linli import bulk
from linli.cases import deadlines, evidence
from linli.cases.actors import answers_for
from linli.cases.bars import MAX_REOPENINGS, appealable, was_dispatched
from linli.cases.calendar import calendar
from linli.cases.chain import Draft
from linli.cases.learnt import judge
from linli.cases.models import (
    ENDED,
    Assignment,
    Case,
    Category,
    Deliberation,
    Proposal,
    Ruling,
    State,
    Triage,
)
from linli.cases.refusal import Refused
from linli.cases.routing import Route, Router, Sides, grid_of_side
from linli.people.directory import directory
from linli.people.models import Organisation, Side, User
from linli.people.scope import Scope
from linli.places.atlas import atlas
from linli.places.models import Area

FollowUp = tuple[str, dict[str, Any]] | None


def _organisation_on(draft: Draft, side: str) -> Assignment | None:
    return next((a for a in draft.active if a.side == side), None)


def _assign(draft: Draft, side: str, organisation: Organisation, why: dict) -> None:
    """Put `organisation` on `side`, in place of whoever stood there."""
    before = _organisation_on(draft, side) if side != Side.JOINT else None
    same = [a for a in draft.assignments if (a.side, a.organisation_id) == (side, organisation.pk)]
    assignment = same[0] if same else Assignment(
        case=draft.case, side=side, organisation=organisation
    )  # fmt: skip
    if before is not None and before is not assignment:
        before.active = False
        draft.move(before)
    assignment.active, assignment.why = True, why
    assignment.leads = side == draft.case.lead_side
    assignment.accepted_at = assignment.signed_off_at = assignment.person = None
    draft.move(assignment)
    if side != Side.JOINT:
        setattr(draft.case, side, organisation)


def _own(draft: Draft) -> list[Assignment]:
    """Return the assignments the acting person answers for, beside the leading one."""
    if draft.by is None:
        return []
    scope = Scope(draft.by)
    return [a for a in draft.active if not a.leads and answers_for(scope, a, draft.case)]


def report(draft: Draft, place: dict | None = None) -> None:
    """Found the case; the event keeps where the place was read from."""


def nothing(draft: Draft, **inputs: Any) -> None:
    """Keep the event; nothing else changes."""


def triage(
    draft: Draft,
    triage: str,
    category: Category | None = None,
    area: Area | None = None,
    router: Router | Sides | None = None,
) -> FollowUp:
    case = draft.case
    case.triage = triage
    if category is not None:
        case.category = category
    if area is not None and area.pk != case.area_id:
        place = atlas().of_area(area.pk, by="hand")
        if not place.is_known:
            raise Refused(_("“%(area)s” has no grid of its own: choose one below it.")
                          % {"area": area})  # fmt: skip
        case.area_id, case.located_by = area.pk, "hand"
        case.community_grid_id, case.service_grid_id = place.community_grid, place.service_grid
        case.lon, case.lat = place.lon, place.lat
    if triage != Triage.NEIGHBOURHOOD:
        _end_deliberation(draft, triage)
    if triage != Triage.PUBLIC:
        return None
    if case.category is None or case.community_grid_id is None:
        raise Refused(_("A public matter needs a category and a place before it is dispatched."))
    # What the triage found out, the dispatch that follows need not find out again.
    route = (router or Router()).route(case)
    return ("dispatch", {"route": route}) if route.is_complete else None


def dispatch(
    draft: Draft, route: Route | None = None, organisation: Organisation | None = None
) -> None:
    case = draft.case
    route = route or Router().route(case)
    case.lead_side = route.lead_side
    functional = organisation or route.functional
    if route.territorial is None or functional is None:
        raise Refused(_("No organisation is competent: name one."))
    why = {"by": "dispatcher"} if organisation else route.why[Side.FUNCTIONAL]
    _assign(draft, Side.TERRITORIAL, route.territorial, route.why[Side.TERRITORIAL])
    _assign(draft, Side.FUNCTIONAL, functional, why)
    _call_in(draft)
    deadlines.start(case)


def _call_in(draft: Draft) -> None:
    """Call in the departments that the category says handle such cases jointly (会商)."""
    case = draft.case
    above = atlas().ancestors(case.community_grid_id or case.area_id)
    for function in case.category.joint if case.category else ():
        organisation = directory().competent(function, above)
        here = {a.organisation_id for a in draft.active}
        if organisation is not None and organisation.pk not in here:
            why = {"by": "category", "function": function}
            _assign(draft, Side.JOINT, organisation, why)


def _respond(draft: Draft) -> None:
    """Note the first answer to a case, and whether it came within the accept clock."""
    case, at = draft.case, draft.event.at
    if case.first_response_at is not None:
        return
    case.first_response_at = at
    since = case.dispatched_at or case.reported_at
    draft.data["response_hours"] = round(calendar().hours_between(since, at), 2)
    draft.data["response_late"] = case.accept_due is not None and at > case.accept_due


def deliberate(draft: Draft, question: str, venue: str, meets_at: datetime) -> None:
    """Call the residents of the grid together over a neighbourhood matter (议事)."""
    draft.then(
        lambda: Deliberation.objects.create(
            case=draft.case, question=question, venue=venue, meets_at=meets_at,
            opened_at=draft.event.at,
        )
    )  # fmt: skip


def minute(
    draft: Draft,
    minutes: str,
    households: int | None = None,
    votes: Mapping[str, Mapping[str, int]] | None = None,
) -> None:
    """Keep what a meeting said; `votes` are for, against and abstaining by proposal key."""
    told = {"minutes": minutes, "households": households, "met_at": draft.event.at}

    def write() -> None:
        meeting = Deliberation.objects.filter(case=draft.case, ended_at=None)
        meeting.update(**told)
        for key, counts in (votes or {}).items():
            Proposal.objects.filter(deliberation__in=meeting, pk=key).update(**counts)

    draft.then(write)


def _end_deliberation(draft: Draft, outcome: str) -> None:
    """Close the deliberation under way, if there is one, with what came of it."""
    case, at = draft.case, draft.event.at
    if case.state == State.REPORTED:
        return  # as every public matter that intake dispatches at once
    draft.then(
        lambda: Deliberation.objects.filter(case=case, ended_at=None).update(
            outcome=outcome, ended_at=at
        )
    )


def settle(draft: Draft, reply: str) -> None:
    case = draft.case
    _end_deliberation(draft, Deliberation.Outcome.SETTLED)
    _respond(draft)
    case.resolved_at = draft.event.at
    case.verified_at = draft.event.at


def accept(draft: Draft, deemed: bool = False) -> None:
    """Accept; where a record of the past does not say when, it is deemed and counts as nothing."""
    case = draft.case
    case.accepted_at = draft.event.at
    if deemed:
        case.first_response_at = draft.event.at
    else:
        _respond(draft)
    for assignment in draft.active:
        if assignment.leads:
            assignment.accepted_at = draft.event.at
            draft.move(assignment)


def acknowledge(draft: Draft) -> None:
    for assignment in _own(draft):
        assignment.accepted_at = draft.event.at
        draft.move(assignment)


def assign_person(draft: Draft, person: User) -> None:
    """Give the leading side's work to one of its own people."""
    leading = next(a for a in draft.active if a.leads)
    if leading.organisation_id not in Scope(person).organisations():
        raise Refused(
            _("%(person)s does not belong to %(organisation)s.")
            % {"person": person, "organisation": leading.organisation}
        )
    leading.person = person
    draft.move(leading)


def return_(draft: Draft, reason: str) -> None:
    draft.data["side"] = draft.case.lead_side
    draft.case.was_returned = True
    deadlines.pause(draft.case)


def rule(draft: Draft, organisation: Organisation, reason: str) -> None:
    """Settle who owns a returned case, for this one and the next like it (终审)."""
    case, side = draft.case, draft.case.lead_side
    grid = grid_of_side(case, side)
    category = case.category
    assert category is not None
    assert grid is not None
    _assign(draft, side, organisation, {"by": "ruling"})
    deadlines.start(case)
    draft.then(
        lambda: bulk.insert([
            Ruling(
                category=category, grid_id=grid, side=side,
                organisation=organisation, reason=reason, event=draft.event,
            )
        ])
    )  # fmt: skip


def join(draft: Draft, organisation: Organisation, reason: str) -> None:
    if any(a.organisation_id == organisation.pk for a in draft.active):
        raise Refused(_("%(organisation)s already has this case.")
                      % {"organisation": organisation})  # fmt: skip
    _assign(draft, Side.JOINT, organisation, {"by": "joint", "reason": reason})


def ask_extension(draft: Draft, days: int, reason: str) -> None:
    if days < 1:
        raise Refused(_("An extension is at least one working day."))
    draft.case.extension_days = days
    deadlines.pause(draft.case)


def grant_extension(draft: Draft, reason: str = "") -> None:
    case = draft.case
    draft.data["days"] = case.extension_days
    deadlines.resume(case)
    deadlines.extend(case, case.extension_days or 0)
    case.extension_days = None


def refuse_extension(draft: Draft, reason: str) -> None:
    deadlines.resume(draft.case)
    draft.case.extension_days = None


def supervise(draft: Draft, reason: str) -> None:
    draft.case.supervised = True


def resolve(draft: Draft, reply: str, quality: dict[str, float] | None = None) -> None:
    case, at = draft.case, draft.event.at
    if draft.by is not None and case.category is not None:
        evidence.require(draft, case.category.evidence)
    if any(a.side == Side.JOINT and a.signed_off_at is None for a in draft.active):
        raise Refused(_("An organisation that joined the handling has not answered yet."))
    # What is done needs no extension any more.
    deadlines.resume(case)
    case.extension_days = None
    assert case.dispatched_at is not None and case.resolve_due is not None
    _respond(draft)
    if quality is None and draft.by is not None:
        judged = judge([f"{case.title}\n{case.body}"], [reply])
        if judged:
            draft.data["quality"] = judged[0]
    draft.data["hours"] = round(calendar().hours_between(case.dispatched_at, at), 2)
    draft.data["late"] = at > case.resolve_due
    if draft.data["late"]:
        _fall_overdue(draft)
    case.resolved_at = at


def _fall_overdue(draft: Draft) -> None:
    """Note once for each dispatch that it was not resolved in time."""
    if draft.case.overdue_at is None:
        draft.case.overdue_at = draft.case.resolve_due
        draft.data["overdue"] = True


def sign_off(draft: Draft, reply: str) -> None:
    for assignment in _own(draft):
        assignment.answer, assignment.signed_off_at = reply, draft.event.at
        assignment.accepted_at = assignment.accepted_at or draft.event.at
        draft.move(assignment)


def verify(draft: Draft, comment: str = "") -> FollowUp:
    draft.case.verified_at = draft.event.at
    return ("close", {}) if draft.case.satisfied is not None else None


def evaluate(draft: Draft, satisfied: bool, comment: str = "") -> FollowUp:
    case = draft.case
    case.satisfied = satisfied
    if case.appealed != "asked":
        case.appealed = ""
    if not satisfied and case.reopenings < MAX_REOPENINGS:
        return "reopen", {}
    return ("close", {}) if case.state == State.VERIFIED else None


def reopen(draft: Draft, reason: str = "") -> None:
    """Send a case back as rework, from whichever side judged it."""
    case = draft.case
    case.reopenings += 1
    case.resolved_at = case.verified_at = case.ended_at = case.satisfied = None
    if case.category is not None and case.category.every_answer:
        # What did not satisfy is answered anew, by everybody.
        for assignment in draft.active:
            if not assignment.leads and assignment.signed_off_at is not None:
                assignment.signed_off_at = None
                draft.move(assignment)
    if was_dispatched(case):
        deadlines.start(case)


def end(draft: Draft, reason: str = "") -> None:
    draft.case.ended_at = draft.event.at


def close(draft: Draft, reason: str = "") -> None:
    if draft.case.satisfied is None:
        draft.data["silent"] = True
    end(draft)


def merge(draft: Draft, into: Case, reason: str = "") -> None:
    case = draft.case
    if into.pk == case.pk or into.state in ENDED:
        raise Refused(_("A case can only be merged into another open case."))
    case.merged_into, case.ended_at = into, draft.event.at
    draft.then(lambda: case.reports.update(case=into))


def appeal(draft: Draft, reason: str) -> None:
    draft.data["evaluation"] = appealable(draft.case)
    draft.case.appealed = "asked"


def rule_on_appeal(draft: Draft, upheld: bool, reason: str) -> None:
    appeal = draft.case.events.filter(action="appeal").latest("seq")
    draft.data["evaluation"] = appeal.data["evaluation"]
    draft.case.appealed = "upheld" if upheld else "refused"


def ring(draft: Draft) -> None:
    draft.data["clock"] = draft.case.clock
    draft.case.fired = [*draft.case.fired, draft.case.clock]


def escalate(draft: Draft) -> None:
    """Hand a case that both leads let pass to the leads of the area above."""
    case = draft.case
    ring(draft)
    if draft.data["clock"] == "resolve_overdue":
        _fall_overdue(draft)
    if case.territorial_id in directory().plants:
        return  # who heads the plant is told; the areas around it have no say there
    above = atlas().ancestors(case.escalated_to_id or case.community_grid_id)
    case.escalated_to_id = above[1] if len(above) > 1 else above[0]
