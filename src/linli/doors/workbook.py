"""Open a spreadsheet: Excel (.xlsx, .xls), WPS (.et) and OpenDocument (.ods).

A file from outside may be made to burst: a few kilobytes that unfold to gigabytes, or one cell in
the last row and column. So it is opened in a process of its own, with limited memory and time:
what breaks it breaks nothing else. This module is that process, and knows nothing of Django.
"""

import resource
import subprocess
import sys
import zipfile
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any

import orjson
from python_calamine import CalamineError, CalamineSheet, CalamineWorkbook, PasswordError

MEMORY = 2 * 1024**3
SECONDS = 60
UNFOLDED = 300 * 1024**2  # bytes of all parts of a zipped workbook
CELLS = 20_000_000
HEADING_WITHIN = 20  # rows among which the heading is looked for
EXACT = 10**15  # a spreadsheet keeps 15 digits of a number
OLE, ZIP = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", b"PK\x03\x04"

# Why a workbook cannot be read.
BIG, LOCKED, BROKEN, ABSENT = "big", "locked", "broken", "absent"


def is_workbook(path: Path) -> bool:
    """Tell by its first bytes whether a file is a spreadsheet, whatever it is called."""
    with path.open("rb") as file:
        return file.read(8).startswith((OLE, ZIP))


class NotOpened(Exception):
    """A workbook that cannot be read; `why` is one of BIG, LOCKED, BROKEN, ABSENT."""

    def __init__(self, why: str) -> None:
        super().__init__(why)
        self.why = why


def opened(path: Path, sheet: str = "") -> dict[str, Any]:
    """Read one sheet (the first with something in it if none is named) in another process.

    Returns
    -------
    `sheets`: the names of those that are shown; `sheet`: the one read; `rows`: its cells as
    texts, from A1, merged cells filled; `joined`: the first rows in which a cell spans several
    columns; `numbers`: column → first row of a number in it;
    `inexact`: row and column of numbers with more digits than a spreadsheet keeps.

    Raises
    ------
    NotOpened
        If it is none, is locked, would unfold to more than can be borne, or has no such sheet.
    """
    command = [sys.executable, "-m", "linli.doors.workbook", str(path), sheet]
    try:
        done = subprocess.run(command, capture_output=True, timeout=SECONDS + 10, check=False)
    except subprocess.TimeoutExpired:
        raise NotOpened(BIG) from None
    if done.returncode:
        why = done.stderr.decode(errors="replace").strip().rpartition("\n")[2]
        # Killed for memory or time, or given up by the allocator: it says no more then.
        raise NotOpened(why if why in (LOCKED, BROKEN, ABSENT) else BIG)
    return orjson.loads(done.stdout)


def main(path: Path, sheet: str) -> None:
    """Read a sheet within the limits, and print it as JSON."""
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
    try:
        _refuse_bombs(path)
        with path.open("rb") as file:
            found = _read(CalamineWorkbook.from_filelike(file), sheet)
    except NotOpened as error:
        sys.exit(error.why)
    except PasswordError:
        sys.exit(LOCKED)
    except (CalamineError, zipfile.BadZipFile, ValueError, OSError):
        sys.exit(BROKEN)
    except MemoryError:
        sys.exit(BIG)
    sys.stdout.buffer.write(orjson.dumps(found))


def _refuse_bombs(path: Path) -> None:
    if not zipfile.is_zipfile(path):
        return
    with zipfile.ZipFile(path) as archive:
        # No more than a part declares is ever unfolded here; one that declares less than it
        # holds fails its checksum.
        if sum(part.file_size for part in archive.infolist()) > UNFOLDED:
            raise NotOpened(BIG)
        if archive.testzip() is not None:
            raise NotOpened(BROKEN)


def _read(book: CalamineWorkbook, wanted: str) -> dict[str, Any]:
    shown = [
        about.name for about in book.sheets_metadata
        if str(about.visible).endswith("Visible") and str(about.typ).endswith("WorkSheet")
    ]  # fmt: skip
    if wanted and wanted not in shown:
        raise NotOpened(ABSENT)
    for name in [wanted] if wanted else shown:
        sheet = book.get_sheet_by_name(name)
        if wanted or sheet.total_height:
            return {"sheets": shown, "sheet": name, **_cells(sheet)}
    return {"sheets": shown, "sheet": "", "rows": [], "joined": [], "numbers": {}, "inexact": []}


def _cells(sheet: CalamineSheet) -> dict[str, Any]:
    last = sheet.end or (0, 0)
    if (last[0] + 1) * (last[1] + 1) > CELLS:
        raise NotOpened(BIG)
    rows = sheet.to_python(skip_empty_area=False)
    joined = set()
    for (top, left), (bottom, right) in sheet.merged_cell_ranges or ():
        if right > left:
            joined |= {*range(top, min(bottom, HEADING_WITHIN) + 1)}
        for filled in rows[top : bottom + 1]:
            for column in range(left, min(right, len(filled) - 1) + 1):
                filled[column] = rows[top][left]
    numbers: dict[str, int] = {}
    inexact: list[tuple[int, int]] = []
    texts = []
    for at, cells in enumerate(rows):
        for column, value in enumerate(cells):
            if isinstance(value, float | int) and not isinstance(value, bool):
                numbers.setdefault(str(column), at)
                if abs(value) >= EXACT:
                    inexact.append((at, column))
        texts.append([text_of(value) for value in cells])
    return {"rows": texts, "joined": sorted(joined), "numbers": numbers, "inexact": inexact}


def text_of(value: Any) -> str:
    """Write a cell as the text a person sees who gave it no special format."""
    if isinstance(value, str):
        return value.strip()
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        # A code of twelve digits is kept as a number and must not come out as 3.3e11.
        return str(int(value)) if value.is_integer() else repr(value)
    if isinstance(value, datetime):
        return value.isoformat(" ")
    if isinstance(value, date | time):
        return value.isoformat()
    if isinstance(value, timedelta):
        return str(value)
    return str(value)


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2])
