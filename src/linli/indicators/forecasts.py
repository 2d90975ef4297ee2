"""Keeping forecasts: made anew beside the worker when values have changed, read by pages."""

import time
from math import isfinite
from typing import Any

from linli.clock import now
from linli.indicators import spans, targets
from linli.indicators.known import Known
from linli.indicators.models import TOWN, Forecast, Target

AHEAD = {spans.MONTH: 12, spans.QUARTER: 6, spans.YEAR: 3}
MOST_POINTS = 120


def refresh(seconds: float = 8.0) -> int:
    """Forecast what is missing or stale, those with a target first; return how many were made."""
    known = Known.now()
    there = {row.indicator_id: row for row in Forecast.objects.filter(area=TOWN)}
    aimed = set(Target.objects.filter(retired=False).values_list("indicator", flat=True))
    due = [
        row for row in known.rows.values() if row.pk not in there or there[row.pk].stale
    ]  # fmt: skip
    due.sort(key=lambda row: (row.pk not in aimed, row.place))
    if not due:
        return 0
    values = targets.series([row.code for row in due], [TOWN], known)
    until, made = time.monotonic() + seconds, 0
    for row in due:
        numbers = values.get((row.code, TOWN), {})
        last, told = _outlook(known, row.code, numbers)
        Forecast.objects.update_or_create(
            indicator=row, area=TOWN,
            defaults={"last": last, "told": told, "stale": False, "made_at": now()},
        )  # fmt: skip
        made += 1
        if time.monotonic() > until:
            break
    return made


def _outlook(known: Known, code: str, values: targets.Series) -> tuple[str, dict[str, Any]]:
    from linli.engines.trend import outlook

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
    if found is None:
        return last, {}
    bands = {"chosen": found.band, "naive": found.naive, "seasonal-naive": found.seasonal}
    return last, {
        "method": found.method,
        "bands": {
            name: {"mean": _list(band.mean), "low": _list(band.low), "high": _list(band.high)}
            for name, band in bands.items()
            if band is not None
        },
        "trials": {
            name: {
                "mase": round(trial.mase, 3) if isfinite(trial.mase) else None,
                "smape": round(trial.smape, 2), "coverage": round(trial.coverage, 3),
            }
            for name, trial in found.trials.items()
        },
    }  # fmt: skip


def _list(values: Any) -> list[float]:
    return [round(float(value), 6) for value in values]
