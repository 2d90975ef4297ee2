"""The life models of each kind: versions with their trials, how often they held, going back."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from linli.assets.maintenance import calibration, fitting, wording
from linli.assets.maintenance.models import Upkeep, Version
from linli.assets.maintenance.visibility import may_fit
from linli.assets.register.visibility import sees_any
from linli.people.models import User
from linli.people.scope import scope

SHOWN = 12


@login_required
@require_safe
def versions(request: HttpRequest) -> HttpResponse:
    """List the models of all kinds of machines that a person sees."""
    sight = scope(request.user)
    if not sees_any(sight):
        raise PermissionDenied
    rows = []
    for upkeep in sight.of(Upkeep).order_by("code"):
        machines = fitting.machines(upkeep)
        if not machines:
            continue
        found = calibration.of_upkeep(upkeep)
        rows.append({
            "upkeep": upkeep, "machines": len(machines),
            "versions": list(upkeep.versions.select_related("by")[:SHOWN]),
            "months": calibration.coverage(found)[-SHOWN:], "outcomes": found[:SHOWN],
            "may_fit": may_fit(sight, upkeep), "trouble": wording.troubles(upkeep.trouble),
        })  # fmt: skip
    return render(request, "maintenance/versions.html", {"rows": rows})


@login_required
@require_POST
def fit(request: HttpRequest, code: str) -> HttpResponse:
    """Ask for a new fit."""
    sight = scope(request.user)
    upkeep = get_object_or_404(sight.of(Upkeep), code=code)
    if not may_fit(sight, upkeep):
        raise PermissionDenied
    assert isinstance(request.user, User)
    fitting.want(upkeep, request.user)
    messages.success(request, _("A new model is being learnt; it is in use as soon as it is done."))
    return redirect("maintenance-versions")


@login_required
@require_POST
def use(request: HttpRequest, pk: int) -> HttpResponse:
    """Put a version in use."""
    sight = scope(request.user)
    version = get_object_or_404(sight.of(Version).select_related("upkeep"), pk=pk)
    if not may_fit(sight, version.upkeep):
        raise PermissionDenied
    fitting.use(version)
    messages.success(request, _("Version %(n)d is in use.") % {"n": version.number})
    return redirect("maintenance-versions")
