"""Keeping forecasts: made anew beside the worker when values have changed, read by pages.

Every area for which values are known has its own: the town first, then what lies right below it,
and so on down, a few seconds at a turn, so that whatever else is done there has its turn too.
"""

import time
from collections.abc import Sequence
from math import isfinite
from typing import Any

from django.db import transaction

from linli.clock import now
from linli.engines.trend import Outlook, Trial, outlook
from linli.indicators import spans, targets
from linli.indicators.known import Known
from linli.indicators.missing import Series
from linli.indicators.models import TOWN, Forecast, Target, Value
from linli.places.atlas import atlas

AHEAD = {spans.MONTH: 12, spans.QUARTER: 6, spans.YEAR: 3}
MOST_POINTS = 120
TOGETHER = 40  # series read, and forecasts written, at a time
Due = tuple[str, int]  # indicator, area


def refresh(seconds: float = 4.0) -> int:
    """Forecast what is missing or stale for some seconds; return how many were made."""
    known, until, made = Known.now(), time.monotonic() + seconds, 0
    waiting = due(known)
    for start in range(0, len(waiting), TOGETHER):
        some = waiting[start : start + TOGETHER]
        values = targets.series({code for code, _a in some}, {area for _c, area in some}, known)
        done: list[Forecast] = []
        for code, area in some:
            last, told = _outlook(known, code, values.get((code, area), {}))
            done.append(Forecast(indicator=known.rows[code], area=area, last=last, told=told,
                                 made_at=now()))  # fmt: skip
            if time.monotonic() > until:
                break
        _keep(done)
        made += len(done)
        if time.monotonic() > until:
            break
    return made


def due(known: Known) -> list[Due]:
    """Return what there are values of and no fresh forecast, in the order it is wanted."""
    codes = {row.pk: code for code, row in known.rows.items()}
    fresh = set(
        Forecast.objects.filter(stale=False, indicator__in=codes).values_list("indicator", "area")
    )
    there = set(
        Value.objects.filter(indicator__in=codes).order_by().values_list("indicator", "area")
        .distinct()
    ) | {(pk, TOWN) for pk in codes}  # fmt: skip
    aimed = set(Target.objects.filter(retired=False).values_list("indicator", flat=True))
    areas = atlas().areas

    def rank(one: tuple[int, int]) -> tuple[int, bool, int, int]:
        pk, area = one
        depth = len(atlas().ancestors(area)) if area in areas else 0
        return depth, pk not in aimed, known.rows[codes[pk]].place, area

    return [(codes[pk], area) for pk, area in sorted(there - fresh, key=rank)]


def _keep(done: Sequence[Forecast]) -> None:
    with transaction.atomic():
        Forecast.objects.bulk_create(
            done, update_conflicts=True, unique_fields=["indicator", "area"],
            update_fields=["last", "told", "stale", "made_at"],
        )  # fmt: skip


def _outlook(known: Known, code: str, values: Series) -> tuple[str, dict[str, Any]]:
    entry = known.entries[code]
    done = targets.finished(entry, known, values)
    if not done:
        return "", {}
    run = [done[-1]]
    for n in reversed(done[:-1]):
        if n != run[-1] - 1 or len(run) == MOST_POINTS:
            break
        run.append(n)
    run.reverse()
    season = spans.A_YEAR[entry.every]
    found = outlook([values[n][0] for n in run], season, AHEAD[entry.every])
    last = spans.name(run[-1], entry.every)
    return last, _told(found) if found else {}


def _told(found: Outlook) -> dict[str, Any]:
    bands = {"chosen": found.band, "naive": found.naive, "seasonal-naive": found.seasonal}
    return {
        "method": found.method,
        "weights": {name: round(weight, 4) for name, weight in found.weights.items()},
        "bands": {
            name: {"mean": _list(band.mean), "low": _list(band.low), "high": _list(band.high)}
            for name, band in bands.items()
            if band is not None
        },
        "trials": {name: _trial(trial) for name, trial in found.trials.items()},
    }  # fmt: skip


def _trial(trial: Trial) -> dict[str, float | None]:
    return {
        "mase": round(trial.mase, 3) if isfinite(trial.mase) else None,
        "smape": round(trial.smape, 2), "coverage": round(trial.coverage, 3),
    }  # fmt: skip


def _list(values: Any) -> list[float]:
    return [float(f"{value:.7g}") for value in values]
