"""The edges of the chain where a walk looks them up: in the database, or in memory.

A trace touches some hundred edges, and asks the database for those. A recall may touch a million:
then a process reads all edges once, keeps them as arrays, and reads on only what changed since.
"""

from collections.abc import Sequence
from threading import Lock, Thread

import numpy as np
from django.db import connection

from linli.engines.lineage import Edges, Shelf
from linli.logistics.chain.models import Edge, Ledger

COLUMNS = ("id", "source", "target", "since", "until", "kind", "owner", "event")
A_QUESTION = 5_000
MANY = 50_000  # to read so many takes longer than somebody notices
TAIL = 50_000  # newer edges beside the others before all are sorted anew


class Stored:
    """Edges as they stand in the database."""

    def leaving(self, nodes: np.ndarray, backward: bool) -> Edges:
        """Return the edges out of `nodes`; into them if `backward`."""
        end, keys = ("target" if backward else "source"), nodes.tolist()
        rows: list[Sequence[int]] = []
        for at in range(0, len(keys), A_QUESTION):
            found = Edge.objects.filter(**{f"{end}__in": keys[at : at + A_QUESTION]}).order_by()
            rows += list(found.values_list(*COLUMNS))
        return Edges.of(rows)


class Kept:
    """All edges in memory, brought up to date by version."""

    def __init__(self) -> None:
        self.version = -1
        self._shelves: list[Shelf] = []
        self._lock = Lock()

    def leaving(self, nodes: np.ndarray, backward: bool) -> Edges:
        """Return the edges out of `nodes`; into them if `backward`."""
        parts = [shelf.leaving(nodes, backward) for shelf in self._shelves]
        return parts[0] if len(parts) == 1 else Edges.joined(parts)

    def refresh(self) -> "Kept":
        """Read what was written since it was read last."""
        version = version_now()
        with self._lock:
            if version == self.version:
                return self
            if version < self.version or self.version < 0:  # another database, or none yet
                self._shelves = [Shelf(_read(""))]
            else:
                newer = _read(f"WHERE changed > {int(self.version)}")
                self._put(newer)
            self.version = version
        return self

    def _put(self, newer: Edges) -> None:
        for shelf in self._shelves:
            shelf.drop(newer.edge)
        tail = [self._shelves[1].edges.take(~self._shelves[1].is_gone)] if self._shelves[1:] else []
        joined = Edges.joined([*tail, newer])
        base = self._shelves[0]
        if len(joined) <= TAIL:
            self._shelves = [base, Shelf(joined)]
        else:
            self._shelves = [Shelf(Edges.joined([base.edges.take(~base.is_gone), joined]))]

    def __len__(self) -> int:
        return sum(int((~shelf.is_gone).sum()) for shelf in self._shelves)


KEPT = Kept()


def prepare(at_least: int = MANY) -> Thread | None:
    """Begin to read all edges beside, where there are many: a recall is about to be asked for."""
    if KEPT.version >= 0 or not Edge.objects.order_by("id")[at_least:].exists():
        return None
    reading = Thread(target=_refresh, name="edges", daemon=True)
    reading.start()
    return reading


def _refresh() -> None:
    try:
        KEPT.refresh()
    finally:
        connection.close()  # a thread's own


def version_now() -> int:
    """Return how many captures were written."""
    return Ledger.objects.filter(pk=1).values_list("version", flat=True).first() or 0


def forget() -> None:
    """Let go of what is kept in memory (another database is behind the connection)."""
    KEPT.version = -1


def _read(where: str) -> Edges:
    """Read edges as arrays, each kind of database in the way it is fastest."""
    query = f"SELECT {', '.join(COLUMNS)} FROM {Edge._meta.db_table} {where}"
    if connection.vendor == "postgresql":
        return _copied(query)
    with connection.cursor() as cursor:
        cursor.execute(query)
        parts: list[np.ndarray] = []
        while rows := cursor.fetchmany(100_000):
            parts.append(np.array(rows, dtype=np.int64))
    table = np.concatenate(parts) if parts else np.zeros((0, 8), dtype=np.int64)
    return Edges(*(np.ascontiguousarray(table[:, at]) for at in range(8)))


def _copied(query: str) -> Edges:
    """Read by COPY in its binary form: rows of one length, as no column is ever empty."""
    wide = query.replace("kind", "kind::bigint")
    asked = f"COPY ({wide}) TO STDOUT (FORMAT BINARY)"
    with connection.cursor() as cursor, cursor.cursor.copy(asked) as copy:
        taken = b"".join(bytes(part) for part in copy)
    # 19 bytes of signature, flags and extension in front, a count of -1 at the end.
    row = np.dtype([("n", ">i2")] + [p for at in range(8)
                   for p in ((f"l{at}", ">i4"), (f"v{at}", ">i8"))])  # fmt: skip
    table = np.frombuffer(taken, dtype=row, count=(len(taken) - 21) // row.itemsize, offset=19)
    return Edges(*(table[f"v{at}"].astype(np.int64) for at in range(8)))
