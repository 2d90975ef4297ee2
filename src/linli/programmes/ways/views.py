"""Pages of the networks: ways with their gaps, catchments with what they hold."""

import orjson
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from linli.programmes.ways import figures
from linli.programmes.who import at_work

SHOWN = 20


@login_required
@require_safe
def slow_traffic(request: HttpRequest) -> HttpResponse:
    """Show the ways: how long, how well they hang together, where they do not."""
    ways, found = figures.study(at_work(request))
    return render(
        request,
        "programmes/ways.html",
        {
            "count": len(ways), "km": found.total / 1000, "kinds": figures.by_kind(ways),
            "parts": [part / 1000 for part in found.parts[:SHOWN]],
            "part_count": len(found.parts),
            "continuity": round(100 * found.continuity) if found.continuity else None,
            "reach": round(100 * found.reach) if found.reach else None,
            "gaps": [(gap, ways[gap.ways[0]], ways[gap.ways[1]]) for gap in found.gaps[:SHOWN]],
            "gap_count": len(found.gaps),
        },
    )  # fmt: skip


@login_required
@require_safe
def slow_traffic_shapes(request: HttpRequest) -> HttpResponse:
    """Give the ways and gaps as GeoJSON."""
    found = figures.way_features(*figures.study(at_work(request)))
    return HttpResponse(orjson.dumps(found), content_type="application/geo+json")


@login_required
@require_safe
def sponge(request: HttpRequest) -> HttpResponse:
    """Show what each catchment must hold back, and what it holds."""
    found = figures.balances(at_work(request))
    whole = sum(balance.needed for balance in found)
    kept = sum(min(balance.held, balance.needed) for balance in found)
    return render(
        request,
        "programmes/sponge.html",
        {
            "rows": found, "needed": whole, "held": sum(balance.held for balance in found),
            "share": round(100 * kept / whole) if whole else None,
        },
    )  # fmt: skip


@login_required
@require_safe
def sponge_shapes(request: HttpRequest) -> HttpResponse:
    """Give catchments and measures as GeoJSON."""
    sight = at_work(request)
    found = figures.measure_features(sight, figures.balances(sight))
    return HttpResponse(orjson.dumps(found), content_type="application/geo+json")
