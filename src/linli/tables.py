"""Declared tables: what an object of the town looks like from outside, said once.

An app that wants its rows imported, exported, listed over REST and found by name puts a module
`tables` beside its models and declares them there. `doors` makes the rest out of the
declarations: files with a preview of every row, lists, REST operations, search. Who may see
which rows is no part of a declaration: that is the scope's one rule for the model.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from django.db.models import Model, Prefetch, Q, QuerySet
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy

Words = str | Promise


class Kind(StrEnum):
    """What the values of a column are, in files and in JSON alike."""

    TEXT = "text"
    WHOLE = "whole"  # a whole number
    NUMBER = "number"
    FLAG = "flag"  # true or false; 是 or 否 in files
    DAY = "day"  # ISO 8601 date
    MOMENT = "moment"  # ISO 8601 with a zone
    CHOICE = "choice"
    KEY = "key"  # the key of a row of the table named in `of`
    LIST = "list"  # texts; separated by blanks in files
    SHAPE = "shape"  # a GeoJSON geometry


@dataclass(frozen=True)
class Column:
    """One column.

    Attributes
    ----------
    name
        In files and in JSON.
    path
        The lookup of its value from a row (`"category__code"`); the name if empty.
    aliases
        Other headings by which an import knows it, in lower case.
    writable
        Whether an import or a REST request may give it.
    personal
        Whether it tells of a private person: shown only where `Table.may_know` allows it.
    filters, sorts
        Whether a list can be narrowed or ordered by it.
    read
        How its value is read from a row where a path is not enough.
    shown
        Whether lists and exports have it; one that is only given, such as the coordinate system
        of a point, is not.
    alone
        Whether it is shown only where one row is read by itself, because it is large.
    where
        Given a scope and a value, how the value narrows a list, where equality is not meant.
    unit
        Of a number: what one of it is (`linli.indicators.units`), so that sums can be checked.
    """

    name: str
    label: Words
    kind: Kind = Kind.TEXT
    path: str = ""
    aliases: tuple[str, ...] = ()
    choices: tuple[tuple[str, Words], ...] = ()
    of: str = ""
    required: bool = False
    writable: bool = False
    personal: bool = False
    filters: bool = False
    sorts: bool = False
    read: Callable[[Any], Any] | None = None
    help: Words = ""
    shown: bool = True
    alone: bool = False
    where: Callable[[Any, Any], Q] | None = None
    unit: str = ""

    @property
    def lookup(self) -> str:
        return self.path or self.name


@dataclass(frozen=True)
class Wrong:
    """Why a row of an import cannot be taken in: the column, and what is wrong with it."""

    column: str
    message: str


Values = Mapping[str, Any]  # column name → value, already of the column's kind


@dataclass(frozen=True)
class Writer:
    """How rows that come from outside are written.

    A row holds the columns that were given; what is not given stays as it is. Fates that every
    table may use, and which are explained already, stand in `FATES`.

    Attributes
    ----------
    may
        Tells whether this person (a `Scope`) may write rows of the table at all.
    check
        Looks at rows without writing, and returns for each what would become of it: a fate
        (a short word the table explains in `fates`; a `Fate` where it concerns another row) or
        what is wrong with it.
    write
        Writes rows that `check` found good, in one transaction, and returns their fates.
    together
        What is wrong with rows as a whole, beside what the town has already: a gap between
        grids, a grid without a lead. Where it is given, the rows go in together or not at all.
    """

    may: Callable[[Any], bool]
    check: Callable[[Any, Sequence[Values]], list[str | list[Wrong]]]
    write: Callable[[Any, Sequence[Values]], list[str]]
    fates: Mapping[str, Words] = field(default_factory=dict)
    together: Callable[[Any, Sequence[Values]], list[Wrong]] | None = None


class Fate(str):
    """What would become of a row, and the key of the row it changes or joins."""

    about: str

    def __new__(cls, fate: str, about: str = "") -> "Fate":
        made = super().__new__(cls, fate)
        made.about = about
        return made


NEW, CHANGED, UNCHANGED = "new", "changed", "unchanged"
FATES: dict[str, Words] = {
    NEW: gettext_lazy("New"),
    CHANGED: gettext_lazy("Changed"),
    UNCHANGED: gettext_lazy("Unchanged"),
}


@dataclass(frozen=True)
class Table:
    """One kind of object.

    Attributes
    ----------
    name
        In addresses and file names: lower case, plural.
    key
        The column that names a row for people and machines.
    find
        Turns a key into a queryset filter; by default `{lookup of the key column: key}`.
    names
        The columns that name a row together, where no column that can be given does so alone;
        its key is made of them, with a hyphen between. Such a table needs a `find`.
    may_list
        Tells whether this person may list the table at all; which rows, the scope says.
    may_know
        Given a scope and rows, the keys (pk) of those whose personal columns it may read.
    words
        Lookups that are searched for a plain `q=`, or empty where the table has none.
    search
        How a plain `q=` is looked for, where that is not in the `words`.
    related, prefetched, deferred
        What is joined for the columns, read beside the rows, and left unread until asked for.
    narrow
        Given a scope and the query of a page that lists the table, the rows that page shows, in
        its order; without it the filters of the columns narrow what the scope shows. A list
        that is computed and stands in no table of the database is given as a sequence.
    """

    name: str
    label: Words
    model: type[Model]
    key: str
    columns: tuple[Column, ...]
    may_list: Callable[[Any], bool] = lambda scope: True
    may_know: Callable[[Any, Sequence[Any]], frozenset[int]] | None = None
    find: Callable[[str], Any] | None = None
    names: tuple[str, ...] = ()
    words: tuple[str, ...] = ()
    search: Callable[[str], Q] | None = None
    related: tuple[str, ...] = ()
    prefetched: tuple[str | Prefetch, ...] = ()
    deferred: tuple[str, ...] = ()
    order: tuple[str, ...] = ("pk",)
    writer: Writer | None = None
    narrow: Callable[[Any, Mapping[str, Any]], QuerySet[Any] | Sequence[Any]] | None = None
    help: Words = ""
    _by_name: dict[str, Column] = field(default_factory=dict, compare=False, repr=False)

    def __post_init__(self) -> None:
        self._by_name.update({column.name: column for column in self.columns})
        if self.key not in self._by_name:
            raise ValueError(f"table {self.name} has no column {self.key}")

    def column(self, name: str) -> Column:
        """Return a column by name; KeyError if there is none."""
        return self._by_name[name]

    def key_of(self, values: Values) -> str:
        """Return the key of a row that is given, "" where it does not say it whole."""
        parts = [str(values.get(name) or "") for name in self.names or (self.key,)]
        return "-".join(parts) if all(parts) else ""

    def named(self, key: str) -> dict[str, Any]:
        """Return what a key says of a row that is given: the columns that name it."""
        if not self.names:
            return {self.key: key}
        parts = key.split("-", len(self.names) - 1)
        return {
            name: int(part) if self.column(name).kind is Kind.WHOLE else part
            for name, part in zip(self.names, parts, strict=True)
        }


_declared: dict[str, Table] = {}
_presented: dict[str, Table] = {}


def declare(table: Table) -> Table:
    """Make a table known. Raises ValueError if its name is taken."""
    if exportable().get(table.name, table) is not table:
        raise ValueError(f"two tables are called {table.name}")
    _declared[table.name] = table
    return table


def present(table: Table) -> Table:
    """Make a list known that a page shows and that can be had as a file, but is no table of REST.

    Raises ValueError if its name is taken.
    """
    if table.narrow is None:
        raise ValueError(f"nobody says which rows the list {table.name} shows")
    if exportable().get(table.name, table) is not table:
        raise ValueError(f"two lists are called {table.name}")
    _presented[table.name] = table
    return table


def exportable() -> dict[str, Table]:
    """Return all that can be had as a file by name: declared tables, and lists of pages."""
    return _declared | _presented


def declared() -> dict[str, Table]:
    """Return all declared tables by name; apps are asked once they are ready (`doors.apps`)."""
    return dict(_declared)


# --- rows that have changed ------------------------------------------------------------------

Listener = Callable[[str, Sequence[str], Sequence[str], Sequence[int]], None]
_listeners: list[Listener] = []


def listen(listener: Listener) -> Listener:
    """Let a room above hear of rows that have changed; a decorator."""
    if listener not in _listeners:
        _listeners.append(listener)
    return listener


def touched(
    table: str, keys: Sequence[str] = (), periods: Sequence[str] = (), rows: Sequence[int] = ()
) -> None:  # fmt: skip
    """Say that rows of a table were written, in the transaction that writes them.

    A call rather than a signal of the ORM, because large writes go past the ORM (`linli.bulk`),
    and because only the writer knows the periods a row was and is of. What listens must be cheap
    (indicators set one mark, which their worker takes up later), and its mark is undone
    with the transaction that set it.

    Parameters
    ----------
    table
        Name of the declared table.
    keys
        Keys of the rows, as the table names them; none where it would be too many to name.
    periods
        The periods they were of before and are of now, as "2024-03", "2024Q1" or "2024"; none
        where the table has no periods, or they are not known: then all of them count.
    rows
        Their primary keys, of those that are gone too; none where it would be too many. Who
        keeps something of single rows reads those alone; without them, those of the periods.
    """
    for listener in _listeners:
        listener(table, keys, periods, rows)
