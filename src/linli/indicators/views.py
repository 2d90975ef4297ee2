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

from linli.indicators import showing, spans, telling, wording
from linli.indicators.bulletins.reach import leads
from linli.indicators.figures import FIGURES, may_enter
from linli.indicators.known import present
from linli.indicators.models import Indicator, works_here
from linli.people.scope import Scope, scope
from linli.rest.listing import joined, rows_of
from linli.tables import Kind, Wrong, declared

A_PAGE = 50


def _sight(request: HttpRequest) -> Scope:
    sight = scope(request.user)
    if not works_here(sight):
        raise PermissionDenied
    return sight


@login_required
@require_safe
def overview(request: HttpRequest) -> HttpResponse:
    """Show all indicators as a table: value, change, pace, how it went."""
    sight = _sight(request)
    lines = [
        {"line": line, "light": telling.light(line.light), "group": line.indicator.said("group"),
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
    shown = showing.sheet(found, showing.area_of(request.GET.get("area", "")))
    context = telling.page(shown) | {
        "may_enter": bool(shown.entry.entered) and may_enter(sight, found),
        "wrongs": wrongs or [], "given": request.POST,
    }  # fmt: skip
    return render(request, "indicators/indicator.html", context, status=status)


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
