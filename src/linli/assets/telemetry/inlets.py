"""The ways in that are lines to somewhere: what has come is stored, then acknowledged."""

import threading
import time
from typing import Protocol

import numpy as np

from linli.assets.telemetry import directory, json_points, store
from linli.assets.telemetry.checking import Faults
from linli.assets.telemetry.models import Source
from linli.assets.telemetry.mqtt import Broker
from linli.assets.telemetry.points import MOMENT, Points, moment
from linli.clock import now


class Inlet(Protocol):
    """A way in."""

    source: Source
    points: int
    lag_s: float | None

    @property
    def state(self) -> str: ...
    @property
    def error(self) -> str: ...
    @property
    def since(self) -> float: ...
    def start(self) -> None: ...
    def stop(self) -> None: ...
    def take(self) -> int:
        """Store what has come; return how many messages that were."""
        ...


class JsonInlet:
    """Plain JSON over MQTT."""

    def __init__(self, source: Source, wake: threading.Event) -> None:
        topics = source.topics.split() or [f"{json_points.ROOT}/#"]
        self.source, self.broker = source, Broker(source, topics, wake)
        self.start, self.stop = self.broker.start, self.broker.stop
        self.points, self.lag_s = 0, None  # type: tuple[int, float | None]

    @property
    def state(self) -> str:
        return self.broker.state

    @property
    def error(self) -> str:
        return self.broker.error

    @property
    def since(self) -> float:
        return self.broker.since

    def take(self) -> int:
        messages = self.broker.take()
        if not messages:
            return 0
        faults = Faults()
        # Where a message names no time, it is the town's time when it came.
        behind = moment(now()).astype(np.int64) - int(time.time() * 1000)
        read = json_points.read(
            [(one.topic, one.payload, one.at + int(behind)) for one in messages],
            directory.known(), faults,
        )  # fmt: skip
        taken = store.write(read, source=self.source, faults=faults)
        self.broker.acknowledge(messages)
        self.points += taken.stored
        self.lag_s = lag(read)
        return len(messages)


def lag(points: Points) -> float | None:
    """Return how many seconds the newest of some points is behind us."""
    if not len(points):
        return None
    behind = moment(now()).astype(MOMENT) - points.times.max()
    return float(behind / np.timedelta64(1, "s"))


def open_(source: Source, wake: threading.Event) -> Inlet:
    """Return the way in of a source."""
    if source.kind == Source.Kind.MQTT:
        return JsonInlet(source, wake)
    if source.kind == Source.Kind.SPARKPLUG:
        from linli.assets.telemetry.sparkplug.inlet import SparkplugInlet

        return SparkplugInlet(source, wake)
    from linli.assets.telemetry.opcua import OpcuaInlet

    return OpcuaInlet(source, wake)
