"""The league pages: who stands where in a period, why, and the cases behind each figure."""

from collections.abc import Mapping
from datetime import date
from typing import Any
from urllib.parse import urlencode

from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from linli.cases.due import next_due
from linli.cases.listing import A_PAGE, in_brief
from linli.cases.models import Case
from linli.clock import now
from linli.people.scope import Scope, scope
from linli.places.models import COMMUNITY, SERVICE, Area
from linli.scores import kept
from linli.scores.figures import Figure
from linli.scores.leagues import CONTESTS, DEPARTMENTS, GRIDS, MEASURES, TEAMS, Standing, why
from linli.scores.models import KeptLeague, Placing, Tally
from linli.scores.periods import Period, local_day, month_of, parse, shifted
from linli.web.context import works_here

NAMES = {
    GRIDS: _("Grids against grids"),
    DEPARTMENTS: _("Departments against departments"),
    TEAMS: _("Teams against teams"),
}
LAYERS = {COMMUNITY: _("Community grids"), SERVICE: _("Service grids")}
KINDS = {
    "grid": _("Grid"),
    "village": _("Village"),
    "community": _("Community"),
    "town": _("Town"),
    "district": _("District"),
    "city": _("City"),
}
SHOWN = 25
WIDE, HIGH = 104, 24  # of a line through the last twelve months


def asked_for(query: Mapping[str, Any]) -> dict[str, Any]:
    """Read which league is asked for; what is missing or mistyped gets a sensible value."""
    contest = query.get("contest", GRIDS)
    layer = query.get("layer", COMMUNITY)
    kind = query.get("kind", "grid")
    asked: dict[str, Any] = {
        "contest": contest if contest in CONTESTS else GRIDS,
        "layer": layer if layer in LAYERS else COMMUNITY,
        "kind": kind if kind in KINDS else "grid",
        "fault": "",
    }
    text = query.get("period", "").strip()
    try:
        asked["period"] = parse(text) if text else month_of(_last_day())
    except ValueError as fault:
        asked["period"], asked["fault"] = month_of(_last_day()), str(fault)
    return asked


def _last_day() -> date:
    last = Tally.objects.order_by("-day").values_list("day", flat=True)
    return last.filter(kind=Tally.Kind.TOWN).first() or local_day(now())


def table_of(asked: dict[str, Any]) -> KeptLeague:
    return kept.kept(asked["contest"], asked["period"], asked["layer"], asked["kind"])


def _query(asked: dict[str, Any], **other: Any) -> str:
    names = ("contest", "layer", "kind", "period")
    return urlencode({name: str(other.get(name, asked[name])) for name in names})


def _for_staff(sight: Scope) -> None:
    if not works_here(sight.user):
        raise PermissionDenied


def _periods(asked: dict[str, Any]) -> dict[str, Any]:
    """Return where the picker leads: before, after, and the month, quarter and year around."""
    period: Period = asked["period"]
    day = min(period.last, max(local_day(now()), period.first))
    around = (
        (_("Month"), month_of(day)),
        (_("Quarter"), parse(f"{day.year:04d}Q{(day.month + 2) // 3}")),
        (_("Year"), parse(f"{day.year:04d}")),
    )
    following = shifted(period, 1)
    return {
        "before": _query(asked, period=shifted(period, -1)),
        "after": _query(asked, period=following) if following.first <= local_day(now()) else "",
        "around": [(label, _query(asked, period=p), p == period) for label, p in around],
    }


@login_required
@require_safe
def leagues(request: HttpRequest) -> HttpResponse:
    _for_staff(scope(request.user))
    asked = asked_for(request.GET)
    table = table_of(asked)
    page = Paginator(table.placings.order_by("rank", "id"), SHOWN).get_page(request.GET.get("page"))
    placings = list(page)
    keys = [placing.unit for placing in placings]
    before, lines = kept.ranks_before(table, keys), kept.months_before(table, keys)
    kinds = set(Area.objects.filter(retired=False).values_list("kind", flat=True).distinct())
    return render(
        request,
        "web/leagues.html",
        {
            "asked": asked,
            "name": NAMES[asked["contest"]],
            "contests": NAMES.items(),
            "layers": LAYERS.items(),
            "kinds": [(k, label) for k, label in KINDS.items() if k in kinds],
            "table": table,
            "measures": [(m, MEASURES[m].label, w) for m, w in table.weights.items()],
            "rows": [
                (s, _move(s, before), _line(lines[s.unit.pk]), why(s)[:1])
                for s in kept.standings(table, placings)
            ],
            "page": page,
            "span": kept.span(table),
            "query": _query(asked),
            "periods": _periods(asked),
        },
    )


def _move(standing: Standing, ranks: dict[int, int] | None) -> dict[str, Any]:
    """Say how a rank changed; within its own interval a change says little."""
    if ranks is None:
        return {}
    before = ranks.get(standing.unit.pk)
    if before is None:
        return {"before": None}
    return {
        "before": before,
        "by": abs(before - standing.rank),
        "up": standing.rank < before,
        "certain": not standing.rank_low <= before <= standing.rank_high,
    }


def _line(scores: list[tuple[date, float]]) -> str:
    """Return the points of a line through monthly scores, from their lowest to their highest."""
    if len(scores) < 2:
        return ""
    low, high = min(s for _day, s in scores), max(s for _day, s in scores)
    step, room = (WIDE - 4) / (len(scores) - 1), max(high - low, 4.0)
    return " ".join(
        f"{2 + i * step:.1f},{HIGH - 3 - (s - low) / room * (HIGH - 6):.1f}"
        for i, (_day, s) in enumerate(scores)
    )


def standing_of(asked: dict[str, Any], code: str | None) -> tuple[KeptLeague, Standing]:
    table = table_of(asked)
    model = kept.units_of(table)
    unit = model.objects.filter(code=code).values_list("pk", flat=True).first()
    placing = Placing.objects.filter(league=table, unit=unit).first() if unit else None
    if placing is None:
        raise Http404
    return table, kept.standings(table, [placing])[0]


@login_required
@require_safe
def reasons(request: HttpRequest) -> HttpResponse:
    """Say why one unit stands where it does; a part of the page for htmx."""
    _for_staff(scope(request.user))
    asked = asked_for(request.GET)
    table, standing = standing_of(asked, request.GET.get("unit"))
    part = "web/_reasons.html" if request.headers.get("HX-Request") else "web/reasons.html"
    lines = kept.months_before(table, [standing.unit.pk])[standing.unit.pk]
    return render(
        request,
        part,
        {
            "asked": asked,
            "name": NAMES[asked["contest"]],
            "query": _query(asked),
            "standing": standing,
            "measures": [(m, MEASURES[m], w) for m, w in table.weights.items()],
            "reasons": why(standing),
            "months": lines,
            "average": sum(100 * part.weight * part.overall for part in standing.parts.values()),
        },
    )


def cases_counted(sight: Scope, counted: Figure) -> QuerySet[Case]:
    """Return the cases a figure counts, as far as a person sees them, the newest first."""
    return sight.of(Case).filter(pk__in=counted.cases().values("pk")).order_by("-id")


@login_required
@require_safe
def figure(request: HttpRequest) -> HttpResponse:
    """List the cases that one figure of one standing counts, as far as the person sees them."""
    sight = scope(request.user)
    _for_staff(sight)
    asked = asked_for(request.GET)
    table, standing = standing_of(asked, request.GET.get("unit"))
    measure = MEASURES.get(request.GET.get("measure", ""))
    if measure is None or not measure.of:
        raise Http404
    counted = kept.as_league(table).figure(standing, *measure.of)
    cases = cases_counted(sight, counted)
    page = Paginator(in_brief(cases), A_PAGE).get_page(request.GET.get("page"))
    query = request.GET.copy()
    query.pop("page", None)
    return render(
        request,
        "web/figure.html",
        {
            "asked": asked,
            "standing": standing,
            "measure": measure,
            "value": counted.value(),
            "page": page,
            "rows": [(case, next_due(case)) for case in page],
            "query": query.urlencode(),
        },
    )
