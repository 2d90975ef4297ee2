"""The trail of administrative acts (审计留痕): a chain of entries, like the one of each case.

Steps of a case stand in its own events. Here stands what is done to the town itself: people,
roles, leads, packs, calendar, rulings, keys; and who came in or took figures out.
"""

from collections.abc import Mapping
from datetime import UTC, date, datetime
from hashlib import sha256
from typing import Any

import orjson
from django.db import transaction
from django.db.models import Model, Q
from django.http import HttpRequest
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from linli.clock import now
from linli.people.limits import address_of
from linli.people.models import AuditEntry, AuditHead, Lead, Organisation, Role, User
from linli.people.scope import Scope, visible

# What is written down, and how it is called. A new kind of act is a line here.
ACTIONS: dict[str, str | Promise] = {
    "sign-in": _("Signed in"),
    "sign-in-failed": _("Failed to sign in"),
    "sign-out": _("Signed out"),
    "session-ended": _("Session ended"),
    "sign-in-secured": _("Second factor changed"),
    "password-changed": _("Password changed"),
    "password-reset": _("Password reset"),
    "person-created": _("Person added"),
    "person-changed": _("Person changed"),
    "person-deactivated": _("Person deactivated"),
    "person-activated": _("Person activated"),
    "identity-linked": _("Outside account linked"),
    "identity-unlinked": _("Outside account unlinked"),
    "role-granted": _("Role granted"),
    "role-withdrawn": _("Role withdrawn"),
    "lead-set": _("Lead appointed"),
    "lead-removed": _("Lead removed"),
    "leave-entered": _("Leave entered"),
    "leave-removed": _("Leave removed"),
    "town-loaded": _("Town loaded"),
    "pack-applied": _("Pack applied"),
    "calendar-changed": _("Calendar changed"),
    "ruling-withdrawn": _("Ruling withdrawn"),
    "key-issued": _("API key issued"),
    "passport-released": _("Passport of a lot released"),
    "passport-withdrawn": _("Passport of a lot withdrawn"),
    "key-revoked": _("API key revoked"),
    "key-used": _("API key first used"),
    "exported": _("Exported"),
    "imported": _("Imported"),
    "land-cut": _("Land cut"),
    "asset-kept": _("Asset changed"),
    "spare-kept": _("Spare changed"),
    "shift-day-kept": _("Working day of a plant changed"),
    "shift-kept": _("Shift changed"),
    "crew-skill-kept": _("Skills of a crew changed"),
    "manual-removed": _("Manual removed"),
    "manual-filed": _("Manual filed"),
    "webhook-added": _("Webhook added"),
    "webhook-changed": _("Webhook changed"),
    "webhook-removed": _("Webhook removed"),
    "station-changed": _("Station set up or changed"),
    "version-chosen": _("Version of a station chosen"),
    "source-set-up": _("Source of telemetry set up"),
    "source-removed": _("Source of telemetry removed"),
}
# How the fields in `changes` are called; rooms above add theirs with `name_fields`.
FIELDS: dict[str, str | Promise] = {
    "name": _("name"),
    "name_en": _("English name"),
    "email": _("e-mail"),
    "role": _("role"),
    "leave": _("leave"),
    "second factor": _("second factor"),
    "version": _("version"),
    "withdrawn": _("withdrawn"),
    "holidays": _("holidays here"),
    "workdays": _("workdays here"),
    "hours": _("working hours"),
    "rows": _("rows"),
    "mu": _("mu"),
    "filter": _("filter"),
    "format": _("format"),
    "oidc": "OpenID Connect",
    **dict(Lead.Side.choices),
}
VALUES: dict[str, str | Promise] = {
    **dict(Role.choices),
    "totp": _("authenticator app"),
    "recovery_codes": _("recovery codes"),
}


def name_fields(fields: Mapping[str, str | Promise], values: Mapping[str, str | Promise]) -> None:
    """Say how fields and values of other rooms are called in the trail."""
    FIELDS.update({key: word for key, word in fields.items() if key not in FIELDS})
    VALUES.update({key: word for key, word in values.items() if key not in VALUES})


# The kinds of things acts are done to, by model name where it is a row.
KINDS: dict[str, str | Promise] = {
    "user": _("Person"),
    "organisation": _("Organisation"),
    "area": _("Area"),
    "town": _("The whole town"),
    "pack": _("Pack"),
    "ruling": _("Ruling"),
    "key": _("API key"),
    "table": _("Table"),
    "webhook": _("Webhook"),
    "station": _("Station"),
    "source": _("Source of telemetry"),
    "campaign": _("Campaign"),
    "block": _("Block"),
    "asset": _("Asset"),
    "spare": _("Spare"),
    "shiftday": _("Working day"),
}


def record(
    action: str,
    by: User | None,
    on: Model | None = None,
    *,
    kind: str = "",
    key: object = "",
    name: str = "",
    path: str = "",
    changes: Mapping[str, tuple[Any, Any] | list[Any]] | None = None,
    reason: str = "",
    request: HttpRequest | None = None,
) -> AuditEntry:
    """Add an entry at the end of the chain, in the transaction of the act itself.

    Parameters
    ----------
    on
        What it was done to; `kind`, `key`, `name` and `path` are read from it unless given.
    changes
        Field → (before, now). No password, secret or token belongs here.
    request
        Given where it matters from where it was done; only a fading hash of it is kept.
    """
    if action not in ACTIONS:
        raise ValueError(f"audit.ACTIONS does not know {action!r}")
    entry = AuditEntry(
        at=now(),
        by=by,
        action=action,
        kind=kind or (on._meta.model_name or "" if on else ""),
        key=str(key or _key(on))[:150],
        name=(name or _name(on))[:200],
        path=path or path_of(on),
        changes=plain(changes or {}),
        reason=reason,
        address=address_of(request) if request else "",
    )
    with transaction.atomic():
        AuditHead.objects.get_or_create(pk=1)
        head = AuditHead.objects.select_for_update().get(pk=1)
        head.count += 1
        entry.number = head.count
        entry.hash = head.hash = digest(head.hash, entry)
        entry.save()
        head.save()
    return entry


def _key(on: Any) -> object:
    if on is None:
        return ""
    return getattr(on, "code", None) or getattr(on, "username", None) or on.pk


def _name(on: Any) -> str:
    if on is None:
        return ""
    return getattr(on, "name", "") or str(on)


def path_of(on: Any) -> str:
    """Return the path of the area a thing belongs to; empty where that is the whole town."""
    if isinstance(on, User):
        found = Organisation.objects.filter(memberships__user=on).order_by("area__path")
        return found.values_list("area__path", flat=True).first() or ""
    area = getattr(on, "area", None) or getattr(on, "grid", None)
    return getattr(area or on, "path", "") or ""


def plain(value: Any) -> Any:
    """Return a value as it stands in JSON."""
    if isinstance(value, Mapping):
        return {str(key): plain(inner) for key, inner in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [plain(inner) for inner in value]
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat()
    if isinstance(value, date):
        return value.isoformat()
    return value if isinstance(value, str | int | float | bool) or value is None else str(value)


def digest(previous: str, entry: AuditEntry) -> str:
    """Return the hash of an entry that follows the one with the hash `previous`."""
    content = [
        previous, entry.number, plain(entry.at), entry.by_id, entry.action, entry.kind, entry.key,
        entry.name, entry.path, entry.changes, entry.reason, entry.address,
    ]  # fmt: skip
    return sha256(orjson.dumps(content, option=orjson.OPT_SORT_KEYS)).hexdigest()


def faults() -> list[str]:
    """List what is wrong with the trail, in English for the operator; empty if nothing is."""
    previous, number = "", 0
    for entry in AuditEntry.objects.order_by("number").iterator(2000):
        number += 1
        if entry.number != number:
            return [f"audit entry {number} is missing (entry {entry.number} follows)"]
        if digest(previous, entry) != entry.hash:
            return [f"audit entry {number} ({entry.action}) was changed or moved"]
        previous = entry.hash
    head = AuditHead.objects.filter(pk=1).first()
    if (head.count, head.hash) != (number, previous) if head else number:
        return [f"the last audit entries are missing: {number} remain"]
    return []


@visible(AuditEntry)
def _entries(scope: Scope) -> Q:
    paths = scope.paths(Role.ADMINISTRATOR)
    if any(path.count("/") == 1 for path in paths):
        return Q()
    found = Q(pk__in=[])
    for path in paths:
        found |= Q(path__startswith=path)
    return found
