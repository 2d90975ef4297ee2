"""Histories from files: the layout of C-MAPSS, CSV with headings, Parquet; no town needed.

C-MAPSS: blanks between unit, cycle, three settings and sensors, `.gz` allowed. In CSV and Parquet
the columns are named; which one is the unit, the cycle and a setting is said or known by its name.
"""

import csv
import gzip
from collections.abc import Sequence
from dataclasses import dataclass
from io import StringIO
from pathlib import Path
from typing import Any

import numpy as np

from linli.engines.life import History

UNITS = ("unit", "asset", "machine", "id", "设备", "设备编码")
CYCLES = ("cycle", "cycles", "hours", "time", "周期", "运行小时")
CMAPSS_SETTINGS = 3


class Unusable(ValueError):
    """A file that holds no histories, with the reason."""


@dataclass(frozen=True)
class Held:
    """What files hold: histories of machines and the names of their columns."""

    histories: list[History]
    settings: tuple[str, ...]
    sensors: tuple[str, ...]
    left_out: list[str]


def read(
    paths: Sequence[Path], unit: str = "", cycle: str = "", settings: Sequence[str] = ()
) -> Held:
    """Read histories from files that all have the same columns.

    Parameters
    ----------
    unit, cycle, settings
        Names of columns, where there are headings; found by their usual names if not given.
        Columns whose names begin with `setting` are settings.

    Raises
    ------
    Unusable
        If a file cannot be read, lacks a column, or no machine in it has a usable history.
    """
    if not paths:
        raise Unusable("no file was named")
    whole: list[History] = []
    left_out: list[str] = []
    names: tuple[tuple[str, ...], tuple[str, ...]] | None = None
    for path in paths:
        head, rows, units = _table(path)
        at_unit, at_cycle = _place(head, unit, UNITS, path), _place(head, cycle, CYCLES, path)
        at_settings = [
            at for at, name in enumerate(head)
            if (name in settings if settings else name.lower().startswith("setting"))
        ]  # fmt: skip
        if missing := [name for name in settings if name not in head]:
            raise Unusable(f"{path}: there is no column {missing[0]!r}")
        rest = [at for at in range(len(head)) if at not in (at_unit, at_cycle, *at_settings)]
        found = tuple(head[at] for at in at_settings), tuple(head[at] for at in rest)
        if names not in (None, found):
            raise Unusable(f"{path}: its columns are not those of {paths[0]}")
        names = found
        of = units if units is not None else np.array([f"{x:g}" for x in rows[:, at_unit]])
        for name in dict.fromkeys(of.tolist()):
            own = rows[of == name]
            try:
                one = History(own[:, at_cycle], own[:, at_settings], own[:, rest], str(name))
            except ValueError as fault:
                left_out.append(f"{path.name}: {fault}")
                continue
            whole.append(one)
    if not whole or names is None:
        raise Unusable("\n".join(left_out) or f"{paths[0]}: no rows")
    return Held(whole, *names, left_out)


def _place(head: Sequence[str], name: str, usual: Sequence[str], path: Path) -> int:
    lower = [one.lower() for one in head]
    for one in (name.lower(),) if name else usual:
        if one in lower:
            return lower.index(one)
    raise Unusable(f"{path}: there is no column {name or usual[0]!r}")


def _table(path: Path) -> tuple[list[str], np.ndarray, np.ndarray | None]:
    """Return names, numbers (NaN where there is none) and, where they are words, the units."""
    if not path.exists():
        raise Unusable(f"{path}: there is no such file")
    try:
        if path.suffix.lower() == ".parquet":
            return _parquet(path)
        content = path.read_bytes()
        text = (gzip.decompress(content) if path.suffix == ".gz" else content).decode("utf-8-sig")
    except (OSError, UnicodeDecodeError, EOFError) as fault:
        raise Unusable(f"{path}: it cannot be read ({fault})") from fault
    first = text.lstrip().split("\n", 1)[0]
    if not first.strip():
        raise Unusable(f"{path}: it is empty")
    if "," in first or "\t" in first or ";" in first:
        return _csv(path, text, max(",\t;", key=first.count))
    return _cmapss(path, text)


def _cmapss(path: Path, text: str) -> tuple[list[str], np.ndarray, None]:
    try:
        rows = np.loadtxt(StringIO(text), ndmin=2)
    except ValueError as fault:
        raise Unusable(f"{path}: {fault}") from fault
    if rows.shape[1] < CMAPSS_SETTINGS + 3:
        raise Unusable(f"{path}: {rows.shape[1]} columns are too few for the layout of C-MAPSS")
    settings = [f"setting{n}" for n in range(1, CMAPSS_SETTINGS + 1)]
    sensors = [f"sensor{n}" for n in range(1, rows.shape[1] - CMAPSS_SETTINGS - 1)]
    return ["unit", "cycle", *settings, *sensors], rows, None


def _csv(path: Path, text: str, mark: str) -> tuple[list[str], np.ndarray, np.ndarray | None]:
    lines = [line for line in csv.reader(StringIO(text), delimiter=mark) if any(line)]
    head = [name.strip() for name in lines[0]]
    for number, line in enumerate(lines[1:], 2):
        if len(line) != len(head):
            raise Unusable(f"{path}, row {number}: {len(line)} values, {len(head)} columns")
    columns = [[line[at] for line in lines[1:]] for at in range(len(head))]
    return _columns(path, head, columns)


def _parquet(path: Path) -> tuple[list[str], np.ndarray, np.ndarray | None]:
    import pyarrow
    import pyarrow.parquet as parquet

    try:
        table = parquet.read_table(path)
    except pyarrow.ArrowException as fault:
        raise Unusable(f"{path}: it is no Parquet file ({fault})") from fault
    return _columns(path, table.column_names, [column.to_pylist() for column in table.columns])


def _columns(
    path: Path, head: list[str], columns: Sequence[Sequence[Any]]
) -> tuple[list[str], np.ndarray, np.ndarray | None]:
    units = None
    rows = np.full((len(columns[0]) if columns else 0, len(head)), np.nan)
    for at, (name, column) in enumerate(zip(head, columns, strict=True)):
        for row, value in enumerate(column):
            try:
                rows[row, at] = float(value) if value not in (None, "") else np.nan
            except (TypeError, ValueError) as fault:
                if name.lower() in UNITS:
                    units = np.array([str(one) for one in column])
                    break
                raise Unusable(
                    f"{path}, row {row + 2}, column {name!r}: {value!r} is no number"
                ) from fault
    return head, rows, units
