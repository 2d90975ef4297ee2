"""One machine speaks Sparkplug B: births with names, data by alias, a will for its death."""

import threading
from collections.abc import Mapping
from contextlib import suppress
from typing import Any

import paho.mqtt.client as mqtt

from linli.assets.telemetry.sparkplug.payload import DataType, Payload

from .broker import LOOPBACK
from .publishing import KEEPALIVE_S, WAITING

EDGE = "edge"
AGAIN = "Node Control/Rebirth"


class EdgeNode:
    """An edge node with one machine as its device.

    Parameters
    ----------
    born
        A number that is another one at each start (`bdSeq`), 0 to 255: a death belongs to a birth.
    """

    def __init__(self, port: int, group: str, device: str, born: int) -> None:
        self._place = f"spBv1.0/{group}/{{}}/{EDGE}"
        self._device, self._born, self._seq = device, born % 256, 0
        self._aliases: dict[str, int] = {}
        self._is_to_be_born = True
        self._lock = threading.Lock()
        self._client = mqtt.Client(
            mqtt.CallbackAPIVersion.VERSION2, client_id=f"simulated-{group}-{EDGE}"
        )
        self._client.max_queued_messages_set(WAITING)
        self._client.reconnect_delay_set(1, 5)
        self._client.will_set(self._place.format("NDEATH"), self._birth_number(), qos=1)
        self._client.on_connect = self._on_connect
        self._client.on_message = self._on_message
        self._client.connect_async(LOOPBACK, port, KEEPALIVE_S)
        self._client.loop_start()

    @property
    def is_connected(self) -> bool:
        return bool(self._client.is_connected())

    def tell(self, at: float, values: Mapping[str, Any]) -> None:
        """Publish what was read at a moment: a birth first, where one is due."""
        if not self.is_connected:
            return  # Sparkplug: what was not said while the line was cut comes with the next birth
        with self._lock:
            is_birth, self._is_to_be_born = self._is_to_be_born, False
        if is_birth:
            self._seq = 0
            self._send("NBIRTH", "", self._node(at))
            self._aliases = {name: number for number, name in enumerate(values, 1)}
            self._send("DBIRTH", self._device, self._payload(at, values, is_birth=True))
        else:
            self._send("DDATA", self._device, self._payload(at, values))

    def stop(self) -> None:
        """Die as the specification asks, and hang up."""
        with suppress(OSError, ValueError):
            told = self._client.publish(self._place.format("NDEATH"), self._birth_number(), qos=1)
            if self.is_connected:
                told.wait_for_publish(2)
            self._client.disconnect()
        self._client.loop_stop()

    def _on_connect(self, client: mqtt.Client, *_told: Any) -> None:
        client.subscribe(self._place.format("NCMD"), 1)
        with self._lock:
            self._is_to_be_born = True

    def _on_message(self, _client: Any, _data: Any, message: mqtt.MQTTMessage) -> None:
        """A host that missed something asks to hear all names again."""
        command = Payload()
        with suppress(Exception):
            command.ParseFromString(message.payload)
        if any(one.name == AGAIN and one.boolean_value for one in command.metrics):
            with self._lock:
                self._is_to_be_born = True

    # --- payloads ---------------------------------------------------------------------------

    def _birth_number(self) -> bytes:
        payload = Payload()
        payload.metrics.add(name="bdSeq", datatype=DataType.INT64, long_value=self._born)
        return bytes(payload.SerializeToString())

    def _node(self, at: float) -> Any:
        payload = Payload(timestamp=round(at * 1000))
        payload.metrics.add(name="bdSeq", datatype=DataType.INT64, long_value=self._born)
        payload.metrics.add(name=AGAIN, datatype=DataType.BOOLEAN, boolean_value=False)
        return payload

    def _payload(self, at: float, values: Mapping[str, Any], is_birth: bool = False) -> Any:
        payload = Payload(timestamp=round(at * 1000))
        for name, value in values.items():
            metric = payload.metrics.add(
                alias=self._aliases.get(name, 0), timestamp=round(at * 1000)
            )
            if isinstance(value, bool):
                metric.boolean_value = value
            else:
                metric.double_value = value
            if is_birth:
                metric.name = name
                kind = DataType.BOOLEAN if isinstance(value, bool) else DataType.DOUBLE
                metric.datatype = kind
        return payload

    def _send(self, kind: str, device: str, payload: Any) -> None:
        payload.seq, self._seq = self._seq, (self._seq + 1) % 256
        topic = self._place.format(kind) + (f"/{device}" if device else "")
        self._client.publish(topic, payload.SerializeToString(), qos=1)
