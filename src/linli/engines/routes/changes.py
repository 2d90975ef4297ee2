"""What happens while vehicles are under way, and what a new plan changes for those who drive."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

from .plan import Plan, Route, clock
from .problem import Order
from .timing import Step
from .travel import Place


@dataclass(frozen=True)
class Position:
    """A vehicle is at this place now, free to go anywhere."""

    vehicle: str
    place: Place


@dataclass(frozen=True)
class Delay:
    """A vehicle is so many seconds later than planned."""

    vehicle: str
    seconds: int


@dataclass(frozen=True)
class Served:
    """A stop was done from `start` to `end`, whatever was planned."""

    order: str
    what: str
    start: int
    end: int


@dataclass(frozen=True)
class NewOrder:
    """One order more."""

    order: Order


@dataclass(frozen=True)
class Cancelled:
    """An order is no longer wanted; what is aboard for it stays aboard."""

    order: str


@dataclass(frozen=True)
class Down:
    """A vehicle can't go on; it stands at `place`, or where its last stop was."""

    vehicle: str
    place: Place | None = None


Change = Position | Delay | Served | NewOrder | Cancelled | Down


@dataclass(frozen=True)
class Difference:
    """What is new for one order.

    `kind` is `added`, `dropped` (no route has it any more), `moved` (to another vehicle),
    `reordered` (after another stop than before) or `retimed` (by more than `RETIMED` seconds).
    """

    order: str
    what: str
    kind: str
    vehicle: str | None
    before: str | None
    start: int | None
    start_before: int | None

    def __str__(self) -> str:
        now = "" if self.start is None else f" {clock(self.start)}"
        then = "" if self.start_before is None else f", before {clock(self.start_before)}"
        where = self.vehicle or "no vehicle"
        other = f", before on {self.before}" if self.kind == "moved" else ""
        return f"{self.order} ({self.what}): {self.kind}, {where}{now}{other}{then}"


RETIMED = 600
"""Seconds by which a stop may shift before the driver is told."""


def differences(before: Plan, after: Plan, known: set[Step]) -> list[Difference]:
    """Tell what is different; `known` are the stops that both could have, not driven yet."""
    old, new = _stops(before), _stops(after)
    old_first, new_first = _before(before, known), _before(after, known)
    found = []
    for step in [*old, *(step for step in new if step not in old)]:
        was, now = old.get(step), new.get(step)
        if was is not None and step not in known:
            continue
        kind = _kind(was, now, old_first.get(step) == new_first.get(step))
        if kind is not None:
            found.append(
                Difference(
                    *step, kind, now and now[0], was and was[0], now and now[1], was and was[1]
                )
            )  # fmt: skip
    return found


def _kind(was: tuple[str, int] | None, now: tuple[str, int] | None, is_next: bool) -> str | None:
    if was is None or now is None:
        return "added" if was is None else "dropped"
    if was[0] != now[0]:
        return "moved"
    if not is_next:
        return "reordered"
    return "retimed" if abs(was[1] - now[1]) > RETIMED else None


def unchanged(before: Plan, after: Plan, known: set[Step]) -> float:
    """Return the share of the known stops with the same vehicle after the same known stop."""
    old, new = _stops(before), _stops(after)
    old_first, new_first = _before(before, known), _before(after, known)
    there = [step for step in old if step in known]
    same = [
        step
        for step in there
        if step in new and old[step][0] == new[step][0] and old_first[step] == new_first[step]
    ]
    return len(same) / len(there) if there else 1.0


def _stops(plan: Plan) -> dict[Step, tuple[str, int]]:
    """Return the vehicle and the start of each stop."""
    return {
        (stop.order, stop.what): (route.vehicle, stop.start)
        for route in plan.routes
        for stop in route.stops
    }


def _before(plan: Plan, known: set[Step]) -> dict[Step, Step | None]:
    """Return the known stop before each known stop."""
    return {b: a for route in plan.routes for a, b in _pairs(route, known)}


def _pairs(route: Route, known: set[Step]) -> Iterator[tuple[Step | None, Step]]:
    steps = [(stop.order, stop.what) for stop in route.stops]
    kept: list[Step | None] = [None, *(step for step in steps if step in known)]
    for first, second in pairwise(kept):
        if second is not None:
            yield first, second
