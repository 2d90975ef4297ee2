"""Pages of the stations: all of them, and one live. Each parses, asks once, renders."""

from typing import Any

from asgiref.sync import sync_to_async
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import get_object_or_404, render
from django.template.loader import render_to_string
from django.utils import translation
from django.utils.translation import get_language
from django.views.decorators.http import require_safe

from linli.assets.inspection import figures, listing, saying
from linli.assets.inspection.figures import Span
from linli.assets.inspection.models import Hour, Inspection, Lot, Station
from linli.assets.inspection.standing import board
from linli.assets.inspection.stream import Watch
from linli.assets.inspection.visibility import sees_any
from linli.assets.inspection.who import may_judge, may_set_up, may_set_up_any
from linli.clock import now
from linli.people.scope import Scope, scope


def found_station(sight: Scope, code: str) -> Station:
    """Return a station the person sees, or answer that there is none."""
    rows = sight.of(Station).select_related("asset", "product", "version")
    found: Station = get_object_or_404(rows, code=code)
    return found


@login_required
@require_safe
def stations(request: HttpRequest) -> HttpResponse:
    """List the stations: whether they run, what they judged today, what waits."""
    sight = scope(request.user)
    if not sees_any(sight):
        raise PermissionDenied
    rows = list(sight.of(Station).select_related("asset", "product", "version"))
    return render(
        request,
        "inspection/stations.html",
        {"rows": board(rows, now()), "may_add": may_set_up_any(sight),
         "held": held(sight), "q": ""},
    )  # fmt: skip


def held(sight: Scope) -> list[Lot]:
    """Return the lots that are held now, the newest first."""
    return list(sight.of(Lot).filter(state=Lot.State.HELD).select_related("product")[:20])


def _span(request: HttpRequest) -> Span:
    try:
        return Span(request.GET.get("span", Span.DAY))
    except ValueError:
        raise Http404 from None


@login_required
@require_safe
def station(request: HttpRequest, station: str) -> HttpResponse:
    """Show a station live: its newest parts, or those a filter asks for, and its charts."""
    sight = scope(request.user)
    found = found_station(sight, station)
    filters = listing.Filters(request.GET)
    chosen = filters.chosen
    parts = listing.narrowed(Inspection.objects.filter(station=found), chosen)
    before, after = request.GET.get("before", ""), request.GET.get("after", "")
    is_live = not (chosen or before or after)
    return render(
        request,
        "inspection/station.html",
        {
            **drawn_context(found),
            "filters": filters, "chosen": chosen, "is_live": is_live,
            "page": listing.page_of(parts, before, after), "span": _span(request),
            "spans": SPANS, "query": listing.bare(request.GET).urlencode(),
            "charts": charts(found, _span(request)),
            "may_judge": may_judge(sight, found), "may_set_up": may_set_up(sight, found),
        },
    )  # fmt: skip


SPANS = [
    (Span.DAY, translation.gettext_lazy("24 hours")),
    (Span.WEEK, translation.gettext_lazy("7 days by eight hours")),
    (Span.MONTH, translation.gettext_lazy("4 weeks by day")),
]


def charts(station: Station, span: Span) -> dict[str, Any]:
    """Return the charts of a station: yield, kinds of flaws, p and u."""
    seen = figures.seen(station, span, now())
    return {
        "yield": saying.yields(seen), "kinds": saying.kinds(seen.whole, saying.names()),
        "p": saying.control(seen, "p"), "u": saying.control(seen, "u"),
    }  # fmt: skip


def drawn_context(station: Station) -> dict[str, Any]:
    """Return what the head of a station's page says: state, today's figures, what waits."""
    [row] = board([station], now())
    lots = Lot.objects.filter(state=Lot.State.HELD, product=station.product_id)
    return {"station": station, "row": row,
            "held_lots": list(lots[:3]) if station.product_id else []}  # fmt: skip


# --- live ------------------------------------------------------------------------------------


def _mark(station: int) -> Any:
    """Return what changes whenever a part came or was judged: cheap enough to ask every second."""
    last = Inspection.objects.filter(station=station).order_by("-at", "-pk").values_list("pk")[:1]
    hour = Hour.objects.filter(station=station).order_by("-hour").values()[:1]
    where = Station.objects.filter(pk=station).values("on", "trouble", "version")
    minute = now().replace(second=0, microsecond=0)
    return list(last), list(hour), list(where), minute


def _draw(station: int, language: str) -> dict[str, Any]:
    with translation.override(language):
        found = Station.objects.select_related("asset", "product", "version").get(pk=station)
        page = listing.page_of(Inspection.objects.filter(station=found))
        return {
            "parts": {
                "head": render_to_string("inspection/_head.html", drawn_context(found)),
                "newest": render_to_string("inspection/_parts.html", {"page": page}),
            },
            "charts": charts(found, Span.DAY),
        }


watch = Watch(_mark, _draw)


def _seen(request_user: Any, code: str) -> int | None:
    keys = scope(request_user).of(Station).filter(code=code).values_list("pk", flat=True)
    return next(iter(keys[:1]), None)


@require_safe
async def stream(request: HttpRequest, station: str) -> HttpResponse | StreamingHttpResponse:
    """Send what is new at a station on and on; the browser asks anew every few minutes."""
    user = await request.auser()
    key = await sync_to_async(_seen)(user, station)
    if key is None:
        return HttpResponse(status=404 if user.is_authenticated else 403)
    response = StreamingHttpResponse(
        watch.events((key, get_language() or "")), content_type="text/event-stream"
    )
    response["Cache-Control"] = "no-store"
    response["X-Accel-Buffering"] = "no"
    return response
