"""Pages of deliveries."""

from datetime import date
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from linli.cases.refusal import Refused
from linli.logistics.delivery import drawn, driving, listing, planning
from linli.logistics.delivery.models import Depot, Plan, Stop
from linli.logistics.delivery.visibility import keeps, may_keep, sees_any
from linli.logistics.saying import said
from linli.people.models import User
from linli.people.scope import Scope, scope


def _reader(request: HttpRequest) -> Scope:
    sight = scope(request.user)
    if not sees_any(sight):
        raise PermissionDenied
    return sight


def _user(request: HttpRequest) -> User:
    assert isinstance(request.user, User)
    return request.user


def _plan(request: HttpRequest, pk: int, *, to_change: bool = False) -> tuple[Plan, bool]:
    sight = _reader(request)
    row = get_object_or_404(sight.of(Plan).select_related("depot"), pk=pk)
    may = keeps(sight, row.depot.owner_id)
    if to_change and not may:
        raise PermissionDenied
    return row, may


@login_required
@require_safe
def deliveries(request: HttpRequest) -> HttpResponse:
    """Show the orders of a day."""
    sight = _reader(request)
    asked = [request.GET.get(name, "") for name in ("depot", "day", "state")]
    found = listing.listed(sight, *asked)
    return render(request, "delivery/deliveries.html", {
        "found": found, "may": may_keep(sight),
        "plans": listing.plans(sight, found),
        "may_plan": found.depot is not None and keeps(sight, found.depot.owner_id),
    })  # fmt: skip


@login_required
@require_POST
def ask_plan(request: HttpRequest) -> HttpResponse:
    """Ask for a plan of a day."""
    sight = _reader(request)
    depot = sight.of(Depot).filter(code=request.POST.get("depot", "")).first()
    if not may_keep(sight) or (depot and not keeps(sight, depot.owner_id)):
        raise PermissionDenied
    if depot is None:
        return redirect("deliveries")
    try:
        day = date.fromisoformat(request.POST.get("day", ""))
        made = planning.ask(depot, day, _user(request))
    except (Refused, ValueError) as refusal:
        messages.error(request, str(refusal) if isinstance(refusal, Refused) else _("No day."))
        return redirect("deliveries")
    return redirect("delivery-plan", made.pk)


@login_required
@require_safe
def plan(request: HttpRequest, pk: int) -> HttpResponse:
    """Show a plan: tours over the day, and what was left out and why."""
    row, may = _plan(request, pk)
    return _shown(request, row, may)


def _shown(
    request: HttpRequest, row: Plan, may: bool, tried: planning.Moved | None = None
) -> HttpResponse:
    moving = request.POST if tried else request.GET
    return render(request, "delivery/plan.html", {
        "plan": row, "may": may, "shown": drawn.shown(row, tried.content if tried else None),
        "tried": tried, "broken": [(v, said(w)) for v, w in tried.broken] if tried else [],
        "moving": moving, "is_draft": row.state == Plan.State.DRAFT,
        "is_waiting": row.state == Plan.State.WAITING,
        "has_failed": row.state == Plan.State.FAILED,
    })  # fmt: skip


def _number(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 6 else 0


@login_required
@require_POST
def move_stop(request: HttpRequest, pk: int) -> HttpResponse:
    """Try a move by hand and say what it breaks; keep it when told to."""
    row, may = _plan(request, pk, to_change=True)
    sent = request.POST
    wanted = (sent.get("order", ""), sent.get("vehicle", ""), _number(sent.get("position", "")))
    try:
        if row.state != Plan.State.DRAFT:
            raise Refused(_("The plan is no longer a draft."))
        if "keep" not in sent:
            return _shown(request, row, may, planning.moved(row, *wanted))
        version = _number(sent.get("version", ""))
        planning.move(row, *wanted, version, anyway="anyway" in sent)
    except Refused as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, _("The move was kept."))
    return redirect("delivery-plan", pk)


@login_required
@require_POST
def release_plan(request: HttpRequest, pk: int) -> HttpResponse:
    """Hand a plan to its drivers."""
    row, _may = _plan(request, pk, to_change=True)
    try:
        planning.release(row)
    except Refused as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, _("The plan was released."))
    return redirect("delivery-plan", pk)


@login_required
@require_POST
def drop_plan(request: HttpRequest, pk: int) -> HttpResponse:
    """Drop a plan that was not released."""
    row, _may = _plan(request, pk, to_change=True)
    try:
        planning.drop(row)
    except Refused as refusal:
        messages.error(request, str(refusal))
        return redirect("delivery-plan", pk)
    return redirect(f"{reverse('deliveries')}?depot={row.depot.code}&day={row.day.isoformat()}")


@login_required
@require_safe
def my_deliveries(request: HttpRequest) -> HttpResponse:
    """Show a driver the stops of today, and let them tell what became of each."""
    sight, user = scope(request.user), _user(request)
    if not sees_any(sight) and not driving.drives(user):
        raise PermissionDenied
    rows = driving.mine(sight, user)
    ahead = [row.stop.pk for row in rows if row.stop.state in driving.AHEAD]
    return render(request, "delivery/mine.html", {
        "rows": rows, "ahead": len(ahead), "next": ahead[0] if ahead else None,
    })  # fmt: skip


@login_required
@require_POST
def tell_of_stop(request: HttpRequest, pk: int) -> HttpResponse:
    """Take in what a driver tells of a stop."""
    sight, sent = scope(request.user), request.POST
    seen = sight.of(Stop).select_related("tour__plan__depot")
    stop = get_object_or_404(seen, pk=pk)
    if not driving.may_tell(sight, stop):
        raise PermissionDenied
    try:
        number = UUID(sent.get("number", ""))
        driving.act(
            stop, _user(request), number, sent.get("what", ""), reason=sent.get("reason", "")
        )
    except ValueError:
        messages.error(request, _("Send the form of the page: its number is missing."))
    except Refused as refusal:
        messages.error(request, str(refusal))
    return redirect(f"{reverse('my-deliveries')}#stop-{pk}")
