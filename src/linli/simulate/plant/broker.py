"""The broker of a demonstration: pure Python, on this machine's own address only.

A plant has a broker of its own (Mosquitto, EMQX …). So that `linli demo` needs nothing else, a
small one runs in a thread beside the publishers; telemetry subscribes to it as to any other.
"""

import asyncio
import logging
import socket
import threading
from contextlib import suppress
from typing import Any

LOOPBACK = "127.0.0.1"
WANTED = 18830  # not MQTT's own 1883: a real broker may listen there
STARTS_S, STOPS_S = 10.0, 5.0


class NoBroker(RuntimeError):
    """The broker could not be started."""


def free_port(wanted: int = WANTED) -> int:
    """Return the wanted port, or another that is free where somebody listens on it already."""
    for port in (wanted, 0):
        with socket.socket() as tried:
            tried.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            with suppress(OSError):
                tried.bind((LOOPBACK, port))
                return int(tried.getsockname()[1])
    raise NoBroker("no port is free")


class Broker:
    """A broker in a thread of its own.

    Raises
    ------
    NoBroker
        If it does not start within some seconds.
    """

    def __init__(self, port: int | None = None) -> None:
        logging.getLogger("amqtt").setLevel(logging.ERROR)
        logging.getLogger("transitions").setLevel(logging.WARNING)
        self.port = port or free_port()
        self._loop = asyncio.new_event_loop()
        self._stays: asyncio.Event | None = None
        self._amqtt: Any = None
        self._up, self._fault = threading.Event(), ""
        self._thread = threading.Thread(target=self._serve, name="broker", daemon=True)
        self._thread.start()
        if not self._up.wait(STARTS_S) or self._fault:
            raise NoBroker(self._fault or "the broker does not start")

    def is_heard(self, root: str) -> bool:
        """Tell whether somebody subscribes to topics below `root`."""
        topics = dict(self._amqtt.subscriptions) if self._amqtt is not None else {}
        return any(topic.split("/")[0] == root and held for topic, held in topics.items())

    def stop(self) -> None:
        """Close all lines, and wait until it is gone."""
        if self._stays is not None and self._thread.is_alive():
            with suppress(RuntimeError):
                self._loop.call_soon_threadsafe(self._stays.set)
            self._thread.join(STOPS_S)

    def _serve(self) -> None:
        asyncio.set_event_loop(self._loop)
        try:
            self._loop.run_until_complete(self._stay())
        except Exception as fault:
            self._fault = str(fault) or type(fault).__name__
        finally:
            self._up.set()
            self._loop.close()

    async def _stay(self) -> None:
        from amqtt.broker import Broker as Amqtt

        self._stays = asyncio.Event()
        self._amqtt = broker = Amqtt(
            {
                "listeners": {"default": {"type": "tcp", "bind": f"{LOOPBACK}:{self.port}"}},
                "plugins": {
                    "amqtt.plugins.authentication.AnonymousAuthPlugin": {"allow_anonymous": True}
                },
            }
        )
        await broker.start()
        self._up.set()
        await self._stays.wait()
        await broker.shutdown()
