"""Cases as points on a map."""

from collections.abc import Iterable
from typing import Any

from django.urls import reverse

from linli.cases.models import WORKING, Case
from linli.clock import now

NEEDED = ("id", "lon", "lat", "title", "state", "reported_at", "due_at", "paused_at")


def points(cases: Iterable[Case]) -> dict[str, Any]:
    """Return cases as GeoJSON; a case of unknown place has no point.

    The caller has asked who may see them. Only `NEEDED` is read of each.
    """
    moment = now()
    return {
        "type": "FeatureCollection",
        "features": [
            {
                "type": "Feature",
                "geometry": {"type": "Point", "coordinates": [case.lon, case.lat]},
                "properties": {
                    "code": case.code,
                    "title": case.title,
                    "note": str(case.get_state_display()),
                    "overdue": case.paused_at is None
                    and case.state in WORKING
                    and case.due_at is not None
                    and case.due_at < moment,
                    "url": reverse("case", args=[case.code]),
                },
            }
            for case in cases
            if case.lon is not None and case.lat is not None
        ],
    }
