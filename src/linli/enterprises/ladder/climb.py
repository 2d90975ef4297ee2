"""Who stands on which rung, and what each still lacks for the next one."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from django.db.models import QuerySet

from linli.enterprises.ladder.conditions import AGE, Condition, Met, Table
from linli.enterprises.ladder.models import Rung, Title
from linli.enterprises.models import Enterprise, YearFigures
from linli.enterprises.periods import last_told_year


@dataclass(frozen=True)
class Climber:
    """An enterprise on the ladder: where it stands, and what comes next."""

    enterprise: int
    at: int
    met: tuple[Met, ...]
    is_new: bool

    @property
    def lacks(self) -> tuple[Met, ...]:
        return tuple(one for one in self.met if not one.is_met)

    @property
    def progress(self) -> float:
        """How far it is in all, to order those who lack as many."""
        return sum(one.condition.share_met(one.values) for one in self.met) / max(len(self.met), 1)


@dataclass
class Standings:
    """All enterprises of a query on the ladder, by the figures of `year`."""

    rungs: list[Rung]
    year: int
    keys: np.ndarray
    at: np.ndarray
    new: np.ndarray
    table: Table
    _rows: dict[int, int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._rows = {int(key): row for row, key in enumerate(self.keys)}

    def counts(self) -> list[tuple[Rung, int, int]]:
        """Return for each rung how many stand on it, and how many of them since this year."""
        return [
            (rung, int((self.at == n).sum()), int(((self.at == n) & self.new).sum()))
            for n, rung in enumerate(self.rungs)
        ]

    def standing_on(self, rung: int) -> list[int]:
        """Return the keys of those on a rung."""
        return [int(key) for key in self.keys[self.at == rung]]

    def climber(self, enterprise: int) -> Climber | None:
        """Return one of them; None if it is not among them."""
        row = self._rows.get(enterprise)
        return None if row is None else self._climber(row)

    def _climber(self, row: int) -> Climber:
        at = int(self.at[row])
        asks = self.rungs[at + 1].asks if at + 1 < len(self.rungs) else []
        return Climber(int(self.keys[row]), at, tuple(self.met(row, asks)), bool(self.new[row]))

    def met(self, row: int, asks: Iterable[Condition]) -> Iterable[Met]:
        one = {name: column[row : row + 1] for name, column in self.table.items()}
        for asked in asks:
            yield asked.met([float(value) for value in asked.values(one)[0]], self.year)

    def candidates(self, most: int = 1, rung: int | None = None) -> list[Climber]:
        """Return those who lack at most so many conditions of their next rung.

        Who lacks nothing comes first, then who is furthest on the way. `rung` is the position
        they would climb to; without it, all.
        """
        lacking = np.full(len(self.keys), 99)
        for n, above in enumerate(self.rungs[1:]):
            here = self.at == n
            if (rung is None or rung == n + 1) and here.any():
                part = {name: column[here] for name, column in self.table.items()}
                lacking[here] = sum(
                    ~asked.holds(asked.values(part)).all(axis=1) for asked in above.asks
                )
        found = [self._climber(int(row)) for row in np.flatnonzero(lacking <= most)]
        return sorted(found, key=lambda c: (len(c.lacks), -c.progress, -c.at, c.enterprise))


def rungs() -> list[Rung]:
    """Return the ladder from the ground up."""
    return list(Rung.objects.filter(retired=False))


def standings(enterprises: QuerySet[Enterprise], year: int | None = None) -> Standings | None:
    """Look where enterprises stand, by the figures of a year; by default the last that is told.

    An enterprise stands on the highest rung that it is known to have reached: by its figures,
    by the flag of the year, or by a title. None without a ladder or without any figures.
    """
    ladder, year = rungs(), year or last_told_year()
    if not ladder or year is None:
        return None
    known = enterprises.exclude(status=Enterprise.Status.GONE).order_by("pk")
    told = list(known.values_list("pk", "founded"))
    keys = np.array([key for key, _founded in told], int)
    founded = [day for _key, day in told]
    asks = [asked for rung in ladder for asked in rung.asks]
    # One year more than is asked for: who stood where the year before.
    span = max([asked.needs for asked in asks], default=1) + 1
    table = _table(known, keys, founded, year, span, asks)
    titles = _titles(known, keys, len(ladder))
    at = _reached(ladder, table, titles)
    before = {name: column[:, :-1] for name, column in table.items()}
    was = _reached(ladder, before, titles)
    return Standings(ladder, year, keys, at, at > was, table)


def _reached(ladder: Sequence[Rung], table: Table, titles: np.ndarray) -> np.ndarray:
    at = titles.copy()
    for n, rung in enumerate(ladder):
        if rung.known_by == Rung.CONDITIONS:
            stands = np.full(len(at), True)
            for asked in rung.asks:
                stands &= asked.holds(asked.values(table)).all(axis=1)
        elif rung.known_by == Rung.ABOVE_SCALE:
            stands = table["above_scale"][:, -1] == 1
        else:
            continue
        at = np.where(stands & (at < n), n, at)
    return at


def _table(
    known: QuerySet[Enterprise], keys: np.ndarray, founded: Sequence[Any], year: int, span: int,
    asks: Sequence[Condition],
) -> Table:  # fmt: skip
    wanted = {asked.column for asked in asks} | {asked.per for asked in asks} | {"above_scale"}
    columns = sorted(wanted - {AGE, ""})
    first = year - span + 1
    figures = YearFigures.objects.filter(year__gt=year - span, year__lte=year, enterprise__in=known)
    read = figures.order_by().values_list("enterprise", "year", *columns)
    table = {name: np.full((len(keys), span), np.nan) for name in (*columns, AGE)}
    told = list(read.iterator(chunk_size=5000))
    if told:
        numbers = np.array(told, float)  # None becomes nan
        rows, years = np.searchsorted(keys, numbers[:, 0]), numbers[:, 1].astype(int) - first
        for place, name in enumerate(columns, 2):
            table[name][rows, years] = numbers[:, place]
    born = np.array([day.year + (day.month - 1) / 12 if day else np.nan for day in founded], float)
    # At the end of each year, in whole years.
    ages = np.arange(first, year + 1)[None, :] + 1 - born[:, None] if len(keys) else table[AGE]
    table[AGE] = np.floor(ages)
    return table


def _titles(known: QuerySet[Enterprise], keys: np.ndarray, rungs: int) -> np.ndarray:
    at = np.zeros(len(keys), int)
    held = Title.objects.filter(enterprise__in=known, rung__retired=False).order_by()
    for enterprise, position in held.values_list("enterprise", "rung__position"):
        row = int(np.searchsorted(keys, enterprise))
        at[row] = max(at[row], min(position, rungs - 1))
    return at
