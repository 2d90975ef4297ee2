"""Columns of declared tables as formulas name them: how they are reached, asked, and of when."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, cast
from zoneinfo import ZoneInfo

from django.core.exceptions import FieldDoesNotExist
from django.db.models import DateField, DateTimeField, Model, Q

from linli.indicators import spans
from linli.indicators.grammar import Condition
from linli.places.town import the_town
from linli.tables import Column, Kind, Table, declared

NOT_OF = -1  # a row of no period


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


def relations(table: Table, names: Iterable[str]) -> dict[str, type[Model]]:
    """Return the relations that columns are read through, and whose rows those are.

    Areas are left out: where they lie is known by heart, for each version of the town.
    """
    found: dict[str, type[Model]] = {}
    for name in names:
        here, way = table.model, ""
        for step in source(table, name).lookup.split("__")[:-1]:
            here = cast(Any, here._meta.get_field(step)).related_model
            way = f"{way}__{step}" if way else step
            found[way] = here
    of_areas = declared()["areas"].model
    return {way: model for way, model in found.items() if model is not of_areas}


# --- conditions ------------------------------------------------------------------------------


def key_of(condition: Condition) -> str:
    """Return what a condition is known by."""
    return f"{condition.column} {condition.op} {condition.value!r}"


def own_word(table: Table, condition: Condition) -> Q | None:
    """Return a condition that the table itself can answer better than its column."""
    if condition.op not in ("=", "!="):
        return None
    q = source(table, condition.column).asked(condition.value)
    return q if q is None or condition.op == "=" else ~q


def test_of(op: str, wanted: Any) -> Callable[[str], bool]:
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
    """Return the rows that fit, for a list of them; the same rows as a frame counts."""
    q = Q()
    ends = {"<": "lt", "<=": "lte", ">": "gt", ">=": "gte", "in": "in", "starts": "startswith"}
    for condition in conditions:
        lookup, value = source(table, condition.column).lookup, condition.value
        own = own_word(table, condition)
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
        begin, end = _midnight(first), _midnight(spans.days(n + 1, every)[0])
        return Q(**{f"{column.lookup}__gte": begin, f"{column.lookup}__lt": end})
    names = [
        spans.name(each, long)
        for long in spans.A_YEAR
        if spans.A_YEAR[long] >= spans.A_YEAR[every]
        for each in spans.finer(n, every, long)
    ]
    return Q(**{f"{column.lookup}__in": names})


def up_to(table: Table, at: str, n: int, every: str) -> Q:
    """Return the rows of a period and of all before it."""
    column, kind = source(table, at), kind_at(table, at)
    last = spans.days(n, every)[1]
    if kind == Kind.WHOLE:
        return Q(**{f"{column.lookup}__lte": last.year})
    if kind == Kind.DAY:
        return Q(**{f"{column.lookup}__lte": last})
    if kind == Kind.MOMENT:
        return Q(**{f"{column.lookup}__lt": _midnight(spans.days(n + 1, every)[0])})
    # Names of periods are in their order as long as they are of one kind.
    return Q(**{f"{column.lookup}__lte": spans.name(n, every)})


def _midnight(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, tzinfo=ZoneInfo(the_town().timezone))


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
