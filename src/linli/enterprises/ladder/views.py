"""Pages of the ladder: all rungs with their counts and candidates, and one enterprise."""

from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from linli.cases.refusal import Refused
from linli.enterprises.ladder import steps
from linli.enterprises.ladder.climb import MOST_LACKING, standings
from linli.enterprises.ladder.models import NextStep, Rung, Title
from linli.enterprises.ladder.tables import lacking, lines
from linli.enterprises.ladder.titles import TITLES
from linli.enterprises.models import Enterprise
from linli.enterprises.readers import readable
from linli.enterprises.visibility import has_figures_somewhere
from linli.people.models import User
from linli.people.scope import Scope, scope

A_PAGE = 30


class TitleForm(forms.Form):
    """Which rung an enterprise was granted, since when, by which document."""

    rung = forms.ModelChoiceField(
        Rung.objects.none(), to_field_name="code", label=gettext_lazy("Rung")
    )
    since = forms.DateField(
        label=gettext_lazy("Granted on"),
        widget=forms.DateInput({"type": "date"}, format="%Y-%m-%d"),
    )
    document = forms.CharField(label=gettext_lazy("Document"), max_length=120, required=False)

    def __init__(self, *given: Any) -> None:
        super().__init__(*given)
        granted = Rung.objects.filter(retired=False, known_by=Rung.TITLE)
        self.fields["rung"].queryset = granted  # type: ignore[attr-defined]


def _reader(request: HttpRequest) -> Scope:
    sight = scope(request.user)
    if not has_figures_somewhere(sight):
        raise PermissionDenied
    return sight


@login_required
@require_safe
def ladder(request: HttpRequest) -> HttpResponse:
    """Show the rungs, and who could climb next or, for `on`, who stands there."""
    sight = _reader(request)
    found = standings(readable(sight))
    if found is None:
        return render(request, "enterprises/ladder.html", {"rungs": []})
    places = {rung.code: n for n, rung in enumerate(found.rungs)}
    on, to = request.GET.get("on", ""), request.GET.get("to", "")
    lack = lacking(request.GET.get("lack"))
    counts = found.counts()
    ready, near = _counted(found.candidates(MOST_LACKING), len(found.rungs))
    context: dict[str, Any] = {
        "year": found.year,
        "rungs": [
            {
                "rung": rung, "count": count, "new": new, "ready": ready[n], "near": near[n],
                "share": count / (max(c for _r, c, _n in counts) or 1),
            }
            for n, (rung, count, new) in enumerate(counts)
        ][::-1],
        "on": found.rungs[places[on]] if on in places else None,
        "to": found.rungs[places[to]] if to in places else None,
        "lack": lack,
        "lacks": range(MOST_LACKING + 1),
        "all": len(found.keys),
    }  # fmt: skip
    query = request.GET.copy()
    query.pop("page", None)
    context["query"] = query.urlencode()
    if on in places:
        firms = Enterprise.objects.filter(pk__in=found.standing_on(places[on]))
        context["page"] = Paginator(firms.order_by("code"), A_PAGE).get_page(
            request.GET.get("page")
        )
    else:
        climbers = found.candidates(lack, places.get(to))
        page = Paginator(climbers, A_PAGE).get_page(request.GET.get("page"))
        context["page"] = page
        context["candidates"] = lines(found.rungs, list(page.object_list))
        context["under_way"] = _under_way(sight, [c.enterprise for c in page.object_list])
    return render(request, "enterprises/ladder.html", context)


def _counted(climbers: list[Any], rungs: int) -> tuple[list[int], list[int]]:
    """Count for each rung who lacks nothing for it, and who lacks one thing."""
    ready, near = [0] * (rungs + 1), [0] * (rungs + 1)
    for one in climbers:
        if len(one.lacks) == 0:
            ready[one.at + 1] += 1
        elif len(one.lacks) == 1:
            near[one.at + 1] += 1
    return ready, near


def _under_way(sight: Scope, enterprises: list[int]) -> dict[tuple[int, int], NextStep]:
    found = sight.of(NextStep).filter(enterprise__in=enterprises).select_related("case")
    return {(step.enterprise_id, step.rung_id): step for step in found.order_by("id")}


def enterprise_of(sight: Scope, code: str) -> Enterprise:
    """Return an enterprise whose figures the person may read, or answer that there is none."""
    return get_object_or_404(readable(sight).select_related("area"), code=code)


@login_required
@require_safe
def climber(request: HttpRequest, enterprise: str) -> HttpResponse:
    sight = _reader(request)
    return _page(request, sight, enterprise_of(sight, enterprise), TitleForm())


def _page(
    request: HttpRequest, sight: Scope, row: Enterprise, form: TitleForm, status: int = 200
) -> HttpResponse:
    return render(
        request,
        "enterprises/climber.html",
        panel(sight, row) | {"row": row, "form": form, "may": steps.may_open(sight)},
        status=status,
    )


def panel(sight: Scope, row: Enterprise) -> dict[str, Any]:
    """Return what the panel of an enterprise shows: every rung with what it asks and has."""
    found = standings(Enterprise.objects.filter(pk=row.pk))
    here = found.climber(row.pk) if found else None
    if found is None or here is None:
        return {"ladder": []}
    titles = {t.rung_id: t for t in sight.of(Title).filter(enterprise=row)}
    made = sight.of(NextStep).filter(enterprise=row).select_related("case").order_by("id")
    steps_made = {step.rung_id: step for step in made}
    return {
        "year": found.year,
        "here": found.rungs[here.at],
        "next": found.rungs[here.at + 1] if here.at + 1 < len(found.rungs) else None,
        "climber": here,
        "ladder": [
            {
                "rung": rung, "met": list(found.met(0, rung.asks)), "title": titles.get(rung.pk),
                "step": steps_made.get(rung.pk), "is_here": n == here.at,
                "is_next": n == here.at + 1, "is_passed": n < here.at,
            }
            for n, rung in enumerate(found.rungs)
        ][::-1],
    }  # fmt: skip


@login_required
@require_POST
def next_step(request: HttpRequest, enterprise: str) -> HttpResponse:
    sight = _reader(request)
    row = enterprise_of(sight, enterprise)
    if not steps.may_open(sight):
        raise PermissionDenied
    assert isinstance(request.user, User)
    try:
        step = steps.open_step(row, request.user)
    except Refused as refusal:
        messages.error(request, str(refusal))
        return redirect("climber", enterprise=row.code)
    messages.success(request, _("The next step is case %(code)s.") % {"code": step.case.code})
    return redirect("climber", enterprise=row.code)


@login_required
@require_POST
def grant(request: HttpRequest, enterprise: str) -> HttpResponse:
    """Keep a title that the enterprise was granted."""
    sight = _reader(request)
    row = enterprise_of(sight, enterprise)
    if not TITLES.may(sight):
        raise PermissionDenied
    form = TitleForm(request.POST)
    if form.is_valid():
        told = form.cleaned_data | {"rung": form.cleaned_data["rung"].code, "enterprise": row.code}
        (outcome,) = TITLES.check(sight, [told])
        if isinstance(outcome, str):
            TITLES.write(sight, [told])
            messages.success(request, _("Kept."))
            return redirect("climber", enterprise=row.code)
        for wrong in outcome:
            form.add_error(wrong.column if wrong.column in form.fields else None, wrong.message)
    return _page(request, sight, row, form, 422)
