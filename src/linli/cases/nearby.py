"""What was reported around here already: near twins of a text, and the same matter close by."""

from collections.abc import Collection
from dataclasses import dataclass
from math import cos, hypot, radians

import numpy as np
from django.db.models import Q, QuerySet

from linli.cases.models import OPEN, Case, Triage
from linli.cases.twins import METRES_A_DEGREE, NEARBY_M, WINDOW
from linli.clock import now
from linli.engines.text import SKETCH_SIZE, resemblance
from linli.people.scope import Scope
from linli.places.atlas import Location, atlas

ALIKE = 0.2  # of the pairs from here to NEAR_TWIN about half are the same matter: a person decides
READ = 300  # of the newest around: more is a quarter with other worries
SHOWN = 3


@dataclass(frozen=True)
class Near:
    """An open case around, how much its words resemble, and how far off it is if that is known.

    `is_open_to_reader` tells whether the reader may see the case. To anybody else only its
    category, place, state and day are shown: a title can name somebody.
    """

    case: Case
    likeness: float
    metres: float | None
    is_open_to_reader: bool


def metres_between(lon: float, lat: float, other_lon: float, other_lat: float) -> float:
    """Return the distance of two points of one town, in metres."""
    north = (lat - other_lat) * METRES_A_DEGREE
    east = (lon - other_lon) * METRES_A_DEGREE * cos(radians(lat))
    return hypot(north, east)


def around(
    text: np.ndarray, place: Location, categories: Collection[str], sight: Scope
) -> list[Near]:
    """Find the open public matters that somebody about to report may be speaking of.

    Private and neighbourhood matters are nobody else's business and are never found.

    Parameters
    ----------
    text
        Sketch of what was typed, shape (SKETCH_SIZE,).
    categories
        Codes of the categories it seems to be about, or the one that was chosen.
    """
    public = Q(triage=Triage.PUBLIC) | Q(triage="", category__triage=Triage.PUBLIC)
    return _near(Case.objects.filter(public), text, place, categories, sight)


def like(case: Case, sight: Scope) -> list[Near]:
    """Find the other open cases that seem to be about the same, as far as `sight` reaches."""
    if case.sketch is None:
        return []
    place = Location(
        case.area_id, case.community_grid_id, case.service_grid_id, case.lon, case.lat,
        case.located_by,
    )  # fmt: skip
    text = np.frombuffer(bytes(case.sketch), np.uint32)
    kind = [case.category.code] if case.category else []
    return _near(sight.of(Case).exclude(pk=case.pk), text, place, kind, sight)


def _near(
    cases: QuerySet[Case],
    text: np.ndarray,
    place: Location,
    categories: Collection[str],
    sight: Scope,
) -> list[Near]:
    if place.community_grid is None:
        return []
    has_point = place.by == "point"
    grids = {place.community_grid}
    rows = list(
        cases.filter(
            community_grid__in=atlas().with_neighbours(grids) if has_point else grids,
            state__in=OPEN, reported_at__gte=now() - WINDOW, sketch__isnull=False,
        )
        .order_by("-reported_at")
        .values_list("pk", "sketch", "category__code", "located_by", "lon", "lat",
                     "community_grid_id")[:READ]
    )  # fmt: skip
    if not rows:
        return []
    sketches = np.frombuffer(b"".join(bytes(row[1] or b"") for row in rows), np.uint32)
    alike = resemblance(sketches.reshape(len(rows), SKETCH_SIZE), text)
    found: list[tuple[float, float, int, float | None]] = []
    for likeness, (key, _sketch, category, by, lon, lat, grid) in zip(
        alike.tolist(), rows, strict=True
    ):
        metres = None
        if has_point and by == "point":
            metres = metres_between(place.lon or 0, place.lat or 0, lon or 0, lat or 0)
        is_here = metres <= NEARBY_M if metres is not None else grid == place.community_grid
        is_same_kind = metres is not None and category in categories
        if is_here and (likeness >= ALIKE or is_same_kind):
            found.append((-likeness, metres or 0, key, metres))
    best = sorted(found)[:SHOWN]
    keys = [key for _likeness, _off, key, _metres in best]
    shown = Case.objects.select_related("category", "community_grid", "area").defer(
        "sketch", "body", "suggestions", "community_grid__wkb", "area__wkb"
    )
    whole = shown.in_bulk(keys) if keys else {}
    seen = set(sight.of(Case).filter(pk__in=keys).values_list("pk", flat=True)) if keys else set()
    return [
        Near(whole[key], -likeness, metres, key in seen)
        for likeness, _off, key, metres in best
        if key in whole
    ]
