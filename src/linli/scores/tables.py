"""What the monthly ratings look like from outside."""

from django.utils.translation import gettext_lazy as _

from linli.people.tables import works_here
from linli.places.atlas import atlas
from linli.scores.models import Rating
from linli.tables import Column, Kind, Table, declare


def _grid(rating: Rating) -> str | None:
    area = atlas().areas.get(rating.grid_id)
    return area.code if area else None


RATINGS = declare(
    Table(
        "ratings",
        _("Ratings"),
        Rating,
        "id",
        (
            Column("id", _("Number"), Kind.WHOLE, sorts=True),
            Column("month", _("Month"), Kind.DAY, filters=True, sorts=True),
            Column("side", _("Who rates"), Kind.CHOICE, choices=tuple(Rating.Side.choices),
                   filters=True),
            Column("grid", _("Grid"), Kind.KEY, path="grid__code", of="areas", filters=True,
                   read=_grid),
            Column("organisation", _("Organisation"), Kind.KEY, path="organisation__code",
                   of="organisations", filters=True),
            Column("scores", _("Scores"), Kind.LIST,
                   read=lambda row: [f"{name}={score}" for name, score in row.scores.items()]),
            Column("comment", _("Comment")),
            Column("at", _("When"), Kind.MOMENT),
            Column("appeal", _("Appeal"), Kind.CHOICE, choices=tuple(Rating.Appeal.choices),
                   filters=True),
        ),
        may_list=works_here,
        related=("organisation",),
        order=("-month",),
    )
)  # fmt: skip
