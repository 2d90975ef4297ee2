"""What hot topics look like from outside."""

from django.utils.translation import gettext_lazy as _

from linli.tables import Column, Kind, Table, declare
from linli.topics.models import Topic

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
        ),
        may_list=lambda scope: bool(scope.memberships or scope.led_areas),
        words=("title", "place"),
        order=("rank", "pk"),
    )
)
