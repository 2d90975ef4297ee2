"""The events of a case in words, as far as the reader may know them."""

from collections.abc import Iterable, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.utils.functional import Promise
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from linli.cases.loop import ACTIONS, NEEDS
from linli.cases.models import Case, Category, Event, Evidence, Report, Triage
from linli.people.models import Organisation, User
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
    "urge": L("Urged"),
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
CLOCK_NAMES: dict[str, str | Promise] = {
    "accept_reminder": L("the time to accept is running out"),
    "accept_overdue": L("not accepted in time"),
    "resolve_reminder": L("the time to resolve is running out"),
    "resolve_overdue": L("not resolved in time"),
    "verification_reminder": L("not verified in time"),
    "silence": L("no rating came"),
}


@dataclass
class Line:
    """One event as it is told."""

    action: str
    label: str | Promise
    at: datetime
    by: str = ""
    told: list[tuple[str | Promise, str]] = field(default_factory=list)
    remarks: list[str] = field(default_factory=list)
    files: list[Evidence] = field(default_factory=list)


def done(action: str) -> str | Promise:
    """Say that `action` was taken."""
    return DONE.get(action) or ACTIONS[action].label


def tell(case: Case, sight: Scope, in_office: bool) -> list[Line]:
    """Tell the events of a case, newest first.

    Parameters
    ----------
    in_office
        Whether the reader sees the case because of an office. Anybody else reads what
        concerns the public and what they did themselves.
    """
    events = list(case.events.select_related("by").order_by("-seq"))
    if not in_office:
        events = [e for e in events if e.action in PUBLIC or e.by_id == sight.user.pk]
    names = _Names(events)
    files = {row.sha256: row for row in sight.of(Evidence).filter(case=case)}
    reporters = set(case.reports.values_list("reporter_id", flat=True))
    known = set(sight.of(Report).filter(case=case).values_list("reporter_id", flat=True))
    return [
        Line(
            event.action,
            done(event.action),
            event.at,
            _by(event, reporters - known, sight, in_office),
            names.told(event, in_office or event.by_id == sight.user.pk),
            _remarks(event) if in_office else [],
            [files[key] for key in event.data.get("evidence", ()) if key in files],
        )
        for event in events
    ]


def public_lines(case: Case) -> list[Line]:
    """Tell anybody what was done, and the official answers; nobody is named."""
    events = [e for e in case.events.order_by("-seq") if e.action in PUBLIC]
    return [
        Line(
            event.action,
            done(event.action),
            event.at,
            told=[(NEEDS["reply"], event.data["reply"])]
            if event.action in ANSWERS and event.data.get("reply")
            else [],
        )
        for event in events
    ]


def _by(event: Event, strangers: AbstractSet[int | None], sight: Scope, in_office: bool) -> str:
    if event.by_id is None:
        return _("by itself") if event.action not in ("report", "follow") else ""
    if event.by_id == sight.user.pk:
        return _("you")
    if event.by_id in strangers:
        return _("the reporter")
    return str(event.by) if in_office else ""


def _remarks(event: Event) -> list[str]:
    given, found = event.data, []
    if "clock" in given:
        found.append(str(CLOCK_NAMES.get(given["clock"], given["clock"])))
    if "response_hours" in given:
        found.append(_("first response after %(h)s working hours") % {"h": given["response_hours"]})
    if "hours" in given:
        found.append(_("%(h)s working hours since dispatch") % {"h": given["hours"]})
    if given.get("late") or given.get("response_late"):
        found.append(_("late"))
    return found


class _Names:
    """Names of what the events refer to by key, looked up once for all of them."""

    def __init__(self, events: Iterable[Event]) -> None:
        self._rows: dict[str, Mapping[int, Any]] = {
            name: model._default_manager.in_bulk({e.data[name] for e in events if name in e.data})
            for name, model in (
                ("organisation", Organisation),
                ("person", User),
                ("category", Category),
                ("into", Case),
            )
        }

    def told(self, event: Event, whole: bool) -> list[tuple[str | Promise, str]]:
        shown = [n for n in NEEDS if n in event.data and n != "evidence"]
        if not whole:
            shown = [n for n in shown if n == "reply" and event.action in ANSWERS]
        return [(NEEDS[name], self._value(name, event.data[name])) for name in shown]

    def _value(self, name: str, value: Any) -> str:
        if name in self._rows:
            row = self._rows[name].get(value)
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
