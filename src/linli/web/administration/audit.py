"""The trail of administrative acts, and the steps of cases beside it, with search."""

import re
from datetime import UTC, datetime
from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from linli.cases import loop
from linli.cases import trail as trail_of
from linli.cases.models import Event
from linli.cases.timeline import done
from linli.people import audit, listing
from linli.people.administration import for_administrators
from linli.people.models import AuditEntry
from linli.people.scope import scope
from linli.web.administration.naming import named

A_PAGE = 50
ACTS, STEPS = "acts", "steps"


@for_administrators
@require_safe
def trail(request: HttpRequest) -> HttpResponse:
    """Show one page of entries, the newest first; older ones follow from the last shown."""
    sight = scope(request.user)
    asked = {name: request.GET.get(name, "").strip() for name in
             ("of", "person", "action", "object", "since", "until", "before")}  # fmt: skip
    of_steps = asked["of"] == STEPS
    rows: QuerySet[Any] = (
        trail_of.steps(sight, asked)
        .select_related("case", "by").defer("case__sketch", "case__body", "sets", "moves")
        if of_steps
        else listing.acts(sight, asked).select_related("by")
    )  # fmt: skip
    rows = _before(rows, asked["before"], of_steps)
    shown = list(rows[: A_PAGE + 1])
    if not of_steps:
        named(shown)
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
            "table": "steps" if of_steps else "audit",
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
