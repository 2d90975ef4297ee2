"""The page on which the figures of one enterprise are given, one period at a time."""

from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from linli.cases.refusal import Refused
from linli.enterprises import giving, quantities
from linli.enterprises.figures import SIGNED
from linli.enterprises.models import FIGURES, OF_A_YEAR, Enterprise, Revision
from linli.enterprises.periods import NotAPeriod
from linli.enterprises.templatetags.figures import figure
from linli.enterprises.views import found, user_of
from linli.enterprises.visibility import works_here
from linli.people.scope import Scope, scope

WHOLE = ("staff", "researchers")
SHOWN = 40


class FiguresForm(forms.Form):
    """The figures somebody may give, and where they were taken from."""

    source = forms.CharField(
        label=gettext_lazy("Taken from"), max_length=200,
        help_text=gettext_lazy("Such as the monthly report, the tax office, the enterprise itself"),
    )  # fmt: skip

    def __init__(self, names: list[str], row: Any, *given: Any) -> None:
        super().__init__(*given)
        for name in names:
            field = self.fields[name] = _field(name)
            stands = getattr(row, name, None)
            if isinstance(stands, float) and stands.is_integer():
                stands = int(stands)  # 61000 rather than 61000.0
            field.initial = stands

    def figures(self) -> list[tuple[forms.BoundField, str]]:
        """Return the fields of figures, each with its unit."""
        return [(self[name], quantities.unit(name)) for name in self.fields if name != "source"]


def _field(name: str) -> forms.Field:
    label = quantities.label(name)
    if name == "above_scale":
        return forms.BooleanField(label=label, required=False)
    # A phone shows its keys for numbers; those have no minus on some.
    keys = "text" if name in SIGNED else "numeric" if name in WHOLE else "decimal"
    typed = forms.TextInput({"inputmode": keys, "autocomplete": "off"})
    if name in WHOLE:
        return forms.IntegerField(label=label, required=False, widget=typed)
    return forms.FloatField(label=label, required=False, widget=typed)


def _period(request: HttpRequest, enterprise: Enterprise) -> giving.Period:
    asked = request.GET.get("period")
    if asked is None:
        last = enterprise.years.order_by("-year").values_list("year", flat=True).first()
        return last or int(giving.offered()[0][1])
    try:
        return giving.period_of(asked)
    except NotAPeriod as error:
        raise Http404 from error


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def give_figures(request: HttpRequest, code: str) -> HttpResponse:
    """Show the figures of a period with those of the period before, and take in new ones."""
    sight = scope(request.user)
    row = found(sight, code)
    if not giving.may_give(sight, row):
        raise PermissionDenied
    period = _period(request, row)
    stands = giving.row_of(row, period)
    names = giving.figures_for(sight, period, stands)
    if request.method != "POST":
        return _shown(request, sight, row, period, FiguresForm(names, stands))
    form = FiguresForm(names, stands, request.POST)
    if form.is_valid():
        told = {name: form.cleaned_data[name] for name in names}
        try:
            wrongs = giving.give(row, period, told, form.cleaned_data["source"], user_of(request))
        except Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            for wrong in wrongs:
                at = wrong.column if wrong.column in form.fields else None
                form.add_error(at, wrong.message)
            if not wrongs:
                messages.success(request, _("Kept."))
                address = reverse("give-figures", args=[code])
                return redirect(f"{address}?period={giving.text_of(period)}")
    return _shown(request, sight, row, period, form, 422)


def _shown(
    request: HttpRequest, sight: Scope, row: Enterprise, period: giving.Period, form: FiguresForm,
    status: int = 200,
) -> HttpResponse:  # fmt: skip
    earlier = giving.before(period)
    stood = giving.row_of(row, earlier)
    stands = giving.row_of(row, period)
    years, months = giving.offered()
    is_year = isinstance(period, int)
    changes = Revision.objects.filter(enterprise=row).select_related("by")
    changes = changes.filter(**{"year" if is_year else "month": period})
    fixed = [n for n in (OF_A_YEAR if is_year else FIGURES)
             if n not in form.fields and getattr(stands, n, None) is not None]  # fmt: skip
    return render(
        request,
        "enterprises/figures.html",
        {
            "row": row, "form": form, "period": giving.text_of(period), "is_year": is_year,
            "years": years, "months": months, "earlier": giving.text_of(earlier),
            "fields": [
                (field, unit, figure(stood, field.name) if stood else "–")
                for field, unit in form.figures()
            ],
            "fixed": [(quantities.label(n), figure(stands, n), quantities.unit(n)) for n in fixed],
            "changes": changes[:SHOWN], "works_here": works_here(sight),
        },
        status=status,
    )  # fmt: skip
