"""A plan: who goes where and when, what it costs, what was left out and why."""

import json
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

from . import sentences as say
from .faults import Fault
from .timing import Pause


@dataclass(frozen=True)
class Cost:
    """Parts of what a plan costs, in money."""

    distance: float = 0.0
    time: float = 0.0
    fixed: float = 0.0

    @property
    def total(self) -> float:
        return self.distance + self.time + self.fixed

    def __add__(self, other: "Cost") -> "Cost":
        return Cost(
            self.distance + other.distance, self.time + other.time, self.fixed + other.fixed
        )


@dataclass(frozen=True)
class Stop:
    """One stop of a route; times in seconds from midnight.

    `what` is done for `order` from `start` to `end`; `metres` is the way to it from the stop
    before; `load` is what the vehicle carries when it leaves.
    """

    order: str
    what: str
    place: str
    arrival: int
    start: int
    end: int
    metres: float
    load: Mapping[str, float] = field(default_factory=dict)
    late: int = 0
    """Seconds by which it begins after its last window; 0 in a feasible plan."""

    @property
    def wait(self) -> int:
        """Seconds between arrival and beginning, a break taken meanwhile included."""
        return self.start - self.arrival


@dataclass(frozen=True)
class Route:
    """The way of one vehicle."""

    vehicle: str
    start: int
    end: int
    metres: float
    stops: tuple[Stop, ...]
    pauses: tuple[Pause, ...]
    cost: Cost
    fill: Mapping[str, float] = field(default_factory=dict)
    """The greatest load as a share of the capacity, by unit."""
    broken: tuple[str, ...] = ()
    """What it does not keep, in words; empty in a feasible plan."""

    @property
    def seconds(self) -> int:
        """Time out, from start to end."""
        return self.end - self.start

    @property
    def orders(self) -> list[str]:
        """Names of the orders served, each once, in the order of their first stops."""
        return list(dict.fromkeys(stop.order for stop in self.stops))


@dataclass(frozen=True)
class LeftOut:
    """An order that is in no route, and why.

    `reason` is the fault's (see `faults`), `no-room` if no vehicle could take it as well, or
    `not-worth` if its prize is below what it would add to the cost.
    """

    order: str
    reason: str
    detail: str


@dataclass(frozen=True)
class Plan:
    """Routes, and what they leave out.

    A plan is feasible if every route keeps every rule; orders that were left out are named and
    don't make it infeasible.
    """

    routes: tuple[Route, ...]
    left_out: tuple[LeftOut, ...] = ()
    faults: tuple[Fault, ...] = ()
    iterations: int = 0
    searched: float = 0.0
    """Seconds of wall time spent in the search itself."""

    @property
    def is_feasible(self) -> bool:
        return not any(route.broken for route in self.routes)

    @property
    def cost(self) -> Cost:
        return sum((route.cost for route in self.routes), Cost())

    @property
    def metres(self) -> float:
        return sum(route.metres for route in self.routes)

    def gap(self, best_known: float) -> float:
        """Return by how many percent the cost lies above a best-known solution's.

        Raises
        ------
        ValueError
            If the best-known cost is not above zero.
        """
        if best_known <= 0:
            raise ValueError("a gap needs a best-known cost above zero")
        return 100 * (self.cost.total / best_known - 1)

    def route_of(self, vehicle: str) -> Route | None:
        """Return a vehicle's route; None if it stays where it is."""
        return next((route for route in self.routes if route.vehicle == vehicle), None)

    def vehicle_of(self, order: str) -> str | None:
        """Return the vehicle that serves an order; None if none does."""
        return self._served.get(order)

    @property
    def _served(self) -> dict[str, str]:
        return {stop.order: route.vehicle for route in self.routes for stop in route.stops}

    def summary(self, told: Callable[[str], str] = str) -> str:
        """Tell the plan in a few lines; `told` may say each sentence in another language."""
        served = len(self._served)
        head = say.IN_ALL.format(
            orders=served, vehicles=len(self.routes),
            km=f"{self.metres / 1000:.1f}", cost=f"{self.cost.total:.2f}",
        )  # fmt: skip
        lines = [told(head)]
        if not self.is_feasible:
            lines.append(told(say.NOT_FEASIBLE))
        for route in self.routes:
            stops = " ".join(
                f"{stop.order}{'+' if stop.what == 'pickup' else ''}@{clock(stop.start)}"
                for stop in route.stops
            )
            lines.append(
                f"{route.vehicle}: {clock(route.start)}–{clock(route.end)}, "
                f"{route.metres / 1000:.1f} km: {stops}"
            )
            lines += [f"  ! {told(words)}" for words in route.broken]
        lines += [
            told(say.ASIDE).format(name=each.name, why=told(each.detail))
            for each in self.faults
            if each.kind != "order"
        ]
        lines += [
            told(say.LEFT_OUT).format(name=each.order, why=told(each.detail))
            for each in self.left_out
        ]
        return "\n".join(lines)

    __str__ = summary

    def to_dict(self) -> dict[str, Any]:
        """Return the plan as plain lists, dictionaries, numbers and texts."""
        return asdict(self)

    def to_json(self) -> str:
        """Return the plan as JSON, which `from_dict(json.loads(…))` reads."""
        return json.dumps(self.to_dict(), ensure_ascii=False)

    @classmethod
    def from_dict(cls, rows: Mapping[str, Any]) -> "Plan":
        """Read what `to_dict` returned."""
        return cls(
            tuple(_route(row) for row in rows["routes"]),
            tuple(LeftOut(**row) for row in rows["left_out"]),
            tuple(Fault(**row) for row in rows["faults"]),
            int(rows.get("iterations", 0)),
            float(rows.get("searched", 0.0)),
        )


def _route(row: Mapping[str, Any]) -> Route:
    parts = {
        **row,
        "stops": tuple(Stop(**stop) for stop in row["stops"]),
        "pauses": tuple(Pause(**pause) for pause in row["pauses"]),
        "cost": Cost(**row["cost"]),
        "broken": tuple(row["broken"]),
    }
    return Route(**parts)


def clock(seconds: int) -> str:
    """Return a time of day as hours and minutes; past midnight the hours go on from 24."""
    return f"{seconds // 3600:02d}:{seconds % 3600 // 60:02d}"
