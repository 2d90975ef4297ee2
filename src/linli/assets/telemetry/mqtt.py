"""One line to a broker (MQTT): messages are acknowledged once their points are stored.

The session is kept by the broker under a fixed client id, quality of service 1, and a message is
acknowledged by hand. What the worker has not stored when it is killed, or when the broker goes
down, comes again.
"""

import ssl
import threading
import time
from collections import deque
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

import paho.mqtt.client as mqtt
from paho.mqtt.enums import CallbackAPIVersion, MQTTProtocolVersion
from paho.mqtt.packettypes import PacketTypes
from paho.mqtt.properties import Properties
from paho.mqtt.subscribeoptions import SubscribeOptions

from linli.assets.telemetry.models import Line, Source

IN_FLIGHT = 1000  # messages a broker may hand out before the first is acknowledged (MQTT 5)
KEPT_S = 7 * 86_400  # how long the broker keeps for us what comes while we are away (MQTT 5)
AT_ONCE = 2000  # messages of one batch
PORTS = {"mqtt": 1883, "mqtts": 8883, "mqtt5": 1883, "mqtt5s": 8883}


class BadAddress(ValueError):
    """An address that is none."""


@dataclass(frozen=True)
class Address:
    """Where a broker is, and how it is spoken to."""

    host: str
    port: int
    is_safe: bool
    version: MQTTProtocolVersion

    @classmethod
    def of(cls, text: str) -> "Address":
        """Read `mqtt://host:port`; mqtts for TLS, mqtt5 and mqtt5s for version 5. Or BadAddress."""
        try:
            parts = urlsplit(text if "://" in text else f"mqtt://{text}")
            port = parts.port or PORTS[parts.scheme]
        except (ValueError, KeyError) as fault:
            raise BadAddress(text) from fault
        if not parts.hostname:
            raise BadAddress(text)
        version = (
            MQTTProtocolVersion.MQTTv5 if "5" in parts.scheme else MQTTProtocolVersion.MQTTv311
        )
        return cls(parts.hostname, port, parts.scheme.endswith("s"), version)


@dataclass(frozen=True)
class Arrived:
    """A message, with what is needed to acknowledge it."""

    topic: str
    payload: bytes
    at: int
    mid: int
    qos: int
    connection: int


def client_id(source: Source) -> str:
    """Return the fixed name under which the broker keeps our session."""
    return source.client or f"linli-{source.code}"


class Broker:
    """The line to one broker; its network has a thread of its own."""

    def __init__(self, source: Source, topics: list[str], wake: threading.Event) -> None:
        self.source, self.topics = source, topics
        self.address = Address.of(source.address)
        self.wake = wake
        self.waiting: deque[Arrived] = deque()
        self.connection = 0
        self.state: str = Line.State.WAITING
        self.since = time.time()
        self.error = ""
        self.online = threading.Event()
        self.client = self._client()

    def _client(self) -> mqtt.Client:
        version = self.address.version
        kept: dict[str, Any] = (
            {} if version == MQTTProtocolVersion.MQTTv5 else {"clean_session": False}
        )
        client = mqtt.Client(
            CallbackAPIVersion.VERSION2, client_id(self.source), protocol=version,
            manual_ack=True, **kept,
        )  # fmt: skip
        if self.source.username:
            client.username_pw_set(self.source.username, self.source.secret)
        if self.address.is_safe:
            client.tls_set_context(ssl.create_default_context())
        client.reconnect_delay_set(1, 30)
        client.on_connect = self._on_connect
        client.on_disconnect = self._on_disconnect
        client.on_message = self._on_message
        client.on_connect_fail = lambda *_: self._broken("no answer")
        return client

    def start(self) -> None:
        """Begin, and come back by itself whenever the line is cut."""
        more: dict[str, Any] = {}
        if self.address.version == MQTTProtocolVersion.MQTTv5:
            told = Properties(PacketTypes.CONNECT)
            told.SessionExpiryInterval = KEPT_S
            told.ReceiveMaximum = IN_FLIGHT
            more = {"clean_start": False, "properties": told}
        self.client.connect_async(self.address.host, self.address.port, keepalive=30, **more)
        self.client.loop_start()

    def stop(self) -> None:
        """End the line; the broker keeps what comes meanwhile."""
        self.client.disconnect()
        self.client.loop_stop()

    def take(self) -> list[Arrived]:
        """Return what has come, up to a batch."""
        return [self.waiting.popleft() for _ in range(min(len(self.waiting), AT_ONCE))]

    def acknowledge(self, messages: list[Arrived]) -> None:
        """Say that these are stored. One that came over a line since cut comes again."""
        for one in messages:
            # After a broker has lost its sessions the same number may be another message's.
            if one.qos and one.connection == self.connection:
                self.client.ack(one.mid, one.qos)

    def publish(self, topic: str, payload: bytes, qos: int = 0) -> None:
        """Send a command, such as to be born again."""
        self.client.publish(topic, payload, qos)

    def _on_connect(
        self, client: mqtt.Client, _data: Any, _flags: Any, code: Any, _told: Any
    ) -> None:
        if code.is_failure:
            self._broken(str(code))
            return
        self.connection += 1
        if self.address.version == MQTTProtocolVersion.MQTTv5:
            client.subscribe([(topic, SubscribeOptions(qos=1)) for topic in self.topics])
        else:
            client.subscribe([(topic, 1) for topic in self.topics])
        self.state, self.since, self.error = Line.State.OPEN, time.time(), ""
        self.online.set()
        self.wake.set()

    def _on_disconnect(self, _client: Any, _data: Any, _flags: Any, code: Any, _told: Any) -> None:
        self._broken(str(code))

    def _broken(self, why: str) -> None:
        if self.state != Line.State.BROKEN:
            self.since = time.time()
        self.state, self.error = Line.State.BROKEN, why
        self.online.clear()
        self.wake.set()

    def _on_message(self, _client: Any, _data: Any, message: mqtt.MQTTMessage) -> None:
        self.waiting.append(
            Arrived(message.topic, bytes(message.payload), int(time.time() * 1000), message.mid,
                    message.qos, self.connection)
        )  # fmt: skip
        if not self.wake.is_set():
            self.wake.set()
