"""Pages of visits: what is planned, how far it has come, and the form that is filled in there."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from linli.cases.forms import areas_offered
from linli.cases.intake import Unusable
from linli.cases.models import Case, Report
from linli.cases.refusal import Refused
from linli.clock import now
from linli.enterprises import coverage, visiting
from linli.enterprises.forms import (
    PlanForm,
    ReasonForm,
    RequestForm,
    RoundForm,
    VisitForm,
    request_forms,
    requests_of,
)
from linli.enterprises.models import Visit
from linli.enterprises.views import found, show, user_of
from linli.people.scope import Scope, scope
from linli.places.tables import below

SHOWN = 30


def _for_staff(sight: Scope) -> None:
    if not visiting.may_visit(sight):
        raise PermissionDenied


@login_required
@require_safe
def visit_list(request: HttpRequest) -> HttpResponse:
    """Show who is to be visited, and how far the visits have come."""
    sight = scope(request.user)
    _for_staff(sight)
    form = RoundForm(user_of(request)) if visiting.may_plan(sight) else None
    return _visits(request, sight, form)


def _visits(
    request: HttpRequest, sight: Scope, form: RoundForm | None, status: int = 200
) -> HttpResponse:
    rows = sight.of(Visit).select_related("enterprise", "visitor")
    planned = rows.filter(state=Visit.State.PLANNED).order_by("planned_on", "id")
    return render(
        request,
        "enterprises/visits.html",
        {
            "mine": planned.filter(visitor=sight.user.pk)[:SHOWN],
            "others": planned.exclude(visitor=sight.user.pk)[:SHOWN],
            "done": rows.filter(state=Visit.State.DONE).order_by("-visited_at")[:SHOWN],
            "grids": coverage.by_grid(sight),
            "visitors": coverage.by_visitor(sight),
            "days": coverage.STALE_DAYS,
            "today": localtime(now()).date(),
            "form": form,
            "areas_all": areas_offered(),
        },
        status=status,
    )


@login_required
@require_POST
def plan_round(request: HttpRequest) -> HttpResponse:
    """Plan that somebody goes to those of a park that have waited longest."""
    sight = scope(request.user)
    _for_staff(sight)
    if not visiting.may_plan(sight):
        raise PermissionDenied
    form = RoundForm(user_of(request), request.POST)
    if form.is_valid():
        told = form.cleaned_data
        rows = visiting.waiting_longest(sight)
        if told["area"]:
            rows = rows.filter(below(told["area"].code, "area__"))
        try:
            made = visiting.plan(
                list(rows[: told["count"]]), told["visitor"], told["on"], user_of(request),
                told["purpose"],
            )  # fmt: skip
        except Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            said = ngettext("%(n)d visit planned.", "%(n)d visits planned.", len(made))
            messages.success(request, said % {"n": len(made)})
            return redirect("visits")
    return _visits(request, sight, form, 422)


@login_required
@require_POST
def plan_visit(request: HttpRequest, code: str) -> HttpResponse:
    """Plan a visit to one enterprise."""
    sight = scope(request.user)
    _for_staff(sight)
    row = found(sight, code)
    form = PlanForm(user_of(request), request.POST)
    if form.is_valid():
        told = form.cleaned_data
        try:
            visiting.plan([row], told["visitor"], told["on"], user_of(request), told["purpose"])
        except Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, _("The visit is planned."))
            return redirect("enterprise", code=code)
    return show(request, row, sight, 422, plan=form)


def _visit(sight: Scope, pk: int) -> Visit:
    rows = sight.of(Visit).select_related("enterprise__area", "visitor")
    return get_object_or_404(rows.defer("enterprise__area__wkb"), pk=pk)


@login_required
def visit_page(request: HttpRequest, pk: int) -> HttpResponse:
    """Show a visit, and keep what it found."""
    sight = scope(request.user)
    _for_staff(sight)
    row = _visit(sight, pk)
    if request.method != "POST":
        return _shown(request, row, sight, VisitForm(), request_forms())
    form, asked = VisitForm(request.POST), request_forms(request.POST)
    if all([form.is_valid(), *(part.is_valid() for part in asked)]):
        try:
            visiting.record(row, user_of(request), **form.cleaned_data, requests=requests_of(asked))
        except (Refused, Unusable) as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, _("Kept."))
            return redirect("visit", pk=pk)
    return _shown(request, row, sight, form, asked, 422)


def _shown(
    request: HttpRequest,
    row: Visit,
    sight: Scope,
    form: VisitForm,
    asked: list[RequestForm],
    status: int = 200,
) -> HttpResponse:
    may = visiting.may_record(row, sight)
    cases = Case.objects.filter(difficulty__visit=row).order_by("id").defer("sketch")
    seen = set(sight.of(Case).filter(pk__in=cases.values("pk")).values_list("pk", flat=True))
    # The visitor hands the code over where no account speaks for the enterprise.
    codes = dict(
        Report.objects.filter(case__in=cases, reporter=None).values_list("case_id", "receipt")
    ) if row.visitor_id == sight.user.pk else {}  # fmt: skip
    return render(
        request,
        "enterprises/visit.html",
        {
            "visit": row,
            "cases": [(case, case.pk in seen, codes.get(case.pk, "")) for case in cases],
            "form": form if may else None,
            "requests": asked,
            "reason": ReasonForm(),
        },
        status=status,
    )


@login_required
@require_POST
def call_off(request: HttpRequest, pk: int) -> HttpResponse:
    """Call a planned visit off."""
    sight = scope(request.user)
    _for_staff(sight)
    row = _visit(sight, pk)
    form = ReasonForm(request.POST)
    if form.is_valid():
        try:
            visiting.call_off(row, user_of(request), form.cleaned_data["reason"])
        except Refused as refusal:
            messages.error(request, str(refusal))
    else:
        messages.error(request, _("Say why it is called off."))
    return redirect("visit", pk=pk)
