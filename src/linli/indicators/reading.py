"""Reading the rows an indicator counts: each column of a table once, into an array.

Only what the formulas name is read, straight from the cursor: ten thousand enterprises of five
years are 600,000 rows, of which Django's own objects would take ten times as long.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np
from django.db import connection
from django.db.models import Q, QuerySet

from linli.indicators import spans
from linli.indicators.grammar import Condition, CountOf
from linli.places.town import the_town
from linli.tables import Column, Kind, Table

AT_ONCE = 50_000
NUMBERS = frozenset({Kind.WHOLE, Kind.NUMBER})
NOT_OF = -1  # a row of no period, or of no known place


@dataclass
class Texts:
    """A column of texts as numbers: `codes` of each row, and which text each number is."""

    codes: np.ndarray
    known: dict[Any, int]


@dataclass
class Frame:
    """Rows of a table as arrays, by column name."""

    n: int
    columns: dict[str, np.ndarray | Texts] = field(default_factory=dict)
    _masks: dict[str, np.ndarray] = field(default_factory=dict)

    def numbers(self, name: str) -> np.ndarray:
        """Return a column of numbers; not-a-number where a row has none."""
        found = self.columns[name]
        assert isinstance(found, np.ndarray)
        return found

    def texts(self, name: str) -> Texts:
        """Return a column of texts, days or keys."""
        found = self.columns[name]
        assert isinstance(found, Texts)
        return found

    def mask(self, conditions: Sequence[Condition]) -> np.ndarray | None:
        """Return which rows fit all conditions; None where there is no condition."""
        fits: np.ndarray | None = None
        for condition in conditions:
            key = f"{condition.column} {condition.op} {condition.value!r}"
            if key not in self._masks:
                self._masks[key] = self._fits(condition)
            fits = self._masks[key] if fits is None else fits & self._masks[key]
        return fits

    def _fits(self, condition: Condition) -> np.ndarray:
        column, wanted = self.columns[condition.column], condition.value
        if isinstance(column, Texts):
            test = _tests(condition.op, wanted)
            known = np.zeros(len(column.known) + 1, dtype=bool)
            for text, code in column.known.items():
                known[code] = text is not None and test(text)
            return known[column.codes]
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


def _tests(op: str, wanted: Any) -> Callable[[str], bool]:
    """Return the test of an operator on a text (or a day as ISO 8601 writes it)."""
    if op == "in":
        among = {str(one) for one in wanted}
        return lambda text: text in among
    value = str(wanted)
    tests: dict[str, Callable[[str], bool]] = {
        "=": lambda text: text == value, "!=": lambda text: text != value,
        "<": lambda text: text < value, "<=": lambda text: text <= value,
        ">": lambda text: text > value, ">=": lambda text: text >= value,
        "starts": lambda text: text.startswith(value),
    }  # fmt: skip
    return tests[op]


def q_of(table: Table, conditions: Iterable[Condition]) -> Q:
    """Return the rows that fit, for a list of them; the same rows as `Frame.mask` counts."""
    q = Q()
    ends = {"<": "lt", "<=": "lte", ">": "gt", ">=": "gte", "in": "in", "starts": "startswith"}
    for condition in conditions:
        lookup, value = table.column(condition.column).lookup, condition.value
        if condition.op in ("=", "!="):
            same = Q(**{lookup: value})
            empty = Q(**{f"{lookup}__isnull": True})
            q &= same if condition.op == "=" else ~same & ~empty
        else:
            q &= Q(**{f"{lookup}__{ends[condition.op]}": value})
    return q


# --- of when rows are ------------------------------------------------------------------------


def within(table: Table, at: str, n: int, every: str) -> Q:
    """Return the rows of one period by the column `at`."""
    column = table.column(at)
    first, last = spans.days(n, every)
    if column.kind == Kind.WHOLE:
        return Q(**{column.lookup: first.year})
    if column.kind == Kind.DAY:
        return Q(**{f"{column.lookup}__range": (first, last)})
    if column.kind == Kind.MOMENT:
        zone = ZoneInfo(the_town().timezone)
        begin = datetime(first.year, first.month, first.day, tzinfo=zone)
        after = spans.days(n + 1, every)[0]
        end = datetime(after.year, after.month, after.day, tzinfo=zone)
        return Q(**{f"{column.lookup}__gte": begin, f"{column.lookup}__lt": end})
    names = [
        spans.name(each, kind)
        for kind in spans.A_YEAR
        if spans.A_YEAR[kind] >= spans.A_YEAR[every]
        for each in spans.finer(n, every, kind)
    ]
    return Q(**{f"{column.lookup}__in": names})


def period_of(column: Column, every: str) -> Callable[[Any], int]:
    """Return what reads the period a row is of from the raw value of its column."""
    zone = ZoneInfo(the_town().timezone)

    def read(value: Any) -> int:
        try:
            if column.kind == Kind.WHOLE:
                return spans.number(f"{int(value):04d}", every)
            if column.kind == Kind.DAY:
                day = value if isinstance(value, date) else date.fromisoformat(value[:10])
                return spans.of_day(day, every)
            if column.kind == Kind.MOMENT:
                if not isinstance(value, datetime):
                    value = datetime.fromisoformat(value)
                if value.tzinfo is None:
                    value = value.replace(tzinfo=ZoneInfo("UTC"))
                return spans.of_day(value.astimezone(zone).date(), every)
            return spans.number(str(value), every)
        except (ValueError, TypeError):
            return NOT_OF

    return read


# --- the reading -----------------------------------------------------------------------------


def columns_of(formulas: Iterable[CountOf]) -> list[str]:
    """Return which columns of a table formulas need, in a fixed order."""
    names: set[str] = set()
    for formula in formulas:
        names |= {condition.column for condition in formula.where}
        names |= {formula.at, formula.area, getattr(formula, "column", "")}
    return sorted(names - {""})


def frame(table: Table, names: Sequence[str], rows: QuerySet[Any]) -> Frame:
    """Read columns of rows into arrays: numbers and flags as they are, all else as codes."""
    columns = [table.column(name) for name in names]
    parts: list[list[np.ndarray]] = [[] for _ in columns]
    known: list[dict[Any, int]] = [{} for _ in columns]
    total = 0
    query = rows.order_by().values_list(*(column.lookup for column in columns), "pk").query
    sql, params = query.sql_with_params()
    with connection.cursor() as cursor:
        cursor.execute(sql, params)
        while chunk := cursor.fetchmany(AT_ONCE):
            total += len(chunk)
            for at, values in enumerate(zip(*chunk, strict=True)):
                if at == len(columns):
                    break  # the key, which is there so that there is always something to read
                if columns[at].kind in NUMBERS or columns[at].kind == Kind.FLAG:
                    parts[at].append(np.array(values, dtype=float))
                else:
                    parts[at].append(_coded(values, known[at]))
    made = Frame(total)
    for at, column in enumerate(columns):
        if column.kind in NUMBERS or column.kind == Kind.FLAG:
            joined = np.concatenate(parts[at]) if parts[at] else np.zeros(0)
            made.columns[column.name] = joined
        else:
            codes = np.concatenate(parts[at]) if parts[at] else np.zeros(0, dtype=np.int64)
            texts = {_text(value): code for value, code in known[at].items()}
            made.columns[column.name] = Texts(codes, texts)
    return made


def _coded(values: tuple[Any, ...], known: dict[Any, int]) -> np.ndarray:
    for value in set(values) - known.keys():
        known[value] = len(known)
    return np.fromiter(map(known.__getitem__, values), dtype=np.int64, count=len(values))


def _text(value: Any) -> Any:
    if value is None or isinstance(value, str):
        return value
    return value.isoformat() if isinstance(value, date) else str(value)
