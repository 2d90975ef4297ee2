"""Reading the rows an indicator counts: each column of a table once, into an array.

Only what the formulas name is read, straight from the cursor: ten thousand enterprises of five
years are 600,000 rows, of which Django's own objects would take ten times as long. A frame may be
kept and single rows of it read again, so that one changed row costs what one row costs.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

import numpy as np
from django.db import connection
from django.db.models import BooleanField, ExpressionWrapper, Q, QuerySet

from linli.indicators.columns import (
    key_of,
    kind_at,
    own_word,
    period_of,
    relations,
    source,
    test_of,
)
from linli.indicators.grammar import Condition, CountOf
from linli.tables import Kind, Table

AT_ONCE = 50_000
NUMBERS = frozenset({Kind.WHOLE, Kind.NUMBER, Kind.FLAG})


def when(at: str, every: str) -> str:
    """Return the name under which a frame has the periods of its rows."""
    return f"@{at} {every}"


def through(relation: str) -> str:
    """Return the name under which a frame has the keys of the rows its own are read through."""
    return f"-> {relation}"


@dataclass
class Frame:
    """Rows of a table as arrays, in the order of their keys.

    Attributes
    ----------
    keys
        Primary keys, ascending.
    arrays
        By name of a column (numbers as they are, not-a-number where a row has none; texts as
        numbers, see `known`), of a condition that the database answered, by `when`, by `through`.
    known
        Column of texts → text → the number that stands for it.
    """

    keys: np.ndarray
    arrays: dict[str, np.ndarray]
    known: dict[str, dict[Any, int]]
    _masks: dict[str, np.ndarray] = field(default_factory=dict)

    @property
    def n(self) -> int:
        return len(self.keys)

    def mask(self, conditions: Sequence[Condition]) -> np.ndarray | None:
        """Return which rows fit all conditions; None where there is no condition."""
        fits: np.ndarray | None = None
        for condition in conditions:
            key = key_of(condition)
            if key not in self._masks:
                self._masks[key] = self._fits(key, condition)
            fits = self._masks[key] if fits is None else fits & self._masks[key]
        return fits

    def _fits(self, key: str, condition: Condition) -> np.ndarray:
        if key in self.arrays:
            return self.arrays[key] == 1
        column, wanted = self.arrays[condition.column], condition.value
        if condition.column in self.known:
            test, known = test_of(condition.op, wanted), self.known[condition.column]
            fitting = np.zeros(len(known) + 1, dtype=bool)
            for text, number in known.items():
                fitting[number] = text is not None and test(text)
            return fitting[column]
        if isinstance(wanted, list):
            return np.isin(column, np.array([float(one) for one in wanted]))
        value = float(wanted)
        with np.errstate(invalid="ignore"):
            match condition.op:
                case "=":
                    return column == value
                case "!=":
                    return (column != value) & ~np.isnan(column)
                case "<":
                    return column < value
                case "<=":
                    return column <= value
                case ">":
                    return column > value
                case _:
                    return column >= value

    def rows(self, at: np.ndarray) -> "Frame":
        """Return some of the rows, by position."""
        arrays = {name: array[at] for name, array in self.arrays.items()}
        return Frame(self.keys[at], arrays, self.known)

    def rest(self) -> None:
        """Keep nothing beside the rows themselves."""
        self._masks.clear()

    def put(self, gone: np.ndarray, fresh: "Frame") -> None:
        """Let fresh rows stand for those of the same key; what is `gone` and not fresh goes."""
        self.rest()
        fresh = self._in_my_words(fresh)
        at = np.searchsorted(self.keys, fresh.keys)
        there = np.zeros(fresh.n, dtype=bool)
        inside = at < self.n
        there[inside] = self.keys[at[inside]] == fresh.keys[inside]
        for name, array in self.arrays.items():
            array[at[there]] = fresh.arrays[name][there]
        stays = ~np.isin(self.keys, np.setdiff1d(gone, fresh.keys))
        if there.all() and stays.all():
            return
        self.keys = np.concatenate([self.keys[stays], fresh.keys[~there]])
        order = np.argsort(self.keys, kind="stable")
        self.keys = self.keys[order]
        for name, array in self.arrays.items():
            joined = np.concatenate([array[stays], fresh.arrays[name][~there]])
            self.arrays[name] = joined[order]

    def _in_my_words(self, other: "Frame") -> "Frame":
        arrays = dict(other.arrays)
        for name, theirs in other.known.items():
            mine = self.known[name]
            number = np.zeros(len(theirs) + 1, dtype=np.int64)
            for text, code in theirs.items():
                number[code] = mine.setdefault(text, len(mine))
            arrays[name] = number[arrays[name]]
        return Frame(other.keys, arrays, self.known)


def needed(table: Table, formulas: Iterable[CountOf]) -> tuple[list[str], dict[str, Q]]:
    """Return which columns formulas need, and the conditions that the database answers itself."""
    names: set[str] = set()
    asked: dict[str, Q] = {}
    for formula in formulas:
        names |= {formula.area, getattr(formula, "column", "")}
        for condition in formula.where:
            own = own_word(table, condition)
            if own is None:
                names.add(condition.column)
            else:
                asked[key_of(condition)] = own
    return sorted(names - {""}), asked


def joined(table: Table, formulas: Iterable[CountOf]) -> dict[str, Any]:
    """Return the relations that formulas read through, and the model at the end of each."""
    names = {name for f in formulas for name in (f.at, f.area, getattr(f, "column", ""))}
    names |= {condition.column for f in formulas for condition in f.where}
    return relations(table, sorted(names - {""}))


def read(
    table: Table, formulas: Sequence[CountOf], periods: Iterable[tuple[str, str]],
    rows: QuerySet[Any],
) -> Frame:  # fmt: skip
    """Read what formulas need of rows into arrays.

    Parameters
    ----------
    periods
        The columns that say of when a row is, each with the kind of period that is wanted.
    """
    names, asked = needed(table, formulas)
    times = [(at, every) for at, every in sorted(set(periods)) if at]
    ways = sorted(joined(table, formulas))
    columns = [source(table, name) for name in names]
    own = {f"_asked{n}": ExpressionWrapper(q, BooleanField()) for n, q in enumerate(asked.values())}
    lookups = [
        *(column.lookup for column in columns), *own, *(f"{way}__pk" for way in ways),
        *(source(table, at).lookup for at, _every in times), "pk",
    ]  # fmt: skip
    called = [*names, *asked, *map(through, ways), *(when(*time) for time in times), "pk"]
    readers: list[_Numbers | _Texts | _Whole] = [
        _Numbers() if column.column.kind in NUMBERS else _Texts() for column in columns
    ]
    readers += [*(_Numbers() for _ in own), *(_Whole() for _ in ways)]
    readers += [_Whole(period_of(kind_at(table, at), every)) for at, every in times]
    readers.append(_Whole())
    query = rows.order_by().annotate(**own).values_list(*lookups).query
    sql, params = query.sql_with_params()
    with connection.cursor() as cursor:
        cursor.execute(sql, params)
        while chunk := cursor.fetchmany(AT_ONCE):
            for reader, values in zip(readers, zip(*chunk, strict=True), strict=True):
                reader.take(values)
    arrays = {name: reader.array() for name, reader in zip(called, readers, strict=True)}
    known = {n: r.texts() for n, r in zip(called, readers, strict=True) if isinstance(r, _Texts)}
    keys = arrays.pop("pk")
    frame = Frame(keys, arrays, known)
    return frame if (keys[1:] > keys[:-1]).all() else frame.rows(np.argsort(keys))


class _Numbers:
    """A column of numbers; a flag is nought or one."""

    def __init__(self) -> None:
        self.parts: list[np.ndarray] = []

    def take(self, values: tuple[Any, ...]) -> None:
        self.parts.append(np.array(values, dtype=float))

    def array(self) -> np.ndarray:
        return np.concatenate(self.parts) if self.parts else np.zeros(0)


class _Whole:
    """A column of whole numbers, or of what is read as one; -1 where there is none."""

    def __init__(self, convert: Any = None) -> None:
        self.parts: list[np.ndarray] = []
        self.convert = convert or (lambda value: -1 if value is None else value)
        self.known: dict[Any, int] = {}

    def take(self, values: tuple[Any, ...]) -> None:
        for value in set(values) - self.known.keys():
            self.known[value] = self.convert(value)
        found = map(self.known.__getitem__, values)
        self.parts.append(np.fromiter(found, dtype=np.int64, count=len(values)))

    def array(self) -> np.ndarray:
        return np.concatenate(self.parts) if self.parts else np.zeros(0, dtype=np.int64)


class _Texts(_Whole):
    """A column of texts, days or keys as numbers."""

    def take(self, values: tuple[Any, ...]) -> None:
        for value in set(values) - self.known.keys():
            self.known[value] = len(self.known)
        found = map(self.known.__getitem__, values)
        self.parts.append(np.fromiter(found, dtype=np.int64, count=len(values)))

    def texts(self) -> dict[Any, int]:
        """Return which text each number is."""
        return {_text(value): number for value, number in self.known.items()}


def _text(value: Any) -> Any:
    if value is None or isinstance(value, str):
        return value
    return value.isoformat() if isinstance(value, date) else str(value)
