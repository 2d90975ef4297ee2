"""Pages of lots: found by their code or by a part's serial number, held and released."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.db.models import Count, Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from linli.assets.inspection import listing, lots, saying
from linli.assets.inspection.chained import chained
from linli.assets.inspection.figures import Counted
from linli.assets.inspection.models import Alarm, Flaw, Inspection, Lot, Verdict
from linli.assets.inspection.visibility import sees_any
from linli.assets.inspection.who import may_hold
from linli.cases.models import Case
from linli.cases.refusal import Refused
from linli.people.models import User
from linli.people.scope import Scope, scope

SHOWN = 20
LONGEST = 300


@login_required
@require_safe
def lot_list(request: HttpRequest) -> HttpResponse:
    """List lots, the newest first; or find them, and parts, by code and serial number."""
    sight = scope(request.user)
    if not sees_any(sight):
        raise PermissionDenied
    text, state = request.GET.get("q", "").strip()[:60], request.GET.get("state", "")
    product = request.GET.get("product", "")
    rows = sight.of(Lot).select_related("product")
    if state in Lot.State.values:
        rows = rows.filter(state=state)
    if product:
        rows = rows.filter(product__code=product)
    parts: list[Inspection] = []
    if text:
        rows = rows.filter(code__startswith=text)
        found = sight.of(Inspection).filter(serial=text)
        parts = list(listing.in_brief(found).order_by("-at", "-pk")[: listing.A_PAGE])
    at = listing.read_mark(request.GET.get("after", ""))
    if at is not None:
        moment, key = at
        rows = rows.filter(last_at__lte=moment).filter(Q(last_at__lt=moment) | Q(pk__lt=key))
    seen = list(rows.order_by("-last_at", "-pk")[: SHOWN + 1])
    query = request.GET.copy()
    query.pop("after", None)
    return render(
        request,
        "inspection/lots.html",
        {"lots": seen[:SHOWN], "q": text, "state": state, "page": {"parts": parts},
         "after": _mark(seen[SHOWN - 1]) if len(seen) > SHOWN else "", "query": query.urlencode(),
         "states": Lot.State.choices},
    )  # fmt: skip


def _mark(lot: Lot) -> str:
    return f"{int(lot.last_at.timestamp() * 1_000_000)}-{lot.pk}"


def found_lot(sight: Scope, pk: int) -> Lot:
    """Return a lot the person sees, or answer that there is none."""
    found: Lot = get_object_or_404(sight.of(Lot).select_related("product"), pk=pk)
    return found


@login_required
@require_safe
def lot(request: HttpRequest, pk: int) -> HttpResponse:
    """Show a lot: its parts and flaws, since when it is held and why, its cases."""
    sight = scope(request.user)
    return _lot(request, sight, found_lot(sight, pk))


def _lot(
    request: HttpRequest, sight: Scope, found: Lot, fault: str = "", status: int = 200
) -> HttpResponse:
    verdict = request.GET.get("verdict", "" if "all" in request.GET else Verdict.FLAWED.value)
    parts = sight.of(Inspection).filter(lot=found)
    if verdict in Verdict.values:
        parts = parts.filter(verdict=verdict)
    page = listing.page_of(parts, request.GET.get("before", ""), request.GET.get("after", ""))
    steps = list(found.steps.select_related("by"))
    return render(
        request,
        "inspection/lot.html",
        {
            "lot": found, "page": page, "verdict": verdict, "steps": steps,
            "held": next((one for one in steps if one.state == Lot.State.HELD), None),
            "kinds": kinds_of(found), "cases": _cases(sight, found),
            "chained": chained(sight, found),
            "may_hold": may_hold(sight, found), "fault": fault, "longest": LONGEST,
            "query": "all=1" if not verdict else f"verdict={verdict}",
        },
        status=status,
    )  # fmt: skip


def kinds_of(lot: Lot) -> dict[str, Any]:
    """Return how often each kind of flaw occurs in a lot, and that in words."""
    rows = (
        Flaw.objects.filter(inspection__lot=lot, inspection__verdict=Verdict.FLAWED)
        .values_list("kind__code")
        .order_by()
        .annotate(n=Count("inspection", distinct=True))
    )
    whole = Counted(lot.began_at, lot.last_at)
    whole.kinds.update({code or "": n for code, n in rows})
    told = saying.kinds(whole, saying.names())
    return told | {"rows": list(zip(told["labels"], told["counts"], strict=True))}


def _cases(sight: Scope, lot: Lot) -> list[Case]:
    alarms = Alarm.objects.filter(lot=lot).order_by().values("case")
    rows = sight.of(Case).filter(pk__in=alarms).defer("sketch", "body").order_by("-id")
    return list(rows[:SHOWN])


@login_required
@require_POST
def hold(request: HttpRequest, pk: int) -> HttpResponse:
    """Hold a lot, with a reason."""
    return _step(request, pk, lots.hold, _("The lot is held."))


@login_required
@require_POST
def release(request: HttpRequest, pk: int) -> HttpResponse:
    """Release a lot, with a reason."""
    return _step(request, pk, lots.release, _("The lot is released."))


def _step(request: HttpRequest, pk: int, step: Any, done: str) -> HttpResponse:
    assert isinstance(request.user, User)
    sight = scope(request.user)
    found = found_lot(sight, pk)
    if not may_hold(sight, found):
        raise PermissionDenied
    reason = request.POST.get("reason", "").strip()[:LONGEST]
    try:
        step(found, request.user, reason)
    except Refused as refusal:
        return _lot(request, sight, found_lot(sight, pk), str(refusal), 422)
    messages.success(request, done)
    return redirect("inspection-lot", pk=pk)
