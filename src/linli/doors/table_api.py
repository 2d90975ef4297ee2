"""Lists, rows and writes of every declared table, made from its declaration alone."""

from typing import Any

import orjson
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop, override
from ninja import Router
from pydantic import BaseModel

from linli.people.scope import Scope, scope
from linli.rest import Problem, asked, found, given, operation, page_of, page_shape, row_shape
from linli.rest.listing import joined, narrowed, query_shape, row_of, rows_of
from linli.rest.shapes import writing_shape
from linli.tables import Kind, Table, Wrong

N = gettext_noop
LONGEST_KEY = 150
BLANK: dict[Kind, Any] = {Kind.TEXT: "", Kind.KEY: "", Kind.CHOICE: "", Kind.LIST: []}


def router_of(table: Table) -> Router:
    """Return the operations of a table."""
    router = Router()
    _list(router, table)
    _row(router, table)
    if table.writer is not None:
        _create(router, table)
        _change(router, table)
    return router


def _label(table: Table) -> str:
    with override("en"):
        return str(table.label)


def _json(told: dict[str, Any], status: int = 200) -> HttpResponse:
    # Made from the same declaration as the schema: validating every row again would cost more
    # than reading it. The tests hold the two against each other.
    return HttpResponse(
        orjson.dumps(told), status=status, content_type="application/json; charset=utf-8"
    )


def sight_of(request: HttpRequest, table: Table) -> Scope:
    """Return the scope of the owner of the key; a Problem with 403 if they may not list it."""
    sight = scope(request.user)
    if not table.may_list(sight):
        raise Problem(403)
    return sight


def row_by_key(table: Table, sight: Scope, key: str) -> Any:
    """Return a row by its key, if this person may see it."""
    rows = joined(sight.of(table.model), table)
    if table.find is not None:
        wanted = table.find(key)
        rows = rows.filter(**wanted) if isinstance(wanted, dict) else rows.filter(wanted)
    elif table.column(table.key).kind == Kind.WHOLE:
        if not (key.isascii() and key.isdigit() and len(key) < 16):
            raise Problem(404)
        rows = rows.filter(**{table.column(table.key).lookup: int(key)})
    else:
        rows = rows.filter(**{table.column(table.key).lookup: key[:LONGEST_KEY]})
    return found(rows.first())


def whole_row(table: Table, sight: Scope, row: Any) -> dict[str, Any]:
    """Return everything of a row that this person may know, as it stands in JSON."""
    known = table.may_know(sight, [row]) if table.may_know else frozenset()
    return row_of(table, row, known, alone=True)


def _list(router: Router, table: Table) -> None:
    wanted_shape = query_shape(table)

    def rows(request: HttpRequest) -> HttpResponse:
        sight = sight_of(request, table)
        wanted = asked(request, wanted_shape)
        page = page_of(narrowed(sight.of(table.model), table, sight, wanted), table, wanted)
        return _json({"items": rows_of(table, page.rows, sight), "next": page.next})

    rows.__name__ = f"{table.name}_list"
    router.get(
        f"/{table.name}",
        response=page_shape(table.name),
        **operation(
            _label(table),
            N("A page of those the owner of the key may see, narrowed by the parameters."),
            asks=wanted_shape,
            name=f"list_{table.name}",
        ),
    )(rows)


def _row(router: Router, table: Table) -> None:
    def row(request: HttpRequest, key: str) -> HttpResponse:
        sight = sight_of(request, table)
        return _json(whole_row(table, sight, row_by_key(table, sight, key)))

    row.__name__ = f"{table.name}_row"
    described = operation(_label(table), N("One of them, whole."), name=f"get_{table.name}")
    router.get(f"/{table.name}/{{key}}", response=row_shape(table.name, alone=True), **described)(
        row
    )


# --- writing ---------------------------------------------------------------------------------


def _writing(request: HttpRequest, table: Table) -> Scope:
    sight = sight_of(request, table)
    assert table.writer is not None
    if not table.writer.may(sight):
        raise Problem(403)
    return sight


def values_of(table: Table, told: BaseModel) -> dict[str, Any]:
    """Return what a request gave, as a writer takes it."""
    return {
        name: BLANK.get(table.column(name).kind) if value is None else value
        for name, value in told.model_dump(exclude_unset=True).items()
    }


def write(table: Table, sight: Scope, values: dict[str, Any]) -> str:
    """Write one row, and return its fate.

    Raises
    ------
    Problem
        422 with every column that cannot be as it is given.
    """
    writer = table.writer
    assert writer is not None
    (outcome,) = writer.check(sight, [values])
    wrongs: list[Wrong] = [] if isinstance(outcome, str) else list(outcome)
    if not wrongs and writer.together is not None:
        wrongs = list(writer.together(sight, [values]))
    if wrongs:
        raise Problem(422, errors=[(wrong.column, wrong.message) for wrong in wrongs])
    (fate,) = writer.write(sight, [values])
    return fate


def _known(table: Table, sight: Scope, key: str) -> Any | None:
    try:
        return row_by_key(table, sight, key)
    except Problem:
        return None


def _create(router: Router, table: Table) -> None:
    model = writing_shape(table.name, is_new=True)
    whole = row_shape(table.name, alone=True)

    def create(request: HttpRequest) -> HttpResponse:
        sight = _writing(request, table)
        told, _files = given(request, model)
        values = values_of(table, told)
        key = table.key_of(values)
        if key and _known(table, sight, key) is not None:
            raise Problem(409, _("“%(name)s” is there already.") % {"name": key})
        key = getattr(write(table, sight, values), "about", "") or key
        return _json(whole_row(table, sight, row_by_key(table, sight, key)), 201)

    create.__name__ = f"{table.name}_create"
    described = operation(
        _label(table), N("Add one."), takes=model, name=f"create_{table.name}"
    )  # fmt: skip
    if table.names or table.column(table.key).writable:
        router.post(f"/{table.name}", response={201: whole}, **described)(create)


def _change(router: Router, table: Table) -> None:
    model = writing_shape(table.name, is_new=False)

    def change(request: HttpRequest, key: str) -> HttpResponse:
        sight = _writing(request, table)
        row_by_key(table, sight, key)
        told, _files = given(request, model)
        if values := values_of(table, told):
            write(table, sight, table.named(key) | values)
        return _json(whole_row(table, sight, row_by_key(table, sight, key)))

    change.__name__ = f"{table.name}_change"
    described = operation(
        _label(table), N("Change what is given; the rest stays as it is."), takes=model,
        name=f"change_{table.name}",
    )  # fmt: skip
    if table.names or table.column(table.key).writable:
        router.patch(
            f"/{table.name}/{{key}}", response=row_shape(table.name, alone=True), **described
        )(change)
