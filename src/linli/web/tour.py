"""The guided tour of the demonstration: one real case, from its report to the leagues."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.core.cache import cache
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from linli.cases.due import deadlines_of
from linli.cases.file_views import sent_picture
from linli.cases.models import Assignment, Case, Evidence, Report, Ruling, State
from linli.cases.pictures import Size, is_picture
from linli.cases.timeline import Line, tell
from linli.people.models import User
from linli.people.scope import Scope
from linli.places.atlas import atlas
from linli.places.town import the_town
from linli.scores.leagues import DEPARTMENTS, GRIDS, Standing, league, usual_kind
from linli.scores.periods import Period, local_day, month_of

NARRATOR = "leader"  # with whose eyes the tour looks
KEPT_S = 600  # how long the tour stays with a case it has found


@dataclass(frozen=True)
class Stop:
    """One stop: what it is called, what it explains, which steps it shows, what else it knows.

    `persona` is the demo account with which to do the same, starting at `path`.
    """

    label: str | Promise
    text: str | Promise
    actions: tuple[str, ...]
    more: Callable[[Case], dict[str, Any]]
    persona: str
    path: str = ""


def told_case() -> Case | None:
    """Return the case with most to tell: ruled on, sent back, rated well; else any that ended."""
    key = f"tour:{the_town().fingerprint}:{Case.objects.filter(state=State.CLOSED).exists()}"
    pk = cache.get_or_set(key, _told_key, KEPT_S)
    whole = Case.objects.select_related("category", "area", "territorial", "functional")
    return whole.filter(pk=pk or 0).first()


def _told_key() -> int:
    ended = Case.objects.filter(state=State.CLOSED, satisfied=True, functional__isnull=False)
    ruled = ended.filter(pk__in=Ruling.objects.values("event__case"))
    for cases in (ruled.filter(reopenings__gt=0), ruled, ended):
        if (found := cases.order_by("-ended_at").values_list("pk", flat=True).first()) is not None:
            return found
    return 0


def _told(case: Case) -> dict[str, Any]:
    return {"report": Report.objects.filter(case=case).order_by("id").first()}


def _located(case: Case) -> dict[str, Any]:
    town = atlas()

    def trail(grid: int | None) -> list[Any]:
        return [town.areas[pk] for pk in reversed(town.ancestors(grid))]

    return {"trails": [trail(case.community_grid_id), trail(case.service_grid_id)]}


def _dispatched(case: Case) -> dict[str, Any]:
    sides = case.assignments.filter(active=True).select_related("organisation")
    return {"sides": sides.order_by("id"), "deadlines": deadlines_of(case)}


def _ruled(case: Case) -> dict[str, Any]:
    ruling = Ruling.objects.filter(event__case=case).select_related("organisation").first()
    later = Assignment.objects.filter(why__ruling=ruling.pk).count() if ruling else 0
    return {"ruling": ruling, "later": later}


def _compared(case: Case) -> dict[str, Any]:
    period = month_of(local_day(case.resolved_at or case.reported_at))
    places = set(atlas().ancestors(case.community_grid_id))
    kind = usual_kind()
    grids, departments = _tables(period, kind)
    return {
        "period": period,
        "kind": kind,
        "grid": next((s for s in grids if s.unit.pk in places), None),
        "grids": len(grids),
        "department": next((s for s in departments if s.unit.pk == case.functional_id), None),
        "departments": len(departments),
    }


def _tables(period: Period, kind: str) -> tuple[list[Standing], list[Standing]]:
    key = f"tour:{the_town().fingerprint}:{period}:{kind}"
    return cache.get_or_set(  # type: ignore[return-value]
        key,
        lambda: (
            league(GRIDS, period, area_kind=kind).standings,
            league(DEPARTMENTS, period).standings,
        ),
        KEPT_S,
    )


def _nothing(case: Case) -> dict[str, Any]:
    return {}


STOPS = (
    Stop(_("Report"),
         _("Somebody tells what is wrong, in their own words. Linli reads the category and the "
           "place from the text, or from a point on the map, and gives a code to follow it by."),
         ("report", "follow"), _told, "resident", "/report/"),
    Stop(_("Double grid"),
         _("Every place lies in exactly one grid of where people live and in one of what the land "
           "is for. So nobody can say it is not theirs."),
         ("triage",), _located, "worker"),
    Stop(_("Double dispatch"),
         _("The territorial team and the competent department get it at the same moment. The "
           "category says which side leads; the clocks run in working hours."),
         ("dispatch", "accept", "acknowledge", "assign"), _dispatched, "officer"),
    Stop(_("Return and ruling"),
         _("Whoever is not competent may return a case once, with a reason. A dispatcher rules, "
           "and the ruling routes the next case like it by itself."),
         ("return", "rule"), _ruled, "dispatcher"),
    Stop(_("Resolve"),
         _("The reply and the photos go to whoever reported it. Leads are told, and with both "
           "silent past the clock the case escalates."),
         ("resolve", "sign_off", "join", "remind", "escalate", "ask_extension", "grant_extension"),
         _nothing, "officer"),
    Stop(_("Double evaluation"),
         _("A supervisor verifies the evidence, and whoever reported it says whether they are "
           "satisfied. Either may send it back."),
         ("verify", "evaluate", "reopen", "close"), _nothing, "supervisor"),
    Stop(_("Double contest"),
         _("Grids compete with grids and departments with departments, adjusted for the mix of "
           "cases and for small numbers. This case counts in both tables."),
         (), _compared, "leader", "/leagues/"),
)  # fmt: skip


@require_safe
def tour(request: HttpRequest, number: int = 1) -> HttpResponse:
    """Show one stop of the tour; only in a demonstration, where everybody is invented."""
    if not settings.DEMO or not 1 <= number <= len(STOPS):
        raise Http404
    stop, case = STOPS[number - 1], told_case()
    shown: dict[str, Any] = {"case": None, "lines": []}
    if case is not None:
        shown = {"case": case, "lines": _lines(case, stop.actions), **stop.more(case)}
    path = stop.path or (f"/cases/{case.code}/" if case else "/")
    context = {
        "stops": STOPS, "stop": stop, "number": number, "path": path,
        "before": number - 1, "after": number + 1 if number < len(STOPS) else 0,
        "body_class": "touring", "photo_page": "tour-photo", **shown,
    }  # fmt: skip
    return render(request, "web/tour.html", context)


@require_safe
def photo(request: HttpRequest, pk: int, size: str) -> HttpResponse:
    """Give a photo of the case that the tour tells to whoever follows it."""
    case = told_case() if settings.DEMO else None
    row = get_object_or_404(Evidence.objects.select_related("case"), pk=pk, case=case)
    if case is None or not is_picture(row) or size not in list(Size):
        raise Http404
    return sent_picture(row, Size(size))


def _lines(case: Case, actions: tuple[str, ...]) -> list[Line]:
    narrator = User.objects.filter(username=NARRATOR, is_demo=True).first()
    if narrator is None:
        return []
    lines = tell(case, Scope(narrator), in_office=True)
    return [line for line in reversed(lines) if line.action in actions]
