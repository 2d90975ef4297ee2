"""Reports of the same thing: a near twin of an open case nearby follows it."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import NamedTuple

import numpy as np
from django.db.models import Q

from linli.cases.models import OPEN, Case
from linli.engines.text import NEAR_TWIN, resemblance, twin_pairs
from linli.places.atlas import atlas

WINDOW = timedelta(days=30)
NEARBY_M = 150.0  # a point taken by phone in a street is seldom further off
_METRES_A_DEGREE = 111_195.0


class _Known(NamedTuple):
    """What must be known of a case to tell whether another repeats it."""

    pk: int | None
    reported_at: datetime
    community_grid_id: int | None
    located_by: str
    lon: float
    lat: float


def find(cases: Sequence[Case], sketches: np.ndarray) -> list[Case | int | None]:
    """Find, for each new case, the open case it repeats.

    Parameters
    ----------
    cases
        New cases, located, not yet stored, in the order they were reported.
    sketches
        Of their texts, shape (n, SKETCH_SIZE).

    Returns
    -------
    For each the key of the stored case, or the earlier one of `cases`, that it repeats;
    None if it is new.
    """
    if not cases:
        return []
    stored, before = _stored(cases)
    fresh = [_Known(*(getattr(case, name) for name in _Known._fields)) for case in cases]
    everything = [*stored, *fresh]
    known = np.concatenate([before.reshape(-1, sketches.shape[1]), sketches])
    earlier, later = twin_pairs(known, NEAR_TWIN)
    best: dict[int, tuple[float, int]] = {}
    alike = resemblance(known[earlier], known[later])
    pairs = zip(earlier.tolist(), later.tolist(), alike.tolist(), strict=True)
    for first, second, similarity in pairs:
        if second >= len(stored) and _is_same_place(everything[first], everything[second]):
            apart = everything[second].reported_at - everything[first].reported_at
            if abs(apart) <= WINDOW:
                candidate = (similarity, -first)
                best[second] = max(best.get(second, candidate), candidate)
    found: list[Case | int | None] = []
    for position in range(len(cases)):
        match = best.get(position + len(stored))
        if match is None:
            found.append(None)
        elif -match[1] < len(stored):
            found.append(stored[-match[1]].pk)
        else:
            own = -match[1] - len(stored)
            found.append(found[own] or cases[own])
    return found


def _stored(cases: Sequence[Case]) -> tuple[list[_Known], np.ndarray]:
    since = min(case.reported_at for case in cases) - WINDOW
    until = max(case.reported_at for case in cases) + WINDOW
    grids = {case.community_grid_id for case in cases}
    known = [grid for grid in grids if grid is not None]
    nearby = Q(community_grid__in=atlas().with_neighbours(known))
    if None in grids:
        nearby |= Q(community_grid=None)
    rows = list(
        Case.objects.filter(
            nearby, state__in=OPEN, reported_at__range=(since, until), sketch__isnull=False
        )
        .order_by("reported_at", "id")
        .values_list(*_Known._fields, "sketch")
    )
    sketches = np.frombuffer(b"".join(bytes(row[-1]) for row in rows), np.uint32)
    return [_Known(*row[:-1]) for row in rows], sketches


def _is_same_place(a: _Known, b: _Known) -> bool:
    if a.located_by == b.located_by == "point":
        north = (a.lat - b.lat) * _METRES_A_DEGREE
        east = (a.lon - b.lon) * _METRES_A_DEGREE * np.cos(np.radians(a.lat))
        return bool(np.hypot(north, east) <= NEARBY_M)
    return a.community_grid_id == b.community_grid_id
