"""A plan as its page shows it: tours in words and as bars over the day."""

from dataclasses import dataclass
from typing import Any

from linli.engines.routes.plan import clock
from linli.logistics.delivery.models import Order, Plan, Vehicle
from linli.logistics.saying import said

WIDE, ROW = 1000, 28


@dataclass(frozen=True)
class Bar:
    """A stop on the drawing, in its units; `late` where it begins after its window."""

    x: float
    width: float
    late: bool
    words: str


@dataclass(frozen=True)
class Line:
    """A stop in words."""

    order: str
    customer: str
    arrives: str
    departs: str
    window: str
    late: bool


@dataclass(frozen=True)
class Driven:
    """The tour of a vehicle."""

    vehicle: Vehicle | None
    code: str
    begins: str
    ends: str
    km: float
    fill: int
    cost: float
    broken: list[str]
    lines: list[Line]
    x: float
    width: float
    y: int
    bars: list[Bar]


@dataclass(frozen=True)
class Shown:
    """A plan in words: tours, and what was left out and why."""

    tours: list[Driven]
    left: list[tuple[str, str, str]]
    aside: list[tuple[str, str]]
    hours: list[tuple[float, str]]
    height: int
    km: float
    cost: float
    stops: int
    idle: list[Vehicle]
    orders: list[str]


def shown(plan: Plan, content: dict[str, Any] | None = None) -> Shown:
    """Return a plan in words; `content` in the place of its own, where a move is only tried."""
    told = content or plan.content
    routes = told.get("routes", [])
    numbers = [order["name"] for order in plan.problem.get("orders", [])]
    orders = {
        row.number: row for row in Order.objects.filter(depot=plan.depot_id, number__in=numbers)
    }
    vehicles = {row.code: row for row in Vehicle.objects.filter(depot=plan.depot_id)}
    first = min((route["start"] for route in routes), default=8 * 3600) // 3600 * 3600
    last = -(-max((route["end"] for route in routes), default=17 * 3600) // 3600) * 3600
    scale = WIDE / max(last - first, 3600)
    tours = [_driven(route, orders, vehicles, first, scale, at) for at, route in enumerate(routes)]
    left = [
        (each["order"], orders[each["order"]].customer if each["order"] in orders else "",
         said(each["detail"]))
        for each in told.get("left_out", [])
    ]  # fmt: skip
    aside = [(each["name"], said(each["detail"]))
             for each in told.get("faults", []) if each["kind"] != "order"]  # fmt: skip
    step = 3600 * (1 if last - first <= 12 * 3600 else 2)
    hours = [((at - first) * scale, clock(at)) for at in range(first, last + 1, step)]
    out = {tour.code for tour in tours}
    known = {each["name"] for each in plan.problem.get("vehicles", [])}
    return Shown(
        tours, left, aside, hours, ROW * len(tours) + 24, sum(t.km for t in tours),
        sum(t.cost for t in tours), sum(len(t.lines) for t in tours),
        [row for code, row in vehicles.items() if code in known - out], numbers,
    )  # fmt: skip


def _driven(
    route: dict[str, Any], orders: dict[str, Order], vehicles: dict[str, Vehicle], first: int,
    scale: float, at: int,
) -> Driven:  # fmt: skip
    lines, bars = [], []
    for stop in route["stops"]:
        order = orders.get(stop["order"])
        late = stop["late"] > 0
        window = ""
        if order is not None and (order.window_from or order.window_until):
            window = "–".join(
                each.strftime("%H:%M") if each else ""
                for each in (order.window_from, order.window_until)
            )
        line = Line(stop["order"], order.customer if order else "", clock(stop["arrival"]),
                    clock(stop["end"]), window, late)  # fmt: skip
        lines.append(line)
        bars.append(Bar(
            (stop["start"] - first) * scale, max((stop["end"] - stop["start"]) * scale, 4), late,
            f"{line.order} {line.customer} {clock(stop['start'])}–{line.departs}",
        ))  # fmt: skip
    cost = route["cost"]
    return Driven(
        vehicles.get(route["vehicle"]), route["vehicle"], clock(route["start"]),
        clock(route["end"]), route["metres"] / 1000,
        round(100 * max(route["fill"].values(), default=0)),
        cost["distance"] + cost["time"] + cost["fixed"],
        [said(words) for words in route["broken"]], lines, (route["start"] - first) * scale,
        (route["end"] - route["start"]) * scale, at * ROW, bars,
    )  # fmt: skip
