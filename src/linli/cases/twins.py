"""Reports of the same thing: a near twin of an open case nearby follows it."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import NamedTuple

import numpy as np
from django.db.models import Q

from linli.cases.models import OPEN, Case, Category
from linli.engines.text import NEAR_TWIN, resemblance, twin_pairs
from linli.places.atlas import atlas

WINDOW = timedelta(days=30)
NEARBY_M = 150.0  # a point taken by phone in a street is seldom further off
METRES_A_DEGREE = 111_195.0


class _Known(NamedTuple):
    """What must be known of a case to tell whether another repeats it."""

    reported_at: datetime
    community_grid_id: int | None
    located_by: str
    lon: float
    lat: float


def find(
    cases: Sequence[Case], sketches: np.ndarray, among: Sequence[Case] | None = None
) -> list[Case | int | None]:
    """Find, for each new case, the open case it repeats.

    Parameters
    ----------
    cases
        New cases, located, not yet stored, in the order they were reported.
    sketches
        Of their texts, shape (n, SKETCH_SIZE).
    among
        The open cases that they may repeat, the first reported first, where the caller has
        them in hand; otherwise those in the database.

    Returns
    -------
    For each the key of the stored case, or the earlier one of `cases`, that it repeats;
    None if it is new.
    """
    if not cases:
        return []
    stored: Sequence[Case | int]
    stored, before = _stored(cases) if among is None else (list(among), _sketches(among))
    known = np.concatenate([before.reshape(-1, sketches.shape[1]), sketches])
    earlier, later = twin_pairs(known, NEAR_TWIN)
    ours = later >= len(stored)
    earlier, later = earlier[ours], later[ours]
    told = _told(stored, earlier, cases)
    alone = {at for at, case in enumerate(cases, len(stored)) if stands_alone(case)}
    best: dict[int, tuple[float, int]] = {}
    alike = resemblance(known[earlier], known[later])
    for first, second, similarity in zip(
        earlier.tolist(), later.tolist(), alike.tolist(), strict=True
    ):
        if first in alone or second in alone:
            continue
        one, other = told[first], told[second]
        if _is_same_place(one, other) and abs(other.reported_at - one.reported_at) <= WINDOW:
            candidate = (similarity, -first)
            best[second] = max(best.get(second, candidate), candidate)
    found: list[Case | int | None] = []
    for position in range(len(cases)):
        match = best.get(position + len(stored))
        if match is None:
            found.append(None)
        elif -match[1] < len(stored):
            found.append(stored[-match[1]])
        else:
            own = -match[1] - len(stored)
            found.append(found[own] or cases[own])
    return found


def stands_alone(case: Case) -> bool:
    """Tell whether the category says that each report of it stays a case of its own."""
    return case.category is not None and case.category.separate


def _sketches(cases: Sequence[Case]) -> np.ndarray:
    return np.frombuffer(b"".join(bytes(case.sketch or b"") for case in cases), np.uint32)


def _stored(cases: Sequence[Case]) -> tuple[list[Case | int], np.ndarray]:
    """Return keys and sketches of the open cases around."""
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
        .exclude(category__in=Category.objects.filter(separate=True).order_by().values("pk"))
        .order_by("reported_at", "id")
        .values_list("pk", "sketch")
    )
    sketches = np.frombuffer(b"".join(bytes(sketch or b"") for _key, sketch in rows), np.uint32)
    return [key for key, _sketch in rows], sketches


def _told(
    stored: Sequence[Case | int], alike: np.ndarray, cases: Sequence[Case]
) -> dict[int, _Known]:
    """Return place and time of the stored cases that are `alike`, and of the new ones."""
    wanted = {at for at in alike.tolist() if at < len(stored)}
    positions = {one: at for at in wanted if isinstance(one := stored[at], int)}
    rows = Case.objects.filter(pk__in=positions).values_list("pk", *_Known._fields)
    told = {positions[key]: _Known(*values) for key, *values in (rows if positions else ())}
    in_hand = [(at, one) for at in wanted if isinstance(one := stored[at], Case)]
    for at, case in (*in_hand, *enumerate(cases, len(stored))):
        told[at] = _Known(*(getattr(case, name) for name in _Known._fields))
    return told


def _is_same_place(a: _Known, b: _Known) -> bool:
    if a.located_by == b.located_by == "point":
        north = (a.lat - b.lat) * METRES_A_DEGREE
        east = (a.lon - b.lon) * METRES_A_DEGREE * np.cos(np.radians(a.lat))
        return bool(np.hypot(north, east) <= NEARBY_M)
    return a.community_grid_id == b.community_grid_id
