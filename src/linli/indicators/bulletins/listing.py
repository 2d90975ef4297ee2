"""The list of bulletins that were made: found by a day, a kind and an area."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import QuerySet
from django.urls import reverse
from django.utils.dateparse import parse_date
from django.utils.http import urlencode

from linli.indicators.bulletins import contents, issues, reach, stretch
from linli.indicators.bulletins.models import Issue
from linli.indicators.bulletins.stretch import KINDS
from linli.people.scope import Scope
from linli.places.atlas import atlas
from linli.places.models import Area


@dataclass(frozen=True)
class Chosen:
    """What narrows the list; what was mistyped narrows nothing."""

    day: date | None = None
    kind: str = ""
    area: str = ""

    @classmethod
    def of(cls, sight: Scope, query: Mapping[str, Any]) -> "Chosen":
        try:
            day = parse_date(str(query.get("day", "")))
        except ValueError:
            day = None
        kind, area = str(query.get("kind", "")), str(query.get("area", ""))
        offered = {one.code for one in reach.offered(sight)}
        return cls(day, kind if kind in KINDS else "", area if area in offered else "")


def past(sight: Scope, chosen: Chosen) -> QuerySet[Issue]:
    """Return the bulletins of a choice that somebody may see."""
    area = None
    if chosen.area:
        area = issues.key_of(reach.named(chosen.area))
    return issues.past(sight, chosen.day, chosen.kind, area)


@dataclass(frozen=True)
class Line:
    """A line of the list."""

    issue: Issue
    title: str
    words: str
    link: str


def line(issue: Issue) -> Line:
    """Say of a bulletin what it is and where it stands."""
    area = atlas().areas.get(issue.area) if issue.area else None
    query: dict[str, Any] = {"area": area.code if area else "", "version": issue.version}
    given = {key: value for key, value in query.items() if value}
    link = f"{reverse('bulletin', args=[issue.period])}?{urlencode(given)}"
    title = contents.title(issue.kind, area)
    return Line(issue, title, stretch.around(issue.kind, issue.first).words, link)


def latest(area: Area | None) -> list[tuple[str, str, str]]:
    """Return title, period and address of the last day's, week's and month's bulletin."""
    query = f"?{urlencode({'area': area.code})}" if area else ""
    found = [stretch.read(kind) for kind in KINDS]
    return [
        (contents.title(one.kind, area), one.words, reverse("bulletin", args=[str(one)]) + query)
        for one in found
    ]
