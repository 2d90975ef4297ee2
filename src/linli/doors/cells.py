"""The values of declared columns as they stand in the cells of a file, read and written."""

import math
import re
from collections.abc import Callable
from contextlib import suppress
from datetime import date, datetime
from functools import cache
from typing import Any
from zoneinfo import ZoneInfo

import orjson
import shapely
from django.conf import settings
from django.utils import translation
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from linli.places.town import the_town
from linli.tables import Column, Kind

FORMATS = ("%Y/%m/%d %H:%M:%S", "%Y/%m/%d %H:%M", "%Y/%m/%d", "%Y-%m-%d", "%Y年%m月%d日")
TRUE = frozenset({"true", "1", "yes", "y", "是", "√", "对", "有"})
FALSE = frozenset({"false", "0", "no", "n", "否", "×", "无"})
YES, NO = gettext_lazy("yes"), gettext_lazy("no")
_SHORTENED = re.compile(r"\d(\.\d+)?[eE]\+\d+")
# A cell that begins like this would be run as a formula by whatever opens the file.
_FORMULA = re.compile(r"[=+\-@\t\r]")


class NotGiven(ValueError):
    """A cell that does not hold what its column asks for."""


def given(column: Column, text: str) -> Any:
    """Read the cell of a file.

    Returns
    -------
    A value of the column's kind; for an empty cell "", [] or, where the kind has no such, None.

    Raises
    ------
    NotGiven
        If the cell cannot be read as that, or is empty where it must not be.
    """
    text = text.strip()
    if text.startswith("'") and _FORMULA.match(text[1:]):
        text = text[1:]
    if not text:
        if column.required:
            raise NotGiven(_("is missing."))
        return {Kind.TEXT: "", Kind.KEY: "", Kind.CHOICE: "", Kind.LIST: []}.get(column.kind)
    return _READ[column.kind](column, text)


def _text(column: Column, text: str) -> str:
    if _SHORTENED.fullmatch(text):
        raise NotGiven(_("“%(value)s” is a number that a spreadsheet has shortened: write it as "
                         "text.") % {"value": text})  # fmt: skip
    return text


def _whole(column: Column, text: str) -> int:
    if not re.fullmatch(r"[+-]?\d{1,18}", text):
        raise NotGiven(_("“%(value)s” is not a whole number.") % {"value": text[:40]})
    return int(text)


def _number(column: Column, text: str) -> float:
    with suppress(ValueError):
        number = float(text)
        if math.isfinite(number):
            return number
    raise NotGiven(_("“%(value)s” is not a number.") % {"value": text[:40]})


def _flag(column: Column, text: str) -> bool:
    if text.lower() in TRUE:
        return True
    if text.lower() in FALSE:
        return False
    raise NotGiven(_("“%(value)s” is neither yes nor no.") % {"value": text[:40]})


def _day(column: Column, text: str) -> date:
    try:
        return moment_of(text).date()
    except NotGiven:
        raise NotGiven(_("“%(value)s” is not a date.") % {"value": text[:40]}) from None


def _moment(column: Column, text: str) -> datetime:
    return moment_of(text)


def moment_of(text: str) -> datetime:
    """Read a time as people write it; local time of the town unless it says otherwise.

    Raises
    ------
    NotGiven
        If it is no time.
    """
    moment = None
    with suppress(ValueError):
        moment = parse_datetime(text)
    for pattern in FORMATS:
        if moment is not None:
            break
        with suppress(ValueError):
            moment = datetime.strptime(text, pattern)
    if moment is None:
        raise NotGiven(_("“%(value)s” is not a time.") % {"value": text[:40]})
    return moment if moment.tzinfo else moment.replace(tzinfo=ZoneInfo(the_town().timezone))


def _choice(column: Column, text: str) -> str:
    found = _choices(column).get(text.lower())
    if found is None:
        known = ", ".join(f"{value} ({label})" for value, label in column.choices)
        raise NotGiven(_("“%(given)s” is not one of: %(known)s.")
                       % {"given": text[:40], "known": known})  # fmt: skip
    return found


@cache
def _choices(column: Column) -> dict[str, str]:
    """Return the values of a choice by what people write for them, in every language we have."""
    known: dict[str, str] = {}
    for language, _name in settings.LANGUAGES:
        with translation.override(language):
            known |= {str(label).lower(): value for value, label in column.choices}
    return known | {value.lower(): value for value, _label in column.choices}


def _list(column: Column, text: str) -> list[str]:
    if text.startswith("["):
        with suppress(orjson.JSONDecodeError):
            return [str(part) for part in orjson.loads(text)]
    return re.split(r"[\s,;、，；]+", text.strip(" ,;、，；"))


def _shape(column: Column, text: str) -> dict[str, Any]:
    try:
        if text.startswith("{"):
            shapely.from_geojson(text)
            return orjson.loads(text)
        return orjson.loads(shapely.to_geojson(shapely.from_wkt(text)))
    except (shapely.errors.ShapelyError, ValueError, TypeError):
        raise NotGiven(_("is no geometry, neither GeoJSON nor WKT.")) from None


_READ: dict[Kind, Callable[[Column, str], Any]] = {
    Kind.TEXT: _text, Kind.KEY: _text, Kind.WHOLE: _whole, Kind.NUMBER: _number,
    Kind.FLAG: _flag, Kind.DAY: _day, Kind.MOMENT: _moment, Kind.CHOICE: _choice,
    Kind.LIST: _list, Kind.SHAPE: _shape,
}  # fmt: skip


def value_of(column: Column, row: Any) -> Any:
    """Read the value of a column from a row of the database."""
    if column.read is not None:
        return column.read(row)
    value = row
    for step in column.lookup.split("__"):
        value = getattr(value, step, None)
        if value is None:
            return None
    return value


def shown(column: Column, value: Any) -> str | int | float | datetime | date:
    """Write a value as people read it in a spreadsheet; `given` reads it back."""
    if value is None:
        return ""
    if column.kind is Kind.CHOICE:
        labels = {str(known): label for known, label in column.choices}
        return str(labels.get(str(value), value))
    if isinstance(value, bool):
        return str(YES if value else NO)
    if isinstance(value, datetime):
        return value.astimezone(ZoneInfo(the_town().timezone)).replace(tzinfo=None, microsecond=0)
    if column.kind is Kind.LIST:
        parts = [str(part) for part in value]
        is_plain = not any(re.search(r"[\s,;、，；]", part) for part in parts)
        return " ".join(parts) if is_plain else orjson.dumps(parts).decode()
    if isinstance(value, dict):
        return orjson.dumps(value).decode()
    return value if isinstance(value, int | float | date) else str(value)


def defused(text: str) -> str:
    """Put a quotation mark before a text that a spreadsheet would run as a formula."""
    return f"'{text}" if _FORMULA.match(text) else text
