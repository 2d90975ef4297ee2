"""What hot topics look like from outside."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from linli.cases.models import Case
from linli.cases.tables import CASES
from linli.people.scope import Scope
from linli.tables import Column, Kind, Table, declare, present
from linli.topics.models import Topic


def ranked(scope: Scope, query: Mapping[str, Any]) -> QuerySet[Topic]:
    """Return what is a topic now, the hottest first."""
    return scope.of(Topic).filter(rank__isnull=False).order_by("rank")


def cases_of(scope: Scope, query: Mapping[str, Any]) -> QuerySet[Case]:
    """Return the cases of the topic that a query names, as far as they are in sight."""
    text = str(query.get("topic", ""))
    key = int(text) if text.isascii() and text.isdecimal() and len(text) < 16 else 0
    return scope.of(Case).filter(topics__in=scope.of(Topic).filter(pk=key)).order_by("-id")


def _staff(scope: Scope) -> bool:
    return scope.works_for_town


declare(
    Table(
        "topics",
        _("Hot topics"),
        Topic,
        "id",
        (
            Column("id", _("Number"), Kind.WHOLE, sorts=True),
            Column("rank", _("Rank"), Kind.WHOLE, sorts=True),
            Column("title", _("Topic")),
            Column("place", _("Place")),
            Column("terms", _("Phrases"), Kind.LIST),
            Column("count", _("Reports"), Kind.WHOLE, sorts=True),
            Column("people", _("People"), Kind.WHOLE, sorts=True),
            Column("likes", _("Likes"), Kind.WHOLE, sorts=True),
            Column("growth", _("Growth"), Kind.NUMBER, sorts=True),
            Column("since", _("Since"), Kind.MOMENT, sorts=True),
            Column("until", _("Until"), Kind.MOMENT, sorts=True),
            Column(
                "joint",
                _("Joint case"),
                Kind.KEY,
                of="cases",
                path="joint",
                read=lambda row: row.joint.code if row.joint else None,
            ),
        ),
        may_list=_staff,
        words=("title", "place"),
        related=("joint",),
        deferred=("joint__sketch", "joint__body", "joint__suggestions"),
        order=("rank", "pk"),
        narrow=ranked,
    )
)
present(replace(CASES, name="cases-of-topic", narrow=cases_of, may_list=_staff))
