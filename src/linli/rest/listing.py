"""Rows of a declared table as they leave the house: narrowed, ordered, a page at a time.

A page begins where the last one ended (keyset) instead of counting to there, so that it costs
what it shows however many rows there are, and rows that come meanwhile shift nothing.
"""

import base64
import binascii
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Annotated, Any, Literal

import orjson
from django.core.exceptions import ValidationError as Invalid
from django.db.models import Q, QuerySet
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop
from pydantic import BaseModel, Field, create_model

from linli.rest.asking import Asked, Moment, Text
from linli.rest.problems import Problem
from linli.rest.shapes import columns_of, field_of, told, type_of
from linli.tables import Column, Kind, Table

N = gettext_noop
MOST, USUAL = 200, 50
Flag = Literal["true", "false"]


class PageQuery(Asked):
    """Which page of a list."""

    limit: Annotated[int, Field(ge=1, le=MOST, description=N("Rows a page"))] = USUAL
    cursor: Annotated[
        Text | None,
        Field(max_length=600, description=N("Where the page begins: `next` of the one before")),
    ] = None


@dataclass(frozen=True)
class Page:
    """Rows in order, and the cursor of the page after them, if there is one."""

    rows: list[Any]
    next: str | None


# --- narrowing -------------------------------------------------------------------------------


def query_shape(table: Table) -> type[PageQuery]:
    """Return the model of the query of a table's list."""
    fields: dict[str, Any] = {}
    if table.words or table.search:
        words = Annotated[Text | None, Field(max_length=200, description=N("Words to look for"))]
        fields["q"] = (words, None)
    for column in table.columns:
        if column.filters:
            fields.update(_filter(column))
    orders = _orders(table)
    if len(orders) > 1:
        usual = next(iter(orders))
        fields["order"] = (
            Annotated[Literal[tuple(orders)], Field(description=N("Order"))], usual
        )  # fmt: skip
    return create_model(f"{table.name}_query", __base__=PageQuery, **fields)


def _filter(column: Column) -> dict[str, Any]:
    label = Field(description=told(column))
    if column.kind in (Kind.MOMENT, Kind.DAY) and column.where is None:
        kind = Moment if column.kind == Kind.MOMENT else date
        return {
            f"{column.name}_{edge}": (Annotated[kind | None, label], None)
            for edge in ("from", "before")
        }
    if column.kind == Kind.FLAG:
        return {column.name: (Annotated[Flag | None, label], None)}
    several = Field(max_length=100, description=told(column))
    return {column.name: (Annotated[list[type_of(column)], several], [])}  # type: ignore[misc]


def narrowed(
    rows: QuerySet[Any], table: Table, sight: Any, wanted: BaseModel
) -> QuerySet[Any]:  # fmt: skip
    """Narrow rows to what a query wants of them."""
    for column in table.columns:
        if column.filters:
            for q in _conditions(column, sight, wanted):
                rows = rows.filter(q)
    words = (getattr(wanted, "q", None) or "").strip()
    if words and table.search:
        rows = rows.filter(table.search(words))
    elif words:
        anywhere = Q()
        for lookup in table.words:
            anywhere |= Q(**{f"{lookup}__icontains": words})
        rows = rows.filter(anywhere)
    return rows


def _conditions(column: Column, sight: Any, wanted: BaseModel) -> Iterable[Q]:
    for edge, way in (("from", "gte"), ("before", "lt")):
        limit = getattr(wanted, f"{column.name}_{edge}", None)
        if limit is not None:
            yield Q(**{f"{column.lookup}__{way}": limit})
    value = getattr(wanted, column.name, None)
    if value in (None, []):
        return
    values = [value == "true"] if column.kind == Kind.FLAG else value
    if column.where is None:
        yield Q(**{f"{column.lookup}__in": values})
        return
    anyone = Q(pk__in=[])
    for one in values:
        anyone |= column.where(sight, one)
    yield anyone


# --- ordering and paging ---------------------------------------------------------------------


def _orders(table: Table) -> dict[str, tuple[str, bool, bool]]:
    """Return each order by its name: the lookup, whether backwards, whether it may be empty.

    The first is the usual one.
    """
    first = table.order[0]
    bare = first.removeprefix("-")
    by_lookup = {c.lookup: c.name for c in table.columns} | {"id": table.key, "pk": table.key}
    usual = ("-" if first.startswith("-") else "") + by_lookup.get(bare, bare)
    found = {usual: (bare, first.startswith("-"), _may_be_empty(table, bare))}
    for column in table.columns:
        if column.sorts:
            empty = _may_be_empty(table, column.lookup)
            found.setdefault(column.name, (column.lookup, False, empty))
            found.setdefault(f"-{column.name}", (column.lookup, True, empty))
    return found


def _may_be_empty(table: Table, lookup: str) -> bool:
    field = field_of(table, Column(lookup, "", path=lookup))
    return field is None or field.null


def _encoded(order: str, value: Any, key: int) -> str:
    plain = value.isoformat() if isinstance(value, date | datetime) else value
    return base64.urlsafe_b64encode(orjson.dumps([order, plain, key])).decode().rstrip("=")


def _decoded(cursor: str, order: str) -> tuple[Any, int]:
    try:
        padded = cursor + "=" * (-len(cursor) % 4)
        told = orjson.loads(base64.b64decode(padded, altchars=b"-_", validate=True))
        name, value, key = told
        if name != order or type(key) is not int or not 0 <= key < 2**63:
            raise ValueError(cursor)
        if not isinstance(value, str | int | float | None):
            raise ValueError(cursor)
    except (ValueError, TypeError, binascii.Error) as fault:
        words = _("This is no cursor of this list in this order.")
        raise Problem(422, errors=[("cursor", words)]) from fault
    return value, key


def page_of(rows: QuerySet[Any], table: Table, wanted: PageQuery) -> Page:
    """Return the page of `rows` that a query wants.

    Rows without a value in what they are ordered by come last, whatever the database thinks.

    Raises
    ------
    Problem
        422 if the cursor is none of this list.
    """
    orders = _orders(table)
    order = getattr(wanted, "order", None) or next(iter(orders))
    lookup, backwards, may_be_empty = orders[order]
    way, sign = ("lt", "-") if backwards else ("gt", "")
    mark = _decoded(wanted.cursor, order) if wanted.cursor else None
    by_key = lookup in ("pk", "id")
    found: list[tuple[int, Any]] = []
    if mark is None or mark[0] is not None:
        full = rows if by_key or not may_be_empty else rows.filter(**{f"{lookup}__isnull": False})
        full = full.order_by(*([] if by_key else [f"{sign}{lookup}"]), f"{sign}pk")
        if mark is not None:
            full = full.filter(_beyond(table, lookup, way, mark, by_key))
        found = list(full.values_list("pk", lookup)[: wanted.limit + 1])
    if may_be_empty and not by_key and len(found) <= wanted.limit:
        empty = rows.filter(**{f"{lookup}__isnull": True}).order_by(f"{sign}pk")
        if mark is not None and mark[0] is None:
            empty = empty.filter(**{f"pk__{way}": mark[1]})
        left = wanted.limit + 1 - len(found)
        found += [(key, None) for key in empty.values_list("pk", flat=True)[:left]]
    after = None
    if len(found) > wanted.limit:
        found = found[: wanted.limit]
        key, value = found[-1]
        after = _encoded(order, value, key)
    return Page(read(table, [key for key, _value in found]), after)


def _beyond(table: Table, lookup: str, way: str, mark: tuple[Any, int], by_key: bool) -> Q:
    value, key = mark
    if by_key:
        return Q(**{f"pk__{way}": key})
    field = field_of(table, Column(lookup, "", path=lookup))
    try:
        at = field.to_python(value) if field else value
    except Invalid as fault:
        words = _("This is no cursor of this list in this order.")
        raise Problem(422, errors=[("cursor", words)]) from fault
    later = Q(**{f"{lookup}__{way}": at}) | Q(**{f"pk__{way}": key})
    # The first condition alone lets an index be used.
    return Q(**{f"{lookup}__{way}e": at}) & later


def read(table: Table, keys: Sequence[int]) -> list[Any]:
    """Read rows with all that their columns need, in the order of their keys."""
    rows = joined(table.model._default_manager.filter(pk__in=list(keys)).order_by(), table)
    by_key = {row.pk: row for row in rows}
    return [by_key[key] for key in keys if key in by_key]


def joined(rows: QuerySet[Any], table: Table) -> QuerySet[Any]:
    """Read with each row what its columns say."""
    rows = rows.select_related(*table.related) if table.related else rows
    return rows.prefetch_related(*table.prefetched).defer(*table.deferred)


# --- values ----------------------------------------------------------------------------------


def value_of(column: Column, row: Any) -> Any:
    """Return the value of a column as it stands in JSON."""
    if column.read is not None:
        value = column.read(row)
    else:
        value = row
        for name in column.lookup.split("__"):
            value = getattr(value, name, None)
    if isinstance(value, datetime):
        return localtime(value).isoformat()
    if isinstance(value, date):
        return value.isoformat()
    if column.kind in (Kind.CHOICE, Kind.KEY) and value == "":
        return None
    return value


def row_of(
    table: Table, row: Any, known: frozenset[int] = frozenset(), alone: bool = False
) -> dict[str, Any]:
    """Return a row as it stands in JSON; personal columns only if its key is in `known`."""
    return {
        column.name: None if column.personal and row.pk not in known else value_of(column, row)
        for column in columns_of(table, alone)
    }


def rows_of(table: Table, rows: Sequence[Any], sight: Any) -> list[dict[str, Any]]:
    """Return rows as they stand in JSON, as far as this person may know them."""
    known = table.may_know(sight, rows) if table.may_know and rows else frozenset()
    return [row_of(table, row, known) for row in rows]
