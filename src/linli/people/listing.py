"""What narrows the list of people, on its page and in its files alike."""

from collections.abc import Mapping
from typing import Any

from django.db.models import Q, QuerySet

from linli.people.models import Membership, Role, User
from linli.people.scope import Scope


def people(scope: Scope, query: Mapping[str, Any]) -> QuerySet[User]:
    """Return the people in sight by what was asked: words, a role, how their account stands."""
    words, role = str(query.get("q", "")).strip(), query.get("role", "")
    state = query.get("state", "")
    found: QuerySet[User] = scope.of(User).order_by("username")
    if words:
        named = Q(name__icontains=words) | Q(name_en__icontains=words)
        where = Membership.objects.filter(organisation__name__icontains=words).values("user")
        found = found.filter(named | Q(username__icontains=words) | Q(pk__in=where))
    if role in Role.values:
        found = found.filter(pk__in=Membership.objects.filter(role=role).values("user"))
    if state == "closed":
        found = found.filter(is_active=False)
    elif state == "never":
        found = found.filter(is_active=True, last_login=None)
    return found
