"""Stops as the search is told them: each with one window, shifted for breaks, tightened."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from .problem import Order, Problem, Visit, Window
from .timing import Step

FOREVER = 2**40


@dataclass
class Tightening:
    """What the search is told beyond the problem, so that exact times come out kept."""

    earlier: dict[Step, int] = field(default_factory=dict)
    """Seconds by which stops must begin before their windows end."""
    shorter: dict[str, int] = field(default_factory=dict)
    """Seconds by which vehicles must be back early, and be out less."""
    slower: float = 1.0
    barred: set[tuple[str, str]] = field(default_factory=set)
    """Orders that vehicles may not do."""


@dataclass(frozen=True)
class Stop:
    """A visit in one of its windows."""

    order: Order
    what: str
    visit: Visit
    window: Window


def stops_of(problem: Problem, tight: Tightening) -> Iterator[Stop]:
    """Tell all stops, one for each window; of a shipment one for all."""
    common = _common_breaks(problem)
    for order in problem.orders:
        for what, visit in order.visits.items():
            windows = visit.windows or ((0, FOREVER),)
            if order.is_shipment:
                windows = ((min(w[0] for w in windows), max(w[1] for w in windows)),)
            for window in windows:
                first, last = _shifted(window, common)
                if last < FOREVER:
                    last -= tight.earlier.get((order.name, what), 0)
                yield Stop(order, what, visit, (max(first, 0), max(last, first, 0)))


def _common_breaks(problem: Problem) -> list[tuple[Window, int]]:
    """Return the breaks that every vehicle takes."""
    sets = [{(b.window, b.seconds) for b in v.breaks} for v in problem.vehicles]
    return sorted(set.intersection(*sets)) if sets else []


def _shifted(window: Window, breaks: Sequence[tuple[Window, int]]) -> Window:
    """Return a window on a clock that stands still during breaks."""
    first, last = window
    early, late = first, last
    for (begin, end), seconds in breaks:
        if first >= end + seconds:
            early -= seconds
        if last >= FOREVER:
            continue
        if last >= end + seconds:
            late -= seconds
        elif last > begin:
            late = max(min(late, begin), late - seconds)
    return early, max(early, late)
