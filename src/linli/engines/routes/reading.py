"""A problem as it is written in a file: JSON objects with the names of `problem`'s fields.

`places` have a name, longitude and latitude. The ways between them come from `roads` (a file
beside this one), from the matrices `metres` and `seconds` (null: no way), or as great circles with
`factor` and `kmh`; `hours` are 24 factors of speed. Times are seconds from midnight or "09:30".
"""

from collections.abc import Iterator, Mapping
from dataclasses import fields
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
from pydantic import TypeAdapter, ValidationError

from . import sentences as say
from .faults import Fault
from .hours import Hours
from .problem import Break, Order, Problem, Vehicle, Visit
from .travel import Place, Travel, great_circle

INNER: dict[str, type] = {"delivery": Visit, "pickup": Visit, "breaks": Break}
TIMES = ("windows", "window", "shift")


class NotAProblemError(ValueError):
    """A file that holds no problem; the message says what is wrong with it."""


def problem_of(given: Any, folder: Path) -> tuple[Problem, list[Fault]]:
    """Return the problem, and what in it could not be read and is left out.

    Raises
    ------
    NotAProblemError
        If places, orders, vehicles or the ways between places are missing or broken.
    """
    if not isinstance(given, Mapping):
        raise NotAProblemError("no JSON object")
    for name in ("places", "orders", "vehicles"):
        if not isinstance(given.get(name), list):
            raise NotAProblemError(f"“{name}” must be a list")
    try:
        travel = _travel(given, folder)
    except (ValueError, TypeError, OSError) as error:
        raise NotAProblemError(str(error)) from error
    faults: list[Fault] = []
    orders = tuple(_taken("order", Order, given["orders"], faults))
    vehicles = tuple(_taken("vehicle", Vehicle, given["vehicles"], faults))
    apart, barred = _pairs(given, "apart"), _pairs(given, "barred")
    return Problem(orders, vehicles, travel, apart, barred), faults


def _travel(given: Mapping[str, Any], folder: Path) -> Travel:
    faults: list[Fault] = []
    places = list(_taken("place", Place, given["places"], faults))
    if faults:
        raise NotAProblemError(f"place {faults[0].name}: {faults[0].detail}")
    hours = Hours(given["hours"]) if "hours" in given else None
    if "roads" in given:
        from .roads import read_roads

        return read_roads(folder / given["roads"]).travel(places, hours)
    if "metres" in given and "seconds" in given:
        metres, seconds = (
            np.array(given[name], float).reshape(len(places), -1) for name in ("metres", "seconds")
        )
        where = np.array([(place.lon, place.lat) for place in places]).reshape(-1, 2)
        names = tuple(place.name for place in places)
        return Travel(names, _open(metres), _open(seconds), hours, where)
    factor, kmh = float(given.get("factor", 1.3)), float(given.get("kmh", 30))
    return great_circle(places, factor=factor, kmh=kmh, hours=hours)


def _open(matrix: np.ndarray) -> np.ndarray:
    return np.where(np.isnan(matrix), np.inf, matrix)


def _pairs(given: Mapping[str, Any], name: str) -> frozenset[tuple[str, str]]:
    pairs = given.get(name, [])
    if not isinstance(pairs, list) or any(not _is_pair(pair) for pair in pairs):
        raise NotAProblemError(f"“{name}” must be a list of pairs")
    return frozenset((str(one), str(other)) for one, other in pairs)


def _is_pair(pair: Any) -> bool:
    return isinstance(pair, list) and len(pair) == 2


def _taken(kind: str, shape: type, rows: list[Any], faults: list[Fault]) -> Iterator[Any]:
    """Tell the rows that can be read; note the others as faults."""
    for number, row in enumerate(rows, 1):
        name = str(row.get("name") or number) if isinstance(row, Mapping) else str(number)
        unknown = next(_unknown(shape, row), None)
        if unknown is not None:
            detail = say.UNKNOWN_FIELD.format(field=unknown)
            faults.append(Fault(kind, name, "unreadable", detail))
            continue
        try:
            yield _adapter(shape).validate_python(_timed(row))
        except ValidationError as error:
            faults.append(Fault(kind, name, "unreadable", _wrong(error)))


@cache
def _adapter(shape: type) -> TypeAdapter[Any]:
    return TypeAdapter(shape)


def _unknown(shape: type, row: Any, inside: str = "") -> Iterator[str]:
    """Tell fields that there are none of: a slip of the pen must not go unnoticed."""
    if not isinstance(row, Mapping):
        return
    known = {field.name for field in fields(shape)}
    for name, value in row.items():
        if name not in known:
            yield inside + str(name)
        elif name in INNER:
            for each in value if isinstance(value, list) else [value]:
                yield from _unknown(INNER[name], each, f"{inside}{name}.")


def _timed(row: Any, is_time: bool = False) -> Any:
    """Return a row with its times of day as seconds; what is no time stays as it is."""
    if isinstance(row, Mapping):
        return {name: _timed(value, name in TIMES) for name, value in row.items()}
    if isinstance(row, list):
        return [_timed(each, is_time) for each in row]
    if is_time and isinstance(row, str):
        hours, _, minutes = row.partition(":")
        if hours.isdecimal() and minutes.isdecimal() and len(minutes) == 2 and minutes < "60":
            return int(hours) * 3600 + int(minutes) * 60
    return row


def _wrong(error: ValidationError) -> str:
    first = error.errors(include_url=False)[0]
    field = ".".join(str(part) for part in first["loc"])
    if first["type"] == "missing":
        return say.MISSING.format(field=field)
    return say.UNREADABLE.format(field=field, given=str(first["input"])[:60])
