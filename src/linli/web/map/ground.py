"""What every map is drawn from: shapes of the town, and which grids a point lies in.

Both are open to everybody: names and borders of grids stand on the town's notice boards, and
whoever reports something points at the place before anybody knows them.
"""

from typing import Any

import numpy as np
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseNotModified, JsonResponse
from django.utils.cache import patch_vary_headers
from django.views.decorators.http import require_safe

from linli.cases.forms import by_code
from linli.cases.models import Case
from linli.cases.waiting import is_overdue
from linli.people.scope import scope
from linli.places.atlas import Location, atlas
from linli.places.models import Area
from linli.places.shapes import shapes
from linli.places.town import NoTown, the_town

A_YEAR = "public, max-age=31536000, immutable"


@require_safe
def sheet(request: HttpRequest, name: str) -> HttpResponse:
    """Send a sheet of shapes; under the version of the town it may be kept for good."""
    try:
        found = shapes().sheet(name)
        version = the_town().fingerprint[:12]
    except (KeyError, NoTown):
        raise Http404 from None
    if request.headers.get("If-None-Match") == found.etag:
        response: HttpResponse = HttpResponseNotModified()
    else:
        packed = "gzip" in request.headers.get("Accept-Encoding", "")
        response = HttpResponse(found.packed if packed else found.body)
        response["Content-Type"] = "application/geo+json"
        if packed:
            response["Content-Encoding"] = "gzip"
    response["ETag"] = found.etag
    response["Cache-Control"] = A_YEAR if request.GET.get("v") == version else "no-cache"
    patch_vary_headers(response, ["Accept-Encoding"])
    return response


@require_safe
def here(request: HttpRequest) -> JsonResponse:
    """Say which grid of each layer holds a point."""
    try:
        lon, lat = float(request.GET["lon"]), float(request.GET["lat"])
    except (KeyError, ValueError):
        return JsonResponse({"grids": [], "trail": ""}, status=400)
    (found,) = atlas().locate_points(np.array([lon]), np.array([lat]))
    return JsonResponse({"grids": both_grids(found), "trail": _trail(found.community_grid)})


@login_required
@require_safe
def case(request: HttpRequest, code: str) -> JsonResponse:
    """Send the place of one case the person may see."""
    found = by_code(scope(request.user), code)
    if found is None:
        raise Http404
    return JsonResponse(
        {
            "at": None if found.lon is None else [found.lon, found.lat],
            "exact": found.located_by == "point",
            "overdue": Case.objects.filter(is_overdue(), pk=found.pk).exists(),
            "grids": both_grids(found),
        }
    )


def both_grids(place: Location | Case) -> list[dict[str, Any]]:
    """Return the grids of both layers that something lies in, to be drawn."""
    if isinstance(place, Case):
        keys = (place.community_grid_id, place.service_grid_id)
    else:
        keys = (place.community_grid, place.service_grid)
    grids = [atlas().areas[key] for key in keys if key in atlas().areas]
    found = []
    for grid in grids:
        drawn = shapes().grid(grid)
        drawn["properties"]["layer"] = grid.layer
        found.append(drawn)
    return found


def _trail(grid: int | None) -> str:
    chain: list[Area] = [atlas().areas[pk] for pk in reversed(atlas().ancestors(grid))]
    return " › ".join(str(area) for area in chain[1:])
