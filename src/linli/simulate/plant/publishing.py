"""The machines' own voice: MQTT, as an edge computer in a plant speaks it.

One message an asset and moment, in the plain JSON of docs/telemetry.md.
"""

import json
from collections.abc import Mapping
from contextlib import suppress
from typing import Any

import paho.mqtt.client as mqtt

from .broker import LOOPBACK

KEEPALIVE_S = 30
WAITING = 2000  # messages that wait for the broker; more of them are dropped


class Publisher:
    """A line to a broker, that comes back by itself where it was cut."""

    def __init__(self, port: int, name: str = "simulated-plant", host: str = LOOPBACK) -> None:
        self._client = mqtt.Client(mqtt.CallbackAPIVersion.VERSION2, client_id=name)
        self._client.max_queued_messages_set(WAITING)
        self._client.reconnect_delay_set(1, 5)
        self._client.connect_async(host, port, KEEPALIVE_S)
        self._client.loop_start()

    @property
    def is_connected(self) -> bool:
        return bool(self._client.is_connected())

    def tell(self, plant: str, asset: str, at: float, values: Mapping[str, Any]) -> None:
        """Publish what was read at an asset at a moment (seconds since 1970)."""
        told = json.dumps({"t": round(at * 1000), "v": values}, separators=(",", ":"))
        self._client.publish(f"linli/{plant}/{asset}", told, qos=1)

    def stop(self) -> None:
        """Say goodbye and hang up."""
        with suppress(OSError, ValueError):
            self._client.disconnect()
        self._client.loop_stop()
