"""Learn a life model of an upkeep from lives known whole, keep it as a version, go back to one."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from django.db import transaction

from linli.assets.maintenance import kept_models
from linli.assets.maintenance.histories import Keys, Trouble, keys_of, see, tags_of
from linli.assets.maintenance.models import Upkeep, Version
from linli.assets.maintenance.spans import spans
from linli.assets.register.models import Asset
from linli.clock import now
from linli.engines.life import History, LifeModel
from linli.people.models import User

FEWEST = 5
FEWEST_ROWS = 8


class TooFew(ValueError):
    """Not enough lives ended by failure; `trouble` says how many there are."""

    def __init__(self, n: int) -> None:
        self.trouble: Trouble = {"what": "few", "n": n, "needed": FEWEST}
        super().__init__(f"{n} lives ended by failure are known, {FEWEST} are needed")


@dataclass(frozen=True)
class Lives:
    """Lives to learn from."""

    failed: list[History]
    censored: list[History]
    keys: Keys
    trouble: list[Trouble]


def machines(upkeep: Upkeep) -> list[Asset]:
    """Return the machines an upkeep is for."""
    return list(Asset.objects.filter(kind__in=upkeep.told.kinds, retired=False).order_by("path"))


def lives_of(upkeep: Upkeep, each: Callable[[int], object] = lambda done: None) -> Lives:
    """Read the whole lives of all machines of an upkeep from telemetry, and the censored ones.

    Lives that began before anybody knew are left out, as nobody knows how old those machines were.
    """
    assets = machines(upkeep)
    tags = tags_of(assets)
    keys = keys_of(upkeep.told, [own for own in tags.values() if own])
    failed, censored, trouble = list[History](), list[History](), list[Trouble]()
    for asset in assets:
        for span in spans([asset])[asset.pk]:
            if span.began is None:
                continue
            seen = see(upkeep.told, keys, tags[asset.pk], span.began, span.ended or now(),
                       f"{asset.code} {span.began:%Y-%m-%d}")  # fmt: skip
            if seen.history is None or len(seen.history) < FEWEST_ROWS:
                continue
            (failed if span.failed else censored).append(seen.history)
        each(1)
    return Lives(failed, censored, keys, trouble)


def fit(
    upkeep: Upkeep, by: User | None = None, each: Callable[[int], object] = lambda done: None
) -> Version:
    """Learn from telemetry and put the new version in use.

    Raises
    ------
    TooFew
        If there are fewer than five failures.
    ValueError
        If nothing in them tells of wear.
    """
    found = lives_of(upkeep, each)
    return keep(upkeep, found.failed, found.censored, found.keys, by, "")


def keep(
    upkeep: Upkeep, failed: Sequence[History], censored: Sequence[History], keys: Keys,
    by: User | None, source: str,
) -> Version:  # fmt: skip
    """Learn from lives and keep the model as a version in use; the others stay.

    Raises
    ------
    TooFew, ValueError
        As `fit`.
    """
    if len(failed) < FEWEST:
        raise TooFew(len(failed))
    model = LifeModel.fit(failed, horizon=upkeep.told.horizon, censored=censored)
    with transaction.atomic():
        Upkeep.objects.select_for_update().get(pk=upkeep.pk)
        before = upkeep.versions.filter(used=True).first()
        last = upkeep.versions.order_by("-number").first()
        number = last.number + 1 if last else 1
        name = f"{upkeep.code}-{number}.life"
        model.save(kept_models.folder() / name)
        upkeep.versions.filter(used=True).update(used=False)
        version = Version.objects.create(
            upkeep=upkeep, number=number, fitted_at=now(), by=by, source=source[:200],
            settings=list(keys.settings), sensors=list(keys.sensors), lives=len(failed),
            censored=len(censored), usual=float(np.median([one.age for one in failed])),
            figures=figures(model), before=before.figures if before else {}, file=name, used=True,
        )  # fmt: skip
        Upkeep.objects.filter(pk=upkeep.pk).update(wanted=None, wanted_by=None, trouble=[])
    return version


def figures(model: LifeModel) -> dict[str, Any]:
    """Return what the trial on lives not learnt from said."""
    trial = model.trial
    return {"rmse": round(trial.rmse, 2), "coverage": round(trial.coverage, 3),
            "surprise": round(trial.surprise, 3), "modes": list(trial.modes),
            "shares": [round(one, 3) for one in trial.shares], "level": model.level}  # fmt: skip


def use(version: Version) -> None:
    """Put a version in use; the one before stays and can be gone back to."""
    with transaction.atomic():
        Upkeep.objects.select_for_update().get(pk=version.upkeep_id)
        Version.objects.filter(upkeep=version.upkeep_id, used=True).update(used=False)
        Version.objects.filter(pk=version.pk).update(used=True)


def want(upkeep: Upkeep, by: User) -> None:
    """Ask for a new fit; the worker makes it."""
    Upkeep.objects.filter(pk=upkeep.pk).update(wanted=now(), wanted_by=by)


def serve() -> int:
    """Make the fits somebody asked for, and return how many."""
    made = 0
    for upkeep in Upkeep.objects.filter(retired=False, wanted__isnull=False):
        try:
            fit(upkeep, upkeep.wanted_by)
            made += 1
        except TooFew as fault:
            _given_up(upkeep, fault.trouble)
        except (ValueError, LookupError) as fault:
            _given_up(upkeep, {"what": "model", "why": str(fault)[:200]})
    return made


def _given_up(upkeep: Upkeep, trouble: Trouble) -> None:
    Upkeep.objects.filter(pk=upkeep.pk).update(wanted=None, wanted_by=None, trouble=[trouble])
