"""The page of a case: what is known, what may be done, and every step as an answer to a form."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db.models import Prefetch, prefetch_related_objects
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from linli.cases import links, looks, loop, nearby
from linli.cases.advice import advise
from linli.cases.countdown import countdowns
from linli.cases.due import next_due
from linli.cases.evidence import NotEvidence
from linli.cases.forms import ActionForm, areas_offered, forms_for
from linli.cases.models import Assignment, Case, Category, Notice, Report, Ruling
from linli.cases.photos import before_and_after
from linli.cases.timeline import by_day, tell
from linli.cases.views import found_case
from linli.cases.visibility import handles, in_office
from linli.clock import now
from linli.people.directory import away
from linli.people.models import Lead, User
from linli.people.scope import Scope, scope
from linli.places.atlas import atlas

REPORTS_SHOWN = 20
# Which of the permitted actions is offered first: the one that takes the case on.
FIRST = (
    "rule", "grant_extension", "accept", "resolve", "verify", "evaluate", "dispatch",
    "settle", "triage", "rule_on_appeal", "sign_off",
)  # fmt: skip


@login_required
@require_safe
def case_page(request: HttpRequest, code: str) -> HttpResponse:
    sight = scope(request.user)
    case = _found(sight, code)
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
            return _to_the_case(request, case)
    if request.headers.get("HX-Request"):
        # The form comes back into its place; the files that were chosen stay in it.
        kind = "act" if action in FIRST else "second"
        context = {"form": form, "kind": kind, "case": case}
        return render(request, "cases/_action.html", context, status=422)
    case = _found(sight, code)
    others = [other for other in forms_for(case, sight) if other.action != action]
    return _case(request, case, sight, [form, *others], status=422)


def _to_the_case(request: HttpRequest, case: Case) -> HttpResponse:
    if request.headers.get("HX-Request"):
        response = HttpResponse(status=204)
        response["HX-Redirect"] = reverse("case", args=[case.code])
        return response
    return redirect("case", code=case.code)


@login_required
@require_POST
def look(request: HttpRequest, code: str) -> HttpResponse:
    """Show who reported a case, once: the page keeps nothing, the chain keeps the look."""
    assert isinstance(request.user, User)
    sight = scope(request.user)
    case = found_case(sight, code)
    try:
        known = looks.look(case, request.user)
    except loop.Refused as refusal:
        messages.error(request, str(refusal))
        return redirect("case", code=case.code)
    if request.headers.get("HX-Request"):
        return render(request, "cases/_reporters.html", {"reports": known, "is_open": True})
    case = _found(sight, code)
    return _case(request, case, sight, forms_for(case, sight), looked=known)


@login_required
@require_POST
def advice(request: HttpRequest, code: str) -> HttpResponse:
    """Say beside the field what a reply still lacks."""
    case = found_case(scope(request.user), code)
    remarks = advise(case, request.POST.get("reply", "")[:4000])
    return render(request, "cases/_advice.html", {"remarks": remarks})


@login_required
@require_safe
def clocks(request: HttpRequest, code: str) -> HttpResponse:
    """Tell the deadlines afresh, once a browser has counted one of them down."""
    case = found_case(scope(request.user), code)
    return render(request, "cases/_clocks.html", {"case": case, "countdowns": countdowns(case)})


def _found(sight: Scope, code: str) -> Case:
    """Return a case with all who have it: their standing and the page both ask for them."""
    case = found_case(sight, code)
    sides = Assignment.objects.select_related("organisation", "person")
    prefetch_related_objects([case], Prefetch("assignments", sides))
    return case


def _case(
    request: HttpRequest,
    case: Case,
    sight: Scope,
    forms: list[ActionForm],
    status: int = 200,
    looked: list[Report] | None = None,
) -> HttpResponse:
    official = sight.of(Case).filter(in_office(sight), pk=case.pk).exists()
    assignments = [a for a in case.assignments.all() if a.active]
    offered = [form for form in forms if form.action != "look"]
    primary = min(
        (form for form in offered if form.action in FIRST),
        key=lambda form: (not form.is_bound, FIRST.index(form.action)),
        default=None,
    )
    lines = tell(case, sight, official)
    photos = before_and_after(case, lines, official)
    told = sight.of(Report).filter(case=case).select_related("reporter").order_by("id")
    clocks = countdowns(case)
    due = next_due(case)
    return render(
        request,
        "cases/case.html",
        {
            "case": case,
            "official": official,
            "reports": looked or list(told[:REPORTS_SHOWN]),
            "followers": max(case.reports.count() - 1, 0),
            "may_look": any(form.action == "look" for form in forms),
            "is_open": looked is not None,
            "countdowns": clocks,
            "counted": next((c for c in clocks if c.due == due and c.is_running), None),
            "due": due,
            "assignments": assignments,
            "rulings": _rulings(assignments, sight),
            "guesses": _guesses(case) if official else [],
            "places": _places(case),
            "photos": photos,
            "links": links.beside(case, photos),
            "twins": nearby.like(case, sight) if official and case.is_open else [],
            "days": by_day(lines),
            "primary": primary,
            "others": [form for form in offered if form is not primary],
            "areas_all": areas_offered() if any("area" in f.fields for f in offered) else None,
            "originals": official and bool(photos) and handles(sight, case),
        },
        status=status,
    )


def _rulings(assignments: list[Assignment], sight: Scope) -> dict[int, tuple[Ruling, bool]]:
    """Return the rulings behind assignments, each with whether the reader may open its case."""
    keys = {a.why["ruling"] for a in assignments if "ruling" in a.why}
    if not keys:
        return {}
    rulings = Ruling.objects.select_related("event__case").in_bulk(keys)
    cases = {ruling.event.case_id for ruling in rulings.values()}
    seen = set(sight.of(Case).filter(pk__in=cases).values_list("pk", flat=True))
    return {key: (ruling, ruling.event.case_id in seen) for key, ruling in rulings.items()}


def _guesses(case: Case) -> list[tuple[str, int]]:
    """Return what the words of the report suggested, in percent."""
    labels = [label for label, _probability in case.suggestions]
    if not labels:
        return []
    rows = Category.objects.filter(retired=False).defer("examples")
    known = {row.code: str(row) for row in rows} | {row.name: str(row) for row in rows}
    return [(known.get(label, label), round(100 * share)) for label, share in case.suggestions]


def _places(case: Case) -> list[dict[str, Any]]:
    """Name both grids of a case, what they lie in, and all their leads."""
    town = atlas()
    grids = [pk for pk in (case.community_grid_id, case.service_grid_id) if pk in town.areas]
    absent = away(now())
    leads: dict[int, list[Lead]] = {}
    for lead in Lead.objects.filter(area__in=grids).select_related("user").order_by("-side"):
        leads.setdefault(lead.area_id, []).append(lead)
    return [
        {
            "grid": town.areas[pk],
            "trail": [town.areas[above] for above in reversed(town.ancestors(pk)[1:])],
            "leads": [(lead, lead.user_id in absent) for lead in leads.get(pk, [])],
        }
        for pk in grids
    ]
