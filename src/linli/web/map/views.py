"""The map page: figures by grid, from the whole town down to a single case."""

from datetime import date
from typing import Any

from django import forms
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from linli.cases.due import next_due
from linli.cases.forms import Select, by_code, categories
from linli.cases.listing import in_brief
from linli.cases.models import Case
from linli.cases.points import points
from linli.people.scope import Scope, scope
from linli.places.models import Area, Layer
from linli.web.context import works_here
from linli.web.map.asked import LAYERS, Asked, asked, months
from linli.web.map.ground import both_grids
from linli.web.map.measures import MEASURES, Pair, by_grid, cases_behind

SHOWN = 50


class Choices(forms.Form):
    """What may be chosen: layer, measure, category, and a month for what is not counted now."""

    layer = forms.ChoiceField(widget=forms.RadioSelect)
    measure = forms.ChoiceField(label=_("Figure"))
    category = forms.ChoiceField(label=_("Category"), widget=Select)
    month = forms.ChoiceField(label=_("Month"))

    def __init__(self, wanted: Asked, offered: list[date]) -> None:
        super().__init__(auto_id="map-%s", label_suffix="", initial={
            "layer": wanted.layer, "measure": wanted.name, "category": wanted.category or "",
            "month": f"{wanted.month:%Y-%m}",
        })  # fmt: skip
        layers = Layer.objects.filter(code__in=LAYERS)
        months = [f"{month:%Y-%m}" for month in offered]
        choices: dict[str, list] = {
            "layer": [(layer.code, str(layer)) for layer in layers],
            "measure": [(name, measure.label) for name, measure in MEASURES.items()],
            "category": [("", _("All")), *categories()],
            "month": [(month, month) for month in months],
        }
        for name, options in choices.items():
            self.fields[name].choices = options  # type: ignore[attr-defined]


@login_required
@require_safe
def page(request: HttpRequest) -> HttpResponse:
    """Show the map, or only the panel beside it (`part`) when the page has it already."""
    sight = scope(request.user)
    offered = months()
    wanted = asked(request.GET, offered)
    sees_figures = works_here(request.user)
    told = _panel(sight, wanted, sees_figures, request.GET.get("case", ""))
    if "part" in request.GET:
        return render(request, "web/map/_panel.html", told)
    return render(request, "web/map/map.html", told | {"form": Choices(wanted, offered)})


def _panel(sight: Scope, wanted: Asked, sees_figures: bool, code: str) -> dict[str, Any]:
    places = _places(wanted) if sees_figures else {"values": {}, "children": []}
    shown = by_code(sight, code) if code else None
    cases, more = _cases(sight, wanted, sees_figures)
    rows = [(case, next_due(case)) for case in cases]
    return {
        "asked": wanted,
        "trail": [(area, wanted.query(area=area.code)) for area in wanted.trail],
        "here": wanted.query(),
        "sees_figures": sees_figures,
        "places": places,
        "rows": rows,
        "more": more,
        "shown": shown,
        "due": next_due(shown) if shown else None,
        "state": {
            "layer": wanted.layer,
            "isNow": wanted.measure.is_now,
            "path": wanted.area.path,
            "bounds": [round(side, 5) for side in wanted.area.geometry.bounds],
            "isWhole": wanted.area.parent_id is None,
            "figures": places["values"],
            "unit": " %" if wanted.measure.of else "",
            "overdue": wanted.name == "overdue",
            "children": [
                {"at": [area.lon, area.lat], "text": f"{area}\n{_said(wanted, value)}"}
                for area, value, _query in places["children"]
            ],
            "points": points(cases),
            "case": _place(shown) if shown else None,
        },
    }


def _said(wanted: Asked, value: int | None) -> str:
    if value is None:
        return "–"
    return f"{value} %" if wanted.measure.of else f"{value:,}"


def _places(wanted: Asked) -> dict[str, Any]:
    """Return the measure of each grid in the area, of what it is divided into, and of itself."""
    measure = wanted.measure
    pairs = by_grid(measure, wanted.layer, wanted.month, wanted.categories)

    def total(area: Area) -> int | None:
        inside: list[Pair] = [pairs[g.pk] for g in wanted.grids if g.pk in pairs and area.covers(g)]
        return measure.value((sum(n for n, _of in inside), sum(of for _n, of in inside)))

    children = [(area, total(area), wanted.query(area=area.code)) for area in wanted.children]
    children.sort(key=lambda child: (-(child[1] if child[1] is not None else -1), child[0].code))
    values = {g.code: measure.value(pairs[g.pk]) for g in wanted.grids if g.pk in pairs}
    return {
        "values": {code: value for code, value in values.items() if value is not None},
        "children": children,
        "lines": [(area, _said(wanted, value), query) for area, value, query in children],
        "value": total(wanted.area),
        "said": _said(wanted, total(wanted.area)),
    }


def _cases(sight: Scope, wanted: Asked, sees_figures: bool) -> tuple[list[Case], bool]:
    """Return the newest cases behind the figure of a single grid, as far as the person sees them.

    Who has no office in the town sees no figures, and their own cases at once.
    """
    theirs = sight.of(Case)
    if sees_figures:
        if not wanted.area.is_grid:
            return [], False
        theirs = theirs.filter(
            cases_behind(
                wanted.measure, wanted.layer, [wanted.area.pk], wanted.month, wanted.categories
            )
        )
    found = list(in_brief(theirs.order_by("-id"))[: SHOWN + 1])
    return found[:SHOWN], len(found) > SHOWN


def _place(case: Case) -> dict[str, Any]:
    return {
        "at": None if case.lon is None else [case.lon, case.lat],
        "exact": case.located_by == "point",
        "grids": both_grids(case),
    }
