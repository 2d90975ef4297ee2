"""Events of a small chain: two suppliers, one plant, one customer.

steel S1 (from Iron), foam F1 (from Soft) ── making ──> seat A1 ── packed on pallet 1 ── shipped
"""

from typing import Any

from linli.engines.gs1 import key
from linli.logistics.chain.capturing import Taken, capture
from linli.logistics.chain.epcis.checking import CONTEXT, document_of
from linli.logistics.chain.models import Thing
from linli.people.models import Organisation

PREFIX = "6901234"
STEEL, FOAM, SEAT, CHAIR = "100001", "100002", "200001", "300001"
IRON = f"urn:epc:id:pgln:{PREFIX}.10001"
SOFT = f"urn:epc:id:pgln:{PREFIX}.10002"
SHOP = f"urn:epc:id:pgln:{PREFIX}.20001"
DOCK, LINE = f"urn:epc:id:sgln:{PREFIX}.00001.dock", f"urn:epc:id:sgln:{PREFIX}.00001.line"
PALLET = f"urn:epc:id:sscc:{PREFIX}.0000000001"
CRATE = f"urn:epc:id:grai:{PREFIX}.00077.5"


def lot(ware: str, number: str) -> str:
    return f"urn:epc:class:lgtin:{PREFIX}.{ware}.{number}"


def gtin(ware: str) -> str:
    return key(lot(ware, "X")).code


def event(kind: str, hour: int, step: str = "", where: str = DOCK, **more: Any) -> dict[str, Any]:
    day, hour = divmod(hour, 24)
    told = {"type": kind, "eventTime": f"2026-03-{1 + day:02d}T{hour:02d}:00:00+08:00",
            "eventTimeZoneOffset": "+08:00", "readPoint": {"id": where}}  # fmt: skip
    return told | ({"bizStep": step} if step else {}) | more


def amount(what: str, quantity: float = 10) -> dict[str, Any]:
    return {"epcClass": what, "quantity": quantity, "uom": "KGM"}


def received(what: str, supplier: str, hour: int) -> dict[str, Any]:
    return event("ObjectEvent", hour, "receiving", action="OBSERVE", quantityList=[amount(what)],
                 disposition="in_progress",
                 sourceList=[{"type": "owning_party", "source": supplier}])  # fmt: skip


def made(inputs: list[str], outputs: list[str], hour: int, **more: Any) -> dict[str, Any]:
    return event("TransformationEvent", hour, "commissioning", LINE,
                 inputQuantityList=[amount(one) for one in inputs],
                 outputQuantityList=[amount(one) for one in outputs], **more)  # fmt: skip


def packed(what: list[str], where: str, hour: int, action: str = "ADD", **more: Any) -> Any:
    return event("AggregationEvent", hour, "packing" if action == "ADD" else "unpacking",
                 action=action, parentID=where,
                 childQuantityList=[amount(one) for one in what], **more)  # fmt: skip


def shipped(what: str, to: str, hour: int) -> dict[str, Any]:
    return event("ObjectEvent", hour, "shipping", action="OBSERVE", epcList=[what],
                 disposition="in_transit",
                 destinationList=[{"type": "possessing_party", "destination": to}])  # fmt: skip


def chain() -> list[dict[str, Any]]:
    """Return the events of the whole small chain."""
    return [
        received(lot(STEEL, "S1"), IRON, 1), received(lot(STEEL, "S2"), IRON, 2),
        received(lot(FOAM, "F1"), SOFT, 3), made([lot(STEEL, "S1"), lot(FOAM, "F1")],
                                                 [lot(SEAT, "A1")], 5),
        made([lot(STEEL, "S2"), lot(FOAM, "F1")], [lot(SEAT, "A2")], 6),
        packed([lot(SEAT, "A1")], PALLET, 8), shipped(PALLET, SHOP, 9),
    ]  # fmt: skip


class Told:
    """Captures events for the plant."""

    def __init__(self) -> None:
        self.owner = Organisation.objects.get(code="p1")

    def __call__(self, *events: dict[str, Any], on_error: str = "rollback",
                 context: Any = CONTEXT) -> Taken:  # fmt: skip
        return capture(document_of(list(events), context), self.owner, on_error=on_error)


def thing(uri: str) -> Thing:
    return Thing.objects.get(uri=key(uri).uri)
