"""OPC UA as a way in: the nodes of a source's tags are subscribed to."""

import asyncio
import logging
import threading
import time
from collections import deque
from datetime import UTC as _UTC
from datetime import datetime, timedelta
from typing import Any

import numpy as np
from django.utils import translation

from linli.assets.telemetry import directory, opcua_line, store, words
from linli.assets.telemetry.checking import Faults
from linli.assets.telemetry.inlets import lag
from linli.assets.telemetry.models import Line, Reason, Source, Tag
from linli.assets.telemetry.points import MOMENT, Points, moment
from linli.clock import now

EVERY_MS = 500  # how often the server sends what has changed
QUEUE = 1000  # values of a node a server may keep between two such times
ANSWER_S = 4.0
AGAIN_S = (1, 2, 5, 10, 30)  # after so many seconds it is tried again
AT_ONCE = 20_000
FURTHEST = timedelta(days=3)  # how far back a gap is fetched; what is older is too late anyway
PAGE, MOST = 5_000, 100_000  # values of a node: in one answer, and in all

log = logging.getLogger(__name__)


class OpcuaInlet:
    """A server that is subscribed to, in a thread of its own."""

    def __init__(self, source: Source, wake: threading.Event) -> None:
        self.source, self.wake = source, wake
        self.points = 0
        self.lag_s: float | None = None
        self.state: str = Line.State.WAITING
        self.error, self.since = "", time.time()
        self.waiting: deque[tuple[str, float, Any, bool]] = deque()
        self.addresses: list[str] = []
        self._heard: dict[str, datetime] = {}  # node → the newest time it gave
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True)

    def start(self) -> None:
        """Begin, and come back by itself whenever the line is cut."""
        self._look()
        self._thread.start()

    def _look(self) -> None:
        """See which nodes are wanted; the thread of the line asks no database."""
        known = directory.known()
        own = {node: at for (key, node), at in known.by_address.items() if key == self.source.pk}
        new = own.keys() - self._heard.keys()
        if new:
            # What is stored says up to when a line that is new to this worker was followed.
            stored = store.newest([known.rows[own[node]]["code"] for node in new])
            for node in new:
                last = stored.get(known.rows[own[node]]["code"])
                self._heard[node] = last.at if last else now()
        self.addresses = sorted(own)

    def stop(self) -> None:
        """End the line."""
        self._ended.set()
        if self._thread.is_alive():
            self._thread.join(ANSWER_S + 2)

    def take(self) -> int:
        """Store what has come."""
        self._look()
        count = min(len(self.waiting), AT_ONCE)
        if not count:
            return 0
        told = [self.waiting.popleft() for _ in range(count)]
        faults, known = Faults(), directory.known()
        codes: list[str] = []
        places: dict[str, int] = {}
        which, times, values = [], [], []
        for address, at, value, is_good in told:
            place = known.by_address.get((self.source.pk, address))
            if place is None:
                continue
            tag = known.rows[place]
            number = _number(tag, value) if is_good else None
            if number is None:
                faults.tell(tag["id"], "", Reason.TYPE if is_good else Reason.NAN, repr(value))
                continue
            if address not in places:
                places[address] = len(codes)
                codes.append(tag["code"])
            which.append(places[address])
            times.append(at)
            values.append(number)
        points = Points(
            codes, np.array(which, np.int32), np.array(times, np.float64).astype(np.int64)
            .astype(MOMENT), np.array(values, np.float64),
        )  # fmt: skip
        try:
            taken = store.write(points, source=self.source, faults=faults)
        except Exception:
            self.waiting.extendleft(reversed(told))  # nobody sends them again
            raise
        self.points += taken.stored
        self.lag_s = lag(points)
        return count

    def _run(self) -> None:
        tries = 0
        while not self._ended.is_set():
            begun = time.monotonic()
            try:
                with translation.override("en"):  # as servers speak; the page says so
                    asyncio.run(self._follow())
            except Exception as fault:
                self._broken(str(fault) or type(fault).__name__)
            if time.monotonic() - begun > 60:
                tries = 0
            self._ended.wait(AGAIN_S[min(tries, len(AGAIN_S) - 1)])
            tries += 1

    def _broken(self, why: str) -> None:
        if self.state != Line.State.BROKEN:
            self.since = time.time()
        self.state, self.error = Line.State.BROKEN, why

    async def _follow(self) -> None:
        client = await opcua_line.client_of(self.source, ANSWER_S)
        async with client:
            nodes = self.addresses
            subscription = await client.create_subscription(EVERY_MS, self)
            since = dict(self._heard)
            missing = await self._subscribe(client, subscription, nodes)
            await self._fetch(client, [node for node in nodes if node not in missing], since)
            self.state, self.since = Line.State.OPEN, time.time()
            self.error = f"no such node: {', '.join(missing[:5])}" if missing else ""
            looked = time.monotonic()
            while not self._ended.is_set():
                await asyncio.sleep(0.2)
                if time.monotonic() - looked > 5:
                    looked = time.monotonic()
                    await client.check_connection()
                    if self.addresses != nodes:
                        return  # tags were added or taken away

    async def _subscribe(self, client: Any, subscription: Any, nodes: list[str]) -> list[str]:
        missing = []
        for address in nodes:
            try:
                await subscription.subscribe_data_change(client.get_node(address), queuesize=QUEUE)
            except Exception as fault:
                log.warning("source %s, node %s: %s", self.source.code, address, fault)
                missing.append(address)
        return missing

    async def _fetch(self, client: Any, nodes: list[str], since: dict[str, datetime]) -> None:
        """Read what the server kept while nobody was subscribed; a server without history is none
        the worse for it."""
        until = datetime.now(_UTC)
        for address in nodes:
            last = since.get(address)
            if last is None:
                continue
            first, fetched = max(last, until - FURTHEST).astimezone(_UTC), 0
            while fetched < MOST:
                try:
                    kept = await client.get_node(address).read_raw_history(
                        first.replace(tzinfo=None), until.replace(tzinfo=None), PAGE, False
                    )
                except Exception as fault:
                    log.info("source %s keeps no history of %s: %s",
                             self.source.code, address, fault)  # fmt: skip
                    break
                newer = [one for one in kept if (at := _stamp(one)) is not None and at > first]
                if not newer:
                    break
                for one in newer:
                    self._take_in(address, one)
                # However many a server gives at once: it goes on from the last one.
                first, fetched = max(map(_stamp, newer)), fetched + len(newer)

    def datachange_notification(self, node: Any, value: Any, told: Any) -> None:
        """Take a value that has changed (asyncua calls it by this name)."""
        self._take_in(node.nodeid.to_string(), told.monitored_item.Value, value)

    def _take_in(self, address: str, given: Any, value: Any = None) -> None:
        """Let a value wait to be stored: one that was told, or one out of the server's history."""
        if value is None:
            value = given.Value.Value if given.Value is not None else None
        at = _stamp(given) or now()
        is_good = given.StatusCode is None or given.StatusCode.is_good()
        self._heard[address] = max(self._heard.get(address, at), at)
        told = (address, float(moment(at).astype(np.int64)), value, is_good)
        self.waiting.append(told)
        self.wake.set()

    def status_change_notification(self, status: Any) -> None:
        """Hear of the end of a subscription."""
        self._broken(str(status))


def _stamp(given: Any) -> Any:
    """Return when a value was so, by its source or else its server; None where neither says."""
    stamp = given.SourceTimestamp or given.ServerTimestamp
    return stamp.replace(tzinfo=stamp.tzinfo or _UTC) if stamp else None


def _number(tag: dict[str, Any], value: Any) -> float | None:
    """Return a value as the store keeps it; None where it is of another type."""
    if tag["kind"] == Tag.Kind.TEXT:
        found = words.number_of(tag["id"], value, tag["words"]) if isinstance(value, str) else None
        return None if found is None else float(found)
    if isinstance(value, bool):
        return float(value) if tag["kind"] == Tag.Kind.FLAG else None
    return float(value) if isinstance(value, int | float) else None
