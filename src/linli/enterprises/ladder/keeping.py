"""Who stands where, kept: worked out by the worker, for those whose figures have changed."""

from collections.abc import Collection, Mapping
from math import isnan
from typing import Any

from django.db import transaction

from linli import bulk
from linli.enterprises.ladder.climb import Climber, Standings, rungs, standings
from linli.enterprises.ladder.models import Rung, Standing
from linli.enterprises.marks import ALL, LADDER, MOST, take_up, waiting
from linli.enterprises.models import Enterprise
from linli.enterprises.periods import last_told_year

TOLD = ("year", "at", "rung_id", "next_id", "is_new", "lacking", "progress", "values")


def fold() -> int:
    """Take up marks of single enterprises; return how many standings changed.

    Nothing is done where all are to be worked out anew: that is left to `refresh`.
    """
    marks, keys = waiting(LADDER)
    if not marks or ALL in keys or len(keys) > MOST or _is_of_another_year():
        return 0
    with transaction.atomic():
        take_up(marks)
        return keep(keys)


def refresh() -> int:
    """Take up all marks; return how many standings changed."""
    marks, keys = waiting(LADDER)
    if not marks and not _is_of_another_year():
        return 0
    with transaction.atomic():
        take_up(marks)
        return keep(None if ALL in keys or len(keys) > MOST or _is_of_another_year() else keys)


def keep(keys: Collection[int] | None = None) -> int:
    """Work out where enterprises stand, all by default; write what differs, return how much."""
    firms, kept = Enterprise.objects.all(), Standing.objects.all()
    if keys is not None:
        firms, kept = firms.filter(pk__in=keys), kept.filter(enterprise__in=keys)
    told = _told(standings(firms))
    known = {row.enterprise_id: row for row in kept}
    fresh, changed = [], []
    for enterprise, values in told.items():
        row = known.pop(enterprise, None)
        if row is None:
            fresh.append(Standing(enterprise_id=enterprise, **values))
        elif any(getattr(row, name) != value for name, value in values.items()):
            for name, value in values.items():
                setattr(row, name, value)
            changed.append(row)
    with transaction.atomic():
        gone = [row.pk for row in known.values()]
        for start in range(0, len(gone), MOST):
            Standing.objects.filter(pk__in=gone[start : start + MOST]).delete()
        bulk.insert(fresh)
        bulk.update(changed, [name.removesuffix("_id") for name in TOLD])
    return len(fresh) + len(changed) + len(gone)


def _is_of_another_year() -> bool:
    """Tell whether what is kept is of a year that is not the last one told of."""
    kept = Standing.objects.values_list("year", flat=True).first()
    return kept is not None and kept != last_told_year()


def _told(found: Standings | None) -> Mapping[int, dict[str, Any]]:
    if found is None:
        return {}
    ladder = rungs()
    climbers = [found.climber(int(key)) for key in found.keys]
    return {one.enterprise: _values(one, ladder, found.year) for one in climbers if one}


def _values(one: Climber, ladder: list[Rung], year: int) -> dict[str, Any]:
    above = ladder[one.at + 1] if one.at + 1 < len(ladder) else None
    return {
        "year": year,
        "at": one.at,
        "rung_id": ladder[one.at].pk,
        "next_id": above.pk if above else None,
        "is_new": one.is_new,
        "lacking": len(one.lacks),
        "progress": round(one.progress, 6),
        "values": [[None if isnan(v) else v for v in met.values] for met in one.met],
    }
