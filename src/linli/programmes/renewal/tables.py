"""What programmes and their milestones look like from outside."""

from django.utils.translation import gettext_lazy as _

from linli.people.models import User
from linli.programmes.renewal.milestones import MILESTONES
from linli.programmes.renewal.models import Level, Milestone, MilestoneChange, Node
from linli.programmes.renewal.writing import NODES
from linli.programmes.who import works
from linli.tables import Column, Kind, Table, declare

declare(
    Table(
        "programmes",
        _("Programmes"),
        Node,
        "code",
        (
            Column("code", _("Code"), aliases=("编号", "项目编号"), required=True, writable=True,
                   sorts=True),
            Column("name", _("Name"), aliases=("名称", "项目名称"), writable=True),
            Column("name_en", _("English name"), aliases=("英文名",), writable=True),
            Column("level", _("Level"), Kind.CHOICE, aliases=("层级",), writable=True,
                   filters=True, choices=tuple(Level.choices)),
            Column("parent", _("Belongs to"), Kind.KEY, path="parent__code", of="programmes",
                   aliases=("上级", "所属行动"), writable=True, filters=True),
            Column("owner", _("Responsible organisation"), Kind.KEY, path="owner__code",
                   of="organisations", aliases=("责任单位",), writable=True, filters=True),
            Column("partners", _("Partners"), Kind.LIST, aliases=("配合单位",), writable=True,
                   read=lambda row: [partner.code for partner in row.partners.all()]),
            Column("area", _("Area"), Kind.KEY, path="area__code", of="areas",
                   aliases=("所在区域",), writable=True, filters=True),
            Column("lon", _("Longitude"), Kind.NUMBER, aliases=("经度",), writable=True),
            Column("lat", _("Latitude"), Kind.NUMBER, aliases=("纬度",), writable=True),
            Column("shape", _("Shape"), Kind.SHAPE, aliases=("geometry",), writable=True,
                   alone=True),
            Column("coordinates", _("Coordinate system"), aliases=("坐标系",), writable=True,
                   shown=False),
            Column("starts", _("Planned beginning"), Kind.DAY, aliases=("计划开工",),
                   writable=True, filters=True, sorts=True),
            Column("ends", _("Planned end"), Kind.DAY, aliases=("计划完工",), writable=True,
                   filters=True, sorts=True),
            Column("began", _("Begun"), Kind.DAY, aliases=("实际开工",), writable=True,
                   filters=True),
            Column("finished", _("Finished"), Kind.DAY, aliases=("实际完工",), writable=True,
                   filters=True),
            Column("budget", _("Budget (yuan)"), Kind.WHOLE, aliases=("预算", "投资额"),
                   writable=True, sorts=True),
            Column("spent", _("Spent (yuan)"), Kind.WHOLE, aliases=("已支出", "完成投资"),
                   writable=True, sorts=True),
            Column("after", _("Waits for"), Kind.LIST, aliases=("前置项目",), writable=True,
                   read=lambda row: [
                       f"{link.after.code}+{link.lag_days}" if link.lag_days else link.after.code
                       for link in row.waits.all()
                   ]),
            Column("about", _("About"), aliases=("说明",), writable=True),
            Column("about_en", _("About, in English"), aliases=("英文说明",), writable=True),
        ),
        may_list=works,
        words=("code", "name", "name_en"),
        related=("parent", "owner", "area"),
        prefetched=("partners", "waits__after"),
        deferred=("area__wkb",),
        order=("path",),
        writer=NODES,
        help=_("Frameworks, guidances, actions and projects; the upper ones usually come from a "
               "pack. Money is in yuan."),
    )
)  # fmt: skip
declare(
    Table(
        "milestones",
        _("Milestones"),
        Milestone,
        "code",
        (
            Column("code", _("Code"), aliases=("编号", "节点编号"), required=True, writable=True,
                   sorts=True),
            Column("programme", _("Programme"), Kind.KEY, path="node__code", of="programmes",
                   aliases=("项目", "项目编号"), writable=True, filters=True),
            Column("number", _("Order"), Kind.WHOLE, aliases=("序号",), writable=True),
            Column("name", _("Name"), aliases=("名称", "节点名称"), writable=True),
            Column("name_en", _("English name"), aliases=("英文名",), writable=True),
            Column("due", _("Due"), Kind.DAY, aliases=("计划完成",), writable=True, filters=True,
                   sorts=True),
            Column("first_due", _("First planned for"), Kind.DAY),
            Column("done", _("Done"), Kind.DAY, aliases=("实际完成",), writable=True,
                   filters=True, sorts=True),
            Column("note", _("Note"), aliases=("备注",), writable=True),
            Column("evidence", _("Evidence"), Kind.FLAG, read=lambda row: bool(row.file)),
            Column("case", _("Case"), Kind.KEY, of="cases", path="case_id",
                   read=lambda row: row.case.code if row.case else ""),
        ),
        may_list=works,
        words=("code", "name", "name_en"),
        related=("node", "case"),
        order=("due", "pk"),
        writer=MILESTONES,
    )
)  # fmt: skip


def _by(row: MilestoneChange) -> str | None:
    found: User | None = row.by
    return found.username if found else None


declare(
    Table(
        "milestone-changes",
        _("Changed days of milestones"),
        MilestoneChange,
        "id",
        (
            Column("id", _("Number"), Kind.WHOLE, sorts=True),
            Column("milestone", _("Milestone"), Kind.KEY, path="milestone__code",
                   of="milestones", filters=True),
            Column("what", _("Which day"), Kind.CHOICE, filters=True,
                   choices=tuple(MilestoneChange.What.choices)),
            Column("was", _("Before"), Kind.DAY),
            Column("became", _("After"), Kind.DAY),
            Column("reason", _("Reason")),
            Column("by", _("By"), Kind.KEY, path="by__username", of="people", read=_by),
            Column("at", _("At"), Kind.MOMENT, sorts=True),
        ),
        may_list=works,
        related=("milestone", "by"),
        order=("-id",),
        help=_("Where nobody is named, a file said so."),
    )
)  # fmt: skip
