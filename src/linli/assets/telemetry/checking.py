"""Which points are taken in, and what is wrong with the others, each counted by its reason."""

from dataclasses import dataclass, field

import numpy as np

from linli.assets.telemetry.directory import Known
from linli.assets.telemetry.journal import NEVER, newest
from linli.assets.telemetry.models import Reason, Source
from linli.assets.telemetry.points import Points

AHEAD_MS = 120_000  # a clock may be so far before ours
BACK_MS = 600_000  # a clock that goes back further than this is noted; its points are stored


@dataclass
class Fault:
    """Points refused for one reason: how many, and the first and last of them, in words."""

    count: int = 0
    first: str = ""
    last: str = ""


@dataclass
class Faults:
    """What was wrong with points, by tag (its key, or 0) or name, and reason."""

    found: dict[tuple[int, str, str], Fault] = field(default_factory=dict)

    def tell(
        self, tag: int, name: str, reason: str, first: object, last: object = None, count: int = 1
    ) -> None:
        """Note points of a tag, or of a name that is none (then `tag` is 0)."""
        one = self.found.setdefault((tag, "" if tag else name[:120], reason), Fault())
        one.first = one.first or str(first)[:200]
        one.last = str(first if last is None else last)[:200]
        one.count += count

    def counts(self) -> dict[str, int]:
        """Return how many points were refused for each reason; what is only noted is not told."""
        told: dict[str, int] = {}
        for (_tag, _name, reason), one in self.found.items():
            if reason != Reason.BACK:
                told[reason] = told.get(reason, 0) + one.count
        return told

    def keep(self, source: Source | None) -> None:
        """Write the counts where people see them."""
        if self.found:
            from linli.assets.telemetry import refused

            refused.add(self, source)


def sift(
    points: Points, at: np.ndarray, times: np.ndarray, known: Known, arrived: int,
    history: bool, faults: Faults,
) -> tuple[np.ndarray, np.ndarray]:  # fmt: skip
    """Return which points are good, and the positions of their tags; note the others.

    Parameters
    ----------
    at
        Positions of the codes of `points` among the known tags, -1 for none.
    """
    place = at[points.which] if len(at) else np.empty(0, np.int32)
    values = points.values
    open_ = np.ones(len(place), bool)

    def refuse(mask: np.ndarray, reason: str) -> None:
        mask = mask & open_
        if not mask.any():
            return
        open_[mask] = False
        rows = np.nonzero(mask)[0]
        for code in np.unique(points.which[rows]):
            of = rows[points.which[rows] == code]
            tag = int(known.ids[at[code]]) if at[code] >= 0 else 0
            faults.tell(tag, points.codes[code], reason, _said(times, values, of[0]),
                        _said(times, values, of[-1]), len(of))  # fmt: skip

    refuse(place < 0, Reason.UNKNOWN)
    refuse(~np.isfinite(values), Reason.NAN)
    safe = np.where(place < 0, 0, place)
    if len(known.ids):
        refuse(known.flag[safe] & (values != 0) & (values != 1), Reason.TYPE)
        refuse((values < known.low[safe]) | (values > known.high[safe]), Reason.RANGE)
        refuse(times > arrived + AHEAD_MS, Reason.FUTURE)
        if not history:
            refuse(times < arrived - known.late_ms[safe], Reason.LATE)
            _note_back(points, at, times, open_, known, faults)
    good = np.nonzero(open_)[0]
    return good, place[good]


def _said(times: np.ndarray, values: np.ndarray, row: int) -> str:
    return f"{values[row]:g} @ {np.datetime64(int(times[row]), 'ms')}Z"


def _note_back(
    points: Points, at: np.ndarray, times: np.ndarray, good: np.ndarray, known: Known,
    faults: Faults,
) -> None:  # fmt: skip
    """Note tags whose newest point of this batch lies well before the newest there was."""
    there = np.nonzero(at >= 0)[0]
    last = np.full(len(at), NEVER)
    np.maximum.at(last, points.which[good], times[good])
    before = np.full(len(at), NEVER)
    before[there] = newest(known.ids[at[there]])["time"]
    for code in np.nonzero((last != NEVER) & (before != NEVER) & (last < before - BACK_MS))[0]:
        faults.tell(int(known.ids[at[code]]), "", Reason.BACK,
                    f"{np.datetime64(int(last[code]), 'ms')}Z < "
                    f"{np.datetime64(int(before[code]), 'ms')}Z")  # fmt: skip
