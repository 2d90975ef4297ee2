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
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from threading import Lock
from typing import Any

import numpy as np

from linli.assets.telemetry.journal import Batch, folder

GROUP = 256  # tags a group
DAY = 86_400_000
MINUTE, HOUR = 60_000, 3_600_000
TOGETHER = 8  # so many files of a day become one
ROWS = 65_536  # of a row group: what is read at least
AT_ONCE = 3_000_000  # rows held in memory at once
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


def write(path: Path, *parts: dict[str, np.ndarray]) -> None:
    """Write a file whole, or not at all; `parts` follow each other."""
    write_parts(path, parts)


def write_parts(path: Path, parts: Iterable[dict[str, np.ndarray]]) -> None:
    """Write a file whole, or not at all, a part at a time."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    path.parent.mkdir(parents=True, exist_ok=True)
    beside = path.with_name(f".{path.name}.{os.getpid()}")
    with beside.open("wb") as file:
        writer = None
        for columns in parts:
            table = pa.table(columns)
            writer = writer or pq.ParquetWriter(file, table.schema, compression="zstd")
            writer.write_table(table, row_group_size=ROWS)
        if writer is None:
            raise ValueError(f"nothing to write into {path}")
        writer.close()
        file.flush()
        os.fsync(file.fileno())
    beside.replace(path)
    descriptor = os.open(path.parent, os.O_RDONLY)
    os.fsync(descriptor)
    os.close(descriptor)


def run_to_merge(place: Path) -> list[File]:
    """Return the newest files of a day that are worth merging: many, and none far larger.

    An older file joins only where it is not much larger than all newer ones together, so a point
    is written again some few times, however many segments a day has.
    """
    run: list[File] = []
    total = 0
    for one in reversed(files(place)):
        size = one.path.stat().st_size
        if run and size > 2 * total and len(run) >= 2:
            break
        run.append(one)
        total += size
    return run[::-1] if len(run) >= TOGETHER else []


def in_turns(held: Sequence[File], first: int) -> Iterator[np.ndarray]:
    """Return the tags of a group, so many at a time that their points fit into memory."""
    import pyarrow.parquet as pq

    rows = sum(pq.read_metadata(one.path).num_rows for one in held)
    turns = min(max(rows // AT_ONCE + 1, 1), GROUP)
    yield from np.array_split(np.arange(first, first + GROUP, dtype=np.int32), turns)


def tags_in(place: Path) -> list[int]:
    """Return the tags there are points of on a day."""
    held = files(place)
    return [int(tag) for tag in _fetch(held, "SELECT DISTINCT tag FROM {}", [])["tag"]]


def rewrite(place: Path, keep: np.ndarray) -> None:
    """Keep the points of some tags on a day, and none of others."""
    tags = ", ".join(str(int(tag)) for tag in keep)
    columns = "SELECT tag, epoch_ms(time) AS time, value, seq FROM {}"
    for one in files(place):
        rows = _fetch([one], f"{columns} WHERE tag IN ({tags}) ORDER BY tag, time, seq", [])
        write(one.path, _raw(Batch(rows["tag"], rows["time"], rows["value"]), rows["seq"]))


def merge(place: Path, held: Sequence[File]) -> None:
    """Make one file of some that follow each other on a day; all others stay."""
    first = int(place.parent.name[1:]) * GROUP

    def parts() -> Iterator[dict[str, np.ndarray]]:
        for ids in in_turns(held, first):
            rows = _fetch(held, "SELECT tag, epoch_ms(time) AS time, value, seq FROM {} WHERE tag "
                          f"BETWEEN {ids[0]} AND {ids[-1]}", [])  # fmt: skip
            batch = Batch(rows["tag"], rows["time"], rows["value"])
            chosen = last_written(batch.ids, batch.times, rows["seq"])
            yield _raw(batch.where(chosen), rows["seq"][chosen])

    write_parts(place / f"{held[0].low:010d}-{held[-1].high:010d}.parquet", parts())
    keep = {one.path.name for one in files(place)}
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


def ask(paths: Sequence[Path], sql: str, values: Sequence[Any]) -> dict[str, np.ndarray]:
    """Ask DuckDB of files as they stood at one moment; `{}` in the question stands for them.

    DuckDB opens a file by its name again for each of its threads. Where the file was replaced in
    between, pages of the new one are read by the footer of the old: that fails as it happens
    ("don't know what type") or answers nonsense. So an answer counts only if no file was replaced
    meanwhile; otherwise the question is put once more, to names that keep the files as they are.

    Raises
    ------
    FileNotFoundError, duckdb.IOException
        If a file is gone: merged into another one, or let go.
    """
    import duckdb

    before = _marks(paths)
    try:
        found = query(sql.format(_names(paths)), values)
    except duckdb.Error:
        if _marks(paths) == before:
            raise
    else:
        if _marks(paths) == before:
            return found
    with TemporaryDirectory(dir=folder(), prefix=".held-") as place:
        held = [Path(place) / f"{number}.parquet" for number in range(len(paths))]
        for path, kept in zip(paths, held, strict=True):
            os.link(path, kept)
        return query(sql.format(_names(held)), values)


def _marks(paths: Sequence[Path]) -> list[tuple[int, int, int] | None]:
    """Return what tells a file from the one that took its name; None where there is none."""
    marks = list[tuple[int, int, int] | None]()
    for path in paths:
        try:
            seen = path.stat()
            marks.append((seen.st_ino, seen.st_mtime_ns, seen.st_size))
        except FileNotFoundError:
            marks.append(None)
    return marks


def _names(paths: Sequence[Path]) -> str:
    names = ", ".join("'" + str(path).replace("'", "''") + "'" for path in paths)
    return f"read_parquet([{names}])"


def _fetch(held: Sequence[File], sql: str, values: Sequence[Any]) -> dict[str, np.ndarray]:
    return ask([one.path for one in held], sql, values)


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
