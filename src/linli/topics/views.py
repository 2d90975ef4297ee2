"""Pages of the hot topics. Each parses, asks once, renders."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.db.models import Count
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from linli.cases.due import next_due
from linli.cases.listing import A_PAGE, in_brief
from linli.cases.models import OPEN, Case
from linli.cases.points import NEEDED, points
from linli.cases.refusal import Refused
from linli.engines.text import GROWTH_WEEKS
from linli.people.models import User
from linli.people.scope import Scope, scope
from linli.topics import joint, sweep
from linli.topics.models import Sweep, Topic
from linli.topics.tables import ranked

WIDE, HIGH = 104, 28
ON_MAP = 500


def _for_staff(sight: Scope) -> None:
    if not sight.works_for_town:
        raise PermissionDenied


def spark(curve: list[int]) -> str:
    """Return the points of a curve as a line in a box of `WIDE` by `HIGH`."""
    most = max([*curve, 1])
    step = (WIDE - 4) / max(len(curve) - 1, 1)
    return " ".join(
        f"{2 + i * step:.1f},{HIGH - 3 - n / most * (HIGH - 6):.1f}" for i, n in enumerate(curve)
    )


@login_required
@require_safe
def topic_list(request: HttpRequest) -> HttpResponse:
    sight = scope(request.user)
    _for_staff(sight)
    topics = ranked(sight, request.GET)
    return render(
        request,
        "topics/topics.html",
        {
            "rows": [(topic, spark(topic.curve), *_change(topic)) for topic in topics],
            "sweep": Sweep.objects.order_by("-id").first(),
            "days": sweep.WINDOW.days,
            "may_sweep": joint.may_join(sight),
        },
    )


def _change(topic: Topic) -> tuple[int, int]:
    """Return the reports of the last `GROWTH_WEEKS`, and of as many weeks before."""
    weeks = GROWTH_WEEKS
    return sum(topic.curve[-weeks:]), sum(topic.curve[-2 * weeks : -weeks])


@login_required
@require_safe
def topic(request: HttpRequest, pk: int) -> HttpResponse:
    sight = scope(request.user)
    _for_staff(sight)
    found = get_object_or_404(sight.of(Topic).select_related("joint"), pk=pk)
    return _topic(request, found, sight)


def _topic(
    request: HttpRequest, found: Topic, sight: Scope, fault: str = "", status: int = 200
) -> HttpResponse:
    cases = sight.of(Case).filter(topics=found)
    page = Paginator(in_brief(cases.order_by("-id")), A_PAGE).get_page(request.GET.get("page"))
    places = (
        cases.filter(community_grid__isnull=False)
        .order_by()
        .values("community_grid__name", "community_grid__name_en", "community_grid__code")
        .annotate(n=Count("pk"))
        .order_by("-n", "community_grid__code")[:8]
    )
    recent, before = _change(found)
    located = cases.filter(lon__isnull=False).order_by("-id").only(*NEEDED)
    context: dict[str, Any] = {
        "topic": found,
        "recent": recent,
        "before": before,
        "curve": found.curve,
        "page": page,
        "rows": [(case, next_due(case)) for case in page],
        "places": places,
        "points": points(located[:ON_MAP]),
        "open": cases.filter(state__in=OPEN).count(),
        "may_join": joint.may_join(sight),
        "fault": fault,
    }
    return render(request, "topics/topic.html", context, status=status)


@login_required
@require_POST
def make_joint(request: HttpRequest, pk: int) -> HttpResponse:
    sight = scope(request.user)
    _for_staff(sight)
    found = get_object_or_404(sight.of(Topic), pk=pk)
    assert isinstance(request.user, User)
    if not joint.may_join(sight):
        raise PermissionDenied
    try:
        made = joint.join(found, request.user)
    except Refused as refusal:
        return _topic(request, found, sight, str(refusal), 422)
    messages.success(
        request,
        _("Cases merged: %(merged)d; pointed here: %(noted)d; organisations called in: %(called)d.")
        % {"merged": made.merged, "noted": made.noted, "called": made.organisations},
    )
    return redirect("case", code=made.case.code)


@login_required
@require_POST
def look_again(request: HttpRequest) -> HttpResponse:
    """Look for topics now instead of when it is due."""
    if not joint.may_join(scope(request.user)):
        raise PermissionDenied
    found = sweep.sweep()
    told = ngettext("%(n)d topic found.", "%(n)d topics found.", found)
    messages.success(request, told % {"n": found})
    return redirect("topics")
