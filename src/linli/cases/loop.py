"""The loop: one table that says what may be done with a case, by whom and with what.

Buttons, forms, API, documentation, permission tests and the state diagram are all made
from `ACTIONS`. `act` is the only way for a person to take a step; `take` is the same
step inside a batch whose caller (intake, worker, replay) has locked the cases. What a
step changes stands in `steps`, what else may bar it in `bars`.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from linli.cases import evidence, notices, steps
from linli.cases.actors import Actor, holding, standing
from linli.cases.bars import BARS
from linli.cases.chain import Journal, plain
from linli.cases.models import OPEN, WAITING, WORKING, Case, Category, Report, State
from linli.cases.refusal import Refused
from linli.cases.routing import Route, Router, Sides
from linli.cases.steps import FollowUp
from linli.people.models import Organisation, User
from linli.people.scope import Scope
from linli.places.models import Area

S, A = State, Actor


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
    return open_to(standing(case, scope), case)


def open_to(roles: frozenset[Actor], case: Case) -> list[str]:
    """List the actions open to somebody who is all of `roles` to `case`."""
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
        _act(locked, name, roles, by, None, inputs)
    return locked


def act_with_receipt(told: Report, name: str, **inputs: Any) -> Case:
    """Take one step as whoever reported without an account and shows the receipt code.

    The event names nobody and keeps the key of the report, never the code itself: events
    are read by more people than may act for the reporter.

    Raises
    ------
    Refused
        As `act`.
    """
    with transaction.atomic():
        locked = Case.objects.select_for_update().get(pk=told.case_id)
        _act(locked, name, holding(locked, told.receipt), None, told, inputs)
    return locked


def _act(
    case: Case,
    name: str,
    roles: frozenset[Actor],
    by: User | None,
    told: Report | None,
    inputs: dict[str, Any],
) -> None:
    if not ACTIONS[name].who & roles:
        raise Refused(_("You may not do this with this case."))
    journal = Journal()
    take(journal, case, name, by, told, **inputs)
    record(journal)


def take(
    journal: Journal,
    case: Case,
    name: str,
    by: User | None = None,
    told: Report | None = None,
    **inputs: Any,
) -> None:
    """Take a step, and the steps the system takes because of it, into `journal`.

    `told` is the report whose receipt code was shown for it, if one was.
    """
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
    if told is not None:
        data["receipt"] = told.pk
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
    if isinstance(value, datetime):
        return plain(value)
    return value.pk if isinstance(value, Organisation | User | Category | Area | Case) else value


def _is_told(value: Any) -> bool:
    return value not in (None, "") and not isinstance(value, Router | Route | Sides)


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
    "question": L("Question to the residents"),
    "venue": L("Where they meet"),
    "meets_at": L("When they meet"),
    "minutes": L("Minutes"),
    "households": L("Households present"),
}


def _line(label: Any, states: Any, who: Any, needs: Any, to: Any, do: Any) -> Action:
    return Action(label, frozenset(states), frozenset(who), needs, to, do)


JUDGED = (S.RESOLVED, S.VERIFIED, S.CLOSED)
ACTIONS: dict[str, Action] = {
    # name: label, from, who, needs, to, step
    "report": _line(L("Report"), (), (A.SYSTEM,), (), S.REPORTED, steps.report),
    "follow": _line(L("Reported again"), OPEN, (A.SYSTEM,), (), None, steps.nothing),
    "triage": _line(L("Triage"), (S.REPORTED, S.TRIAGED, S.REOPENED),
                    (A.STEWARD, A.DISPATCHER, A.SYSTEM),
                    ("triage", "category?", "area?"), S.TRIAGED, steps.triage),
    "dispatch": _line(L("Dispatch"), (S.TRIAGED,), (A.DISPATCHER, A.SYSTEM),
                      ("organisation?",), S.DISPATCHED, steps.dispatch),
    "deliberate": _line(L("Deliberate with the residents"), (S.TRIAGED, S.REOPENED),
                        (A.STEWARD, A.DISPATCHER), ("question", "venue", "meets_at"),
                        None, steps.deliberate),
    "minute": _line(L("Record the meeting"), (S.TRIAGED, S.REOPENED),
                    (A.STEWARD, A.DISPATCHER), ("minutes", "households?"), None, steps.minute),
    "settle": _line(L("Settle with the residents"), (S.TRIAGED, S.REOPENED),
                    (A.STEWARD, A.DISPATCHER), ("reply", "evidence?"), S.VERIFIED, steps.settle),
    "accept": _line(L("Accept"), WAITING, (A.ASSIGNEE,),
                    (), S.ACCEPTED, steps.accept),
    "acknowledge": _line(L("Acknowledge"), WORKING, (A.SUPPORT,), (), None, steps.acknowledge),
    "resolve": _line(L("Resolve"), (S.ACCEPTED,), (A.ASSIGNEE,),
                     ("reply", "evidence?"), S.RESOLVED, steps.resolve),
    "sign_off": _line(L("Sign off our part"), WORKING | {S.RESOLVED}, (A.SUPPORT,),
                      ("reply",), None, steps.sign_off),
    "assign": _line(L("Assign to a person"), WORKING, (A.ASSIGNEE_LEAD,),
                    ("person",), None, steps.assign_person),
    "return": _line(L("Return"), (S.DISPATCHED,), (A.ASSIGNEE_LEAD,),
                    ("reason",), S.RETURNED, steps.return_),
    "rule": _line(L("Rule"), (S.RETURNED,), (A.DISPATCHER,),
                  ("organisation", "reason"), S.DISPATCHED, steps.rule),
    "join": _line(L("Call in another organisation"), WORKING,
                  (A.DISPATCHER, A.SUPERVISOR, A.ASSIGNEE_LEAD),
                  ("organisation", "reason"), None, steps.join),
    "ask_extension": _line(L("Ask for an extension"), (S.ACCEPTED,), (A.ASSIGNEE,),
                           ("days", "reason"), None, steps.ask_extension),
    "grant_extension": _line(L("Grant the extension"), (S.ACCEPTED,), (A.DISPATCHER,),
                             ("reason?",), None, steps.grant_extension),
    "refuse_extension": _line(L("Refuse the extension"), (S.ACCEPTED,), (A.DISPATCHER,),
                              ("reason",), None, steps.refuse_extension),
    "note": _line(L("Add a note"), OPEN | {S.CLOSED},
                  (A.ASSIGNEE, A.SUPPORT, A.STEWARD, A.DISPATCHER, A.SUPERVISOR, A.SYSTEM),
                  ("text", "evidence?"), None, steps.nothing),
    "add": _line(L("Say more about it"), OPEN, (A.REPORTER, A.RECEIPT), ("text", "evidence?"),
                 None, steps.nothing),
    "urge": _line(L("Urge"), WORKING, (A.REPORTER, A.RECEIPT, A.DISPATCHER), ("reason?",),
                  None, steps.nothing),
    "look": _line(L("Show who reported it"), tuple(S),
                  (A.ASSIGNEE, A.SUPPORT, A.STEWARD, A.DISPATCHER, A.SUPERVISOR),
                  (), None, steps.nothing),
    "supervise": _line(L("Supervise"), WORKING, (A.LEADER, A.SUPERVISOR),
                       ("reason",), None, steps.supervise),
    "verify": _line(L("Verify"), (S.RESOLVED,), (A.SUPERVISOR,),
                    ("comment?", "evidence?"), S.VERIFIED, steps.verify),
    "evaluate": _line(L("Rate"), JUDGED, (A.REPORTER, A.RECEIPT), ("satisfied", "comment?"),
                      None, steps.evaluate),
    "reopen": _line(L("Send back"), JUDGED, (A.SUPERVISOR, A.DISPATCHER, A.SYSTEM),
                    ("reason?",), S.REOPENED, steps.reopen),
    "close": _line(L("Close"), (S.VERIFIED,), (A.SYSTEM, A.DISPATCHER), ("reason?",),
                   S.CLOSED, steps.close),
    "merge": _line(L("Merge"), (S.REPORTED, S.TRIAGED, S.DISPATCHED, S.ACCEPTED),
                   (A.DISPATCHER, A.SUPERVISOR), ("into", "reason?"), S.MERGED, steps.merge),
    "cancel": _line(L("Cancel"), (S.REPORTED, S.TRIAGED, S.DISPATCHED),
                    (A.DISPATCHER, A.REPORTER, A.SYSTEM), ("reason",), S.CANCELLED, steps.end),
    "appeal": _line(L("Appeal the rating"), (*JUDGED, *WORKING), (A.ASSIGNEE_LEAD,),
                    ("reason",), None, steps.appeal),
    "rule_on_appeal": _line(L("Rule on the appeal"), (*JUDGED, *WORKING), (A.SUPERVISOR,),
                            ("upheld", "reason"), None, steps.rule_on_appeal),
    "remind": _line(L("Reminder"), OPEN, (A.SYSTEM,), (), None, steps.ring),
    "escalate": _line(L("Escalate"), WORKING, (A.SYSTEM,), (), None, steps.escalate),
}  # fmt: skip
