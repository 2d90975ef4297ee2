"""Schemas made from declarations: a row of a table, a page of rows, what a new row takes."""

from collections.abc import Iterable
from datetime import date
from functools import cache
from typing import Annotated, Any, Literal

from django.core.exceptions import FieldDoesNotExist
from django.db.models import Field as ModelField
from django.utils.translation import gettext_noop
from pydantic import BaseModel, ConfigDict, Field, WithJsonSchema, create_model

from linli.rest.asking import Given, Moment, Text
from linli.tables import Column, Kind, Table

KINDS: dict[Kind, Any] = {
    Kind.TEXT: Text,
    Kind.WHOLE: Annotated[int, Field(ge=-(2**31), lt=2**31)],
    Kind.NUMBER: float,
    Kind.FLAG: bool,
    Kind.DAY: date,
    Kind.MOMENT: Moment,
    Kind.KEY: Text,
    Kind.LIST: list[Text],
    Kind.SHAPE: Annotated[dict[str, Any], WithJsonSchema({"type": "object"})],
}
N = gettext_noop


class Shape(BaseModel):
    """What is answered."""

    model_config = ConfigDict(extra="forbid")


class Row(Shape):
    """A row of a table."""


def type_of(column: Column) -> Any:
    """Return the type of a column's values."""
    choices = tuple(key for key, _label in column.choices if key != "")
    if column.kind == Kind.CHOICE and choices:
        return Literal[choices]
    return KINDS.get(column.kind, str)


def field_of(table: Table, column: Column) -> ModelField | None:
    """Return the field of the database that a column is read from, if it is one."""
    model: Any = table.model
    found = None
    for name in column.lookup.split("__"):
        try:
            found = model._meta.pk if name == "pk" else model._meta.get_field(name)
        except (FieldDoesNotExist, AttributeError):
            return None
        model = getattr(found, "related_model", None)
    return found if isinstance(found, ModelField) else None


def is_always_there(table: Table, column: Column) -> bool:
    """Tell whether every row has a value in this column."""
    if column.name == table.key:
        return True
    if column.read or column.personal or "__" in column.lookup or column.kind == Kind.CHOICE:
        return False
    field = field_of(table, column)
    return field is not None and not field.null


def _camel(name: str) -> str:
    return "".join(part.capitalize() for part in name.split("_"))


def columns_of(table: Table, alone: bool) -> list[Column]:
    """Return the columns that a row shows: large ones only where it is read by itself."""
    return [c for c in table.columns if c.shown and (alone or not c.alone)]


def _fields(table: Table, columns: Iterable[Column]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for column in columns:
        kind = type_of(column)
        if not is_always_there(table, column):
            kind = kind | None
        found[column.name] = (kind, Field(description=told(column)))
    return found


def told(column: Column) -> str:
    """Return the words for a column as the source has them: the document is translated later."""
    from django.utils.translation import override

    with override("en"):
        return str(column.label)


@cache
def row_shape(name: str, alone: bool = False) -> type[BaseModel]:
    """Return the schema of a row of the table called `name`."""
    from linli.tables import declared

    table = declared()[name]
    title = _camel(name) + ("Whole" if alone else "Row")
    return create_model(title, __base__=Row, **_fields(table, columns_of(table, alone)))


@cache
def page_shape(name: str) -> type[BaseModel]:
    """Return the schema of a page of rows."""
    rows: Any = list[row_shape(name)]  # type: ignore[misc]
    return create_model(
        f"{_camel(name)}Page",
        __base__=Row,
        items=(rows, ...),
        next=(str | None, Field(description=N("The cursor of the next page, if there is one"))),
    )


@cache
def writing_shape(name: str, is_new: bool) -> type[Given]:
    """Return the schema of what a new row takes, or of what is changed of one."""
    from linli.tables import declared

    table = declared()[name]
    fields: dict[str, Any] = {}
    for column in table.columns:
        if not column.writable or (column.name in (table.key, *table.names) and not is_new):
            continue
        needed = column.required and is_new
        kind = type_of(column) if column.required else type_of(column) | None
        described = Field(description=told(column))
        if not needed:
            described = Field(default=None, description=told(column))
            kind = kind | None
        fields[column.name] = (kind, described)
    return create_model(
        f"{_camel(name)}{'New' if is_new else 'Change'}", __base__=Given, **fields
    )  # fmt: skip
