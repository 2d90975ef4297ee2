"""The cockpit's page, its live stream, and the cases behind each number of the flow."""

from datetime import date
from typing import Any

from asgiref.sync import sync_to_async
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import render
from django.utils.translation import get_language
from django.views.decorators.http import require_safe

from linli.cases.due import next_due
from linli.cases.listing import A_PAGE, in_brief
from linli.cases.models import Case
from linli.clock import now
from linli.people.scope import Scope, scope
from linli.scores.figures import Figure
from linli.scores.periods import Period, local_day
from linli.web.cockpit.figures import STAGES
from linli.web.cockpit.hub import watch
from linli.web.cockpit.reach import Reach, reach_of
from linli.web.cockpit.snapshot import snapshot
from linli.web.context import THEME


def _reach(sight: Scope) -> Reach:
    reach = reach_of(sight)
    if reach is None:
        raise PermissionDenied
    return reach


@login_required
@require_safe
def cockpit(request: HttpRequest) -> HttpResponse:
    sight = scope(request.user)
    told = snapshot(_reach(sight), get_language() or "")
    is_wall = "wall" in request.GET
    # A wall screen lights a dark room; whoever chose light colours at a desk keeps them.
    theme = {"theme": "dark"} if is_wall or THEME not in request.COOKIES else {}
    shown = {
        "told": told,
        "is_wall": is_wall,
        "body_class": "cockpit wall" if is_wall else "cockpit",
    }
    return render(request, "web/cockpit/cockpit.html", shown | theme)


@require_safe
def kept(request: HttpRequest) -> HttpResponse:
    """Show the cockpit without a figure and without anybody: what a browser keeps of it.

    It is filled from the last tallies the browser was told, so it is nobody's secret.
    """
    nobody: dict[str, Any] = {"user": None, "menu_bar": [], "menu_more": [], "dial": None}
    shown = {
        "told": {"at": "", "parts": {}, "grids": {}},
        "is_kept": True,
        "theme": "dark",
        "body_class": "cockpit kept",
    }
    return render(request, "web/cockpit/cockpit.html", shown | nobody)


@require_safe
async def stream(request: HttpRequest) -> HttpResponse | StreamingHttpResponse:
    """Send the cockpit on and on; the browser asks anew every few minutes."""
    user = await request.auser()
    reach = await sync_to_async(reach_of)(scope(user))
    if reach is None:
        return HttpResponse(status=403)
    response = StreamingHttpResponse(
        watch(reach, get_language() or ""), content_type="text/event-stream"
    )
    response["Cache-Control"] = "no-store"
    response["X-Accel-Buffering"] = "no"
    return response


def cases_at(sight: Scope, reach: Reach, number: int, day: date) -> QuerySet[Case]:
    """Return the cases that a stage of the flow counts on a day, as far as a person sees them."""
    counted = Figure(STAGES[number - 1].counters, Period(day, day))
    theirs = sight.of(Case).filter(reach.cases(), pk__in=counted.cases().values("pk"))
    return theirs.order_by("-id")


@login_required
@require_safe
def stage(request: HttpRequest, number: int) -> HttpResponse:
    """List the cases that one number of the flow counts, as far as the person sees them."""
    sight = scope(request.user)
    reach = _reach(sight)
    if not 1 <= number <= len(STAGES):
        raise Http404
    found, day = STAGES[number - 1], local_day(now())
    theirs = cases_at(sight, reach, number, day)
    page = Paginator(in_brief(theirs), A_PAGE).get_page(request.GET.get("page"))
    rows = [(case, next_due(case)) for case in page]
    return render(
        request,
        "web/cockpit/stage.html",
        {"stage": found, "number": number, "day": day, "page": page, "rows": rows},
    )
