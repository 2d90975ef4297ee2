"""Tell of each machine what is left of its life and whether it left its normal, again and again."""

import logging
from collections.abc import Callable, Iterable
from datetime import datetime, timedelta
from typing import Any

import numpy as np
from django.db import transaction

from linli.assets.maintenance import kept_models
from linli.assets.maintenance.fitting import machines
from linli.assets.maintenance.histories import (
    Keys,
    Seen,
    Trouble,
    keys_of,
    moment_at,
    see,
    tags_of,
)
from linli.assets.maintenance.models import Prediction, Upkeep, Version
from linli.assets.maintenance.spans import spans
from linli.assets.register.models import Asset
from linli.assets.telemetry.points import datetime_of
from linli.clock import now
from linli.engines.life import History
from linli.engines.life.drift import FEWEST
from linli.engines.store import NotAModelError
from linli.scores.periods import local_day

EVERY = timedelta(hours=1)
SHARES = (0.01, 0.02, 0.05, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 0.95, 0.98, 0.99)
MOST_POINTS = 300  # of the drift statistic that a page draws

log = logging.getLogger(__name__)


def is_due() -> bool:
    """Tell whether machines are to be looked at again."""
    last = Prediction.objects.filter(newest=True).order_by("at").values_list("at", flat=True)
    seen = last.first()
    return seen is None or now() - seen >= EVERY


def predict(
    upkeeps: Iterable[Upkeep] | None = None, each: Callable[[int], object] = lambda done: None
) -> list[Prediction]:
    """Tell of all machines of some upkeeps, or of all; one that fails holds up no other."""
    rows = Upkeep.objects.filter(retired=False) if upkeeps is None else upkeeps
    return [one for upkeep in rows for one in _of(upkeep, each)]


def _of(upkeep: Upkeep, each: Callable[[int], object]) -> list[Prediction]:
    assets = machines(upkeep)
    tags = tags_of(assets)
    lives = spans(assets)
    version = upkeep.versions.filter(used=True).first()
    keys = (
        Keys(tuple(version.settings), tuple(version.sensors)) if version
        else keys_of(upkeep.told, [own for own in tags.values() if own])
    )  # fmt: skip
    found = []
    for asset in assets:
        row = Prediction(asset=asset, upkeep=upkeep, version=version, at=now())
        began = lives[asset.pk][-1].began
        try:
            seen = see(upkeep.told, keys, tags[asset.pk], began, now(), asset.code)
            tell(row, upkeep, version, keys, seen)
        except Exception as fault:
            log.exception("machine %s could not be told", asset.code)
            row.trouble = [{"what": "unread", "why": str(fault)[:160]}]
        _keep(row)
        found.append(row)
        each(1)
    return found


def tell(row: Prediction, upkeep: Upkeep, version: Version | None, keys: Keys, seen: Seen) -> None:
    """Fill a prediction with what a machine's history says."""
    trouble = list(seen.trouble)
    row.began, row.pace = seen.began, seen.pace
    if seen.history is not None:
        row.age = seen.history.age
        if version is not None:
            trouble += _life(row, version, seen.history)
        trouble += _drift(row, upkeep, keys, seen, seen.history)
    row.trouble = trouble


def _life(row: Prediction, version: Version, history: History) -> list[Trouble]:
    try:
        left = kept_models.life_model(version.file).predict([history])
    except (ValueError, NotAModelError, FileNotFoundError) as fault:
        return [{"what": "model", "why": str(fault)[:160]}]
    row.mean, row.low, row.high = (float(x[0]) for x in (left.mean(), left.low, left.high))
    row.quantiles = [[share, round(float(left.quantile(share)[0]), 3)] for share in SHARES]
    if row.pace:
        row.days, row.days_low, row.days_high = (
            value / row.pace for value in (row.mean, row.low, row.high)
        )
    return []


def _drift(
    row: Prediction, upkeep: Upkeep, keys: Keys, seen: Seen, history: History
) -> list[Trouble]:
    if len(history) < FEWEST:
        return [{"what": "short", "n": len(history), "needed": FEWEST}]
    base = upkeep.told.normal_rows
    run = np.column_stack([history.settings, seen.before])
    history = History(history.cycles, run, history.sensors, history.name)
    life = f"{seen.began} {keys.sensors} {keys.settings}"
    try:
        normal = kept_models.normal_of(row.asset_id, life, history, base, upkeep.told.between)
        found = normal.watch(history)
    except ValueError as fault:
        return [{"what": "drift", "why": str(fault)[:160]}]
    row.drift = {
        "score": round(float(found.score[-1]), 3),
        "is_drifting": found.is_drifting,
        "alarm": _iso(moment_at(seen, found.alarm)),
        "since": _iso(moment_at(seen, found.since)),
        "sensors": [
            [keys.sensors[at], round(share, 3), round(shift, 2)]
            for at, share, shift in found.sensors
            if share >= 0.01
        ],
    }
    step = max(1, -(-len(history) // MOST_POINTS))
    at = np.arange(len(history) - 1, -1, -step)[::-1]
    row.trace = {
        "times": [datetime_of(seen.moments[one]).isoformat() for one in at],
        "score": [round(float(found.score[one]), 3) for one in at],
    }
    return []


def _iso(at: datetime | None) -> str | None:
    return at.isoformat() if at else None


def _keep(row: Prediction) -> None:
    """Put a prediction in the place of the day's, and let it be the newest."""
    row.day = local_day(row.at)
    fields: dict[str, Any] = {
        field.name: getattr(row, field.name)
        for field in Prediction._meta.concrete_fields
        if field.name not in ("id", "asset", "day", "newest")
    }
    with transaction.atomic():
        Asset.objects.select_for_update().get(pk=row.asset_id)
        old = Prediction.objects.filter(asset=row.asset_id, newest=True)
        old.exclude(day=row.day).update(newest=False, trace={})
        kept, _new = Prediction.objects.update_or_create(
            asset=row.asset, day=row.day, defaults=fields | {"newest": True}
        )
        row.pk = kept.pk
