"""Pages of the neighbour stewards: the desk, deliberations, services and bookings."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.db.models import Count, Q
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from linli.cases import loop
from linli.cases.evidence import NotEvidence
from linli.cases.forms import ActionForm, areas_offered
from linli.cases.models import Case, Deliberation, FollowUp, Proposal, Triage
from linli.cases.views import found_case
from linli.cases.waiting import PILES
from linli.clock import now
from linli.people.models import Role, User
from linli.people.scope import Scope, scope
from linli.stewards import bookings, deliberations, desk
from linli.stewards.forms import (
    FollowUpForm,
    HomeForm,
    MeetingForm,
    ProposalForm,
)
from linli.stewards.models import Booking
from linli.stewards.tables import meetings
from linli.stewards.visibility import home_of

SHOWN, A_PAGE = 10, 30


def _user(request: HttpRequest) -> User:
    assert isinstance(request.user, User)
    return request.user


# --- the desk --------------------------------------------------------------------------------


@login_required
@require_safe
def desk_page(request: HttpRequest) -> HttpResponse:
    sight = scope(request.user)
    _for_stewards(sight)
    after = request.GET.get("after", "")
    case = desk.next_card(sight, int(after) if after.isdecimal() and len(after) < 16 else 0)
    if request.headers.get("HX-Request"):
        return _card(request, case, sight)
    settling = sight.of(Case).filter(PILES["settle"].of(sight)).order_by("id")
    meetings = sight.of(Deliberation).filter(ended_at=None).select_related("case__community_grid")
    served = bookings.served(sight)
    return render(
        request,
        "stewards/desk.html",
        _on_card(case, sight)
        | {
            "settling": settling.annotate(
                meetings=Count("deliberations", filter=Q(deliberations__ended_at=None))
            ).filter(meetings=0).select_related("community_grid")[:SHOWN],
            "meetings": meetings.defer("case__community_grid__wkb").order_by("meets_at")[:SHOWN],
            "booked": served.filter(state=Booking.State.BOOKED).count(),
        },
    )  # fmt: skip


def _for_stewards(sight: Scope) -> None:
    if not sight.has(Role.STEWARD, Role.DISPATCHER):
        raise PermissionDenied


def _on_card(case: Case | None, sight: Scope, **more: Any) -> dict[str, Any]:
    found: dict[str, Any] = {"case": case, "left": desk.waiting(sight), "kinds": _kinds()}
    if case is not None:
        found["suggestion"] = desk.suggestion(case)
    return found | more


def _kinds() -> list[tuple[int, Triage, str]]:
    advice = {
        Triage.PRIVATE: _("Advice or self-help settles it"),
        Triage.NEIGHBOURHOOD: _("Residents talk it over, you lead"),
        Triage.PUBLIC: _("Goes to both sides at once"),
    }
    return [(n, kind, advice[kind]) for n, kind in enumerate(desk.KINDS, 1)]


def _card(
    request: HttpRequest, case: Case | None, sight: Scope, status: int = 200, **more: Any
) -> HttpResponse:
    context = _on_card(case, sight, **more)
    return render(request, "stewards/_card.html", context, status=status)


@login_required
def triage(request: HttpRequest, code: str) -> HttpResponse:
    """Ask once more what a tap would do (GET), and do it (POST)."""
    sight = scope(request.user)
    _for_stewards(sight)
    case = found_case(sight, code)
    is_part = bool(request.headers.get("HX-Request"))
    given = (request.POST, request.FILES) if request.method == "POST" else ()
    form = ActionForm("triage", case, sight, *given)
    if form.is_bound and form.is_valid():
        try:
            done = loop.act(case, "triage", _user(request), **form.inputs)
        except (loop.Refused, NotEvidence) as refusal:
            form.add_error(None, str(refusal))
        else:
            said = _("%(code)s: %(kind)s · %(state)s") % {
                "code": done.code, "kind": done.get_triage_display(),
                "state": done.get_state_display(),
            }  # fmt: skip
            if is_part:
                return _card(request, desk.next_card(sight), sight, said=said)
            messages.success(request, said)
            return redirect("steward")
    kind = request.POST.get("triage") or request.GET.get("kind", "")
    if kind not in desk.KINDS:
        raise Http404
    hint = desk.suggestion(case)
    chosen = form.cleaned_data.get("category") if form.is_bound else None
    context = {
        "confirming": Triage(kind),
        "form": form,
        "route": desk.route(case, chosen or hint.category) if kind == Triage.PUBLIC else None,
        "areas_all": areas_offered() if case.area_id is None else None,
    }
    status = 422 if form.is_bound else 200
    if is_part:
        return _card(request, case, sight, status, **context)
    return render(request, "stewards/triage.html", _on_card(case, sight, **context), status=status)


# --- deliberations ---------------------------------------------------------------------------


@login_required
@require_safe
def deliberation_list(request: HttpRequest) -> HttpResponse:
    sight = scope(request.user)
    rows = meetings(sight, request.GET).select_related("case__community_grid")
    rows = rows.defer("case__community_grid__wkb", "case__sketch")
    page = Paginator(rows, A_PAGE).get_page(request.GET.get("page"))
    return render(
        request,
        "stewards/deliberations.html",
        {
            "page": page,
            "home": home_of(sight),
            "leads": sight.has(Role.STEWARD),
            "form": HomeForm(),
            "areas_all": areas_offered(),
        },
    )


def _deliberation(sight: Scope, pk: int) -> Deliberation:
    rows = sight.of(Deliberation).select_related("case__community_grid", "case__area")
    return get_object_or_404(rows, pk=pk)


@login_required
def deliberation(request: HttpRequest, pk: int) -> HttpResponse:
    """Show a deliberation, and take what those who lead it, or live there, add."""
    sight = scope(request.user)
    found = _deliberation(sight, pk)
    proposals = list(
        found.proposals.annotate(
            n=Count("supports"), mine=Count("supports", filter=Q(supports__user=sight.user.pk))
        )
    )
    added = request.POST.get("add", "")
    forms: dict[str, Any] = {
        "proposal": ProposalForm(request.POST if added == "proposal" else None),
        "follow_up": FollowUpForm(request.POST if added == "follow_up" else None),
        "meeting": MeetingForm(proposals, request.POST if added == "meeting" else None),
    }
    fault = ""
    if request.method == "POST":
        if added not in forms:
            raise Http404
        form = forms[added]
        if form.is_valid():
            try:
                _add(added, form, found, _user(request))
            except loop.Refused as refusal:
                fault = str(refusal)
            else:
                messages.success(request, _("Kept."))
                return redirect("deliberation", pk=pk)
    leads = deliberations.may_lead(found, sight)
    return render(
        request,
        "stewards/deliberation.html",
        {
            "row": found,
            "proposals": proposals,
            "follow_ups": found.follow_ups.all(),
            "leads": leads,
            "may_support": deliberations.may_support(found, sight),
            "case_seen": sight.of(Case).filter(pk=found.case_id).exists(),
            "forms": forms,
            "fault": fault,
            "today": localtime(now()).date(),
            "settle": ActionForm("settle", found.case, sight)
            if leads and "settle" in loop.permitted(found.case, sight) else None,
        },
        status=422 if request.method == "POST" else 200,
    )  # fmt: skip


def _add(what: str, form: Any, row: Deliberation, by: User) -> None:
    given = form.cleaned_data
    if what == "proposal":
        deliberations.propose(row, by, given["text"])
    elif what == "follow_up":
        deliberations.agree(row, by, given["what"], given["who"], given["by"])
    else:
        deliberations.record(row, by, given["minutes"], given["households"], form.votes)


@login_required
@require_POST
def support(request: HttpRequest, pk: int) -> HttpResponse:
    sight = scope(request.user)
    proposal = get_object_or_404(
        sight.of(Proposal).select_related("deliberation__case"), pk=pk
    )  # fmt: skip
    try:
        deliberations.support(proposal, _user(request))
    except loop.Refused as refusal:
        messages.error(request, str(refusal))
    return redirect("deliberation", pk=proposal.deliberation_id)


@login_required
@require_POST
def tick_off(request: HttpRequest, pk: int) -> HttpResponse:
    sight = scope(request.user)
    row = get_object_or_404(sight.of(FollowUp).select_related("deliberation__case"), pk=pk)
    try:
        deliberations.tick_off(row, _user(request))
    except loop.Refused as refusal:
        messages.error(request, str(refusal))
    return redirect("deliberation", pk=row.deliberation_id)
