"""Where models lie: life models by version, a machine's own normal by its life."""

from functools import lru_cache
from hashlib import sha256
from pathlib import Path

from django.conf import settings

from linli.engines.life import DriftDetector, History, LifeModel
from linli.engines.store import NotAModelError


def folder() -> Path:
    """Return where they lie, made if it is not there."""
    path = Path(settings.MODELS_ROOT) / "maintenance"
    path.mkdir(parents=True, exist_ok=True)
    return path


def life_model(name: str) -> LifeModel:
    """Return the life model of a version by its file.

    Raises
    ------
    NotAModelError, FileNotFoundError
        If it is gone or broken.
    """
    path = folder() / name
    return _read(str(path), path.stat().st_mtime_ns)


@lru_cache(maxsize=32)
def _read(path: str, mark: int) -> LifeModel:
    return LifeModel.load(path)


def normal_of(asset: int, life: str, history: History, base: int, between: int) -> DriftDetector:
    """Return what is normal for a machine in this life; learnt once, from its first rows.

    Parameters
    ----------
    life
        What names the life and the sensors: another one, another normal.

    Raises
    ------
    ValueError
        If there are too few rows, or no sensor varies in them.
    """
    rows = min(base, len(history))
    columns = history.settings.shape[1], history.sensors.shape[1]
    mark = sha256(f"{life} {rows} {between} {columns}".encode()).hexdigest()[:12]
    path = folder() / f"normal-{asset}-{mark}.drift"
    try:
        return DriftDetector.load(path)
    except (FileNotFoundError, NotAModelError):
        found = DriftDetector.fit(history, first=rows, between_alarms=between)
    if rows == base:
        for old in folder().glob(f"normal-{asset}-*.drift"):
            old.unlink(missing_ok=True)
        found.save(path)
    return found
