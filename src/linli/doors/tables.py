"""Keys and webhooks as files; no secret is a column of either."""

from collections.abc import Mapping
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from linli.doors.models import ApiKey, Webhook
from linli.doors.outbox import administers_town
from linli.people.scope import Scope
from linli.tables import Column, Kind, Table, present


def _keys(scope: Scope, query: Mapping[str, Any]) -> QuerySet[ApiKey]:
    return scope.of(ApiKey).order_by("-pk")


def _webhooks(scope: Scope, query: Mapping[str, Any]) -> QuerySet[Webhook]:
    return scope.of(Webhook).order_by("name", "pk")


present(
    Table(
        "keys",
        _("API keys"),
        ApiKey,
        "prefix",
        (
            Column("prefix", _("Begins with")),
            Column("name", _("What it is for")),
            Column("owner", _("Owner"), path="owner__username"),
            Column("scopes", _("What it may do"), Kind.LIST),
            Column("created_at", _("Issued"), Kind.MOMENT),
            Column("expires_at", _("Expires"), Kind.MOMENT),
            Column("last_used_at", _("Last used"), Kind.MOMENT),
            Column("revoked_at", _("Revoked"), Kind.MOMENT),
        ),
        may_list=lambda scope: bool(scope.memberships),
        related=("owner",),
        deferred=("hash",),
        narrow=_keys,
    )
)
present(
    Table(
        "webhooks",
        _("Webhooks"),
        Webhook,
        "name",
        (
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
        narrow=_webhooks,
    )
)
