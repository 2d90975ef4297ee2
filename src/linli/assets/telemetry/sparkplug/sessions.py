"""What a host knows of each edge node: its aliases, the next number of its messages, if it lives.

Sparkplug 3.0, chapter 5: data without a birth, or after a gap in the numbers, makes the host ask
the node to be born again. Points of it are stored all the same: they name their own times.
"""

import time
from dataclasses import dataclass, field
from typing import Any

from google.protobuf.message import DecodeError

from linli.assets.telemetry import units, words
from linli.assets.telemetry.checking import Faults
from linli.assets.telemetry.directory import Known
from linli.assets.telemetry.models import Node, Reason, Source, Tag
from linli.assets.telemetry.sparkplug.payload import Payload, property_of, value_of
from linli.clock import now

ASK_AGAIN_S = 10.0  # a node is asked for its births no more often
BIRTHS, DATA, DEATHS = {"NBIRTH", "DBIRTH"}, {"NDATA", "DDATA"}, {"NDEATH", "DDEATH"}
SEQUENCE = 256
BD_SEQ = "bdSeq"


@dataclass
class Session:
    """A node, or a device of one; `aliases` give name, type and unit of a metric."""

    row: Node
    aliases: dict[str, tuple[str, int, str]] = field(default_factory=dict)
    types: dict[str, tuple[int, str]] = field(default_factory=dict)
    next: int | None = None
    bd_seq: int | None = None
    asked: float = -1e9


@dataclass
class Gathered:
    """Points one by one, as they were sent."""

    which: list[int] = field(default_factory=list)
    times: list[int] = field(default_factory=list)
    values: list[float] = field(default_factory=list)
    codes: list[str] = field(default_factory=list)
    places: dict[tuple[str, str, str], tuple[int, int]] = field(default_factory=dict)


class Sessions:
    """All nodes of a source."""

    def __init__(self, source: Source) -> None:
        self.source = source
        self.held: dict[tuple[str, str, str], Session] = {}
        for row in Node.objects.filter(source=source):
            found = self.held[row.group, row.edge, row.device] = Session(row)
            found.aliases = {alias: tuple(one) for alias, one in row.aliases.items()}
            found.types = {name: (kind, unit) for name, kind, unit in found.aliases.values()}
        self.rebirths: list[tuple[str, str]] = []
        self.gaps = 0

    def _of(self, group: str, edge: str, device: str) -> Session:
        key = (group, edge, device)
        if key not in self.held:
            row, _new = Node.objects.get_or_create(
                source=self.source, group=group[:120], edge=edge[:120], device=device[:120]
            )
            self.held[key] = Session(row)
        return self.held[key]

    def read(
        self, topic: str, content: bytes, known: Known, gathered: Gathered, faults: Faults
    ) -> None:
        """Take one message: keep what a birth says, gather points, note gaps."""
        _root, group, kind, edge, *rest = [*topic.split("/"), ""]
        device = rest[0] if rest else ""
        if kind not in BIRTHS | DATA | DEATHS or not edge:
            return
        try:
            told = Payload.FromString(content)
        except DecodeError:
            faults.tell(0, topic, Reason.FORM, "not a Sparkplug B payload")
            return
        node, session = self._of(group, edge, ""), self._of(group, edge, device)
        if kind in DEATHS:
            self._die(told, node, session, kind)
            return
        self._count(told, node, kind, group, edge)
        if kind in BIRTHS:
            self._be_born(told, session, kind)
        elif not session.row.online or not session.types:
            self._ask(node, group, edge)
        for metric in told.metrics:
            self._gather(metric, session, told.timestamp, known, gathered, faults)

    def _count(self, told: Any, node: Session, kind: str, group: str, edge: str) -> None:
        """See that no message of a node is missing: they are numbered from 0 to 255."""
        if not told.HasField("seq"):
            return
        if kind != "NBIRTH" and node.next is not None and told.seq != node.next:
            self.gaps += 1
            self._ask(node, group, edge)
        node.next = (told.seq + 1) % SEQUENCE

    def _be_born(self, told: Any, session: Session, kind: str) -> None:
        session.aliases, session.types = {}, {}
        for metric in told.metrics:
            if metric.name == BD_SEQ:
                session.bd_seq = int(metric.long_value or metric.int_value)
                continue
            unit = property_of(metric, "engUnit") or property_of(metric, "Engineering Units")
            session.types[metric.name] = (metric.datatype, unit)
            if metric.HasField("alias"):
                session.aliases[str(metric.alias)] = (metric.name, metric.datatype, unit)
        row = session.row
        row.aliases, row.online, row.born_at = dict(session.aliases), True, now()
        row.save(update_fields=["aliases", "online", "born_at"])
        if kind == "NBIRTH":
            # Devices are born after their node, each anew.
            self._offline(row)

    def _offline(self, node: Node) -> None:
        place = (node.group, node.edge)
        for (group, edge, device), other in self.held.items():
            if device and (group, edge) == place and other.row.online:
                other.row.online = False
                other.row.save(update_fields=["online"])

    def _die(self, told: Any, node: Session, session: Session, kind: str) -> None:
        if kind == "NDEATH":
            given = [int(m.long_value or m.int_value) for m in told.metrics if m.name == BD_SEQ]
            # The will of a connection before this one says nothing of the present one.
            if given and node.bd_seq is not None and given[0] != node.bd_seq:
                return
            node.next = None
            self._offline(node.row)
        session.row.online = False
        session.row.save(update_fields=["online"])

    def _ask(self, node: Session, group: str, edge: str) -> None:
        if time.monotonic() - node.asked > ASK_AGAIN_S:
            node.asked = time.monotonic()
            self.rebirths.append((group, edge))

    def _gather(
        self, metric: Any, session: Session, sent: int, known: Known, gathered: Gathered,
        faults: Faults,
    ) -> None:  # fmt: skip
        name, (kind, unit) = metric.name, (metric.datatype, "")
        if not name:
            found = session.aliases.get(str(metric.alias))
            if found is None:
                return  # the node was asked for its birth
            name, kind, unit = found
        elif name in session.types:
            kind, unit = session.types[name]
        row = session.row
        if name == BD_SEQ or name.startswith(("Node Control/", "Device Control/")):
            return
        which, at = self._place(row, name, known, gathered)
        if at < 0:
            faults.tell(0, gathered.codes[which], Reason.UNKNOWN, f"{row.group}/{row.edge}")
            return
        tag = known.rows[at]
        value = value_of(metric, kind)
        if value is None:
            if not metric.is_null:
                faults.tell(tag["id"], "", Reason.TYPE, f"type {kind}")
            return
        if isinstance(value, str):
            number = (
                words.number_of(tag["id"], value, tag["words"])
                if tag["kind"] == Tag.Kind.TEXT else None
            )  # fmt: skip
            if number is None:
                faults.tell(tag["id"], "", Reason.TYPE, repr(value))
                return
            value = float(number)
        elif tag["kind"] == Tag.Kind.TEXT or (
            isinstance(value, bool) and tag["kind"] != Tag.Kind.FLAG
        ):
            faults.tell(tag["id"], "", Reason.TYPE, repr(value))
            return
        if unit and tag["unit"]:
            found_unit = units.conversion(unit, tag["unit"])
            if found_unit is None:
                faults.tell(tag["id"], "", Reason.UNIT, f"{value:g} {unit} ≠ {tag['unit']}")
                return
            value = value * found_unit[0] + found_unit[1]
        gathered.which.append(which)
        gathered.times.append(min(metric.timestamp or sent, 9_000_000_000_000_000))
        gathered.values.append(float(value))

    def _place(self, row: Node, name: str, known: Known, gathered: Gathered) -> tuple[int, int]:
        """Return which tag a metric is: by its address, or the key of the asset of its device."""
        asset = row.device or row.edge
        key = (row.edge, row.device, name)
        found = gathered.places.get(key)
        if found is None:
            path = "/".join(part for part in (row.group, row.edge, row.device, name) if part)
            at = known.by_address.get((self.source.pk, path), -1)
            if at < 0:
                at = known.by_key.get((asset, name), -1)
            gathered.codes.append(known.codes[at] if at >= 0 else path)
            found = gathered.places[key] = (len(gathered.codes) - 1, at)
        return found
