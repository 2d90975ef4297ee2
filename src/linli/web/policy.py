"""What a page may load: our own files, tiles of a map source if one is configured, nothing else."""

from collections.abc import Awaitable, Callable
from urllib.parse import urlsplit

from asgiref.sync import iscoroutinefunction
from django.conf import settings
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils.decorators import sync_and_async_middleware


def policy(tiles: list[str]) -> str:
    """Write the policy; `tiles` are the addresses of map tiles, whose hosts may be asked."""
    hosts = sorted({f"{at.scheme}://{at.netloc}" for at in map(urlsplit, tiles)})
    elsewhere = "".join(f" {host}" for host in hosts)
    return (
        f"default-src 'self'; img-src 'self' data: blob:{elsewhere}; "
        f"connect-src 'self'{elsewhere}; object-src 'none'; base-uri 'none'; "
        "frame-ancestors 'none'; form-action 'self'"
    )


POLICY = policy(settings.MAP_TILES)

Answer = Callable[[HttpRequest], HttpResponseBase]
AnswerLater = Callable[[HttpRequest], Awaitable[HttpResponseBase]]


@sync_and_async_middleware
def content_security_policy(answer: Answer | AnswerLater) -> Answer | AnswerLater:
    """Send the content security policy with every response."""
    if iscoroutinefunction(answer):

        async def later(request: HttpRequest) -> HttpResponseBase:
            response = await answer(request)
            response.headers.setdefault("Content-Security-Policy", POLICY)
            return response

        return later

    def now(request: HttpRequest) -> HttpResponseBase:
        response = answer(request)
        assert isinstance(response, HttpResponseBase)
        response.headers.setdefault("Content-Security-Policy", POLICY)
        return response

    return now
