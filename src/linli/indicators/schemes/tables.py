"""What schemes and judgements look like from outside."""

from collections.abc import Mapping
from typing import Any

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from linli.indicators import units
from linli.indicators.models import TOWN, works_here
from linli.indicators.schemes import assessing, standing
from linli.indicators.schemes.models import Assessment, Scheme
from linli.indicators.schemes.standing import Line
from linli.indicators.schemes.taking import JUDGEMENTS
from linli.places.atlas import atlas
from linli.tables import Column, Kind, Table, declare, present


def _area(row: Assessment) -> str:
    areas = atlas().areas
    if row.area:
        return areas[row.area].code if row.area in areas else ""
    return next((area.code for area in areas.values() if area.parent_id is None), "")


def _in_area(scope: Any, code: str) -> Q:
    area = atlas().by_code.get(code)
    if area is None:
        return Q(pk__in=[])
    return Q(area=area.pk if area.parent_id else TOWN)


def _lines(scope: Any, query: Mapping[str, Any]) -> list[Line]:
    """Return the items of a scheme as its page shows them, the branches among them."""
    scheme = scope.of(Scheme).filter(code=str(query.get("scheme") or "")[:60]).first()
    if scheme is None:
        return []
    text = str(query.get("period") or "")
    try:
        area = assessing.area_with(scheme, str(query.get("area") or ""))
        period = assessing.period_with(scheme, text) if text else standing.usual(scheme)
    except (LookupError, ValueError):
        return []
    return standing.sheet(scheme, period, assessing.town_or(area)).lines


def _unit(line: Line) -> str:
    return units.label(line.indicator.unit) if line.indicator else ""


def _rounded(value: float | None) -> float | None:
    return None if value is None else round(value, 4)


declare(
    Table(
        "schemes",
        _("Scoring schemes"),
        Scheme,
        "code",
        (
            Column("code", _("Code"), filters=True, sorts=True),
            Column("name", _("Name")),
            Column("name_en", _("English name")),
            Column("pack", _("Pack"), filters=True),
            Column("every", _("Every"), filters=True),
            Column("threshold", _("Threshold"), Kind.NUMBER),
        ),
        may_list=works_here,
        words=("name", "name_en"),
        order=("code",),
        help=_("Comes from the packs of the town; change it there."),
    )
)  # fmt: skip
declare(
    Table(
        "assessments",
        _("Judgements of scoring schemes"),
        Assessment,
        "id",
        (
            Column("id", _("Number"), Kind.WHOLE, sorts=True),
            Column("scheme", _("Scoring scheme"), Kind.KEY, path="scheme__code", of="schemes",
                   filters=True, required=True, writable=True, aliases=("考评", "考评代码")),
            Column("item", _("Item"), filters=True, required=True, writable=True,
                   aliases=("项目", "考评项目", "项目代码")),
            Column("area", _("Area"), Kind.KEY, path="area", of="areas", filters=True,
                   writable=True, read=_area, where=_in_area, aliases=("区域", "区域编码")),
            Column("period", _("Period"), filters=True, sorts=True, required=True, writable=True,
                   aliases=("时期", "年份", "年度", "期间")),
            Column("side", _("Self or review"), Kind.CHOICE, choices=tuple(Assessment.Side.choices),
                   filters=True, required=True, writable=True, aliases=("方面", "自评或复评")),
            Column("points", _("Points"), Kind.NUMBER, required=True, writable=True,
                   aliases=("得分", "分数")),
            Column("evidence", _("What shows it"), required=True, writable=True,
                   aliases=("佐证", "说明", "理由")),
            Column("by", _("Judged by"), path="by__username", writable=True, aliases=("评分人",),
                   help=_("Only an administrator names somebody else.")),
            Column("entered", _("Entered by"), path="entered__username"),
            Column("at", _("When"), Kind.MOMENT, sorts=True),
            Column("newest", _("Newest of its side"), Kind.FLAG, filters=True),
        ),
        may_list=works_here,
        related=("scheme", "by", "entered"),
        order=("-pk",),
        writer=JUDGEMENTS,
        help=_("The newest judgement of a side counts; earlier ones stay."),
    )
)  # fmt: skip
present(
    Table(
        "scheme-items",
        _("Items of a scoring scheme with their points"),
        Assessment,
        "item",
        (
            Column("item", _("Item"), read=lambda line: line.item.code),
            Column("parent", _("Belongs to"), read=lambda line: line.item.parent or ""),
            Column("name", _("Name"), read=lambda line: line.name),
            Column("most", _("Points at most"), Kind.NUMBER, read=lambda line: line.points),
            Column("points", _("Points"), Kind.NUMBER, read=lambda line: _rounded(line.score)),
            Column("figure", _("Figure of the indicator"), Kind.NUMBER,
                   read=lambda line: _rounded(line.value) if line.indicator else None),
            Column("unit", _("Unit"), read=_unit),
            Column("own", _("Self-assessment"), Kind.NUMBER,
                   read=lambda line: line.own.points if line.own else None),
            Column("own_evidence", _("What shows it"),
                   read=lambda line: line.own.evidence if line.own else ""),
            Column("review", _("Review"), Kind.NUMBER,
                   read=lambda line: line.review.points if line.review else None),
            Column("review_evidence", _("Remark of the review"),
                   read=lambda line: line.review.evidence if line.review else ""),
        ),
        may_list=works_here,
        narrow=_lines,
    )
)  # fmt: skip
