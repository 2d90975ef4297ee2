"""Write many rows at once, each kind of database in the way it is fastest.

Django's `bulk_create` builds one long statement a few rows at a time; for a case with
40 columns that takes longer than all the rest of intake. Here SQLite gets one prepared
statement run over all rows, PostgreSQL a COPY. `bench/intake.py` prints what it gives.
"""

from collections.abc import Sequence
from functools import cache
from typing import Any

from django.db import connection, transaction
from django.db.models import DateTimeField, Field, FileField, JSONField, Model


@cache
def _columns(model: type[Model]) -> tuple[list[Field], str, str]:
    fields = list(model._meta.concrete_fields)
    names = ", ".join(connection.ops.quote_name(f.column) for f in fields)
    return fields, connection.ops.quote_name(model._meta.db_table), names


def _value(field: Field, row: Model) -> Any:
    value = getattr(row, field.attname)
    if value is not None and isinstance(field, DateTimeField | JSONField | FileField):
        return field.get_db_prep_save(value, connection)
    return value


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
    fields, table, names = _columns(model)
    values = ([_value(field, row) for field in fields] for row in rows)
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            with cursor.cursor.copy(f"COPY {table} ({names}) FROM STDIN") as copy:
                for row_values in values:
                    copy.write_row(row_values)
        else:
            marks = ", ".join(["%s"] * len(fields))
            cursor.executemany(f"INSERT INTO {table} ({names}) VALUES ({marks})", values)


def update(rows: Sequence[Model], names: Sequence[str]) -> None:
    """Write the named fields of rows that have a key."""
    if not rows:
        return
    model = type(rows[0])
    _, table, _ = _columns(model)
    fields = [model._meta.get_field(name) for name in names]
    sets = ", ".join(f"{connection.ops.quote_name(f.column)} = %s" for f in fields)
    values = ([*(_value(f, row) for f in fields), row.pk] for row in rows)
    with connection.cursor() as cursor:
        cursor.executemany(f"UPDATE {table} SET {sets} WHERE id = %s", values)
