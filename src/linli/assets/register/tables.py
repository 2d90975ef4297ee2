"""What the register looks like from outside."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from linli.assets.register import writing
from linli.assets.register.models import (
    Asset,
    AssetCase,
    AssetKind,
    CrewSkill,
    Entry,
    Health,
    Level,
    Manual,
    Output,
    Shift,
    ShiftDay,
    Skill,
    Spare,
    SpareMove,
    Stop,
)
from linli.assets.register.visibility import works_with
from linli.tables import Column, Kind, Table, declare


def _whole(key: str) -> dict[str, Any]:
    return {"pk": int(key) if key.isascii() and key.isdigit() and len(key) < 18 else 0}


NAMES = (
    Column("name", _("name"), required=True, writable=True, aliases=("名称", "设备名称")),
    Column("name_en", _("English name"), writable=True, aliases=("英文名称",)),
)
ID = Column("id", _("Number"), Kind.WHOLE, sorts=True)
ASSET = Column(
    "asset", _("Asset"), Kind.KEY, path="asset__code", of="assets", required=True, writable=True,
    filters=True, aliases=("设备", "设备编号"),
)  # fmt: skip
PLANT = Column(
    "plant", _("Plant"), Kind.KEY, path="plant__code", of="assets", required=True, writable=True,
    filters=True, aliases=("工厂",),
)  # fmt: skip
BY = Column(
    "by", _("By"), Kind.KEY, path="by__username", of="people",
    read=lambda row: row.by.username if row.by else None,
)  # fmt: skip
CASE = Column(
    "case", _("Case"), Kind.KEY, path="case_id", of="cases",
    read=lambda row: row.case.code if row.case else None,
)  # fmt: skip

declare(
    Table(
        "asset-kinds", _("Kinds of assets"), AssetKind, "code",
        (
            Column("code", _("code")), *NAMES,
            Column("level", _("level"), Kind.CHOICE, choices=tuple(Level.choices), filters=True),
            Column("running", _("counts as running")),
            Column("running_en", _("counts as running, in English")),
        ),
        may_list=works_with, order=("code",),
    )
)  # fmt: skip
declare(
    Table(
        "skills", _("Skills"), Skill, "code", (Column("code", _("code")), *NAMES),
        may_list=works_with, order=("code",),
    )
)  # fmt: skip
ASSETS = declare(
    Table(
        "assets", _("Assets"), Asset, "code",
        (
            Column("code", _("code"), required=True, writable=True, sorts=True,
                   aliases=("编号", "设备编号")),
            *NAMES,
            Column("level", _("level"), Kind.CHOICE, choices=tuple(Level.choices), required=True,
                   writable=True, filters=True, aliases=("层级",)),
            Column("kind", _("kind"), writable=True, filters=True, aliases=("种类",)),
            Column("parent", _("belongs to"), Kind.KEY, path="parent__code", of="assets",
                   writable=True, filters=True, aliases=("上级", "上级设备"),
                   read=lambda row: row.parent.code if row.parent else None),
            Column("organisation", _("Run by"), Kind.KEY, path="organisation__code",
                   of="organisations", writable=True, filters=True, aliases=("负责单位",),
                   read=lambda row: row.organisation.code if row.organisation else None),
            Column("area", _("area"), Kind.KEY, path="area__code", of="areas", writable=True,
                   filters=True, aliases=("区域",),
                   read=lambda row: row.area.code if row.area else None),
            Column("lon", _("Longitude"), Kind.NUMBER, writable=True, aliases=("经度",)),
            Column("lat", _("Latitude"), Kind.NUMBER, writable=True, aliases=("纬度",)),
            Column("maker", _("Maker"), writable=True, aliases=("制造商",)),
            Column("type", _("Type"), writable=True, aliases=("型号",)),
            Column("serial", _("Serial number"), writable=True, aliases=("出厂编号",)),
            Column("commissioned", _("Put into service"), Kind.DAY, writable=True, filters=True,
                   sorts=True, aliases=("投用日期",)),
            Column("retired", _("Retired"), Kind.FLAG, writable=True, filters=True),
        ),
        may_list=works_with, words=("code", "name", "name_en", "serial"), order=("path",),
        related=("parent", "organisation", "area"), deferred=("area__wkb",),
        writer=writing.ASSETS,
    )
)  # fmt: skip
declare(
    Table(
        "asset-health", _("Health of assets"), Health, "id",
        (
            ID, ASSET,
            Column("by", _("Told by"), filters=True),
            Column("state", _("State"), Kind.CHOICE, choices=tuple(Health.State.choices),
                   filters=True),
            Column("why", _("Why")), Column("why_en", _("Why, in English")),
            Column("since", _("since"), Kind.MOMENT, sorts=True),
        ),
        may_list=works_with, order=("id",), related=("asset",), find=_whole,
    )
)  # fmt: skip
declare(
    Table(
        "asset-cases", _("Cases of assets"), AssetCase, "id",
        (
            ID, ASSET, CASE, Column("source", _("source"), filters=True),
            Column("at", _("Found at"), Kind.MOMENT, sorts=True),
        ),
        may_list=works_with, order=("-id",), related=("asset", "case"), find=_whole,
    )
)  # fmt: skip
declare(
    Table(
        "asset-history", _("History of assets"), Entry, "id",
        (
            ID, ASSET,
            Column("at", _("When"), Kind.MOMENT, required=True, writable=True, sorts=True,
                   aliases=("时间",)),
            Column("what", _("What"), Kind.CHOICE, choices=tuple(Entry.What.choices),
                   required=True, writable=True, filters=True, aliases=("类别",)),
            Column("done", _("What was done"), required=True, writable=True, aliases=("内容",)),
            Column("found", _("What was found"), writable=True, aliases=("发现",)),
            Column("minutes", _("Minutes"), Kind.WHOLE, writable=True, aliases=("用时（分钟）",)),
            CASE,
            Column("by", _("By"), Kind.KEY, path="by__username", of="people", writable=True,
                   read=lambda row: row.by.username if row.by else None, aliases=("人员",)),
        ),
        may_list=works_with, words=("done", "found"), order=("-at", "-id"),
        related=("asset", "case", "by"), find=_whole, writer=writing.HISTORY,
    )
)  # fmt: skip
declare(
    Table(
        "asset-manuals", _("Manuals"), Manual, "id",
        (
            ID,
            Column("title", _("Title")),
            Column("asset", _("Asset"), Kind.KEY, path="asset__code", of="assets", filters=True,
                   read=lambda row: row.asset.code if row.asset else None),
            Column("kind", _("kind"), filters=True), Column("type", _("Type"), filters=True),
            Column("content_type", _("Kind of file")), Column("sha256", _("Hash")), BY,
            Column("at", _("Filed at"), Kind.MOMENT, sorts=True),
        ),
        may_list=works_with, words=("title",), order=("title", "id"), related=("asset", "by"),
        find=_whole,
    )
)  # fmt: skip
SPARES = declare(
    Table(
        "spares", _("Spares"), Spare, "code",
        (
            Column("code", _("code"), required=True, writable=True, sorts=True,
                   aliases=("编号", "备件编号")),
            *NAMES, PLANT,
            Column("fits", _("Fits"), Kind.LIST, writable=True, aliases=("适用",)),
            Column("stock", _("In store"), Kind.WHOLE, writable=True, sorts=True,
                   aliases=("库存",)),
            Column("minimum", _("At least"), Kind.WHOLE, writable=True, aliases=("最低库存",)),
            Column("lead_days", _("Days to deliver"), Kind.WHOLE, writable=True, sorts=True,
                   aliases=("采购周期",)),
            Column("price_yuan", _("Price (yuan)"), Kind.NUMBER, writable=True, unit="yuan",
                   read=lambda row: float(row.price_yuan), aliases=("单价",)),
            Column("retired", _("Retired"), Kind.FLAG, writable=True, filters=True),
        ),
        may_list=works_with, words=("code", "name", "name_en"), order=("code",),
        related=("plant",), writer=writing.SPARES,
        help=_("A stock that differs from what is known is kept as a count."),
    )
)  # fmt: skip
declare(
    Table(
        "spare-moves", _("Movements of spares"), SpareMove, "id",
        (
            ID,
            Column("spare", _("Spare"), Kind.KEY, path="spare__code", of="spares", filters=True),
            Column("change", _("Change"), Kind.WHOLE),
            Column("balance", _("In store then"), Kind.WHOLE),
            Column("reason", _("Reason"), Kind.CHOICE, choices=tuple(SpareMove.Reason.choices),
                   filters=True),
            Column("asset", _("Asset"), Kind.KEY, path="asset__code", of="assets", filters=True,
                   read=lambda row: row.asset.code if row.asset else None),
            CASE, Column("note", _("Note")), BY,
            Column("at", _("When"), Kind.MOMENT, sorts=True),
        ),
        may_list=works_with, order=("-id",), related=("spare", "asset", "case", "by"),
        find=_whole,
    )
)  # fmt: skip
declare(
    Table(
        "shifts", _("Shifts"), Shift, "code",
        (
            Column("code", _("code"), required=True, writable=True, aliases=("编号",)),
            *NAMES, PLANT,
            Column("days", _("Days of the week"), Kind.LIST, required=True, writable=True,
                   read=lambda row: [str(day) for day in row.days], aliases=("星期",)),
            Column("begins", _("Begins"), required=True, writable=True, aliases=("开始",),
                   read=lambda row: f"{row.begins:%H:%M}"),
            Column("ends", _("Ends"), required=True, writable=True, aliases=("结束",),
                   read=lambda row: f"{row.ends:%H:%M}"),
        ),
        may_list=works_with, order=("plant", "begins"), related=("plant",),
        writer=writing.SHIFTS,
    )
)  # fmt: skip
declare(
    Table(
        "shift-days", _("Other working days of plants"), ShiftDay, "id",
        (
            ID, PLANT,
            Column("day", _("Day"), Kind.DAY, required=True, writable=True, sorts=True,
                   aliases=("日期",)),
            Column("shifts", _("Shifts"), Kind.LIST, writable=True, aliases=("班次",)),
            Column("note", _("Note"), writable=True, aliases=("备注",)),
        ),
        may_list=works_with, order=("plant", "day"), related=("plant",), find=_whole,
        writer=writing.SHIFT_DAYS,
        help=_("On such a day only the shifts named are worked; none means a day off."),
    )
)  # fmt: skip
declare(
    Table(
        "crew-skills", _("Skills of crews"), CrewSkill, "id",
        (
            ID,
            Column("organisation", _("Organisation"), Kind.KEY, path="organisation__code",
                   of="organisations", required=True, writable=True, filters=True,
                   aliases=("班组", "单位")),
            Column("skill", _("Skill"), Kind.KEY, path="skill__code", of="skills", required=True,
                   writable=True, filters=True, aliases=("技能",)),
            Column("shift", _("Shift"), Kind.KEY, path="shift__code", of="shifts", writable=True,
                   read=lambda row: row.shift.code if row.shift else None, aliases=("班次",)),
            Column("people", _("People"), Kind.WHOLE, required=True, writable=True,
                   aliases=("人数",)),
        ),
        may_list=works_with, order=("organisation", "skill"), find=_whole,
        related=("organisation", "skill", "shift"), writer=writing.CREW_SKILLS,
    )
)  # fmt: skip
declare(
    Table(
        "stops", _("Stops of machines"), Stop, "id",
        (
            ID, ASSET,
            Column("since", _("since"), Kind.MOMENT, required=True, writable=True, sorts=True,
                   filters=True, aliases=("开始",)),
            Column("until", _("until"), Kind.MOMENT, writable=True, aliases=("结束",)),
            Column("cause", _("Cause"), Kind.CHOICE, choices=tuple(Stop.Cause.choices),
                   required=True, writable=True, filters=True, aliases=("原因",)),
            Column("note", _("Note"), writable=True, aliases=("备注",)), BY,
        ),
        may_list=works_with, words=("note",), order=("-since", "-id"), related=("asset", "by"),
        find=_whole, writer=writing.STOPS,
    )
)  # fmt: skip
declare(
    Table(
        "outputs", _("Output of machines"), Output, "id",
        (
            ID, ASSET,
            Column("since", _("since"), Kind.MOMENT, required=True, writable=True, sorts=True,
                   filters=True, aliases=("开始",)),
            Column("until", _("until"), Kind.MOMENT, required=True, writable=True,
                   aliases=("结束",)),
            Column("made", _("Pieces made"), Kind.WHOLE, required=True, writable=True,
                   aliases=("产量",)),
            Column("good", _("Good pieces"), Kind.WHOLE, required=True, writable=True,
                   aliases=("合格",)),
            Column("ideal_s", _("Ideal seconds a piece"), Kind.NUMBER, required=True,
                   writable=True, aliases=("标准节拍（秒）",)),
        ),
        may_list=works_with, order=("-since", "-id"), related=("asset",), find=_whole,
        writer=writing.OUTPUTS,
    )
)  # fmt: skip
