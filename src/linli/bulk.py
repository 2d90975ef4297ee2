"""Write many rows at once, each kind of database in the way it is fastest.

Django's `bulk_create` builds one long statement a few rows at a time; for a case with
40 columns that takes longer than all the rest of intake. Here SQLite gets one prepared
statement run over all rows, PostgreSQL a COPY. `bench/intake.py` prints what it gives.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache, partial
from operator import attrgetter
from typing import Any, Self

import orjson
from django.core.management.color import no_style
from django.db import connection, transaction
from django.db.models import DateTimeField, Field, FileField, JSONField, Max, Model

PAGES, HURRIED_PAGES = 1000, 32_000  # of SQLite's journal before it is worked in


def _to_database(field: Field) -> Callable[[Any], Any] | None:
    """Return how a value of `field` is written, None if as it is.

    On SQLite what Django's own conversion would give, in a fifth of its time: it is called
    several times for each row.
    """
    if isinstance(field, FileField):
        return str
    if connection.vendor != "sqlite" or not isinstance(field, DateTimeField | JSONField):
        is_plain = not isinstance(field, DateTimeField | JSONField)
        return None if is_plain else partial(field.get_db_prep_save, connection=connection)
    if isinstance(field, JSONField):
        return lambda value: orjson.dumps(value).decode()
    return _moment


def _moment(moment: datetime) -> str:
    """Write a moment as Django does: UTC, without saying so."""
    if moment.tzinfo is not UTC:
        moment = moment.astimezone(UTC)
    return moment.isoformat(" ")[:-6]


@dataclass(frozen=True)
class _Columns:
    """How rows of one model become values for the database."""

    attributes: list[str]
    names: list[str]
    conversions: list[tuple[int, Callable[[Any], Any]]]

    @classmethod
    def of(cls, fields: Sequence[Field]) -> Self:
        found = [(at, _to_database(field)) for at, field in enumerate(fields)]
        return cls(
            [field.attname for field in fields],
            [connection.ops.quote_name(field.column or "") for field in fields],
            [(at, conversion) for at, conversion in found if conversion],
        )

    def of_rows(self, rows: Iterable[Model]) -> Iterator[list[Any]]:
        """Read and convert the columns of rows."""
        # With the key at the end there are always two or more, and so always a tuple.
        read = attrgetter(*self.attributes, "pk")
        return self.converted(list(read(row)) for row in rows)

    def converted(self, rows: Iterable[list[Any]]) -> Iterator[list[Any]]:
        """Convert values that stand in the order of the columns."""
        for row in rows:
            for at, conversion in self.conversions:
                if row[at] is not None:
                    row[at] = conversion(row[at])
            yield row


@cache
def _columns(model: type[Model], vendor: str, names: tuple[str, ...] = ()) -> _Columns:
    found = [model._meta.get_field(name) for name in names] or model._meta.concrete_fields
    return _Columns.of([field for field in found if isinstance(field, Field)])


@dataclass
class Keys:
    """Every n-th key for one of n writers who write at once and must know their keys before.

    `taken` are the last keys of each model before they began.
    """

    taken: dict[type[Model], int]
    number: int
    of: int

    def draw(self, model: type[Model], count: int) -> range:
        """Return the next keys of a model."""
        last = self.taken[model]
        first = last + 1 + self.number
        keys = range(first, first + count * self.of, self.of)
        self.taken[model] = last + count * self.of
        return keys


_keys: ContextVar[Keys | None] = ContextVar("linli_keys", default=None)


@contextmanager
def keyed(keys: Keys) -> Iterator[None]:
    """Let `insert` take its keys from `keys`, for the models it knows."""
    token = _keys.set(keys)
    try:
        yield
    finally:
        _keys.reset(token)


@contextmanager
def hurried() -> Iterator[None]:
    """Let SQLite neither look up the other end of each key nor tidy its journal after each write.

    For a writer that makes all the keys itself. PostgreSQL goes on as always.
    """
    if connection.vendor != "sqlite" or connection.in_atomic_block:
        yield
        return
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA foreign_keys")
        (was,) = cursor.fetchone()
        cursor.execute("PRAGMA foreign_keys = OFF")
        cursor.execute(f"PRAGMA wal_autocheckpoint = {HURRIED_PAGES}")
    try:
        yield
    finally:
        with connection.cursor() as cursor:
            cursor.execute(f"PRAGMA foreign_keys = {was}")
            cursor.execute(f"PRAGMA wal_autocheckpoint = {PAGES}")


def last_key(model: type[Model]) -> int:
    """Return the highest key of a model."""
    return model._default_manager.aggregate(last=Max("pk"))["last"] or 0


def go_on_after(models: Iterable[type[Model]]) -> None:
    """Let a database that counts keys by itself go on after those given by hand."""
    if connection.vendor == "postgresql":
        statements = connection.ops.sequence_reset_sql(no_style(), list(models))
        with connection.cursor() as cursor:
            for statement in statements:
                cursor.execute(statement)


def _new_ids(model: type[Model], count: int) -> range | list[int]:
    keys = _keys.get()
    if keys is not None and model in keys.taken:
        return keys.draw(model, count)
    table = model._meta.db_table
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute(
                "SELECT nextval(pg_get_serial_sequence(%s, %s)) FROM generate_series(1, %s)",
                [table, model._meta.pk.column, count],
            )
            return [row[0] for row in cursor.fetchall()]
        cursor.execute("SELECT seq FROM sqlite_sequence WHERE name = %s", [table])
        last = cursor.fetchone()
        start = (last[0] if last else 0) + 1
        return range(start, start + count)


def insert(rows: Sequence[Model]) -> None:
    """Insert rows of one model that have no key yet, and give each its key.

    Raises
    ------
    TransactionManagementError
        Outside a transaction: on SQLite the keys are only ours while we hold the lock.
    """
    if not rows:
        return
    model = type(rows[0])
    if not connection.in_atomic_block:
        raise transaction.TransactionManagementError("bulk.insert needs a transaction")
    for row, key in zip(rows, _new_ids(model, len(rows)), strict=True):
        row.pk = key
        row._state.adding = False
    columns = _columns(model, connection.vendor)
    _write(model, columns, (row[:-1] for row in columns.of_rows(rows)))


def insert_values(model: type[Model], names: Sequence[str], rows: Sequence[list[Any]]) -> None:
    """Insert rows given as lists of values, where nobody needs their keys.

    `rows` may be no generator: a query made on the way would wait for the COPY for ever.
    """
    columns = _columns(model, connection.vendor, tuple(names))
    _write(model, columns, columns.converted(rows))


def _write(model: type[Model], columns: _Columns, rows: Iterable[list[Any]]) -> None:
    table = connection.ops.quote_name(model._meta.db_table)
    names = ", ".join(columns.names)
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            statement = f"COPY {table} ({names}) FROM STDIN"
            # Past Django's cursor, so its own names for errors must be given here.
            with connection.wrap_database_errors, cursor.cursor.copy(statement) as copy:
                for row in rows:
                    copy.write_row(row)
        else:
            marks = ", ".join(["%s"] * len(columns.names))
            statement = f"INSERT INTO {table} ({names}) VALUES ({marks})"
            cursor.executemany(statement, list(rows))


def update_values(
    model: type[Model], names: Sequence[str], rows: Sequence[tuple[Any, ...]]
) -> None:  # fmt: skip
    """Write the named fields of rows given as values with the key at the end."""
    if rows:
        columns = _columns(model, connection.vendor, tuple(names))
        _set(model, columns, columns.converted(map(list, rows)))


def update(rows: Sequence[Model], names: Sequence[str]) -> None:
    """Write the named fields of rows that have a key."""
    if not rows:
        return
    columns = _columns(type(rows[0]), connection.vendor, tuple(names))
    _set(type(rows[0]), columns, columns.of_rows(rows))


def _set(model: type[Model], columns: _Columns, rows: Iterable[list[Any]]) -> None:
    table = connection.ops.quote_name(model._meta.db_table)
    sets = ", ".join(f"{name} = %s" for name in columns.names)
    with connection.cursor() as cursor:
        cursor.executemany(f"UPDATE {table} SET {sets} WHERE id = %s", list(rows))
