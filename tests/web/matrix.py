"""The matrix of who may what, `docs/permissions.md`: one part for pages, one for operations.

`LINLI_WRITE_MATRIX=1 pytest tests/web/test_permissions.py tests/web/test_api_permissions.py`
writes what is so today into it; read the difference before you keep it.
"""

import os
from pathlib import Path

from tests.web.two_sides import ROLES

MATRIX = Path(__file__).parents[2] / "docs" / "permissions.md"
MAY, MAY_NOT = "✓", "–"
PAGES, OPERATIONS = "address", "operation"
HEADS = {
    PAGES: """# Who may what

Made and checked by `tests/web/test_permissions.py` and `tests/web/test_api_permissions.py`: they
ask for every address and every operation as every role and compare with this page. Everybody here
works in the west of a town of two halves. Where an address leads to an object, the mark before the
stroke is for one in the west (their own case, person, booking …), the one behind it for one in the
east. ✓ opens, – does not. `root` is the administrator of the whole town.

## Pages

Who may take which step of a case in which state stands in [loop.md](loop.md); here is what the page
of a case that was just dispatched offers. Addresses of the sign-in library (second factor, outside
accounts) are always one’s own.

""",
    OPERATIONS: """
## Operations of the API

Each is asked for with a key that has every scope, `guest` comes without one. ✓ means that the
answer is none of 401, 403 and 404: what is asked for may still be refused for the state that
something is in, or for what was sent.

""",
}


def marks(may: list[bool]) -> str:
    """Return what stands in a cell: one mark, or one for the own object and one for the other's."""
    return "/".join(MAY if each else MAY_NOT for each in may)


def compare(part: str, rows: dict[str, list[str]]) -> None:
    """Hold what was observed against a part of the matrix; write it where that is wanted."""
    if os.environ.get("LINLI_WRITE_MATRIX") == "1":
        whole = {name: _read(name) for name in HEADS} | {part: rows}
        MATRIX.write_text("".join(_written(name, whole[name]) for name in HEADS), "utf-8")
    told = _read(part)
    differing = {
        name: f"is {' '.join(marks)}, should be {' '.join(told.get(name, ['unknown']))}"
        for name, marks in rows.items()
        if told.get(name) != marks
    }
    assert not differing, differing
    assert set(told) == set(rows), "the matrix names what is gone"


def rows_of(part: str) -> list[str]:
    """Return the names of the rows of a part."""
    return list(_read(part))


def _written(part: str, rows: dict[str, list[str]]) -> str:
    lines = [f"| {part} | {' | '.join(ROLES)} |", f"|---|{'---|' * len(ROLES)}"]
    lines += [f"| {name} | {' | '.join(cells)} |" for name, cells in rows.items()]
    return HEADS[part] + "\n".join(lines) + "\n"


def _read(part: str) -> dict[str, list[str]]:
    rows: dict[str, list[str]] = {}
    now = ""
    for line in MATRIX.read_text("utf-8").splitlines():
        cells = [cell.strip() for cell in line.strip("| ").split("|")]
        if len(cells) != len(ROLES) + 1 or cells[0].startswith("---"):
            continue
        if cells[0] in HEADS:
            now = cells[0]
        elif now == part:
            rows[cells[0]] = cells[1:]
    return rows
