"""What bulletins that were made look like from outside; what each says is an operation."""

from typing import Any

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from linli.indicators.bulletins import issues, reach
from linli.indicators.bulletins.models import Issue
from linli.tables import Column, Kind, Table, declare


def _area(row: Any) -> str:
    return row.area_code or reach.root().code


def _in_area(scope: Any, code: str) -> Q:
    try:
        return Q(area=issues.key_of(reach.named(code)))
    except LookupError:
        return Q(pk__in=[])


ISSUES = declare(
    Table(
        "issued-bulletins",
        _("Bulletins"),
        Issue,
        "id",
        (
            Column("id", _("Number"), Kind.WHOLE, sorts=True),
            Column("kind", _("Length of the period"), Kind.CHOICE,
                   choices=tuple(Issue.Kind.choices), filters=True),
            Column("first", _("First day"), Kind.DAY, sorts=True),
            Column("last", _("Last day"), Kind.DAY, sorts=True),
            Column("area", _("Area"), Kind.KEY, path="area", of="areas", filters=True,
                   read=_area, where=_in_area),
            Column("version", _("Version"), Kind.WHOLE),
            Column("made_at", _("Made"), Kind.MOMENT, sorts=True),
            Column("is_final", _("Issued"), Kind.FLAG, filters=True),
            Column("by", _("Made anew by"), path="by__username"),
            Column("why", _("Why")),
        ),
        may_list=reach.leads,
        related=("by",),
        order=("-pk",),
        help=_("What each says comes from the operation “bulletin”."),
    )
)  # fmt: skip
