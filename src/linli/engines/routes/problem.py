"""What is to be planned: orders, vehicles, and the ways between their places.

Times are whole seconds from midnight of the day planned (they may pass 86,400), distances metres,
costs in the user's money, amounts in units with names of the user's choice.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property

from .travel import Travel

Window = tuple[int, int]
DELIVERY, PICKUP = "delivery", "pickup"
DAY = 86_400


@dataclass(frozen=True)
class Visit:
    """A stop at a place: `service` seconds of work, begun within one of the windows (none: any)."""

    place: str
    service: int = 0
    windows: tuple[Window, ...] = ()


@dataclass(frozen=True)
class Order:
    """Something to be done for someone.

    With a delivery alone, the goods come with the vehicle from where it starts; with a pickup
    alone, they go with it to where it ends; with both, from the one to the other. Without
    amounts an order is a visit: a patrol, a repair, a sight on a tour.
    """

    name: str
    delivery: Visit | None = None
    pickup: Visit | None = None
    amounts: Mapping[str, float] = field(default_factory=dict)
    priority: int = 1
    """1 comes first. It counts where the fleet can't do all."""
    skills: frozenset[str] = frozenset()
    prize: float | None = None
    """What doing it is worth, in money; None: it must be done."""
    only: frozenset[str] | None = None
    """Vehicles that may do it; None: any that has the skills."""

    @property
    def visits(self) -> dict[str, Visit]:
        """Its stops by what is done there, the pickup first."""
        both = {PICKUP: self.pickup, DELIVERY: self.delivery}
        return {what: visit for what, visit in both.items() if visit is not None}

    @property
    def is_shipment(self) -> bool:
        return self.pickup is not None and self.delivery is not None


@dataclass(frozen=True)
class Break:
    """A rest of `seconds` that begins within the window, if the vehicle is still out at its end."""

    window: Window
    seconds: int


@dataclass(frozen=True)
class Vehicle:
    """A vehicle with its crew for one shift."""

    name: str
    start: str
    end: str | None = None
    """Where it ends; None: wherever its last stop is."""
    capacities: Mapping[str, float] = field(default_factory=dict)
    """What it can carry at most of each unit; of a unit that is not named, nothing."""
    shift: Window = (0, DAY)
    breaks: tuple[Break, ...] = ()
    per_km: float = 1.0
    per_hour: float = 0.0
    """Of the whole time out, waiting and breaks included."""
    fixed: float = 0.0
    """What it costs to send it out at all."""
    skills: frozenset[str] = frozenset()
    max_km: float | None = None
    max_seconds: int | None = None
    """Time out at most, from start to end."""
    pace: float = 1.0
    """How long it takes for a way, as a multiple of the travel times."""
    aboard: Mapping[str, float] = field(default_factory=dict)
    """What it carries already and must bring to its end."""
    is_out: bool = False
    """It is on the road: it goes on at once, does not start later, and its fixed cost is spent."""


@dataclass(frozen=True)
class Problem:
    """Orders for vehicles.

    `apart` are pairs of orders that no vehicle may have both, `barred` pairs of an order and a
    vehicle that may not do it.
    """

    orders: tuple[Order, ...]
    vehicles: tuple[Vehicle, ...]
    travel: Travel
    apart: frozenset[tuple[str, str]] = frozenset()
    barred: frozenset[tuple[str, str]] = frozenset()

    @cached_property
    def _orders(self) -> dict[str, Order]:
        return {order.name: order for order in self.orders}

    @cached_property
    def _vehicles(self) -> dict[str, Vehicle]:
        return {vehicle.name: vehicle for vehicle in self.vehicles}

    def order(self, name: str) -> Order:
        """Return an order by its name.

        Raises
        ------
        KeyError
            If there is none.
        """
        return self._orders[name]

    def vehicle(self, name: str) -> Vehicle:
        """Return a vehicle by its name.

        Raises
        ------
        KeyError
            If there is none.
        """
        return self._vehicles[name]

    def may(self, vehicle: Vehicle, order: Order) -> bool:
        """Whether a vehicle may do an order, as far as skills and prohibitions go."""
        return (
            order.skills <= vehicle.skills
            and (order.only is None or vehicle.name in order.only)
            and (order.name, vehicle.name) not in self.barred
        )

    def units(self) -> list[str]:
        """Return the names of all units, sorted."""
        named: set[str] = set()
        for order in self.orders:
            named |= set(order.amounts)
        for vehicle in self.vehicles:
            named |= set(vehicle.capacities) | set(vehicle.aboard)
        return sorted(named)

    def without(self, orders: frozenset[str]) -> "Problem":
        """Return the problem less some orders."""
        kept = tuple(order for order in self.orders if order.name not in orders)
        return replace(self, orders=kept)
