"""Write many rows at once, each kind of database in the way it is fastest.

Django's `bulk_create` builds one long statement a few rows at a time; for a case with
40 columns that takes longer than all the rest of intake. Here SQLite gets one prepared
statement run over all rows, PostgreSQL a COPY. `bench/intake.py` prints what it gives.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC
from functools import cache, partial
from operator import attrgetter
from typing import Any, Self

import orjson
from django.db import connection, transaction
from django.db.models import DateTimeField, Field, FileField, JSONField, Model


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
    return lambda moment: moment.astimezone(UTC).replace(tzinfo=None).isoformat(" ")


@dataclass(frozen=True)
class _Columns:
    """How rows of one model become values for the database."""

    names: list[str]
    values: Callable[[Model], Iterable[Any]]

    @classmethod
    def of(cls, fields: Sequence[Field]) -> Self:
        read = attrgetter(*(field.attname for field in fields))
        convert = [(at, _to_database(field)) for at, field in enumerate(fields)]
        convert = [(at, conversion) for at, conversion in convert if conversion]

        def values(row: Model) -> list[Any]:
            found = list(read(row))
            for at, conversion in convert:
                if found[at] is not None:
                    found[at] = conversion(found[at])
            return found

        return cls([connection.ops.quote_name(field.column) for field in fields], values)


@cache
def _columns(model: type[Model], vendor: str) -> _Columns:
    return _Columns.of(model._meta.concrete_fields)


def _new_ids(model: type[Model], count: int) -> range | list[int]:
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
    table = connection.ops.quote_name(model._meta.db_table)
    names, values = ", ".join(columns.names), map(columns.values, rows)
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            with cursor.cursor.copy(f"COPY {table} ({names}) FROM STDIN") as copy:
                for row_values in values:
                    copy.write_row(row_values)
        else:
            marks = ", ".join(["%s"] * len(columns.names))
            cursor.executemany(f"INSERT INTO {table} ({names}) VALUES ({marks})", values)


def update(rows: Sequence[Model], names: Sequence[str]) -> None:
    """Write the named fields of rows that have a key."""
    if not rows:
        return
    model = type(rows[0])
    table = connection.ops.quote_name(model._meta.db_table)
    columns = _Columns.of([model._meta.get_field(name) for name in names])
    sets = ", ".join(f"{name} = %s" for name in columns.names)
    values = ([*columns.values(row), row.pk] for row in rows)
    with connection.cursor() as cursor:
        cursor.executemany(f"UPDATE {table} SET {sets} WHERE id = %s", values)
