"""Rows of a file or of another system as reports: checked, foreseen, and taken in by intake."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from django.utils.translation import gettext_lazy as _

from linli.cases import intake
from linli.cases.intake import Report, Unusable
from linli.cases.models import Source
from linli.engines.geo import SYSTEMS
from linli.people.models import Role
from linli.people.scope import Scope
from linli.tables import NEW, Column, Fate, Kind, Values, Writer, Wrong

FOLLOWER, REPEAT, OUTSIDE = intake.Fate.FOLLOWER, intake.Fate.REPEAT, "outside"


# What a report has besides the columns of its case.
GIVEN = (
    Column("external_id", _("The sender's number"), writable=True, shown=False,
           aliases=("id", "编号", "工单编号", "留言编号")),
    Column("created", _("Told"), Kind.MOMENT, writable=True, shown=False,
           aliases=("reported_at", "时间", "上报时间", "留言时间")),
    Column("author", _("Reporter's name"), writable=True, shown=False, personal=True,
           aliases=("user", "留言用户", "上报人")),
    Column("contact", _("How to reach them"), writable=True, shown=False, personal=True,
           aliases=("phone", "联系方式", "联系电话")),
    Column("likes", _("Likes"), Kind.WHOLE, writable=True, shown=False, aliases=("点赞数",)),
    Column("coordinates", _("Coordinate system"), Kind.CHOICE, writable=True, shown=False,
           choices=tuple((system, system.upper()) for system in SYSTEMS), aliases=("坐标系",)),
)  # fmt: skip


def report_of(values: Values) -> Report:
    """Make a report of the columns of a row; one without a source came over the hotline."""
    empty = (None, "")
    told = {name: value for name, value in values.items() if value not in empty}
    return replace(Report(title="", source=Source.HOTLINE), **told)


def _check(scope: Any, rows: Sequence[Values]) -> list[str | list[Wrong]]:
    outcomes: list[str | list[Wrong]] = []
    good: list[Report] = []
    places: list[int] = []
    for values in rows:
        report = report_of(values)
        try:
            intake.check(report)
        except Unusable as error:
            outcomes.append([Wrong(error.field, str(error))])
        else:
            places.append(len(outcomes))
            good.append(report)
            outcomes.append("")
    for at, report, found in zip(places, good, intake.foresee(good), strict=True):
        is_lost = found.fate == NEW and report.lon is not None and not found.is_placed
        outcomes[at] = Fate(OUTSIDE if is_lost else found.fate, found.case)
    return outcomes


def _write(scope: Any, rows: Sequence[Values]) -> list[str]:
    reports = [report_of(values) for values in rows]
    fates: list[str] = []
    for report, receipt in zip(reports, intake.receive(reports), strict=True):
        case = receipt.case
        is_lost = receipt.fate == NEW and report.lon is not None and case.area_id is None
        fates.append(Fate(OUTSIDE if is_lost else receipt.fate, case.code))
    return fates


def _may(scope: Scope) -> bool:
    return scope.has(Role.DISPATCHER, Role.ADMINISTRATOR)


WRITER = Writer(
    may=_may,
    check=_check,
    write=_write,
    fates={
        FOLLOWER: _("Joins a known case"),
        REPEAT: _("Taken in before"),
        OUTSIDE: _("New; the point lies outside the town"),
    },
)
