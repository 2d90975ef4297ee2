"""Pages of scoring schemes. Each parses, asks once, renders."""

from typing import Any

from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.http import urlencode
from django.views.decorators.http import require_safe

from linli.indicators import units, wording
from linli.indicators.models import TOWN, works_here
from linli.indicators.schemes import assessing, saying, standing
from linli.indicators.schemes.assessing import town_or
from linli.indicators.schemes.grammar import Item
from linli.indicators.schemes.models import Assessment, Scheme
from linli.indicators.schemes.standing import Ground, Line, Sheet
from linli.people.scope import Scope, scope
from linli.places.models import Area

SHOWN_PERIODS = 6
SHOWN_TASKS = 5
FIRST = 3  # of what to improve, on the page of the scheme
INSTEAD = "v-"  # before the code of an item, in a query: the figure to put in its place
HUGE = 1e15
Side = Assessment.Side


class Asked:
    """What a page of a scheme was asked for: the scheme, the period and the area."""

    def __init__(self, request: HttpRequest, code: str) -> None:
        self.sight = scope(request.user)
        if not works_here(self.sight):
            raise PermissionDenied
        self.scheme: Scheme = get_object_or_404(self.sight.of(Scheme), code=code)
        text = request.GET.get("period", "").strip()
        try:
            self.area: Area | None = assessing.area_with(
                self.scheme, request.GET.get("area", "").strip()
            )
            self.period = (
                assessing.period_with(self.scheme, text) if text else standing.usual(self.scheme)
            )
        except (LookupError, ValueError):
            raise Http404 from None

    @property
    def key(self) -> int:
        return town_or(self.area)

    def link(self, **others: str) -> str:
        """Return the query that leads to the same period and area, or to others."""
        told = {"period": self.period, "area": self.area.code if self.area else ""}
        return urlencode({name: value for name, value in (told | others).items() if value})

    def head(self, shown: Sheet) -> dict[str, Any]:
        """Return what every page of a scheme shows."""
        known = standing.periods(self.scheme)[:SHOWN_PERIODS]
        return {
            "scheme": self.scheme, "shown": shown, "period": self.period, "area": self.area,
            "words": wording.period(self.period), "query": self.link(),
            "threshold": saying.threshold(shown), "meter": meter(shown),
            "description": standing.said(self.scheme.told, "description"),
            "periods": [(one, wording.period(one), self.link(period=one)) for one in known],
        }  # fmt: skip


def percent(value: float, whole: float) -> str:
    """Write a part as a length of a picture, whatever the language."""
    return f"{100 * min(max(value / whole, 0.0), 1.0):.2f}%" if whole else "0%"


def meter(shown: Sheet, before: Sheet | None = None) -> dict[str, Any]:
    """Return the lengths of the bar that shows a total against its threshold."""
    return {
        "got": percent(shown.total, shown.points),
        "threshold": percent(shown.scheme.threshold, shown.points),
        "was": percent(before.total, shown.points) if before and before.is_known else "",
        "points": saying.points(shown.points),
        "limit": saying.points(shown.scheme.threshold),
    }  # fmt: skip


@login_required
@require_safe
def schemes(request: HttpRequest) -> HttpResponse:
    """List the schemes with their points; where there is one alone, show it."""
    sight = scope(request.user)
    if not works_here(sight):
        raise PermissionDenied
    rows = list(sight.of(Scheme))
    if len(rows) == 1:
        return redirect("scheme", code=rows[0].code)
    told = []
    for row in rows:
        shown = standing.sheet(row, standing.usual(row))
        told.append({"shown": shown, "words": wording.period(shown.period),
                     "threshold": saying.threshold(shown), "meter": meter(shown)})  # fmt: skip
    return render(request, "indicators/schemes.html", {"sheets": told})


@login_required
@require_safe
def scheme(request: HttpRequest, code: str) -> HttpResponse:
    """Show the tree with the points of every item, both judgements side by side."""
    asked = Asked(request, code)
    earlier = standing.before(asked.scheme, asked.period)
    areas = assessing.areas_of(asked.scheme)
    keys = {asked.key, TOWN, *(area.pk for area in areas)}
    ground = Ground(asked.scheme, [asked.period, earlier], sorted(keys))
    shown = ground.sheet(asked.period, asked.key)
    before = ground.sheet(earlier, asked.key)
    told = {**asked.head(shown), "meter": meter(shown, before if _change(shown, before) else None)}
    rows = [_row(line, shown, before) for line in shown.lines]
    tasks = _tasks(ground, asked, [] if asked.area else areas)
    return render(request, "indicators/scheme.html", {
        **told, "point": saying.point(shown), "was": saying.number(before.total),
        "branches": [_bar(line, before, shown) for line in shown.branches],
        "rows": rows, "before": before if before.is_known else None,
        "before_words": wording.period(earlier),
        "change": _change(shown, before),
        "tasks": tasks[:SHOWN_TASKS], "more_tasks": len(tasks[SHOWN_TASKS:]), "n": len(tasks),
        "first": [chance(one) for one in shown.ranked[:FIRST]],
        "places": _places(ground, asked, areas),
    })  # fmt: skip


def _change(shown: Sheet, before: Sheet, code: str = "") -> str:
    """Say how the whole or a branch changed; "" where it was not as well known before."""
    leaves = shown.below(code)
    if not leaves & shown.known or (leaves & shown.known) - before.known:
        return ""
    here, then = shown.line(code), before.line(code)
    now = (here.score or 0.0) if here else shown.total
    return saying.signed(now - ((then.score or 0.0) if then else before.total)) or "±0"


def _bar(line: Line, before: Sheet, shown: Sheet) -> dict[str, Any]:
    """Return a branch as a bar: how long it is, how much of it is full, where it was before."""
    widest = max(one.points for one in shown.branches)
    was, change = before.line(line.item.code), _change(shown, before, line.item.code)
    return {
        "line": line, "name": line.name, "score": saying.number(line.score),
        "points": saying.points(line.points), "whole": percent(line.points, widest),
        "got": percent(line.score or 0.0, widest), "lost": saying.number(line.lost),
        "was": percent(was.score or 0.0, widest) if was and change else "",
        "change": change,
    }  # fmt: skip


def _row(line: Line, shown: Sheet, before: Sheet) -> dict[str, Any]:
    return {
        "line": line, "figure": saying.figure(line), "rule": saying.rule(line),
        "judged": standing.said(line.item, "judged"),
        "score": saying.number(line.score), "points": saying.points(line.points),
        "got": percent(line.score or 0.0, line.points),
        "change": _change(shown, before, line.item.code),
        "difference": saying.signed(line.difference),
    }  # fmt: skip


def _tasks(ground: Ground, asked: Asked, others: list[Area]) -> list[dict[str, Any]]:
    """Return what waits for somebody here, and in other areas."""
    found = []
    for area in [asked.area, *others]:
        for line in ground.sheet(asked.period, town_or(area)).leaves:
            task = _task(line, asked.sight, asked.scheme, area)
            if task:
                there = asked.link(area=area.code if area else "")
                found.append({"line": line, "task": task, "query": there,
                              "area": area if area != asked.area else None})  # fmt: skip
    return found


def _task(line: Line, sight: Scope, scheme: Scheme, area: Area | None) -> str:
    """Return what somebody has to do about an item: assess it, review it, or nothing ("")."""
    sides = assessing.sides(sight, scheme, line.item, area)
    if Side.OWN in sides and line.own is None:
        return "assess"
    is_theirs = line.own is not None and line.own.by_id == sight.user.pk
    if Side.REVIEW in sides and not is_theirs and (line.is_provisional or line.is_outrun):
        return "review"
    return ""


def _places(ground: Ground, asked: Asked, areas: list[Area]) -> list[dict[str, Any]]:
    """Return the areas beside each other, the most points first; none of which nothing is known."""
    sheets = [(area, ground.sheet(asked.period, area.pk)) for area in areas]
    known = [(area, shown) for area, shown in sheets if shown.is_known]
    return [
        {
            "area": area, "shown": shown, "meter": meter(shown), "is_here": area == asked.area,
            "query": asked.link(area=area.code), "unknown": len(shown.unknown),
            "total": saying.number(shown.total),
        }
        for area, shown in sorted(known, key=lambda pair: (-pair[1].total, pair[0].code))
    ]  # fmt: skip


# --- what to improve first -------------------------------------------------------------------


def chance(one: tuple[Line, Any, float | None]) -> dict[str, Any]:
    """Return what an item would give next, as pages say it."""
    line, gain, enough = one
    return {
        "line": line, "now": saying.figure(line), "figure": saying.figure(line, gain.figure),
        "points": saying.number(gain.points), "way": round(100 * gain.way),
        "alone": saying.figure(line, enough) if enough is not None else "",
    }  # fmt: skip


@login_required
@require_safe
def improve(request: HttpRequest, code: str) -> HttpResponse:
    """Rank what would give points for the shortest way, and compute what figures would make."""
    asked = Asked(request, code)
    given, wrong = instead_of(request, asked.scheme.told.item)
    ground = Ground(asked.scheme, [asked.period], [asked.key])
    real = ground.sheet(asked.period, asked.key)
    shown = ground.sheet(asked.period, asked.key, given) if given else real
    plan = shown.plan
    context = {
        **asked.head(shown), "real": real, "is_tried": bool(given), "wrong": wrong,
        "by": saying.signed(shown.total - real.total, 2) or "±0",
        "ranked": [chance(one) for one in shown.ranked],
        "out_of_reach": plan is None,
        "plan": [
            {"line": line, "now": saying.figure(line), "figure": saying.figure(line, move.figure),
             "points": saying.number(move.points, 2),
             "together": saying.number(move.together, 2)}
            for line, move in plan or []
        ],
        "fields": [
            _field(line, shown.leaves[place], given, wrong)
            for place, line in enumerate(real.leaves)
        ],
    }  # fmt: skip
    return render(
        request, "indicators/scheme_improve.html", context, status=422 if wrong else 200
    )  # fmt: skip


def _field(line: Line, tried: Line, given: dict[str, float], wrong: list[str]) -> dict[str, Any]:
    """Return a field in which a figure may be tried, and how far its slider reaches."""
    rule, code = line.item, line.item.code
    ends = [0.0, line.points]
    if rule.linear:
        ends = [rule.linear.nothing, rule.linear.full]
    elif rule.steps:
        ends = [0.0, *(step.at for step in rule.steps)]
    ends += [] if line.value is None else [line.value]
    return {
        "line": line, "name": INSTEAD + code, "real": saying.figure(line),
        "given": f"{given[code]:g}" if code in given else "",
        "unit": units.label(line.indicator.unit if line.indicator else "points"),
        "low": f"{min(ends):.6g}", "high": f"{max(ends):.6g}", "step": f"{10**-line.decimals:g}",
        "now": "" if line.value is None else f"{line.value:.{line.decimals}f}",
        "gives": saying.number(tried.score, 2), "of": saying.points(line.points),
        "by": saying.signed((tried.score or 0.0) - (line.score or 0.0), 2),
        "wrong": code in wrong,
    }  # fmt: skip


def instead_of(request: HttpRequest, items: list[Item]) -> tuple[dict[str, float], list[str]]:
    """Read the figures to put in place of the real ones, and which are no figures."""
    given, wrong = {}, []
    for item in items:
        text = request.GET.get(INSTEAD + item.code, "").replace(",", "").strip()
        if not text:
            continue
        try:
            value = float(text)
        except ValueError:
            value = float("nan")
        if abs(value) <= HUGE:
            given[item.code] = value
        else:
            wrong.append(item.code)
    return given, wrong
