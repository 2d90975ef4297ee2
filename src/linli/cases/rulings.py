"""Rulings as precedents: which are in force, what they routed, and taking one back."""

from collections.abc import Mapping
from typing import Any

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from linli.cases.models import Assignment, Case, Ruling
from linli.people import audit
from linli.people.administration import OutOfReach
from linli.people.models import AuditEntry, Role, Side, User
from linli.people.scope import Scope, scope


def may_withdraw(sight: Scope, ruling: Ruling) -> bool:
    """Tell whether a person may take a ruling back: a dispatcher or administrator of its grid."""
    return sight.holds((Role.DISPATCHER, Role.ADMINISTRATOR), ruling.grid)


def search(rulings: QuerySet[Ruling], words: str, state: str) -> QuerySet[Ruling]:
    """Narrow rulings by words in reason or names, and by whether they are in force."""
    if words:
        rulings = rulings.filter(
            Q(reason__icontains=words)
            | Q(category__name__icontains=words)
            | Q(grid__name__icontains=words)
            | Q(organisation__name__icontains=words)
        )
    if state in ("in-force", "withdrawn"):
        rulings = rulings.filter(withdrawn=state == "withdrawn")
    return rulings


def asked(scope: Scope, query: Mapping[str, Any]) -> QuerySet[Ruling]:
    """Return the rulings that the list shows with this query, the newest first."""
    words, state = str(query.get("q", "")).strip(), str(query.get("state", ""))
    return search(scope.of(Ruling), words, state).order_by("-id")


def routed(ruling: Ruling) -> QuerySet[Case]:
    """Return the cases this ruling sent where they went."""
    grid = "service_grid" if ruling.side == Side.FUNCTIONAL else "community_grid"
    # By grid and organisation first: the reason of an assignment has no index.
    sent = Assignment.objects.filter(
        **{f"case__{grid}": ruling.grid_id},
        organisation=ruling.organisation_id,
        why__ruling=ruling.pk,
    )
    return Case.objects.filter(pk__in=sent.order_by().values("case"))


@transaction.atomic
def withdraw(ruling: Ruling, by: User, reason: str) -> None:
    """Take a ruling back: it routes no more. What it routed stays where it is."""
    row = (
        Ruling.objects.select_for_update(of=("self",))
        .select_related("grid", "category")
        .get(pk=ruling.pk)
    )
    if not may_withdraw(scope(by), row):
        raise OutOfReach(_("This lies beyond what you administer."))
    if row.withdrawn:
        return
    row.withdrawn = True
    row.save(update_fields=["withdrawn"])
    ruling.withdrawn = True
    audit.record("ruling-withdrawn", by, row, name=f"{row.category.name} · {row.grid.name}",
                 changes={"withdrawn": (False, True)}, reason=reason)  # fmt: skip


def withdrawal(ruling: Ruling) -> AuditEntry | None:
    """Return who took a ruling back, when and why."""
    acts = AuditEntry.objects.filter(kind="ruling", key=str(ruling.pk), action="ruling-withdrawn")
    return acts.select_related("by").first()
