"""The site as an ASGI application: pages with all their middleware, the API without it."""

import asyncio
import os
from collections.abc import Awaitable, Callable
from typing import Any

from django.core.asgi import get_asgi_application
from django.core.handlers.asgi import ASGIHandler
from django.core.handlers.exception import convert_exception_to_response

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "linli.settings")

from linli.web.policy import content_security_policy


class ApiHandler(ASGIHandler):
    """Django without the middleware of pages.

    An API request has a token and no session, form, language or file. Django runs most
    middleware in another thread for every request; without it more than twice as many
    reports come in a second (`bench/intake.py`).
    """

    def load_middleware(self, is_async: bool = False) -> None:
        """Put nothing but our policy before the view."""
        self._view_middleware: list = []
        self._template_response_middleware: list = []
        self._exception_middleware: list = []
        answer: Any = convert_exception_to_response(
            self._get_response_async  # type: ignore[attr-defined]
        )
        self._middleware_chain = content_security_policy(answer)


pages = get_asgi_application()
api = ApiHandler()


async def _live(receive: Callable[..., Awaitable], send: Callable[..., Awaitable]) -> None:
    while True:
        message = await receive()
        if message["type"] == "lifespan.startup":
            from linli.web import warm

            await asyncio.to_thread(warm.up)
            await send({"type": "lifespan.startup.complete"})
        else:
            await send({"type": "lifespan.shutdown.complete"})
            return


async def application(
    scope: dict[str, Any], receive: Callable[..., Awaitable], send: Callable[..., Awaitable]
) -> None:
    """Hand API requests and pages to the handler of each; before the first, make all ready."""
    if scope["type"] == "lifespan":
        await _live(receive, send)
        return
    is_api = scope["type"] == "http" and scope["path"].startswith("/api/v1/")
    await (api if is_api else pages)(scope, receive, send)
