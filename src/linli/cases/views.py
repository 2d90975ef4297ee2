"""Pages of one case: the case, actions, report, receipt. Each parses, asks once, renders."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from linli.cases import loop
from linli.cases.due import deadlines_of, next_due
from linli.cases.evidence import NotEvidence
from linli.cases.forms import (
    ActionForm,
    ReportForm,
    areas_offered,
    by_code,
    forms_for,
)
from linli.cases.intake import Unusable
from linli.cases.models import Assignment, Case, Evidence, Notice, Report, Ruling
from linli.cases.timeline import ANSWERS, public_lines, tell
from linli.cases.visibility import in_office
from linli.clock import now
from linli.people.directory import away
from linli.people.models import Lead, User
from linli.people.scope import Scope, scope
from linli.places.models import Area


def found_case(sight: Scope, code: str) -> Case:
    """Return the case people quote as `code`, or answer that there is none."""
    case = by_code(sight, code)
    if case is None:
        raise Http404
    return case


@login_required
@require_safe
def case_page(request: HttpRequest, code: str) -> HttpResponse:
    sight = scope(request.user)
    case = found_case(sight, code)
    sight.of(Notice).filter(case=case, read_at=None).update(read_at=now())
    return _case(request, case, sight, forms_for(case, sight))


@login_required
@require_POST
def act(request: HttpRequest, code: str, action: str) -> HttpResponse:
    assert isinstance(request.user, User)
    sight = scope(request.user)
    case = found_case(sight, code)
    if action not in loop.ACTIONS:
        raise Http404
    form = ActionForm(action, case, sight, request.POST, request.FILES)
    if form.is_valid():
        try:
            loop.act(case, action, request.user, **form.inputs)
        except (loop.Refused, NotEvidence) as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, _("Done: %(action)s.") % {"action": form.label})
            return redirect("case", code=case.code)
    case = found_case(sight, code)
    others = [other for other in forms_for(case, sight) if other.action != action]
    return _case(request, case, sight, [form, *others], status=422)


# Which of the permitted actions is offered first: the one that takes the case on.
FIRST = (
    "rule", "grant_extension", "accept", "resolve", "verify", "evaluate", "dispatch",
    "settle", "triage", "rule_on_appeal", "sign_off",
)  # fmt: skip


def _case(
    request: HttpRequest, case: Case, sight: Scope, forms: list[ActionForm], status: int = 200
) -> HttpResponse:
    official = sight.of(Case).filter(in_office(sight), pk=case.pk).exists()
    assignments = list(
        case.assignments.filter(active=True).select_related("organisation", "person")
    )
    primary = min(
        (form for form in forms if form.action in FIRST),
        key=lambda form: (not form.is_bound, FIRST.index(form.action)),
        default=None,
    )
    return render(
        request,
        "cases/case.html",
        {
            "case": case,
            "official": official,
            "reports": sight.of(Report).filter(case=case).select_related("reporter"),
            "followers": max(case.reports.count() - 1, 0),
            "deadlines": deadlines_of(case),
            "due": next_due(case),
            "assignments": assignments,
            "rulings": _rulings(assignments),
            "places": _places(case),
            "lines": tell(case, sight, official),
            "primary": primary,
            "others": [form for form in forms if form is not primary],
            "areas_all": areas_offered() if any("area" in f.fields for f in forms) else None,
        },
        status=status,
    )


def _rulings(assignments: list[Assignment]) -> dict[int, Ruling]:
    keys = {a.why["ruling"] for a in assignments if "ruling" in a.why}
    return Ruling.objects.select_related("event__case").in_bulk(keys) if keys else {}


def _places(case: Case) -> list[dict[str, Any]]:
    """Name both grids of a case, what they lie in, and all their leads."""
    grids = [pk for pk in (case.community_grid_id, case.service_grid_id) if pk]
    areas = Area.objects.defer("wkb").in_bulk(grids)
    codes = {code for area in areas.values() for code in area.path.split("/") if code}
    above = {a.code: a for a in Area.objects.defer("wkb").filter(code__in=codes)}
    absent = away(now())
    leads: dict[int, list[Lead]] = {}
    for lead in Lead.objects.filter(area__in=grids).select_related("user").order_by("-side"):
        leads.setdefault(lead.area_id, []).append(lead)
    return [
        {
            "grid": areas[pk],
            "trail": [above[c] for c in areas[pk].path.split("/")[:-2] if c in above],
            "leads": [(lead, lead.user_id in absent) for lead in leads.get(pk, [])],
        }
        for pk in grids
        if pk in areas
    ]


def report(request: HttpRequest) -> HttpResponse:
    sight = scope(request.user)
    given = (request.POST, request.FILES) if request.method == "POST" else ()
    form = ReportForm(sight, *given)
    if form.is_bound and form.is_valid():
        try:
            receipt = form.send()
        except Unusable as fault:
            field = fault.field if fault.field in form.fields else None
            form.add_error(field, str(fault))
        except NotEvidence as fault:
            form.add_error("evidence", str(fault))
        else:
            messages.success(request, _("Thank you. Your report has been taken in."))
            return redirect("receipt", receipt=receipt.code)
    return render(
        request,
        "cases/report.html",
        {"form": form, "areas_all": areas_offered()},
        status=422 if form.is_bound else 200,
    )


@require_safe
def find_receipt(request: HttpRequest) -> HttpResponse:
    code = request.GET.get("code", "").strip().lower()
    if Report.objects.filter(receipt=code).exists():
        return redirect("receipt", receipt=code)
    return render(request, "cases/find_receipt.html", {"code": code}, status=404 if code else 200)


@require_safe
def receipt_page(request: HttpRequest, receipt: str) -> HttpResponse:
    """Show anybody who has the code how the case stands; nobody is named."""
    told = get_object_or_404(Report.objects.select_related("case__category"), receipt=receipt)
    lines = public_lines(told.case)
    return render(
        request,
        "cases/receipt.html",
        {
            "receipt": told.receipt,
            "case": told.case,
            "answers": [line for line in lines if line.action in ANSWERS and line.told],
            "lines": lines,
            "visible": scope(request.user).of(Case).filter(pk=told.case_id).exists(),
        },
    )


@login_required
@require_safe
def evidence_file(request: HttpRequest, pk: int) -> HttpResponse:
    row = get_object_or_404(scope(request.user).of(Evidence), pk=pk)
    name = f"{row.case_id}-{row.pk}.{row.file.name.rpartition('.')[2]}"
    with row.file.open("rb") as file:
        response = HttpResponse(file.read(), content_type=row.content_type)
    response["Content-Disposition"] = f'inline; filename="{name}"'
    # The file came from outside: let it run nothing, whatever a browser makes of it.
    response["Content-Security-Policy"] = "default-src 'none'; style-src 'unsafe-inline'; sandbox"
    response["X-Content-Type-Options"] = "nosniff"
    response["Cache-Control"] = "private, max-age=86400"
    return response


@login_required
@require_POST
def read_notices(request: HttpRequest) -> HttpResponse:
    scope(request.user).of(Notice).filter(read_at=None).update(read_at=now())
    return redirect("home")
