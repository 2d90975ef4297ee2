"""How the pages of ladder, scores and matches write their figures."""

from collections.abc import Mapping
from typing import Any

from django import template

from linli.enterprises import quantities

register = template.Library()


@register.filter
def percent(part: float) -> int:
    """Return a share as a whole number of percent, for the length of a bar."""
    return round(100 * part)


@register.simple_tag
def step_of(steps: Mapping[tuple[int, int], Any], enterprise: int, rung: int) -> Any:
    """Return the case a next step has become, if it has."""
    return steps.get((enterprise, rung))


@register.filter
def plainly(value: float | None, places: int = 1) -> str:
    """Write a number with no more places than it needs."""
    return "–" if value is None else quantities.number(value, places)
