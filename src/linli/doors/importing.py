"""Rows of a file into a declared table: foreseen one by one before any is written, then taken in.

Nothing here knows what kind of thing it takes in: a table that declares columns and a writer is
imported (`linli.tables`).
"""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils import translation
from django.utils.translation import gettext as _

from linli.doors import cells
from linli.doors.cells import NotGiven
from linli.doors.reading import Fault, Row, Sheet, Unreadable
from linli.people.scope import Scope
from linli.tables import CHANGED, FATES, Column, Kind, Table, Values, Writer, Wrong, declared

BATCH = 500
REFUSED = "refused"
SHORT = 80
Mapped = Mapping[str, str]  # column of the table → heading of the file


@dataclass
class Line:
    """What becomes of one row of a file.

    `changes` are the columns it changes, with what they hold before and after; `faults` are why
    it is refused; `about` is the key of the row it changes or joins.
    """

    number: int
    fate: str = ""
    about: str = ""
    shows: dict[str, str] = field(default_factory=dict)
    changes: list[tuple[str, str, str]] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)
    values: Values = field(default_factory=dict, repr=False)


@dataclass
class Foreseen:
    """What becomes of a file. `together` is what keeps its rows out as a whole."""

    table: Table
    lines: list[Line] = field(default_factory=list)
    together: list[str] = field(default_factory=list)
    remarks: list[Fault] = field(default_factory=list)

    @property
    def counts(self) -> dict[str, int]:
        """How many rows have which fate, in the order people read them."""
        counted = Counter(line.fate for line in self.lines)
        return {fate: counted[fate] for fate in fates(self.table) if counted[fate]}

    @property
    def can_be_taken(self) -> bool:
        good = sum(line.fate != REFUSED for line in self.lines)
        return bool(good) and not self.together

    @property
    def faults(self) -> list[Fault]:
        """All faults and remarks in the file's order."""
        told = [fault for line in self.lines for fault in line.faults]
        return sorted([*self.remarks, *told], key=lambda fault: fault.row)


def importable(scope: Scope | None = None) -> dict[str, Table]:
    """Return the tables that can be imported (by this person, if one is given)."""
    return {
        name: table
        for name, table in declared().items()
        if table.writer and (scope is None or table.writer.may(scope))
    }


def fates(table: Table) -> dict[str, Any]:
    """Return what may become of a row of the table, in words."""
    assert table.writer is not None
    known = {**FATES, **table.writer.fates, REFUSED: _("Refused")}
    return {str(fate): words for fate, words in known.items()}


def given_columns(table: Table) -> list[Column]:
    """Return the columns a file may have."""
    return [column for column in table.columns if column.writable]


def headings(table: Table) -> dict[str, str]:
    """Return heading in lower case → column, for all names a column is known by."""
    known: dict[str, str] = {}
    for column in given_columns(table):
        labels = []
        for language, _name in settings.LANGUAGES:
            with translation.override(language):
                labels.append(str(column.label))
        for heading in (column.name, *column.aliases, *labels):
            known.setdefault(heading.lower(), column.name)
    return known


def propose(table: Table, found: Iterable[str]) -> dict[str, str]:
    """Match the columns of a table to the headings of a file, by all names they are known by."""
    known = headings(table)
    matched: dict[str, str] = {}
    for heading in found:
        name = known.get(heading.lower())
        if name:
            matched.setdefault(name, heading)
    return matched


def see_mapped(table: Table, found: Sequence[str], mapped: Mapped) -> None:
    """See that a file can be read with a map of its columns.

    Raises
    ------
    Unreadable
        If it names a column or heading that is not there, or leaves out what every row needs.
    """
    columns = {column.name: column for column in given_columns(table)}
    for name, heading in mapped.items():
        if name not in columns:
            raise Unreadable(_("“%(field)s” is no column of %(table)s (%(known)s).")
                             % {"field": name, "table": table.label,
                                "known": ", ".join(columns)})  # fmt: skip
        if heading not in found:
            raise Unreadable(_("There is no column “%(column)s” for “%(field)s”.")
                             % {"column": heading, "field": columns[name].label})  # fmt: skip
    if table.key in columns and table.key not in mapped:
        raise Unreadable(_needs(columns[table.key]))
    if table.key not in columns:
        for column in columns.values():
            if column.required and column.name not in mapped:
                raise Unreadable(_needs(column))


def _needs(column: Column) -> str:
    names = ", ".join([column.name, *column.aliases])
    return _("No column holds “%(column)s”; known names are %(names)s.") % {
        "column": column.label, "names": names,
    }  # fmt: skip


def foresee(table: Table, scope: Scope, sheet: Sheet, mapped: Mapped) -> Foreseen:
    """Tell of each row what would become of it; nothing is written.

    Raises
    ------
    Unreadable
        If the file cannot be read with this map.
    """
    see_mapped(table, sheet.columns, mapped)
    seen = _read(table, sheet, mapped)
    writer = _writer(table)
    good = [line for line in seen.lines if not line.faults]
    outcomes = writer.check(scope, [line.values for line in good])
    for line, outcome in zip(good, outcomes, strict=True):
        _settle(line, outcome, mapped)
    _tell_changes(table, [line for line in good if line.fate == CHANGED])
    if writer.together:
        refused = len(seen.lines) - sum(not line.faults for line in seen.lines)
        if refused:
            told = _("These rows go in together or not at all: mend the %(n)d that are refused.")
            seen.together = [told % {"n": refused}]
        else:
            wrongs = writer.together(scope, [line.values for line in seen.lines])
            seen.together = [wrong.message for wrong in wrongs]
    return seen


def take(
    table: Table,
    scope: Scope,
    sheet: Sheet,
    mapped: Mapped,
    advance: Callable[[int], object] = lambda done: None,
) -> Foreseen:
    """Take in what can be: batch by batch, or all in one transaction where rows stand together.

    Everything is looked at again, because the town may have changed since it was foreseen.

    Returns
    -------
    What became of the file; of rows that stand together none was written if `can_be_taken` is
    false.
    """
    if _writer(table).together:
        with transaction.atomic():
            seen = foresee(table, scope, sheet, mapped)
            if seen.can_be_taken:
                _write(table, scope, seen.lines)
                advance(len(seen.lines))
        return seen
    see_mapped(table, sheet.columns, mapped)
    seen = _read(table, sheet, mapped)
    for batch in _batches(seen.lines):
        good = [line for line in batch if not line.faults]
        outcomes = _writer(table).check(scope, [line.values for line in good])
        for line, outcome in zip(good, outcomes, strict=True):
            _settle(line, outcome, mapped)
        _write(table, scope, [line for line in good if not line.faults])
        advance(len(batch))
    return seen


def _writer(table: Table) -> Writer:
    if table.writer is None:
        raise ValueError(f"table {table.name} takes no rows in")
    return table.writer


def _batches(lines: list[Line]) -> Iterator[list[Line]]:
    for start in range(0, len(lines), BATCH):
        yield lines[start : start + BATCH]


def _write(table: Table, scope: Scope, lines: list[Line]) -> None:
    written = _writer(table).write(scope, [line.values for line in lines])
    for line, fate in zip(lines, written, strict=True):
        line.fate, line.about = str(fate), getattr(fate, "about", line.about)


def _read(table: Table, sheet: Sheet, mapped: Mapped) -> Foreseen:
    """Read the cells of all rows by the kinds of their columns."""
    columns = {name: table.column(name) for name in mapped}
    seen = Foreseen(table, remarks=_remarks(table, sheet, mapped))
    own = _own(table, mapped)
    first: dict[str, int] = {}
    for row in sheet.rows:
        if isinstance(row, Fault):
            seen.lines.append(Line(row.row, REFUSED, faults=[row]))
            continue
        line = _line(row, columns, mapped)
        parts = [row.values.get(mapped[name], "").strip() for name in own]
        code = "-".join(parts) if all(parts) else ""
        before = first.setdefault(code, row.number) if code else row.number
        if before != row.number:
            message = _("Number %(id)s stands in row %(row)d already.")
            told = message % {"id": code[:SHORT], "row": before}
            line.fate = REFUSED
            line.faults.append(Fault(row.number, told, mapped[own[0]], code[:SHORT]))
        seen.lines.append(line)
    return seen


def _own(table: Table, mapped: Mapped) -> tuple[str, ...]:
    """Return the columns by which rows of a file are told apart, as far as it has them."""
    if table.names:
        return table.names if all(name in mapped for name in table.names) else ()
    return next(((n,) for n in (table.key, "external_id") if n in mapped), ())


def _line(row: Row, columns: Mapping[str, Column], mapped: Mapped) -> Line:
    line, values = Line(row.number), {}
    for name, column in columns.items():
        text = row.values.get(mapped[name], "")
        if column.kind is not Kind.SHAPE:
            line.shows[name] = text[:SHORT]
        try:
            values[name] = cells.given(column, text)
        except NotGiven as error:
            line.fate = REFUSED
            line.faults.append(Fault(row.number, str(error), mapped[name], text[:SHORT]))
    line.values = values
    return line


def _remarks(table: Table, sheet: Sheet, mapped: Mapped) -> list[Fault]:
    remarks = []
    for heading in sheet.columns:
        if heading not in mapped.values():
            message = _("This column is not known and was left aside.")
            remarks.append(Fault(1, message, heading))
    for name, heading in mapped.items():
        if table.column(name).kind in (Kind.TEXT, Kind.KEY) and heading in sheet.numbers:
            message = _("These cells are numbers: zeros before them, if there were any, are lost.")
            remarks.append(Fault(sheet.numbers[heading], message, heading))
    return remarks


def _settle(line: Line, outcome: str | list[Wrong], mapped: Mapped) -> None:
    if isinstance(outcome, str):
        line.fate, line.about = str(outcome), getattr(outcome, "about", "")
        return
    line.fate = REFUSED
    for wrong in outcome:
        heading = mapped.get(wrong.column, wrong.column)
        value = line.shows.get(wrong.column, "")
        line.faults.append(Fault(line.number, wrong.message, heading, value))


def _tell_changes(table: Table, lines: list[Line]) -> None:
    """Put beside each changed row what its columns hold now; one query for all of them."""
    if not lines or table.find is not None:
        return
    key = table.column(table.key)
    keys = [line.values[table.key] for line in lines]
    rows = table.model._default_manager.filter(**{f"{key.lookup}__in": keys})
    rows = rows.select_related(*table.related).prefetch_related(*table.prefetched)
    present = {cells.value_of(key, row): row for row in rows}
    for line in lines:
        row = present.get(line.values[table.key])
        for name, value in line.values.items():
            column = table.column(name)
            if row is None or not column.shown:
                continue
            before, after = cells.value_of(column, row), value
            if not _same(column, before, after):
                line.changes.append((name, _words(column, before), _words(column, after)))
        line.about = str(line.values[table.key])


def _same(column: Column, before: Any, after: Any) -> bool:
    if column.kind is Kind.SHAPE:
        return _outline(before) == _outline(after)
    if column.kind is Kind.LIST:
        return sorted(before or ()) == sorted(after or ())
    return (before or "") == (after or "")


def _outline(shape: Any) -> Any:
    if isinstance(shape, list | tuple):
        return [_outline(part) for part in shape]
    if isinstance(shape, dict):
        return [shape.get("type"), _outline(shape.get("coordinates"))]
    return shape


def _words(column: Column, value: Any) -> str:
    if column.kind is Kind.SHAPE:
        return _("shape") if value else ""
    return str(cells.shown(column, value))[:SHORT]
