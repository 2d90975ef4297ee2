"""Take in a file from the command line: good rows go in, each bad one is told in a report."""

import tomllib
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from django.contrib.auth.models import AnonymousUser
from django.utils.translation import gettext as _

from linli.cases import intake
from linli.cases.intake import Fate, Report, Unusable
from linli.cases.writing import OUTSIDE, report_of
from linli.doors import importing, uploads
from linli.doors.cells import NotGiven, given
from linli.doors.importing import REFUSED
from linli.doors.reading import Fault, Row, Unreadable, read
from linli.people.scope import Scope
from linli.tables import Table, declared


@dataclass
class Imported:
    """What became of a file: a count by fate, and the faults in the file's order.

    `is_kept_out` says that none of its rows was written, because they stand together.
    """

    file: str
    counts: dict[str, int] = field(default_factory=lambda: dict.fromkeys(Fate, 0))
    faults: list[Fault] = field(default_factory=list)
    is_kept_out: bool = False

    def report(self) -> str:
        """Say line by line what was left out and why."""
        taken = sum(n for fate, n in self.counts.items() if fate != REFUSED)
        lines = [fault.line(self.file) for fault in sorted(self.faults, key=lambda f: f.row)]
        if self.is_kept_out:
            lines.append(_("%(file)s: nothing was written.") % {"file": self.file})
        else:
            lines.append(_("%(file)s: good rows: %(taken)d; remarks: %(faults)d.")
                         % {"file": self.file, "taken": taken,
                            "faults": len(self.faults)})  # fmt: skip
        return "\n".join(lines) + "\n"


def cases_table() -> Table:
    """Return the declaration of cases."""
    return declared()["cases"]


def read_map(path: Path, table: Table | None = None) -> dict[str, str]:
    """Read a column map: `field = "column"` lines.

    Raises
    ------
    Unreadable
        If it is no TOML, or names a field that the table (cases, if none is given) does not have.
    """
    try:
        chosen = tomllib.loads(path.read_text("utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise Unreadable(f"{path.name}: {error}") from error
    columns = [column.name for column in importing.given_columns(table or cases_table())]
    for name, column in chosen.items():
        if name not in columns or not isinstance(column, str):
            raise Unreadable(
                _("%(file)s: “%(field)s” is not a field that can be given (%(fields)s).")
                % {"file": path.name, "field": name, "fields": ", ".join(columns)}
            )
    return chosen


def columns_of(found: list[str], chosen: Mapping[str, str] | None = None) -> dict[str, str]:
    """Match fields of a report to the columns of a file.

    Raises
    ------
    Unreadable
        If the map names a column that is not there, or no column holds the title.
    """
    columns = {**importing.propose(cases_table(), found), **(chosen or {})}
    importing.see_mapped(cases_table(), found, columns)
    return columns


def import_file(
    table: Table,
    path: Path,
    chosen: Mapping[str, str] | None = None,
    sheet: str = "",
    preview: bool = False,
    advance: Callable[[int], object] = lambda done: None,
) -> Imported:
    """Take the rows of a file into a table, or only tell what would become of them.

    Raises
    ------
    Unreadable
        If the file as a whole cannot be read as rows of that table; nothing is taken in then.
    """
    found = read(path, sheet, importing.headings(table))
    mapped = {**importing.propose(table, found.columns), **(chosen or {})}
    operator = Scope(AnonymousUser())
    if preview:
        seen = importing.foresee(table, operator, found, mapped)
    else:
        seen = importing.take(table, operator, found, mapped, advance)
    is_whole = bool(table.writer and table.writer.together)
    imported = Imported(path.name, dict.fromkeys(importing.fates(table), 0) | seen.counts)
    imported.is_kept_out = is_whole and not seen.can_be_taken
    imported.faults = [*seen.faults, *(Fault(1, message) for message in seen.together)]
    for line in seen.lines:
        if line.fate == OUTSIDE and "lon" in mapped:
            message = _("The point lies outside the town; the case waits for a dispatcher.")
            imported.faults.append(Fault(line.number, message, mapped["lon"]))
    if not (preview or imported.is_kept_out):
        uploads.record(seen, None, path.name)
    return imported


def import_cases(path: Path, chosen: Mapping[str, str] | None = None) -> Imported:
    """Take in the reports of a file, batch by batch.

    Raises
    ------
    Unreadable
        If the file as a whole is no table of reports; nothing is taken in then.
    """
    return import_file(cases_table(), path, chosen)


def usable(
    rows: Iterable[Row | Fault], columns: Mapping[str, str], imported: Imported
) -> Iterator[tuple[Row, Report]]:
    """Turn rows into reports that can be taken in; the others become `imported.faults`."""
    first_seen: dict[str, int] = {}
    for row in rows:
        if isinstance(row, Fault):
            imported.faults.append(row)
            continue
        try:
            report = to_report(row, columns)
            intake.check(report)
        except Unusable as error:
            column = columns.get(error.field, error.field)
            value = row.values.get(column, "")
            imported.faults.append(Fault(row.number, str(error), column, value[:80]))
            continue
        known = report.external_id and first_seen.setdefault(report.external_id, row.number)
        if known and known != row.number:
            message = _("Number %(id)s stands in row %(row)d already.")
            told = message % {"id": report.external_id, "row": known}
            imported.faults.append(Fault(row.number, told, columns["external_id"]))
            continue
        yield row, report


def to_report(row: Row, columns: Mapping[str, str]) -> Report:
    """Read one row as a report.

    Raises
    ------
    Unusable
        If a number or a time cannot be read.
    """
    values, table = {}, cases_table()
    for name, column in columns.items():
        try:
            values[name] = given(table.column(name), row.values[column])
        except NotGiven as error:
            raise Unusable(name, str(error)) from None
    return report_of(values)
