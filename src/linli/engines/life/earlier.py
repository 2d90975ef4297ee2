"""What settings were before: it still speaks from what is slow."""

import numpy as np

from .histories import Array

FADES_H = 1.0
"""Hours in which what went before a moment fades by 1/e out of what is slow, as warmth."""


def faded(setting: Array, times: np.ndarray) -> Array:
    """Return what a setting was before each hour: its mean, fading by 1/e in each hour back.

    What is slow answers that as well: a bearing in the first hour of a shift, an oven after a
    change of product. Hours in which nothing came leave it as it was. `times` are `datetime64`.
    """
    found, held = np.empty(len(setting)), np.nan
    hours: Array = np.diff(times, prepend=times[:1]) / np.timedelta64(1, "h")
    for at, value in enumerate(setting.tolist()):
        found[at] = held if np.isfinite(held) else value
        keep = float(np.exp(-max(hours[at], 1.0) / FADES_H))
        if np.isfinite(value):
            held = value if not np.isfinite(held) else keep * held + (1 - keep) * value
    return found


def tells_before(setting: Array) -> bool:
    """Tell whether a setting leaps, as a load does; one that wanders is before as it is now."""
    there = setting[np.isfinite(setting)]
    return len(there) > 2 and bool(np.ptp(there) > 0 and np.diff(there).std() > there.std() / 3)
