"""The trail of administrative acts, and the steps of cases beside it, with search."""

import re
from datetime import UTC, date, datetime, timedelta
from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from linli.cases import loop
from linli.cases.models import Event
from linli.cases.timeline import done
from linli.people import audit
from linli.people.administration import for_administrators
from linli.people.models import AuditEntry, User
from linli.people.scope import scope

A_PAGE = 50
ACTS, STEPS = "acts", "steps"


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def _midnight(day: date) -> datetime:
    return datetime.combine(day, datetime.min.time(), timezone.get_current_timezone())


@for_administrators
@require_safe
def trail(request: HttpRequest) -> HttpResponse:
    """Show one page of entries, the newest first; older ones follow from the last shown."""
    sight = scope(request.user)
    asked = {name: request.GET.get(name, "").strip() for name in
             ("of", "person", "action", "object", "since", "until", "before")}  # fmt: skip
    of_steps = asked["of"] == STEPS
    rows = (
        sight.of(Event)
        .select_related("case", "by").defer("case__sketch", "case__body", "sets", "moves")
        if of_steps
        else sight.of(AuditEntry).select_related("by")
    )  # fmt: skip
    if asked["person"]:
        person = User.objects.filter(username=asked["person"]).first()
        rows = rows.filter(by=person.pk if person else -1)
    if asked["action"]:
        rows = rows.filter(action=asked["action"])
    if asked["object"]:
        number = asked["object"].rpartition("-")[2]
        case = int(number) if number.isdecimal() and len(number) < 10 else -1
        rows = rows.filter(case=case) if of_steps else rows.filter(key=asked["object"])
    if since := _day(asked["since"]):
        rows = rows.filter(at__gte=_midnight(since))
    if until := _day(asked["until"]):
        rows = rows.filter(at__lt=_midnight(until + timedelta(days=1)))
    rows = _before(rows, asked["before"], of_steps)
    order = ("-at", "-pk") if of_steps else ("-number",)
    shown = list(rows.order_by(*order)[: A_PAGE + 1])
    query = request.GET.copy()
    query.pop("before", None)
    actions = (
        [(name, str(done(name))) for name in loop.ACTIONS]
        if of_steps
        else list(audit.ACTIONS.items())
    )
    return render(
        request,
        "administration/audit.html",
        {
            "asked": asked,
            "of_steps": of_steps,
            "rows": [_told(row, of_steps) for row in shown[:A_PAGE]],
            "older": _mark(shown[A_PAGE - 1]) if len(shown) > A_PAGE else None,
            "actions": actions,
            "query": query.urlencode(),
            "is_narrowed": any(value for name, value in asked.items() if name != "of"),
        },
    )


def _mark(row: Event | AuditEntry) -> str:
    """Return where the page after this row begins."""
    if isinstance(row, Event):
        return f"{row.at.timestamp():.6f}_{row.pk}"
    return str(row.number)


def _before(rows: QuerySet[Any], mark: str, of_steps: bool) -> QuerySet[Any]:
    """Return what is older than the mark of a page; all if there is none."""
    if of_steps and (told := re.fullmatch(r"(\d{1,11}\.\d{6})_(\d{1,15})", mark)):
        moment = datetime.fromtimestamp(float(told[1]), UTC)
        # Said twice: the first half is what an index can be asked for.
        return rows.filter(at__lte=moment).exclude(at=moment, pk__gte=int(told[2]))
    if not of_steps and re.fullmatch(r"\d{1,9}", mark):
        return rows.filter(number__lt=int(mark))
    return rows


def _told(row: Event | AuditEntry, of_steps: bool) -> dict[str, object]:
    if isinstance(row, Event):
        return {"row": row, "what": done(row.action), "case": row.case}
    return {
        "row": row,
        "what": audit.ACTIONS.get(row.action, row.action),
        "kind": audit.KINDS.get(row.kind, row.kind),
        "changes": row.changes.items(),
    }
