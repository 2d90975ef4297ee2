"""What remediation looks like from outside."""

from typing import Any

from django.utils.translation import gettext_lazy as _
from shapely.geometry import mapping

from linli.engines.geo import SYSTEMS
from linli.people.models import User
from linli.people.scope import Scope
from linli.programmes.remediation import land, writing
from linli.programmes.remediation.models import (
    Block,
    Campaign,
    Contract,
    Holding,
    Item,
    Offer,
    Parcel,
    Promise,
    Talk,
)
from linli.programmes.remediation.policy import Disposition, Price
from linli.programmes.remediation.visibility import may_import, sees_any
from linli.tables import Column, Kind, Table, declare


def _shape(row: Any) -> dict[str, Any]:
    return mapping(row.geometry)


def _seen(scope: Scope) -> bool:
    return sees_any(scope) or may_import(scope)


def _works(scope: Scope) -> bool:
    return scope.works_for_town


def _drawn() -> tuple[Column, ...]:
    return (
        Column("given_mu", _("Mu on paper"), Kind.NUMBER, writable=True,
               aliases=("面积", "面积(亩)", "登记面积", "亩数")),
        Column("mu", _("Mu measured"), Kind.NUMBER, sorts=True),
        Column("lon", _("Longitude"), Kind.NUMBER),
        Column("lat", _("Latitude"), Kind.NUMBER),
        Column("shape", _("Shape"), Kind.SHAPE, path="wkb", read=_shape, writable=True, alone=True,
               aliases=("geometry", "边界", "wkt")),
        Column("coordinates", _("Coordinate system"), Kind.CHOICE, aliases=("坐标系",),
               choices=tuple((system, system.upper()) for system in SYSTEMS), writable=True,
               shown=False),
    )  # fmt: skip


def _code(*aliases: str) -> Column:
    return Column("code", _("Code"), required=True, writable=True, filters=True, sorts=True,
                  aliases=("编码", "代码", "编号", *aliases))  # fmt: skip


def _name(*aliases: str) -> tuple[Column, Column]:
    return (
        Column("name", _("Name"), required=True, writable=True, sorts=True,
               aliases=("名称", *aliases)),
        Column("name_en", _("English name"), writable=True, aliases=("英文名", "英文名称")),
    )  # fmt: skip


def _user(row: Any) -> str | None:
    found: User | None = row.by
    return found.username if found else None


declare(
    Table(
        "campaigns", _("Remediation campaigns"), Campaign, "code",
        (
            _code(), *_name("整治区域"),
            Column("policy", _("Policy"), Kind.KEY, path="policy__code", required=True,
                   writable=True, aliases=("政策",)),
            Column("organisation", _("Organisation"), Kind.KEY, path="organisation__code",
                   of="organisations", required=True, writable=True, filters=True,
                   aliases=("责任单位",)),
            Column("area", _("Area"), Kind.KEY, path="area__code", of="areas", required=True,
                   writable=True, filters=True, aliases=("所在区域",)),
            Column("given_mu", _("Mu on paper"), Kind.NUMBER, writable=True),
            Column("began_on", _("Began on"), Kind.DAY, required=True, writable=True, sorts=True,
                   aliases=("开始日期",)),
            Column("due_on", _("Due on"), Kind.DAY, required=True, writable=True, sorts=True,
                   aliases=("截止日期",)),
            Column("note", _("Note"), writable=True, aliases=("备注",)),
            Column("note_en", _("Note, in English"), writable=True, aliases=("英文备注",)),
        ),
        may_list=_seen, words=("name", "name_en", "code"), order=("code",),
        related=("policy", "organisation", "area"), deferred=("area__wkb",),
        writer=writing.CAMPAIGNS,
    )
)  # fmt: skip
declare(
    Table(
        "blocks", _("Blocks"), Block, "code",
        (
            _code("地块编号"), *_name("区块名称"),
            Column("campaign", _("Campaign"), Kind.KEY, path="campaign__code", of="campaigns",
                   required=True, writable=True, filters=True, aliases=("整治区域",)),
            Column("organisation", _("Organisation"), Kind.KEY, path="organisation__code",
                   of="organisations", writable=True, filters=True, aliases=("责任单位",)),
            Column("due_on", _("All signed by"), Kind.DAY, required=True, writable=True,
                   sorts=True, aliases=("签约截止", "截止日期")),
            *_drawn(),
        ),
        may_list=_seen, words=("name", "name_en", "code"), order=("code",),
        related=("campaign", "organisation"), deferred=("wkb",), writer=land.BLOCKS,
        help=_("The blocks of a remediation campaign, with their shapes."),
    )
)  # fmt: skip
declare(
    Table(
        "parcels", _("Parcels"), Parcel, "code",
        (
            _code("地块编号", "宗地号"),
            Column("block", _("Block"), Kind.KEY, path="block__code", of="blocks", required=True,
                   writable=True, filters=True, aliases=("区块",)),
            Column("use", _("Land use"), writable=True, aliases=("用途", "土地用途")),
            *_drawn(),
        ),
        may_list=_seen, words=("code", "use"), order=("code",), related=("block",),
        deferred=("wkb",), writer=land.PARCELS,
        help=_("Import the blocks first: every parcel lies in one."),
    )
)  # fmt: skip
ON = {
    "surveyed": _("Surveyed on"), "notified": _("Notified on"),
    "negotiated": _("Negotiated on"), "signed": _("Signed on"), "vacated": _("Vacated on"),
    "demolished": _("Demolished on"), "redeveloped": _("Redeveloped on"),
}  # fmt: skip
ZH = {
    "surveyed": "摸排日期", "notified": "告知日期", "negotiated": "洽谈日期", "signed": "签约日期",
    "vacated": "腾空日期", "demolished": "拆除日期", "redeveloped": "再开发日期",
}  # fmt: skip


def _on(stage: str) -> Any:
    return lambda row: min((c.on for c in row.climbs.all() if c.stage == stage), default=None)


declare(
    Table(
        "holdings", _("Enterprises to remedy"), Holding, "code",
        (
            _code(), *_name("企业名称", "企业"),
            Column("parcel", _("Parcel"), Kind.KEY, path="parcel__code", of="parcels",
                   required=True, writable=True, filters=True, aliases=("地块", "宗地号")),
            Column("block", _("Block"), Kind.KEY, path="parcel__block__code", of="blocks",
                   filters=True),
            Column("credit_code", _("Credit code"), writable=True, filters=True,
                   aliases=("统一社会信用代码", "信用代码")),
            Column("disposition", _("Disposition"), Kind.CHOICE, required=True, writable=True,
                   choices=tuple(Disposition.choices), filters=True, aliases=("处置方式",)),
            Column("land_mu", _("Land in mu"), Kind.NUMBER, required=True, writable=True,
                   read=lambda row: float(row.land_mu), aliases=("用地", "用地面积")),
            Column("negotiator", _("Negotiator"), Kind.KEY, path="negotiator__username",
                   of="people", writable=True, aliases=("谈判负责人", "谈判员")),
            Column("stage", _("Stage"), filters=True),
            Column("stage_name", _("Stage in words"), path="stage",
                   read=lambda row: row.stage_name),
            Column("stage_since", _("Since"), Kind.DAY, sorts=True),
            *(Column(f"{stage}_on", label, Kind.DAY, writable=True, aliases=(ZH[stage],),
                     read=_on(stage), path="climbs__on")
              for stage, label in ON.items()),
            Column("note", _("Note"), writable=True, aliases=("备注",)),
        ),
        may_list=_seen, words=("name", "name_en", "code", "credit_code"), order=("code",),
        related=("parcel__block", "negotiator", "ladder"), prefetched=("climbs",),
        deferred=("parcel__wkb", "parcel__block__wkb"), writer=writing.HOLDINGS,
        help=_("The days of the stages are taken as steps; a step that stands is not changed."),
    )
)  # fmt: skip
declare(
    Table(
        "inventory", _("Inventory of enterprises to remedy"), Item, "code",
        (
            _code(),
            Column("holding", _("Enterprise"), Kind.KEY, path="holding__code", of="holdings",
                   required=True, writable=True, filters=True, aliases=("企业",)),
            Column("price", _("Line of the price table"), Kind.KEY, path="price__code",
                   of="remediation-prices", required=True, writable=True, filters=True,
                   aliases=("项目",)),
            Column("quantity", _("Quantity"), Kind.NUMBER, required=True, writable=True,
                   read=lambda row: float(row.quantity), aliases=("数量",)),
            Column("note", _("Note"), writable=True, aliases=("备注",)),
        ),
        may_list=_seen, order=("code",), related=("holding", "price"), writer=writing.INVENTORY,
    )
)  # fmt: skip
declare(
    Table(
        "remediation-prices", _("Price table"), Price, "code",
        (
            Column("code", _("Code"), filters=True, sorts=True),
            Column("name", _("Name")),
            Column("policy", _("Policy"), Kind.KEY, path="policy__code", filters=True),
            Column("group", _("Group"), Kind.CHOICE, choices=tuple(Price.Group.choices),
                   filters=True),
            Column("unit", _("Unit")),
            Column("amount", _("Yuan a unit"), Kind.NUMBER, read=lambda row: float(row.amount)),
            Column("counts", _("Counts"), Kind.CHOICE, choices=tuple(Price.Counts.choices)),
            Column("dispositions", _("Dispositions"), Kind.LIST),
            Column("days", _("Days after the notice"), Kind.LIST,
                   read=lambda row: [str(day) for day in row.days]),
        ),
        may_list=_works, words=("name", "code"), related=("policy",), order=("code",),
        help=_("Comes from the packs of the town; change it there."),
    )
)  # fmt: skip
declare(
    Table(
        "promises", _("Promises"), Promise, "id",
        (
            Column("id", _("Number"), Kind.WHOLE, sorts=True),
            Column("holding", _("Enterprise"), Kind.KEY, path="holding__code", of="holdings",
                   required=True, writable=True, filters=True, aliases=("企业",)),
            Column("item", _("What"), required=True, writable=True, aliases=("承诺事项",)),
            Column("amount", _("Yuan"), Kind.NUMBER, writable=True, aliases=("金额",),
                   read=lambda row: None if row.amount is None else float(row.amount)),
            Column("wording", _("Wording"), writable=True, aliases=("内容",)),
            Column("on", _("Day"), Kind.DAY, required=True, writable=True, aliases=("日期",)),
            Column("by", _("By"), Kind.KEY, path="by__username", of="people", writable=True,
                   read=_user, aliases=("承诺人",)),
            Column("withdrawn_on", _("Withdrawn on"), Kind.DAY),
        ),
        may_list=_seen, words=("item", "wording"), order=("id",), related=("holding", "by"),
        find=lambda key: {"pk": int(key) if key.isascii() and key.isdigit() else 0},
        writer=writing.PROMISES,
    )
)  # fmt: skip
declare(
    Table(
        "negotiations", _("Negotiation log"), Talk, "id",
        (
            Column("id", _("Number"), Kind.WHOLE, sorts=True),
            Column("holding", _("Enterprise"), Kind.KEY, path="holding__code", of="holdings",
                   required=True, writable=True, filters=True, aliases=("企业",)),
            Column("on", _("Day"), Kind.DAY, required=True, writable=True, sorts=True,
                   aliases=("日期",)),
            Column("way", _("How"), Kind.CHOICE, choices=tuple(Talk.Way.choices), required=True,
                   writable=True, aliases=("方式",)),
            Column("text", _("What was said"), required=True, writable=True, aliases=("内容",)),
            Column("by", _("By"), Kind.KEY, path="by__username", of="people", writable=True,
                   read=_user, aliases=("谈判员",)),
        ),
        may_list=_seen, words=("text",), order=("-id",), related=("holding", "by"),
        find=lambda key: {"pk": int(key) if key.isascii() and key.isdigit() else 0},
        writer=writing.TALKS,
    )
)  # fmt: skip
declare(
    Table(
        "offers", _("Compensation sheets"), Offer, "id",
        (
            Column("id", _("Number"), Kind.WHOLE, sorts=True),
            Column("holding", _("Enterprise"), Kind.KEY, path="holding__code", of="holdings",
                   required=True, writable=True, filters=True, aliases=("企业",)),
            Column("number", _("Version"), Kind.WHOLE),
            Column("on", _("Day"), Kind.DAY, required=True, writable=True, sorts=True,
                   aliases=("日期",)),
            Column("until", _("Bonus holds until"), Kind.DAY),
            Column("by", _("By"), Kind.KEY, path="by__username", of="people", writable=True,
                   read=_user, aliases=("谈判员",)),
            Column("total", _("Yuan"), Kind.NUMBER, read=lambda row: float(row.total)),
            Column("lines", _("Lines"), Kind.LIST, alone=True,
                   read=lambda row: [f"{line['name']} {line['quantity']} {line['unit']} × "
                                     f"{line['price']} = {line['amount']}"
                                     for line in row.lines]),
        ),
        may_list=_seen, order=("-id",), related=("holding", "by"),
        find=lambda key: {"pk": int(key) if key.isascii() and key.isdigit() else 0},
        writer=writing.OFFERS,
        help=_("Each row keeps the sheet of its day, made from the inventory and the price "
               "table."),
    )
)  # fmt: skip
declare(
    Table(
        "contracts", _("Contracts"), Contract, "id",
        (
            Column("id", _("Number"), Kind.WHOLE, sorts=True),
            Column("holding", _("Enterprise"), Kind.KEY, path="holding__code", of="holdings",
                   filters=True),
            Column("content_type", _("Kind")),
            Column("sha256", _("Hash")),
            Column("by", _("By"), Kind.KEY, path="by__username", of="people", read=_user),
            Column("at", _("Filed at"), Kind.MOMENT, sorts=True),
        ),
        may_list=_seen, order=("-id",), related=("holding", "by"),
    )
)  # fmt: skip
