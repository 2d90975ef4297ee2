"""Which lot a picture belongs to and which part it shows: from its name, from what lies beside it,
or from what was sent with it."""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from hashlib import sha256
from pathlib import Path
from typing import Any

from django.utils.dateparse import parse_datetime

from linli.assets.inspection.models import Station
from linli.clock import now

LONGEST = 60
# Lot and serial before and after the last line in between: L2403-17_000123.jpg
USUAL = r"(?P<lot>.+)[_#](?P<serial>[^_#]+)"


@dataclass(frozen=True)
class Label:
    """What is known of a picture before it is looked at; `key` makes it count once."""

    key: str
    lot: str = ""
    serial: str = ""
    at: datetime | None = None
    template: str = ""


def labelled(
    station: Station, name: str, content: bytes, told: Mapping[str, Any] | None = None
) -> Label:
    """Label a picture: what was told of it counts before its name, and that before the station's.

    The key is the sender's own if there is one, else the hash of name and content: the same file
    handed in twice counts once, another picture of the same name is another part.
    """
    told = told or {}
    found = _named(station.pattern or USUAL, Path(name).stem)
    own = str(told.get("key") or "")
    digest = sha256(f"{own}\n".encode() if own else f"{Path(name).name}\n".encode() + content)

    def said(field: str) -> str:
        text = str(told.get(field) or found.get(field) or "")
        return "".join(sign for sign in text if sign.isprintable()).strip()[:LONGEST]

    return Label(
        digest.hexdigest(), said("lot") or station.lot_now, said("serial"),
        _moment(told.get("at")), said("template"),
    )  # fmt: skip


@lru_cache(maxsize=64)
def _compiled(pattern: str) -> re.Pattern[str] | None:
    try:
        return re.compile(pattern)
    except re.error:
        return None


def _named(pattern: str, stem: str) -> dict[str, str]:
    known = _compiled(pattern)
    found = known.fullmatch(stem) or known.search(stem) if known else None
    return {name: text for name, text in found.groupdict().items() if text} if found else {}


def _moment(given: Any) -> datetime | None:
    """Return a time with a zone that is not to come, if one is given."""
    try:
        at = parse_datetime(str(given)) if given else None
    except ValueError:
        return None
    if at is None or at.tzinfo is None or at.year < 2000:
        return None
    return min(at, now())


def beside(path: Path) -> dict[str, Any]:
    """Return what the sidecar of a picture tells: a JSON file of the same name, or nothing."""
    try:
        told = json.loads(path.with_suffix(".json").read_bytes())
    except (OSError, ValueError):
        return {}
    return told if isinstance(told, dict) else {}
