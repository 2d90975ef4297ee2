"""The league page: who stands where in a period, why, and the cases behind each figure."""

from datetime import date
from typing import Any

from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
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
from linli.scores.leagues import CONTESTS, DEPARTMENTS, GRIDS, MEASURES, TEAMS, League, league, why
from linli.scores.models import Tally
from linli.scores.periods import local_day, month_of, parse
from linli.web.context import works_here

NAMES = {
    GRIDS: _("Grids against grids"),
    DEPARTMENTS: _("Departments against departments"),
    TEAMS: _("Teams against teams"),
}
LAYERS = {COMMUNITY: _("Community grids"), SERVICE: _("Service grids")}
KINDS = {
    "grid": _("Grid"),
    "community": _("Community"),
    "town": _("Town"),
    "district": _("District"),
    "city": _("City"),
}
SHOWN = 100


def _asked(request: HttpRequest) -> dict[str, Any]:
    """Read which league is asked for; what is missing or mistyped gets a sensible value."""
    contest = request.GET.get("contest", GRIDS)
    layer = request.GET.get("layer", COMMUNITY)
    kind = request.GET.get("kind", "grid")
    asked: dict[str, Any] = {
        "contest": contest if contest in CONTESTS else GRIDS,
        "layer": layer if layer in LAYERS else COMMUNITY,
        "kind": kind if kind in KINDS else "grid",
        "fault": "",
    }
    text = request.GET.get("period", "").strip()
    try:
        asked["period"] = parse(text) if text else month_of(_last_day())
    except ValueError as fault:
        asked["period"], asked["fault"] = month_of(_last_day()), str(fault)
    return asked


def _last_day() -> date:
    last = Tally.objects.order_by("-day").values_list("day", flat=True).first()
    return last or local_day(now())


def _table(asked: dict[str, Any]) -> League:
    return league(asked["contest"], asked["period"], area_kind=asked["kind"], layer=asked["layer"])


def _for_staff(sight: Scope) -> None:
    if not works_here(sight.user):
        raise PermissionDenied


@login_required
@require_safe
def leagues(request: HttpRequest) -> HttpResponse:
    _for_staff(scope(request.user))
    asked = _asked(request)
    table = _table(asked)
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
            "rows": [(s, why(s)[:5]) for s in table.standings[:SHOWN]],
            "left": max(len(table.standings) - SHOWN, 0),
        },
    )


@login_required
@require_safe
def figure(request: HttpRequest) -> HttpResponse:
    """List the cases that one figure of one standing counts, as far as the person sees them."""
    sight = scope(request.user)
    _for_staff(sight)
    asked = _asked(request)
    table = _table(asked)
    measure = MEASURES.get(request.GET.get("measure", ""))
    code = request.GET.get("unit")
    standing = next((s for s in table.standings if s.unit.code == code), None)
    if measure is None or standing is None or not measure.of:
        raise Http404
    counted = table.figure(standing, *measure.of)
    cases = sight.of(Case).filter(pk__in=counted.cases().values("pk")).order_by("-id")
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
