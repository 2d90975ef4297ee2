"""A Gantt chart as figures of a drawing: one row a node, all on the same axis of days."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta

from linli.programmes.renewal.models import Link
from linli.programmes.renewal.progress import Row

WIDE = 1000  # units of the drawing from the first day to the last
MARGIN = timedelta(days=10)


@dataclass(frozen=True)
class Bar:
    """A stretch of the axis, in units of the drawing."""

    x: float
    width: float


@dataclass(frozen=True)
class Mark:
    """A milestone on the axis: `state` is done, late or open."""

    x: float
    state: str


@dataclass(frozen=True)
class Wait:
    """What a row waits for: from the end of that (and its lag) to its own beginning.

    `pushes` says that the end lies after the beginning, so that it cannot begin as planned.
    """

    link: Link
    x1: float
    x2: float
    pushes: bool


@dataclass
class Line:
    """What is drawn of one row: its plan, what was done, how far it may slip, its milestones."""

    row: Row
    planned: Bar | None = None
    done: Bar | None = None
    slip: Bar | None = None
    marks: list[Mark] = field(default_factory=list)
    waits: list[Wait] = field(default_factory=list)
    is_critical: bool = False
    is_late: bool = False


@dataclass(frozen=True)
class Tick:
    """A date on the axis; `label` is "2026", "2026-04" or only the month."""

    x: float
    label: str


@dataclass(frozen=True)
class Chart:
    """The whole chart; `today` is where that day lies, None outside it."""

    lines: list[Line]
    ticks: list[Tick]
    today: float | None


def chart(
    rows: Sequence[Row], today: date, links: Mapping[int, Sequence[Link]] | None = None
) -> Chart | None:
    """Draw rows, with what each waits for (`links` by node); None where none has a day."""
    days: list[date] = []
    for row in rows:
        node = row.node
        days += [d for d in (node.starts, node.ends, node.began, node.finished) if d]
        days += [m.done or m.due for m in row.milestones]
        days += [row.foreseen.expected] if row.foreseen else []
    if not days:
        return None
    first, last = min(days) - MARGIN, max(days) + MARGIN
    span = (last - first).days

    def at(day: date) -> float:
        return round(WIDE * (day - first).days / span, 1)

    def bar(start: date | None, end: date | None) -> Bar | None:
        if start is None or end is None or end < start:
            return None
        return Bar(at(start), round(max(at(end) - at(start), 4), 1))

    lines = []
    for row in rows:
        node = row.node
        late = row.late(today)
        starts = node.starts or min((m.due for m in row.milestones), default=None)
        ends = node.ends or max((m.due for m in row.milestones), default=None)
        done = bar(node.began, node.finished or today)
        line = Line(
            row, bar(starts, ends), done if node.began and node.began <= today else None,
            is_critical=bool(row.placed and row.placed.is_critical), is_late=late > 0,
        )  # fmt: skip
        begins = node.began or starts
        for link in (links or {}).get(node.pk, ()):
            end = link.after.finished or link.after.ends
            if end and begins:
                free = end + timedelta(days=link.lag_days)
                line.waits.append(Wait(link, at(min(max(free, first), last)), at(begins),
                                       free > begins))  # fmt: skip
        if row.foreseen and ends and row.foreseen.expected > ends:
            line.slip = bar(ends, row.foreseen.expected)
        for milestone in row.milestones:
            is_late = milestone.done is None and milestone.due < today
            state = "done" if milestone.done else "late" if is_late else "open"
            line.marks.append(Mark(at(milestone.done or milestone.due), state))
        lines.append(line)
    return Chart(lines, _ticks(first, last, at), at(today) if first <= today <= last else None)


def _ticks(first: date, last: date, at: Callable[[date], float]) -> list[Tick]:
    months = (last.year - first.year) * 12 + last.month - first.month
    step = 1 if months <= 8 else 3 if months <= 30 else 12
    ticks = []
    year, month = first.year, first.month
    while date(year, month, 1) <= last:
        day = date(year, month, 1)
        if day >= first and (month - 1) % step == 0 and at(day) < WIDE - 60:
            label = f"{year}" if step == 12 else f"{year}-{month:02d}"
            ticks.append(Tick(at(day), label))
        year, month = (year, month + 1) if month < 12 else (year + 1, 1)
    return ticks
