"""How many enterprises were visited, how lately, by whom and where."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Count, Max, Q, QuerySet

from linli.clock import now
from linli.enterprises.models import Enterprise, Visit
from linli.enterprises.selection import core_digital, in_section
from linli.people.models import User
from linli.people.scope import Scope
from linli.places.atlas import atlas
from linli.places.tables import below

STALE_DAYS = 90


@dataclass(frozen=True)
class Line:
    """One grid or one visitor.

    `visited` enterprises of `all` had a visit within `STALE_DAYS`; `never` had none at all.
    """

    key: str
    name: str
    all: int
    visited: int
    never: int
    last: datetime | None
    waiting: int = 0

    @property
    def percent(self) -> int:
        return round(100 * self.visited / self.all) if self.all else 0

    @property
    def stale(self) -> int:
        return self.all - self.visited - self.never


def stale_since() -> datetime:
    """Return before when a visit is too long ago."""
    return now() - timedelta(days=STALE_DAYS)


def is_stale() -> Q:
    """Return the enterprises that nobody has visited lately."""
    return Q(visited_at=None) | Q(visited_at__lt=stale_since())


def by_grid(scope: Scope) -> list[Line]:
    """Return a line for each park or grid that has enterprises, the least covered first."""
    areas = atlas().areas
    rows = scope.of(Enterprise).exclude(status=Enterprise.Status.GONE).order_by()
    found = rows.values_list("area").annotate(
        all=Count("pk"),
        lately=Count("pk", filter=Q(visited_at__gte=stale_since())),
        never=Count("pk", filter=Q(visited_at=None)),
        last=Max("visited_at"),
    )
    lines = [Line(areas[key].code, str(areas[key]), *told) for key, *told in found if key in areas]
    return sorted(lines, key=lambda line: (line.percent, line.key))


def by_visitor(scope: Scope) -> list[Line]:
    """Return a line for each visitor: of the enterprises planned for them, how many they saw."""
    rows = scope.of(Visit).exclude(state=Visit.State.CANCELLED).order_by()
    found = rows.values_list("visitor").annotate(
        all=Count("enterprise", distinct=True),
        lately=Count("enterprise", distinct=True, filter=Q(visited_at__gte=stale_since())),
        ever=Count("enterprise", distinct=True, filter=Q(state=Visit.State.DONE)),
        last=Max("visited_at"),
        waiting=Count("pk", filter=Q(state=Visit.State.PLANNED)),
    )
    users = User.objects.in_bulk([key for key, *_told in found])
    lines = [
        Line(users[key].username, str(users[key]), n, lately, n - ever, last, waiting)
        for key, n, lately, ever, last, waiting in found
    ]
    return sorted(lines, key=lambda line: (line.percent, line.key))


def listed(scope: Scope, query: Mapping[str, Any]) -> QuerySet[Any]:
    """Return the enterprises that the list shows for what was asked."""
    rows = scope.of(Enterprise)
    asked = {name: str(value).strip() for name, value in query.items()}
    if words := asked.get("q"):
        rows = rows.filter(
            Q(name__icontains=words) | Q(name_en__icontains=words) | Q(code=words.upper())
        )
    if section := asked.get("industry"):
        is_letter = section.isalpha()
        rows = rows.filter(in_section(section) if is_letter else Q(industry__startswith=section))
    if asked.get("digital"):
        rows = rows.filter(core_digital())
    if area := asked.get("area"):
        rows = rows.filter(below(area, "area__"))
    if asked.get("size") in Enterprise.Size.values:
        rows = rows.filter(size=asked["size"])
    year = asked.get("above", "")
    if year.isascii() and year.isdecimal() and len(year) == 4:
        rows = rows.filter(years__year=int(year), years__above_scale=True)
    if asked.get("stale"):
        rows = rows.exclude(status=Enterprise.Status.GONE).filter(is_stale())
    return rows.order_by("name", "pk")
