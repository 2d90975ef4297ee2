"""What a pack says, laid out for people to read."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import get_language

from linli.packs import versions
from linli.packs.folder import BUILT_IN
from linli.packs.models import TownVersion
from linli.packs.versions import NoSource, pack_name
from linli.packs.words import KINDS, VALUES, WORDS
from linli.people.fields_of_work import FIELDS_OF_WORK
from linli.places.models import Town

# Of a category or service, what stands in columns; names and long texts have their own place.
ASIDE = frozenset({"code", "name", "name_en", "description_en", "source_en", "group_en",
                   "venue_en", "price_en", "audience_en", "examples"})  # fmt: skip


@dataclass(frozen=True)
class Section:
    """The rows of one kind in a pack."""

    name: str
    label: str | Promise
    columns: list[tuple[str, str | Promise]]
    rows: list[dict[str, Any]]


@dataclass(frozen=True)
class Pack:
    """A pack as it is in force."""

    code: str
    name: str
    source: str
    sections: list[Section] = field(default_factory=list)
    is_own: bool = False


def named(row: Mapping[str, Any]) -> str:
    """Return the name of something in the reader's language."""
    english = (get_language() or "").startswith("en")
    return str((row.get("name_en") if english else "") or row.get("name") or row.get("code", ""))


def value(given: Any, key: str = "") -> str:
    """Write a value of a pack."""
    if isinstance(given, list):
        between = "; " if any(isinstance(part, dict) for part in given) else ", "
        return between.join(
            "–".join(map(value, part)) if isinstance(part, list) else value(part) for part in given
        )
    if isinstance(given, dict):
        said = {name: value(part, name) for name, part in given.items() if part is not False}
        return ", ".join(f"{WORDS.get(name, name)} {part}" for name, part in said.items())
    if isinstance(given, bool):
        return "✓" if given else ""
    if isinstance(given, float):
        return f"{given:g}"
    if key == "function":
        return str(FIELDS_OF_WORK.get(given, given))
    return str(VALUES.get(given, given)) if given is not None else ""


def packs_of(town: Town) -> list[Pack]:
    """Return the packs a town uses, as they were applied."""
    try:
        version = versions.in_force()
    except NoSource:
        version = None
    found = (pack_of(code, version) for code in town.packs)
    return [pack for pack in found if pack is not None]


def pack_of(code: str, version: TownVersion | None) -> Pack | None:
    """Read one pack of a version of the town."""
    text = versions.text(version, pack_name(code)) if version else None
    built_in = BUILT_IN / f"{code}.toml"
    own = built_in.read_text("utf-8-sig") if built_in.is_file() else None
    text = own if text is None else text
    if text is None:
        return None
    content = tomllib.loads(text)
    sections = [
        _section(name, rows) for name, rows in content.items() if isinstance(rows, list) and rows
    ]
    return Pack(code, named(content), text, sections, text != own)


def _section(name: str, rows: list[dict[str, Any]]) -> Section:
    keys = [key for key in dict.fromkeys(key for row in rows for key in row) if key not in ASIDE]
    names = {row.get("code"): named(row) for row in rows}
    return Section(
        name,
        KINDS.get(name, name),
        [(key, WORDS.get(key, key)) for key in keys],
        [
            {
                "code": row.get("code", ""),
                "name": named(row),
                "cells": [names.get(row.get(key), value(row.get(key))) if key == "parent"
                          else value(row.get(key), key) for key in keys],
                "examples": row.get("examples", []),
            }
            for row in rows
        ],
    )  # fmt: skip
