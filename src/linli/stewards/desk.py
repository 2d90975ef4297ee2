"""The steward's desk: what came in, one matter at a time, and what would become of it."""

from dataclasses import dataclass

from linli.cases.models import Case, Category, Triage
from linli.cases.routing import Route, Router
from linli.cases.waiting import PILES
from linli.people.scope import Scope


@dataclass(frozen=True)
class Suggestion:
    """What a matter seems to be: its category, what kind of matter that is, and how sure."""

    category: Category | None
    kind: str
    probability: float | None


def waiting(scope: Scope) -> int:
    """Count what waits to be triaged."""
    return scope.of(Case).filter(PILES["triage"].of(scope)).count()


def next_card(scope: Scope, after: int = 0) -> Case | None:
    """Return the matter that has waited longest, or the next one after `after`."""
    pile = scope.of(Case).filter(PILES["triage"].of(scope)).order_by("id")
    pile = pile.select_related("category", "area", "community_grid").defer(
        "sketch", "area__wkb", "community_grid__wkb"
    )
    return pile.filter(pk__gt=after).first() or pile.first()


def suggestion(case: Case) -> Suggestion:
    """Say what a matter seems to be about."""
    if case.category is not None:
        return Suggestion(case.category, case.category.triage, None)
    for label, probability in case.suggestions[:1]:
        found = Category.objects.filter(code=label, retired=False).first()
        found = found or Category.objects.filter(name=label, retired=False).first()
        if found:
            return Suggestion(found, found.triage, probability)
    return Suggestion(None, "", None)


def route(case: Case, category: Category | None) -> Route | None:
    """Return where a public matter would go, None as long as category or place are missing."""
    if category is None or case.community_grid_id is None:
        return None
    asked = Case(
        category=category, community_grid_id=case.community_grid_id,
        service_grid_id=case.service_grid_id, area_id=case.area_id,
    )  # fmt: skip
    found = Router({category.pk}).route(asked)
    return found if found.is_complete else None


KINDS = tuple(Triage)
