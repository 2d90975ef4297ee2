"""Steps of all cases, as administrators look through them."""

from collections.abc import Mapping
from typing import Any

from django.db.models import QuerySet

from linli.cases.forms import number_of
from linli.cases.models import Event
from linli.people import listing
from linli.people.models import User
from linli.people.scope import Scope


def steps(scope: Scope, query: Mapping[str, Any]) -> QuerySet[Event]:
    """Return steps in sight: by whom, what, of which case, and when; the newest first."""
    rows: QuerySet[Event] = listing.done(scope.of(Event), query)
    if thing := str(query.get("object", "")).strip():
        rows = rows.filter(case=number_of(thing) or -1)
    return rows.order_by("-at", "-pk")


def in_office(event: Event) -> User | None:
    """Return who took a step, if in an office: a resident is named to nobody who looks about."""
    by = event.by
    return by if by is not None and (by.memberships.all() or by.leads.all()) else None
