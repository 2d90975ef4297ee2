"""The plain JSON that machines send; docs/telemetry.md has the grammar.

    linli/<plant>/<asset>/<key>   12.5
                                  {"t": 1767225600000, "v": 12.5}
                                  {"t": [1767225600000, 1767225601000], "v": [12.5, 12.7]}
    linli/<plant>/<asset>         {"t": …, "v": {"temp": 12.5, "load": 3}}
                                  {"t": […], "v": {"temp": […], "load": […]}, "u": {"temp": "°F"}}
                                  [{"t": …, "v": {…}}, …]

Times are milliseconds since 1970 (seconds where they are below 10¹¹) or ISO 8601 with a zone.
"""

import json
from collections.abc import Container, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

import numpy as np
import orjson

from linli.assets.telemetry import units, words
from linli.assets.telemetry.checking import Faults
from linli.assets.telemetry.directory import Known
from linli.assets.telemetry.models import Reason, Tag
from linli.assets.telemetry.points import MOMENT, Points

ROOT = "linli"
SECONDS = 1e11  # what is smaller is seconds: 1e11 ms is March 1973, 1e11 s the year 5138
MOST = 9e15  # beyond what a moment can be

Message = tuple[str, bytes, int]  # topic, payload, when it came (milliseconds)


class Unreadable(ValueError):
    """A message, or a part of it, that follows no rule of the grammar; the text says which."""


class Collector:
    """Gathers points of many messages, then makes arrays of them at once."""

    def __init__(self, known: Known, faults: Faults, only: Container[str] | None = None) -> None:
        self.only = only
        self.known = known
        self.faults = faults
        self.codes: list[str] = []
        self.places: dict[tuple[str, str], tuple[int, int]] = {}
        # One by one, and whole arrays.
        self.which: list[int] = []
        self.times: list[float] = []
        self.values: list[float] = []
        self.arrays: list[tuple[int, np.ndarray, np.ndarray]] = []

    def place(self, asset: str, key: str) -> tuple[int, int]:
        """Return where a tag stands among the codes here, and among the known (-1: none)."""
        found = self.places.get((asset, key))
        if found is None:
            at = self.known.by_key.get((asset, key), -1)
            if at < 0:
                at = self.known.by_code.get(key, -1) if not asset else at
            if self.only is not None and at >= 0 and self.known.codes[at] not in self.only:
                at = -1
            code = self.known.codes[at] if at >= 0 else f"{asset}.{key}" if asset else key
            found = self.places[asset, key] = (len(self.codes), at)
            self.codes.append(code)
        return found

    def one(self, asset: str, key: str, time: float, value: Any, unit: str | None) -> None:
        """Gather one point."""
        which, at = self.place(asset, key)
        if at >= 0 and (type(value) is not float or unit is not None or self._is_special(at)):
            read = self._value(at, value, unit)
            if read is None:
                return
            value = read
        elif type(value) is not float:  # of an unknown tag: told of when all are stored
            value = float(value) if isinstance(value, int) else 0.0
        self.which.append(which)
        self.times.append(time)
        self.values.append(value)

    def _is_special(self, at: int) -> bool:
        return bool(self.known.rows[at]["kind"] != Tag.Kind.NUMBER)

    def many(
        self, asset: str, key: str, times: np.ndarray, values: list[Any], unit: str | None
    ) -> None:
        """Gather many points of one tag."""
        if len(values) != len(times):
            raise Unreadable(f"{len(times)} times, {len(values)} values of {key}")
        which, at = self.place(asset, key)
        if at >= 0 and unit is None and not self._is_special(at):
            # NumPy makes text of a list with one text in it, and objects of one with null.
            array = np.array(values) if _is_flat(values) else np.empty(0, object)
            if array.dtype.kind in "iuf" and bool not in map(type, values):
                self.arrays.append((which, times, array.astype(np.float64)))
                return
        for time, value in zip(times.tolist(), values, strict=True):
            if value is not None:
                self.one(asset, key, time, value, unit)

    def _value(self, at: int, value: Any, unit: str | None) -> float | None:
        row = self.known.rows[at]
        if row["kind"] == Tag.Kind.TEXT:
            number = words.number_of(row["id"], value, row["words"]) if type(value) is str else None
            if number is None:
                self.faults.tell(row["id"], "", Reason.TYPE, repr(value))
            return number
        if type(value) is bool and row["kind"] == Tag.Kind.FLAG:
            return float(value)
        if type(value) not in (int, float):
            # JSON has no word for NaN; some write null, others the text.
            is_nan = value is None or (isinstance(value, str) and value.lower() in NANS)
            self.faults.tell(row["id"], "", Reason.NAN if is_nan else Reason.TYPE, repr(value))
            return None
        if unit is not None:
            found = units.conversion(unit, row["unit"])
            if found is None:
                told = f"{value} {unit} ≠ {row['unit'] or '1'}"
                self.faults.tell(row["id"], "", Reason.UNIT, told)
                return None
            return float(value) * found[0] + found[1]
        return float(value)

    def points(self) -> Points:
        """Return all that was gathered."""
        counts = [len(times) for _which, times, _values in self.arrays]
        which = np.repeat(np.array([w for w, _t, _v in self.arrays], np.int32), counts)
        times = np.array(self.times, np.float64)
        both = np.concatenate([*(t for _w, t, _v in self.arrays), times])
        return Points(
            self.codes,
            np.concatenate([which, np.array(self.which, np.int32)]),
            both.astype(np.int64).astype(MOMENT),
            np.concatenate(
                [*(v for _w, _t, v in self.arrays), np.array(self.values, np.float64)]
            ).astype(np.float64),
        )


NANS = {"nan", "inf", "-inf", "infinity", "-infinity", "null", "none"}


def _is_flat(values: Sequence[Any]) -> bool:
    return bool(values) and not any(isinstance(one, list | dict) for one in values)


def time_of(given: Any) -> float:
    """Read a time: milliseconds since 1970. Raises Unreadable."""
    if type(given) in (int, float):
        if abs(given) < SECONDS:
            given *= 1000
        if not abs(given) < MOST:
            raise Unreadable(f"{given!r} is no time")
        return float(given)
    if isinstance(given, str):
        try:
            at = datetime.fromisoformat(given)
        except ValueError:
            raise Unreadable(f"{given!r} is no time") from None
        if at.tzinfo is None:
            raise Unreadable(f"{given!r} names no time zone")
        return at.astimezone(UTC).timestamp() * 1000
    raise Unreadable(f"{given!r} is no time")


def _times(given: list[Any]) -> np.ndarray:
    array = np.array(given) if _is_flat(given) else np.empty(0, object)
    if array.dtype.kind in "iuf":
        times = array.astype(np.float64)
        times = np.where(np.abs(times) < SECONDS, times * 1000, times)
        if not (np.abs(times) < MOST).all():
            raise Unreadable("a time is beyond what can be")
        return times
    return np.array([time_of(one) for one in given], np.float64)


def collect(collector: Collector, asset: str, key: str, told: Any, arrived: float) -> None:
    """Gather the points of one message that is parsed. Raises Unreadable."""
    if key and (not isinstance(told, dict) or "v" not in told):
        if isinstance(told, dict):
            raise Unreadable("“v” is missing")
        collector.one(asset, key, arrived, told, None)
        return
    for part in told if isinstance(told, list) else (told,):
        if not isinstance(part, dict) or "v" not in part:
            raise Unreadable("“v” is missing")
        values, given = part["v"], part.get("t")
        unit = part.get("u")
        columns = values if isinstance(values, dict) else {key: values}
        if not key and not isinstance(values, dict):
            raise Unreadable("“v” must name keys where the topic names none")
        times = _times(given) if isinstance(given, list) else None
        time = arrived if given is None else 0.0 if times is not None else time_of(given)
        for name, value in columns.items():
            of = unit.get(name) if isinstance(unit, Mapping) else unit
            if times is not None:
                if not isinstance(value, list):
                    raise Unreadable(f"many times, but one value of {name}")
                collector.many(asset, name, times, value, of)
            elif isinstance(value, list | dict):
                raise Unreadable(f"one time, but many values of {name}")
            else:
                collector.one(asset, name, time, value, of)


def parsed(payload: bytes) -> Any:
    """Parse JSON; NaN and Infinity, which it does not have but many send, are read too."""
    try:
        return orjson.loads(payload)
    except orjson.JSONDecodeError:
        if b"NaN" in payload or b"Infinity" in payload:
            return json.loads(payload)
        raise


def read(messages: Sequence[Message], known: Known, faults: Faults) -> Points:
    """Read messages; what cannot be read is counted under the topic and holds up no other."""
    collector = Collector(known, faults)
    for topic, payload, arrived in messages:
        parts = topic.split("/")
        if not 3 <= len(parts) <= 4 or parts[0] != ROOT:
            faults.tell(0, topic, Reason.FORM, "linli/<plant>/<asset>[/<key>]")
            continue
        try:
            told = parsed(payload)
            collect(collector, parts[2], parts[3] if len(parts) == 4 else "", told, arrived)
        except (TypeError, ValueError, OverflowError, AttributeError) as fault:
            faults.tell(
                0, topic, Reason.FORM, f"{fault}: {payload[:80].decode('utf-8', 'replace')}"
            )
    return collector.points()
