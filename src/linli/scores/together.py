"""What a grid and a department had to do with each other in a month: the facts beside a rating."""

from collections import defaultdict
from dataclasses import dataclass

from django.db.models import Q

from linli.cases.models import Event
from linli.people.models import Organisation, Role, User
from linli.people.scope import Scope
from linli.places.models import Area
from linli.scores.models import Rating
from linli.scores.periods import Period
from linli.scores.ratings import HANDLING, WORKS_IN_GRIDS, Side, pairs


@dataclass
class Facts:
    """Cases handled together, and how: resolved on time, resolved late, sent back."""

    cases: int = 0
    on_time: int = 0
    late: int = 0
    rework: int = 0


# Who sees what all think of each other.
OVERSEE = (Role.SUPERVISOR, Role.DISPATCHER, Role.LEADER, Role.ADMINISTRATOR)


@dataclass(frozen=True)
class ToRate:
    """One rating a person may give for a month; `rating` is what was said so far, if anything."""

    side: str
    grid: Area
    organisation: Organisation
    facts: Facts
    rating: Rating | None


def facts(
    month: Period, grids: frozenset[int], organisations: frozenset[int]
) -> dict[tuple[int, int], Facts]:
    """Return the facts of each (grid, organisation) of which one is among those given."""
    theirs = Q(community_grid__in=grids) | Q(service_grid__in=grids)
    theirs |= Q(territorial__in=organisations) | Q(functional__in=organisations)
    rows = Event.objects.filter(
        theirs, action__in=HANDLING, at__gte=month.begins, at__lt=month.ends
    ).order_by()
    columns = ("action", "case_id", "community_grid_id", "service_grid_id", "territorial_id",
               "functional_id", "data__late")  # fmt: skip
    found: dict[tuple[int, int], Facts] = defaultdict(Facts)
    cases: dict[tuple[int, int], set[int]] = defaultdict(set)
    lates: dict[tuple[int, int], dict[int, bool]] = defaultdict(dict)
    for action, case, community, service, territorial, functional, late in rows.values_list(
        *columns
    ):
        for grid in (community, service):
            for organisation in (territorial, functional):
                if grid is None or organisation is None:
                    continue
                if grid not in grids and organisation not in organisations:
                    continue
                pair = (grid, organisation)
                cases[pair].add(case)
                if action == "resolve":
                    # Resolved twice, a case was late if it was late once.
                    lates[pair][case] = late is True or lates[pair].get(case, False)
                found[pair].rework += action == "reopen"
    for pair, handled in cases.items():
        found[pair].cases = len(handled)
        found[pair].late = sum(lates[pair].values())
        found[pair].on_time = len(lates[pair]) - found[pair].late
    return dict(found)


def to_rate(user: User, month: Period) -> list[ToRate]:
    """List what this person may rate for a month: what is open first, then most cases first."""
    scope = Scope(user)
    heads = scope.organisations(Role.HEAD)
    known = facts(month, scope.led_areas, heads)
    kinds = {"kind__in": WORKS_IN_GRIDS, "pk__in": {pair[1] for pair in known}}
    organisations = Organisation.objects.filter(**kinds).in_bulk()
    grids = Area.objects.defer("wkb").in_bulk({pair[0] for pair in known})
    given = {
        (row.side, row.grid_id, row.organisation_id): row
        for row in scope.of(Rating).filter(month=month.first)
    }
    found = []
    for (grid, organisation), told in known.items():
        if organisation not in organisations:
            continue
        for side, is_theirs in (
            (Side.GRID, grid in scope.led_areas),
            (Side.ORGANISATION, organisation in heads),
        ):
            if is_theirs:
                rating = given.get((side, grid, organisation))
                found.append(
                    ToRate(side, grids[grid], organisations[organisation], told, rating)
                )  # fmt: skip
    found.sort(
        key=lambda one: (one.rating is not None, -one.facts.cases, one.side,
                         one.grid.code, one.organisation.code)
    )  # fmt: skip
    return found


def about(user: User, month: Period) -> list[Rating]:
    """Return what the other side said of those for whom this person speaks, best last.

    Who said it is left out where it is shown: a rating is judged by what it says.
    """
    scope = Scope(user)
    ours = Q(side=Side.GRID, organisation__in=scope.organisations(Role.HEAD))
    ours |= Q(side=Side.ORGANISATION, grid__in=scope.led_areas)
    rows = scope.of(Rating).filter(ours, month=month.first).select_related("grid", "organisation")
    return sorted(rows.defer("grid__wkb"), key=lambda row: (sum(row.scores.values()), row.pk))


def progress(month: Period) -> list[tuple[str, int, int]]:
    """Return for each side how many raters have given any rating, and how many could."""
    known = pairs(month)
    found = []
    for side, place, column in ((Side.GRID, 0, "grid"), (Side.ORGANISATION, 1, "organisation")):
        could = {pair[place] for pair in known}
        have = set(
            Rating.objects.filter(side=side, month=month.first).order_by()
            .values_list(column, flat=True).distinct()
        )  # fmt: skip
        found.append((str(side), len(have & could), len(could)))
    return found
