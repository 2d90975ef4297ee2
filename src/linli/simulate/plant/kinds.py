"""What machines there are: how each is run, what is measured, and which parts wear how.

Every figure is made up, in the order of magnitude of real ones; see docs/demo-plant.md.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Sensor:
    """Something measured: `idle` at rest, more with speed and load (both as shares of the most).

    `noise` is the standard deviation of one reading, `lag_min` how slowly it follows (minutes),
    `ambient` by how much it goes with the temperature of the hall (per degree).
    """

    name: str
    unit: str
    idle: float
    speed: float = 0.0
    load: float = 0.0
    noise: float = 0.0
    lag_min: float = 0.0
    ambient: float = 0.0
    low: float = 0.0
    high: float = 1000.0


@dataclass(frozen=True)
class Part:
    """What wears out.

    `life_h` is its middle life in hours at full load, `spread` how lives differ (of the
    logarithm), `bend` how late its wear shows (0: evenly), `shows` by how much each sensor
    departs when it is worn out. `spoils` is the share of output that a worn-out one makes bad.
    """

    name: str
    mode: str
    life_h: float
    shows: Mapping[str, float]
    spread: float = 0.26
    bend: float = 3.0
    spoils: float = 0.0


@dataclass(frozen=True)
class Kind:
    """One kind of machine; `per_h` is what it makes in an hour at full speed."""

    name: str
    sensors: tuple[Sensor, ...]
    parts: tuple[Part, ...]
    per_h: float = 0.0
    aliases: tuple[str, ...] = field(default=())


def vibration(noise: float = 0.06) -> Sensor:
    """Return the root mean square of velocity that ISO 20816 rates machines by."""
    return Sensor("vibration", "mm/s", 0.15, 1.1, 0.4, noise, high=45)


def current(full: float) -> Sensor:
    return Sensor("current", "A", 0.06 * full, 0.3 * full, 0.6 * full, 0.012 * full, high=4 * full)


def warmth(name: str = "bearing_temperature", most: float = 24.0) -> Sensor:
    return Sensor(name, "°C", 0.0, 0.55 * most, 0.45 * most, 0.35, 35, 1.0, -20, 200)


PRESS = Kind(
    "press",
    (vibration(0.09), warmth("oil_temperature", 26), current(62),
     Sensor("oil_pressure", "MPa", 1.0, 3.5, 11.5, 0.12, high=40),
     Sensor("tonnage", "kN", 0.0, 0.0, 850, 9, high=2000)),
    (Part("hydraulic-pump", "leakage", 720,
          {"oil_pressure": -3.4, "oil_temperature": 17, "current": 7, "vibration": 0.4},
          spoils=0.05),
     Part("main-bearing", "spalling", 980,
          {"vibration": 3.2, "oil_temperature": 6, "current": 4}, bend=4, spoils=0.03)),
    per_h=190, aliases=("stamping", "hydraulic-press", "injection"),
)  # fmt: skip
LATHE = Kind(
    "lathe",
    (vibration(), warmth(), current(34),
     Sensor("spindle_load", "%", 2.0, 8.0, 62, 1.4, high=200),
     Sensor("coolant_pressure", "MPa", 0.1, 0.3, 0.15, 0.012, high=5)),
    (Part("spindle-bearing", "spalling", 760,
          {"vibration": 2.9, "bearing_temperature": 15, "current": 3.4, "spindle_load": 7},
          bend=4, spoils=0.07),
     Part("drive-belt", "slackening", 790,
          {"vibration": 0.9, "current": -3.2, "spindle_load": 13, "bearing_temperature": 3},
          bend=2, spoils=0.04)),
    per_h=180, aliases=("machining", "machining-centre", "mill", "drill", "milling", "cnc"),
)  # fmt: skip
GRINDER = Kind(
    "grinder",
    (vibration(0.05), warmth(), current(22),
     Sensor("wheel_load", "%", 3.0, 10.0, 55, 1.6, high=200),
     Sensor("coolant_pressure", "MPa", 0.12, 0.35, 0.1, 0.012, high=5)),
    (Part("spindle-bearing", "spalling", 700,
          {"vibration": 2.4, "bearing_temperature": 17, "current": 2.2}, bend=4, spoils=0.10),
     Part("coolant-pump", "clogging", 640,
          {"coolant_pressure": -0.24, "bearing_temperature": 7, "wheel_load": 9},
          bend=2.5, spoils=0.12)),
    per_h=175, aliases=("polisher", "polishing", "grinding"),
)  # fmt: skip
FLUID = Kind(
    "compressor",
    (vibration(), warmth(most=38), current(85),
     Sensor("pressure", "MPa", 0.05, 0.35, 0.42, 0.008, high=5),
     Sensor("flow", "m³/h", 0.0, 420, 180, 6, high=3000)),
    (Part("bearing", "spalling", 1500,
          {"vibration": 3.0, "bearing_temperature": 18, "current": 6}, bend=4),
     Part("valve", "leakage", 1150,
          {"pressure": -0.16, "flow": -95, "current": 8, "bearing_temperature": 5}, bend=2)),
    aliases=("washer", "fan", "blower", "cooling"),
)  # fmt: skip
HEAT = Kind(
    "furnace",
    (Sensor("chamber_temperature", "°C", 60, 0, 460, 1.3, 50, 0.2, -20, 1300),
     current(120), vibration(0.04),
     Sensor("gas_pressure", "kPa", 0.4, 1.1, 0.6, 0.03, high=50)),
    (Part("heating-element", "ageing", 1050,
          {"chamber_temperature": -26, "current": 19}, bend=2, spoils=0.06),
     Part("fan-bearing", "spalling", 1250, {"vibration": 1.9, "current": 3}, bend=4)),
    per_h=185, aliases=("oven", "dryer", "heater", "curing", "impregnation"),
)  # fmt: skip
SERVO = Kind(
    "robot",
    (vibration(0.04), warmth("motor_temperature", 30), current(14),
     Sensor("following_error", "µm", 4, 9, 11, 0.9, high=2000),
     Sensor("torque", "%", 3, 14, 48, 1.2, high=300)),
    (Part("gearbox", "backlash", 880,
          {"following_error": 38, "torque": 9, "vibration": 0.8}, bend=2.5, spoils=0.05),
     Part("motor-bearing", "spalling", 1150,
          {"vibration": 1.7, "motor_temperature": 14, "current": 1.3}, bend=4, spoils=0.02)),
    per_h=180,
    aliases=("winder", "winding", "assembly", "conveyor", "welder", "inserter", "tester",
             "balancer", "packer", "marking", "feeder"),
)  # fmt: skip
KINDS = (PRESS, LATHE, GRINDER, FLUID, HEAT, SERVO)
OF_THE_LINE = (PRESS, PRESS, LATHE, LATHE, LATHE, GRINDER, GRINDER, GRINDER, SERVO, SERVO, FLUID,
               HEAT)  # fmt: skip
"""Which kind each of the twelve machines is, where no register says otherwise."""

PUMP = Kind(
    "pump",
    (vibration(), warmth(most=30), current(110),
     Sensor("flow", "m³/h", 0.0, 1400, 500, 22, high=9000),
     Sensor("outlet_pressure", "MPa", 0.01, 0.09, 0.03, 0.003, high=2)),
    (Part("bearing", "spalling", 2600,
          {"vibration": 3.1, "bearing_temperature": 21, "current": 8}, bend=4),
     Part("impeller", "erosion", 2100,
          {"flow": -430, "outlet_pressure": -0.03, "vibration": 0.8}, bend=2)),
)  # fmt: skip


def kind_of(name: str) -> Kind:
    """Return the kind whose name or alias that is; what nobody knows turns like a lathe."""
    for kind in (*KINDS, PUMP):
        if name == kind.name or name in kind.aliases:
            return kind
    return LATHE
