"""Once a month grids and departments rate each other, some milder, some stricter."""

from datetime import date, datetime
from random import Random

from django.db import transaction

from linli import bulk
from linli.places.atlas import atlas
from linli.places.models import COMMUNITY
from linli.scores.models import Rating, RatingEntry
from linli.scores.periods import month_of
from linli.scores.ratings import DIMENSIONS, pairs
from linli.simulate.cast import Cast

MOST = 160  # of a month's pairs that rate each other; not everybody finds the time
COMMENTS = ("", "", "", "配合很好。", "到场及时。", "希望提前沟通。", "回复再具体些更好。")


def rate_month(cast: Cast, day: date, rng: Random, at: datetime) -> int:
    """Let those who had to do with each other in the month of `day` rate each other.

    Returns how many ratings were given.
    """
    month = month_of(day)
    communities = {a.pk for a in atlas().areas.values() if a.layer == COMMUNITY}
    known = sorted(pair for pair in pairs(month) if pair[0] in communities)
    rated = set(
        Rating.objects.filter(month=month.first).values_list("side", "grid_id", "organisation_id")
    )
    rows = []
    for grid, organisation in rng.sample(known, min(MOST, len(known))):
        lead, head = cast.leads.get(grid), cast.head(organisation, at)
        sides = (
            (Rating.Side.GRID, rng.choice(lead) if lead else None),
            (Rating.Side.ORGANISATION, head),
        )
        for side, by in sides:
            is_rated = (side, grid, organisation) in rated
            if by is None or is_rated or organisation not in cast.organisations:
                continue
            mean = 3.2 + 1.6 * cast.care[organisation] - 0.4 * min(2.0, cast.speed[organisation])
            scores = {
                name: min(5, max(1, round(rng.gauss(mean, 0.7)))) for name in DIMENSIONS[side]
            }
            rows.append(
                Rating(
                    month=month.first, side=side, grid_id=grid, organisation_id=organisation,
                    scores=scores, comment=rng.choice(COMMENTS), by=by, at=at,
                )
            )  # fmt: skip
    with transaction.atomic():
        bulk.insert(rows)
        entries = [
            RatingEntry(
                rating=row, action=RatingEntry.Action.RATE, by_id=row.by_id, at=at,
                data={"scores": row.scores, "comment": row.comment},
            )
            for row in rows
        ]  # fmt: skip
        bulk.insert(entries)
    return len(rows)
