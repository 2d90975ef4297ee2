"""Sparkplug B as a way in."""

import threading

import numpy as np
import orjson

from linli.assets.telemetry import directory, store
from linli.assets.telemetry.checking import Faults
from linli.assets.telemetry.inlets import lag
from linli.assets.telemetry.models import Source
from linli.assets.telemetry.mqtt import Broker
from linli.assets.telemetry.points import MOMENT, Points
from linli.assets.telemetry.sparkplug.payload import rebirth
from linli.assets.telemetry.sparkplug.sessions import Gathered, Sessions
from linli.clock import now

ROOT = "spBv1.0"


class SparkplugInlet:
    """Nodes of a Sparkplug infrastructure; where a host id is given, its state is told to them."""

    def __init__(self, source: Source, wake: threading.Event) -> None:
        topics = source.topics.split() or [f"{ROOT}/#"]
        self.source, self.broker = source, Broker(source, topics, wake)
        self.sessions = Sessions(source)
        self.points = 0
        self.lag_s: float | None = None
        self._told = -1
        self._born = int(now().timestamp() * 1000)
        if source.host:
            self.broker.client.will_set(self._state_topic, self._state(False), 1, retain=True)

    @property
    def _state_topic(self) -> str:
        return f"{ROOT}/STATE/{self.source.host}"

    def _state(self, online: bool) -> bytes:
        return orjson.dumps({"online": online, "timestamp": self._born})

    @property
    def state(self) -> str:
        return self.broker.state

    @property
    def error(self) -> str:
        return self.broker.error

    @property
    def since(self) -> float:
        return self.broker.since

    def start(self) -> None:
        """Begin."""
        self.broker.start()

    def stop(self) -> None:
        """Say that this host is away, and end the line."""
        if self.source.host and self.broker.online.is_set():
            told = self.broker.client.publish(self._state_topic, self._state(False), 1, retain=True)
            told.wait_for_publish(2)
        self.broker.stop()

    def take(self) -> int:
        """Store what has come; ask nodes to be born again where something is missing."""
        if self.broker.connection != self._told and self.broker.online.is_set():
            self._told = self.broker.connection
            if self.source.host:
                self.broker.client.publish(self._state_topic, self._state(True), 1, retain=True)
        messages = self.broker.take()
        if not messages:
            return 0
        gathered, faults, known = Gathered(), Faults(), directory.known()
        for message in messages:
            self.sessions.read(message.topic, message.payload, known, gathered, faults)
        points = Points(
            gathered.codes,
            np.array(gathered.which, np.int32),
            np.array(gathered.times, np.int64).astype(MOMENT),
            np.array(gathered.values, np.float64),
        )
        taken = store.write(points, source=self.source, faults=faults)
        self.broker.acknowledge(messages)
        for group, edge in self.sessions.rebirths:
            self.broker.publish(f"{ROOT}/{group}/NCMD/{edge}", rebirth())
        self.sessions.rebirths.clear()
        self.points += taken.stored
        self.lag_s = lag(points)
        return len(messages)
