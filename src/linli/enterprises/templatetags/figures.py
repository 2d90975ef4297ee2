"""Figures of enterprises in templates: `{{ value|money }}`, `{{ code|industry_name }}`."""

from typing import Any

from django import template
from django.utils.translation import gettext as _

from linli.enterprises import saying
from linli.enterprises.industries import industry

register = template.Library()


@register.filter
def money(value: float | None) -> str:
    """Say an amount given in 10,000 yuan."""
    return saying.money(value)


@register.filter
def industry_name(code: str) -> str:
    """Return how an industry is called."""
    found = industry(code)
    return str(found) if found else code


@register.filter
def figure(row: Any, name: str) -> str:
    """Return a figure of a period as people read it."""
    value = getattr(row, name)
    if value is None:
        return "–"
    if isinstance(value, bool):
        return told(value)
    if name in ("staff", "researchers"):
        return f"{value:,}"
    return f"{value:,.0f}" if abs(value) >= 100 else f"{value:,.2f}".rstrip("0").rstrip(".")


@register.filter
def told(value: Any) -> str:
    """Write what stood in a revision, whatever it is."""
    if value is None or value == "":
        return "–"
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if isinstance(value, float | int):
        return f"{value:,.2f}".rstrip("0").rstrip(".")
    return "、".join(map(str, value)) if isinstance(value, list) else str(value)
