"""What the chain looks like from outside."""

from collections.abc import Sequence
from typing import Any

from django.utils.translation import gettext_lazy as _

from linli.engines.gs1 import Kind as Key
from linli.logistics.chain import writing
from linli.logistics.chain.epcis.vocabulary import ACTIONS, TYPES
from linli.logistics.chain.models import (
    Capture,
    Drill,
    Event,
    Party,
    Passport,
    Supplied,
    Thing,
    Ware,
)
from linli.logistics.chain.visibility import keeps, sees_any
from linli.tables import Column, Kind, Table, declare


def _whole(key: str) -> dict[str, Any]:
    return {"pk": int(key) if key.isascii() and key.isdigit() and len(key) < 18 else 0}


def _may_know(scope: Any, rows: Sequence[Any]) -> frozenset[int]:
    """Whose contact a person may read: of the parties they keep."""
    return frozenset(row.pk for row in rows if keeps(scope, row.owner_id))


ID = Column("id", _("Number"), Kind.WHOLE, path="pk", sorts=True)
OWNER = Column("owner", _("Owner"), Kind.KEY, path="owner__code", of="organisations", filters=True)
NAMES = (
    Column("name", _("Name"), required=True, writable=True, aliases=("名称",)),
    Column("name_en", _("English name"), writable=True, aliases=("英文名称",)),
)
declare(
    Table(
        "parties", _("Suppliers and customers"), Party, "code",
        (
            Column("code", _("Code"), required=True, writable=True, sorts=True,
                   aliases=("编号",)),
            *NAMES,
            Column("kind", _("Kind"), Kind.CHOICE, choices=tuple(Party.Kind.choices),
                   required=True, writable=True, filters=True, aliases=("类型",)),
            Column("gln", _("GLN"), writable=True, filters=True, aliases=("全球位置码",)),
            Column("credit_code", _("Unified social credit code"), writable=True, filters=True,
                   aliases=("统一社会信用代码",)),
            Column("area", _("Area"), Kind.KEY, path="area__code", of="areas", writable=True,
                   read=lambda row: row.area.code if row.area else None),
            Column("country", _("Country"), writable=True, aliases=("国家",)),
            Column("contact", _("Contact"), writable=True, personal=True, aliases=("联系方式",)),
            OWNER,
        ),
        may_list=sees_any, may_know=_may_know, words=("name", "name_en", "code", "gln"),
        related=("owner", "area"), deferred=("area__wkb",), order=("code",),
        writer=writing.PARTIES,
    )
)  # fmt: skip
declare(
    Table(
        "wares", _("Goods by GTIN"), Ware, "gtin",
        (
            Column("gtin", _("GTIN"), required=True, writable=True, sorts=True,
                   aliases=("商品条码", "gtin")),
            *NAMES,
            Column("product", _("Product code of inspection"), writable=True,
                   aliases=("产品编号",)),
            Column("unit", _("Unit (UN/ECE)"), writable=True, aliases=("单位",)),
            OWNER,
        ),
        may_list=sees_any, words=("name", "name_en", "gtin"), related=("owner",),
        order=("gtin",), writer=writing.WARES,
    )
)  # fmt: skip
declare(
    Table(
        "chain-events", _("Events of the chain"), Event, "id",
        (
            ID,
            Column("event_id", _("Event ID"), filters=True),
            Column("type", _("Kind"), read=lambda row: TYPES[row.type] if row.type >= 0 else None),
            Column("action", _("Action"),
                   read=lambda row: ACTIONS[row.action] if row.action >= 0 else None),
            Column("at", _("When"), Kind.MOMENT, sorts=True),
            Column("recorded_at", _("Recorded"), Kind.MOMENT),
            Column("step", _("Business step"), filters=True),
            Column("disposition", _("Disposition"), filters=True),
            Column("read_point", _("Read point"), path="read_point__uri",
                   read=lambda row: row.read_point.uri if row.read_point else None),
            Column("location", _("Location"), path="location__uri",
                   read=lambda row: row.location.uri if row.location else None),
            Column("void", _("Declared an error"), Kind.FLAG, filters=True),
            OWNER,
        ),
        may_list=sees_any, find=_whole, related=("read_point", "location", "owner"),
        deferred=("body", "prefixes"), order=("-at", "-pk"),
        help=_("Events whole, as JSON-LD, are under /epcis/v2/events."),
    )
)  # fmt: skip
declare(
    Table(
        "chain-things", _("Lots, pieces and pallets"), Thing, "id",
        (
            ID,
            Column("uri", _("Identifier"), filters=True),
            Column("kind", _("Kind"), read=lambda row: Key(row.kind).name.lower()),
            Column("code", _("GTIN or other key"), filters=True),
            Column("part", _("Lot or serial number"), filters=True),
        ),
        may_list=sees_any, find=_whole, words=("part", "code"), order=("-pk",),
    )
)  # fmt: skip
declare(
    Table(
        "captures", _("Captures"), Capture, "token",
        (
            Column("token", _("Number"), filters=True),
            Column("at", _("When"), Kind.MOMENT, sorts=True),
            Column("success", _("Taken"), Kind.FLAG, filters=True),
            Column("events", _("Events"), Kind.WHOLE),
            Column("new", _("New events"), Kind.WHOLE),
            Column("errors", _("Faults"), Kind.WHOLE, read=lambda row: len(row.errors)),
            OWNER,
        ),
        may_list=sees_any, related=("owner",), order=("-pk",),
    )
)  # fmt: skip
declare(
    Table(
        "supplied", _("What suppliers delivered, by month"), Supplied, "id",
        (
            ID,
            Column("place", _("Supplier"), path="place__uri"),
            Column("gln", _("GLN"), path="place__gln", filters=True),
            Column("code", _("Goods"), filters=True),
            Column("month", _("Month"), Kind.DAY, filters=True, sorts=True),
            Column("lots", _("Lots"), Kind.WHOLE),
            Column("quantity", _("Quantity"), Kind.NUMBER),
            OWNER,
        ),
        may_list=sees_any, find=_whole, related=("place", "owner"), order=("-month", "pk"),
    )
)  # fmt: skip
declare(
    Table(
        "lot-passports", _("Passports of lots"), Passport, "id",
        (
            ID,
            Column("thing", _("Lot"), path="thing__uri"),
            Column("shown", _("Parts released"), Kind.LIST),
            Column("released_at", _("Released"), Kind.MOMENT, sorts=True),
            Column("withdrawn_at", _("Withdrawn"), Kind.MOMENT),
            OWNER,
        ),
        may_list=sees_any, find=_whole, related=("thing", "owner"), order=("-released_at", "-pk"),
    )
)  # fmt: skip
declare(
    Table(
        "recall-drills", _("Recall drills"), Drill, "id",
        (
            ID,
            Column("at", _("When"), Kind.MOMENT, sorts=True),
            Column("lots", _("Lots affected"), Kind.WHOLE),
            Column("containers", _("Pallets and crates"), Kind.WHOLE),
            Column("parties", _("To be told"), Kind.WHOLE),
            Column("ms", _("Milliseconds"), Kind.NUMBER),
        ),
        may_list=sees_any, find=_whole, order=("-pk",),
    )
)  # fmt: skip
