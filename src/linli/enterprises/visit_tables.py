"""What visits and difficulties look like from outside."""

from django.utils.translation import gettext_lazy as _

from linli.cases.models import State
from linli.enterprises.models import Difficulty, Visit
from linli.enterprises.tables import NAME, WITHIN
from linli.enterprises.visibility import works_here
from linli.tables import Column, Kind, Table, declare

ENTERPRISE = Column(
    "enterprise", _("Unified social credit code"), Kind.KEY, path="enterprise__code",
    of="enterprises", filters=True,
)  # fmt: skip
VISITS = declare(
    Table(
        "visits",
        _("Visits to enterprises"),
        Visit,
        "id",
        (
            Column("id", _("Number"), Kind.WHOLE, sorts=True),
            ENTERPRISE,
            NAME,
            Column("visitor", _("Visitor"), path="visitor__username", filters=True),
            Column("visitor_name", _("Name of the visitor"), path="visitor__name",
                   read=lambda row: str(row.visitor)),
            Column("planned_on", _("Planned for"), Kind.DAY, filters=True, sorts=True),
            Column("purpose", _("Purpose")),
            Column("state", _("State"), Kind.CHOICE, choices=tuple(Visit.State.choices),
                   filters=True),
            Column("visited_at", _("Visited"), Kind.MOMENT, filters=True, sorts=True),
            Column("met", _("Whom they met")),
            Column("research", _("Research strength")),
            Column("sales", _("Sales and market")),
            Column("plans", _("Development plans")),
            Column("reason", _("Why it was called off")),
            WITHIN,
        ),
        may_list=works_here,
        words=("enterprise__name", "purpose"),
        related=("enterprise", "visitor"),
        order=("-planned_on", "-id"),
    )
)  # fmt: skip
DIFFICULTIES = declare(
    Table(
        "difficulties",
        _("Difficulties of enterprises"),
        Difficulty,
        "id",
        (
            Column("id", _("Number"), Kind.WHOLE, sorts=True),
            ENTERPRISE,
            NAME,
            Column("visit", _("Visit to an enterprise"), Kind.KEY, path="visit_id", of="visits",
                   read=lambda row: str(row.visit_id) if row.visit_id else None),
            Column("case", _("Case"), Kind.KEY, path="case_id", of="cases",
                   read=lambda row: row.case.code),
            Column("title", _("Title"), path="case__title"),
            Column("category", _("Category"), Kind.KEY, path="case__category__code",
                   of="categories", filters=True),
            Column("state", _("State"), Kind.CHOICE, path="case__state",
                   choices=tuple(State.choices), filters=True),
            Column("satisfied", _("Satisfied?"), Kind.FLAG, path="case__satisfied", filters=True),
            WITHIN,
        ),
        may_list=lambda scope: scope.user.is_authenticated,
        words=("enterprise__name", "case__title"),
        related=("enterprise", "case__category"),
        order=("-id",),
    )
)  # fmt: skip
