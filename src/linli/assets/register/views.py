"""Pages over many assets: the tree, how they ran, when a plant works."""

from typing import Any

from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from linli.assets.register import figures, health, saying, spares, tree
from linli.assets.register.forms import CrewForm, DayForm, FilterForm, ShiftForm, this_month
from linli.assets.register.models import (
    Asset,
    AssetKind,
    CrewSkill,
    Level,
    Shift,
    ShiftDay,
    Spare,
)
from linli.assets.register.shifts import calendar_of
from linli.assets.register.visibility import OVERSEE, keeps, may_write, sees_any
from linli.clock import now
from linli.people.directory import directory
from linli.people.models import Organisation
from linli.people.scope import Scope, scope
from linli.scores.periods import local_day, parse

A_PAGE = 100
AHEAD = 14  # days of shifts a page shows


def at_assets(request: HttpRequest) -> Scope:
    """Return the scope of who asks; PermissionDenied for those who see no asset and never will."""
    sight = scope(request.user)
    if not (sight.has(*OVERSEE) or sees_any(sight)):
        raise PermissionDenied
    return sight


def found(sight: Scope, code: str) -> Asset:
    """Return an asset in sight; 404 if there is none."""
    rows: QuerySet[Asset] = sight.of(Asset)
    joined = rows.select_related("organisation", "area", "parent").defer("area__wkb")
    return get_object_or_404(joined, code=code)


@login_required
@require_safe
def asset_list(request: HttpRequest) -> HttpResponse:
    """Show the tree of assets, narrowed by words, kind or health, each with its health."""
    sight = at_assets(request)
    seen = sight.of(Asset).filter(retired=False)
    kinds = {kind.code: kind for kind in AssetKind.objects.filter(retired=False)}
    form = FilterForm(request.GET, list(kinds.values()))
    given = form.cleaned_data if form.is_valid() else {}
    verdicts = health.verdicts(seen)
    rows = seen
    if words := given.get("q", "").strip():
        rows = rows.filter(
            Q(code__icontains=words) | Q(name__icontains=words) | Q(name_en__icontains=words)
            | Q(serial__iexact=words)
        )  # fmt: skip
    if given.get("kind"):
        rows = rows.filter(kind=given["kind"])
    if given.get("state"):
        rows = rows.filter(code__in=[v.of.code for v in verdicts.values()
                                     if v.state == given["state"]])  # fmt: skip
    is_narrowed = any(given.values())
    if not is_narrowed:
        rows = rows.exclude(level=Level.PART)  # a part stands on the page of its machine
    page = Paginator(rows.select_related("organisation").order_by("path"), A_PAGE).get_page(
        request.GET.get("page")
    )
    query = request.GET.copy()
    query.pop("page", None)
    return render(
        request,
        "register/assets.html",
        {
            "page": page, "form": form, "query": query.urlencode(), "is_narrowed": is_narrowed,
            "rows": [
                (0 if is_narrowed else min(depth, 3), row, kinds.get(row.kind),
                 verdicts.get(row.code))
                for depth, row in tree.nested(list(page))
            ],
            "low": spares.low(sight.of(Spare)).count(), "may_write": may_write(sight),
        },
    )  # fmt: skip


@login_required
@require_safe
def running(request: HttpRequest) -> HttpResponse:
    """Show MTBF, MTTR and OEE by line and machine over a period."""
    sight = at_assets(request)
    try:
        period = parse(request.GET.get("period") or this_month())
    except ValueError:
        period = parse(this_month())
    below = request.GET.get("below", "")
    seen = sight.of(Asset).filter(
        retired=False, level__in=(Level.PLANT, Level.LINE, Level.STRUCTURE, Level.MACHINE)
    )
    here = found(sight, below) if below else None
    if here is not None:
        seen = seen.filter(path__startswith=here.path)
    assets = list(seen.order_by("path"))
    lines = figures.lines(assets, period)
    known = {line.asset.pk for line in lines}
    machines = [a for a in assets if a.level == Level.MACHINE and a.pk in known]
    days = figures.by_day(machines, period) if machines else []
    months = saying.months_back(local_day(now()), 12)
    rows = list(zip(tree.nested([line.asset for line in lines]), lines, strict=True))
    return render(
        request,
        "register/running.html",
        {
            "period": period, "months": months, "here": here, "below": below,
            "lines": [(min(depth, 3), line) for (depth, _asset), line in rows],
            "point": saying.point(lines), "chart": saying.by_day(days),
            "has_chart": sum(ran.oee is not None for _day, ran in days) > 1,
        },
    )  # fmt: skip


def crews_of(plant: Asset) -> list[Organisation]:
    """Return the organisations whose people work at a plant, or at something of the town."""
    crew, plants = plant.organisation_id, directory().plants
    own = [key for key in (crew,) if key is not None]
    if crew in plants:
        own = list(directory().of_plants(frozenset({plants[crew]})))
    return list(Organisation.objects.filter(pk__in=own, retired=False).order_by("code"))


@login_required
@require_safe
def shifts(request: HttpRequest, code: str) -> HttpResponse:
    """Show when a plant works, and who is there with which skill."""
    sight = scope(request.user)
    plant = found(sight, code)
    return shift_page(request, plant, sight)


def shift_page(
    request: HttpRequest, plant: Asset, sight: Scope, status: int = 200, **bound: Any
) -> HttpResponse:
    """Answer with the page of a plant's shifts."""
    weekly = list(Shift.objects.filter(plant__code=plant.top))
    today = local_day(now())
    turns = calendar_of(plant).turns(now(), now() + saying.days(AHEAD))
    own = crews_of(plant)
    may = keeps(sight, plant)
    names = {shift.code: str(shift) for shift in weekly}
    return render(
        request,
        "register/shifts.html",
        {
            "plant": plant, "weekly": [(s, saying.weekdays(s.days)) for s in weekly],
            "turns": [(turn, names.get(turn.code, turn.code)) for turn in turns],
            "otherwise": [
                (row, [names.get(code, code) for code in row.shifts])
                for row in ShiftDay.objects.filter(plant__code=plant.top, day__gte=today)
            ],
            "crews": CrewSkill.objects.filter(organisation__in=own).select_related(
                "organisation", "skill", "shift"),
            "form": (bound.get("day") or DayForm(weekly)) if may else None,
            "shift_form": (bound.get("shift") or ShiftForm()) if may else None,
            "crew_form": (bound.get("crew") or CrewForm(own, weekly)) if may else None,
            "title": _("Shifts of %(plant)s") % {"plant": plant},
        },
        status=status,
    )  # fmt: skip
