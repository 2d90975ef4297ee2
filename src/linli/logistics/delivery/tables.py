"""What orders, vehicles and plans look like from outside."""

from collections.abc import Sequence
from datetime import time
from typing import Any

from django.utils.translation import gettext_lazy as _

from linli.logistics.delivery import writing
from linli.logistics.delivery.models import Depot, Order, Plan, Stop, Vehicle
from linli.logistics.delivery.visibility import keeps, sees_any
from linli.tables import Column, Kind, Table, declare


def _whole(key: str) -> dict[str, Any]:
    return {"pk": int(key) if key.isascii() and key.isdigit() and len(key) < 18 else 0}


def _by_number(key: str) -> dict[str, Any]:
    depot, _hyphen, number = key.partition("-")
    return {"depot__code": depot[:40], "number": number[:40]}


def _may_know(scope: Any, rows: Sequence[Any]) -> frozenset[int]:
    """Whose contact a person may read: of the orders they keep."""
    return frozenset(row.pk for row in rows if keeps(scope, row.depot.owner_id))


def _at(name: str) -> Any:
    def read(row: Any) -> str | None:
        value: time | None = getattr(row, name)
        return value.strftime("%H:%M") if value else None

    return read


def _time(name: str, label: Any, alias: str, *, required: bool = False) -> Column:
    return Column(name, label, writable=True, required=required, read=_at(name), aliases=(alias,),
                  help=_("A time of day, 08:30"))  # fmt: skip


def _amounts(field: str) -> tuple[Column, ...]:
    words = {
        "weight": (_("Weight (kg)"), "重量"), "volume": (_("Volume (m³)"), "体积"),
        "pallets": (_("Pallets"), "托盘"),
    }  # fmt: skip

    def column(name: str) -> Column:
        unit = writing.AMOUNTS[name]
        return Column(name, words[name][0], Kind.NUMBER, path="pk", writable=True,
                      aliases=(words[name][1],),
                      read=lambda row: getattr(row, field).get(unit))  # fmt: skip

    return tuple(column(name) for name in words)


ID = Column("id", _("Number"), Kind.WHOLE, path="pk", sorts=True)
CODE = Column("code", _("Code"), required=True, writable=True, sorts=True, aliases=("编号",))
NAMES = (
    Column("name", _("Name"), required=True, writable=True, aliases=("名称",)),
    Column("name_en", _("English name"), writable=True, aliases=("英文名称",)),
)
DEPOT = Column("depot", _("Depot"), Kind.KEY, path="depot__code", of="depots", required=True,
               writable=True, filters=True, aliases=("仓库", "发货仓"))  # fmt: skip
SKILLS = Column("skills", _("Skills"), Kind.LIST, writable=True, aliases=("要求", "技能"))
RETIRED = Column("retired", _("Retired"), Kind.FLAG, writable=True, filters=True,
                 aliases=("停用",))  # fmt: skip


def _point(*, required: bool) -> tuple[Column, Column]:
    return (
        Column("lon", _("Longitude"), Kind.NUMBER, required=required, writable=True,
               aliases=("经度",)),
        Column("lat", _("Latitude"), Kind.NUMBER, required=required, writable=True,
               aliases=("纬度",)),
    )  # fmt: skip


declare(
    Table(
        "depots", _("Depots"), Depot, "code",
        (
            CODE, *NAMES, *_point(required=True),
            Column("owner", _("Owner"), Kind.KEY, path="owner__code", of="organisations",
                   filters=True),
            RETIRED,
        ),
        may_list=sees_any, words=("name", "name_en", "code"), related=("owner",), order=("code",),
        writer=writing.DEPOTS,
    )
)  # fmt: skip
declare(
    Table(
        "vehicles", _("Vehicles"), Vehicle, "code",
        (
            CODE, *NAMES, DEPOT,
            Column("driver", _("Driver"), path="driver__username", writable=True, personal=True,
                   read=lambda row: row.driver.username if row.driver else None,
                   aliases=("驾驶员", "司机")),
            *_amounts("capacities"),
            _time("shift_from", _("Shift from"), "上班时间", required=True),
            _time("shift_until", _("Shift until"), "下班时间", required=True),
            Column("per_km", _("Cost per km"), Kind.NUMBER, writable=True, aliases=("每公里成本",)),
            Column("per_hour", _("Cost per hour"), Kind.NUMBER, writable=True,
                   aliases=("每小时成本",)),
            Column("fixed", _("Cost of a day out"), Kind.NUMBER, writable=True,
                   aliases=("每日固定成本",)),
            Column("max_km", _("Kilometres at most"), Kind.NUMBER, writable=True,
                   aliases=("最大里程",)),
            SKILLS,
            Column("energy", _("Kind of energy"), Kind.CHOICE,
                   choices=tuple(Vehicle.Energy.choices),
                   required=True, writable=True, filters=True, aliases=("能源",)),
            Column("per_100km", _("Energy per 100 km"), Kind.NUMBER, writable=True,
                   aliases=("百公里能耗",),
                   help=_("Litres; of natural gas kilograms, of electricity kWh")),
            RETIRED,
        ),
        may_list=sees_any, may_know=_may_know, words=("name", "name_en", "code"),
        related=("depot", "driver"), order=("code",), writer=writing.VEHICLES,
    )
)  # fmt: skip
declare(
    Table(
        "delivery-orders", _("Delivery orders"), Order, "key",
        (
            Column("key", _("Depot and number"), path="pk", read=lambda row: row.key),
            DEPOT,
            Column("number", _("Number"), required=True, writable=True, filters=True, sorts=True,
                   aliases=("订单号", "单号")),
            Column("customer", _("Customer"), required=True, writable=True, aliases=("客户",)),
            Column("contact", _("Contact"), writable=True, personal=True, aliases=("联系方式",)),
            Column("address", _("Address"), writable=True, personal=True, aliases=("地址",)),
            *_point(required=False),
            Column("day", _("Day"), Kind.DAY, required=True, writable=True, filters=True,
                   sorts=True, aliases=("日期", "送货日期")),
            _time("window_from", _("Not before"), "最早"),
            _time("window_until", _("Not after"), "最晚"),
            Column("service_minutes", _("Minutes at the stop"), Kind.WHOLE, writable=True,
                   aliases=("停留分钟",)),
            *_amounts("amounts"),
            Column("priority", _("Priority"), Kind.WHOLE, writable=True, aliases=("优先级",),
                   help=_("1 comes first")),
            SKILLS,
            Column("lot", _("Lot"), writable=True, filters=True, aliases=("批次",)),
            Column("state", _("State"), Kind.CHOICE, choices=tuple(Order.State.choices),
                   filters=True),
            Column("promised_until", _("Promised until"), Kind.MOMENT),
        ),
        may_list=sees_any, may_know=_may_know, find=_by_number, names=("depot", "number"),
        words=("number", "customer"), related=("depot",), order=("-day", "depot", "number"),
        writer=writing.ORDERS,
        help=_("An order is changed as long as it is not planned."),
    )
)  # fmt: skip
declare(
    Table(
        "delivery-plans", _("Delivery plans"), Plan, "id",
        (
            ID, Column("depot", _("Depot"), Kind.KEY, path="depot__code", of="depots",
                       filters=True),
            Column("day", _("Day"), Kind.DAY, filters=True, sorts=True),
            Column("state", _("State"), Kind.CHOICE, choices=tuple(Plan.State.choices),
                   filters=True),
            Column("made_at", _("Made"), Kind.MOMENT),
            Column("released_at", _("Released to drivers"), Kind.MOMENT),
        ),
        may_list=sees_any, find=_whole, related=("depot",), deferred=("problem", "content"),
        order=("-day", "-pk"),
    )
)  # fmt: skip
declare(
    Table(
        "delivery-stops", _("Stops of tours"), Stop, "id",
        (
            ID,
            Column("plan", _("Delivery plan"), Kind.WHOLE, path="tour__plan_id", filters=True),
            Column("vehicle", _("Vehicle"), path="tour__vehicle__code", filters=True),
            Column("order", _("Delivery order"), path="order__number", filters=True),
            Column("sequence", _("Stop number"), Kind.WHOLE),
            Column("arrives", _("Arrives"), Kind.MOMENT, sorts=True),
            Column("departs", _("Departs"), Kind.MOMENT),
            Column("state", _("State"), Kind.CHOICE, choices=tuple(Stop.State.choices),
                   filters=True),
            Column("arrived_at", _("Arrived"), Kind.MOMENT),
            Column("done_at", _("Done"), Kind.MOMENT),
            Column("reason", _("Reason"), filters=False),
        ),
        may_list=sees_any, find=_whole, related=("tour__vehicle", "order"), order=("-pk",),
    )
)  # fmt: skip
