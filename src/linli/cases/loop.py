"""The loop: one table that says what may be done with a case, and one function a step.

Buttons, forms, API, documentation, permission tests and the state diagram are all made
from `ACTIONS`. `act` is the only way for a person to take a step; `take` is the same
step inside a batch whose caller (intake, worker, replay) has locked the cases.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from linli.cases import deadlines, evidence, notices
from linli.cases.actors import Actor, standing
from linli.cases.calendar import calendar
from linli.cases.chain import Draft, Journal
from linli.cases.learnt import judge
from linli.cases.models import (
    ENDED,
    OPEN,
    WORKING,
    Assignment,
    Case,
    Category,
    Ruling,
    State,
    Triage,
)
from linli.cases.routing import Route, Router, grid_of_side
from linli.people.models import Organisation, Side, User
from linli.people.scope import Scope
from linli.places.atlas import atlas
from linli.places.models import Area

MAX_REOPENINGS = 3
FollowUp = tuple[str, dict[str, Any]] | None
S, A = State, Actor


class Refused(Exception):
    """A step that the table, the case or its needs do not allow; the message says why."""


@dataclass(frozen=True)
class Action:
    """One line of the table: from which states, by whom, with what, to which state.

    A need that ends in "?" may be left out. `to` is None where the state stays.
    """

    label: str | Promise
    states: frozenset[State]
    who: frozenset[Actor]
    needs: tuple[str, ...]
    to: State | None
    do: Callable[..., FollowUp]


def permitted(case: Case, scope: Scope) -> list[str]:
    """List the actions this person may take on `case` now, in the table's order."""
    roles = standing(case, scope)
    return [
        name
        for name, action in ACTIONS.items()
        if case.state in action.states and action.who & roles and not _bar(name, case)
    ]


def act(case: Case, name: str, by: User | None, **inputs: Any) -> Case:
    """Take one step of a case.

    Parameters
    ----------
    by
        Who acts; None is the system itself.
    inputs
        What the action needs, by the names in the table.

    Raises
    ------
    Refused
        If the state, the person or the inputs do not allow it. Nothing is written then.
    """
    with transaction.atomic():
        locked = Case.objects.select_for_update().get(pk=case.pk)
        roles = frozenset({A.SYSTEM}) if by is None else standing(locked, Scope(by))
        if not ACTIONS[name].who & roles:
            raise Refused(_("You may not do this with this case."))
        journal = Journal()
        take(journal, locked, name, by, **inputs)
        record(journal)
    return locked


def take(journal: Journal, case: Case, name: str, by: User | None = None, **inputs: Any) -> None:
    """Take a step, and the steps the system takes because of it, into `journal`."""
    action = ACTIONS[name]
    if case.state and case.state not in action.states:
        raise Refused(
            _("Not possible while the case is “%(state)s”.") % {"state": State(case.state).label}
        )
    if reason := _bar(name, case):
        raise Refused(reason)
    for need in action.needs:
        if not need.endswith("?") and inputs.get(need) in (None, "", []):
            raise Refused(_("“%(field)s” is missing.") % {"field": NEEDS[need]})
    files = inputs.pop("evidence", None) or []
    data = {key: _plain(value) for key, value in inputs.items() if _is_told(value)}
    with journal.step(case, name, by, data) as draft:
        evidence.attach(draft, files)
        follow_up = action.do(draft, **inputs)
        if action.to is not None:
            case.state = action.to
    if follow_up:
        following, given = follow_up
        take(journal, case, following, **given)


def record(journal: Journal) -> None:
    """Write the steps of a journal and tell those concerned."""
    journal.write()
    notices.tell(journal.drafts)


def _bar(name: str, case: Case) -> str:
    bar = BARS.get(name)
    return bar(case) if bar else ""


def _plain(value: Any) -> Any:
    return value.pk if isinstance(value, Organisation | User | Category | Area | Case) else value


def _is_told(value: Any) -> bool:
    return value not in (None, "") and not isinstance(value, Router | Route)


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
    """Return the assignments the acting person answers for."""
    by = draft.event.by
    mine = Scope(by).organisations() if by else frozenset()
    return [a for a in draft.active if not a.leads and a.organisation_id in mine]


# --- the steps -------------------------------------------------------------------------------


def _report(draft: Draft, place: dict | None = None) -> None:
    """Found the case; the event keeps where the place was read from."""


def _nothing(draft: Draft, **inputs: Any) -> None:
    """Keep the event; nothing else changes."""


def _triage(
    draft: Draft,
    triage: str,
    category: Category | None = None,
    area: Area | None = None,
    router: Router | None = None,
) -> FollowUp:
    case = draft.case
    case.triage = triage
    if category is not None:
        case.category = category
    if area is not None:
        place = atlas().of_area(area.pk, by="hand")
        if not place.is_known:
            raise Refused(_("“%(area)s” has no grid of its own: choose one below it.")
                          % {"area": area})  # fmt: skip
        case.area_id, case.located_by = area.pk, "hand"
        case.community_grid_id, case.service_grid_id = place.community_grid, place.service_grid
        case.lon, case.lat = place.lon, place.lat
    if triage != Triage.PUBLIC:
        return None
    if case.category is None or case.community_grid_id is None:
        raise Refused(_("A public matter needs a category and a place before it is dispatched."))
    # What the triage found out, the dispatch that follows need not find out again.
    route = (router or Router()).route(case)
    return ("dispatch", {"route": route}) if route.is_complete else None


def _dispatch(
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
    deadlines.start(case)


def _respond(draft: Draft) -> None:
    """Note the first answer to a case, and whether it came within the accept clock."""
    case, at = draft.case, draft.event.at
    if case.first_response_at is not None:
        return
    case.first_response_at = at
    since = case.dispatched_at or case.reported_at
    draft.data["response_hours"] = round(calendar().hours_between(since, at), 2)
    draft.data["response_late"] = case.accept_due is not None and at > case.accept_due


def _settle(draft: Draft, reply: str) -> None:
    case = draft.case
    _respond(draft)
    case.resolved_at = draft.event.at
    case.verified_at = draft.event.at


def _accept(draft: Draft, deemed: bool = False) -> None:
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


def _acknowledge(draft: Draft) -> None:
    for assignment in _own(draft):
        assignment.accepted_at = draft.event.at
        draft.move(assignment)


def _assign_person(draft: Draft, person: User) -> None:
    for assignment in draft.active:
        if assignment.organisation_id in Scope(person).organisations():
            assignment.person = person
            draft.move(assignment)
            return
    raise Refused(_("%(person)s belongs to none of the assigned organisations.")
                  % {"person": person})  # fmt: skip


def _return(draft: Draft, reason: str) -> None:
    draft.data["side"] = draft.case.lead_side
    deadlines.pause(draft.case)


def _rule(draft: Draft, organisation: Organisation, reason: str) -> None:
    """Settle who owns a returned case, for this one and the next like it (终审)."""
    case, side = draft.case, draft.case.lead_side
    grid = grid_of_side(case, side)
    assert case.category_id is not None
    _assign(draft, side, organisation, {"by": "ruling"})
    deadlines.start(case)
    draft.then(
        lambda: Ruling.objects.create(
            category_id=case.category_id, grid_id=grid, side=side,
            organisation=organisation, reason=reason, event=draft.event,
        )
    )  # fmt: skip


def _join(draft: Draft, organisation: Organisation, reason: str) -> None:
    if any(a.organisation_id == organisation.pk for a in draft.active):
        raise Refused(_("%(organisation)s already has this case.")
                      % {"organisation": organisation})  # fmt: skip
    _assign(draft, Side.JOINT, organisation, {"by": "joint", "reason": reason})


def _ask_extension(draft: Draft, days: int, reason: str) -> None:
    if days < 1:
        raise Refused(_("An extension is at least one working day."))
    draft.case.extension_days = days
    deadlines.pause(draft.case)


def _grant_extension(draft: Draft, reason: str = "") -> None:
    case = draft.case
    draft.data["days"] = case.extension_days
    deadlines.resume(case)
    deadlines.extend(case, case.extension_days or 0)
    case.extension_days = None


def _refuse_extension(draft: Draft, reason: str) -> None:
    deadlines.resume(draft.case)
    draft.case.extension_days = None


def _supervise(draft: Draft, reason: str) -> None:
    draft.case.supervised = True


def _resolve(draft: Draft, reply: str, quality: dict[str, float] | None = None) -> None:
    case, at = draft.case, draft.event.at
    required = set(case.category.evidence if case.category else ())
    if "photo" in required and not draft.data.get("evidence") and draft.event.by is not None:
        raise Refused(_("This category asks for a photo of what was done."))
    if any(a.side == Side.JOINT and a.signed_off_at is None for a in draft.active):
        raise Refused(_("An organisation that joined the handling has not answered yet."))
    assert case.dispatched_at is not None and case.resolve_due is not None
    _respond(draft)
    if quality is None and draft.event.by is not None:
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


def _sign_off(draft: Draft, reply: str) -> None:
    for assignment in _own(draft):
        assignment.answer, assignment.signed_off_at = reply, draft.event.at
        assignment.accepted_at = assignment.accepted_at or draft.event.at
        draft.move(assignment)


def _verify(draft: Draft, comment: str = "") -> FollowUp:
    draft.case.verified_at = draft.event.at
    return ("close", {}) if draft.case.satisfied is not None else None


def _evaluate(draft: Draft, satisfied: bool, comment: str = "") -> FollowUp:
    case = draft.case
    case.satisfied, case.appealed = satisfied, ""
    if not satisfied and case.reopenings < MAX_REOPENINGS:
        return "reopen", {}
    return ("close", {}) if case.state == S.VERIFIED else None


def _reopen(draft: Draft, reason: str = "") -> None:
    """Send a case back as rework, from whichever side judged it."""
    case = draft.case
    case.reopenings += 1
    case.resolved_at = case.verified_at = case.ended_at = case.satisfied = None
    if _was_dispatched(case):
        deadlines.start(case)


def _end(draft: Draft, reason: str = "") -> None:
    draft.case.ended_at = draft.event.at


def _close(draft: Draft, reason: str = "") -> None:
    if draft.case.satisfied is None:
        draft.data["silent"] = True
    _end(draft)


def _merge(draft: Draft, into: Case, reason: str = "") -> None:
    case = draft.case
    if into.pk == case.pk or into.state in ENDED:
        raise Refused(_("A case can only be merged into another open case."))
    case.merged_into, case.ended_at = into, draft.event.at
    draft.then(lambda: case.reports.update(case=into))


def _appeal(draft: Draft, reason: str) -> None:
    draft.case.appealed = "asked"


def _rule_on_appeal(draft: Draft, upheld: bool, reason: str) -> None:
    rated = draft.case.events.filter(action="evaluate").order_by("-seq").first()
    assert rated is not None
    draft.data["evaluation"] = rated.seq
    draft.case.appealed = "upheld" if upheld else "refused"


def _ring(draft: Draft) -> None:
    draft.data["clock"] = draft.case.clock
    draft.case.fired = [*draft.case.fired, draft.case.clock]


def _escalate(draft: Draft) -> None:
    """Hand a case that both leads let pass to the leads of the area above."""
    case = draft.case
    _ring(draft)
    if draft.data["clock"] == "resolve_overdue":
        _fall_overdue(draft)
    above = atlas().ancestors(case.escalated_to_id or case.community_grid_id)
    case.escalated_to_id = above[1] if len(above) > 1 else above[0]


# --- what bars a step although the table allows it -----------------------------------------


def _already_ruled(case: Case) -> str:
    returned = case.steps and case.events.filter(action="return").exists()
    return _("This case was returned once already; the ruling stands.") if returned else ""


def _was_dispatched(case: Case) -> str:
    return _("This case was dispatched already.") if case.lead_side else ""


def _extension_open(case: Case) -> str:
    return _("An extension is being asked for.") if case.extension_days else ""


def _no_extension(case: Case) -> str:
    return "" if case.extension_days else _("No extension is asked for.")


def _not_appealable(case: Case) -> str:
    judged_badly = case.events.filter(action="evaluate", data__satisfied=False).exists()
    return "" if judged_badly and not case.appealed else _("There is no rating to appeal.")


def _no_appeal(case: Case) -> str:
    return "" if case.appealed == "asked" else _("No appeal is waiting.")


def _not_public(case: Case) -> str:
    return "" if case.triage == Triage.PUBLIC else _("Only public matters are dispatched.")


def _public(case: Case) -> str:
    return _("Public matters are dispatched.") if case.triage == Triage.PUBLIC else ""


def _evaluated(case: Case) -> str:
    return _("You have rated this already.") if case.satisfied is not None else ""


def _reopened_out(case: Case) -> str:
    if case.reopenings < MAX_REOPENINGS:
        return ""
    return _("This case was sent back %(n)d times; report anew.") % {"n": MAX_REOPENINGS}


BARS: dict[str, Callable[[Case], str]] = {
    "return": _already_ruled,
    "triage": _was_dispatched,
    "ask_extension": _extension_open,
    "grant_extension": _no_extension,
    "refuse_extension": _no_extension,
    "appeal": _not_appealable,
    "rule_on_appeal": _no_appeal,
    "dispatch": _not_public,
    "settle": _public,
    "evaluate": _evaluated,
    "reopen": _reopened_out,
}

# --- the table -------------------------------------------------------------------------------

L = gettext_lazy
NEEDS: dict[str, str | Promise] = {
    "triage": L("Kind of matter"),
    "category": L("Category"),
    "area": L("Place"),
    "organisation": L("Organisation"),
    "person": L("Person"),
    "reason": L("Reason"),
    "reply": L("Reply"),
    "comment": L("Comment"),
    "text": L("Note"),
    "evidence": L("Photos and files"),
    "days": L("Working days"),
    "satisfied": L("Satisfied?"),
    "upheld": L("Appeal upheld?"),
    "into": L("Merge into case"),
}


def _line(label: Any, states: Any, who: Any, needs: Any, to: Any, do: Any) -> Action:
    return Action(label, frozenset(states), frozenset(who), needs, to, do)


JUDGED = (S.RESOLVED, S.VERIFIED, S.CLOSED)
ACTIONS: dict[str, Action] = {
    # name: label, from, who, needs, to, step
    "report": _line(L("Report"), (), (A.SYSTEM,), (), S.REPORTED, _report),
    "follow": _line(L("Reported again"), OPEN, (A.SYSTEM,), (), None, _nothing),
    "triage": _line(L("Triage"), (S.REPORTED, S.REOPENED), (A.STEWARD, A.DISPATCHER, A.SYSTEM),
                    ("triage", "category?", "area?"), S.TRIAGED, _triage),
    "dispatch": _line(L("Dispatch"), (S.TRIAGED,), (A.DISPATCHER, A.SYSTEM),
                      ("organisation?",), S.DISPATCHED, _dispatch),
    "settle": _line(L("Settle with the residents"), (S.TRIAGED, S.REOPENED), (A.STEWARD, A.DISPATCHER),
                    ("reply", "evidence?"), S.VERIFIED, _settle),
    "accept": _line(L("Accept"), (S.DISPATCHED, S.REOPENED), (A.ASSIGNEE,),
                    (), S.ACCEPTED, _accept),
    "acknowledge": _line(L("Acknowledge"), WORKING, (A.SUPPORT,), (), None, _acknowledge),
    "resolve": _line(L("Resolve"), (S.ACCEPTED,), (A.ASSIGNEE,),
                     ("reply", "evidence?"), S.RESOLVED, _resolve),
    "sign_off": _line(L("Sign off our part"), WORKING | {S.RESOLVED}, (A.SUPPORT,),
                      ("reply",), None, _sign_off),
    "assign": _line(L("Assign to a person"), WORKING, (A.ASSIGNEE_LEAD,),
                    ("person",), None, _assign_person),
    "return": _line(L("Return"), (S.DISPATCHED,), (A.ASSIGNEE_LEAD,),
                    ("reason",), S.RETURNED, _return),
    "rule": _line(L("Rule"), (S.RETURNED,), (A.DISPATCHER,),
                  ("organisation", "reason"), S.DISPATCHED, _rule),
    "join": _line(L("Call in another organisation"), WORKING, (A.DISPATCHER, A.ASSIGNEE_LEAD),
                  ("organisation", "reason"), None, _join),
    "ask_extension": _line(L("Ask for an extension"), (S.ACCEPTED,), (A.ASSIGNEE,),
                           ("days", "reason"), None, _ask_extension),
    "grant_extension": _line(L("Grant the extension"), (S.ACCEPTED,), (A.DISPATCHER,),
                             ("reason?",), None, _grant_extension),
    "refuse_extension": _line(L("Refuse the extension"), (S.ACCEPTED,), (A.DISPATCHER,),
                              ("reason",), None, _refuse_extension),
    "note": _line(L("Add a note"), OPEN | {S.CLOSED}, (A.ASSIGNEE, A.SUPPORT, A.STEWARD, A.DISPATCHER),
                  ("text", "evidence?"), None, _nothing),
    "urge": _line(L("Urge"), WORKING, (A.REPORTER, A.DISPATCHER), ("reason?",), None, _nothing),
    "supervise": _line(L("Supervise"), WORKING, (A.LEADER, A.SUPERVISOR),
                       ("reason",), None, _supervise),
    "verify": _line(L("Verify"), (S.RESOLVED,), (A.SUPERVISOR,),
                    ("comment?", "evidence?"), S.VERIFIED, _verify),
    "evaluate": _line(L("Rate"), JUDGED, (A.REPORTER,), ("satisfied", "comment?"),
                      None, _evaluate),
    "reopen": _line(L("Send back"), JUDGED, (A.SUPERVISOR, A.DISPATCHER, A.SYSTEM),
                    ("reason?",), S.REOPENED, _reopen),
    "close": _line(L("Close"), (S.VERIFIED,), (A.SYSTEM, A.DISPATCHER), ("reason?",),
                   S.CLOSED, _close),
    "merge": _line(L("Merge"), (S.REPORTED, S.TRIAGED, S.DISPATCHED, S.ACCEPTED),
                   (A.DISPATCHER,), ("into", "reason?"), S.MERGED, _merge),
    "cancel": _line(L("Cancel"), (S.REPORTED, S.TRIAGED, S.DISPATCHED),
                    (A.DISPATCHER, A.REPORTER), ("reason",), S.CANCELLED, _end),
    "appeal": _line(L("Appeal the rating"), (*JUDGED, *WORKING), (A.ASSIGNEE_LEAD,),
                    ("reason",), None, _appeal),
    "rule_on_appeal": _line(L("Rule on the appeal"), (*JUDGED, *WORKING), (A.SUPERVISOR,),
                            ("upheld", "reason"), None, _rule_on_appeal),
    "remind": _line(L("Reminder"), OPEN, (A.SYSTEM,), (), None, _ring),
    "escalate": _line(L("Escalate"), WORKING, (A.SYSTEM,), (), None, _escalate),
}  # fmt: skip


