"""When a vehicle is where: exact times of one route, with breaks and speeds by the hour.

A route goes through its stops in the order given. Each begins as early as it can; of all starts
with the same end the latest is taken, so nobody waits on the road for what could be waited for
at home. Where stops have several windows and hours cost, later ones are tried, too. Where a
window cannot be kept, the stop is served late, and the route says by how much.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from math import ceil, floor, isfinite
from typing import NamedTuple

from .problem import Break, Problem, Vehicle, Visit
from .travel import Travel

Step = tuple[str, str]
"""The name of an order, and what is done there: `delivery` or `pickup`."""


@dataclass(frozen=True)
class Moment:
    """When a stop is reached, begun and left, and by how many seconds it begins too late."""

    arrival: int
    start: int
    end: int
    late: int


@dataclass(frozen=True)
class Pause:
    """A break taken before the stop at position `before` (the number of stops: before the end)."""

    before: int
    start: int
    end: int


@dataclass(frozen=True)
class Timing:
    """The times of a route; `late` tells the seconds after the end of the shift, too."""

    start: int
    end: int
    moments: tuple[Moment, ...]
    pauses: tuple[Pause, ...]
    late: int
    """Seconds too late at all stops and at the end."""
    missed: int
    """Breaks that could not be taken in their window."""

    @property
    def is_kept(self) -> bool:
        return self.late == 0 and self.missed == 0


LATER = 8
"""How many times the next windows are tried."""
FOREVER = 10**9
"""A time for where there is no way."""


def _whole(seconds: float) -> int:
    return ceil(seconds - 1e-6) if isfinite(seconds) else FOREVER


class _Label(NamedTuple):
    """A way to be here: breaks missed, seconds late, the time, breaks behind it, what happened."""

    missed: int
    late: int
    time: float
    done: int
    trail: "_Trail | None" = None


class _Trail(NamedTuple):
    what: Moment | Pause
    before: "_Trail | None"


def timed(
    problem: Problem, vehicle: Vehicle, steps: Sequence[Step], *, is_hasty: bool = False
) -> Timing:
    """Return the times of a route; in haste it starts with the shift, however long it then waits.

    Raises
    ------
    KeyError
        If an order or a place is unknown.
    """
    visits = [problem.order(name).visits[what] for name, what in steps]
    first = _through(problem, vehicle, visits, vehicle.shift[0])
    if vehicle.is_out or is_hasty or not visits:
        return first
    low, high = vehicle.shift[0], max(first.end, vehicle.shift[0])
    is_plain = not vehicle.breaks and problem.travel.hours is None
    if is_plain and first.is_kept and all(len(visit.windows) <= 1 for visit in visits):
        high = max(min(high, _latest(problem, vehicle, visits, first)), low)
        tried = _through(problem, vehicle, visits, high)
        if tried.is_kept and tried.end <= first.end:
            return tried
    best = last = _settled(problem, vehicle, visits, first, high)
    pays = vehicle.per_hour > 0 or vehicle.max_seconds is not None
    several = sum(len(visit.windows) - 1 for visit in visits if visit.windows)
    for _ in range(min(several, LATER) if pays and first.is_kept else 0):
        # A second later the next windows are used: the day ends later, and may be shorter.
        on = _through(problem, vehicle, visits, last.start + 1)
        if not on.is_kept:
            break
        last = _settled(problem, vehicle, visits, on, high)
        if last.end - last.start < best.end - best.start:
            best = last
    return best


def _settled(
    problem: Problem, vehicle: Vehicle, visits: Sequence[Visit], first: Timing, high: int
) -> Timing:
    """Return the latest start with the same end, by halving: a later start never ends sooner."""
    low, high, best = first.start, max(high, first.start), first
    while low < high:
        middle = (low + high + 1) // 2
        tried = _through(problem, vehicle, visits, middle)
        if (tried.missed, tried.late, tried.end) <= (first.missed, first.late, first.end):
            low, best = middle, tried
        else:
            high = middle - 1
    return best


def _latest(problem: Problem, vehicle: Vehicle, visits: Sequence[Visit], timing: Timing) -> int:
    """Return the latest start with the same end, with single windows and equal speeds."""
    travel = problem.travel
    rows = [travel.at(place) for place in (vehicle.start, *(visit.place for visit in visits))]
    latest = float(timing.end)
    if vehicle.end is not None:
        latest -= float(travel.seconds[rows[-1], travel.at(vehicle.end)]) * vehicle.pace
    for at in range(len(visits) - 1, -1, -1):
        visit, moment = visits[at], timing.moments[at]
        over = [last for first, last in visit.windows if first <= moment.start <= last]
        latest = min([latest - visit.service, *over])
        latest -= float(travel.seconds[rows[at], rows[at + 1]]) * vehicle.pace
    return floor(latest + 1e-6)


def _through(problem: Problem, vehicle: Vehicle, visits: Sequence[Visit], start: int) -> Timing:
    """Go through the stops from a given start, keeping for each number of breaks the best way."""
    travel = problem.travel
    breaks = sorted(
        (each for each in vehicle.breaks if each.window[1] >= start), key=lambda each: each.window
    )
    labels = [_Label(0, 0, float(start), 0)]
    here = travel.at(vehicle.start)

    def drive(there: int, position: int) -> list[_Label]:
        way = _Way(travel, here, there, vehicle.pace)
        return _best([on for label in labels for on in _moved(label, way, breaks, position)])

    for position, visit in enumerate(visits):
        there = travel.at(visit.place)
        labels = [_served(label, visit) for label in drive(there, position)]
        here = there
    if vehicle.end is not None:
        labels = drive(travel.at(vehicle.end), len(visits))
    ends = [_ended(label, vehicle.shift[1], breaks) for label in labels]
    missed, late, end, _, trail = min(ends, key=lambda each: each[:3])
    told: list[Moment | Pause] = []
    while trail is not None:
        told.append(trail.what)
        trail = trail.before
    moments = tuple(each for each in told[::-1] if isinstance(each, Moment))
    pauses = tuple(each for each in told[::-1] if isinstance(each, Pause))
    return Timing(start, _whole(end), moments, pauses, late, missed)


class _Way(NamedTuple):
    travel: Travel
    start: int
    end: int
    pace: float

    def arrival(self, departure: float) -> float:
        if self.start == self.end:
            return departure
        return self.travel.arrival(self.start, self.end, departure, self.pace)


def _moved(label: _Label, way: _Way, breaks: Sequence[Break], position: int) -> Iterator[_Label]:
    """Drive on, with any number of the next breaks on the way.

    A break is taken before setting out, on arrival, or, where only that falls into its window,
    on the road.
    """
    arrival = way.arrival(label.time)
    yield _passed(label._replace(time=arrival), breaks)
    if label.done == len(breaks):
        return
    due = breaks[label.done]
    early, late = due.window
    if label.time > late:
        return
    if early <= label.time:
        at = label.time
        yield from _moved(_rested(label, due, at, position), way, breaks, position)
    elif arrival <= late:
        yield _passed(_rested(label, due, max(arrival, early), position), breaks)
    else:
        on = _rested(label, due, early, position)
        yield _passed(on._replace(time=arrival + due.seconds), breaks)


def _rested(label: _Label, due: Break, at: float, position: int) -> _Label:
    pause = Pause(position, _whole(at), _whole(at) + due.seconds)
    trail = _Trail(pause, label.trail)
    return label._replace(time=float(pause.end), done=label.done + 1, trail=trail)


def _passed(label: _Label, breaks: Sequence[Break]) -> _Label:
    """Count the breaks whose window is over as missed."""
    over = sum(each.window[1] < label.time for each in breaks[label.done :])
    return label._replace(missed=label.missed + over, done=label.done + over)


def _served(label: _Label, visit: Visit) -> _Label:
    """Begin in the first window that isn't over, or late if all are."""
    start, late = label.time, 0
    if visit.windows:
        coming = [first for first, last in visit.windows if label.time <= last]
        if coming:
            start = max(start, min(coming))
        else:
            late = _whole(label.time - max(last for _, last in visit.windows))
    begun = _whole(start)
    moment = Moment(_whole(label.time), begun, begun + visit.service, late)
    return label._replace(
        late=label.late + late, time=float(moment.end), trail=_Trail(moment, label.trail)
    )


def _best(labels: Sequence[_Label]) -> list[_Label]:
    """For each number of breaks behind it, keep the best label."""
    best: dict[int, _Label] = {}
    for label in labels:
        if label.done not in best or label[:3] < best[label.done][:3]:
            best[label.done] = label
    return list(best.values())


def _ended(label: _Label, shift: int, breaks: Sequence[Break]) -> _Label:
    """Count what is wrong at the end."""
    label = _passed(label, breaks)
    return label._replace(late=label.late + max(_whole(label.time - shift), 0))
