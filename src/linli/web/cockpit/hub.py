"""Live cockpits: one look at the database for all viewers, sent on as server-sent events."""

import asyncio
from collections.abc import AsyncIterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import orjson
from django.db import close_old_connections

from linli.web.cockpit.reach import Reach
from linli.web.cockpit.snapshot import mark, snapshot

LOOK_S = 0.5
AT_LEAST_S = 30.0  # time alone makes a case overdue
BREATH_S = 10.0  # proxies cut a line on which nothing is said
LIFE_S = 300.0  # then the browser comes back, and is asked again who it is

Key = tuple[Reach, str]
_hubs: dict[Key, "Hub"] = {}
_thread = ThreadPoolExecutor(1, thread_name_prefix="cockpit")


class Hub:
    """Everybody who watches the same cockpit in the same language, in this process."""

    def __init__(self, key: Key) -> None:
        self.key = key
        self.viewers: set[asyncio.Queue[bytes]] = set()
        self.last: bytes | None = None
        self.task: asyncio.Task[None] | None = None

    def join(self) -> asyncio.Queue[bytes]:
        """Take a viewer in, and begin to look if nobody did."""
        queue: asyncio.Queue[bytes] = asyncio.Queue(1)
        self.viewers.add(queue)
        if self.last is not None:
            queue.put_nowait(self.last)
        if self.task is None or self.task.done():
            self.task = asyncio.get_running_loop().create_task(self._look())
        return queue

    def leave(self, queue: asyncio.Queue[bytes]) -> None:
        """Let a viewer go; the last one ends the looking."""
        self.viewers.discard(queue)
        if not self.viewers and self.task is not None:
            self.task.cancel()
            _hubs.pop(self.key, None)

    async def _look(self) -> None:
        loop = asyncio.get_running_loop()
        seen: Any = None
        drawn = 0.0
        while self.viewers:
            found = await loop.run_in_executor(_thread, _alone, mark)
            if found != seen or loop.time() - drawn > AT_LEAST_S:
                told = await loop.run_in_executor(_thread, _alone, snapshot, *self.key)
                self.last = b"data: " + orjson.dumps(told) + b"\n\n"
                seen, drawn = found, loop.time()
                for queue in self.viewers:
                    if queue.full():
                        queue.get_nowait()  # a slow viewer needs the latest only
                    queue.put_nowait(self.last)
            await asyncio.sleep(LOOK_S)


def _alone(ask: Any, *given: Any) -> Any:
    close_old_connections()
    return ask(*given)


async def watch(reach: Reach, language: str) -> AsyncIterator[bytes]:
    """Yield the cockpit as server-sent events whenever something changed."""
    key = (reach, language)
    hub = _hubs.setdefault(key, Hub(key))
    queue = hub.join()
    loop = asyncio.get_running_loop()
    ends = loop.time() + LIFE_S
    try:
        yield b"retry: 2000\n\n"
        while loop.time() < ends:
            try:
                yield await asyncio.wait_for(queue.get(), BREATH_S)
            except TimeoutError:
                yield b": still here\n\n"
    finally:
        hub.leave(queue)
