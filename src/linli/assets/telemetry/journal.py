"""The journal of newest points: appended to and forced to disk, a batch at a time.

Whatever comes in goes here first, from any process; what `append` has returned from is safe from
a kill at any moment. It is an SQLite file of its own, so that telemetry waits for no other writer
of the town. Its batches belong to segments; those that are full are folded into the shelves
(`folding.py`) and dropped.
"""

import os
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from threading import RLock

import numpy as np
from django.conf import settings

POINT = np.dtype([("tag", "<i4"), ("time", "<i8"), ("value", "<f8")])
NEWEST = np.dtype([("time", "<i8"), ("value", "<f8")])
NEVER = np.iinfo(np.int64).min
FILE = "journal.sqlite3"
WAIT_S = 30.0
TABLES = """
CREATE TABLE IF NOT EXISTS batch (
    id INTEGER PRIMARY KEY AUTOINCREMENT, segment INTEGER NOT NULL, quiet INTEGER NOT NULL,
    arrived INTEGER NOT NULL, points BLOB NOT NULL
);
CREATE INDEX IF NOT EXISTS batch_segment ON batch (segment, id, length(points));
CREATE TABLE IF NOT EXISTS open (one INTEGER PRIMARY KEY CHECK (one = 1), segment INTEGER NOT NULL);
INSERT OR IGNORE INTO open VALUES (1, 1);
CREATE TABLE IF NOT EXISTS newest (
    tag INTEGER PRIMARY KEY, time INTEGER NOT NULL, value REAL NOT NULL
) WITHOUT ROWID;
"""


@dataclass(frozen=True)
class Batch:
    """Points as the journal holds them; `ids` are primary keys of tags."""

    ids: np.ndarray
    times: np.ndarray  # int64, milliseconds
    values: np.ndarray

    def __len__(self) -> int:
        return len(self.ids)

    def where(self, mask: np.ndarray) -> "Batch":
        """Return those points a mask or an order picks."""
        return Batch(self.ids[mask], self.times[mask], self.values[mask])

    @staticmethod
    def of(batches: "list[Batch]") -> "Batch":
        """Return batches as one, in their order."""
        if len(batches) == 1:
            return batches[0]
        parts = [[b.ids for b in batches], [b.times for b in batches], [b.values for b in batches]]
        kinds = (np.int32, np.int64, np.float64)
        return Batch(
            *(
                np.concatenate(part) if part else np.empty(0, kind)
                for part, kind in zip(parts, kinds, strict=True)
            )
        )


@dataclass(frozen=True)
class Frame:
    """A batch, whether rules are to be told of it, when it came, and its place in the journal."""

    batch: Batch
    is_quiet: bool
    arrived: int
    end: int


def folder() -> Path:
    """Where telemetry keeps its files."""
    return Path(settings.HOME) / "telemetry"


class _Book:
    """The file as this process holds it open."""

    def __init__(self) -> None:
        self.lock = RLock()
        self.home: object = None
        self.pid = 0
        self.file: sqlite3.Connection | None = None

    def opened(self) -> sqlite3.Connection:
        if self.file is None or self.home != settings.HOME or self.pid != os.getpid():
            # What a parent process has open must neither be used nor closed here.
            if self.file is not None and self.pid == os.getpid():
                self.file.close()
            folder().mkdir(parents=True, exist_ok=True)
            self.file = sqlite3.connect(
                folder() / FILE, WAIT_S, isolation_level=None, check_same_thread=False
            )
            # In WAL mode FULL forces each transaction to disk before it returns.
            self.file.execute("PRAGMA journal_mode = WAL")
            self.file.execute("PRAGMA synchronous = FULL")
            self.file.executescript(TABLES)
            self.home, self.pid = settings.HOME, os.getpid()
        return self.file


_book = _Book()


@contextmanager
def _open() -> Iterator[sqlite3.Connection]:
    with _book.lock:
        try:
            yield _book.opened()
        except sqlite3.Error as error:
            raise OSError(f"{folder() / FILE}: {error}") from error


@contextmanager
def _writing() -> Iterator[sqlite3.Connection]:
    with _open() as file:
        file.execute("BEGIN IMMEDIATE")
        try:
            yield file
        except BaseException:
            file.execute("ROLLBACK")
            raise
        file.execute("COMMIT")


def segments() -> list[int]:
    """Return the numbers of all segments there are, the one that is written last."""
    with _open() as file:
        [(now,)] = file.execute("SELECT segment FROM open")
        held = file.execute("SELECT DISTINCT segment FROM batch ORDER BY segment").fetchall()
    found = [segment for (segment,) in held]
    return found if not found or found[-1] == now else [*found, now]


def read(segment: int, start: int = 0) -> list[Frame]:
    """Return the batches of a segment after a place; none where it was folded meanwhile."""
    with _open() as file:
        rows = file.execute(
            "SELECT id, quiet, arrived, points FROM batch WHERE segment = ? AND id > ? ORDER BY id",
            (segment, start),
        ).fetchall()
    return [Frame(_batch(points), bool(quiet), arrived, at) for at, quiet, arrived, points in rows]


def _batch(points: bytes) -> Batch:
    held = np.frombuffer(points, POINT)
    return Batch(*(np.ascontiguousarray(held[name]) for name in ("tag", "time", "value")))


def append(batch: Batch, arrived: int, is_quiet: bool = False) -> None:
    """Write points and force them to disk; once this has returned they are never lost.

    Raises
    ------
    OSError
        If the disk is full or broken; nothing of the batch is stored then.
    """
    if not len(batch):
        return
    points = np.empty(len(batch), POINT)
    points["tag"], points["time"], points["value"] = batch.ids, batch.times, batch.values
    newest = _newest_of(batch)
    with _writing() as file:
        file.execute(
            "INSERT INTO batch (segment, quiet, arrived, points) SELECT segment, ?, ?, ? FROM open",
            (is_quiet, arrived, points.tobytes()),
        )
        file.executemany(
            "INSERT INTO newest VALUES (?, ?, ?) ON CONFLICT (tag) DO UPDATE"
            " SET time = excluded.time, value = excluded.value WHERE excluded.time >= time",
            newest,
        )


def _newest_of(batch: Batch) -> list[tuple[int, int, float]]:
    order = np.lexsort((np.arange(len(batch)), batch.times, batch.ids))
    ids = batch.ids[order]
    last = order[np.append(ids[1:] != ids[:-1], True)]
    return list(
        zip(batch.ids[last].tolist(), batch.times[last].tolist(), batch.values[last].tolist(),
            strict=True)
    )  # fmt: skip


def turn(least_bytes: int) -> bool:
    """Begin a new segment where the one that is written holds so much; tell whether it did."""
    with _writing() as file:
        [(held,)] = file.execute(
            "SELECT COALESCE(SUM(length(points)), 0) FROM batch JOIN open USING (segment)"
        )
        if held < max(least_bytes, 1):
            return False
        file.execute("UPDATE open SET segment = segment + 1")
        return True


def drop(segment: int) -> None:
    """Take away a segment that lies on the shelves."""
    with _writing() as file:
        file.execute("DELETE FROM batch WHERE segment = ?", (segment,))


def end() -> tuple[int, int]:
    """Return the segment that is written, and the place of its newest batch (0: none yet)."""
    with _open() as file:
        [found] = file.execute(
            "SELECT segment, COALESCE((SELECT MAX(id) FROM batch WHERE segment = open.segment), 0)"
            " FROM open"
        )
    return int(found[0]), int(found[1])


def newest(ids: np.ndarray) -> np.ndarray:
    """Return time and value of the newest point of tags; NEVER where there is none."""
    found = np.zeros(len(ids), NEWEST)
    found["time"] = NEVER
    wanted = np.unique(ids).tolist()
    with _open() as file:
        rows = [
            row
            for at in range(0, len(wanted), 500)
            for row in file.execute(
                f"SELECT tag, time, value FROM newest WHERE tag IN"
                f" ({','.join('?' * len(wanted[at : at + 500]))})",
                wanted[at : at + 500],
            )
        ]
    known = {tag: (time, value) for tag, time, value in rows}
    for place, tag in enumerate(ids.tolist()):
        if tag in known:
            found[place] = known[tag]
    return found
