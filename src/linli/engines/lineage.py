"""What came from what: walks over a graph of things through time, forwards and backwards.

Things have positive numbers, processes negative ones. An edge leads from what went in to what
came out of it, and holds for a stretch of time: a moment for what a process took or gave, from
packing to unpacking for what was in a container. So a crate passes nothing on to what lay in it
a month later, and whoever shared a pallet with a bad lot is not bad for it.

Times are whole milliseconds; `EVER` lies before and `NEVER` after all of them. An edge whose
`since` lies behind its `until` holds at no time: so one is taken back.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np

EVER, NEVER = -(2**61), 2**61

# What an edge is; and, added to it, whether its ends are goods (not containers).
TAKEN, GIVEN, PACKED, MEMBER = 1, 2, 3, 4
SOURCE_GOODS, TARGET_GOODS = 8, 16
_WHAT = 7


@dataclass(frozen=True)
class Edges:
    """Edges as columns of equal length; `edge` are their own numbers."""

    edge: np.ndarray
    source: np.ndarray
    target: np.ndarray
    since: np.ndarray
    until: np.ndarray
    kind: np.ndarray
    owner: np.ndarray
    event: np.ndarray

    def __len__(self) -> int:
        return len(self.edge)

    def take(self, which: np.ndarray) -> "Edges":
        """Return some of them, in that order."""
        return Edges(*(column[which] for column in self.columns))

    @property
    def columns(self) -> tuple[np.ndarray, ...]:
        """All columns, in the order of their declaration."""
        return (self.edge, self.source, self.target, self.since, self.until, self.kind,
                self.owner, self.event)  # fmt: skip

    @classmethod
    def of(cls, rows: Sequence[Sequence[int]]) -> "Edges":
        """Make them of rows with a value for each column."""
        table = np.array(rows, dtype=np.int64).reshape(-1, 8)
        return cls(*(np.ascontiguousarray(table[:, at]) for at in range(8)))

    @classmethod
    def joined(cls, parts: Iterable["Edges"]) -> "Edges":
        """Return the edges of several as one."""
        return cls(*(np.concatenate(c) for c in zip(*(p.columns for p in parts), strict=True)))


class Book(Protocol):
    """Where edges are looked up."""

    def leaving(self, nodes: np.ndarray, backward: bool) -> Edges:
        """Return the edges out of `nodes` (sorted, each once); into them if `backward`."""
        ...


class Shelf:
    """Edges held in memory, found from either end."""

    def __init__(self, edges: Edges) -> None:
        self.edges = edges
        self.is_gone = np.zeros(len(edges), dtype=bool)
        self._forward = _Index(edges.source)
        self._backward = _Index(edges.target)
        self._by_number = np.argsort(edges.edge, kind="stable")

    def drop(self, numbers: np.ndarray) -> None:
        """Forget the edges with these numbers: a newer shelf has them."""
        sorted_numbers = self.edges.edge[self._by_number]
        at = np.searchsorted(sorted_numbers, numbers)
        at = at[(at < len(sorted_numbers))]
        hit = self._by_number[at[np.isin(sorted_numbers[at], numbers)]] if len(at) else at
        self.is_gone[hit] = True

    def leaving(self, nodes: np.ndarray, backward: bool) -> Edges:
        """Return the edges out of `nodes`; into them if `backward`."""
        which = (self._backward if backward else self._forward).of(nodes)
        return self.edges.take(which[~self.is_gone[which]])


class _Index:
    """Positions of edges by the node at one end."""

    def __init__(self, nodes: np.ndarray) -> None:
        self.order = np.argsort(nodes, kind="stable")
        self.nodes, first = np.unique(nodes[self.order], return_index=True)
        self.first = np.append(first, len(nodes))

    def of(self, nodes: np.ndarray) -> np.ndarray:
        if not len(self.nodes):
            return np.zeros(0, dtype=np.int64)
        at = np.minimum(np.searchsorted(self.nodes, nodes), len(self.nodes) - 1)
        at = at[self.nodes[at] == nodes]
        return self.order[_stretches(self.first[at], self.first[at + 1] - self.first[at])]


def _stretches(first: np.ndarray, count: np.ndarray) -> np.ndarray:
    """Return first, first + 1, … for each pair, one behind the other."""
    total = int(count.sum())
    if not total:
        return np.zeros(0, dtype=np.int64)
    ends = np.cumsum(count)
    return np.arange(total) - np.repeat(ends - count, count) + np.repeat(first, count)


@dataclass(frozen=True)
class Reach:
    """What a walk came to.

    Attributes
    ----------
    nodes
        Everything reached, sorted, those it started from too.
    is_goods
        Of each whether it is goods; neither a process nor a container.
    since
        Of each the earliest moment at which it was reached (walking backward, the latest).
    edges
        The edges it went along, each once; empty unless they were asked for.
    is_whole
        Whether it ended by itself.
    """

    nodes: np.ndarray
    is_goods: np.ndarray
    since: np.ndarray
    edges: Edges
    is_whole: bool

    @property
    def goods(self) -> np.ndarray:
        """Everything reached that is goods."""
        return self.nodes[self.is_goods]

    @property
    def containers(self) -> np.ndarray:
        """Everything reached that holds goods."""
        return self.nodes[~self.is_goods & (self.nodes > 0)]


NOTHING = Edges.of([])


def walk(
    start: Sequence[int] | np.ndarray,
    book: Book,
    *,
    backward: bool = False,
    owners: Sequence[int] | None = None,
    keep_edges: bool = False,
    most: int | None = None,
    start_is_goods: bool = True,
) -> Reach:
    """Go along all edges from `start`, as far as time allows.

    Forward, a thing is reached from the moment it got something from what was reached before;
    backward, up to the moment it gave something. What a process took and gave belongs together
    whatever the order of its moments.

    Parameters
    ----------
    owners
        Whose edges may be gone along; None for everybody's.
    most
        Stop once so many nodes are reached.
    """
    nodes = np.unique(np.asarray(start, dtype=np.int64))
    since = np.full(len(nodes), EVER, dtype=np.int64)
    until = np.full(len(nodes), NEVER, dtype=np.int64)
    best = _Best(nodes, since, np.full(len(nodes), start_is_goods))
    passing: set[tuple[int, int, int]] = set()
    allowed = None if owners is None else np.asarray(sorted(owners), dtype=np.int64)
    gone: list[Edges] = []
    is_whole = True
    while len(nodes):
        order = np.argsort(nodes, kind="stable")
        nodes, since, until = nodes[order], since[order], until[order]
        unique, first, count = np.unique(nodes, return_index=True, return_counts=True)
        edges = book.leaving(unique, backward)
        if allowed is not None and len(edges):
            edges = edges.take(np.isin(edges.owner, allowed))
        if not len(edges):
            break
        # Each edge once for every stretch in which its near end is reached.
        near = edges.target if backward else edges.source
        at = np.searchsorted(unique, near)
        state = _stretches(first[at], count[at])
        edges = edges.take(np.repeat(np.arange(len(edges)), count[at]))
        a, b = (-edges.until, -edges.since) if backward else (edges.since, edges.until)
        s, e = since[state], until[state]
        usable = (edges.since <= edges.until) & (a <= e) & (b >= s)
        edges, a, b, s, e = edges.take(usable), a[usable], b[usable], s[usable], e[usable]
        if keep_edges:
            gone.append(edges)
        nodes, since, until, is_goods = _beyond(edges, a, b, s, e, backward)
        nodes, since, until = best.better(nodes, since, until, is_goods, passing)
        if most is not None and len(best.nodes) > most:
            is_whole = False
            break
    told = Edges.joined(gone) if gone else NOTHING
    if len(told):
        told = told.take(np.unique(told.edge, return_index=True)[1])
    return Reach(best.nodes, best.is_goods, best.since, told, is_whole)


def _beyond(
    edges: Edges, a: np.ndarray, b: np.ndarray, s: np.ndarray, e: np.ndarray, backward: bool
) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """Return the far ends of edges, and the stretches in which they are reached."""
    what = edges.kind & _WHAT
    far = edges.source if backward else edges.target
    is_goods = (edges.kind & (SOURCE_GOODS if backward else TARGET_GOODS)) != 0
    into_process = what == (GIVEN if backward else TAKEN)
    within = (what == PACKED) & ~(is_goods & backward)
    # What a process took out of a crate lay in it at that moment, not before.
    at_once = (what == TAKEN) & ~is_goods & backward
    since = np.where(into_process, EVER, np.where(what == PACKED, np.maximum(s, a), a))
    until = np.where(within, np.minimum(e, b), np.where(at_once, b, NEVER))
    return far, since, until, is_goods


class _Best:
    """The earliest moment from which each node is reached for good."""

    def __init__(self, nodes: np.ndarray, since: np.ndarray, is_goods: np.ndarray) -> None:
        self.nodes, self.since, self.is_goods = nodes, since, is_goods
        self.lasting = since.copy()  # NEVER where it is reached for a while only

    def better(
        self, nodes: np.ndarray, since: np.ndarray, until: np.ndarray, is_goods: np.ndarray,
        passing: set[tuple[int, int, int]],
    ) -> tuple[np.ndarray, np.ndarray, np.ndarray]:  # fmt: skip
        """Take in what was reached; return what is new in it."""
        if not len(nodes):
            return nodes, since, until
        order = np.lexsort((since, nodes))
        nodes, since, until, is_goods = nodes[order], since[order], until[order], is_goods[order]
        known = self._lasting(nodes)
        is_lasting = until == NEVER
        fresh = is_lasting & (since < known)
        # Of the lasting ones of a node the first is the earliest.
        at = np.flatnonzero(fresh)
        if len(at):
            at = at[np.unique(nodes[at], return_index=True)[1]]
        found = list(at)
        for place in np.flatnonzero(~is_lasting & (since < known)):
            triple = (int(nodes[place]), int(since[place]), int(until[place]))
            if triple not in passing:
                passing.add(triple)
                found.append(place)
        new = np.array(found, dtype=np.int64)
        self._keep(nodes[new], since[new], is_goods[new], until[new] == NEVER)
        return nodes[new], since[new], until[new]

    def _lasting(self, nodes: np.ndarray) -> np.ndarray:
        at = np.minimum(np.searchsorted(self.nodes, nodes), max(len(self.nodes) - 1, 0))
        return np.where(self.nodes[at] == nodes, self.lasting[at], NEVER)

    def _keep(
        self, nodes: np.ndarray, since: np.ndarray, is_goods: np.ndarray, lasting: np.ndarray
    ) -> None:
        all_nodes = np.concatenate((self.nodes, nodes))
        order = np.argsort(all_nodes, kind="stable")
        every, first = np.unique(all_nodes[order], return_index=True)
        self.is_goods = np.concatenate((self.is_goods, is_goods))[order][first]
        joined = np.concatenate((self.since, since))[order]
        kept = np.concatenate((self.lasting, np.where(lasting, since, NEVER)))[order]
        self.nodes = every
        self.since = np.minimum.reduceat(joined, first)
        self.lasting = np.minimum.reduceat(kept, first)
