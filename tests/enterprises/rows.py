"""Enterprises for tests: codes with a right check digit, and rows as files have them."""

from datetime import date
from typing import Any

from linli.enterprises.credit_code import check_digit
from linli.enterprises.models import Enterprise
from linli.people.scope import Scope
from linli.tables import declared
from tests.small_town import person


def code(number: int) -> str:
    """Make a right code."""
    first = f"91330482MA2{number:06d}"
    return first + check_digit(first)


def row(number: int = 1, **values: Any) -> dict[str, Any]:
    """Make a row of the register."""
    usual = {"code": code(number), "name": f"第{number}电机有限公司", "industry": "3812",
             "size": "small", "area": "works", "land_mu": 12.5,
             "founded": date(2015, 3, 1)}  # fmt: skip
    return usual | values


def check(table: str, *rows: dict[str, Any], by: str = "builder") -> list[Any]:
    """Return what would become of rows."""
    writer = declared()[table].writer
    assert writer
    return writer.check(Scope(person(by)), rows)


def write(table: str, *rows: dict[str, Any], by: str = "builder") -> list[str]:
    """Write rows."""
    writer = declared()[table].writer
    assert writer
    return writer.write(Scope(person(by)), rows)


def enterprise(number: int = 1, **values: Any) -> Enterprise:
    """Write an enterprise, and return it."""
    write("enterprises", row(number, **values))
    return Enterprise.objects.get(code=code(number))
