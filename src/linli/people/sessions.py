"""Open sessions: who came in, since when and on what, what they must do first, and when it ends.

Times here are the wall's, not the town's: a demonstration's clock would end every session.
"""

import re
from datetime import UTC, datetime
from importlib import import_module
from typing import Any

from allauth.mfa.models import Authenticator
from allauth.mfa.signals import (
    authentication_failed,
    authenticator_added,
    authenticator_removed,
    authenticator_reset,
)
from django.conf import settings
from django.contrib.auth import SESSION_KEY
from django.contrib.auth.signals import user_logged_in, user_logged_out, user_login_failed
from django.contrib.sessions.models import Session
from django.db.models import QuerySet
from django.dispatch import receiver
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.deprecation import MiddlewareMixin

from linli.people import audit
from linli.people.models import Membership, SignedIn, User

# How long a session goes on before it is noted again that it is in use. Each note is a write.
NOTE_AFTER_S = 300
SEEN, MUST = "seen", "must"
PASSWORD, SECOND_FACTOR = "password", "second-factor"
# What somebody must do before anything else: where that is done, and what else stays open.
FIRST = {
    PASSWORD: ("change-password", ("/settings/password/",)),
    SECOND_FACTOR: ("mfa_activate_totp", ("/settings/second-factor/", "/settings/confirm/")),
}
ALWAYS = ("/sign-out/", "/language/", "/theme/", "/healthz", "/static/")
_BROWSERS = ("MicroMessenger", "DingTalk", "Edg", "Firefox", "Chrome", "Safari")
_SYSTEMS = ("HarmonyOS", "Android", "iPhone", "iPad", "Windows", "Mac OS X", "Linux")
_NAMES = {"MicroMessenger": "WeChat", "Edg": "Edge", "Mac OS X": "macOS"}


def wall() -> datetime:
    """Return the wall's time."""
    return datetime.now(UTC)


def device_of(request: HttpRequest) -> str:
    """Say in two words what a request comes from; more is not kept."""
    told = request.META.get("HTTP_USER_AGENT", "")
    found = (
        next((name for name in names if re.search(rf"\b{name}", told)), "")
        for names in (_BROWSERS, _SYSTEMS)
    )
    return " · ".join(_NAMES.get(name, name) for name in found if name)


def needs_second_factor(user: User) -> bool:
    """Tell whether one of the person's roles may not go without a second factor."""
    roles = settings.MFA_ROLES
    return bool(roles) and Membership.objects.filter(user=user, role__in=roles).exists()


def first_duty(user: User) -> str:
    """Return what the person must do before anything else; empty if nothing."""
    if settings.DEMO and user.is_demo:
        return ""
    if user.password_is_temporary:
        return PASSWORD
    if needs_second_factor(user) and not Authenticator.objects.filter(user=user).exists():
        return SECOND_FACTOR
    return ""


def note_duty(request: HttpRequest, user: User) -> None:
    """Let the session know what must be done first."""
    if duty := first_duty(user):
        request.session[MUST] = duty
    else:
        request.session.pop(MUST, None)


def keep(request: HttpRequest, user: User) -> None:
    """Let the session go on under the key it has now, free of what has been done."""
    moment = wall()
    request.session[SEEN] = int(moment.timestamp())
    note_duty(request, user)
    if request.session.session_key is None:
        request.session.save()
    SignedIn.objects.update_or_create(
        session=request.session.session_key,
        defaults={"user": user, "seen": moment, "device": device_of(request)},
        create_defaults={
            "user": user, "since": moment, "seen": moment, "device": device_of(request)
        },
    )  # fmt: skip


class Sessions(MiddlewareMixin):
    """Keep sessions that are used alive, and send people to what they must do first."""

    def process_request(self, request: HttpRequest) -> HttpResponse | None:
        """Note that the session is in use; answer only where something else comes first."""
        session = request.session
        if session.session_key is None or SESSION_KEY not in session:
            return None
        moment = wall()
        if moment.timestamp() - session.get(SEEN, 0) > NOTE_AFTER_S:
            session[SEEN] = int(moment.timestamp())  # saving it moves its end as well
            SignedIn.objects.filter(session=session.session_key).update(seen=moment)
        duty = session.get(MUST)
        if duty in FIRST:
            page, allowed = FIRST[duty]
            if not request.path.startswith((*allowed, *ALWAYS)):
                return redirect(reverse(page))
        return None


def open_sessions(user: User) -> QuerySet[SignedIn]:
    """Return the sessions of a person that are still open, the last used first."""
    alive = Session.objects.filter(expire_date__gt=wall()).values("session_key")
    return SignedIn.objects.filter(user=user, session__in=alive).order_by("-seen", "-pk")


def end(sessions: QuerySet[SignedIn], by: User, request: HttpRequest | None = None) -> int:
    """End sessions, and return how many there were."""
    rows = list(sessions.select_related("user"))
    store = import_module(settings.SESSION_ENGINE).SessionStore
    for row in rows:
        store(row.session).delete()
        audit.record("session-ended", by, row.user, request=request)
    SignedIn.objects.filter(pk__in=[row.pk for row in rows]).delete()
    return len(rows)


def end_all(user: User, by: User) -> int:
    """End every session of a person."""
    return end(SignedIn.objects.filter(user=user), by)


@receiver(user_logged_in)
def _came_in(sender: Any, request: HttpRequest, user: User, **_more: Any) -> None:
    alive = Session.objects.filter(expire_date__gt=wall()).values("session_key")
    SignedIn.objects.filter(user=user).exclude(session__in=alive).delete()
    keep(request, user)
    audit.record("sign-in", user, user, request=request)


@receiver(user_logged_out)
def _went_out(sender: Any, request: HttpRequest, user: User | None, **_more: Any) -> None:
    if user is not None:
        SignedIn.objects.filter(session=request.session.session_key or "").delete()
        audit.record("sign-out", user, user)


@receiver(user_login_failed)
def _failed(
    sender: Any, credentials: dict[str, Any], request: HttpRequest | None = None, **_more: Any
) -> None:
    # What was typed where a name belongs may be a password: only names we know are kept.
    name = credentials.get("username") or ""
    user = User.objects.filter(username=name).first()
    audit.record("sign-in-failed", None, user, kind="user", request=request)


@receiver(authentication_failed)
def _code_failed(sender: Any, request: HttpRequest, user: User, **_more: Any) -> None:
    audit.record("sign-in-failed", None, user, request=request)


@receiver(authenticator_added)
@receiver(authenticator_reset)
def _factor_set(sender: Any, request: HttpRequest, user: User, **more: Any) -> None:
    kind = more["authenticator"].type
    audit.record("sign-in-secured", user, user, changes={"second factor": (None, kind)})
    note_duty(request, user)


@receiver(authenticator_removed)
def _factor_removed(sender: Any, request: HttpRequest, user: User, **more: Any) -> None:
    kind = more["authenticator"].type
    audit.record("sign-in-secured", user, user, changes={"second factor": (kind, None)})
