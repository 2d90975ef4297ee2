"""What a sample town has beside its own files, taken in through the door that people use.

In `sample/` of a town folder lies one TOML file for each room. It names tables and files in
their order, and the day the files are as of: days and moments in them move, so that this is the
day of loading.
"""

import tomllib
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date, datetime, timedelta
from pathlib import Path

from django.db import transaction

from linli.clock import now
from linli.doors import importing
from linli.doors.reading import Fault, Row, Sheet, read
from linli.people.scope import Scope
from linli.scores.periods import local_day
from linli.tables import Kind, Table, declared

MOVES: dict[Kind, Callable[[str], date]] = {
    Kind.DAY: date.fromisoformat,
    Kind.MOMENT: datetime.fromisoformat,
}


class NotTaken(RuntimeError):
    """A row of the sample that the door refused: the sample is broken."""


def bring(town: Path, scope: Scope) -> dict[str, int]:
    """Take in what is not there yet, and return how many rows of each table.

    A room whose first table (or the one it names as `begun`) holds anything has been brought
    before, and is left alone.

    Raises
    ------
    NotTaken
        If a single row is refused.
    """
    taken: dict[str, int] = {}
    for order in sorted((town / "sample").glob("*.toml")):
        told = tomllib.loads(order.read_text("utf-8"))
        files = told["file"]
        if declared()[told.get("begun", files[0]["table"])].model._default_manager.exists():
            continue
        by = local_day(now()) - told["as_of"] if "as_of" in told else timedelta()
        with transaction.atomic():
            for file in files:
                path = order.parent / file["file"]
                table = declared()[file["table"]]
                taken[table.name] = taken.get(table.name, 0) + _take(table, scope, path, by)
    return taken


def _take(table: Table, scope: Scope, path: Path, by: timedelta) -> int:
    sheet = read(path)
    mapped = importing.propose(table, sheet.columns)
    days = {
        heading: table.column(name).kind
        for name, heading in mapped.items()
        if table.column(name).kind in MOVES
    }
    moved = replace(sheet, rows=_moved(sheet, days, by))
    seen = importing.take(table, scope, moved, mapped)
    if seen.faults or seen.together:
        told = [fault.line(path.name) for fault in seen.faults[:3]] + seen.together[:3]
        raise NotTaken("\n".join(told))
    return len(seen.lines)


def _moved(sheet: Sheet, days: dict[str, Kind], by: timedelta) -> Iterator[Row | Fault]:
    for row in sheet.rows:
        if isinstance(row, Row):
            given = {
                heading: (MOVES[kind](row.values[heading]) + by).isoformat()
                for heading, kind in days.items()
                if row.values.get(heading)
            }
            yield replace(row, values=row.values | given)
        else:
            yield row
