"""What bars a step although the table allows it: each rule gives its reason, or nothing."""

from collections.abc import Callable

from django.db.models import Q
from django.utils.translation import gettext as _

from linli.cases.models import SELF_FOUND, Case, Triage

MAX_REOPENINGS = 3


def already_ruled(case: Case) -> str:
    if not case.was_returned:
        return ""
    return _("This case was returned once already; the ruling stands.")


def was_dispatched(case: Case) -> str:
    return _("This case was dispatched already.") if case.lead_side else ""


def extension_open(case: Case) -> str:
    if case.overdue_at is not None:
        return _("It is too late for an extension: the case is overdue.")
    return _("An extension is being asked for.") if case.extension_days else ""


def no_extension(case: Case) -> str:
    return "" if case.extension_days else _("No extension is asked for.")


def appealable(case: Case) -> int | None:
    """Return the number of the last bad rating that nobody has appealed yet."""
    events = case.events.filter(action__in=("evaluate", "appeal")).order_by("seq")
    bad = [e.seq for e in events if e.action == "evaluate" and not e.data["satisfied"]]
    appealed = [e.data["evaluation"] for e in events if e.action == "appeal"]
    return bad[-1] if bad and bad[-1] not in appealed else None


def not_appealable(case: Case) -> str:
    if case.appealed == "asked":
        return _("An appeal is waiting already.")
    return "" if appealable(case) else _("There is no rating to appeal.")


def no_appeal(case: Case) -> str:
    return "" if case.appealed == "asked" else _("No appeal is waiting.")


def not_public(case: Case) -> str:
    return "" if case.triage == Triage.PUBLIC else _("Only public matters are dispatched.")


def public(case: Case) -> str:
    if case.category is not None and case.category.every_answer:
        return _("Matters of this kind are answered by every organisation concerned: dispatch it.")
    return _("Public matters are dispatched.") if case.triage == Triage.PUBLIC else ""


def unanswered(case: Case) -> str:
    """Tell who of those that owe an answer has not given it, where the category asks for all."""
    if case.category is None or not case.category.every_answer:
        return ""
    waiting = case.assignments.filter(active=True, leads=False, signed_off_at=None)
    names = [str(row.organisation) for row in waiting.select_related("organisation")]
    if not names:
        return ""
    return _("Not answered yet by: %(names)s.") % {"names": _(", ").join(names)}


def stays_by_itself(case: Case) -> str:
    if case.category is not None and case.category.separate:
        return _("Each matter of this kind stays a case of its own.")
    return unanswered(case)


def not_for_residents(case: Case) -> str:
    if case.triage != Triage.NEIGHBOURHOOD:
        return _("Only neighbourhood matters are deliberated.")
    return _("A deliberation is under way already.") if _is_deliberated(case) else ""


def no_meeting(case: Case) -> str:
    return "" if _is_deliberated(case) else _("No deliberation is under way.")


def _is_deliberated(case: Case) -> bool:
    return case.deliberations.filter(ended_at=None).exists()


def evaluated(case: Case) -> str:
    return _("You have rated this already.") if case.satisfied is not None else ""


def reopened_out(case: Case) -> str:
    if case.reopenings < MAX_REOPENINGS:
        return ""
    return _("This case was sent back %(n)d times; report anew.") % {"n": MAX_REOPENINGS}


def nobody_to_see(case: Case) -> str:
    named = ~Q(author="") | ~Q(contact="")
    named |= Q(reporter__isnull=False) & ~Q(source__in=SELF_FOUND)
    return "" if case.reports.filter(named).exists() else _("Nobody is known to have reported it.")


BARS: dict[str, Callable[[Case], str]] = {
    "return": already_ruled,
    "triage": was_dispatched,
    "ask_extension": extension_open,
    "grant_extension": no_extension,
    "refuse_extension": no_extension,
    "appeal": not_appealable,
    "rule_on_appeal": no_appeal,
    "dispatch": not_public,
    "settle": public,
    "resolve": unanswered,
    "close": unanswered,
    "merge": stays_by_itself,
    "cancel": unanswered,
    "deliberate": not_for_residents,
    "minute": no_meeting,
    "evaluate": evaluated,
    "reopen": reopened_out,
    "look": nobody_to_see,
}
