"""Who comes in by the API: the key in the request, its owner, its scopes, and how often."""

import hmac
import time
from dataclasses import dataclass
from typing import Any

from asgiref.sync import sync_to_async
from django.conf import settings
from django.http import HttpRequest
from django.utils.translation import gettext as _
from ninja.security import HttpBearer

from linli.cases.forms import source_of
from linli.doors import keys
from linli.doors.allowance import allowance
from linli.doors.models import ApiKey
from linli.people.limits import address_of
from linli.people.scope import Scope
from linli.rest import Problem

REMEMBERED_FOR = 5.0  # seconds that a key which sends reports is not looked up again


def limit_anonymous(request: HttpRequest) -> None:
    """Limit what comes without a key, by a fading hash of where it comes from."""
    allowance.take(address_of(request), settings.API_ANONYMOUS_PER_MINUTE)


async def limit_anonymous_later(request: HttpRequest) -> None:
    """Do the same where a thread must not wait for the database."""
    await allowance.take_later(address_of(request), settings.API_ANONYMOUS_PER_MINUTE)


def no_key() -> Problem:
    """Return the problem of a request without a valid key."""
    words = _("Send a key: Authorization: Bearer linli_…")
    return Problem(401, words, headers={"WWW-Authenticate": 'Bearer realm="Linli"'})


def check(key: ApiKey, scope: str) -> None:
    """See that a key has a scope; raise a Problem with 403 otherwise."""
    if scope not in key.scopes:
        raise Problem(403, _("The key lacks the scope “%(name)s”.") % {"name": scope})


class Key(HttpBearer):
    """A key with a scope; the request goes on as its owner."""

    def __init__(self, scope: str) -> None:
        super().__init__()
        self.scope = scope

    def __call__(self, request: HttpRequest) -> Any:
        """Return the key, or raise what bars it."""
        key = super().__call__(request)
        if key is None:
            # What has no key at all was counted at the door.
            if "Authorization" in request.headers:
                limit_anonymous(request)
            raise no_key()
        return key

    def authenticate(self, request: HttpRequest, token: str) -> ApiKey | None:
        key = keys.find(token)
        if key is None:
            return None
        allowance.take(f"key-{key.pk}", settings.API_PER_MINUTE)
        check(key, self.scope)
        request.user = key.owner
        return key


@dataclass(frozen=True)
class Sender:
    """Who sends reports: the owner of a key, or a system with the installation's token."""

    key: ApiKey | None = None
    source: str = ""
    in_office: bool = True


INSTALLATION = Sender()
_known: dict[str, tuple[float, Sender]] = {}


class ReportKey(HttpBearer):
    """The key of whoever sends reports; looked up once in a few seconds, as many may come."""

    scope = "reports:write"
    is_async = True

    def __call__(self, request: HttpRequest) -> Any:
        """Return who sends, later; or raise what bars them."""
        return self._later(request)

    async def _later(self, request: HttpRequest) -> Sender:
        scheme, _blank, token = request.headers.get("Authorization", "").partition(" ")
        sender = await self.authenticate(request, token) if scheme.lower() == "bearer" else None
        if sender is None:
            if "Authorization" in request.headers:
                await limit_anonymous_later(request)
            raise no_key()
        if sender.key is not None:
            await allowance.take_later(f"key-{sender.key.pk}", settings.API_PER_MINUTE)
            check(sender.key, self.scope)
        return sender

    async def authenticate(self, request: HttpRequest, token: str) -> Sender | None:
        """Return who has this token."""
        known = settings.API_TOKEN
        if known and hmac.compare_digest(token.encode(), known.encode()):
            return INSTALLATION
        name = keys.digest(token)
        since, sender = _known.get(name, (0.0, None))
        if sender is not None and time.monotonic() - since < REMEMBERED_FOR:
            return sender if sender.key is not None and sender.key.is_valid else None
        found = await sync_to_async(_sender)(token)
        _known.pop(name, None)
        if found is not None:
            _known[name] = time.monotonic(), found
        return found


def _sender(token: str) -> Sender | None:
    key = keys.find(token)
    if key is None:
        return None
    sight = Scope(key.owner)
    return Sender(key, source_of(sight), bool(sight.memberships or sight.led_areas))
