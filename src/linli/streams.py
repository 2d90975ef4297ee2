"""Long answers, a piece at a time: never whole in memory, in the way the server asks for them."""

from collections.abc import AsyncIterator, Generator, Iterator
from contextlib import closing
from typing import IO

from asgiref.sync import sync_to_async
from django.core.handlers.asgi import ASGIRequest
from django.http import HttpRequest

PIECE = 64 * 1024


def pieces(file: IO[bytes]) -> Generator[bytes, None, None]:
    """Yield what a file holds, and close it."""
    with closing(file):
        while piece := file.read(PIECE):
            yield piece


def sent(
    request: HttpRequest, parts: Generator[bytes, None, None]
) -> Iterator[bytes] | AsyncIterator[bytes]:
    """Return the parts of an answer as the server of this request can send them on.

    An asynchronous server would otherwise gather them all before it sends the first.
    """
    return _in_turn(parts) if isinstance(request, ASGIRequest) else parts


async def _in_turn(parts: Generator[bytes, None, None]) -> AsyncIterator[bytes]:
    # In the thread of the request, where its connection to the database is.
    step = sync_to_async(lambda: next(parts, None))
    try:
        while (part := await step()) is not None:
            yield part
    finally:
        await sync_to_async(parts.close)()
