"""What scores and appeals look like from outside."""

from django.utils.translation import gettext_lazy as _

from linli.enterprises.per_mu.models import Appeal, Score
from linli.enterprises.visibility import has_figures_somewhere
from linli.tables import Column, Kind, Table, declare

ENTERPRISE = Column(
    "enterprise", _("Unified social credit code"), Kind.KEY, path="enterprise__code",
    of="enterprises", filters=True,
)  # fmt: skip
NAME = Column("name", _("Name"), path="enterprise__name", read=lambda row: str(row.enterprise))
YEAR = Column("year", _("Year"), Kind.WHOLE, filters=True, sorts=True)
SCORES = declare(
    Table(
        "per-mu-scores",
        _("Performance per mu"),
        Score,
        "id",
        (
            Column("id", _("Number"), Kind.WHOLE, sorts=True),
            ENTERPRISE,
            NAME,
            YEAR,
            Column("group", _("Industry, as its league"), filters=True),
            Column("points", _("Score"), Kind.NUMBER, sorts=True),
            Column("grade", _("Class"), filters=True),
            Column("rank", _("Rank"), Kind.WHOLE, sorts=True),
            Column("of", _("Out of"), Kind.WHOLE),
            Column("parts", _("Points by measure"), Kind.LIST, read=lambda row: [
                f"{code}={part['points']:.2f}" for code, part in row.parts.items()]),
            Column("lacks", _("Lacks"), Kind.LIST),
        ),
        may_list=has_figures_somewhere,
        words=("enterprise__name", "enterprise__code"),
        related=("enterprise",),
        order=("-year", "group", "rank", "id"),
        help=_("Worked out from the figures of the year; nobody writes them."),
    )
)  # fmt: skip
APPEALS = declare(
    Table(
        "per-mu-appeals",
        _("Appeals against performance per mu"),
        Appeal,
        "id",
        (
            Column("id", _("Number"), Kind.WHOLE, sorts=True),
            ENTERPRISE,
            NAME,
            YEAR,
            Column("figure", _("Figure"), filters=True),
            Column("given", _("Stands there"), Kind.NUMBER),
            Column("claimed", _("Should be"), Kind.NUMBER),
            Column("reason", _("Reason")),
            Column("by", _("By"), path="by__username"),
            Column("at", _("When"), Kind.MOMENT, sorts=True),
            Column("state", _("State"), Kind.CHOICE, filters=True,
                   choices=tuple(Appeal.State.choices)),
            Column("ruling", _("Ruling")),
        ),
        may_list=has_figures_somewhere,
        related=("enterprise", "by"),
        order=("-id",),
    )
)  # fmt: skip
