"""What the plant went through before a demonstration begins: telemetry, stops, output, repairs."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import reduce
from itertools import pairwise
from operator import or_
from pathlib import Path

import numpy as np
from django.conf import settings
from django.db import transaction
from django.db.models import Q

from linli.assets.register.models import Asset, Entry, Output, Stop
from linli.assets.telemetry import store
from linli.assets.telemetry.points import MOMENT

from . import tags
from .greenhouse import Greenhouse
from .kinds import PUMP
from .line import Line
from .machine import Happening, Machine, Stretch
from .orders import DAY, HOUR, LOCAL_S, Seconds

DAYS = 320
FEWER_S, CLOSER_S = 1800.0, 600.0
"""Seconds between two rows, and in the last days."""
CLOSER_DAYS, PICTURED_DAYS, AT_ONCE_DAYS = 10, 14, 10
GROWN_DAYS = 40  # of greenhouses no more is asked
REPAIRED = (Entry.What.REPLACED, Entry.What.REPAIRED)
OVERHAULED = "，全机保养"
SHIFTS_H = (6.0, 14.0, 22.0)
PARTS = {
    "hydraulic-pump": "液压泵", "main-bearing": "主轴承", "spindle-bearing": "主轴轴承",
    "drive-belt": "传动皮带", "coolant-pump": "冷却泵", "bearing": "轴承", "valve": "气阀",
    "heating-element": "加热元件", "fan-bearing": "风机轴承", "gearbox": "减速机",
    "motor-bearing": "电机轴承", "impeller": "叶轮",
}  # fmt: skip
MODES = {
    "leakage": "内泄漏", "spalling": "滚道剥落", "slackening": "松弛打滑", "clogging": "堵塞",
    "ageing": "老化", "backlash": "间隙过大", "erosion": "汽蚀",
}  # fmt: skip
CAUSES = {
    "jam": (Stop.Cause.SETUP, "卡料清理"), "no-material": (Stop.Cause.SHORTAGE, "缺料"),
    "adjustment": (Stop.Cause.SETUP, "调整"), "operator": (Stop.Cause.SHORTAGE, "等人"),
}  # fmt: skip


@dataclass
class Written:
    """How much of a past there is now; `wear` is that of the line at the end of its last days."""

    points: int = 0
    stops: int = 0
    outputs: int = 0
    failures: int = 0
    line: Line | None = None
    wear: list[tuple[float, dict[str, tuple[str, float]]]] = field(default_factory=list)


def state_file() -> Path:
    """Where the simulated plant is kept between two starts."""
    return Path(settings.HOME) / "plant.json"


def write(
    seed: int, until: datetime, days: int = DAYS,
    progress: Callable[[int], None] = lambda days: None,
) -> Written:  # fmt: skip
    """Write the past of every simulated asset up to a moment, and how they stand then.

    Parameters
    ----------
    days
        Whole days before that of `until`.
    """
    assets = tags.simulated()
    written = Written()
    if not assets:
        return written
    tags.bring(assets)
    # From midnight on: who begins anew on the same day writes the same points again.
    begin = (until.timestamp() + LOCAL_S) // DAY * DAY - LOCAL_S - days * DAY
    end = until.timestamp() // CLOSER_S * CLOSER_S
    line = Line([(one.code, one.kind) for one in assets], begin, seed)
    for machine in line.machines.values():
        machine.renew()
    happened: dict[str, list[Happening]] = {one.code: [] for one in assets}
    shifts: dict[str, list[Stretch]] = {one.code: [] for one in assets}
    for first, last in _spans(days):
        every = CLOSER_S if last > days - CLOSER_DAYS else FEWER_S
        ends = begin + last * DAY if last < days else end
        at = np.arange(begin + first * DAY + every, ends + 1, every)
        told = line.run(at)
        said = {
            code: one for code, one in told.items()
            if last > days - GROWN_DAYS or not isinstance(line.kept[code], Greenhouse)
        }  # fmt: skip
        written.points += store.write(_points(said, at), history=True).stored
        if last > days - PICTURED_DAYS:
            written.wear.append((ends, line.wear()))
        for code, stretch in told.items():
            happened[code] += stretch.happenings
            if "made" in stretch.values:
                shifts[code].append(stretch)
        progress(last - first)
    with transaction.atomic():
        _keep(assets, line, begin, happened, shifts, written)
    written.line = line
    return written


def _spans(days: int) -> list[tuple[int, int]]:
    """Return from which day to which to go at a time: one by one where the camera looks on."""
    far = max(days - PICTURED_DAYS, 0)
    bounds = [*range(0, far, AT_ONCE_DAYS), *range(far, days), days]
    return list(pairwise(bounds))


def _points(told: dict[str, Stretch], at: Seconds) -> store.Points:
    columns = {
        tags.code(code, name): values
        for code, stretch in told.items()
        for name, values in stretch.values.items()
    }
    return store.Points.table((at * 1000).astype("int64").astype(MOMENT), columns)


def _keep(
    assets: list[Asset], line: Line, begin: float, happened: dict[str, list[Happening]],
    shifts: dict[str, list[Stretch]], written: Written,
) -> None:  # fmt: skip
    # What the sample town tells of the same machines would contradict their telemetry.
    Stop.objects.filter(asset__in=assets).delete()
    Output.objects.filter(asset__in=assets).delete()
    inside = [Q(asset__path__startswith=one.path) for one in assets]
    Entry.objects.filter(reduce(or_, inside), what__in=REPAIRED).delete()
    stops: list[Stop] = []
    entries: list[Entry] = []
    outputs: list[Output] = []
    for asset in assets:
        machine = line.kept[asset.code]
        if not isinstance(machine, Machine):
            continue
        entries.append(Entry(
            asset=asset, at=moment(begin), what=Entry.What.REPLACED, done=f"大修{OVERHAULED}",
        ))  # fmt: skip
        for one in happened[asset.code]:
            stops += stops_of(asset, one)
            entries += entries_of(asset, one)
            written.failures += one.what == "failure"
        if machine.kind is not PUMP:
            outputs += list(_outputs(asset, machine, shifts[asset.code]))
    written.stops = len(Stop.objects.bulk_create(stops, ignore_conflicts=True))
    written.outputs = len(Output.objects.bulk_create(outputs, ignore_conflicts=True))
    Entry.objects.bulk_create(entries)


def moment(at: float) -> datetime:
    """Return the moment of a second since 1970."""
    return datetime.fromtimestamp(at, UTC)


def stops_of(asset: Asset, one: Happening) -> Iterable[Stop]:
    """Return the stop that something which happened is in the register's words."""
    if one.what == "stop":
        cause, note = CAUSES[one.why]
    elif one.what == "failure":
        cause, note = Stop.Cause.FAILURE, f"{PARTS[one.part]}{MODES[one.why]}"
    elif one.what == "replaced" and one.until is not None and one.until > one.at:
        cause, note = Stop.Cause.PLANNED, f"计划更换{PARTS[one.part]}"
    else:
        return
    until = None if one.until is None else moment(one.until)
    yield Stop(asset=asset, since=moment(one.at), until=until, cause=cause, note=note)


def entries_of(asset: Asset, one: Happening) -> Iterable[Entry]:
    """Return the line of the asset's history that a repair leaves."""
    if one.what not in ("failure", "replaced") or one.until is None:
        return
    part, mode = PARTS[one.part], MODES[one.why]
    found = f"{part}{mode}，已失效" if one.what == "failure" else f"{part}{mode}，尚可运行"
    minutes = max(round((one.until - one.at) / 60), 1)
    yield Entry(
        asset=asset, at=moment(one.until), what=Entry.What.REPLACED, done=f"更换{part}{OVERHAULED}",
        found=found, minutes=minutes,
    )  # fmt: skip


def _outputs(asset: Asset, machine: Machine, stretches: list[Stretch]) -> Iterable[Output]:
    """Return what a machine made in each shift."""
    if not stretches or not machine.kind.per_h:
        return
    at = np.concatenate([one.at for one in stretches])
    made = np.concatenate([one.values["made"] for one in stretches])
    good = np.concatenate([one.values["good"] for one in stretches])
    midnight = np.arange((at[0] + LOCAL_S) // DAY, (at[-1] + LOCAL_S) // DAY + 1) * DAY - LOCAL_S
    bounds = (midnight[:, None] + np.array(SHIFTS_H) * HOUR).ravel()
    bounds = bounds[(bounds >= at[0]) & (bounds <= at[-1])]
    rows = np.searchsorted(at, bounds)
    for n in range(len(bounds) - 1):
        if bounds[n + 1] - bounds[n] > 8 * HOUR + 1 or rows[n + 1] <= rows[n]:
            continue
        if (bounds[n] + LOCAL_S) % DAY / HOUR >= SHIFTS_H[-1]:
            continue
        parts = int(made[rows[n + 1]] - made[rows[n]])
        fine = int(good[rows[n + 1]] - good[rows[n]])
        if parts:
            yield Output(
                asset=asset, since=moment(bounds[n]), until=moment(bounds[n + 1]), made=parts,
                good=min(fine, parts), ideal_s=round(HOUR / machine.kind.per_h, 2),
            )  # fmt: skip
