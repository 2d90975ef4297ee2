"""The tags as arrays, so that thousands of points are looked up at once.

Each process reads them again after some seconds, and at once when it meets a name it does not know.
"""

import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from threading import Lock
from typing import Any

import numpy as np
from django.conf import settings

from linli.assets.telemetry.models import Tag

FRESH_S = 3.0
AT_MOST_EVERY_S = 0.5  # a storm of unknown names reads them no more often
FIELDS = (
    *("id", "code", "asset_id", "asset__code", "key", "kind", "unit", "low", "high"),
    *("late_hours", "words", "source_id", "address", "role", "every_s"),
)


@dataclass(frozen=True)
class Known:
    """All tags in use; arrays are indexed by position, `position` leads there."""

    ids: np.ndarray
    codes: tuple[str, ...]
    low: np.ndarray
    high: np.ndarray
    flag: np.ndarray
    late_ms: np.ndarray
    rows: tuple[dict[str, Any], ...]
    by_code: dict[str, int]
    by_key: dict[tuple[str, str], int]
    by_address: dict[tuple[int, str], int]
    by_id: dict[int, int] = field(default_factory=dict)

    def positions(self, codes: Sequence[str]) -> np.ndarray:
        """Return where tags stand, -1 for a code that is none."""
        return np.array([self.by_code.get(code, -1) for code in codes], np.int32)


def _read() -> Known:
    rows = tuple(Tag.objects.filter(retired=False).order_by("id").values(*FIELDS))
    low = [-np.inf if row["low"] is None else row["low"] for row in rows]
    high = [np.inf if row["high"] is None else row["high"] for row in rows]
    for place, row in enumerate(rows):
        if row["kind"] == Tag.Kind.FLAG:
            low[place], high[place] = 0.0, 1.0
    return Known(
        np.array([row["id"] for row in rows], np.int32),
        tuple(row["code"] for row in rows),
        np.array(low, np.float64),
        np.array(high, np.float64),
        np.array([row["kind"] == Tag.Kind.FLAG for row in rows], bool),
        np.array([row["late_hours"] * 3.6e6 for row in rows], np.float64),
        rows,
        {row["code"]: place for place, row in enumerate(rows)},
        {(row["asset__code"], row["key"]): place for place, row in enumerate(rows)},
        {
            (row["source_id"], row["address"]): place
            for place, row in enumerate(rows)
            if row["source_id"] and row["address"]
        },
        {row["id"]: place for place, row in enumerate(rows)},
    )


_lock = Lock()
_kept: tuple[object, float, Known] | None = None


def known(is_missing: bool = False) -> Known:
    """Return the tags; read again before their time where a name `is_missing`."""
    global _kept
    with _lock:
        age = time.monotonic() - _kept[1] if _kept and _kept[0] == settings.HOME else np.inf
        if _kept is None or age > (AT_MOST_EVERY_S if is_missing else FRESH_S):
            _kept = (settings.HOME, time.monotonic(), _read())
        return _kept[2]


def forget() -> None:
    """Read the tags anew at the next question, as they were changed here."""
    global _kept
    with _lock:
        _kept = None
