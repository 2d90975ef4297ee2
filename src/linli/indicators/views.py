"""Pages of the indicators. Each parses, asks once, renders."""

from itertools import groupby
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.formats import number_format
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from linli.engines.pace import Light
from linli.indicators import showing, spans, units, wording
from linli.indicators.bulletins.reach import leads
from linli.indicators.figures import FIGURES, may_enter
from linli.indicators.known import present
from linli.indicators.models import Alarm, Figure, Indicator, Revision, works_here
from linli.people.scope import Scope, scope
from linli.places.atlas import atlas
from linli.rest.listing import joined, rows_of
from linli.tables import Kind, Wrong, declared

A_PAGE = 50
SHOWN_PERIODS = 24
SHOWN_REVISIONS = 10


def _sight(request: HttpRequest) -> Scope:
    sight = scope(request.user)
    if not works_here(sight):
        raise PermissionDenied
    return sight


def _light(light: Light | None) -> dict[str, Any] | None:
    if light is None:
        return None
    return {"name": light.value, "shape": wording.SHAPES[light], "word": wording.LIGHTS[light]}


@login_required
@require_safe
def overview(request: HttpRequest) -> HttpResponse:
    """Show all indicators as a table: value, change, pace, how it went."""
    sight = _sight(request)
    lines = [
        {"line": line, "light": _light(line.light), "group": line.indicator.said("group"),
         "lacking": wording.lacking(line.standing) if line.standing else ""}
        for line in showing.lines()
    ]  # fmt: skip
    groups = [(name, list(theirs)) for name, theirs in groupby(lines, key=lambda one: one["group"])]
    context = {"groups": groups, "leads": leads(sight)}
    return render(request, "indicators/indicators.html", context)


@login_required
@require_safe
def indicator(request: HttpRequest, code: str) -> HttpResponse:
    sight = _sight(request)
    found = get_object_or_404(sight.of(Indicator), code=code)
    return _page(request, sight, found)


def _page(
    request: HttpRequest, sight: Scope, found: Indicator, wrongs: list[Wrong] | None = None,
    status: int = 200,
) -> HttpResponse:  # fmt: skip
    area = showing.area_of(request.GET.get("area", ""))
    shown = showing.sheet(found, area)
    entry = shown.entry
    is_base = bool(entry.count or entry.sum)
    query = urlencode({"area": area.code}) if area else ""
    told = [
        {
            "period": wording.period(spans.name(n, entry.every)),
            "key": spans.name(n, entry.every), "value": wording.number(shown.values[n][0], entry),
            "n": shown.values[n][1], "change": showing.changed(entry, shown.values, n)[0],
            "is_over": n in shown.done,
        }
        for n in sorted(shown.values, reverse=True)[:SHOWN_PERIODS]
    ]  # fmt: skip
    context: dict[str, Any] = {
        "indicator": found, "entry": entry, "unit": units.label(entry.unit), "area": area,
        "above": _above(area), "query": query, "told": told, "is_base": is_base,
        "words": wording.in_words(shown.known, entry),
        "formula": wording.as_mathematics(shown.known, entry),
        "built_on": [shown.known.rows[c] for c in entry.built_on if c in shown.known.rows],
        "point": _point(shown), "chart": showing.chart(shown), "labels": _labels(shown),
        "trials": _trials(shown), "method": wording.METHODS.get(shown.forecast.get("method", "")),
        "areas": showing.by_area(shown),
        "last": wording.period(spans.name(shown.last, entry.every)) if shown.last else "",
        "last_key": spans.name(shown.last, entry.every) if shown.last else "",
        "standings": [_standing(one) for one in shown.standings],
        "revisions": _revisions(found, area, entry),
        "figures": _figures(found, entry) if entry.entered else [],
        "may_enter": bool(entry.entered) and may_enter(sight, found), "wrongs": wrongs or [],
        "given": request.POST,
    }  # fmt: skip
    return render(request, "indicators/indicator.html", context, status=status)


def _above(area: Any) -> list[Any]:
    """Return the areas on the way down to one, the town itself left out."""
    way, areas = [], atlas().areas
    while area is not None and area.parent_id in areas:
        area = areas[area.parent_id]
        if area.parent_id:
            way.append(area)
    return way[::-1]


def _point(shown: showing.Sheet) -> str:
    """Say in one sentence what the chart shows."""
    entry, last = shown.entry, shown.last
    if last is None:
        return _("Nothing is known yet")
    said = {
        "period": wording.period(spans.name(last, entry.every)),
        "value": wording.amount(shown.values[last][0], entry),
    }
    before = last - spans.A_YEAR[entry.every]
    if before in shown.values:
        was = wording.amount(shown.values[before][0], entry)
        if shown.values[last][0] > shown.values[before][0]:
            return _("It rose to %(value)s in %(period)s, from %(was)s a year before") % {
                **said, "was": was,
            }  # fmt: skip
        if shown.values[last][0] < shown.values[before][0]:
            return _("It fell to %(value)s in %(period)s, from %(was)s a year before") % {
                **said, "was": was,
            }  # fmt: skip
    return _("It stood at %(value)s in %(period)s") % said


def _labels(shown: showing.Sheet) -> dict[str, str]:
    method = shown.forecast.get("method", "")
    return {
        "value": str(shown.indicator), "path": _("path to the target"),
        "chosen": _("forecast: %(method)s") % {"method": wording.METHODS.get(method, "")},
        "naive": _("as it was last"), "seasonal-naive": _("as a year before"),
        "interval": _("90 % interval"), "unit": units.label(shown.entry.unit),
    }  # fmt: skip


def _trials(shown: showing.Sheet) -> list[dict[str, Any]]:
    chosen = shown.forecast.get("method", "")
    trials = shown.forecast.get("trials", {})
    return [
        {"name": wording.METHODS[name], "is_chosen": name == chosen,
         "mase": "∞" if trial["mase"] is None else number_format(trial["mase"], 2),
         "smape": number_format(trial["smape"], 1),
         "coverage": number_format(100 * trial["coverage"], 0)}
        for name, trial in trials.items()
        if name in wording.METHODS
    ]  # fmt: skip


def _standing(one: Any) -> dict[str, Any]:
    entry = one.entry
    alarm = (
        Alarm.objects.filter(target=one.target).select_related("case").defer("case__sketch")
        .first()
    )  # fmt: skip
    return {
        "target": one.target, "light": _light(one.light), "lacking": wording.lacking(one),
        "value": wording.amount(one.target.value, entry),
        "by": wording.period(one.target.by),
        "actual": wording.amount(one.actual, entry) if one.actual is not None else "–",
        "expected": wording.amount(one.expected, entry) if one.expected is not None else "–",
        "period": wording.period(one.period) if one.period else "", "alarm": alarm,
        "is_total": one.target.measure == "total",
        "path": {"linear": _("in equal steps"), "seasonal": _("as the seasons usually go"),
                 "steps": _("by fixed steps")}[one.target.path],
    }  # fmt: skip


def _revisions(found: Indicator, area: Any, entry: Any) -> list[dict[str, Any]]:
    rows = Revision.objects.filter(indicator=found, area=area.pk if area else 0)
    return [
        {"at": row.at, "period": wording.period(row.period), "why": row.get_why_display(),
         "before": wording.number(row.before, entry), "after": wording.number(row.after, entry)}
        for row in rows[:SHOWN_REVISIONS]
    ]  # fmt: skip


def _figures(found: Indicator, entry: Any) -> list[dict[str, Any]]:
    rows = Figure.objects.filter(indicator=found).select_related("area", "by").defer("area__wkb")
    return [
        {"row": row, "period": wording.period(row.period),
         "value": wording.number(row.value, entry)}
        for row in rows[:SHOWN_PERIODS]
    ]  # fmt: skip


@login_required
@require_safe
def rows(request: HttpRequest, code: str) -> HttpResponse:
    """List the rows that one value counts, as far as the person sees them."""
    sight = _sight(request)
    found = get_object_or_404(sight.of(Indicator), code=code)
    entry, area = found.formula, showing.area_of(request.GET.get("area", ""))
    asked = request.GET.get("period", "")
    try:
        n = spans.number(asked, entry.every) if asked else present()[entry.every]
    except ValueError:
        raise Http404 from None
    behind = showing.rows_behind(entry, n, area)
    if behind is None:
        raise Http404
    table, q = behind
    visible = showing.visible_rows(sight, table, q)
    page = Paginator(joined(visible, table), A_PAGE).get_page(request.GET.get("page"))
    columns = showing.columns_shown(table, entry)
    told = rows_of(table, list(page), sight)
    total = table.model._default_manager.filter(q).count()
    return render(
        request,
        "indicators/rows.html",
        {
            "indicator": found, "area": area, "table": table, "page": page,
            "period": wording.period(spans.name(n, entry.every)),
            "labels": [column.label for column in columns],
            "rows": [[_cell(column, row.get(column.name)) for column in columns] for row in told],
            "hidden": total - page.paginator.count, "own_list": showing.own_list(entry, n, area),
            "back": reverse("indicator", args=[found.code])
            + (f"?{urlencode({'area': area.code})}" if area else ""),
            "query": urlencode({"period": spans.name(n, entry.every),
                                **({"area": area.code} if area else {})}),
        },
    )  # fmt: skip


def _cell(column: Any, value: Any) -> str:
    if value is None or value == "":
        return "–"
    if column.kind == Kind.FLAG:
        return _("yes") if value else _("no")
    if column.kind == Kind.CHOICE:
        return str(dict(column.choices).get(value, value))
    if isinstance(value, list):
        return ", ".join(map(str, value))
    if isinstance(value, float):
        return number_format(round(value, 2), 2, force_grouping=True)
    return str(value)[:80]


@login_required
@require_POST
def enter(request: HttpRequest, code: str) -> HttpResponse:
    """Take a figure in that somebody entered, by the same door as imported ones."""
    sight = _sight(request)
    found = get_object_or_404(sight.of(Indicator), code=code)
    if not found.formula.entered or not may_enter(sight, found):
        raise PermissionDenied
    table = declared()["indicator-figures"]
    assert table.writer is FIGURES
    try:
        value: float | None = float(request.POST.get("value", "").replace(",", "").strip())
    except ValueError:
        value = None
    given = {
        "indicator": code, "period": request.POST.get("period", "").strip(), "value": value,
        "source": request.POST.get("source", "").strip(),
        "area": request.POST.get("area", "").strip(),
    }  # fmt: skip
    (outcome,) = FIGURES.check(sight, [given])
    if not isinstance(outcome, str):
        return _page(request, sight, found, list(outcome), 422)
    FIGURES.write(sight, [given])
    messages.success(request, _("The figure is kept, and everything that is built on it."))
    return redirect("indicator", code=code)
