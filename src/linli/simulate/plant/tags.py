"""The tags of the simulated plant: what is measured at each asset, as telemetry knows it."""

from collections.abc import Iterable, Mapping

from linli.assets.register.models import Asset, Level
from linli.assets.telemetry.models import Source, Tag

from .greenhouse import CLIMATE
from .kinds import Sensor, kind_of
from .town import BRIDGE, LEVEL

EVERY_S = 10.0
BEYOND = ("camera",)  # kinds of machines that are not simulated as such
NAMES: Mapping[str, tuple[str, str]] = {
    "vibration": ("振动速度", "Vibration"),
    "bearing_temperature": ("轴承温度", "Bearing temperature"),
    "oil_temperature": ("油温", "Oil temperature"),
    "motor_temperature": ("电机温度", "Motor temperature"),
    "chamber_temperature": ("炉膛温度", "Chamber temperature"),
    "current": ("电机电流", "Motor current"),
    "oil_pressure": ("油压", "Oil pressure"),
    "tonnage": ("冲压力", "Press force"),
    "spindle_load": ("主轴负载", "Spindle load"),
    "wheel_load": ("砂轮负载", "Wheel load"),
    "coolant_pressure": ("冷却液压力", "Coolant pressure"),
    "pressure": ("排气压力", "Discharge pressure"),
    "flow": ("流量", "Flow"),
    "gas_pressure": ("燃气压力", "Gas pressure"),
    "following_error": ("跟随误差", "Following error"),
    "torque": ("转矩", "Torque"),
    "outlet_pressure": ("出口压力", "Outlet pressure"),
    "water_level": ("水位", "Water level"),
    "strain": ("应变", "Strain"),
    "deck_temperature": ("桥面温度", "Deck temperature"),
    "tilt": ("桥墩倾角", "Tilt of the pier"),
    "temperature": ("温度", "Temperature"),
    "humidity": ("相对湿度", "Humidity"),
    "co2": ("二氧化碳", "CO₂"),
    "light": ("光照", "Light"),
    "ec": ("营养液 EC", "EC of the feed"),
    "ph": ("营养液 pH", "pH of the feed"),
    "speed": ("速度", "Speed"),
    "load": ("负荷", "Load"),
    "ambient": ("环境温度", "Temperature of the hall"),
    "running": ("运行", "Running"),
    "hours": ("运行小时", "Hours run"),
    "made": ("产量", "Parts made"),
    "good": ("合格品", "Good parts"),
}
SETTINGS = (Sensor("speed", "%", 0, high=150), Sensor("load", "%", 0, high=150),
            Sensor("ambient", "°C", 0, low=-30, high=60))  # fmt: skip
COUNTERS = (Sensor("hours", "h", 0, high=1e7),)
OUTPUT = (Sensor("made", "", 0, high=1e10), Sensor("good", "", 0, high=1e10))


def simulated() -> list[Asset]:
    """Return the assets that the simulation knows how to run: machines and structures."""
    rows = Asset.objects.filter(retired=False, level__in=(Level.MACHINE, Level.STRUCTURE))
    return [row for row in rows.order_by("path") if row.kind not in BEYOND]


def measured(kind: str) -> dict[Tag.Role, tuple[Sensor, ...]]:
    """Return what is measured at an asset of a kind, by the part it plays."""
    if kind == "bridge":
        return {Tag.Role.SENSOR: BRIDGE}
    if kind == "pump-station":
        return {Tag.Role.SENSOR: (LEVEL,)}
    if kind == "greenhouse":
        return {Tag.Role.SENSOR: CLIMATE}
    known = kind_of(kind)
    return {
        Tag.Role.SENSOR: known.sensors,
        Tag.Role.SETTING: SETTINGS,
        Tag.Role.COUNTER: COUNTERS + (OUTPUT if known.per_h else ()),
    }


def bring(assets: Iterable[Asset], source: Source | None = None) -> int:
    """Make the tags that are not there yet, and return how many those were."""
    rows = [row for asset in assets for row in _of(asset, source)]
    there = Tag.objects.filter(code__in=[row.code for row in rows])
    known = set(there.values_list("code", flat=True))
    new = [row for row in rows if row.code not in known]
    Tag.objects.bulk_create(new)
    if source is not None:
        there.filter(source=None).update(source=source)
    return len(new)


def code(asset: str, name: str) -> str:
    """Return the code of a tag."""
    return f"{asset}.{name}"


def _of(asset: Asset, source: Source | None) -> Iterable[Tag]:
    for role, sensors in measured(asset.kind).items():
        for sensor in sensors:
            name, name_en = NAMES[sensor.name]
            yield Tag(
                code=code(asset.code, sensor.name), asset=asset, key=sensor.name, name=name,
                name_en=name_en, role=role, unit=sensor.unit, low=sensor.low, high=sensor.high,
                every_s=EVERY_S, source=source,
            )  # fmt: skip
    if asset.kind not in ("bridge", "pump-station", "greenhouse"):
        name, name_en = NAMES["running"]
        yield Tag(
            code=code(asset.code, "running"), asset=asset, key="running", name=name,
            name_en=name_en, role=Tag.Role.STATE, kind=Tag.Kind.FLAG, every_s=EVERY_S,
            source=source,
        )  # fmt: skip
