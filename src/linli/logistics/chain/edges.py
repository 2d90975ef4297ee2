"""From events to the steps between things that a trace goes along.

What a process takes leads to the process, and the process to what it gives. What is packed leads
to its container from packing to unpacking. A piece that is made as one of a lot comes from the lot.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from django.db.models import Q

from linli import bulk
from linli.engines.gs1 import GOODS, Kind
from linli.engines.lineage import (
    EVER,
    GIVEN,
    MEMBER,
    NEVER,
    PACKED,
    SOURCE_GOODS,
    TAKEN,
    TARGET_GOODS,
)
from linli.logistics.chain.epcis.vocabulary import ACTIONS
from linli.logistics.chain.models import Edge, Event, Role
from linli.logistics.chain.reading import Read

ADD, DELETE = ACTIONS.index("ADD"), ACTIONS.index("DELETE")
PACKING = ("AggregationEvent", "AssociationEvent")
A_QUESTION = 10_000  # keys asked for at once
NAMES = ("source", "target", "since", "until", "kind", "owner", "event", "ended", "quantity",
         "changed")  # fmt: skip
Row = tuple[Event, Read]


def ms(moment: datetime) -> int:
    """Return a moment as edges have it."""
    return round(moment.timestamp() * 1000)


def _is_goods(kind: int) -> bool:
    return kind in GOODS or kind == Kind.OTHER


class Writer:
    """Writes the edges of one capture."""

    def __init__(self, things: dict[str, int], version: int) -> None:
        self.things, self.version = things, version
        self._new: list[Edge] = []
        self._changed: dict[int, Edge] = {}

    def write(self, rows: Sequence[Row]) -> None:
        """Write the edges of events that were kept just now, in the order of their moments."""
        live = [row for row in rows if not row[0].void]
        self._processes(live)
        self._members(live)
        self._packing(live)
        values = [[getattr(edge, name) for name in NAMES] for edge in self._new]
        bulk.insert_values(Edge, NAMES, values)
        changed = list(self._changed.values())
        for edge in changed:
            edge.changed = self.version
        bulk.update(changed, ["since", "until", "ended", "quantity", "changed"])

    def _add(
        self, event: Event, source: int, target: int, kind: int, since: int, until: int,
        quantity: float | None = None,
    ) -> Edge:  # fmt: skip
        edge = Edge(
            source=source, target=target, since=since, until=until, kind=kind,
            owner=event.owner_id, event=event.pk, ended=0, quantity=quantity,
            changed=self.version,
        )  # fmt: skip
        self._new.append(edge)
        return edge

    # --- processes

    def _processes(self, rows: Sequence[Row]) -> None:
        making = [row for row in rows if row[1].name == "TransformationEvent"]
        first = self._first_of({read.transformation for _event, read in making} - {""})
        for event, read in making:
            process = -event.pk
            if read.transformation:
                process = -first.setdefault((event.owner_id, read.transformation), event.pk)
            at = ms(read.at)
            for one in read.things:
                thing = self.things[one.thing.uri]
                if one.role == Role.INPUT:
                    kind = TAKEN | (SOURCE_GOODS if _is_goods(one.thing.kind) else 0)
                    self._add(event, thing, process, kind, at, at, one.quantity)
                elif one.role == Role.OUTPUT:
                    kind = GIVEN | (TARGET_GOODS if _is_goods(one.thing.kind) else 0)
                    self._add(event, process, thing, kind, at, at, one.quantity)

    def _first_of(self, names: set[str]) -> dict[tuple[int, str], int]:
        """Return for each process told of in several events the first of them."""
        found: dict[tuple[int, str], int] = {}
        for part in _parts(sorted(names)):
            rows = Event.objects.filter(transformation__in=part).order_by("-id")
            for owner, name, key in rows.values_list("owner_id", "transformation", "pk"):
                found[owner, name] = key
        return found

    # --- pieces of a lot

    def _members(self, rows: Sequence[Row]) -> None:
        for event, read in rows:
            if read.lot is None:
                continue
            lot, at = self.things[read.lot.uri], ms(read.at)
            for one in read.things:
                if one.thing.kind == Kind.ITEM and one.role in (Role.SEEN, Role.OUTPUT):
                    kind = MEMBER | SOURCE_GOODS | TARGET_GOODS
                    self._add(event, lot, self.things[one.thing.uri], kind, at, at)

    # --- packing

    def _packing(self, rows: Sequence[Row]) -> None:
        moves = sorted(
            (row for row in rows
             if row[1].name in PACKING and row[1].action in (ADD, DELETE)),
            key=lambda row: (row[1].at, row[1].action == ADD),
        )  # fmt: skip
        if not moves:
            return
        parents = {
            self.things[one.thing.uri]
            for _event, read in moves for one in read.things if one.role == Role.PARENT
        }  # fmt: skip
        packed = _Packed(parents)
        for event, read in moves:
            at = ms(read.at)
            parent = next(one.thing for one in read.things if one.role == Role.PARENT)
            holder = self.things[parent.uri]
            children = [one for one in read.things if one.role == Role.CHILD]
            if read.action == DELETE and not children:
                for edge in packed.within(holder, at, event.owner_id):
                    self._end(edge, at, event)
                continue
            for one in children:
                child = self.things[one.thing.uri]
                kind = PACKED | (SOURCE_GOODS if _is_goods(one.thing.kind) else 0)
                kind |= TARGET_GOODS if _is_goods(parent.kind) else 0
                if read.action == ADD:
                    known = packed.without_beginning(child, holder, at, event.owner_id)
                    if known is not None:
                        known.since, known.quantity = at, one.quantity
                        self._note(known)
                    else:
                        edge = self._add(event, child, holder, kind, at, NEVER, one.quantity)
                        packed.put(edge)
                    continue
                open_one = packed.open(child, holder, at, event.owner_id)
                if open_one is None:  # it lay there, since when is not told
                    edge = self._add(event, child, holder, kind, EVER, at, one.quantity)
                    edge.ended = event.pk
                    packed.put(edge)
                elif one.quantity is None or (open_one.quantity or 0) - one.quantity <= 1e-9:
                    self._end(open_one, at, event)
                else:  # a part of the lot was taken out, the rest still lies there
                    open_one.quantity = (open_one.quantity or 0) - one.quantity
                    self._note(open_one)

    def _end(self, edge: Edge, at: int, event: Event) -> None:
        edge.until, edge.ended = at, event.pk
        self._note(edge)

    def _note(self, edge: Edge) -> None:
        if edge.pk is not None:
            self._changed[edge.pk] = edge


class _Packed:
    """What lies or lay in some containers, by content and container."""

    def __init__(self, parents: set[int]) -> None:
        self._by_pair: dict[tuple[int, int], list[Edge]] = {}
        self._by_parent: dict[int, list[Edge]] = {}
        for part in _parts(sorted(parents)):
            rows = Edge.objects.filter(target__in=part, kind__in=PACKINGS)
            for edge in rows.order_by("since"):
                self.put(edge)

    def put(self, edge: Edge) -> None:
        self._by_pair.setdefault((edge.source, edge.target), []).append(edge)
        self._by_parent.setdefault(edge.target, []).append(edge)

    def open(self, child: int, parent: int, at: int, owner: int) -> Edge | None:
        """Return the packing of a content that holds at a moment."""
        found = [e for e in self._by_pair.get((child, parent), ())
                 if e.owner == owner and EVER < e.since <= at < e.until]  # fmt: skip
        return found[-1] if found else None

    def without_beginning(self, child: int, parent: int, at: int, owner: int) -> Edge | None:
        """Return a packing whose end was told before its beginning, and which began now."""
        found = [e for e in self._by_pair.get((child, parent), ())
                 if e.owner == owner and e.since == EVER and e.until >= at]  # fmt: skip
        return min(found, key=lambda e: e.until) if found else None

    def within(self, parent: int, at: int, owner: int) -> list[Edge]:
        """Return all that lies in a container at a moment."""
        return [e for e in self._by_parent.get(parent, ())
                if e.owner == owner and e.since <= at < e.until]  # fmt: skip


PACKINGS = [PACKED | goods for goods in (0, SOURCE_GOODS, TARGET_GOODS,
                                         SOURCE_GOODS | TARGET_GOODS)]  # fmt: skip


def take_back(events: Sequence[int], things: Sequence[int], version: int) -> None:
    """Let the edges of events hold at no time: they were declared errors.

    `things` are what these events tell of: at one of them each of their edges ends.
    """
    for part in _parts(things):
        near = Edge.objects.filter(Q(source__in=part) | Q(target__in=part))
        near.filter(event__in=events).update(since=NEVER, until=EVER, changed=version)
        ended = near.filter(ended__in=events).exclude(since=NEVER)
        ended.update(until=NEVER, ended=0, changed=version)


def _parts(keys: Sequence[Any]) -> Iterable[list[Any]]:
    for at in range(0, len(keys), A_QUESTION):
        yield list(keys[at : at + A_QUESTION])
