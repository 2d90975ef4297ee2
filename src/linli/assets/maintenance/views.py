"""Pages of machines and their orders. Each parses, asks once, renders."""

from datetime import datetime
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import FileResponse, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from linli.assets.maintenance import (
    calibration,
    desks,
    early,
    findings,
    gantt,
    kept_plans,
    listing,
    plan_words,
    planning,
    shifts,
    wording,
)
from linli.assets.maintenance.findings import Found
from linli.assets.maintenance.forms import FindingForm, WindowForm
from linli.assets.maintenance.models import Finding, Prediction, WorkOrder
from linli.assets.maintenance.visibility import may_note, may_plan
from linli.assets.register.models import Asset
from linli.assets.register.visibility import sees_any
from linli.cases.evidence import NotEvidence
from linli.cases.refusal import Refused
from linli.people.models import User
from linli.people.scope import Scope, scope

DAYS = 120
SHOWN = 30


def _sight(request: HttpRequest) -> Scope:
    sight = scope(request.user)
    if not sees_any(sight):
        raise PermissionDenied
    return sight


@login_required
@require_safe
def machines(request: HttpRequest) -> HttpResponse:
    """List the machines by urgency."""
    sight = _sight(request)
    state = request.GET.get("state", "")
    rows = listing.machines(sight)
    counts = {
        name: sum(row.counts_as(name) for row in rows) for name in ("open", "watch", "unknown")
    }
    waiting = [one for one in findings.waiting() if sight.of(WorkOrder).filter(pk=one.pk).exists()]
    return render(
        request,
        "maintenance/machines.html",
        {"rows": [row for row in rows if not state or row.counts_as(state)], "state": state,
         "counts": counts, "n": len(rows), "waiting": waiting},
    )  # fmt: skip


@login_required
@require_safe
def machine(request: HttpRequest, code: str) -> HttpResponse:
    """Show a machine: life over time, drift, orders, findings."""
    sight = _sight(request)
    asset = get_object_or_404(sight.of(Asset), code=code)
    return _machine(request, sight, asset)


def _machine(
    request: HttpRequest, sight: Scope, asset: Asset, form: FindingForm | None = None,
    fault: str = "",
) -> HttpResponse:  # fmt: skip
    rows = list(
        Prediction.objects.filter(asset=asset).select_related("asset", "upkeep", "version")
        .defer("quantiles")[:DAYS]
    )  # fmt: skip
    newest = next((row for row in rows if row.newest), None)
    row = listing.told([newest])[0] if newest else None
    found = Finding.objects.filter(asset=asset).select_related("by", "order")
    return render(
        request,
        "maintenance/machine.html",
        {
            "asset": asset, "row": row, "told": newest,
            "charts": listing.chart(rows, newest, row.names) if newest and row else None,
            "orders": WorkOrder.objects.filter(asset=asset).select_related("case")
            .defer("case__sketch").order_by("-opened_at")[:SHOWN],
            "findings": found[:SHOWN], "outcomes": calibration.outcomes([asset])[:SHOWN],
            "form": form or FindingForm(), "fault": fault, "may_note": may_note(sight, asset),
            "kept": findings.upkeep_of(asset),
        },
        status=422 if fault or (form is not None and form.errors) else 200,
    )  # fmt: skip


@login_required
@require_POST
def note_machine(request: HttpRequest, code: str) -> HttpResponse:
    """Keep what was found on a machine without an order."""
    sight = _sight(request)
    asset = get_object_or_404(sight.of(Asset), code=code)
    if not may_note(sight, asset):
        raise PermissionDenied
    form = FindingForm(request.POST, request.FILES)
    if fault := _noted(request, asset, form, None):
        return _machine(request, sight, asset, form, fault if form.is_valid() else "")
    return redirect("maintained-machine", asset.code)


def _noted(
    request: HttpRequest, asset: Asset, form: FindingForm, order: WorkOrder | None
) -> str:  # fmt: skip
    """Keep a finding that is well formed, and say what was wrong otherwise."""
    if not form.is_valid():
        return _("Look at the marked fields.")
    given = dict(form.cleaned_data)
    photo = given.pop("photo")
    assert isinstance(request.user, User)
    try:
        findings.note(asset, Found(**given), request.user, order, photo)
    except (Refused, NotEvidence) as refusal:
        return str(refusal)
    messages.success(request, _("Noted. The next fit learns from it."))
    return ""


@login_required
@require_safe
def photo(request: HttpRequest, pk: int) -> HttpResponse | FileResponse:
    """Send the photo of a finding to whoever sees its machine."""
    row = get_object_or_404(scope(request.user).of(Finding).exclude(photo=""), pk=pk)
    return FileResponse(row.photo.open("rb"), content_type=row.content_type)


# --- orders ----------------------------------------------------------------------------------


def _order(sight: Scope, pk: int) -> WorkOrder:
    rows = sight.of(WorkOrder).select_related("asset", "upkeep", "case", "agreed_by")
    found: WorkOrder = get_object_or_404(rows.defer("case__sketch"), pk=pk)
    return found


@login_required
@require_safe
def order(request: HttpRequest, pk: int) -> HttpResponse:
    """Show a work order: why, when, what else would cost, what was found."""
    sight = _sight(request)
    return _shown(request, sight, _order(sight, pk))


def _shown(
    request: HttpRequest, sight: Scope, found: WorkOrder, fault: str = "",
    form: FindingForm | None = None,
) -> HttpResponse:  # fmt: skip
    context: dict[str, Any] = {
        "order": found, "fault": fault, "form": form or FindingForm(initial={"renewed": True}),
        "may_plan": may_plan(sight, found.asset), "may_note": may_note(sight, found.asset),
        "findings": found.findings.select_related("by"),
        "window": WindowForm(initial={"begins": plan_words.naive(found.begins)}),
    }  # fmt: skip
    if found.is_open:
        top = desks.top_of(found.asset)
        names = plan_words.names_in([found])
        context |= {
            "planned": gantt.planned([found], list(desks.open_orders(top)))[0],
            "spares": plan_words.spares_words(found.spares, names),
            "crew": plan_words.spares_words(found.crew, names),
            "counted": shifts.is_counted(top),
        }  # fmt: skip
    told = Prediction.objects.filter(asset=found.asset, newest=True).select_related(
        "asset", "upkeep"
    )
    newest = told.first()
    context["row"] = listing.told([newest])[0] if newest else None
    wrong = fault or (form is not None and form.errors)
    return render(request, "maintenance/order.html", context, status=422 if wrong else 200)


@login_required
@require_safe
def try_window(request: HttpRequest, pk: int) -> HttpResponse:
    """Say at once what another beginning would cost."""
    sight = _sight(request)
    found = _order(sight, pk)
    form = WindowForm(request.GET)
    if not found.is_open or not form.is_valid():
        return render(
            request, "maintenance/_tried.html", {"order": found, "wrong": True}, status=422
        )
    at = desks.desk(desks.top_of(found.asset))
    tried = planning.moved(at, at.orders[found.key], form.cleaned_data["begins"])
    names = plan_words.names_in(at.orders.values())
    return render(
        request,
        "maintenance/_tried.html",
        {
            "order": found, "tried": tried, "extra": round(tried.extra),
            "saves": round(-tried.extra), "begins": plan_words.naive(tried.begins),
            "percent": round(100 * tried.fails_before, 1), "may_plan": may_plan(sight, found.asset),
            "bars": [wording.reason(bar, names, plan_words.spare_when(at.since, bar))
                     for bar in tried.bars],
            "late": early.warning(found, tried.begins),
        },
    )  # fmt: skip


def _to_plan(request: HttpRequest, pk: int) -> tuple[Scope, WorkOrder]:
    sight = _sight(request)
    found = _order(sight, pk)
    if not may_plan(sight, found.asset):
        raise PermissionDenied
    return sight, found


@login_required
@require_POST
def agree(request: HttpRequest, pk: int) -> HttpResponse:
    """Book a window."""
    sight, found = _to_plan(request, pk)
    form = WindowForm(request.POST)
    if not form.is_valid():
        return _shown(request, sight, found, _("Say when it is to begin."))
    assert isinstance(request.user, User)
    begins: datetime = form.cleaned_data["begins"]
    try:
        planning.agree(found, begins, request.user, form.cleaned_data["reason"])
    except Refused as refusal:
        return _shown(request, sight, found, str(refusal))
    messages.success(request, _("Booked. The spares are kept and the crew is told."))
    return redirect("work-order", found.pk)


@login_required
@require_POST
def give_up(request: HttpRequest, pk: int) -> HttpResponse:
    """Take a booking back."""
    sight, found = _to_plan(request, pk)
    assert isinstance(request.user, User)
    try:
        planning.give_up(found, request.user)
    except Refused as refusal:
        return _shown(request, sight, found, str(refusal))
    return redirect("work-order", found.pk)


@login_required
@require_POST
def note_order(request: HttpRequest, pk: int) -> HttpResponse:
    """Keep what was found when the order was done."""
    sight = _sight(request)
    found = _order(sight, pk)
    if not may_note(sight, found.asset):
        raise PermissionDenied
    form = FindingForm(request.POST, request.FILES)
    if fault := _noted(request, found.asset, form, found):
        return _shown(request, sight, found, fault if form.is_valid() else "", form)
    return redirect("work-order", found.pk)


# --- the plan --------------------------------------------------------------------------------


@login_required
@require_safe
def plan(request: HttpRequest) -> HttpResponse:
    """Show the plan of a plant, by line."""
    sight = _sight(request)
    tops = planning.tops(sight)
    code = request.GET.get("plant", "")
    top = next((one for one in tops if one.code == code), tops[0] if tops else None)
    context: dict[str, Any] = {"tops": tops, "top": top}
    if top is not None:
        kept = kept_plans.of(top)
        rows = gantt.planned(list(desks.open_orders(top)))
        may = may_plan(sight, top)
        drawn = kept.drawn.get(get_language() or "") or kept.drawn[settings.LANGUAGE_CODE]
        context |= {
            "rows": [row for row in rows if row.order.begins is not None],
            "left_out": [row for row in rows if row.order.begins is None],
            "drawn": drawn | {"may": may}, "may_plan": may, "kept": kept,
        }  # fmt: skip
    return render(request, "maintenance/plan.html", context)


@login_required
@require_POST
def replan(request: HttpRequest) -> HttpResponse:
    """Plan a plant anew."""
    sight = _sight(request)
    top = get_object_or_404(sight.of(Asset), code=request.POST.get("plant", ""), parent=None)
    if not may_plan(sight, top):
        raise PermissionDenied
    planning.replan(top)
    messages.success(request, _("Planned anew."))
    return redirect(f"{request.path.removesuffix('again/')}?plant={top.code}")
