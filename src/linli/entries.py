"""Raw values from any kind of file, made into entries or into faults."""

from collections.abc import Mapping
from typing import Any, TypeVar

from pydantic import ValidationError

from linli.sections import Declaration, Entry, Faults, Spot, Table
from linli.wording import wording

D = TypeVar("D", bound=Declaration)
Lines = Mapping[tuple[str | int, ...], int]


def add(
    table: Table[D],
    model: type[D],
    raw: Any,
    spot: Spot,
    faults: Faults,
    pack: str = "",
    lines: Lines | None = None,
) -> None:
    """Put what `raw` declares into `table`, or note every field that is wrong with it."""
    try:
        value = model.model_validate(raw)
    except ValidationError as errors:
        broken: Entry[Any] = Entry(None, spot, pack, lines or {})
        for error in errors.errors(include_url=False):
            faults.tell(broken, tuple(error["loc"]), wording(error, model))
        table.has_broken = True
        if isinstance(raw, dict):
            table.broken |= {str(raw[key]) for key in ("code", "username") if raw.get(key)}
    else:
        table.entries.append(Entry(value, spot, pack, lines or {}))
