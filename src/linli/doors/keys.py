"""API keys: issued once, shown once, revoked at any time."""

import secrets
from datetime import datetime, timedelta
from hashlib import sha256

from django.apps import apps
from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from linli.clock import now
from linli.doors.models import ApiKey
from linli.people import audit
from linli.people.models import User
from linli.people.scope import scope
from linli.tables import Table, declared

START = "linli"
READ, WRITE = "read", "write"
USED_AT_MOST_ONCE_IN = timedelta(minutes=1)
L = gettext_lazy
# What a key may be for; each is given for reading, for writing, or both.
SUBJECTS: dict[str, str | Promise] = {
    "reports": L("Reports: tell the town of something"),
    "cases": L("Cases: lists, steps, evidence, notices"),
    "scores": L("Figures, leagues and ratings"),
    "town": L("The town: areas, organisations, people"),
    "topics": L("Hot topics"),
    "assets": L("Assets: register, spares, stops and output"),
    "stewards": L("Neighbour stewards: deliberations, services, bookings"),
    "imports": L("Files with rows: preview and taking in"),
    "messages": L("Messages out: letters and webhooks"),
    "keys": L("API keys: which there are, and revoking them"),
}
OF_APP = {"places": "town", "people": "town", "doors": "messages", "register": "assets"}
OF_TABLE = {"keys": "keys"}  # where a table stands under another subject than its app


class NoKey(ValueError):
    """A key that cannot be issued; the message says why."""


def subject_of(app_label: str) -> str:
    """Return the subject under which the tables and operations of an app stand."""
    return OF_APP.get(app_label, app_label)


def subject_of_table(table: Table) -> str:
    """Return the subject under which a table stands."""
    return OF_TABLE.get(table.name, subject_of(table.model._meta.app_label))


def subjects() -> dict[str, str | Promise]:
    """Return what keys may be for, with what apps declare that were added since."""
    found = dict(SUBJECTS)
    for table in declared().values():
        label = table.model._meta.app_label
        name = apps.get_app_config(label).verbose_name
        found.setdefault(subject_of_table(table), str(name))
    return found


def scopes() -> dict[str, str]:
    """Return every scope a key may have, in words."""
    modes = {READ: _("read"), WRITE: _("write")}
    return {
        f"{subject}:{mode}": f"{label} ({word})"
        for subject, label in subjects().items()
        for mode, word in modes.items()
        if (subject, mode) != ("reports", READ)
    }


def digest(secret: str) -> str:
    """Return what is kept of a secret."""
    return sha256(secret.encode()).hexdigest()


def issue(
    owner: User, name: str, scopes_wanted: list[str], expires_at: datetime | None = None
) -> tuple[ApiKey, str]:
    """Issue a key to its owner, and return it with its secret, which is never shown again.

    Nobody issues a key for somebody else: it would act in their name.

    Raises
    ------
    NoKey
        If it has no name or no scope, one that is unknown, or ends before it begins.
    """
    wanted = list(dict.fromkeys(scopes_wanted))
    if not name.strip():
        raise NoKey(_("“%(field)s” is missing.") % {"field": _("Name")})
    if not wanted:
        raise NoKey(_("Choose at least one thing the key may do."))
    if unknown := [scope for scope in wanted if scope not in scopes()]:
        raise NoKey(_("There is no scope “%(name)s”.") % {"name": unknown[0]})
    if expires_at is not None and expires_at <= now():
        raise NoKey(_("The key would be over before it begins."))
    prefix = secrets.token_hex(4)
    secret = f"{START}_{prefix}_{secrets.token_urlsafe(32)}"
    with transaction.atomic():
        key = ApiKey.objects.create(
            owner=owner, name=name.strip()[:80], prefix=prefix, hash=digest(secret),
            scopes=wanted, created_at=now(), expires_at=expires_at,
        )  # fmt: skip
        audit.record("key-issued", owner, kind="key", key=prefix, name=key.name,
                     path=audit.path_of(owner), changes={"scopes": (None, wanted)})  # fmt: skip
    return key, secret


def keys_of(by: User) -> QuerySet[ApiKey]:
    """Return the keys this person may see: their own, and as an administrator those in reach."""
    return scope(by).of(ApiKey).select_related("owner")


def revoke(key: ApiKey, by: User) -> None:
    """Let a key open nothing any more.

    Raises
    ------
    NoKey
        If it is not this person's to revoke.
    """
    with transaction.atomic():
        if not scope(by).of(ApiKey).filter(pk=key.pk).exists():
            raise NoKey(_("This key is not yours to revoke."))
        revoked = ApiKey.objects.filter(pk=key.pk, revoked_at=None).update(revoked_at=now())
        if revoked:
            audit.record("key-revoked", by, kind="key", key=key.prefix, name=key.name,
                         path=audit.path_of(key.owner))  # fmt: skip
    key.refresh_from_db()


def find(secret: str) -> ApiKey | None:
    """Return the valid key with this secret, noting that it is used."""
    if not secret.startswith(f"{START}_"):
        return None
    key = ApiKey.objects.select_related("owner").filter(hash=digest(secret)).first()
    if key is None or not key.is_valid:
        return None
    _note_use(key)
    return key


def _note_use(key: ApiKey) -> None:
    """Keep when a key was last used, writing at most once a minute."""
    moment = now()
    before = moment - USED_AT_MOST_ONCE_IN
    if key.last_used_at is not None and key.last_used_at > before:
        return
    stale = Q(last_used_at=None) | Q(last_used_at__lte=before)
    with transaction.atomic():
        noted = ApiKey.objects.filter(stale, pk=key.pk).update(last_used_at=moment)
        if noted and key.last_used_at is None:
            audit.record("key-used", key.owner, kind="key", key=key.prefix, name=key.name,
                         path=audit.path_of(key.owner))  # fmt: skip
    key.last_used_at = moment
