"""What the hours of a station say: yield, kinds of flaws, control charts. No part is counted."""

from collections import Counter
from collections.abc import Container, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from django.db.models import F, Sum
from django.utils.timezone import localtime

from linli.assets.inspection.models import Hour, Station
from linli.engines.control import Chart, Rule, first_pass_yield, p_chart, u_chart

BASE_DAYS = 28  # before what is shown: where the limits come from
ENOUGH = 20  # subgroups a base needs; with fewer, what is shown is its own base
SHIFT_H = 8


class Span(StrEnum):
    """How far back a page looks, and what it joins into one point."""

    DAY = "day"
    WEEK = "week"
    MONTH = "month"

    @property
    def days(self) -> int:
        return {Span.DAY: 1, Span.WEEK: 7, Span.MONTH: 28}[self]

    @property
    def hours(self) -> int:
        """Hours of one point."""
        return {Span.DAY: 1, Span.WEEK: SHIFT_H, Span.MONTH: 24}[self]

    def start(self, at: datetime) -> datetime:
        """Return when the stretch that holds `at` began, by the clock of the town."""
        here = localtime(at).replace(minute=0, second=0, microsecond=0)
        return here - timedelta(hours=here.hour % self.hours)


@dataclass
class Counted:
    """Parts of a stretch, as their hours say."""

    since: datetime
    until: datetime
    parts: int = 0
    flawed: int = 0
    unusable: int = 0
    flaws: int = 0
    kinds: Counter[str] = field(default_factory=Counter)
    reasons: Counter[str] = field(default_factory=Counter)
    judged: int = 0
    false_alarms: int = 0
    missed: int = 0

    @property
    def usable(self) -> int:
        return self.parts - self.unusable

    @property
    def first_pass(self) -> float | None:
        """The share of parts that were good at once, in percent; None where none was judged."""
        share = first_pass_yield(self.parts, self.flawed, self.unusable)
        return None if share is None else 100 * share

    @property
    def waiting(self) -> int:
        """Flawed parts nobody has judged yet."""
        return max(self.flawed - self.judged, 0)

    def add(self, hour: Hour) -> None:
        """Count an hour in."""
        self.parts += hour.parts
        self.flawed += hour.flawed
        self.unusable += hour.unusable
        self.flaws += hour.flaws
        self.judged += hour.confirmed + hour.false_alarms
        self.false_alarms += hour.false_alarms
        self.missed += hour.missed
        self.kinds.update(hour.kinds)
        self.reasons.update(hour.reasons)


def stretches(hours: Iterable[Hour], span: Span) -> list[Counted]:
    """Join hours into the points of a span, in the order of time; stretches without a part lack."""
    found: dict[datetime, Counted] = {}
    for hour in sorted(hours, key=lambda row: row.hour):
        since = span.start(hour.hour)
        if since not in found:
            found[since] = Counted(since, since + timedelta(hours=span.hours))
        found[since].add(hour)
    return list(found.values())


def total(hours: Iterable[Hour], since: datetime, until: datetime) -> Counted:
    """Return all of a stretch as one."""
    found = Counted(since, until)
    for hour in hours:
        if since <= hour.hour < until:
            found.add(hour)
    return found


@dataclass
class Seen:
    """What a page shows of a station: the points of a span, and those its limits rest on."""

    span: Span
    now: datetime
    base: list[Counted]
    shown: list[Counted]
    is_own_base: bool

    @property
    def whole(self) -> Counted:
        return joined(self.shown, self.since, self.now)

    @property
    def since(self) -> datetime:
        return first_of(self.span, self.now)

    def chart(self, kind: str) -> tuple[Chart, list[Counted]] | None:
        """Return a p or u chart over base and shown points, and all the points in its order."""
        points = [one for one in [*self.base, *self.shown] if one.usable > 0]
        if not points or not any(one in self.shown for one in points):
            return None
        marks = [
            self.is_own_base or at < len(points) - len(self._usable) for at in range(len(points))
        ]
        sizes = [one.usable for one in points]
        if kind == "p":
            return p_chart([one.flawed for one in points], sizes, marks), points
        return u_chart([one.flaws for one in points], sizes, marks), points

    @property
    def _usable(self) -> list[Counted]:
        return [one for one in self.shown if one.usable > 0]


def first_of(span: Span, at: datetime) -> datetime:
    """Return where a span that ends at `at` begins: so many days back, at the next point."""
    return span.start(at) - timedelta(days=span.days) + timedelta(hours=span.hours)


def seen(station: Station, span: Span, at: datetime) -> Seen:
    """Read the hours of a station: those that are shown, and those before them for the limits."""
    begins = first_of(span, at)
    rows = Hour.objects.filter(
        station=station, hour__gte=begins - timedelta(days=BASE_DAYS), hour__lte=at
    )
    every = stretches(rows, span)
    base = [one for one in every if one.since < begins]
    shown = [one for one in every if one.since >= begins]
    is_own = sum(one.usable > 0 for one in base) < ENOUGH
    return Seen(span, at, [] if is_own else base, shown, is_own)


def joined(stretches: Sequence[Counted], since: datetime, until: datetime) -> Counted:
    """Return the sum of stretches."""
    whole = Counted(since, until)
    for one in stretches:
        for name in ("parts", "flawed", "unusable", "flaws", "judged", "false_alarms", "missed"):
            setattr(whole, name, getattr(whole, name) + getattr(one, name))
        whole.kinds.update(one.kinds)
        whole.reasons.update(one.reasons)
    return whole


def waiting(stations: Iterable[int]) -> dict[int, int]:
    """Return how many flawed parts of each station nobody has judged yet."""
    sums = (
        Hour.objects.filter(station__in=list(stations))
        .values("station")
        .order_by()
        .annotate(n=Sum(F("flawed") - F("confirmed") - F("false_alarms")))
    )
    return {row["station"]: max(row["n"] or 0, 0) for row in sums}


def recent(stations: Iterable[int], since: datetime) -> dict[int, list[Hour]]:
    """Return the hours of stations from a moment on."""
    found: dict[int, list[Hour]] = {}
    for row in Hour.objects.filter(station__in=list(stations), hour__gte=since).order_by("hour"):
        found.setdefault(row.station_id, []).append(row)
    return found


WIDE, HIGH = 120, 28  # of the little line of yields


def line(points: Sequence[float | None]) -> str:
    """Return yields in percent as the points of a little line, on a scale from the least to 100."""
    known = [value for value in points if value is not None]
    if len(known) < 2:
        return ""
    least = min(min(known), 99.0)
    step = WIDE / max(len(points) - 1, 1)
    return " ".join(
        f"{at * step:.1f},{1 + (HIGH - 2) * (100 - value) / (100 - least):.1f}"
        for at, value in enumerate(points)
        if value is not None
    )


def as_numbers(
    chart: Chart, points: Sequence[Counted], shown: Sequence[Counted], hints: Container[Rule] = ()
) -> dict[str, Any]:
    """Return what a control chart draws, without the points of its base that are not shown.

    Points that break none but the rules in `hints` are not marked.
    """
    skip = len(points) - sum(one in shown for one in points)
    scale = 100.0 if chart.kind == "p" else 1.0

    def cut(values: Iterable[float]) -> list[float]:
        return [round(scale * value, 4) for value in list(values)[skip:]]

    broken = (one for one in chart.broken if one.rule not in hints)
    out = {at - skip for one in broken for at in one.points if at >= skip}
    return {
        "values": cut(chart.values.tolist()), "low": cut(chart.low.tolist()),
        "high": cut(chart.high.tolist()), "centre": round(scale * chart.centre, 4),
        "out": sorted(out),
    }  # fmt: skip
