"""What the cockpit says: the loop's stages, what lies open, leagues, and what needs a leader."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.db.models import F, Sum
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from linli.cases.due import next_due
from linli.cases.models import OPEN, WORKING, Case, Event, State
from linli.cases.timeline import done
from linli.cases.waiting import is_overdue
from linli.clock import now
from linli.places.atlas import atlas
from linli.scores.backlog import COUNTED
from linli.scores.leagues import DEPARTMENTS, GRIDS, Standing, league, usual_kind
from linli.scores.models import Backlog, Tally
from linli.scores.periods import local_day, month_of
from linli.topics.models import Topic
from linli.web.cockpit.reach import Reach

SHOWN = 5
LOOKED_AT = 200  # newest events, among which those for the ticker are looked for
WEEKS = 8


@dataclass(frozen=True)
class Stage:
    """One stage of the loop: the tallies that say it was reached, the states that wait in it."""

    label: str | Promise
    counters: tuple[str, ...]
    waits: str | Promise
    states: tuple[State, ...]
    pile: str


STAGES = (
    Stage(
        pgettext_lazy("stage", "Sensed"), ("received",), _("to triage"),
        (State.REPORTED,), "reported",
    ),
    Stage(
        pgettext_lazy("stage", "Located"), ("located",), _("to dispatch or settle"),
        (State.TRIAGED,), "triaged",
    ),
    Stage(
        pgettext_lazy("stage", "Dispatched"), ("dispatched", "ruled"), _("to accept"),
        (State.DISPATCHED, State.REOPENED, State.RETURNED), "dispatched",
    ),
    Stage(
        pgettext_lazy("stage", "Resolved"), ("resolved", "settled"), _("in hand"),
        (State.ACCEPTED,), "accepted",
    ),
    Stage(
        pgettext_lazy("stage", "Judged"), ("verified", "evaluated"), _("to judge"),
        (State.RESOLVED, State.VERIFIED), "resolved",
    ),
)  # fmt: skip
NAMES = tuple(dict.fromkeys(name for stage in STAGES for name in stage.counters))
# What happened is told in the ticker; what only reminds or repeats is not.
TOLD = (
    "report", "dispatch", "accept", "resolve", "settle", "verify", "evaluate", "return", "rule",
    "reopen", "escalate", "supervise", "close",
)  # fmt: skip


def _day(reach: Reach, days: list[date]) -> dict[str, int]:
    rows = Tally.objects.filter(reach.tallies(), day__in=days)
    sums = rows.aggregate(**{f"n_{name}": Sum(name) for name in NAMES})
    return {name: sums[f"n_{name}"] or 0 for name in NAMES}


def backlog(reach: Reach) -> dict[str, int]:
    """Return how many open cases within reach stand in each state, and how many are overdue."""
    sums = Backlog.objects.filter(reach.tallies()).aggregate(
        **{f"n_{name}": Sum(name) for name in COUNTED}
    )
    return {name: sums[f"n_{name}"] or 0 for name in COUNTED}


def flow(reach: Reach, lying: dict[str, int]) -> list[dict[str, Any]]:
    """Return for each stage what reached it today, usually on this weekday, and what waits."""
    today = local_day(now())
    past = [today - timedelta(weeks=week) for week in range(1, WEEKS + 1)]
    count, before = _day(reach, [today]), _day(reach, past)
    return [
        {
            "label": stage.label,
            "today": sum(count[name] for name in stage.counters),
            "usual": round(sum(before[name] for name in stage.counters) / WEEKS),
            "waits": stage.waits,
            "waiting": sum(lying[state] for state in stage.states),
            "state": stage.pile,
        }
        for stage in STAGES
    ]


def month(reach: Reach) -> dict[str, int | None]:
    """Return this month's share of cases resolved on time, and of ratings that were satisfied."""
    period = month_of(local_day(now()))
    sums = Tally.objects.filter(reach.tallies(), day__range=(period.first, period.last)).aggregate(
        *(Sum(name) for name in ("resolved", "on_time", "evaluated", "satisfied"))
    )

    def percent(part: str, whole: str) -> int | None:
        n = sums[f"{whole}__sum"] or 0
        return round(100 * (sums[f"{part}__sum"] or 0) / n) if n else None

    return {
        "on_time": percent("on_time", "resolved"),
        "satisfied": percent("satisfied", "evaluated"),
    }


def grids(reach: Reach) -> dict[str, list[int]]:
    """Return open and overdue cases by code of the grid, of both layers, where there are any."""
    kinds = (Tally.Kind.COMMUNITY, Tally.Kind.SERVICE)
    areas, near = atlas().areas, None if reach.is_whole else set(reach.grids)
    return {
        areas[row.subject].code: [row.open, row.overdue]
        for row in Backlog.objects.filter(kind__in=kinds)
        if row.subject in areas and row.open
        if near is None or row.subject in near
    }


def leagues(reach: Reach) -> list[dict[str, Any]]:
    """Return the heads of both contests of this month."""
    day = local_day(now())
    # In the first days of a month there is little to compare: the month before stands.
    period = month_of(day if day.day > 5 else day.replace(day=1) - timedelta(days=1))
    kind = "town" if reach.is_whole and _has("town") else usual_kind()
    return [
        {
            "contest": contest, "label": label, "period": str(period), "kind": kind,
            "standings": standings[:SHOWN], "span": _span(standings[:SHOWN]),
        }
        for contest, label in (
            (GRIDS, _("Grids against grids")),
            (DEPARTMENTS, _("Departments against departments")),
        )
        for standings in [league(contest, period, area_kind=kind, within=reach.area).standings]
    ]  # fmt: skip


def _has(kind: str) -> bool:
    return any(area.kind == kind and area.parent_id for area in atlas().areas.values())


def _span(standings: list[Standing]) -> tuple[float, float]:
    low, high = (
        min((s.low for s in standings), default=0.0),
        max((s.high for s in standings), default=0.0),
    )
    return (low, high) if low < high else (0.0, 100.0)


def needs(reach: Reach) -> dict[str, Any]:
    """Return what waits for a leader: the longest overdue of what was escalated or supervised."""
    cases = Case.objects.filter(reach.cases())
    late = (
        cases.filter(is_overdue(), state__in=WORKING, escalated_to__isnull=False)
        .select_related("category", "area", "functional", "territorial")
        .defer("body", "sketch", "suggestions", "area__wkb")
        .order_by("-supervised", F("resolve_due").asc(nulls_last=True), "id")
    )
    return {
        "cases": [(case, next_due(case)) for case in late[:SHOWN]],
        "returned": cases.filter(state=State.RETURNED).count(),
        "appeals": cases.filter(appealed="asked").count(),
        "supervised": cases.filter(supervised=True, state__in=sorted(OPEN)).count(),
    }


def topics() -> list[Topic]:
    """Return what most people write about now."""
    return list(Topic.objects.filter(rank__isnull=False).order_by("rank")[:SHOWN])


def ticker(reach: Reach) -> list[dict[str, Any]]:
    """Return the last steps taken within reach: what and where, nobody named."""
    grids = None if reach.is_whole else set(reach.grids)
    # The newest first and only then the fitting: asked the other way round a database may sort
    # every event there ever was.
    rows = [
        event
        for event in Event.objects.select_related("category").order_by("-id")[:LOOKED_AT]
        if event.action in TOLD and (grids is None or event.community_grid_id in grids)
    ]
    areas = atlas().areas
    return [
        {
            "at": event.at,
            "label": done(event.action),
            "category": event.category,
            "place": areas.get(event.community_grid_id or 0),
        }
        for event in rows[:SHOWN]
    ]
