"""From rows to values: base indicators by counting into cells, the others from those.

A value is a vector over the areas of the town for one indicator and period. Counting is one
`bincount` an indicator; what an area has is the sum of the grids below it. Not-a-number says
that nothing is known; nought that there are rows and none of them fits.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from linli.indicators import spans, units
from linli.indicators.grammar import CountOf, IndicatorEntry, SumOf
from linli.indicators.models import TOWN
from linli.indicators.reading import NOT_OF, Frame, kind_at, period_of, source
from linli.places.atlas import atlas
from linli.tables import Column, Kind, Table

Cell = tuple[str, int]  # code of an indicator, number of a period of its own kind


@dataclass
class Areas:
    """The areas that values are kept of; the town itself comes first."""

    keys: list[int]
    above: dict[str, list[int]]  # code of an area → positions of it and of all above it
    at: dict[int, int] = field(default_factory=dict)

    @classmethod
    def of_the_town(cls) -> "Areas":
        known = atlas()
        keys = [TOWN, *(key for key, area in sorted(known.areas.items()) if area.parent_id)]
        at = {key: position for position, key in enumerate(keys)}
        above = {
            area.code: [0, *(at[key] for key in [area.pk, *_above(area.pk)] if key in at)]
            for area in known.areas.values()
        }
        return cls(keys, above, at)

    @property
    def n(self) -> int:
        return len(self.keys)


def _above(key: int) -> list[int]:
    known, found = atlas().areas, []
    parent = known[key].parent_id
    while parent in known:
        found.append(parent)
        parent = known[parent].parent_id
    return found


@dataclass
class Vector:
    """Values over areas, and how many rows are behind each."""

    values: np.ndarray
    n: np.ndarray


@dataclass
class Store:
    """Vectors by cell. `more` brings those that are kept and were not computed just now."""

    areas: Areas
    vectors: dict[Cell, Vector | None] = field(default_factory=dict)
    more: Callable[[Sequence[Cell]], None] | None = None

    def get(self, code: str, n: int) -> Vector | None:
        """Return the vector of a cell, None if there is none."""
        if (code, n) not in self.vectors and self.more is not None:
            self.more([(code, n)])
        return self.vectors.get((code, n))


def count(
    table: Table,
    rows: Frame,
    entries: Iterable[IndicatorEntry],
    areas: Areas,
    present: Mapping[str, int],
) -> dict[Cell, Vector]:
    """Count and sum rows into the cells of base indicators that are over one table.

    Parameters
    ----------
    present
        Kind of period → the number of the present one, for tables whose rows have no period.
    """
    made: dict[Cell, Vector] = {}
    grounds: dict[tuple[str, str, str], _Ground] = {}
    for entry in entries:
        formula = entry.count or entry.sum
        assert formula is not None
        key = (formula.at, formula.area, entry.every)
        if key not in grounds:
            grounds[key] = _Ground.of(table, rows, formula, entry.every, areas, present)
        ground = grounds[key]
        weights = None
        mask = rows.mask(formula.where)
        if isinstance(formula, SumOf):
            given = formula.column_unit or source(table, formula.column).column.unit
            numbers = rows.numbers(formula.column)
            there = ~np.isnan(numbers)
            mask = there if mask is None else mask & there
            weights = numbers * units.factor(given or entry.unit, entry.unit)
        if ground.periods:
            values, counts = ground.cells(mask, weights)
            for position, n in enumerate(ground.periods):
                made[entry.code, n] = Vector(values[:, position], counts[:, position])
    return made


@dataclass
class _Ground:
    """In which cell (grid and period) each row of a frame lies."""

    periods: list[int]
    cell: np.ndarray
    is_in: np.ndarray
    leaves: int
    up: np.ndarray  # (areas, leaves): 1 where the leaf lies in the area
    known: np.ndarray  # (areas, periods): whether there is any row

    @classmethod
    def of(
        cls, table: Table, rows: Frame, formula: CountOf, every: str, areas: Areas,
        present: Mapping[str, int],
    ) -> "_Ground":  # fmt: skip
        period = (
            _periods(kind_at(table, formula.at), rows, formula.at, every)
            if formula.at
            else np.full(rows.n, present[every])
        )

        is_in = period != NOT_OF
        names = np.unique(period[is_in])
        at = np.searchsorted(names, np.where(is_in, period, names[0] if len(names) else 0))
        if formula.area:
            texts = rows.texts(formula.area)
            codes, leaf = sorted(texts.known.items(), key=lambda one: one[1]), texts.codes
        else:
            codes, leaf = [("", 0)], np.zeros(rows.n, dtype=np.int64)
        up = np.zeros((areas.n, max(len(codes), 1)))
        up[0] = 1
        for code, number in codes:
            up[areas.above.get(code, [0]), number] = 1
        cell = leaf * max(len(names), 1) + at
        made = cls([int(n) for n in names], cell, is_in, up.shape[1], up, np.zeros(0))
        made.known = made._sums(is_in, None) > 0
        return made

    def _sums(self, mask: np.ndarray, weights: np.ndarray | None) -> np.ndarray:
        size = self.leaves * len(self.periods)
        found = np.bincount(
            self.cell[mask], None if weights is None else weights[mask], minlength=size
        )
        return self.up @ found.reshape(self.leaves, len(self.periods)).astype(float)

    def cells(
        self, mask: np.ndarray | None, weights: np.ndarray | None
    ) -> tuple[np.ndarray, np.ndarray]:
        """Return values and numbers of rows, each of shape (areas, periods)."""
        chosen = self.is_in if mask is None else self.is_in & mask
        counts = self._sums(chosen, None)
        values = counts if weights is None else self._sums(chosen, weights)
        return np.where(self.known, values, np.nan), counts


def _periods(kind: Kind, rows: Frame, at: str, every: str) -> np.ndarray:
    read = period_of(kind, every)
    found = rows.columns[at]
    if isinstance(found, np.ndarray):
        known = {value: read(value) for value in np.unique(found[~np.isnan(found)])}
        period = np.full(rows.n, NOT_OF, dtype=np.int64)
        for value, n in known.items():
            period[found == value] = n
        return period
    table = np.full(len(found.known) + 1, NOT_OF, dtype=np.int64)
    for text, code in found.known.items():
        table[code] = read(text) if text is not None else NOT_OF
    return table[found.codes]


# --- indicators made of others ---------------------------------------------------------------


def vector_of(store: Store, entry: IndicatorEntry, n: int, every: str) -> Vector | None:
    """Return what an indicator was in a period as long as its own or longer.

    A longer one is the sum of all its parts (None unless all are there), or the last of them.
    """
    if entry.every == every:
        return store.get(entry.code, n)
    parts = [store.get(entry.code, each) for each in spans.finer(n, every, entry.every)]
    if entry.adds_up == "last":
        return next((part for part in reversed(parts) if part is not None), None)
    there = [part for part in parts if part is not None]
    if len(there) < len(parts):
        return None
    return Vector(
        np.sum([part.values for part in there], axis=0), np.max([p.n for p in there], axis=0)
    )


def derive(store: Store, known: Mapping[str, IndicatorEntry], code: str, n: int) -> Vector | None:
    """Work out an indicator that is made of others."""
    entry = known[code]
    if entry.share:
        part = vector_of(store, known[entry.share.part], n, entry.every)
        whole = vector_of(store, known[entry.share.whole], n, entry.every)
        if part is None or whole is None:
            return None
        times = units.factor(known[entry.share.part].unit, known[entry.share.whole].unit)
        there = whole.values > 0
        share = np.full(len(there), np.nan)
        np.divide(100 * times * part.values, whole.values, out=share, where=there)
        return Vector(share, part.n)
    if entry.growth:
        of = known[entry.growth.of]
        now = vector_of(store, of, n, entry.every)
        then = vector_of(store, of, compared(entry, n), entry.every)
        if now is None or then is None:
            return None
        there = then.values > 0
        grown = np.full(len(there), np.nan)
        np.divide(100 * (now.values - then.values), then.values, out=grown, where=there)
        return Vector(grown, now.n)
    if entry.total:
        values, rows = np.zeros(store.areas.n), np.zeros(store.areas.n)
        for piece in entry.total.parts:
            found = vector_of(store, known[piece.of], n, entry.every)
            if found is None:
                return None
            times = piece.weight
            if units.dimension(known[piece.of].unit) == units.dimension(entry.unit):
                times *= units.factor(known[piece.of].unit, entry.unit)
            values = values + times * found.values
            rows = rows + found.n
        return Vector(values, rows)
    return None


def compared(entry: IndicatorEntry, n: int) -> int:
    """Return the period that growth is measured against."""
    assert entry.growth is not None
    if entry.growth.since:
        return spans.number(entry.growth.since, entry.every)
    return n - (spans.A_YEAR[entry.every] if entry.growth.over == "year" else 1)


def order(known: Mapping[str, IndicatorEntry]) -> list[str]:
    """Return codes so that each comes after those it is made of."""
    done: dict[str, None] = {}

    def put(code: str) -> None:
        if code not in done and code in known:
            for before in known[code].built_on:
                put(before)
            done[code] = None

    for code in known:
        put(code)
    return list(done)


def all_derived(store: Store, known: Mapping[str, IndicatorEntry]) -> None:
    """Work out every indicator that is made of others, for all periods there are."""
    periods: dict[str, set[int]] = {}
    for code, n in store.vectors:
        periods.setdefault(code, set()).add(n)
    for code in order(known):
        entry = known[code]
        found: set[int] = set()
        for before in entry.built_on:
            kind = known[before].every
            found |= {spans.coarser(n, kind, entry.every) for n in periods.get(before, ())}
        for n in sorted(found):
            vector = derive(store, known, code, n)
            if vector is not None:
                store.vectors[code, n] = vector
                periods.setdefault(code, set()).add(n)


def concerned(known: Mapping[str, IndicatorEntry], cells: Iterable[Cell],
              latest: int) -> list[Cell]:  # fmt: skip
    """Return, in order, the cells made of others that change when `cells` do.

    `latest` is how many periods ahead there may be any.
    """
    changed: dict[str, set[int]] = {}
    for code, n in cells:
        changed.setdefault(code, set()).add(n)
    found: list[Cell] = []
    for code in order(known):
        entry = known[code]
        theirs: set[int] = set()
        for before in entry.built_on:
            for n in changed.get(before, ()):
                here = spans.coarser(n, known[before].every, entry.every)
                theirs.add(here)
                if entry.growth and entry.growth.since:
                    if here == compared(entry, here):
                        theirs |= set(range(here, here + latest + 1))
                elif entry.growth:
                    theirs.add(2 * here - compared(entry, here))
        if theirs:
            changed.setdefault(code, set()).update(theirs)
            found += [(code, n) for n in sorted(theirs)]
    return found


def checkable(column: Column) -> bool:
    """Tell whether a column can be filtered by."""
    return column.kind not in (Kind.LIST, Kind.SHAPE, Kind.MOMENT)


def value_fits(column: Column, op: str, value: Any) -> bool:
    """Tell whether a condition on a column makes sense."""
    values = value if isinstance(value, list) else [value]
    if (op == "in") != isinstance(value, list) or not values:
        return False
    if column.kind == Kind.FLAG:
        return op in ("=", "!=") and isinstance(value, bool)
    if column.kind in (Kind.WHOLE, Kind.NUMBER):
        return op != "starts" and all(
            isinstance(one, int | float) and not isinstance(one, bool) for one in values
        )
    if column.kind in (Kind.CHOICE, Kind.KEY, Kind.TEXT) and op in ("<", "<=", ">", ">="):
        return False
    if column.kind == Kind.CHOICE and column.choices:
        return op != "starts" and set(map(str, values)) <= {key for key, _label in column.choices}
    return all(isinstance(one, str) for one in values)
