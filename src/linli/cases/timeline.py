"""The events of a case in words, as far as the reader may know them."""

from collections.abc import Iterable
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from datetime import date, datetime
from itertools import groupby
from typing import Any

from django.utils.functional import Promise
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from linli.cases.due import one_or_many
from linli.cases.loop import ACTIONS, NEEDS
from linli.cases.models import SELF_FOUND, Case, Event, Evidence, Triage
from linli.cases.sentences import Names, office, sentence
from linli.people.scope import Scope
from linli.places.atlas import atlas

L = gettext_lazy
# An action's label asks for it ("Accept"); its trace says that it was done.
DONE: dict[str, str | Promise] = {
    "report": L("Reported"),
    "follow": L("Reported again"),
    "triage": L("Triaged"),
    "dispatch": L("Dispatched to both sides"),
    "deliberate": L("Deliberation called"),
    "minute": L("Meeting recorded"),
    "settle": L("Settled with the residents"),
    "accept": L("Accepted"),
    "acknowledge": L("Acknowledged"),
    "resolve": L("Resolved"),
    "sign_off": L("Signed off"),
    "assign": L("Assigned to a person"),
    "return": L("Returned"),
    "rule": L("Ruled on"),
    "join": L("Another organisation called in"),
    "ask_extension": L("Extension asked for"),
    "grant_extension": L("Extension granted"),
    "refuse_extension": L("Extension refused"),
    "note": L("Note"),
    "add": L("Reporter said more"),
    "urge": L("Urged"),
    "look": L("Reporter's details looked at"),
    "supervise": L("Put under supervision"),
    "verify": L("Verified"),
    "evaluate": L("Rated"),
    "reopen": L("Sent back"),
    "close": L("Closed"),
    "merge": L("Merged"),
    "cancel": L("Cancelled"),
    "appeal": L("Rating appealed"),
    "rule_on_appeal": L("Appeal ruled on"),
    "remind": L("Reminded"),
    "escalate": L("Escalated"),
}
# What the public may read: that a step was taken, and the official answer.
PUBLIC = frozenset(
    {
        "report", "follow", "triage", "dispatch", "rule", "settle", "accept", "resolve",
        "verify", "evaluate", "reopen", "close", "merge", "cancel", "deliberate",
    }
)  # fmt: skip
ANSWERS = frozenset({"resolve", "settle"})
# Where each organisation owes the reporter an answer, theirs are official answers as well.
EVERY_ANSWER = ANSWERS | {"sign_off"}
# What the sentence of an event has said already.
SAID = frozenset(
    {"triage", "category", "organisation", "person", "days", "satisfied", "upheld", "into"}
)


@dataclass
class Line:
    """One event as it is told."""

    action: str
    label: str | Promise
    at: datetime
    by: str = ""
    sentence: str = ""
    told: list[tuple[str | Promise, str]] = field(default_factory=list)
    remarks: list[str] = field(default_factory=list)
    files: list[Evidence] = field(default_factory=list)


def done(action: str) -> str | Promise:
    """Say that `action` was taken."""
    return DONE.get(action) or ACTIONS[action].label


def tell(case: Case, sight: Scope, in_office: bool) -> list[Line]:
    """Tell the events of a case, newest first.

    Whoever reported it is called the reporter, whatever they do: their name is shown by
    `looks.look` only. Those whose work it was to report keep their names.

    Parameters
    ----------
    in_office
        Whether the reader sees the case because of an office. Anybody else reads what
        concerns the public, what they did themselves, and that somebody looked at who they are.
    """
    me = sight.user.pk
    events = list(case.events.select_related("by").order_by("-seq"))
    if not in_office:
        shown = PUBLIC | answers_of(case) | {"look"}
        events = [e for e in events if e.action in shown or e.by_id == me]
    names = Names(events)
    files = {row.sha256: row for row in sight.of(Evidence).filter(case=case)}
    private = case.reports.exclude(source__in=SELF_FOUND)
    reporters = set(private.values_list("reporter_id", flat=True))
    lines = []
    for event in events:
        is_mine = event.by_id == me
        by = _by(event, reporters, names, me, in_office)
        said = sentence(event, names, by)
        lines.append(
            Line(
                event.action,
                done(event.action),
                event.at,
                by if event.by_id or "receipt" in event.data else "",
                said,
                _told(event, names, in_office or is_mine, bool(said), answers_of(case)),
                _remarks(event) if in_office else [],
                [files[key] for key in event.data.get("evidence", ()) if key in files],
            )
        )
    return lines


def answers_of(case: Case) -> frozenset[str]:
    """Return the steps that answer the reporter of a case."""
    is_every = case.category is not None and case.category.every_answer
    return EVERY_ANSWER if is_every else ANSWERS


def by_day(lines: Iterable[Line]) -> list[tuple[date, list[Line]]]:
    """Put the lines of each day together."""
    return [(day, list(group)) for day, group in groupby(lines, lambda n: localtime(n.at).date())]


def public_lines(case: Case) -> list[Line]:
    """Tell anybody what was done, and the official answers; nobody is named."""
    answers = answers_of(case)
    shown = PUBLIC | answers
    events = [e for e in case.events.order_by("-seq") if e.action in shown]
    return [
        Line(
            event.action,
            done(event.action),
            event.at,
            told=[(NEEDS["reply"], event.data["reply"])]
            if event.action in answers and event.data.get("reply")
            else [],
        )
        for event in events
    ]


def _by(
    event: Event, reporters: AbstractSet[int | None], names: Names, me: int | None, in_office: bool
) -> str:
    if "receipt" in event.data:
        return _("the reporter")
    if event.by_id is None:
        return _("the system")
    if event.by_id == me:
        return _("you")
    if event.by_id in reporters:
        return _("the reporter")
    return names.person(event.by) if in_office and event.by else office(event, names)


def _remarks(event: Event) -> list[str]:
    given, found = event.data, []
    if "response_hours" in given:
        h = given["response_hours"]
        found.append(
            ngettext(
                "first response after %(h)s working hour",
                "first response after %(h)s working hours",
                one_or_many(h),
            )
            % {"h": h}
        )
    if "hours" in given:
        h = given["hours"]
        found.append(
            ngettext(
                "%(h)s working hour since dispatch",
                "%(h)s working hours since dispatch",
                one_or_many(h),
            )
            % {"h": h}
        )
    if given.get("late") or given.get("response_late"):
        found.append(_("late"))
    return found


def _told(
    event: Event, names: Names, whole: bool, is_said: bool, answers: AbstractSet[str]
) -> list[tuple[str | Promise, str]]:
    shown = [n for n in NEEDS if n in event.data and n != "evidence"]
    if is_said:
        shown = [n for n in shown if n not in SAID]
    if not whole:
        shown = [n for n in shown if n == "reply" and event.action in answers]
    return [(NEEDS[name], _value(name, event.data[name], names)) for name in shown]


def _value(name: str, value: Any, names: Names) -> str:
    if name in ("organisation", "person", "category", "into"):
        row = names.row(name, value)
        return str(row) if row is not None else str(value)
    if name == "area":
        area = atlas().areas.get(value)
        return str(area) if area is not None else str(value)
    if name == "meets_at":
        return f"{localtime(datetime.fromisoformat(value)):%Y-%m-%d %H:%M}"
    if name == "triage":
        return str(Triage(value).label)
    if name == "satisfied":
        return _("Satisfied") if value else _("Not satisfied")
    if name == "upheld":
        return _("Upheld") if value else _("Refused")
    return str(value)
