"""Pages of greenhouses. Each parses, asks once, renders."""

from datetime import timedelta

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from linli.assets.growing import listing, works
from linli.assets.growing.forms import StageForm
from linli.assets.growing.models import Growth
from linli.assets.growing.recording import record
from linli.assets.growing.visibility import may_record
from linli.assets.register.models import Asset
from linli.assets.register.visibility import works_with
from linli.cases.refusal import Refused
from linli.people.models import User
from linli.people.scope import Scope, scope

AHEAD, SHOWN = timedelta(days=30), 40


def _sight(request: HttpRequest) -> Scope:
    sight = scope(request.user)
    if not works_with(sight):
        raise PermissionDenied
    return sight


@login_required
@require_safe
def greenhouses(request: HttpRequest) -> HttpResponse:
    """Show every greenhouse: what grows, what is measured, what is due this week."""
    sight = _sight(request)
    rows = listing.greenhouses(sight, listing.assets(sight))
    return render(request, "growing/greenhouses.html", {"rows": rows})


@login_required
def greenhouse(request: HttpRequest, code: str) -> HttpResponse:
    """Show a greenhouse with the stages it went through; keep a new one."""
    sight = _sight(request)
    asset = get_object_or_404(sight.of(Asset), code=code)
    told = listing.greenhouses(sight, [asset])[0]
    may = may_record(sight, asset)
    form = StageForm(asset, told.growth, request.POST or None)
    if request.method == "POST":
        if not may:
            raise PermissionDenied
        if form.is_valid():
            assert isinstance(request.user, User)
            crop, stage = form.said
            given = form.cleaned_data
            try:
                record(asset, crop, stage, request.user, given["since"], given["note"])
            except Refused as refusal:
                form.add_error("stage", str(refusal))
            else:
                messages.success(request, _("Kept. The limits of this stage hold from then on."))
                return redirect("greenhouse", asset.code)
    day = works.today()
    context = {
        "told": told, "asset": asset, "form": form, "may_record": may,
        "limits": listing.limits(asset, told.growth),
        "works": works.due([told.growth], day, day + AHEAD) if told.growth else [],
        "growths": sight.of(Growth).filter(asset=asset).select_related("crop", "by")[:SHOWN],
    }  # fmt: skip
    status = 422 if request.method == "POST" else 200
    return render(request, "growing/greenhouse.html", context, status=status)


@login_required
@require_safe
def calendar(request: HttpRequest) -> HttpResponse:
    """Show the farm work of a month, week by week."""
    sight = _sight(request)
    first = listing.month_of(request.GET.get("month", ""))
    after = (first + timedelta(days=32)).replace(day=1)
    found = works.due(listing.growing(sight), first, after - timedelta(days=1))
    begins = first - timedelta(days=first.weekday())
    weeks = []
    while begins < after:
        ends = begins + timedelta(days=6)
        weeks.append((begins, ends, [w for w in found if w.begins <= ends and w.ends >= begins]))
        begins += timedelta(days=7)
    context = {
        "first": first, "weeks": weeks, "found": found, "today": works.today(),
        "before": (first - timedelta(days=1)).strftime("%Y-%m"), "after": after.strftime("%Y-%m"),
    }  # fmt: skip
    return render(request, "growing/calendar.html", context)
