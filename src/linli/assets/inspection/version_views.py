"""The models of a station: how each did on the same judged pictures, teaching, switching, back."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from linli.assets.inspection import choosing, gains, teaching
from linli.assets.inspection.models import Station, Version
from linli.assets.inspection.views import found_station
from linli.assets.inspection.who import may_judge, may_set_up
from linli.cases.refusal import Refused
from linli.people import audit
from linli.people.models import AuditEntry, User
from linli.people.scope import Scope, scope

LONGEST = 300
SHOWN = 50


@login_required
@require_safe
def version_list(request: HttpRequest, station: str) -> HttpResponse:
    """List the versions of a station with their figures."""
    sight = scope(request.user)
    return _page(request, sight, found_station(sight, station))


def _page(
    request: HttpRequest, sight: Scope, station: Station, fault: str = "", status: int = 200
) -> HttpResponse:
    rows = list(Version.objects.filter(station=station).select_related("by")[:SHOWN])
    fitting = next((row for row in rows if row.state == Version.State.FITTING), None)
    teaches = may_teach(sight, station)
    part = request.headers.get("HX-Request") and request.method == "GET"
    return render(
        request,
        "inspection/_versions.html" if part else "inspection/versions.html",
        {
            "station": station, "rows": [gains.told(row) for row in rows], "fitting": fitting,
            "may_set_up": may_set_up(sight, station), "fault": fault, "longest": LONGEST,
            "log": log(station), "judged": teaching.samples(station) if teaches else None,
            "has_samples": teaching.has_samples(station), "may_teach": teaches,
        },
        status=status,
    )  # fmt: skip


def may_teach(sight: Scope, station: Station) -> bool:
    """Tell whether the person may let a new version be learnt."""
    return may_set_up(sight, station) or may_judge(sight, station)


def log(station: Station) -> list[tuple[str, AuditEntry]]:
    """Return what people did to a station, the newest first, each with its name."""
    rows = AuditEntry.objects.filter(kind="station", key=station.code).select_related("by")
    return [(str(audit.ACTIONS[row.action]), row) for row in rows.order_by("-pk")[:SHOWN]]


def _may(request: HttpRequest, code: str) -> tuple[Scope, Station]:
    sight = scope(request.user)
    found = found_station(sight, code)
    if not may_set_up(sight, found):
        raise PermissionDenied
    return sight, found


@login_required
@require_POST
def use(request: HttpRequest, station: str, number: int) -> HttpResponse:
    """Let another version judge: one that is ready, or, going back, one that was in use."""
    assert isinstance(request.user, User)
    sight, found = _may(request, station)
    version = get_object_or_404(Version, station=found, number=number)
    reason = request.POST.get("reason", "").strip()[:LONGEST]
    try:
        choosing.use(version, request.user, reason)
    except Refused as refusal:
        return _page(request, sight, found, str(refusal), 422)
    messages.success(request, _("Version %(n)d judges from now on.") % {"n": number})
    return redirect("inspection-versions", station=station)


@login_required
@require_POST
def teach(request: HttpRequest, station: str) -> HttpResponse:
    """Let a new version be learnt from what people judged; a process beside the site does it."""
    assert isinstance(request.user, User)
    sight = scope(request.user)
    found = found_station(sight, station)
    if not may_teach(sight, found):
        raise PermissionDenied
    try:
        made = teaching.teach(found, request.user)
    except Refused as refusal:
        return _page(request, sight, found, str(refusal), 422)
    messages.success(
        request, _("Version %(n)d is being learnt; this page follows it.") % {"n": made.number}
    )
    return redirect("inspection-versions", station=station)
