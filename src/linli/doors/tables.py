"""What keys, webhooks and messages out look like from outside; no secret is a column of any."""

from collections.abc import Mapping
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from linli.doors.models import ApiKey, Message, Webhook
from linli.doors.outbox import administers_town
from linli.people.scope import Scope
from linli.tables import Column, Kind, Table, declare


def _keys(scope: Scope, query: Mapping[str, Any]) -> QuerySet[ApiKey]:
    return scope.of(ApiKey).order_by("-pk")


def _webhooks(scope: Scope, query: Mapping[str, Any]) -> QuerySet[Webhook]:
    return scope.of(Webhook).order_by("name", "pk")


KEYS = declare(
    Table(
        "keys",
        _("API keys"),
        ApiKey,
        "id",
        (
            Column("id", _("Number"), Kind.WHOLE, sorts=True),
            Column("prefix", _("Begins with"), filters=True),
            Column("name", _("What it is for")),
            Column("owner", _("Owner"), path="owner__username", filters=True),
            Column("scopes", _("What it may do"), Kind.LIST),
            Column("created_at", _("Issued"), Kind.MOMENT),
            Column("expires_at", _("Expires"), Kind.MOMENT),
            Column("last_used_at", _("Last used"), Kind.MOMENT),
            Column("revoked_at", _("Revoked"), Kind.MOMENT),
        ),
        may_list=lambda scope: bool(scope.memberships),
        related=("owner",),
        deferred=("hash",),
        order=("-id",),
        narrow=_keys,
    )
)
WEBHOOKS = declare(
    Table(
        "webhooks",
        _("Webhooks"),
        Webhook,
        "id",
        (
            Column("id", _("Number"), Kind.WHOLE, sorts=True),
            Column("name", _("Name")),
            Column("url", _("Address")),
            Column("active", _("Send"), Kind.FLAG),
            Column("actions", _("Steps"), Kind.LIST),
            Column("categories", _("Categories"), Kind.LIST),
            Column("by", _("Done by"), path="by__username"),
            Column("at", _("When"), Kind.MOMENT),
        ),
        may_list=administers_town,
        related=("by",),
        deferred=("secret",),
        order=("-id",),
        narrow=_webhooks,
    )
)
MESSAGES = declare(
    Table(
        "messages",
        _("Messages out"),
        Message,
        "id",
        (
            Column("id", _("Number"), Kind.WHOLE, sorts=True),
            Column("kind", _("Kind"), Kind.CHOICE, choices=tuple(Message.Kind.choices),
                   filters=True),
            Column("webhook", _("Webhook"), Kind.WHOLE, path="webhook_id", filters=True),
            Column("event", _("Step"), path="payload", read=lambda row: row.payload.get("event")),
            Column("at", _("When"), Kind.MOMENT, sorts=True),
            Column("state", _("State"), Kind.CHOICE, choices=tuple(Message.State.choices),
                   filters=True),
            Column("tries", _("Tries"), Kind.WHOLE),
            Column("sent_at", _("Sent"), Kind.MOMENT),
            Column("fault", _("Fault"), path="error", read=lambda row: row.fault or None),
        ),
        order=("-id",),
        help=_("One's own letters; for administrators of the whole town all messages."),
    )
)  # fmt: skip
