"""The supply chain around the line: what each lot of parts was made of, and where it went.

Told as EPCIS events, which go through the same door as those of any other system. Everything is
drawn from the key of a lot, so that a lot told twice is the same events, which are kept once.
The company prefix begins with 952, which GS1 keeps for examples.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from linli.assets.inspection.models import Lot
from linli.assets.register.models import Asset
from linli.engines.gs1 import key
from linli.logistics.chain import passports
from linli.logistics.chain.capturing import capture
from linli.logistics.chain.epcis.checking import document_of
from linli.logistics.chain.models import Party, Passport, Place, Thing, Ware
from linli.people.models import Organisation, User

PREFIX = "9521234"
LOCAL = ZoneInfo("Asia/Shanghai")
PRODUCT, PLATE = "end-plate", "200001"
FINISHED = timedelta(hours=2)
"""A lot to which no part was added for so long is finished."""
PALLETS = 2  # of a lot
DOCK, LINE, STORE = (f"urn:epc:id:sgln:{PREFIX}.00001.{spot}" for spot in ("dock", "line", "store"))
SPOTS = ((DOCK, "收发货区", "Dock"), (LINE, "一号产线", "Line 1"), (STORE, "成品库", "Store"))
SHOWN = ("maker", "made", "ingredients", "inspected")


@dataclass(frozen=True)
class Material:
    """What goes into a part: one delivery lasts for so many lots; its makers deliver in turn."""

    ware: str
    letter: str
    name: str
    name_en: str
    makers: tuple[str, ...]
    lasts: int
    a_part: float
    unit: str


MATERIALS = (
    Material("100001", "C", "端板压铸毛坯", "Die-cast blank", ("10001", "10002"), 3, 1, "H87"),
    Material("100002", "B", "轴承座衬套", "Bush of the bearing seat", ("10003",), 5, 1, "H87"),
    Material("100003", "R", "防锈油", "Rust preventive", ("10004", "10005"), 12, 0.004, "LTR"),
)
PARTIES = (
    ("10001", "supplier", "平湖精铸有限公司（模拟）", "Pinghu Precision Casting (simulated)"),
    ("10002", "supplier", "海盐压铸厂（模拟）", "Haiyan Die Casting (simulated)"),
    ("10003", "supplier", "嘉善轴承配件有限公司（模拟）", "Jiashan Bearing Parts (simulated)"),
    ("10004", "supplier", "嘉兴润滑材料有限公司（模拟）", "Jiaxing Lubricants (simulated)"),
    ("10005", "supplier", "上海工业油品有限公司（模拟）", "Shanghai Industrial Oils (simulated)"),
    ("20001", "customer", "宁波电机有限公司（模拟）", "Ningbo Motors (simulated)"),
    ("20002", "customer", "苏州驱动技术有限公司（模拟）", "Suzhou Drives (simulated)"),
    ("20003", "customer", "台州泵业有限公司（模拟）", "Taizhou Pumps (simulated)"),
)  # fmt: skip
CUSTOMERS = tuple(code for code, kind, *_names in PARTIES if kind == "customer")


def go_on(after: int, until: datetime) -> int:
    """Tell of the lots that were finished since, and return the key of the last told.

    Parameters
    ----------
    after
        The key of the lot told last; 0 for none.
    until
        The present moment.
    """
    lots = list(
        Lot.objects.filter(pk__gt=after, product__code=PRODUCT, last_at__lt=until - FINISHED)
        .select_related("product").order_by("pk")
    )  # fmt: skip
    owner = _owner(lots[0]) if lots else None
    if owner is None:
        return after
    _name(owner)
    events = [event for lot in lots for event in _of(lot, is_first=not after and lot is lots[0])]
    capture(document_of(events), owner)
    for spot, name, name_en in SPOTS:
        Place.objects.filter(uri=key(spot).uri).update(name=name, name_en=name_en)
    return lots[-1].pk


def release(by: User) -> None:
    """Let everybody read of the newest lot that was shipped, if nothing was released yet."""
    shipped = Lot.objects.exclude(state=Lot.State.HELD).filter(product__code=PRODUCT)
    codes = shipped.order_by("-pk").values_list("code", flat=True)[:20]
    made = Thing.objects.filter(part__in=list(codes)).order_by("-pk").first()
    if made is not None and passports.may_release(by, made) and not Passport.objects.exists():
        passports.release(made, by, SHOWN)


def _owner(lot: Lot) -> Organisation | None:
    asset = lot.product.asset
    if asset is None:
        return None
    plant = Asset.objects.filter(code=asset.top).select_related("organisation").first()
    return plant.organisation if plant is not None else None


def _name(owner: Organisation) -> None:
    """Enter who and what the events speak of."""
    for code, kind, name, name_en in PARTIES:
        Party.objects.get_or_create(
            code=f"demo-{code}",
            defaults={"name": name, "name_en": name_en, "owner": owner, "kind": kind,
                      "gln": key(_party(code)).code},
        )  # fmt: skip
    wares = [(one.ware, one.name, one.name_en, one.unit, "") for one in MATERIALS]
    wares.append((PLATE, "电机端板", "End plate of a motor", "H87", PRODUCT))
    for ware, name, name_en, unit, product in wares:
        Ware.objects.get_or_create(
            gtin=key(_lot(ware, "X")).code,
            defaults={"name": name, "name_en": name_en, "owner": owner, "unit": unit,
                      "product": product},
        )  # fmt: skip


def _party(code: str) -> str:
    return f"urn:epc:id:pgln:{PREFIX}.{code}"


def _lot(ware: str, code: str) -> str:
    return f"urn:epc:class:lgtin:{PREFIX}.{ware}.{code}"


def _of(lot: Lot, *, is_first: bool) -> Iterator[dict[str, Any]]:
    """Return what happened to a lot: material received, made, inspected, packed and shipped."""
    number, taken = lot.pk, []
    for one in MATERIALS:
        nth = number // one.lasts
        code = _lot(one.ware, f"{one.letter}{nth:05d}")
        if number % one.lasts == 0 or is_first:
            yield _event(
                "ObjectEvent", lot.began_at - timedelta(hours=20), "receiving", DOCK,
                action="OBSERVE", disposition="in_progress",
                quantityList=[_some(code, 260 * one.lasts * one.a_part, one.unit)],
                sourceList=[{"type": "owning_party",
                             "source": _party(one.makers[nth % len(one.makers)])}],
            )  # fmt: skip
        taken.append(_some(code, lot.parts * one.a_part, one.unit))
    made = _lot(PLATE, lot.code)
    yield _event(
        "TransformationEvent", lot.last_at, "commissioning", LINE, inputQuantityList=taken,
        outputQuantityList=[_some(made, lot.parts, "H87")],
    )  # fmt: skip
    is_held = lot.state == Lot.State.HELD
    yield _event(
        "ObjectEvent", lot.last_at + timedelta(minutes=10), "inspecting", LINE, action="OBSERVE",
        disposition="non_conformant" if is_held else "conformant",
        quantityList=[_some(made, lot.parts, "H87")],
    )  # fmt: skip
    if not is_held:
        yield from _shipped(lot, number, made)


def _shipped(lot: Lot, number: int, made: str) -> Iterator[dict[str, Any]]:
    for nth in range(PALLETS):
        place = number * PALLETS + nth
        pallet = f"urn:epc:id:sscc:{PREFIX}.{place:010d}"
        yield _event(
            "AggregationEvent", lot.last_at + timedelta(minutes=40 + nth), "packing", STORE,
            action="ADD", parentID=pallet,
            childQuantityList=[_some(made, lot.parts // PALLETS, "H87")],
        )  # fmt: skip
        yield _event(
            "ObjectEvent", lot.last_at + timedelta(minutes=80 + nth), "shipping", DOCK,
            action="OBSERVE", disposition="in_transit", epcList=[pallet],
            destinationList=[{"type": "possessing_party",
                              "destination": _party(CUSTOMERS[place % len(CUSTOMERS)])}],
        )  # fmt: skip


def _event(kind: str, at: datetime, step: str, where: str, **more: Any) -> dict[str, Any]:
    moment = at.astimezone(LOCAL).isoformat(timespec="seconds")
    return {"type": kind, "eventTime": moment, "eventTimeZoneOffset": "+08:00", "bizStep": step,
            "readPoint": {"id": where}, **more}  # fmt: skip


def _some(what: str, quantity: float, unit: str) -> dict[str, Any]:
    return {"epcClass": what, "quantity": round(quantity, 3), "uom": unit}
