"""Pages of performance on a mu of land: the leagues by industry, and one enterprise."""

from collections import Counter
from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from linli.cases.refusal import Refused
from linli.enterprises import quantities
from linli.enterprises.industries import industry
from linli.enterprises.ladder.views import enterprise_of
from linli.enterprises.models import Enterprise
from linli.enterprises.per_mu import appeals
from linli.enterprises.per_mu.chances import chance, figures_of
from linli.enterprises.per_mu.models import Appeal, Scheme, Score
from linli.enterprises.visibility import has_figures_somewhere, keeps
from linli.people.models import User
from linli.people.scope import Scope, scope

A_PAGE, MOST_OPEN = 50, 20


class AppealForm(forms.Form):
    """Which figure is wrong, what it should be, and why."""

    figure = forms.ChoiceField(label=gettext_lazy("Figure"))
    claimed = forms.FloatField(
        label=gettext_lazy("Should be"),
        help_text=gettext_lazy("Money in 10,000 yuan, energy in tce, emissions in t, land in mu."),
    )
    reason = forms.CharField(
        label=gettext_lazy("Reason"), max_length=600, widget=forms.Textarea({"rows": 3})
    )

    def __init__(self, figures: list[str], *given: Any) -> None:
        super().__init__(*given)
        choices = [(name, quantities.label(name)) for name in figures]
        self.fields["figure"].choices = choices  # type: ignore[attr-defined]


class RulingForm(forms.Form):
    """Whether an appeal is upheld, and why."""

    upheld = forms.TypedChoiceField(
        label=gettext_lazy("Ruling"), coerce=lambda value: value == "yes",
        choices=[("yes", gettext_lazy("Upheld: correct the figure")),
                 ("no", gettext_lazy("Rejected"))],
        widget=forms.RadioSelect,
    )  # fmt: skip
    words = forms.CharField(label=gettext_lazy("Reason"), max_length=600)


def _user(request: HttpRequest) -> User:
    assert isinstance(request.user, User)
    return request.user


def _reader(request: HttpRequest) -> Scope:
    sight = scope(request.user)
    if not has_figures_somewhere(sight):
        raise PermissionDenied
    return sight


def group_name(group: str) -> str:
    """Return what a league is called."""
    found = industry(group) if group else None
    return str(found) if found else _("Other industries together")


@login_required
@require_safe
def league(request: HttpRequest) -> HttpResponse:
    """Show the leagues of a year: all industries with their classes, and one of them."""
    sight = _reader(request)
    seen = sight.of(Score)
    years = list(seen.order_by("-year").values_list("year", flat=True).distinct())
    asked = request.GET.get("year", "")
    year = int(asked) if asked.isdecimal() and int(asked) in years else (years or [None])[0]
    rows = seen.filter(year=year)
    told = list(rows.order_by().values_list("group", "grade", "rank"))
    groups = _groups([(group, grade) for group, grade, rank in told if rank])
    group = request.GET.get("group", groups[0]["group"] if groups else "")
    shown = rows.filter(rank__isnull=False, group=group).select_related("enterprise", "scheme")
    page = Paginator(shown.order_by("rank"), A_PAGE).get_page(request.GET.get("page"))
    scheme = Scheme.objects.filter(retired=False).first()
    return render(
        request,
        "enterprises/per_mu.html",
        {
            "year": year, "years": years, "groups": groups, "group": group,
            "group_name": group_name(group), "page": page, "scheme": scheme,
            "grades": [grade["code"] for grade in scheme.classes] if scheme else [],
            "measures": _measures(scheme), "query": f"year={year}&group={group}",
            "unscored": rows.filter(rank=None).select_related("enterprise")[:A_PAGE],
            "appeals": sight.of(Appeal).filter(state=Appeal.State.OPEN).select_related(
                "enterprise")[:MOST_OPEN] if keeps(sight) else [],
        },
    )  # fmt: skip


def _groups(told: list[tuple[str, str]]) -> list[dict[str, Any]]:
    counts = Counter(told)
    sizes = Counter(group for group, _grade in told)
    return [
        {
            "group": group, "name": group_name(group), "n": n,
            "grades": {grade: c for (g, grade), c in counts.items() if g == group},
        }
        for group, n in sorted(sizes.items(), key=lambda one: (one[0] == "", -one[1], one[0]))
    ]  # fmt: skip


def _measures(scheme: Scheme | None) -> list[dict[str, Any]]:
    english = (get_language() or "").startswith("en")
    return [
        measure | {"label": (english and measure["name_en"]) or measure["name"]}
        for measure in (scheme.measures if scheme else ())
    ]


@login_required
@require_safe
def score_of(request: HttpRequest, enterprise: str) -> HttpResponse:
    sight = _reader(request)
    return _page(request, sight, enterprise_of(sight, enterprise))


def _page(
    request: HttpRequest, sight: Scope, row: Enterprise, form: AppealForm | None = None,
    status: int = 200,
) -> HttpResponse:  # fmt: skip
    asked = request.GET.get("year", "")
    context = panel(sight, row, int(asked) if asked.isdecimal() and len(asked) == 4 else None)
    score = context["score"]
    if form is None and score and appeals.may_appeal(sight, row):
        form = AppealForm(score.scheme.figures)
    own = sight.of(Appeal).filter(enterprise=row).select_related("by", "ruled_by")
    told = [
        {"appeal": one, "form": RulingForm() if appeals.may_rule(sight, one) else None}
        for one in own[:MOST_OPEN]
    ]
    return render(
        request,
        "enterprises/score.html",
        context | {"row": row, "form": form, "appeals": told},
        status=status,
    )


def panel(sight: Scope, row: Enterprise, year: int | None = None) -> dict[str, Any]:
    """Return what the panel of an enterprise shows: its score, its years, what would lift it."""
    scores = list(sight.of(Score).filter(enterprise=row).select_related("scheme").order_by("-year"))
    chosen = next((s for s in scores if s.year == year), scores[0] if scores else None)
    if chosen is None:
        return {"score": None, "scores": []}
    found = chance(chosen)
    figures = figures_of(chosen)
    return {
        "score": chosen,
        "scores": scores,
        "group_name": group_name(chosen.group),
        "parts": [
            measure | chosen.parts.get(measure["code"], {"points": None})
            | {"share": (chosen.parts.get(measure["code"], {}).get("points") or 0)
               / (measure["weight"] * chosen.scheme.cap), "most": measure["weight"]
               * chosen.scheme.cap}
            for measure in _measures(chosen.scheme)
        ],
        "lacks": [quantities.label(name) for name in chosen.lacks],
        "figures": [(quantities.label(n), quantities.quantity(n, v) if v is not None else "–")
                    for n, v in figures.items()],
        "chance": found,
        "singles": [
            {
                "label": quantities.label(one.figure),
                "now": quantities.quantity(one.figure, one.now),
                "needed": None if one.needed is None
                else quantities.quantity(one.figure, one.needed),
                "change": None if one.change is None else _percent(100 * one.change),
            }
            for one in found.singles
        ] if found else [],
        "pairs": [
            [
                {"label": quantities.label(name), "change": _percent(percent),
                 "needed": quantities.quantity(name, needed)}
                for name, percent, needed in zip(
                    pair.figures, pair.percent, pair.needed, strict=True)
            ]
            for pair in found.pairs
        ] if found else [],
    }  # fmt: skip


def _percent(value: float) -> str:
    return ("+" if value > 0 else "") + quantities.number(value) + " %"


@login_required
@require_POST
def appeal(request: HttpRequest, enterprise: str) -> HttpResponse:
    """Appeal against a figure behind the score of the year in the address."""
    sight = _reader(request)
    row = enterprise_of(sight, enterprise)
    if not appeals.may_appeal(sight, row):
        raise PermissionDenied
    asked = request.GET.get("year", "")
    scores = sight.of(Score).filter(enterprise=row).select_related("scheme").order_by("-year")
    score = scores.filter(year=int(asked)).first() if asked.isdecimal() else scores.first()
    form = AppealForm(score.scheme.figures if score else [], request.POST)
    if form.is_valid() and score:
        told = form.cleaned_data
        try:
            appeals.appeal(
                row, score.year, told["figure"], told["claimed"], told["reason"], _user(request)
            )
        except Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, _("The appeal waits for a ruling by another person."))
            return redirect("score", enterprise=row.code)
    return _page(request, sight, row, form, 422)


@login_required
@require_POST
def rule_on(request: HttpRequest, pk: int) -> HttpResponse:
    """Rule on an appeal."""
    sight = _reader(request)
    row = get_object_or_404(sight.of(Appeal).select_related("enterprise"), pk=pk)
    if not keeps(sight):
        raise PermissionDenied
    form = RulingForm(request.POST)
    if form.is_valid():
        try:
            appeals.rule(row, _user(request), form.cleaned_data["upheld"],
                         form.cleaned_data["words"])  # fmt: skip
        except Refused as refusal:
            messages.error(request, str(refusal))
        else:
            messages.success(request, _("Ruled on; the scores follow the figures."))
    else:
        messages.error(request, _("A ruling needs a reason."))
    return redirect("score", enterprise=row.enterprise.code)
