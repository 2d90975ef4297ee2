"""How many enterprises were visited, how lately, by whom and where."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Count, Max, OuterRef, Q, QuerySet, Subquery

from linli.clock import now
from linli.enterprises.models import Enterprise, Visit
from linli.enterprises.selection import core_digital, in_section
from linli.people.models import User
from linli.people.scope import Scope
from linli.places.atlas import atlas
from linli.places.tables import below

STALE_DAYS = 90
DONE = Visit.State.DONE


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


def with_last_visit(rows: QuerySet[Enterprise]) -> QuerySet[Any]:
    """Add to enterprises when they were visited last, as `last_visit`."""
    visits = Visit.objects.filter(enterprise=OuterRef("pk"), state=DONE)
    last = visits.order_by("-visited_at").values("visited_at")[:1]
    return rows.annotate(last_visit=Subquery(last))


def stale_since() -> datetime:
    """Return before when a visit is too long ago."""
    return now() - timedelta(days=STALE_DAYS)


def is_stale() -> Q:
    """Return the enterprises, with `with_last_visit`, that nobody has visited lately."""
    return Q(last_visit=None) | Q(last_visit__lt=stale_since())


def by_grid(scope: Scope) -> list[Line]:
    """Return a line for each park or grid that has enterprises, the least covered first."""
    fresh, areas = stale_since(), atlas().areas
    found: dict[int, list[Any]] = {}
    rows = with_last_visit(scope.of(Enterprise).exclude(status=Enterprise.Status.GONE))
    for area, last in rows.order_by().values_list("area_id", "last_visit"):
        line = found.setdefault(area, [0, 0, 0, None])
        line[0] += 1
        line[1] += last is not None and last >= fresh
        line[2] += last is None
        line[3] = max(filter(None, (line[3], last)), default=None)
    lines = [
        Line(areas[key].code, str(areas[key]), *line) for key, line in found.items() if key in areas
    ]
    return sorted(lines, key=lambda line: (line.percent, line.key))


def by_visitor(scope: Scope) -> list[Line]:
    """Return a line for each visitor: of the enterprises planned for them, how many they saw."""
    fresh = stale_since()
    rows = (
        scope.of(Visit)
        .exclude(state=Visit.State.CANCELLED)
        .order_by()
        .values("visitor", "enterprise")
        .annotate(
            last=Max("visited_at"), waiting=Count("pk", filter=Q(state=Visit.State.PLANNED))
        )
    )  # fmt: skip
    found: dict[int, list[Any]] = {}
    for row in rows:
        line = found.setdefault(row["visitor"], [0, 0, 0, None, 0])
        line[0] += 1
        line[1] += row["last"] is not None and row["last"] >= fresh
        line[2] += row["last"] is None
        line[3] = max(filter(None, (line[3], row["last"])), default=None)
        line[4] += row["waiting"]
    users = User.objects.in_bulk(found)
    lines = [Line(users[key].username, str(users[key]), *line) for key, line in found.items()]
    return sorted(lines, key=lambda line: (line.percent, line.key))


def listed(scope: Scope, query: Mapping[str, Any]) -> QuerySet[Any]:
    """Return the enterprises that the list shows for what was asked."""
    rows = with_last_visit(scope.of(Enterprise))
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
