"""The front of the house: my work, sign-in, health."""

from django.contrib.auth.decorators import login_required
from django.db import connection
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST, require_safe

from linli.cases.due import next_due
from linli.cases.listing import in_brief
from linli.cases.models import Case, Notice
from linli.cases.timeline import done
from linli.cases.waiting import PILES, SIGHTS, waits_for
from linli.people.scope import Scope, scope
from linli.web.context import THEME, THEMES

SHOWN = 20


def _counts(sight: Scope, piles: dict) -> list[tuple[str, object, int]]:
    cases = sight.of(Case)
    counted = ((name, pile, cases.filter(pile.of(sight)).count()) for name, pile in piles.items())
    return [entry for entry in counted if entry[2]]


@login_required
@require_safe
def home(request: HttpRequest) -> HttpResponse:
    sight = scope(request.user)
    waiting = sight.of(Case).filter(waits_for(sight)).order_by("due_at", "id")
    rows = [(case, next_due(case)) for case in in_brief(waiting)[:SHOWN]]
    notices = sight.of(Notice).filter(read_at=None).select_related("case")
    piles = _counts(sight, PILES)
    return render(
        request,
        "web/home.html",
        {
            "piles": piles,
            "sights": _counts(sight, SIGHTS),
            "next": rows[0] if rows else None,
            "rows": rows[1:],
            "more": max(sum(count for *_, count in piles) - SHOWN, 0),
            "notices": [(notice, done(notice.action)) for notice in notices[:SHOWN]],
            "unread": notices.count(),
        },
    )


@require_POST
def set_theme(request: HttpRequest) -> HttpResponse:
    """Keep the colours a reader chose, and go back to the page they came from."""
    back = request.POST.get("next", "")
    allowed = url_has_allowed_host_and_scheme(back, {request.get_host()}, request.is_secure())
    response = redirect(back if allowed else "home")
    chosen = request.POST.get("theme", "")
    if chosen in THEMES:
        response.set_cookie(THEME, chosen, max_age=31_536_000, samesite="Lax")
    else:
        response.delete_cookie(THEME)
    return response


@require_safe
def healthz(request: HttpRequest) -> HttpResponse:
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    return HttpResponse("ok", content_type="text/plain")
