"""Reports of the same thing: a near twin of an open case nearby follows it."""

from collections.abc import Sequence
from datetime import timedelta

import numpy as np

from linli.cases.models import OPEN, Case
from linli.engines.text import NEAR_TWIN, resemblance, twin_pairs

WINDOW = timedelta(days=30)
NEARBY_M = 150.0  # a point taken by phone in a street is seldom further off
_METRES_A_DEGREE = 111_195.0


def find(cases: Sequence[Case], sketches: np.ndarray) -> list[Case | None]:
    """Find, for each new case, the open case it repeats.

    Parameters
    ----------
    cases
        New cases, located, not yet stored, in the order they were reported.
    sketches
        Of their texts, shape (n, SKETCH_SIZE).

    Returns
    -------
    For each the stored case, or an earlier one of `cases`, that it repeats; None if new.
    """
    if not cases:
        return []
    stored = _candidates(cases)
    everything = [*stored, *cases]
    before = [np.frombuffer(bytes(case.sketch), np.uint32) for case in stored]
    known = np.concatenate([np.array(before).reshape(len(before), sketches.shape[1]), sketches])
    earlier, later = twin_pairs(known.astype(np.uint32), NEAR_TWIN)
    best: dict[int, tuple[float, int]] = {}
    alike = resemblance(known[earlier], known[later])
    for first, second, similarity in zip(earlier, later, alike, strict=True):
        if second < len(stored) or not _same_place(everything[first], everything[second]):
            continue
        apart = everything[second].reported_at - everything[first].reported_at
        if abs(apart) <= WINDOW:
            candidate = (float(similarity), -int(first))
            best[int(second)] = max(best.get(int(second), candidate), candidate)
    found: list[Case | None] = []
    for position in range(len(cases)):
        match = best.get(position + len(stored))
        if match is None:
            found.append(None)
            continue
        target = -match[1]
        own = target - len(stored)
        found.append((found[own] or cases[own]) if own >= 0 else stored[target])
    return found


def _candidates(cases: Sequence[Case]) -> list[Case]:
    since = min(case.reported_at for case in cases) - WINDOW
    until = max(case.reported_at for case in cases) + WINDOW
    return list(
        Case.objects.filter(
            state__in=OPEN, reported_at__gte=since, reported_at__lte=until, sketch__isnull=False
        )
        .only("sketch", "reported_at", "community_grid", "lon", "lat", "located_by")
        .order_by("reported_at", "id")
    )


def _same_place(a: Case, b: Case) -> bool:
    if a.located_by == b.located_by == "point":
        assert None not in (a.lon, a.lat, b.lon, b.lat)
        north = (a.lat - b.lat) * _METRES_A_DEGREE  # type: ignore[operator]
        east = (a.lon - b.lon) * _METRES_A_DEGREE * np.cos(np.radians(a.lat))  # type: ignore
        return bool(np.hypot(north, east) <= NEARBY_M)
    return a.community_grid_id == b.community_grid_id
