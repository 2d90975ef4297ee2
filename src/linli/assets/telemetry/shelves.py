"""Points on the shelves: Parquet files by group of tags and day, read by DuckDB.

    raw/g00001/2026-11-24/0000000003-0000000010.parquet   tag, time, value, seq
    minute/g00001/2026-11-24.parquet                      tag, time, mean, low, high, count, last
    hour/g00001/2026-11.parquet                           the same

A file is named for the segments of the journal it holds. It is written beside and renamed, so it
is whole or not there; folding a segment twice writes the same file twice. Where a kill has left
both a merged file and those it was made of, the one that holds more counts. `seq` says which
of two points with the same tag and time was written later: that one is the point.
"""

import os
from collections.abc import Iterator, Sequence
from pathlib import Path
from threading import Lock
from typing import Any

import numpy as np

from linli.assets.telemetry.journal import Batch, folder

GROUP = 256  # tags a group
DAY = 86_400_000
MINUTE, HOUR = 60_000, 3_600_000
TOGETHER = 8  # so many files of a day become one
RETRIES = 5  # a file may be merged away while it is read


def group_of(tag: int) -> str:
    """Return the group a tag belongs to."""
    return f"g{tag // GROUP:05d}"


def day_name(day: int) -> str:
    """Return a day, counted from 1970, as it stands in names."""
    return str(np.datetime64(day, "D"))


class File:
    """A file of raw points: which segments it holds."""

    def __init__(self, path: Path) -> None:
        self.path = path
        low, _hyphen, high = path.stem.partition("-")
        self.low, self.high = int(low), int(high)


def files(partition: Path) -> list[File]:
    """Return the files of a group and day that count, in the order of their segments."""
    try:
        names = [name for name in os.listdir(partition) if name.endswith(".parquet")]
    except (FileNotFoundError, NotADirectoryError):
        return []
    found = sorted((File(partition / name) for name in names), key=lambda f: (f.low, -f.high))
    counted: list[File] = []
    for one in found:
        if not counted or one.high > counted[-1].high:
            counted.append(one)
    return counted


def days_between(since: int, until: int) -> range:
    """Return the days that points of [since, until) lie in."""
    return range(since // DAY, (max(until - 1, since)) // DAY + 1)


def partition(group: str, day: int) -> Path:
    """Where the raw points of a group and a day lie."""
    return folder() / "raw" / group / day_name(day)


def each_partition() -> Iterator[tuple[str, int, Path]]:
    """Return every group and day there are raw points of."""
    root = folder() / "raw"
    if not root.exists():
        return
    for group in sorted(os.listdir(root)):
        for name in sorted(os.listdir(root / group)):
            yield group, int(np.datetime64(name, "D").astype(int)), root / group / name


# --- writing ---------------------------------------------------------------------------------


def last_written(ids: np.ndarray, times: np.ndarray, seq: np.ndarray | None = None) -> np.ndarray:
    """Return the positions of points by tag and time, of those with the same the last written."""
    turn = np.arange(len(ids)) if seq is None else seq
    order = np.lexsort((turn, times, ids))
    ids, times = ids[order], times[order]
    is_last = np.append((ids[1:] != ids[:-1]) | (times[1:] != times[:-1]), True)
    return order[is_last] if len(order) else order


def put(segment: int, batch: Batch) -> None:
    """Fold a segment of the journal; doing it again changes nothing."""
    if not len(batch):
        return
    batch = batch.where(last_written(batch.ids, batch.times))
    places = (batch.ids // GROUP).astype(np.int64) * 1_000_000 + batch.times // DAY
    for place in np.unique(places):
        part = batch.where(places == place)
        target = partition(group_of(int(part.ids[0])), int(part.times[0] // DAY))
        seq = np.full(len(part), segment, np.int32)
        write(target / f"{segment:010d}-{segment:010d}.parquet", _raw(part, seq))


def _raw(batch: Batch, seq: np.ndarray) -> dict[str, np.ndarray]:
    return {
        "tag": batch.ids.astype(np.int32), "time": batch.times.astype("datetime64[ms]"),
        "value": batch.values, "seq": seq,
    }  # fmt: skip


def write(path: Path, columns: dict[str, np.ndarray]) -> None:
    """Write a file whole, or not at all."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    path.parent.mkdir(parents=True, exist_ok=True)
    beside = path.with_name(f".{path.name}.{os.getpid()}")
    with beside.open("wb") as file:
        pq.write_table(pa.table(columns), file, row_group_size=65_536, compression="zstd")
        file.flush()
        os.fsync(file.fileno())
    beside.replace(path)
    descriptor = os.open(path.parent, os.O_RDONLY)
    os.fsync(descriptor)
    os.close(descriptor)


def merge(place: Path, least: int = TOGETHER) -> bool:
    """Make one file of those of a day where there are so many; tell whether it did."""
    held = files(place)
    if len(held) < least:
        _drop_contained(place, held)
        return False
    rows = _fetch(held, "SELECT tag, time, value, seq FROM {}", [])
    batch = Batch(rows["tag"], rows["time"].astype("datetime64[ms]").astype(np.int64),
                  rows["value"])  # fmt: skip
    chosen = last_written(batch.ids, batch.times, rows["seq"])
    name = f"{held[0].low:010d}-{held[-1].high:010d}.parquet"
    write(place / name, _raw(batch.where(chosen), rows["seq"][chosen]))
    _drop_contained(place, files(place))
    return True


def _drop_contained(place: Path, counted: Sequence[File]) -> None:
    keep = {one.path.name for one in counted}
    for name in os.listdir(place):
        if name.endswith(".parquet") and name not in keep:
            (place / name).unlink(missing_ok=True)


# --- reading ---------------------------------------------------------------------------------

_connection: Any = None
_lock = Lock()


def query(sql: str, values: Sequence[Any]) -> dict[str, np.ndarray]:
    """Ask DuckDB, one question of this process at a time."""
    global _connection
    import duckdb

    with _lock:
        if _connection is None:
            _connection = duckdb.connect(":memory:", config={"threads": 2})
            _connection.execute("SET memory_limit = '1GB'; SET TimeZone = 'UTC'")
            _connection.execute("SET enable_progress_bar = false")
        found: dict[str, np.ndarray] = _connection.execute(sql, list(values)).fetchnumpy()
    return {
        name: np.asarray(column.filled(np.nan) if np.ma.isMaskedArray(column) else column)
        for name, column in found.items()
    }


def _fetch(held: Sequence[File], sql: str, values: Sequence[Any]) -> dict[str, np.ndarray]:
    names = ", ".join("'" + str(one.path).replace("'", "''") + "'" for one in held)
    return query(sql.format(f"read_parquet([{names}])"), values)


def raw(ids: np.ndarray, days: Sequence[int], since: int, until: int) -> tuple[Batch, np.ndarray]:
    """Return the points of tags in [since, until) on some days, and which segment each is of."""
    import duckdb

    groups = sorted({group_of(int(tag)) for tag in ids})
    for attempt in range(RETRIES):
        held = [one for group in groups for day in days for one in files(partition(group, day))]
        if not held:
            break
        try:
            rows = _fetch(
                held,
                "SELECT tag, epoch_ms(time) AS time, value, seq FROM {} WHERE tag IN ("
                + ", ".join(str(int(tag)) for tag in ids)
                + ") AND time >= make_timestamp_ms(?) AND time < make_timestamp_ms(?)",
                [since, until],
            )
        except (duckdb.IOException, FileNotFoundError):
            if attempt == RETRIES - 1:
                raise
            continue
        return Batch(rows["tag"], rows["time"], rows["value"]), rows["seq"]
    return Batch.of([]), np.empty(0, np.int32)
