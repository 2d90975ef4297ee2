"""What narrows lists of people, leads, leave and acts, on their pages and in their files alike."""

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from linli.clock import now
from linli.people.administration import Reach
from linli.people.models import AuditEntry, Lead, Leave, Membership, Role, User
from linli.people.scope import Scope
from linli.places.models import Area

# Which grids lack leads; every grid should have two.
GAPS: dict[str, str | Promise] = {
    "any": _("Grids with fewer than two leads"),
    "one": _("Grids with one lead only"),
    "none": _("Grids without any lead"),
}


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


def gap(name: str) -> Q:
    """Return the grids that lack leads, by a name in `GAPS`."""
    side = {
        value: Exists(Lead.objects.filter(area=OuterRef("pk"), side=value))
        for value in Lead.Side.values
    }
    town, community = side[Lead.Side.TOWN], side[Lead.Side.COMMUNITY]
    lacking = {
        "any": Q(~town) | Q(~community),
        "one": (Q(town) & ~Q(community)) | (~Q(town) & Q(community)),
        "none": Q(~town, ~community),
    }
    return Q(is_grid=True) & lacking[name]


def areas(scope: Scope, query: Mapping[str, Any]) -> QuerySet[Area]:
    """Return the areas an administrator answers for: by layer, words, and the leads they lack."""
    layer, words = str(query.get("layer", "")), str(query.get("q", "")).strip()
    lacking = str(query.get("lacking", ""))
    if not isinstance(scope.user, User):
        return Area.objects.none()
    found: QuerySet[Area] = scope.of(Area).filter(Reach(scope.user).within("path"))
    if layer:
        found = found.filter(layer=layer)
    if words:
        found = found.filter(
            Q(name__icontains=words) | Q(name_en__icontains=words) | Q(code__startswith=words)
        )
    if lacking in GAPS:
        found = found.filter(gap(lacking))
    return found.order_by("path")


def coming_leave(scope: Scope, query: Mapping[str, Any]) -> QuerySet[Leave]:
    """Return the leave in sight that is not over, the nearest first."""
    return scope.of(Leave).filter(until__gt=now()).order_by("since", "pk")


def acts(scope: Scope, query: Mapping[str, Any]) -> QuerySet[AuditEntry]:
    """Return entries of the audit trail: by whom, what, on what, and when; the newest first."""
    rows: QuerySet[AuditEntry] = done(scope.of(AuditEntry), query)
    if thing := str(query.get("object", "")).strip():
        rows = rows.filter(key=thing)
    return rows.order_by("-number")


def done(rows: QuerySet[Any], query: Mapping[str, Any]) -> QuerySet[Any]:
    """Narrow acts, or steps of cases, by whom, what and when."""
    asked = {name: str(query.get(name, "")).strip()
             for name in ("person", "action", "since", "until")}  # fmt: skip
    if asked["person"]:
        person = User.objects.filter(username=asked["person"]).first()
        rows = rows.filter(by=person.pk if person else -1)
    if asked["action"]:
        rows = rows.filter(action=asked["action"])
    if since := _day(asked["since"]):
        rows = rows.filter(at__gte=_midnight(since))
    if (until := _day(asked["until"])) and until < date.max:
        rows = rows.filter(at__lt=_midnight(until + timedelta(days=1)))
    return rows


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def _midnight(day: date) -> datetime:
    return datetime.combine(day, datetime.min.time(), timezone.get_current_timezone())
