"""What befalls machines reaches people, and what people do reaches machines.

A machine that fails stands still and its control says so in a case. It runs again once somebody
has written into its history that it was repaired or a part replaced, or has resolved the case.
"""

from collections.abc import Mapping
from contextlib import suppress
from typing import Any

from linli.assets.maintenance import findings
from linli.assets.register.models import Asset, AssetCase, Entry, Output, Stop
from linli.assets.register.telling import tell as open_case
from linli.cases.models import Event, State
from linli.cases.models import Source as Found
from linli.cases.refusal import Refused

from .line import Line
from .machine import Happening, Machine, Stretch
from .orders import DAY, HOUR, LOCAL_S
from .past import MODES, PARTS, REPAIRED, SHIFTS_H, entries_of, moment, stops_of

FAULT = "machine-fault"
DONE = (State.RESOLVED, State.VERIFIED, State.CLOSED)
LATER_H = 6.0
"""So many hours after a work order is resolved, colleagues write down what nobody did."""
PATIENCE_H = 36.0
"""After so many hours the crew helps itself: nobody may be looking at this demonstration."""
SYMPTOMS: Mapping[str, str] = {
    "hydraulic-pump": "油压上不去，油温偏高，随后报警停机。",
    "main-bearing": "床身振动大，有金属异响，随后报警停机。",
    "spindle-bearing": "主轴异响、振动大，轴承处发烫，随后报警停机。",
    "drive-belt": "主轴负载忽高忽低，皮带处有焦味，随后报警停机。",
    "coolant-pump": "冷却液断流，工件烧伤，随后报警停机。",
    "bearing": "轴承异响、发烫，随后跳闸停机。",
    "valve": "排气压力上不去，随后报警停机。",
    "heating-element": "炉温达不到设定值，随后报警停机。",
    "fan-bearing": "循环风机异响，随后报警停机。",
    "gearbox": "跟随误差超限，动作抖动，随后报警停机。",
    "motor-bearing": "电机异响、发烫，随后报警停机。",
    "impeller": "流量下降，泵体有气蚀声，随后停泵。",
}


def tell(assets: Mapping[str, Asset], line: Line, stretches: Mapping[str, Stretch]) -> None:
    """Write stops and repairs into the register, and open a case for each failure."""
    for code, stretch in stretches.items():
        for one in stretch.happenings:
            asset = assets[code]
            Stop.objects.bulk_create(stops_of(asset, one), ignore_conflicts=True)
            if one.what == "failure":
                _report(asset, one)
            else:
                Entry.objects.bulk_create(entries_of(asset, one))


def _report(asset: Asset, one: Happening) -> None:
    is_known = AssetCase.objects.filter(
        asset=asset, case__category__code="work-order",
        case__state__in=(State.DISPATCHED, State.ACCEPTED, State.REOPENED),
    ).exists()  # fmt: skip
    if not is_known:
        open_case(
            asset, FAULT, f"{asset.name}（{asset.code}）自行停机", SYMPTOMS[one.part],
            source=Found.API, external_id=f"stop {asset.code} {one.at:.0f}", at=moment(one.at),
        )  # fmt: skip


def take_note(line: Line, told: dict[str, Any], at: float) -> list[str]:
    """Overhaul machines that people have repaired since; return their codes.

    `told` keeps how far the histories were read.
    """
    write_down(line, at)
    newest = Entry.objects.order_by("-id").values_list("id", flat=True).first() or 0
    seen = told.setdefault("entry", newest)
    done: dict[str, str] = {}
    if newest > seen:
        told["entry"] = newest
        rows = Entry.objects.filter(pk__gt=seen, pk__lte=newest, what__in=REPAIRED)
        for row in rows.select_related("asset"):
            for code in row.asset.above:
                if isinstance(line.kept.get(code), Machine):
                    done[code] = row.asset.code
    for code, machine in line.machines.items():
        if code not in done and machine.broken and _is_over(code, machine, at):
            done[code] = code
    for code in done:
        machine = line.machines[code]
        machine.replace(machine.failing(), at)
        Stop.objects.filter(asset__code=code, until=None, since__lt=moment(at)).update(
            until=moment(at)
        )
    return sorted(done)


def write_down(line: Line, at: float) -> None:
    """Write down what was found where a work order is resolved and nobody said it."""
    for order in findings.waiting():
        machine = line.machines.get(order.asset.code)
        resolved = order.case.resolved_at if order.case is not None else None
        step = Event.objects.filter(case=order.case, action="resolve").order_by("-id").first()
        if machine is None or resolved is None or step is None or step.by is None:
            continue
        if at - resolved.timestamp() < LATER_H * HOUR:
            continue
        name = machine.failing()
        wear = round(100 * min(machine.wear()[name], 1.0))
        condition = findings.Condition.FAILED if machine.broken else findings.Condition.WORN
        mode = MODES[machine.parts[name].part.mode]
        found = findings.Found(condition, PARTS[name], wear, mode)
        with suppress(Refused):
            findings.note(order.asset, found, step.by, order)


def _is_over(code: str, machine: Machine, at: float) -> bool:
    """Tell whether a broken machine has been seen to, or has stood for so long."""
    stop = Stop.objects.filter(asset__code=code, until=None).order_by("-since").first()
    if stop is None or (moment(at) - stop.since).total_seconds() > PATIENCE_H * HOUR:
        return True
    cases = AssetCase.objects.filter(asset__code=code, at__gte=stop.since)
    return cases.filter(case__state__in=DONE).exists()


def count_output(assets: Mapping[str, Asset], line: Line, told: dict[str, Any], at: float) -> None:
    """At the end of a shift, write down what each machine made in it."""
    counted: dict[str, Any] = told.setdefault("counted", {})
    local = at + LOCAL_S
    hour, midnight = local % DAY / HOUR, at - local % DAY
    ended = max(h for h in (SHIFTS_H[0] - 24 + 16, *SHIFTS_H) if h <= hour)
    bound = midnight + ended * HOUR
    before = float(counted.get("at", 0.0))
    if bound <= before:
        return
    rows = []
    for code, machine in line.machines.items():
        made, good = counted.get(code, (machine.made, machine.good))
        parts = int(machine.made - made)
        is_whole_shift = bound - before < 9 * HOUR
        if machine.kind.per_h and parts > 0 and is_whole_shift:
            fine = min(int(machine.good - good), parts)
            rows.append(Output(
                asset=assets[code], since=moment(before), until=moment(bound), made=parts,
                good=max(fine, 0), ideal_s=round(HOUR / machine.kind.per_h, 2),
            ))  # fmt: skip
        counted[code] = (machine.made, machine.good)
    counted["at"] = bound
    Output.objects.bulk_create(rows, ignore_conflicts=True)
