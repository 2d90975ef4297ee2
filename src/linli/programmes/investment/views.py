"""Pages of the investment projects: funnel, list, one project and its next step."""

from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.db.models import Q, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from linli.clock import now
from linli.people.models import User
from linli.people.scope import Scope
from linli.programmes.bilingual import day_input
from linli.programmes.climbing import stuck
from linli.programmes.investment import funnel
from linli.programmes.investment.models import LADDER, Investment, Origin, may_change
from linli.programmes.investment.steps import advance
from linli.programmes.ladders import MAX_NOTE, Ladder, NotClimbed
from linli.programmes.who import at_work
from linli.scores.periods import local_day

A_PAGE, SHOWN = 50, 8


class StepForm(forms.Form):
    """The next step of a project."""

    stage = forms.ChoiceField(label=gettext_lazy("To the stage"))
    on = forms.DateField(label=gettext_lazy("On"), widget=day_input())
    note = forms.CharField(
        label=gettext_lazy("Note"), max_length=MAX_NOTE, required=False,
        help_text=gettext_lazy("Going back or giving up needs a reason."),
    )  # fmt: skip

    def __init__(self, project: Investment, *given: Any, **options: Any) -> None:
        super().__init__(*given, **options)
        ladder, here = project.ladder, project.stage
        ahead = [(stage.code, str(stage)) for stage in ladder.after(here)]
        back = [(stage.code, _("back to: %(stage)s") % {"stage": stage})
                for stage in reversed(ladder.before(here))]  # fmt: skip
        self.fields["stage"].choices = [*ahead, *back]  # type: ignore[attr-defined]


def _ladder() -> Ladder | None:
    return Ladder.objects.filter(code=LADDER, retired=False).first()


def _projects(sight: Scope) -> QuerySet[Investment]:
    found: QuerySet[Investment] = sight.of(Investment)
    return found.select_related("owner", "area", "incubator", "ladder").defer("area__wkb")


@login_required
@require_safe
def investment(request: HttpRequest) -> HttpResponse:
    """Show the funnel: how many stand where, how many go on, how long it takes, what is stuck."""
    sight, today = at_work(request), local_day(now())
    ladder = _ladder()
    projects = sight.of(Investment)
    told: dict[str, Any] = {"ladder": ladder}
    if ladder and projects.exists():
        steps = funnel.funnel(projects, ladder, today)
        most = max((step.reached for step in steps if not step.stage.is_aside), default=0) or 1
        waiting = _projects(sight).filter(stuck([ladder], today)).order_by("stage_since")
        told |= {
            "steps": [(step, round(100 * step.reached / most)) for step in steps],
            "origins": funnel.by_origin(projects),
            "incubators": funnel.by_incubator(projects),
            "stuck_count": waiting.count(),
            "stuck": [(row, row.over_by(today)) for row in waiting[:SHOWN]],
        }
    return render(request, "programmes/investment.html", told)


def narrowed(projects: QuerySet[Investment], query: Any, ladder: Ladder) -> QuerySet[Investment]:
    """Narrow projects to what a query asks for: q, stage, origin, incubator, digital, stuck."""
    if words := query.get("q", "").strip()[:100]:
        projects = projects.filter(
            Q(name__icontains=words)
            | Q(name_en__icontains=words)
            | Q(code__icontains=words)
            | Q(company__icontains=words)
            | Q(company_en__icontains=words)
        )
    if stage := query.get("stage"):
        projects = projects.filter(stage=stage)
    if origin := query.get("origin"):
        projects = projects.filter(origin=origin)
    if incubator := query.get("incubator"):
        projects = projects.filter(incubator__code=incubator)
    if query.get("digital"):
        projects = projects.filter(digital=True)
    if query.get("stuck"):
        projects = projects.filter(stuck([ladder], local_day(now())))
    return projects


@login_required
@require_safe
def projects(request: HttpRequest) -> HttpResponse:
    """List the projects, the farthest first."""
    sight, today, ladder = at_work(request), local_day(now()), _ladder()
    if ladder is None:
        raise Http404
    found = narrowed(_projects(sight), request.GET, ladder)
    ordered = found.order_by(funnel.in_order_of_stage(ladder), "-amount", "code")
    page = Paginator(ordered, A_PAGE).get_page(request.GET.get("page"))
    query = request.GET.copy()
    query.pop("page", None)
    return render(
        request,
        "programmes/investment_projects.html",
        {
            "page": page,
            "rows": [(row, row.over_by(today)) for row in page],
            "stages": [(stage.code, str(stage)) for stage in ladder.stages],
            "origins": Origin.choices, "asked": request.GET, "query": query.urlencode(),
        },
    )  # fmt: skip


@login_required
@require_safe
def project(request: HttpRequest, code: str) -> HttpResponse:
    """Show one project, the steps it took, and the form for the next."""
    sight = at_work(request)
    return _project(request, get_object_or_404(_projects(sight), code=code), sight)


def _project(
    request: HttpRequest, row: Investment, sight: Scope, form: StepForm | None = None,
    status: int = 200,
) -> HttpResponse:  # fmt: skip
    today = local_day(now())
    if form is None and may_change(sight, row):
        form = StepForm(row, initial={"on": today})
    steps = list(row.climbs.select_related("by").order_by("on", "id"))
    told = []
    for number, step in enumerate(steps):
        until = steps[number + 1].on if number + 1 < len(steps) else None
        told.append(
            (step, row.ladder.name_of(step.stage), (until - step.on).days if until else None)
        )
    ends = bool(row.stage) and (
        row.ladder.stage(row.stage).ends or row.ladder.stage(row.stage).is_aside
    )
    return render(
        request,
        "programmes/investment_project.html",
        {
            "row": row, "steps": told, "form": form, "over": row.over_by(today), "ends": ends,
            "days": row.days_here(today),
            "way": [(stage, row.stage == stage.code) for stage in row.ladder.way],
        },
        status=status,
    )  # fmt: skip


@login_required
@require_POST
def climb(request: HttpRequest, code: str) -> HttpResponse:
    """Take the next step of a project."""
    sight = at_work(request)
    row = get_object_or_404(_projects(sight), code=code)
    if not may_change(sight, row):
        raise PermissionDenied
    assert isinstance(request.user, User)
    form = StepForm(row, request.POST)
    if form.is_valid():
        given = form.cleaned_data
        try:
            advance(row, given["stage"], request.user, given["on"], given["note"])
        except NotClimbed as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, _("Kept: it stands at “%(stage)s” now.")
                             % {"stage": row.ladder.name_of(given["stage"])})  # fmt: skip
            return redirect("investment-project", code=row.code)
    return _project(request, row, sight, form, 422)
