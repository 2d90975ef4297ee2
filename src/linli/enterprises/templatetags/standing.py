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


@register.simple_tag
def grade_count(grades: Mapping[str, int], grade: str) -> str:
    """Return how many are in a class, nothing for none."""
    return str(grades.get(grade) or "–")


@register.simple_tag
def part_of(score: Any, measure: Mapping[str, Any]) -> dict[str, Any]:
    """Return the points a measure gave, and how long its bar is: 100 at the cap."""
    points = score.parts.get(measure["code"], {}).get("points") or 0.0
    most = measure["weight"] * score.scheme.cap
    return {"points": points, "length": round(100 * points / most)}
