"""What the register of enterprises and its figures look like from outside."""

from typing import Any

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from linli.enterprises import coverage, figures, register
from linli.enterprises.credit_code import plain
from linli.enterprises.industries import (
    digital,
    industry,
    is_core_digital,
    is_digital_manufacturing,
)
from linli.enterprises.models import (
    FIGURES,
    OF_A_YEAR,
    Enterprise,
    MonthFigures,
    Revision,
    YearFigures,
)
from linli.enterprises.periods import NotAPeriod, month_of, month_text
from linli.enterprises.selection import core_digital, digital_manufacturing, in_section
from linli.enterprises.visibility import has_figures_somewhere
from linli.places.tables import below
from linli.tables import Column, Kind, Table, declare

NOTHING = Q(pk__in=[])
LABELS: dict[str, Any] = {
    "output": _("Output (10,000 yuan)"),
    "sales": _("Sales (10,000 yuan)"),
    "value_added": _("Value added (10,000 yuan)"),
    "profit": _("Profit (10,000 yuan)"),
    "tax": _("Tax paid (10,000 yuan)"),
    "exports": _("Exports (10,000 yuan)"),
    "energy": _("Energy (tce)"),
    "electricity": _("Electricity (10,000 kWh)"),
    "emissions": _("Emissions (t)"),
    "rd": _("Research and development (10,000 yuan)"),
    "staff": _("Staff"),
    "fixed_investment": _("Fixed investment (10,000 yuan)"),
    "digital_investment": _("Digital investment (10,000 yuan)"),
    "capital_raised": _("Capital raised (10,000 yuan)"),
    "capital_settled": _("Capital settled (10,000 yuan)"),
    "above_scale": _("Above scale"),
    "researchers": _("Researchers"),
    "land_mu": _("Land (mu)"),
}
ALIASES = {
    "output": ("工业总产值", "总产值", "产值", "产值（万元）", "产值(万元)"),
    "sales": ("销售收入", "营业收入", "主营业务收入", "销售"),
    "value_added": ("增加值", "工业增加值"),
    "profit": ("利润", "利润总额"),
    "tax": ("税收", "实缴税金", "入库税收"),
    "exports": ("出口", "出口交货值"),
    "energy": ("能耗", "综合能耗", "能耗（吨标煤）", "能耗(吨标煤)"),
    "electricity": ("用电", "用电量"),
    "emissions": ("排放", "排放量", "主要污染物排放"),
    "rd": ("研发", "研发费用", "r&d", "研发经费"),
    "staff": ("职工", "从业人员", "职工人数", "平均用工人数"),
    "fixed_investment": ("固定资产投资", "投资"),
    "digital_investment": ("数字化投资", "数字经济投资"),
    "capital_raised": ("募集资金", "融资额"),
    "capital_settled": ("到位资金", "实际到位资金"),
    "above_scale": ("规上", "是否规上", "规上企业"),
    "researchers": ("研发人员",),
    "land_mu": ("用地", "用地面积", "用地（亩）", "用地(亩)", "亩数"),
}
WHOLE = ("staff", "researchers")
UNITS = dict.fromkeys(
    ("output", "sales", "value_added", "profit", "tax", "exports", "rd", "fixed_investment",
     "digital_investment", "capital_raised", "capital_settled"), "wan-yuan",
) | {"energy": "tce", "electricity": "wan-kwh", "emissions": "tonnes", "staff": "people",
     "researchers": "people", "land_mu": "mu"}  # fmt: skip
CODE = ("统一社会信用代码", "信用代码", "社会信用代码", "企业代码")


def _kind(name: str) -> Kind:
    if name == "above_scale":
        return Kind.FLAG
    return Kind.WHOLE if name in WHOLE else Kind.NUMBER


def _figures(names: tuple[str, ...]) -> tuple[Column, ...]:
    return tuple(
        Column(name, LABELS[name], _kind(name), aliases=ALIASES[name], writable=True,
               filters=name == "above_scale", sorts=name == "output",
               unit=UNITS.get(name, ""))
        for name in names
    )  # fmt: skip


def _industry_name(row: Enterprise) -> str:
    found = industry(row.industry)
    return str(found) if found else ""


ENTERPRISES = declare(
    Table(
        "enterprises",
        _("Enterprises"),
        Enterprise,
        "code",
        (
            Column("code", _("Unified social credit code"), aliases=CODE, required=True,
                   writable=True, filters=True, sorts=True),
            Column("name", _("Name"), aliases=("企业名称", "名称", "单位名称"), required=True,
                   writable=True, filters=True, sorts=True),
            Column("name_en", _("English name"), aliases=("英文名", "英文名称"), writable=True),
            Column("industry", _("Industry (GB/T 4754)"), required=True, writable=True,
                   sorts=True, filters=True,
                   aliases=("行业代码", "行业", "国民经济行业代码"),
                   where=lambda scope, code: Q(industry__startswith=code)),
            Column("industry_name", _("Industry"), path="industry", read=_industry_name),
            Column("section", _("Section of industries"), path="industry", filters=True,
                   read=lambda row: row.section,
                   where=lambda scope, letter: in_section(letter)),
            Column("digital", _("Category of the digital economy"), path="industry",
                   read=lambda row: digital(row.industry)),
            Column("core_digital", _("Core of the digital economy"), Kind.FLAG, path="industry",
                   filters=True, read=lambda row: is_core_digital(row.industry),
                   where=lambda scope, yes: core_digital(yes)),
            Column("digital_manufacturing", _("Core digital manufacturing"), Kind.FLAG,
                   path="industry", filters=True,
                   read=lambda row: is_digital_manufacturing(row.industry),
                   where=lambda scope, yes: digital_manufacturing(yes)),
            Column("size", _("Size"), Kind.CHOICE, aliases=("规模", "企业规模"), required=True,
                   choices=tuple(Enterprise.Size.choices), writable=True, filters=True),
            Column("status", _("Status"), Kind.CHOICE, aliases=("状态", "经营状态"),
                   choices=tuple(Enterprise.Status.choices), writable=True, filters=True),
            Column("area", _("Park or grid"), Kind.KEY, path="area__code", of="areas",
                   aliases=("园区", "所在园区", "网格", "区域", "所在区域"), writable=True,
                   filters=True, help=_("Its code or name; left out, it is found by the point")),
            Column("within", _("In or below"), Kind.KEY, of="areas", filters=True, shown=False,
                   where=lambda scope, code: below(code, "area__")),
            Column("parcel", _("Parcel"), aliases=("宗地", "宗地号", "地块", "地块编号"),
                   writable=True, filters=True),
            Column("address", _("Address"), aliases=("地址",), writable=True),
            Column("lon", _("Longitude"), Kind.NUMBER, aliases=("经度",), writable=True),
            Column("lat", _("Latitude"), Kind.NUMBER, aliases=("纬度",), writable=True),
            Column("land_mu", _("Land (mu)"), Kind.NUMBER, aliases=ALIASES["land_mu"],
                   writable=True, sorts=True),
            Column("founded", _("Founded"), Kind.DAY, aliases=("成立日期", "成立时间"),
                   writable=True, sorts=True),
            Column("products", _("Products"), Kind.LIST, aliases=("产品", "主要产品"),
                   writable=True),
            Column("products_en", _("Products in English"), Kind.LIST,
                   aliases=("产品英文名", "英文产品"), writable=True,
                   help=_("In the order of the products")),
            Column("note", _("Note"), aliases=("备注",), writable=True),
        ),
        may_list=lambda scope: scope.user.is_authenticated,
        words=("name", "name_en", "code"),
        related=("area",),
        order=("code",),
        narrow=coverage.listed,
        writer=register.REGISTER,
        help=_("The register: one row an enterprise."),
    )
)  # fmt: skip


def _by_year(key: str) -> Any:
    """Find figures by `code-2025`."""
    code, _dash, year = key.partition("-")
    is_year = year.isascii() and year.isdecimal() and len(year) == 4
    return {"enterprise__code": plain(code), "year": int(year)} if is_year else NOTHING


def _by_month(key: str) -> Any:
    """Find figures by `code-2025-03`."""
    code, _dash, month = key.partition("-")
    return Q(enterprise__code=plain(code)) & _month(None, month)


def _month(scope: Any, text: str) -> Q:
    try:
        return Q(month=month_of(text))
    except NotAPeriod:
        return NOTHING


ENTERPRISE = Column(
    "enterprise", _("Unified social credit code"), Kind.KEY, path="enterprise__code",
    of="enterprises", aliases=CODE, required=True, writable=True, filters=True,
)  # fmt: skip
NAME = Column("name", _("Name"), path="enterprise__name", read=lambda row: str(row.enterprise))
WITHIN = Column(
    "within", _("In or below"), Kind.KEY, of="areas", filters=True, shown=False,
    where=lambda scope, code: below(code, "enterprise__area__"),
)  # fmt: skip
YEARS = declare(
    Table(
        "enterprise-years",
        _("Figures by year"),
        YearFigures,
        "key",
        (
            Column("key", _("Number"), path="id",
                   read=lambda row: f"{row.enterprise.code}-{row.year}"),
            ENTERPRISE,
            NAME,
            Column("year", _("Year"), Kind.WHOLE, aliases=("年", "年度", "年份"), required=True,
                   writable=True, filters=True, sorts=True),
            *_figures(OF_A_YEAR),
            Column("touched_at", _("Last changed"), Kind.MOMENT, sorts=True),
            WITHIN,
        ),
        may_list=has_figures_somewhere,
        find=_by_year,
        names=("enterprise", "year"),
        words=("enterprise__name", "enterprise__code"),
        related=("enterprise",),
        order=("-year", "enterprise"),
        writer=figures.YEARS,
        help=_("One row an enterprise and year. What is given anew is kept as a revision."),
    )
)  # fmt: skip
MONTHS = declare(
    Table(
        "enterprise-months",
        _("Figures by month"),
        MonthFigures,
        "key",
        (
            Column("key", _("Number"), path="id",
                   read=lambda row: f"{row.enterprise.code}-{month_text(row.month)}"),
            ENTERPRISE,
            NAME,
            Column("month", _("Month"), aliases=("月", "月份", "所属期"), required=True,
                   writable=True, filters=True, where=_month,
                   read=lambda row: month_text(row.month)),
            *_figures(FIGURES),
            Column("touched_at", _("Last changed"), Kind.MOMENT, sorts=True),
            WITHIN,
        ),
        may_list=has_figures_somewhere,
        find=_by_month,
        names=("enterprise", "month"),
        words=("enterprise__name", "enterprise__code"),
        related=("enterprise",),
        order=("-month", "enterprise"),
        writer=figures.MONTHS,
        help=_("One row an enterprise and month. What is given anew is kept as a revision."),
    )
)  # fmt: skip
REVISIONS = declare(
    Table(
        "enterprise-revisions",
        _("Revisions"),
        Revision,
        "id",
        (
            Column("id", _("Number"), Kind.WHOLE, sorts=True),
            Column("enterprise", _("Unified social credit code"), Kind.KEY,
                   path="enterprise__code", of="enterprises", filters=True),
            Column("year", _("Year"), Kind.WHOLE, filters=True),
            Column("month", _("Month"), read=lambda row: month_text(row.month) if row.month
                   else None),
            Column("figure", _("Figure"), filters=True),
            Column("before", _("Before"), read=lambda row: _plain(row.before)),
            Column("after", _("After"), read=lambda row: _plain(row.after)),
            Column("source", _("Source")),
            Column("by", _("By"), path="by__username"),
            Column("at", _("When"), Kind.MOMENT, filters=True, sorts=True),
        ),
        may_list=has_figures_somewhere,
        related=("enterprise", "by"),
        order=("-id",),
    )
)  # fmt: skip


def _plain(value: Any) -> str | None:
    return None if value is None else str(value)


# Tables of single ideas stand beside them; they are found through here.
from linli.enterprises import visit_tables as _visits  # noqa: E402, F401
from linli.enterprises.ladder import tables as _ladder  # noqa: E402, F401
from linli.enterprises.matching import tables as _matching  # noqa: E402, F401
from linli.enterprises.per_mu import tables as _per_mu  # noqa: E402, F401
