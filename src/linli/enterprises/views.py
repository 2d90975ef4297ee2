"""Pages of the register: the list, and one enterprise. Each parses, asks once, renders."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from linli.cases.listing import in_brief
from linli.cases.models import Case
from linli.cases.refusal import Refused
from linli.clock import now
from linli.enterprises import coverage, giving, saying, visiting
from linli.enterprises.forms import DelegateForm, FilterForm, PlanForm
from linli.enterprises.industries import digital, industries
from linli.enterprises.models import Delegate, Enterprise, Revision, Visit, YearFigures
from linli.enterprises.overview import overview
from linli.enterprises.visibility import has_figures, keeps
from linli.people.models import User
from linli.people.scope import Scope, scope
from linli.places.atlas import atlas

A_PAGE, SHOWN, YEARS = 30, 20, 8
ROWS = ("output", "sales", "value_added", "profit", "tax", "exports", "rd", "fixed_investment",
        "digital_investment", "energy", "emissions", "staff")  # fmt: skip


def user_of(request: HttpRequest) -> User:
    assert isinstance(request.user, User)
    return request.user


def found(sight: Scope, code: str) -> Enterprise:
    """Return an enterprise in sight; 404 if there is none."""
    rows: QuerySet[Enterprise] = sight.of(Enterprise)
    return get_object_or_404(rows.select_related("area").defer("area__wkb"), code=code)


def for_those_concerned(sight: Scope) -> None:
    """Refuse who neither works for the town nor speaks for an enterprise."""
    speaks = Delegate.objects.filter(user=sight.user.pk).exists()
    if not (visiting.may_visit(sight) or speaks):
        raise PermissionDenied


def _filter(request: HttpRequest, sight: Scope) -> FilterForm:
    form = FilterForm(request.GET)
    keys = sight.of(Enterprise).order_by().values_list("area", flat=True).distinct()
    parks = sorted((atlas().areas[key] for key in keys), key=lambda area: area.code)
    form.choose("area", [(area.code, str(area)) for area in parks])
    known = industries().values()
    form.choose(
        "industry",
        [(i.code, f"{i.code} {i}") for i in known if i.code.isalpha() or (i.section in "CI"
         and len(i.code) == 2)],
    )  # fmt: skip
    year = now().year
    form.choose("above", [(str(y), str(y)) for y in range(year, year - YEARS, -1)])
    return form


@login_required
@require_safe
def enterprise_list(request: HttpRequest) -> HttpResponse:
    sight = scope(request.user)
    for_those_concerned(sight)
    rows = coverage.listed(sight, request.GET.dict()).select_related("area")
    page = Paginator(rows.defer("area__wkb"), A_PAGE).get_page(request.GET.get("page"))
    if not visiting.may_visit(sight) and page.paginator.count == 1:
        return redirect("enterprise", page[0].code)  # whoever speaks for one has no list to read
    query = request.GET.copy()
    query.pop("page", None)
    stale = coverage.stale_since()
    return render(
        request,
        "enterprises/enterprises.html",
        {
            "page": page,
            "rows": [(row, row.visited_at is None or row.visited_at < stale) for row in page],
            "form": _filter(request, sight),
            "query": query.urlencode(),
            "is_narrowed": any(value for value in query.values()),
            "works_here": visiting.may_visit(sight),
            "keeps": keeps(sight),
        },
    )


def _figures(enterprise: Enterprise) -> dict[str, Any]:
    years = list(YearFigures.objects.filter(enterprise=enterprise).order_by("year"))[-YEARS:]
    has_output = any(row.output is not None for row in years)
    name = "output" if has_output else "sales"
    label = str(YearFigures._meta.get_field(name).verbose_name)  # type: ignore[union-attr]
    shown = [
        (YearFigures._meta.get_field(n).verbose_name, n)  # type: ignore[union-attr]
        for n in ROWS
        if any(getattr(row, n) is not None for row in years)
    ]
    return {"years": years, "shown": shown, "chart": saying.chart(years, name, label)}


@login_required
@require_safe
def enterprise_page(request: HttpRequest, code: str) -> HttpResponse:
    sight = scope(request.user)
    return show(request, found(sight, code), sight)


def show(
    request: HttpRequest, row: Enterprise, sight: Scope, status: int = 200, **more: Any
) -> HttpResponse:
    """Answer with the page of an enterprise."""
    reads = has_figures(sight, row)
    cases = in_brief(sight.of(Case).filter(difficulty__enterprise=row).order_by("-id"))
    revisions = Revision.objects.filter(enterprise=row).select_related("by")
    visits = sight.of(Visit).filter(enterprise=row).select_related("visitor")
    works = visiting.may_visit(sight)
    delegates = row.delegates.select_related("user") if keeps(sight) else None
    return render(
        request,
        "enterprises/enterprise.html",
        {
            "row": row,
            "digital": digital(row.industry),
            "reads": reads,
            **(_figures(row) | overview(sight, row) if reads else {}),
            "may_give": giving.may_give(sight, row),
            "revisions": revisions[:SHOWN] if reads else [],
            "cases": list(cases[:SHOWN]),
            "visits": visits[:SHOWN] if works else [],
            "works_here": works,
            "plan": PlanForm(user_of(request)) if works else None,
            "delegates": delegates,
            "delegate_form": DelegateForm() if delegates is not None else None,
        } | more,
        status=status,
    )  # fmt: skip


@login_required
@require_POST
def add_delegate(request: HttpRequest, code: str) -> HttpResponse:
    """Let an account speak for an enterprise."""
    sight = scope(request.user)
    row = found(sight, code)
    if not keeps(sight):
        raise PermissionDenied
    form = DelegateForm(request.POST)
    if form.is_valid():
        try:
            visiting.speak_for(row, form.cleaned_data["user"], user_of(request))
        except Refused as refusal:
            form.add_error("user", str(refusal))
        else:
            messages.success(request, _("Kept."))
            return redirect("enterprise", code=code)
    return show(request, row, sight, 422, delegate_form=form)


@login_required
@require_POST
def remove_delegate(request: HttpRequest, pk: int) -> HttpResponse:
    """Let an account speak for its enterprise no longer."""
    sight = scope(request.user)
    if not keeps(sight):
        raise PermissionDenied
    row = get_object_or_404(sight.of(Delegate).select_related("enterprise"), pk=pk)
    found(sight, row.enterprise.code)
    visiting.no_longer(row, user_of(request))
    messages.success(request, _("Kept."))
    return redirect("enterprise", code=row.enterprise.code)
