"""Pages of the service list: what is offered, booking it, and serving what was booked."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from linli.cases.forms import areas_offered
from linli.cases.refusal import Refused
from linli.people.models import Organisation, User
from linli.people.scope import Scope, scope
from linli.stewards import bookings
from linli.stewards.deliberations import live_in
from linli.stewards.forms import BookingForm, HomeForm, StarsForm
from linli.stewards.models import Booking, Offer
from linli.stewards.tables import to_serve
from linli.stewards.visibility import SERVES, home_of

SHOWN, A_PAGE = 10, 30


def _user(request: HttpRequest) -> User:
    assert isinstance(request.user, User)
    return request.user


def _days(offer: Offer, organisation: Organisation) -> list[tuple[Any, list[bookings.Slot]]]:
    """Group what can be booked by its day."""
    days: dict[Any, list[bookings.Slot]] = {}
    for slot in bookings.slots(offer, organisation):
        days.setdefault(slot.starts_at.date(), []).append(slot)
    return list(days.items())


@login_required
@require_POST
def set_home(request: HttpRequest) -> HttpResponse:
    form = HomeForm(request.POST)
    if form.is_valid():
        try:
            live_in(form.cleaned_data["grid"], _user(request))
        except Refused as refusal:
            form.add_error("grid", str(refusal))
    for problems in form.errors.values():
        for problem in problems:
            messages.error(request, str(problem))
    back = request.POST.get("next", "")
    return redirect(back if back in ("services", "deliberations") else "services")


@login_required
@require_safe
def services(request: HttpRequest) -> HttpResponse:
    sight = scope(request.user)
    mine = sight.of(Booking).filter(booker=sight.user.pk).select_related("offer", "organisation")
    return render(
        request,
        "stewards/services.html",
        {
            "offers": sight.of(Offer).order_by("code"),
            "mine": _told(mine.order_by("-starts_at")[:SHOWN], sight),
            "to_serve": bookings.served(sight).count() if sight.organisations(*SERVES) else 0,
            "serves": bool(sight.organisations(*SERVES)),
            "home": home_of(sight),
            "form": HomeForm(),
            "areas_all": areas_offered(),
        },
    )


def _told(rows: Any, sight: Scope) -> list[tuple[Booking, list[tuple[str, Any]]]]:
    return [
        (row, [(name, bookings.STEPS[name].label) for name in bookings.permitted(row, sight)])
        for row in rows
    ]


@login_required
def service(request: HttpRequest, code: str) -> HttpResponse:
    """Show one service with its free times, and book one of them."""
    sight = scope(request.user)
    offer = get_object_or_404(sight.of(Offer).select_related("organisation"), code=code)
    home = home_of(sight)
    organisation = bookings.provider(offer, home.grid) if home else None
    form = BookingForm(offer, *([request.POST] if request.method == "POST" else []))
    if form.is_bound and form.is_valid() and home:
        given = form.cleaned_data
        try:
            bookings.book(offer, home.grid, given["starts_at"], _user(request),
                          given["contact"], given["remark"])  # fmt: skip
        except Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, _("Booked. You hear here when it is confirmed."))
            return redirect("services")
    return render(
        request,
        "stewards/service.html",
        {
            "offer": offer,
            "home": home,
            "organisation": organisation,
            "days": _days(offer, organisation) if organisation else [],
            "form": form,
            "home_form": HomeForm(),
            "areas_all": areas_offered(),
        },
        status=422 if form.is_bound else 200,
    )


@login_required
@require_safe
def booking_list(request: HttpRequest) -> HttpResponse:
    """List what is to be served, the nearest first."""
    sight = scope(request.user)
    if not sight.organisations(*SERVES):
        raise PermissionDenied
    rows = to_serve(sight, request.GET).select_related("offer", "organisation", "grid")
    page = Paginator(rows.defer("grid__wkb"), A_PAGE).get_page(request.GET.get("page"))
    return render(request, "stewards/bookings.html", {"page": page, "rows": _told(page, sight)})


@login_required
def booking(request: HttpRequest, pk: int) -> HttpResponse:
    """Show one booking: its steps, other times, and the rating."""
    sight = scope(request.user)
    row = get_object_or_404(
        sight.of(Booking).select_related("offer", "organisation", "grid"), pk=pk
    )
    return _booking(request, row, sight)


def _booking(
    request: HttpRequest, row: Booking, sight: Scope, fault: str = "", status: int = 200
) -> HttpResponse:
    allowed = bookings.permitted(row, sight)
    return render(
        request,
        "stewards/booking.html",
        {
            "row": row,
            "fault": fault,
            "steps": [
                (name, bookings.STEPS[name].label)
                for name in allowed
                if name not in ("move", "rate")
            ],
            "days": _days(row.offer, row.organisation) if "move" in allowed else [],
            "stars": StarsForm() if "rate" in allowed else None,
            "serves": bookings.SERVER in bookings.standing(row, sight),
        },
        status=status,
    )


@login_required
@require_POST
def booking_step(request: HttpRequest, pk: int, step: str) -> HttpResponse:
    sight = scope(request.user)
    row = get_object_or_404(
        sight.of(Booking).select_related("offer", "organisation", "grid"), pk=pk
    )
    if step not in bookings.STEPS:
        raise Http404
    given: dict[str, Any] = {}
    if step == "rate":
        form = StarsForm(request.POST)
        given = form.cleaned_data if form.is_valid() else {}
    elif step == "move":
        times = BookingForm(
            row.offer, {"starts_at": request.POST.get("starts_at", ""), "remark": "-"}
        )
        given = {"starts_at": times.cleaned_data["starts_at"]} if times.is_valid() else {}
    try:
        bookings.act(row, step, _user(request), **given)
    except Refused as refusal:
        return _booking(request, row, sight, str(refusal), 422)
    messages.success(request, _("Done: %(action)s.") % {"action": bookings.STEPS[step].label})
    return redirect("booking", pk=pk)
