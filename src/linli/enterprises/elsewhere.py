"""What other rooms know of an enterprise: its parcel and remediation, its projects.

Rooms do not import each other; what they tell stands in their declared tables, asked by name.
"""

from dataclasses import dataclass
from typing import Any

from django.db.models import Q
from django.urls import NoReverseMatch, reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from linli.enterprises.models import Enterprise
from linli.people.scope import Scope
from linli.tables import Table, declared

MOST = 5


@dataclass(frozen=True)
class Told:
    """One thing another room knows: what kind, how it is called, how it stands, its page."""

    kind: str | Promise
    name: str
    state: str
    address: str


@dataclass(frozen=True)
class _Asked:
    """Which rows of a table are about an enterprise, and which page shows one of them."""

    kind: str | Promise
    table: str
    column: str
    state: str
    page: str
    by_name: bool = False


ASKED = (
    _Asked(_("Remediation"), "holdings", "credit_code", "stage_name", "holding"),
    _Asked(
        _("Investment project"), "projects", "company", "stage_name", "investment-project", True
    ),
)


def told_of(sight: Scope, enterprise: Enterprise) -> list[Told]:
    """Return what other rooms tell this person of an enterprise."""
    tables, found = declared(), []
    for asked in ASKED:
        table = tables.get(asked.table)
        if table is None or not table.may_list(sight):
            continue
        wanted = enterprise.name if asked.by_name else enterprise.code
        lookup = Q(**{table.column(asked.column).lookup: wanted})
        rows = sight.of(table.model).filter(lookup).select_related(*table.related)
        found += [
            _told(asked, table, row)
            for row in rows.order_by(*table.order).defer(*table.deferred)[:MOST]
        ]
    return found


def _told(asked: _Asked, table: Table, row: Any) -> Told:
    state = table.column(asked.state)
    said = state.read(row) if state.read else getattr(row, state.lookup)
    key = getattr(row, table.column(table.key).lookup)
    try:
        address = reverse(asked.page, args=[key])
    except NoReverseMatch:
        address = ""
    return Told(asked.kind, str(row), str(said or ""), address)
