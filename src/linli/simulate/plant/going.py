"""The plant goes on by the town's clock, beside the worker of a demonstration.

One process holds the broker, the machines, and the cameras. Telemetry subscribes to the broker as
to any other; the cameras lay their pictures into the folders of ordinary stations. Nothing here
writes a reading or a verdict into the database.
"""

import json
import logging
import time
from collections.abc import Mapping
from contextlib import suppress
from typing import Any

import numpy as np

from linli import clock
from linli.assets.register.models import Asset, Level
from linli.assets.telemetry.models import Source

from . import repairs, supply, tags
from .broker import LOOPBACK, Broker, NoBroker
from .edge import EdgeNode
from .line import Line
from .machine import Stretch
from .orders import DAY
from .past import moment, state_file
from .photographing import Photographer
from .publishing import Publisher
from .spots import SPOTS

EVERY_S = 10.0
"""Seconds of the town between two readings, at the clock's ordinary speed."""
PER_S = 1.0
"""However fast it runs, so many readings of an asset in a second of the wall."""
CATCH_UP = 60
"""Readings of an asset made up at once after the clock was set on."""
LEFT_OUT = 3 * DAY
"""After so long a sleep the machines have stood still."""
SAVE_S, HEARD_S = 10.0, 30.0  # of the wall
SOURCE, EDGES = "demo-plant", "demo-edge"
ROOTS = ("linli", "spBv1.0")

log = logging.getLogger(__name__)


class Going:
    """A plant that lives on, in turns of about a second."""

    def __init__(self) -> None:
        self._line: Line | None = None
        self._broker: Broker | None = None
        self._publisher: Publisher | None = None
        self._edge: EdgeNode | None = None
        self._saved = self._opened = 0.0
        self._heard = False
        self._wait = 0

    def go_on(self) -> None:
        """Let everything happen that is due by the town's clock."""
        if self._line is None and not self._begin():
            return
        assert self._line is not None
        self._connect()
        if not self._is_heard():
            return
        now = clock.now().timestamp()
        at = self._due(now)
        if not len(at):
            return
        repairs.take_note(self._line, self._told, float(at[0]))
        stretches = self._line.run(at)
        self._publish(stretches)
        repairs.tell(self._assets, self._line, stretches)
        repairs.count_output(self._assets, self._line, self._told, float(at[-1]))
        for photographer in self._photographers:
            photographer.go_on(self._line, moment(float(at[-1])))
        if time.monotonic() - self._saved > SAVE_S:
            self._told["supply"] = supply.go_on(self._told.get("supply", 0), moment(float(at[-1])))
            self.save()
            self._saved = time.monotonic()

    def save(self) -> None:
        """Keep how everything stands, for the next start."""
        if self._line is not None:
            self._told |= {one.spot.kept: one.number for one in self._photographers}
            self._line.save(state_file(), **self._told)

    def stop(self) -> None:
        """Keep how it stands, and hang up."""
        self.save()
        for one in (self._publisher, self._edge, self._broker):
            if one is not None:
                one.stop()
        self._publisher = self._edge = self._broker = None

    # --- beginning --------------------------------------------------------------------------

    def _begin(self) -> bool:
        """Take up the plant where its past, or the last start, left it; False without one."""
        with suppress(FileNotFoundError, ValueError):
            told: dict[str, Any] = json.loads(state_file().read_text("utf-8"))
            self._assets = {one.code: one for one in tags.simulated()}
            known = [(one.code, one.kind) for one in self._assets.values()]
            now = clock.now().timestamp()
            line = Line(known, now, told["seed"], is_kept=False)
            line.remember(told)
            self._told = {k: v for k, v in told.items() if k not in ("seed", "kept")}
            self._photographers = [
                Photographer(spot, told["seed"], int(told.get(spot.kept, 0))) for spot in SPOTS
            ]
            for one in line.kept.values():
                if now - one.at > LEFT_OUT:
                    one.at = now
            self._line = line
            return True
        return False

    def _connect(self) -> None:
        """Have a broker and a line to it; where that fails, try again some turns later."""
        if self._publisher is not None:
            return
        self._wait -= 1
        if self._wait > 0:
            return
        try:
            self._broker = Broker()
        except NoBroker as fault:
            log.warning("the demonstration has no broker: %s", fault)
            self._wait = 30
            return
        address = f"mqtt://{LOOPBACK}:{self._broker.port}"
        plant = _plant_of(self._assets)
        plain = _source(SOURCE, plant, Source.Kind.MQTT, address, "示范工厂（模拟）",
                        "Demonstration plant (simulated)")  # fmt: skip
        edges = _source(EDGES, plant, Source.Kind.SPARKPLUG, address, "示范工厂边缘网关（模拟）",
                        "Edge node of the demonstration plant (simulated)")  # fmt: skip
        self._device = _speaks_sparkplug(self._assets)
        for code, asset in self._assets.items():
            tags.bring([asset], edges if code == self._device else plain)
        self._opened, self._heard = time.monotonic(), False
        self._publisher = Publisher(self._broker.port)
        if self._device:
            group = self._assets[self._device].path.split("/", 1)[0]
            self._told["born"] = int(self._told.get("born", 0)) + 1
            self._edge = EdgeNode(self._broker.port, group, self._device, self._told["born"])

    def _is_heard(self) -> bool:
        """Tell whether telemetry listens: what is said before that, the broker keeps for nobody.

        After a while the plant goes on all the same; machines do not wait for their listeners.
        """
        if not self._heard and self._broker is not None:
            is_late = time.monotonic() - self._opened > HEARD_S
            self._heard = is_late or all(self._broker.is_heard(root) for root in ROOTS)
        return self._heard or self._broker is None

    # --- going on ---------------------------------------------------------------------------

    def _speed(self) -> float:
        pace = clock.pace()
        return pace.rate if pace is not None else 1.0

    def _due(self, now: float) -> np.ndarray:
        """Return the moments at which readings are due: round ones, some seconds apart."""
        assert self._line is not None
        since = max(one.at for one in self._line.kept.values())
        every = max(EVERY_S, round(self._speed() / PER_S / EVERY_S) * EVERY_S)
        if (now - since) / every > CATCH_UP:
            every = float(np.ceil((now - since) / CATCH_UP / EVERY_S) * EVERY_S)
        first = np.floor(since / every + 1) * every
        return np.arange(first, now, every)

    def _publish(self, stretches: dict[str, Stretch]) -> None:
        if self._publisher is None:
            return
        for code, stretch in stretches.items():
            plant = self._assets[code].path.split("/", 1)[0]
            for row, at in enumerate(stretch.at.tolist()):
                values: dict[str, Any] = {k: float(v[row]) for k, v in stretch.values.items()}
                if "running" in values:
                    values["running"] = bool(values["running"])
                if code == self._device and self._edge is not None:
                    self._edge.tell(at, values)
                else:
                    self._publisher.tell(plant, code, at, values)


def _plant_of(assets: Mapping[str, Asset]) -> Asset | None:
    """Return the plant that the machines belong to; None where all are the town's own."""
    tops = {one.path.split("/", 1)[0] for one in assets.values()}
    plants = Asset.objects.filter(code__in=tops, level=Level.PLANT).exclude(kind="farm-base")
    return plants.order_by("code").first()


def _source(
    code: str, plant: Asset | None, kind: str, address: str, name: str, name_en: str
) -> Source:
    """Return the source of telemetry that our broker is, where it listens now."""
    told = {"kind": kind, "address": address, "name": name, "name_en": name_en, "enabled": True,
            "asset": plant}  # fmt: skip
    return Source.objects.update_or_create(code=code, defaults=told)[0]


def _speaks_sparkplug(assets: Mapping[str, Asset]) -> str:
    """Return the machine that speaks Sparkplug B: the last one of a line."""
    known = [c for c, one in assets.items() if one.level == Level.MACHINE and one.kind != "pump"]
    return max(known, default="")
