"""Marks: that rows changed which indicators count, left in the transaction that changes them.

A write that is undone leaves no mark, and one that is not cannot be forgotten.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from linli.indicators.counting import Changes, relations_of
from linli.indicators.known import Known
from linli.indicators.models import Mark
from linli.places.models import Town
from linli.places.town import NoTown, once_a_version
from linli.tables import declared, listen

AT_ONCE = 1000  # marks taken up together
MOST_ROWS = 2000  # of a table read one by one; more are read as a whole
MOST_PERIODS = 24
ENTERED = "indicator-figures"


@once_a_version
def _heard(town: Town) -> frozenset[str]:
    """Return the tables whose rows indicators count, or read others through."""
    known = Known.now()
    found = set(known.tables())
    models = set[type]()
    for name in known.tables():
        models |= set(relations_of(declared()[name], known.over(name)).values())
    return frozenset(found | {name for name, table in declared().items() if table.model in models})


@listen
def hear(
    table: str, keys: Sequence[str], periods: Sequence[str], rows: Sequence[int]
) -> None:  # fmt: skip
    """Mark what changed of a table, if any indicator is over it or reads through it."""
    try:
        if table not in _heard():
            return
    except NoTown:
        return
    leave(table, rows, periods)


def leave(table: str, rows: Sequence[int] = (), periods: Sequence[str] = ()) -> None:
    """Leave a mark. It is not compared with others: those may be being taken up just now."""
    few = [] if len(rows) > MOST_ROWS else list(rows)
    Mark.objects.create(table=table, rows=few, periods=[] if few else sorted(set(periods)))


@dataclass
class Taken:
    """What marks say together: of each counted table what changed, or that it did as a whole."""

    keys: list[int] = field(default_factory=list)
    changes: dict[str, Changes] = field(default_factory=dict)
    whole: set[str] = field(default_factory=set)
    has_figures: bool = False


def taken(known: Known) -> Taken:
    """Read the marks there are, and what they mean for each counted table."""
    found = Taken()
    ways = {name: relations_of(declared()[name], known.over(name)) for name in known.tables()}
    for mark in Mark.objects.order_by("id")[:AT_ONCE]:
        found.keys.append(mark.pk)
        found.has_figures |= mark.table == ENTERED
        changed = declared().get(mark.table)
        for name, relations in ways.items():
            if name == mark.table:
                _add(found, name, Changes(frozenset(mark.rows), {}, frozenset(mark.periods)))
            for way, model in relations.items():
                if changed is not None and changed.model is model:
                    _add(found, name, Changes(joined={way: frozenset(mark.rows)}))
    return found


def _add(found: Taken, name: str, more: Changes) -> None:
    before = found.changes.get(name, Changes())
    joined: dict[str, frozenset[Any]] = dict(before.joined)
    for way, keys in more.joined.items():
        joined[way] = joined.get(way, frozenset()) | keys
    now = Changes(before.rows | more.rows, joined, before.periods | more.periods)
    found.changes[name] = now
    says_nothing = not (more.rows or more.periods or any(more.joined.values()))
    if says_nothing or _count(now) > MOST_ROWS or len(now.periods) > MOST_PERIODS:
        found.whole.add(name)


def _count(changes: Changes) -> int:
    keys: Iterable[frozenset[Any]] = [changes.rows, *changes.joined.values()]
    return sum(map(len, keys))
