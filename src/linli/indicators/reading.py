"""Reading the rows an indicator counts: each column of a table once, into an array.

Only what the formulas name is read, straight from the cursor: ten thousand enterprises of five
years are 600,000 rows, of which Django's own objects would take ten times as long.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, cast
from zoneinfo import ZoneInfo

import numpy as np
from django.core.exceptions import FieldDoesNotExist
from django.db import connection
from django.db.models import (
    BooleanField,
    DateField,
    DateTimeField,
    ExpressionWrapper,
    Model,
    Q,
    QuerySet,
)

from linli.indicators import spans
from linli.indicators.grammar import Condition, CountOf
from linli.places.town import the_town
from linli.tables import Column, Kind, Table, declared

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
            key = _key(condition)
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


@dataclass(frozen=True)
class Source:
    """A column, and how it is reached from the rows of a table.

    `enterprise.area` is the column `area` of the table whose key stands in `enterprise`.
    """

    column: Column
    prefix: str = ""

    @property
    def lookup(self) -> str:
        return self.prefix + self.column.lookup

    def field(self, model: type[Model]) -> Any:
        """Return the field of the database it is read from.

        Raises
        ------
        FieldDoesNotExist
            If it is not kept as it is shown.
        """
        *way, last = self.lookup.split("__")
        here: Any = model
        for step in way:
            here = here._meta.get_field(step).related_model
        return here._meta.pk if last == "pk" else here._meta.get_field(last)

    def asked(self, value: Any) -> Q | None:
        """Return what narrows to a value by the table's own word, None where equality is meant."""
        if self.column.where is None:
            return None
        return _through(self.prefix, self.column.where(None, value))


def source(table: Table, name: str) -> Source:
    """Return a column by its name, or by that of a key and a column of the table it names.

    Raises
    ------
    KeyError
        If there is none.
    """
    first, _dot, rest = name.partition(".")
    column = table.column(first)
    if not rest:
        return Source(column)
    relation = column.lookup.rpartition("__")[0]
    if column.kind != Kind.KEY or not relation or column.of not in declared():
        raise KeyError(name)
    inner = source(declared()[column.of], rest)
    return Source(inner.column, f"{relation}__{inner.prefix}")


def _through(prefix: str, q: Q) -> Q:
    """Ask of a row's relation what `q` asks of a row."""
    found = Q()
    found.connector, found.negated = q.connector, q.negated
    for part in q.children:
        if isinstance(part, Q):
            found.children.append(_through(prefix, part))
        else:
            lookup, value = cast(tuple[str, Any], part)
            found.children.append((f"{prefix}{lookup}", value))
    return found


def _key(condition: Condition) -> str:
    return f"{condition.column} {condition.op} {condition.value!r}"


def _own_word(table: Table, condition: Condition) -> Q | None:
    """Return a condition that the table itself can answer better than its column."""
    if condition.op not in ("=", "!="):
        return None
    q = source(table, condition.column).asked(condition.value)
    return q if q is None or condition.op == "=" else ~q


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
        lookup, value = source(table, condition.column).lookup, condition.value
        own = _own_word(table, condition)
        if own is not None:
            q &= own
        elif condition.op in ("=", "!="):
            same = Q(**{lookup: value})
            empty = Q(**{f"{lookup}__isnull": True})
            q &= same if condition.op == "=" else ~same & ~empty
        else:
            q &= Q(**{f"{lookup}__{ends[condition.op]}": value})
    return q


# --- of when rows are ------------------------------------------------------------------------


def within(table: Table, at: str, n: int, every: str) -> Q:
    """Return the rows of one period by the column `at`."""
    column, kind = source(table, at), kind_at(table, at)
    first, last = spans.days(n, every)
    if kind == Kind.WHOLE:
        return Q(**{column.lookup: first.year})
    if kind == Kind.DAY:
        return Q(**{f"{column.lookup}__range": (first, last)})
    if kind == Kind.MOMENT:
        zone = ZoneInfo(the_town().timezone)
        begin = datetime(first.year, first.month, first.day, tzinfo=zone)
        after = spans.days(n + 1, every)[0]
        end = datetime(after.year, after.month, after.day, tzinfo=zone)
        return Q(**{f"{column.lookup}__gte": begin, f"{column.lookup}__lt": end})
    names = [
        spans.name(each, long)
        for long in spans.A_YEAR
        if spans.A_YEAR[long] >= spans.A_YEAR[every]
        for each in spans.finer(n, every, long)
    ]
    return Q(**{f"{column.lookup}__in": names})


def kind_at(table: Table, at: str) -> Kind:
    """Return how a column tells of when a row is; a day may be shown as a month."""
    found = source(table, at)
    try:
        field = found.field(table.model)
    except FieldDoesNotExist:
        return found.column.kind
    if isinstance(field, DateTimeField):
        return Kind.MOMENT
    return Kind.DAY if isinstance(field, DateField) else found.column.kind


def period_of(kind: Kind, every: str) -> Callable[[Any], int]:
    """Return what reads the period a row is of from the raw value of its column."""
    zone = ZoneInfo(the_town().timezone)

    def read(value: Any) -> int:
        try:
            if kind == Kind.WHOLE:
                return spans.number(f"{int(value):04d}", every)
            if kind == Kind.DAY:
                day = value if isinstance(value, date) else date.fromisoformat(value[:10])
                return spans.of_day(day, every)
            if kind == Kind.MOMENT:
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


def needed(table: Table, formulas: Iterable[CountOf]) -> tuple[list[str], dict[str, Q]]:
    """Return which columns formulas need, and the conditions that the database answers itself."""
    names: set[str] = set()
    asked: dict[str, Q] = {}
    for formula in formulas:
        names |= {formula.at, formula.area, getattr(formula, "column", "")}
        for condition in formula.where:
            own = _own_word(table, condition)
            if own is None:
                names.add(condition.column)
            else:
                asked[_key(condition)] = own
    return sorted(names - {""}), asked


def frame(table: Table, formulas: Iterable[CountOf], rows: QuerySet[Any]) -> Frame:
    """Read what formulas need of rows into arrays: numbers as they are, texts as codes."""
    names, asked = needed(table, formulas)
    columns = [source(table, name) for name in names]
    own = {f"_asked{n}": ExpressionWrapper(q, BooleanField()) for n, q in enumerate(asked.values())}
    is_number = [c.column.kind in NUMBERS or c.column.kind == Kind.FLAG for c in columns]
    is_number += [True] * len(own)
    parts: list[list[np.ndarray]] = [[] for _ in is_number]
    known: list[dict[Any, int]] = [{} for _ in is_number]
    total = 0
    lookups = [*(column.lookup for column in columns), *own, "pk"]
    query = rows.order_by().annotate(**own).values_list(*lookups).query
    sql, params = query.sql_with_params()
    with connection.cursor() as cursor:
        cursor.execute(sql, params)
        while chunk := cursor.fetchmany(AT_ONCE):
            total += len(chunk)
            # The key comes last, and is there so that there is always something to read.
            for at, values in enumerate(list(zip(*chunk, strict=True))[:-1]):
                if is_number[at]:
                    parts[at].append(np.array(values, dtype=float))
                else:
                    parts[at].append(_coded(values, known[at]))
    made = Frame(total)
    for at, name in enumerate([*names, *asked]):
        if is_number[at]:
            joined = np.concatenate(parts[at]) if parts[at] else np.zeros(0)
            if name in asked:
                made._masks[name] = joined == 1
            else:
                made.columns[name] = joined
        else:
            codes = np.concatenate(parts[at]) if parts[at] else np.zeros(0, dtype=np.int64)
            texts = {_text(value): code for value, code in known[at].items()}
            made.columns[name] = Texts(codes, texts)
    return made


def _coded(values: tuple[Any, ...], known: dict[Any, int]) -> np.ndarray:
    for value in set(values) - known.keys():
        known[value] = len(known)
    return np.fromiter(map(known.__getitem__, values), dtype=np.int64, count=len(values))


def _text(value: Any) -> Any:
    if value is None or isinstance(value, str):
        return value
    return value.isoformat() if isinstance(value, date) else str(value)
