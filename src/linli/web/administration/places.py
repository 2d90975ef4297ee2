"""Areas with their teams and leads, and organisations with their functions."""

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Count, Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from linli.clock import now
from linli.people import administration, listing
from linli.people.administration import Impossible, Reach, for_administrators
from linli.people.directory import away, directory
from linli.people.models import Lead, Organisation, User
from linli.people.scope import scope
from linli.places.models import Area, Layer
from linli.web.administration.forms import LeadForm
from linli.web.administration.people import administrator

A_PAGE = 50
NEAR = 300


@for_administrators
@require_safe
def areas(request: HttpRequest) -> HttpResponse:
    layer, words = request.GET.get("layer", ""), request.GET.get("q", "").strip()
    lacking = request.GET.get("lacking", "")
    found = listing.areas(scope(request.user), request.GET)
    page = Paginator(found.defer("wkb"), A_PAGE).get_page(request.GET.get("page"))
    query = request.GET.copy()
    query.pop("page", None)
    return render(
        request,
        "administration/areas.html",
        {"page": page, "rows": _rows(list(page)), "layers": Layer.objects.order_by("code"),
         "layer": layer, "words": words, "lacking": lacking, "gaps": listing.GAPS.items(),
         "query": query.urlencode()},
    )  # fmt: skip


def _rows(areas: list[Area]) -> list[dict[str, Any]]:
    """Say of each area who its team is, who leads it, and who of them is away."""
    absent = away(now())
    leads: dict[int, dict[str, tuple[Lead, bool]]] = {}
    for lead in Lead.objects.filter(area__in=areas).select_related("user"):
        leads.setdefault(lead.area_id, {})[lead.side] = (lead, lead.user_id in absent)
    codes = {code for area in areas for code in area.path.split("/") if code}
    above = dict(Area.objects.filter(code__in=codes).values_list("code", "pk"))
    known = directory()
    return [
        {
            "area": area,
            "depth": min(area.path.count("/") - 1, 4),
            "team": known.team(above[code] for code in reversed(area.path.split("/")[:-1])
                               if code in above),
            "leads": [leads.get(area.pk, {}).get(side) for side in Lead.Side.values],
        }
        for area in areas
    ]  # fmt: skip


@for_administrators
@require_safe
def area_leads(request: HttpRequest, code: str) -> HttpResponse:
    return _leads(request, _area(request, code))


def _area(request: HttpRequest, code: str) -> Area:
    reach = Reach(administrator(request))
    mine = scope(request.user).of(Area).filter(reach.within("path"))
    return get_object_or_404(mine.defer("wkb"), code=code)


def _leads(request: HttpRequest, area: Area, bound: LeadForm | None = None) -> HttpResponse:
    leads = {lead.side: lead for lead in area.leads.select_related("user")}
    forms = []
    for side, label in Lead.Side.choices:
        lead = leads.get(side)
        said = {"side": side, "person": lead.user.username if lead else ""}
        form = LeadForm(initial=said, auto_id=f"id_{side}_%s")
        if bound is not None and bound.data.get("side") == side:
            form = bound
        forms.append((label, lead, form))
    near = scope(request.user).of(User).filter(is_active=True)
    return render(
        request,
        "administration/leads.html",
        {"area": area, "row": _rows([area])[0], "forms": forms,
         "people": near.order_by("username")[:NEAR]},
        status=422 if bound else 200,
    )  # fmt: skip


@for_administrators
@require_POST
def set_lead(request: HttpRequest, code: str) -> HttpResponse:
    area, by = _area(request, code), administrator(request)
    form = LeadForm(request.POST, auto_id=f"id_{request.POST.get('side', '')}_%s")
    if form.is_valid():
        side, user = form.cleaned_data["side"], form.cleaned_data["person"]
        try:
            if user is not None:
                administration.appoint(by, area, side, user)
            elif lead := area.leads.filter(side=side).select_related("user", "area").first():
                administration.dismiss(by, lead)
        except Impossible as why:
            form.add_error("person", str(why))
        else:
            messages.success(request, _("Changed."))
            return redirect("area-leads", code=area.code)
    return _leads(request, area, form)


@for_administrators
@require_safe
def organisations(request: HttpRequest) -> HttpResponse:
    words = request.GET.get("q", "").strip()
    reach = Reach(administrator(request))
    found = reach.organisations
    if words:
        named = Q(name__icontains=words) | Q(name_en__icontains=words) | Q(code__icontains=words)
        found = found.filter(named)
    found = found.annotate(
        people=Count("memberships__user", filter=Q(memberships__user__is_active=True),
                     distinct=True)
    )  # fmt: skip
    page = Paginator(found, A_PAGE).get_page(request.GET.get("page"))
    query = request.GET.copy()
    query.pop("page", None)
    return render(
        request,
        "administration/organisations.html",
        {"page": page, "words": words, "query": query.urlencode(),
         "kinds": dict(Organisation.Kind.choices)},
    )  # fmt: skip
