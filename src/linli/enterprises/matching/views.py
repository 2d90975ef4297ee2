"""Pages of matching: what is needed, who could supply one of it, and introducing them."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from linli.cases.refusal import Refused
from linli.enterprises.marks import MATCHES, waiting
from linli.enterprises.matching import introduce as introductions
from linli.enterprises.matching.models import Introduction, Need, Supply
from linli.enterprises.models import Enterprise
from linli.enterprises.visibility import has_figures_somewhere, keeps
from linli.people.models import User
from linli.people.scope import Scope, scope

A_PAGE = 40


def _reader(request: HttpRequest) -> Scope:
    sight = scope(request.user)
    if not has_figures_somewhere(sight):
        raise PermissionDenied
    return sight


@login_required
@require_safe
def needs(request: HttpRequest) -> HttpResponse:
    sight = _reader(request)
    rows = sight.of(Need).select_related("enterprise").order_by("-at", "id")
    page = Paginator(rows, A_PAGE).get_page(request.GET.get("page"))
    best = Supply.objects.filter(need__in=[row.pk for row in page], place=1)
    likest = {one.need_id: one for one in best.select_related("supplier")}
    lines = [(row, likest.get(row.pk)) for row in page]
    return render(request, "enterprises/matching.html", {"page": page, "lines": lines})


@login_required
@require_safe
def need(request: HttpRequest, pk: int) -> HttpResponse:
    """Show who could supply a need; of other enterprises no more than their names and wares."""
    sight = _reader(request)
    row = get_object_or_404(sight.of(Need).select_related("enterprise"), pk=pk)
    made = sight.of(Introduction).filter(need=row).select_related("case")
    known = {one.supplier_id: one.case for one in made}
    lines = sight.of(Supply).filter(need=row).select_related("supplier").order_by("place")
    context = {
        "row": row,
        "found": [(one, known.get(one.supplier_id)) for one in lines],
        "may": keeps(sight),
        "seen": set(sight.of(Enterprise).filter(supplies__need=row).values_list("pk", flat=True)),
        "is_being_worked_out": waiting(MATCHES)[0],
    }
    return render(request, "enterprises/need.html", context)


@login_required
@require_POST
def introduce(request: HttpRequest, pk: int) -> HttpResponse:
    sight = _reader(request)
    row = get_object_or_404(sight.of(Need).select_related("enterprise__area"), pk=pk)
    if not keeps(sight):
        raise PermissionDenied
    supplier = get_object_or_404(Enterprise, code=request.POST.get("supplier", ""))
    assert isinstance(request.user, User)
    try:
        made = introductions.introduce(row, supplier, request.user)
    except Refused as refusal:
        messages.error(request, str(refusal))
    else:
        told = {"code": made.case.code}
        messages.success(request, _("The introduction is case %(code)s.") % told)
    return redirect("need", pk=pk)
