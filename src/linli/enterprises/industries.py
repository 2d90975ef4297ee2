"""Industries (GB/T 4754-2017) and which of them are the core of the digital economy.

The digital classes are those of the statistical classification of the digital economy and its
core industries (数字经济及其核心产业统计分类, National Bureau of Statistics, 2021), of which 01
to 04 are the core. Classes that belong to it only in part are left out, so that no enterprise
counts as digital because of what another one of its class makes.
"""

import csv
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from django.utils.translation import get_language

_DATA = Path(__file__).parent / "data"
CORE = frozenset({"01", "02", "03", "04"})
MANUFACTURING = "01"  # digital products (数字产品制造业)


@dataclass(frozen=True, slots=True)
class Industry:
    """A section (a letter), division, group or class (two to four figures)."""

    code: str
    name: str
    name_en: str
    section: str

    def __str__(self) -> str:
        is_english = (get_language() or "").startswith("en")
        return self.name_en if is_english and self.name_en else self.name


def _read(name: str) -> Iterator[dict[str, str]]:
    with (_DATA / name).open(encoding="utf-8", newline="") as file:
        yield from csv.DictReader(line for line in file if not line.startswith("#"))


@cache
def industries() -> dict[str, Industry]:
    """Return all that are known by code, in the order of the standard."""
    found: dict[str, Industry] = {}
    section = ""
    for row in _read("industries.csv"):
        code = row["code"]
        section = code if code.isalpha() else section
        found[code] = Industry(code, row["name"], row["name_en"], section)
    return found


@cache
def digital_classes() -> dict[str, str]:
    """Return code of an industry → major category of the digital economy ("01" to "04")."""
    return {row["code"]: row["digital"] for row in _read("digital_economy.csv")}


@cache
def industry(code: str) -> Industry | None:
    """Return what a code stands for: itself or, where it is not listed, the next above it."""
    known = industries()
    while len(code) > 2 and code not in known:
        code = code[:-1]
    return known.get(code)


def is_known(code: str) -> bool:
    """Tell whether a code can be one: its division is, and two to four figures."""
    return code.isdecimal() and 2 <= len(code) <= 4 and code[:2] in industries()


@cache
def digital(code: str) -> str:
    """Return the major category of the digital economy of an industry, "" if it is none.

    A division or group belongs to it where it is listed itself.
    """
    known = digital_classes()
    for length in range(len(code), 1, -1):
        if code[:length] in known:
            return known[code[:length]]
    return ""


def is_core_digital(code: str) -> bool:
    """Tell whether an industry is of the core of the digital economy (核心产业)."""
    return digital(code) in CORE


def is_digital_manufacturing(code: str) -> bool:
    """Tell whether an industry makes digital products (数字经济核心制造业)."""
    return digital(code) == MANUFACTURING
