"""Write and read telemetry: what all others use.

    store.write(Points.series({"press-3.temp": (times, values)}))
    store.read(["press-3.temp", "press-3.load"], since, until, every=timedelta(minutes=1))
    store.newest(["press-3.temp"])

A point is one value of one tag at one time. Written again it is the same point, with the value
that was written last.
"""

from collections.abc import Container, Sequence
from datetime import datetime, timedelta
from typing import Literal

import numpy as np

from linli.assets.telemetry import checking, directory, journal, reading
from linli.assets.telemetry.journal import Batch
from linli.assets.telemetry.models import Source
from linli.assets.telemetry.points import (
    Newest,
    Points,
    Series,
    Spread,
    Taken,
    datetime_of,
    moment,
)
from linli.clock import now

How = Literal["mean", "low", "high", "last", "count"]
__all__ = ["Newest", "Points", "Series", "Spread", "Taken", "newest", "read", "spread", "write"]


def write(
    points: Points,
    *,
    history: bool = False,
    source: Source | None = None,
    faults: checking.Faults | None = None,
    only: Container[str] | None = None,
) -> Taken:
    """Check points, store the good ones and count the others; once it returns they are safe.

    Parameters
    ----------
    history
        Whether these are points of the past: then none is too late, and no rule is told of them.
    faults
        What was wrong already when they were read, to be counted with the rest.
    only
        The tags that may be written; all others are as good as unknown.

    Raises
    ------
    OSError
        If they cannot be stored; none of them is then.
    """
    found = faults if faults is not None else checking.Faults()
    known = directory.known()
    at = known.positions(points.codes)
    if (at < 0).any():
        known = directory.known(is_missing=True)
        at = known.positions(points.codes)
    if only is not None:
        theirs = np.array([code in only for code in points.codes], bool)
        at = np.where(theirs, at, -1).astype(np.int32)
    arrived = int(moment(now()).astype(np.int64))
    times = points.times.astype("datetime64[ms]").astype(np.int64)
    good, places = checking.sift(points, at, times, known, arrived, history, found)
    batch = Batch(known.ids[places], times[good], points.values[good].astype(np.float64))
    journal.append(batch, arrived, history)
    found.keep(source)
    return Taken(len(batch), found.counts())


def read(
    tags: Sequence[str],
    since: datetime,
    until: datetime,
    *,
    every: timedelta | None = None,
    how: How = "mean",
) -> Series:
    """Return the values of tags in [since, until), a row a time, NaN where there is none.

    Parameters
    ----------
    every
        Stretches into which points are put together, counted from 1970 (UTC); by default each
        point stands by itself. Days whose points are no longer kept give their minutes' means.
    how
        What stands for a stretch: its mean, least, greatest or last value, or how many there are.

    Raises
    ------
    LookupError
        If a tag is not known; its code is the argument.
    """
    ids = _ids(tags)
    begin, end = _span(since, until)
    if every is None:
        return reading.points(tuple(tags), ids, begin, end)
    return reading.stretches(tuple(tags), ids, begin, end, _step(every), how)


def spread(tag: str, since: datetime, until: datetime, every: timedelta) -> Spread:
    """Return a tag a stretch at a time, with the least and the greatest value of each."""
    begin, end = _span(since, until)
    return reading.spread(_ids([tag]), begin, end, _step(every))


def newest(tags: Sequence[str]) -> dict[str, Newest]:
    """Return the newest point of each tag that has one."""
    known = directory.known()
    there = [tag for tag in tags if tag in known.by_code]
    found = journal.newest(known.ids[[known.by_code[tag] for tag in there]])
    return {
        tag: Newest(datetime_of(one["time"]), float(one["value"]))
        for tag, one in zip(there, found, strict=True)
        if one["time"] != journal.NEVER
    }


def _ids(tags: Sequence[str]) -> np.ndarray:
    known = directory.known()
    if any(tag not in known.by_code for tag in tags):
        known = directory.known(is_missing=True)
    places = [known.by_code[tag] for tag in tags]  # a KeyError is a LookupError
    return known.ids[np.array(places, np.int64)]


def _span(since: datetime, until: datetime) -> tuple[int, int]:
    return int(moment(since).astype(np.int64)), int(moment(until).astype(np.int64))


def _step(every: timedelta) -> int:
    step = round(every.total_seconds() * 1000)
    if step <= 0:
        raise ValueError("a stretch takes some time")
    return step
