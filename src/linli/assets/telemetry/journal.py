"""The journal of newest points: appended to and forced to disk, a batch at a time.

Whatever comes in goes here first, from any process; what `append` has returned from is safe from
a kill at any moment. Segments that are full are folded into the shelves (`folding.py`).

A segment is a row of frames: head (mark, number of points, checksum, flags, arrival), then tags as
int32, times as int64 milliseconds, values as float64. A frame that a kill has torn is the last one
of its segment: readers stop before it, and the next writer cuts it off.
"""

import fcntl
import os
import struct
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from threading import RLock

import numpy as np
from django.conf import settings

HEAD = struct.Struct("<4sIIIq")
MARK = b"LLT1"
WIDTH = 20  # bytes a point
QUIET = 1  # flag: points of the past, which no rule is to be told of
NEWEST = np.dtype([("time", "<i8"), ("value", "<f8")])
NEVER = np.iinfo(np.int64).min


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
    """A batch, whether rules are to be told of it, when it came, and where the next one begins."""

    batch: Batch
    is_quiet: bool
    arrived: int
    end: int


def folder() -> Path:
    """Where telemetry keeps its files."""
    return Path(settings.HOME) / "telemetry"


def _journal() -> Path:
    return folder() / "journal"


def path_of(segment: int) -> Path:
    """Where a segment lies."""
    return _journal() / f"{segment:010d}.log"


def segments() -> list[int]:
    """Return the numbers of all segments there are, the one that is written last."""
    try:
        return sorted(int(name[:-4]) for name in os.listdir(_journal()) if name.endswith(".log"))
    except FileNotFoundError:
        return []


def frames(content: bytes, start: int = 0) -> Iterator[Frame]:
    """Read the frames of a segment from a byte on, up to its end or the first torn one."""
    length = len(content)
    while start + HEAD.size <= length:
        mark, count, check, flags, arrived = HEAD.unpack_from(content, start)
        begin, end = start + HEAD.size, start + HEAD.size + count * WIDTH
        if mark != MARK or end > length or zlib.crc32(content[begin:end]) != check:
            return
        yield Frame(
            Batch(
                np.frombuffer(content, "<i4", count, begin),
                np.frombuffer(content, "<i8", count, begin + 4 * count),
                np.frombuffer(content, "<f8", count, begin + 12 * count),
            ),
            bool(flags & QUIET),
            arrived,
            end,
        )
        start = end


def read(segment: int, start: int = 0) -> list[Frame]:
    """Return the frames of a segment from a byte on; none where it was folded meanwhile."""
    try:
        with path_of(segment).open("rb") as file:
            file.seek(start)
            content = file.read()
    except FileNotFoundError:
        return []
    return [Frame(one.batch, one.is_quiet, one.arrived, one.end + start) for one in frames(content)]


class _Pen:
    """What this process writes with: the open segment, and how far it is known to be whole."""

    def __init__(self) -> None:
        self.lock = RLock()
        self.forget()

    def forget(self) -> None:
        self.home: object = None
        self.pid = 0
        self.segment = self.end = 0
        self.file = -1
        self.newest: np.memmap | None = None

    def open(self) -> None:
        """Hold the segment that is written, whole to its end. The lock is held."""
        if self.file >= 0 and not path_of(self.segment + 1).exists():
            size = os.fstat(self.file).st_size
            if size != self.end:
                self._heal()
            return
        if self.file >= 0:
            os.close(self.file)
        known = segments()
        self.segment = known[-1] if known else 1
        self.file = os.open(path_of(self.segment), os.O_RDWR | os.O_CREAT | os.O_APPEND, 0o640)
        _sync_folder(_journal())
        self.end = 0
        self._heal()

    def _heal(self) -> None:
        """Learn what others wrote since, and cut off what a kill has torn."""
        if os.fstat(self.file).st_size < self.end:
            self.end = 0
        for frame in read(self.segment, self.end):
            self.end = frame.end
            self.note(frame.batch)
        if os.fstat(self.file).st_size > self.end:
            os.ftruncate(self.file, self.end)

    def note(self, batch: Batch) -> None:
        """Keep the newest point of each tag where all processes see it."""
        if not len(batch):
            return
        newest = self.room(int(batch.ids.max()))
        order = np.lexsort((np.arange(len(batch)), batch.times, batch.ids))
        ids = batch.ids[order]
        last = order[np.append(ids[1:] != ids[:-1], True)]
        ids, times = batch.ids[last], batch.times[last]
        wins = times >= newest["time"][ids]
        newest["value"][ids[wins]] = batch.values[last][wins]
        newest["time"][ids[wins]] = times[wins]

    def room(self, most: int) -> np.memmap:
        """Return the newest points, with room for a tag."""
        if self.newest is None or most >= len(self.newest):
            path = folder() / "newest.bin"
            held = path.stat().st_size // NEWEST.itemsize if path.exists() else 0
            wanted = (most // 1024 + 1) * 1024
            if held < wanted:
                blank = np.zeros(wanted - held, NEWEST)
                blank["time"] = NEVER
                with path.open("ab") as file:
                    file.truncate(held * NEWEST.itemsize)
                    file.write(blank.tobytes())
            self.newest = np.memmap(path, NEWEST, "r+")
        return self.newest


_pen = _Pen()


@contextmanager
def _writing() -> Iterator[_Pen]:
    """Hold the journal against all other writers, in this process and others."""
    with _pen.lock:
        if _pen.home != settings.HOME or _pen.pid != os.getpid():
            if _pen.file >= 0:
                os.close(_pen.file)
            _pen.forget()
            _journal().mkdir(parents=True, exist_ok=True)
            _pen.home, _pen.pid = settings.HOME, os.getpid()
        with (_journal() / "lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            _pen.open()
            yield _pen


def append(batch: Batch, arrived: int, is_quiet: bool = False) -> None:
    """Write points and force them to disk; once this has returned they are never lost.

    Raises
    ------
    OSError
        If the disk is full or broken; nothing of the batch is stored then.
    """
    if not len(batch):
        return
    body = (
        batch.ids.astype("<i4").tobytes()
        + batch.times.astype("<i8").tobytes()
        + batch.values.astype("<f8").tobytes()
    )
    frame = HEAD.pack(MARK, len(batch), zlib.crc32(body), QUIET * is_quiet, arrived) + body
    with _writing() as pen:
        try:
            written = os.write(pen.file, frame)
            if written != len(frame):
                raise OSError(f"only {written} of {len(frame)} bytes written")
            os.fdatasync(pen.file)
        except OSError:
            os.ftruncate(pen.file, pen.end)
            raise
        pen.end += len(frame)
        pen.note(batch)


def turn(least_bytes: int) -> bool:
    """Begin a new segment where the one that is written holds so much; tell whether it did."""
    if not segments():
        return False
    with _writing() as pen:
        if pen.end < max(least_bytes, 1):
            return False
        path_of(pen.segment + 1).touch()
        _sync_folder(_journal())
        return True


def newest(ids: np.ndarray) -> np.ndarray:
    """Return time and value of the newest point of tags; NEVER where there is none."""
    found = np.zeros(len(ids), NEWEST)
    found["time"] = NEVER
    path = folder() / "newest.bin"
    if not len(ids) or not path.exists():
        return found
    held = np.fromfile(path, NEWEST)
    there = ids < len(held)
    found[there] = held[ids[there]]
    return found


def _sync_folder(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
