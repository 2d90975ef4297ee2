"""How often something may be tried from one address, or on one account, counted across processes.

Counts stand in the database, so that they hold for all workers. An address is never kept: only
a keyed hash of it that changes every day, so nobody can be followed by it.
"""

import hmac
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import wraps
from hashlib import sha256
from typing import Concatenate, ParamSpec

from django.conf import settings
from django.db import transaction
from django.db.models import F
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from linli.people.models import Attempts

MINUTE, HOUR = 60, 3600
P = ParamSpec("P")
View = Callable[Concatenate[HttpRequest, P], HttpResponse]


@dataclass(frozen=True)
class Limit:
    """So many times in so many seconds."""

    times: int
    seconds: int


def disguised(text: str) -> str:
    """Return a keyed hash of an address or a name, another one every day."""
    day = datetime.now(UTC).date().isoformat()  # of the wall: a demonstration's runs ahead
    key = f"{settings.SECRET_KEY}/{day}".encode()
    return hmac.new(key, text.encode(), sha256).hexdigest()[:32]


def address_of(request: HttpRequest) -> str:
    """Return the disguised address a request comes from."""
    # Behind a proxy the server has put the caller's address here already.
    return disguised(request.META.get("REMOTE_ADDR") or "")


def window(limit: Limit) -> tuple[int, int]:
    """Return when the present stretch of counting began and when it ends, in seconds."""
    # The wall's time: a demonstration's clock would let every limit pass in a moment.
    moment = int(time.time())
    start = moment - moment % limit.seconds
    return start, start + limit.seconds


def count(what: str, who: str, limit: Limit, by: int = 1) -> int:
    """Count one try, or `by` of them, and return how many there have been in this window."""
    start, end = window(limit)
    key = {"what": what, "who": who, "ends_at": end}
    with transaction.atomic():
        row, is_first = Attempts.objects.get_or_create(**key, defaults={"times": by})
        if is_first:
            Attempts.objects.filter(ends_at__lte=start).delete()
            return by
        Attempts.objects.filter(pk=row.pk).update(times=F("times") + by)
        return Attempts.objects.values_list("times", flat=True).get(pk=row.pk)


def wait(what: str, who: str, limit: Limit) -> int:
    """Return for how many seconds more nothing is let through; 0 if there is room."""
    _start, end = window(limit)
    counted = Attempts.objects.filter(what=what, who=who, ends_at=end)
    times = counted.values_list("times", flat=True).first() or 0
    return left(limit) if times >= limit.times else 0


def left(limit: Limit) -> int:
    """Return how many seconds the present window still has."""
    return max(window(limit)[1] - int(time.time()), 1)


def too_many(request: HttpRequest, seconds: int) -> HttpResponse:
    """Answer that it is too much for now, and when to come again."""
    minutes = -(-seconds // MINUTE)
    response = render(request, "429.html", {"minutes": minutes}, status=429)
    response["Retry-After"] = str(seconds)
    return response


def limited(what: str, times: int, seconds: int = HOUR) -> Callable[[View[P]], View[P]]:
    """Let a page be sent from one address only so often; reading it is never counted.

    ::

        @limited("report", times=20)
        def report(request): ...
    """
    limit = Limit(times, seconds)

    def wrap(view: View[P]) -> View[P]:
        @wraps(view)
        def guarded(request: HttpRequest, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
            sends = request.method not in ("GET", "HEAD", "OPTIONS")
            if sends and count(what, address_of(request), limit) > limit.times:
                return too_many(request, left(limit))
            return view(request, *args, **kwargs)

        return guarded

    return wrap
