"""My work: what waits for a person, pile by pile, and the next best thing to do."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from django.db.models import Count

from linli.cases import listing
from linli.cases.due import Due, next_due
from linli.cases.models import OPEN, Case
from linli.cases.waiting import PILES, SIGHTS, Pile
from linli.clock import now
from linli.people.scope import Scope

A_PILE = 5  # rows of a pile that are shown; its figure leads to all
# Cases of these may have ended, so that they are asked for by themselves, where they can occur.
OF_ENDED = ("appeal", "ended")
# Where no deadline runs, a case has waited long enough after a day, and comes before what is
# due later than that.
PATIENCE = timedelta(days=1)
WITH_DEADLINE = ("accept", "resolve", "join", "extension")


@dataclass(frozen=True)
class Row:
    """A case that waits, and what is due."""

    case: Case
    due: Due | None
    pile: Pile
    name: str  # of the pile


@dataclass(frozen=True)
class Stack:
    """A pile of this person: how many wait in it, and the first of them."""

    name: str
    pile: Pile
    count: int
    rows: list[Row] = field(default_factory=list)


@dataclass(frozen=True)
class Work:
    """All that waits for a person."""

    stacks: list[Stack]
    sights: list[Stack]
    next: Row | None


def counts(sight: Scope) -> dict[str, int]:
    """Count the open cases of every pile at once, in a single look over what lies open."""
    piles = {name: pile for name, pile in (PILES | SIGHTS).items() if name not in OF_ENDED}
    cases = sight.of(Case)
    found = cases.filter(state__in=OPEN).aggregate(
        **{f"in_{name}": Count("pk", filter=pile.of(sight)) for name, pile in piles.items()}
    )
    appeals = cases.filter(PILES["appeal"].of(sight)).count()
    return {name: found[f"in_{name}"] for name in piles} | {"appeal": appeals}


def work(sight: Scope) -> Work:
    """Return what waits for this person, the most urgent of each pile first."""
    counted = counts(sight)
    keys = {name: _first(sight, PILES[name]) for name in PILES if counted[name]}
    # Each of them was asked for through the scope.
    cases = {case.pk: case for case in listing.read([key for of in keys.values() for key in of])}
    stacks = [
        Stack(name, PILES[name], counted[name], [
            Row(cases[key], next_due(cases[key]), PILES[name], name) for key in of if key in cases
        ])
        for name, of in keys.items()
    ]  # fmt: skip
    sights = [Stack(n, p, counted[n]) for n, p in SIGHTS.items() if counted.get(n)]
    heads = [(stack.name, stack.rows[0]) for stack in stacks if stack.rows]
    best = min(heads, key=lambda head: _urgency(*head), default=None)
    return Work(stacks, sights, best[1] if best else None)


def _first(sight: Scope, pile: Pile) -> list[int]:
    waiting = sight.of(Case).filter(pile.of(sight)).order_by("due_at", "id")
    return list(waiting.values_list("pk", flat=True)[:A_PILE])


def _urgency(name: str, row: Row) -> datetime:
    since = row.case.due_at or now()
    return since if name in WITH_DEADLINE else since + PATIENCE
