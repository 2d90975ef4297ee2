"""What investment projects, their steps and incubators look like from outside."""

from django.utils.translation import gettext_lazy as _

from linli.programmes.investment.models import Incubator, Investment, InvestmentStep, Origin
from linli.programmes.investment.writing import INCUBATORS, PROJECTS
from linli.programmes.who import works
from linli.tables import Column, Kind, Table, declare

declare(
    Table(
        "projects",
        _("Investment projects"),
        Investment,
        "code",
        (
            Column("code", _("Code"), aliases=("编号", "项目编号"), required=True, writable=True,
                   sorts=True),
            Column("name", _("Name"), aliases=("名称", "项目名称"), writable=True),
            Column("name_en", _("English name"), aliases=("英文名",), writable=True),
            Column("company", _("Investor"), aliases=("投资方",), writable=True),
            Column("company_en", _("Investor, in English"), aliases=("投资方英文名",),
                   writable=True),
            Column("industry", _("Industry"), aliases=("行业", "产业"), writable=True,
                   filters=True),
            Column("industry_en", _("Industry, in English"), aliases=("行业英文名",),
                   writable=True),
            Column("digital", _("Digital economy"), Kind.FLAG, aliases=("数字经济",),
                   writable=True, filters=True),
            Column("origin", _("Source"), Kind.CHOICE, aliases=("来源", "线索来源"),
                   writable=True, filters=True, choices=tuple(Origin.choices)),
            Column("incubator", _("Incubator"), Kind.KEY, path="incubator__code",
                   of="incubators", aliases=("孵化器",), writable=True, filters=True),
            Column("owner", _("Responsible organisation"), Kind.KEY, path="owner__code",
                   of="organisations", aliases=("责任单位",), writable=True, filters=True),
            Column("area", _("Area"), Kind.KEY, path="area__code", of="areas",
                   aliases=("所在区域",), writable=True, filters=True),
            Column("amount", _("Agreed (yuan)"), Kind.WHOLE, aliases=("协议投资", "总投资"),
                   writable=True, sorts=True, unit="yuan"),
            Column("paid_in", _("Paid in (yuan)"), Kind.WHOLE, aliases=("到位资金",),
                   writable=True, sorts=True, unit="yuan"),
            Column("stage", _("Stage"), filters=True),
            Column("stage_name", _("Stage in words"), path="stage",
                   read=lambda row: row.stage_name),
            Column("stage_since", _("In this stage since"), Kind.DAY, filters=True, sorts=True),
            Column("led", _("Lead on"), Kind.DAY, aliases=("线索日期",), writable=True),
            Column("negotiated", _("Negotiating since"), Kind.DAY, aliases=("洽谈日期",),
                   writable=True),
            Column("signed", _("Signed"), Kind.DAY, aliases=("签约日期",), writable=True,
                   filters=True, sorts=True),
            Column("landed", _("Land given"), Kind.DAY, aliases=("供地日期",), writable=True),
            Column("started", _("Building begun"), Kind.DAY, aliases=("开工日期",),
                   writable=True, filters=True, sorts=True),
            Column("produced", _("In production since"), Kind.DAY, aliases=("投产日期",),
                   writable=True, filters=True, sorts=True),
            Column("dropped", _("Given up"), Kind.DAY, aliases=("终止日期",), writable=True,
                   shown=False),
            Column("reason", _("Why given up"), aliases=("终止原因",), writable=True,
                   shown=False),
            Column("about", _("About"), aliases=("说明",), writable=True),
            Column("about_en", _("About, in English"), aliases=("英文说明",), writable=True),
        ),
        may_list=works,
        words=("code", "name", "name_en", "company", "company_en"),
        related=("incubator", "owner", "area", "ladder"),
        deferred=("area__wkb",),
        order=("code",),
        writer=PROJECTS,
        help=_("Days of stages are steps of the project: a day that is known is not changed here."),
    )
)  # fmt: skip
declare(
    Table(
        "project-steps",
        _("Steps of investment projects"),
        InvestmentStep,
        "id",
        (
            Column("id", _("Number"), Kind.WHOLE, sorts=True),
            Column("project", _("Project"), Kind.KEY, path="thing__code", of="projects",
                   filters=True),
            Column("stage", _("Stage"), filters=True),
            Column("on", _("Day"), Kind.DAY, filters=True, sorts=True),
            Column("back", _("Went back"), Kind.FLAG, filters=True),
            Column("note", _("Note")),
        ),
        may_list=works,
        related=("thing",),
        order=("-pk",),
    )
)  # fmt: skip
declare(
    Table(
        "incubators",
        _("Incubators elsewhere"),
        Incubator,
        "code",
        (
            Column("code", _("Code"), aliases=("编号",), required=True, writable=True, sorts=True),
            Column("name", _("Name"), aliases=("名称",), writable=True),
            Column("name_en", _("English name"), aliases=("英文名",), writable=True),
            Column("place", _("Place"), aliases=("所在地",), writable=True),
            Column("place_en", _("Place, in English"), aliases=("所在地英文名",), writable=True),
            Column("since", _("Since"), Kind.DAY, aliases=("设立日期",), writable=True),
        ),
        may_list=works,
        words=("code", "name"),
        order=("code",),
        writer=INCUBATORS,
    )
)  # fmt: skip
