"""`linli maintain fit|run`: from files, without a town, or from the town's own telemetry."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from linli.assets.maintenance import files
from linli.engines.life import DriftDetector, LifeModel
from linli.engines.life.drift import FEWEST
from linli.engines.store import NotAModelError


def fit(
    paths: Sequence[Path], out: Path, horizon: float, unit: str = "", cycle: str = "",
    settings: Sequence[str] = (),
) -> dict[str, Any]:  # fmt: skip
    """Learn a life model from files in which each machine failed after its last row.

    Raises
    ------
    files.Unusable
        If the files hold no histories, or too few, or nothing in them tells of wear.
    """
    held = files.read(paths, unit, cycle, settings)
    try:
        model = LifeModel.fit(held.histories, horizon=horizon)
    except ValueError as fault:
        raise files.Unusable(str(fault)) from fault
    model.save(out)
    trial = model.trial
    return {
        "model": str(out), "lives": len(held.histories), "left_out": held.left_out,
        "settings": list(held.settings), "sensors": len(held.sensors),
        "trial_rmse": round(trial.rmse, 2), "trial_coverage": round(trial.coverage, 3),
    }  # fmt: skip


def run(
    paths: Sequence[Path], model: Path | None, base: int, unit: str = "", cycle: str = "",
    settings: Sequence[str] = (),
) -> list[dict[str, Any]]:  # fmt: skip
    """Tell of each machine in files what is left, and whether it left its own normal.

    Parameters
    ----------
    model
        A life model; without one only drift is told.
    base
        First rows of each machine that count as its normal.

    Raises
    ------
    files.Unusable, linli.engines.store.NotAModelError
        If the files hold no histories, the model is none, or it was learnt from other columns.
    """
    held = files.read(paths, unit, cycle, settings)
    try:
        left = LifeModel.load(model).predict(held.histories) if model is not None else None
    except NotAModelError:
        raise
    except ValueError as fault:
        raise files.Unusable(str(fault)) from fault
    mean = left.mean() if left is not None else None
    told: list[dict[str, Any]] = []
    for at, one in enumerate(held.histories):
        row: dict[str, Any] = {"machine": one.name, "age": one.age}
        if left is not None and mean is not None:
            row |= {"left": round(float(mean[at]), 1), "low": round(float(left.low[at]), 1),
                    "high": round(float(left.high[at]), 1)}  # fmt: skip
        row |= _drift(one, base, held.sensors)
        told.append(row)
    return [*told, *({"machine": None, "why": why} for why in held.left_out)]


def _drift(one: Any, base: int, names: Sequence[str]) -> dict[str, Any]:
    if len(one) < FEWEST:
        return {"drift": None, "why": f"{len(one)} rows, {FEWEST} are needed"}
    try:
        found = DriftDetector.fit(one, first=base).watch(one)
    except ValueError as fault:
        return {"drift": None, "why": str(fault)}
    return {
        "drift": found.is_drifting, "since": found.since,
        "sensors": [names[at] for at, share, _shift in found.sensors if share >= 0.05],
    }  # fmt: skip


def fit_town(upkeep: str, each: Callable[[int], object]) -> list[dict[str, Any]]:
    """Learn a model for each upkeep of the town, or for the one named.

    Raises
    ------
    files.Unusable
        If there is no such upkeep.
    """
    from linli.assets.maintenance import fitting
    from linli.assets.maintenance.models import Upkeep

    rows = Upkeep.objects.filter(retired=False)
    if upkeep and not (rows := rows.filter(code=upkeep)):
        raise files.Unusable(f"no upkeep is called {upkeep!r}")
    told: list[dict[str, Any]] = []
    for row in rows:
        try:
            version = fitting.fit(row, each=each)
        except ValueError as fault:
            told.append({"upkeep": row.code, "version": None, "why": str(fault)})
            continue
        told.append({"upkeep": row.code, "version": version.number, "lives": version.lives,
                     "ended_in_time": version.censored, **version.figures})  # fmt: skip
    return told


def run_town(each: Callable[[int], object]) -> list[dict[str, Any]]:
    """Tell of all machines of the town, open what is due and plan it."""
    from linli.assets.maintenance import orders, planning, predicting, wording

    rows = predicting.predict(each=each)
    if orders.is_ready():
        orders.follow(rows)
        planning.replan_all()
    return [
        {
            "machine": row.asset.code, "upkeep": row.upkeep.code,
            "days": row.days and round(row.days, 1), "low": row.days_low and round(row.days_low, 1),
            "high": row.days_high and round(row.days_high, 1), "drift": row.is_drifting,
            "since": (row.drift.get("since") or "")[:10] or None,
            "sensors": [key for key, *_rest in row.drift.get("sensors", [])][:3],
            "trouble": wording.troubles(row.trouble),
        }
        for row in rows
    ]  # fmt: skip
