"""The newest parts of a station, live: one look for all viewers of a process, sent as events."""

import asyncio
from collections.abc import AsyncIterator, Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import orjson
from django.db import close_old_connections

LOOK_S = 1.0
BREATH_S = 10.0  # proxies cut a line on which nothing is said
LIFE_S = 300.0  # then the browser comes back, and is asked again who it is

Key = tuple[int, str]  # a station and a language
Drawn = dict[str, Any]
_thread = ThreadPoolExecutor(1, thread_name_prefix="station")


class Watch:
    """Everybody who watches the same station in the same language, in this process."""

    def __init__(self, mark: Callable[[int], Any], draw: Callable[[int, str], Drawn]) -> None:
        self.mark, self.draw = mark, draw
        self.viewers: dict[Key, set[asyncio.Queue[bytes]]] = {}
        self.looking: dict[Key, asyncio.Task[None]] = {}
        self.last: dict[Key, bytes] = {}

    def join(self, key: Key) -> asyncio.Queue[bytes]:
        """Take a viewer in, and begin to look if nobody did."""
        queue: asyncio.Queue[bytes] = asyncio.Queue(1)
        self.viewers.setdefault(key, set()).add(queue)
        if key in self.last:
            queue.put_nowait(self.last[key])
        if key not in self.looking or self.looking[key].done():
            self.looking[key] = asyncio.get_running_loop().create_task(self._look(key))
        return queue

    def leave(self, key: Key, queue: asyncio.Queue[bytes]) -> None:
        """Let a viewer go; the last one ends the looking."""
        self.viewers[key].discard(queue)
        if not self.viewers[key]:
            if task := self.looking.pop(key, None):
                task.cancel()
            self.last.pop(key, None)

    async def _look(self, key: Key) -> None:
        loop, seen = asyncio.get_running_loop(), None
        while self.viewers[key]:
            found = await loop.run_in_executor(_thread, _alone, self.mark, key[0])
            if found != seen:
                told = await loop.run_in_executor(_thread, _alone, self.draw, *key)
                self.last[key], seen = b"data: " + orjson.dumps(told) + b"\n\n", found
                for queue in self.viewers[key]:
                    if queue.full():
                        queue.get_nowait()  # a slow viewer needs the latest only
                    queue.put_nowait(self.last[key])
            await asyncio.sleep(LOOK_S)

    async def events(self, key: Key) -> AsyncIterator[bytes]:
        """Yield what is drawn as server-sent events whenever something changed."""
        queue, loop = self.join(key), asyncio.get_running_loop()
        ends = loop.time() + LIFE_S
        try:
            yield b"retry: 2000\n\n"
            while loop.time() < ends:
                try:
                    yield await asyncio.wait_for(queue.get(), BREATH_S)
                except TimeoutError:
                    yield b": still here\n\n"
        finally:
            self.leave(key, queue)


def _alone(ask: Callable[..., Any], *given: Any) -> Any:
    close_old_connections()
    return ask(*given)
