"""An event as its document has it becomes what we keep: its columns, its things, its papers."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from linli.engines.gs1 import Key, Kind, NoKey, key, lot_key
from linli.logistics.chain.epcis.hashing import hash_of, moment, name_of
from linli.logistics.chain.epcis.vocabulary import ACTIONS, TYPES, plain
from linli.logistics.chain.models import Role

# Where things stand in an event, and as what.
PIECES = (
    ("epcList", Role.SEEN), ("childEPCs", Role.CHILD), ("inputEPCList", Role.INPUT),
    ("outputEPCList", Role.OUTPUT),
)  # fmt: skip
QUANTITIES = (
    ("quantityList", Role.SEEN), ("childQuantityList", Role.CHILD),
    ("inputQuantityList", Role.INPUT), ("outputQuantityList", Role.OUTPUT),
)  # fmt: skip
PARTIES = ("owning_party", "possessing_party", "location")  # whom a source or destination names


@dataclass(frozen=True, slots=True)
class Told:
    """A thing an event tells of."""

    thing: Key
    role: int
    quantity: float | None = None
    uom: str = ""


@dataclass(slots=True)
class Read:
    """One event, ready to be kept."""

    body: Mapping[str, Any]
    prefixes: Mapping[str, str]
    hash: str
    event_id: str
    type: int
    action: int
    at: datetime
    step: str
    disposition: str
    read_point: Key | None
    location: Key | None
    source: Key | None
    destination: Key | None
    transformation: str
    is_error: bool
    things: list[Told] = field(default_factory=list)
    papers: list[tuple[str, str]] = field(default_factory=list)
    lot: Key | None = None  # the lot that pieces belong to which are made here

    @property
    def name(self) -> str:
        """The type of the event."""
        return TYPES[self.type]


def read(event: Mapping[str, Any], prefixes: Mapping[str, str]) -> Read:
    """Read an event that was found good; when it was recorded is ours to say."""
    event = {name: value for name, value in event.items() if name != "recordTime"}
    digest = hash_of(event, prefixes)
    found = Read(
        body=event, prefixes=prefixes, hash=digest,
        event_id=event.get("eventID") or name_of(digest),
        type=TYPES.index(event["type"]) if event["type"] in TYPES else -1,
        action=ACTIONS.index(event["action"]) if "action" in event else -1,
        at=moment(event["eventTime"]),
        step=plain("bizStep", event.get("bizStep", "")),
        disposition=plain("disposition", event.get("disposition", "")),
        read_point=_place(event, "readPoint"), location=_place(event, "bizLocation"),
        source=_side(event.get("sourceList", ()), "source"),
        destination=_side(event.get("destinationList", ()), "destination"),
        transformation=event.get("transformationID", ""),
        is_error="errorDeclaration" in event,
    )  # fmt: skip
    if "parentID" in event:
        found.things.append(Told(key(event["parentID"]), Role.PARENT))
    for name, role in PIECES:
        found.things += [Told(key(text), role) for text in event.get(name, ())]
    for name, role in QUANTITIES:
        found.things += [
            Told(key(one["epcClass"]), role, one.get("quantity"), one.get("uom", ""))
            for one in event.get(name, ())
        ]
    found.papers = [
        (plain("bizTransaction", one.get("type", "")), one["bizTransaction"])
        for one in event.get("bizTransactionList", ())
    ]
    found.lot = _lot(event, found.things)
    return found


def _place(event: Mapping[str, Any], name: str) -> Key | None:
    return key(event[name]["id"]) if name in event else None


def _side(listed: Iterable[Mapping[str, Any]], name: str) -> Key | None:
    """Return whom a list of sources or destinations names, the owner before who merely has it."""
    by_kind = {plain("sourceDest", one["type"]): one[name] for one in listed}
    kind = next((kind for kind in PARTIES if kind in by_kind), next(iter(by_kind), None))
    return key(by_kind[kind]) if kind is not None else None


def _lot(event: Mapping[str, Any], things: list[Told]) -> Key | None:
    """Return the lot that the master data of new pieces names (`cbvmda:lotNumber`)."""
    number = next(
        (value for name, value in event.get("ilmd", {}).items()
         if name.rsplit(":", 1)[-1] == "lotNumber" and isinstance(value, str)), "",
    )  # fmt: skip
    made = [one.thing for one in things
            if one.role in (Role.SEEN, Role.OUTPUT) and one.thing.kind == Kind.ITEM]  # fmt: skip
    if not number or not made or event.get("action", "ADD") != "ADD":
        return None
    try:
        return lot_key(made[0].code, number)
    except NoKey:
        return None
