"""From rows to values: counting and summing the rows of one table into cells.

A cell is a period and the area that a row itself names; what a larger area has is the sum of the
cells below it. All of it stays in memory: when rows change, only the cells they lie in and lay in
are counted again.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

import numpy as np
from django.db.models import Q
from scipy import sparse

from linli.indicators import spans, units
from linli.indicators.areas import Areas
from linli.indicators.columns import NOT_OF, source, within
from linli.indicators.deriving import Matrix
from linli.indicators.grammar import CountOf, IndicatorEntry, SumOf
from linli.indicators.reading import Frame, joined, read, through, when
from linli.tables import Table


@dataclass(frozen=True)
class Changes:
    """What is said to have changed of a table: rows by key, rows by what they are read through,
    rows by period."""

    rows: frozenset[int] = frozenset()
    joined: Mapping[str, frozenset[int]] = field(default_factory=dict)
    periods: frozenset[str] = frozenset()


@dataclass
class Ground:
    """In which cell each row of a frame lies, by one column of time and one of place."""

    at: str
    area: str
    every: str
    start: int = 0
    span: int = 0
    cell: np.ndarray = field(default_factory=lambda: np.zeros(0, dtype=np.int64))
    known: np.ndarray = field(default_factory=lambda: np.zeros((0, 0)))  # rows in each cell
    up: sparse.csr_array | None = None

    def lay(self, frame: Frame, areas: Areas, today: Mapping[str, int]) -> bool:
        """Find the cell of each row again; tell whether the cells themselves are others now."""
        codes = list(frame.known[self.area]) if self.area else [None]
        period = frame.arrays[when(self.at, self.every)] if self.at else None
        there = period[period != NOT_OF] if period is not None else np.zeros(0)
        start, last = self.start, self.start + self.span - 1
        if not self.at:
            start = last = today[self.every]
        elif len(there):
            start, last = int(there.min()), int(there.max())
            if self.span:
                start, last = min(start, self.start), max(last, self.start + self.span - 1)
        span = last - start + 1
        leaves = max(len(codes), 1)
        is_other = (start, span, leaves) != (self.start, self.span, self.known.shape[0])
        if is_other:
            self.start, self.span, self.known = start, span, np.zeros((leaves, span))
            self.up = areas.upwards(codes)
        leaf = frame.arrays[self.area] if self.area else np.zeros(frame.n, dtype=np.int64)
        if period is None:
            self.cell = leaf
        else:
            self.cell = np.where(period == NOT_OF, NOT_OF, leaf * span + (period - start))
        return is_other

    def above(self, cells: np.ndarray) -> np.ndarray:
        """Return what all areas have, areas × periods, of what the cells have."""
        assert self.up is not None
        return np.asarray(self.up @ cells)


@dataclass
class Counted:
    """A table in memory, with what its rows make of each indicator that is over it."""

    table: Table
    entries: list[IndicatorEntry]
    areas: Areas
    today: Mapping[str, int]
    frame: Frame
    grounds: dict[tuple[str, str, str], Ground] = field(default_factory=dict)
    sums: dict[str, np.ndarray] = field(default_factory=dict)
    counts: dict[str, np.ndarray] = field(default_factory=dict)

    @classmethod
    def of(
        cls, table: Table, entries: Iterable[IndicatorEntry], areas: Areas,
        today: Mapping[str, int],
    ) -> "Counted":  # fmt: skip
        """Read a whole table and count it."""
        entries = list(entries)
        made = cls(table, entries, areas, today, _read(table, entries, Q()))
        for entry in entries:
            formula = counted_by(entry)
            key = formula.at, formula.area, entry.every
            made.grounds.setdefault(key, Ground(*key))
        for ground in made.grounds.values():
            ground.lay(made.frame, areas, today)
            made._count(ground, None)
        return made

    @property
    def has_rows_of_now(self) -> bool:
        """Whether rows count for the present, whenever they are of."""
        return any(not ground.at for ground in self.grounds.values())

    def take(self, changes: Changes) -> None:
        """Read again what has changed, and count anew the cells that it lies in and lay in."""
        q = self._asked(changes)
        fresh = _read(self.table, self.entries, q)
        before = self._held(changes, fresh)
        old = {key: self._cells(ground, before) for key, ground in self.grounds.items()}
        self.frame.put(self.frame.keys[before], fresh)
        now = np.searchsorted(self.frame.keys, fresh.keys)
        for key, ground in self.grounds.items():
            if ground.lay(self.frame, self.areas, self.today):
                self._count(ground, None)
                continue
            cells = np.union1d(old[key], self._cells(ground, now))
            if len(cells):
                self._count(ground, cells)

    def matrices(self) -> dict[str, Matrix]:
        """Return the values of each indicator in all areas."""
        found = {}
        for entry in self.entries:
            formula = counted_by(entry)
            ground = self._ground(entry)
            if not ground.span:
                continue
            known = ground.above(ground.known) > 0
            counts = ground.above(self.counts[entry.code])
            values = ground.above(self.sums[entry.code])
            if formula.up_to and formula.at:
                last = max(self.today[entry.every] - ground.start + 1, ground.span)
                more = ((0, 0), (0, last - ground.span))
                known = np.cumsum(np.pad(known, more), axis=1) > 0
                counts = np.cumsum(np.pad(counts, more), axis=1)
                values = np.cumsum(np.pad(values, more), axis=1)
            found[entry.code] = Matrix(ground.start, np.where(known, values, np.nan), counts)
        return found

    def _ground(self, entry: IndicatorEntry) -> Ground:
        formula = counted_by(entry)
        return self.grounds[formula.at, formula.area, entry.every]

    def _count(self, ground: Ground, cells: np.ndarray | None) -> None:
        """Count the rows of some cells (all of them where None) into those."""
        size = ground.known.size
        if cells is None:
            cells = np.arange(size)
            rows = np.flatnonzero(ground.cell != NOT_OF)
            for each in (self.sums, self.counts):
                each.update({entry.code: np.zeros(ground.known.shape) for entry in self.entries
                             if self._ground(entry) is ground})  # fmt: skip
        else:
            is_asked = np.zeros(size + 1, dtype=bool)  # the last one stands for `NOT_OF`
            is_asked[cells] = True
            rows = np.flatnonzero(is_asked[ground.cell])
        frame = self.frame if len(rows) == self.frame.n else self.frame.rows(rows)
        place = np.searchsorted(cells, ground.cell[rows])
        ground.known.flat[cells] = np.bincount(place, minlength=len(cells))
        for entry in self.entries:
            if self._ground(entry) is not ground:
                continue
            formula = counted_by(entry)
            mask, weights = frame.mask(formula.where), None
            if isinstance(formula, SumOf):
                weights = frame.arrays[formula.column] * factor(self.table, entry, formula)
                there = ~np.isnan(weights)
                mask = there if mask is None else mask & there
            where = place if mask is None else place[mask]
            counts = np.bincount(where, minlength=len(cells))
            self.counts[entry.code].flat[cells] = counts
            self.sums[entry.code].flat[cells] = (
                counts if weights is None
                else np.bincount(where, weights if mask is None else weights[mask],
                                 minlength=len(cells))
            )  # fmt: skip
        frame.rest()

    def _asked(self, changes: Changes) -> Q:
        q = Q(pk__in=changes.rows) if changes.rows else Q(pk__in=[])
        for way, keys in changes.joined.items():
            q |= Q(**{f"{way}__in": keys})
        for at, every in {(ground.at, ground.every) for ground in self.grounds.values()}:
            for n in _periods(changes.periods, every):
                q |= within(self.table, at, n, every)
        return q

    def _held(self, changes: Changes, fresh: Frame) -> np.ndarray:
        """Return the positions of the rows that are meant, as far as they were there before."""
        frame = self.frame
        found = np.isin(frame.keys, np.array([*changes.rows, *fresh.keys], dtype=np.int64))
        for way, keys in changes.joined.items():
            found |= np.isin(frame.arrays[through(way)], np.array([*keys], dtype=np.int64))
        for ground in self.grounds.values() if changes.periods else ():
            numbers = np.array(_periods(changes.periods, ground.every), dtype=np.int64)
            found |= np.isin(frame.arrays[when(ground.at, ground.every)], numbers)
        return np.flatnonzero(found)

    @staticmethod
    def _cells(ground: Ground, rows: np.ndarray) -> np.ndarray:
        cells = np.unique(ground.cell[rows])
        return cells[cells != NOT_OF]


def counted_by(entry: IndicatorEntry) -> CountOf:
    """Return the formula of an indicator that counts rows."""
    formula = entry.count or entry.sum
    assert formula is not None
    return formula


def factor(table: Table, entry: IndicatorEntry, formula: SumOf) -> float:
    """Return what a row's figure is multiplied by to be in the unit of the indicator."""
    given = formula.column_unit or source(table, formula.column).column.unit
    return units.factor(given or entry.unit, entry.unit)


def relations_of(table: Table, entries: Iterable[IndicatorEntry]) -> dict[str, type]:
    """Return the relations that indicators read a table through."""
    return joined(table, [counted_by(entry) for entry in entries])


def _read(table: Table, entries: list[IndicatorEntry], q: Q) -> Frame:
    formulas = [counted_by(entry) for entry in entries]
    periods = [(formula.at, entry.every) for formula, entry in zip(formulas, entries, strict=True)]
    return read(table, formulas, periods, table.model._default_manager.filter(q))


def _periods(names: Iterable[str], every: str) -> list[int]:
    found: set[int] = set()
    for name in names:
        kind, n = spans.read(name)
        if spans.A_YEAR[kind] >= spans.A_YEAR[every]:
            found.add(spans.coarser(n, kind, every))
        else:
            found |= set(spans.finer(n, kind, every))
    return sorted(found)
