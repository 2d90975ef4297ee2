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
from linli.enterprises.ladder import board, steps
from linli.enterprises.ladder.climb import standings
from linli.enterprises.ladder.models import NextStep, Rung, Standing, Title
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
    standings = sight.of(Standing)
    lines = board.lines(standings)
    by_code = {line.rung.code: line.rung for line in lines}
    most = max((line.count for line in lines), default=0) or 1
    on, to = by_code.get(request.GET.get("on", "")), by_code.get(request.GET.get("to", ""))
    lack = board.lacking(request.GET.get("lack"))
    query = request.GET.copy()
    query.pop("page", None)
    context: dict[str, Any] = {
        "year": board.year_of(),
        "is_being_worked_out": board.is_being_worked_out(),
        "lines": [(line, line.count / most) for line in reversed(lines)],
        "on": on, "to": to, "lack": lack, "lacks": range(board.MOST_LACKING + 1),
        "all": sum(line.count for line in lines), "query": query.urlencode(),
    }  # fmt: skip
    if on:
        rows = standings.filter(rung=on).select_related("enterprise").order_by("enterprise__code")
    else:
        rows = board.candidates(sight, lack, to.code if to else "")
    page = context["page"] = Paginator(rows, A_PAGE).get_page(request.GET.get("page"))
    if not on:
        context["under_way"] = _under_way(sight, [row.enterprise_id for row in page])
    return render(request, "enterprises/ladder.html", context)


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
