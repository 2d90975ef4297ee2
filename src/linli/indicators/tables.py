"""What indicators, their values, figures and targets look like from outside."""

from typing import Any

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from linli.indicators import units
from linli.indicators.figures import FIGURES
from linli.indicators.models import TOWN, Figure, Indicator, Revision, Target, Value, works_here
from linli.indicators.schemes import tables as schemes  # noqa: F401 (a part of the room)
from linli.places.atlas import atlas
from linli.tables import Column, Kind, Table, declare

EVERY = (("month", _("month")), ("quarter", _("quarter")), ("year", _("year")))


def _area(key: int | None) -> str:
    areas = atlas().areas
    if key:
        return areas[key].code if key in areas else ""
    return next((area.code for area in areas.values() if area.parent_id is None), "")


def _in_area(scope: Any, code: str) -> Q:
    area = atlas().by_code.get(code)
    if area is None:
        return Q(pk__in=[])
    return Q(area=area.pk if area.parent_id else TOWN)


def _of_figure(scope: Any, code: str) -> Q:
    area = atlas().by_code.get(code)
    if area is None:
        return Q(pk__in=[])
    return Q(area=area.pk) if area.parent_id else Q(area=None)


INDICATOR = Column(
    "indicator", _("Indicator"), Kind.KEY, path="indicator__code", of="indicators", filters=True,
    aliases=("指标", "指标代码"), required=True, writable=True,
)  # fmt: skip
PERIOD = Column("period", _("Period"), filters=True, sorts=True, required=True, writable=True,
                aliases=("时期", "月份", "年份", "期间"))  # fmt: skip

INDICATORS = declare(
    Table(
        "indicators",
        _("Indicators"),
        Indicator,
        "code",
        (
            Column("code", _("Code"), filters=True, sorts=True),
            Column("name", _("Name")),
            Column("name_en", _("English name")),
            Column("pack", _("Pack"), filters=True),
            Column("unit", _("Unit"), filters=True, read=lambda row: units.label(row.unit)),
            Column("every", _("Every"), Kind.CHOICE, choices=EVERY, filters=True),
            Column("function", _("Field of work"), filters=True),
            Column("category", _("Category of its cases"), filters=True),
        ),
        may_list=works_here,
        words=("name", "name_en", "code"),
        order=("place", "code"),
        help=_("Comes from the packs of the town; change it there."),
    )
)
declare(
    Table(
        "indicator-values",
        _("Values of indicators"),
        Value,
        "id",
        (
            Column("id", _("Number"), Kind.WHOLE, sorts=True),
            Column("indicator", _("Indicator"), Kind.KEY, path="indicator__code", of="indicators",
                   filters=True),
            Column("area", _("Area"), Kind.KEY, path="area", of="areas", filters=True,
                   read=lambda row: _area(row.area), where=_in_area),
            Column("period", _("Period"), filters=True, sorts=True),
            Column("value", _("Value"), Kind.NUMBER, sorts=True),
            Column("n", _("Rows behind it"), Kind.WHOLE),
        ),
        may_list=works_here,
        related=("indicator",),
        order=("pk",),
        help=_("Computed from the sources, and again whenever those change."),
    )
)  # fmt: skip
declare(
    Table(
        "indicator-figures",
        _("Figures entered by hand"),
        Figure,
        "id",
        (
            Column("id", _("Number"), Kind.WHOLE, sorts=True),
            INDICATOR,
            Column("area", _("Area"), Kind.KEY, path="area__code", of="areas", filters=True,
                   writable=True, read=lambda row: _area(row.area_id), where=_of_figure,
                   aliases=("区域", "区域编码")),
            PERIOD,
            Column("value", _("Value"), Kind.NUMBER, required=True, writable=True,
                   aliases=("数值", "值")),
            Column("source", _("Source"), required=True, writable=True,
                   aliases=("来源", "数据来源")),
            Column("by", _("By"), path="by__username"),
            Column("at", _("When"), Kind.MOMENT, sorts=True),
            Column("newest", _("Counts"), Kind.FLAG, filters=True),
        ),
        may_list=works_here,
        related=("indicator", "by"),
        order=("-pk",),
        writer=FIGURES,
        help=_("The newest figure of an indicator, area and period counts; earlier ones stay."),
    )
)  # fmt: skip
declare(
    Table(
        "indicator-revisions",
        _("Revised values"),
        Revision,
        "id",
        (
            Column("id", _("Number"), Kind.WHOLE, sorts=True),
            Column("indicator", _("Indicator"), Kind.KEY, path="indicator__code", of="indicators",
                   filters=True),
            Column("area", _("Area"), Kind.KEY, path="area", of="areas", filters=True,
                   read=lambda row: _area(row.area), where=_in_area),
            Column("period", _("Period"), filters=True),
            Column("before", _("Before"), Kind.NUMBER),
            Column("after", _("After"), Kind.NUMBER),
            Column("why", _("Why"), Kind.CHOICE, choices=tuple(Revision.Why.choices),
                   filters=True),
            Column("at", _("When"), Kind.MOMENT, sorts=True),
        ),
        may_list=works_here,
        related=("indicator",),
        order=("-pk",),
    )
)  # fmt: skip
declare(
    Table(
        "indicator-targets",
        _("Targets"),
        Target,
        "code",
        (
            Column("code", _("Code"), filters=True, sorts=True),
            Column("name", _("Name")),
            Column("name_en", _("English name")),
            Column("indicator", _("Indicator"), Kind.KEY, path="indicator__code", of="indicators",
                   filters=True),
            Column("area", _("Area"), Kind.KEY, path="area__code", of="areas", filters=True,
                   read=lambda row: _area(row.area_id), where=_of_figure),
            Column("since", _("Since"), sorts=True),
            Column("by", _("By when"), sorts=True),
            Column("value", _("Value"), Kind.NUMBER),
            Column("measure", _("Measure"), filters=True),
            Column("path", _("Path"), filters=True),
        ),
        may_list=works_here,
        words=("name", "name_en"),
        related=("indicator",),
        order=("code",),
        help=_("Comes from the packs of the town; change it there."),
    )
)  # fmt: skip


from linli.indicators.bulletins import tables as _bulletins  # noqa: E402, F401
