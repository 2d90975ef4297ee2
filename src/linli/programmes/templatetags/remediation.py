"""How remediation writes its numbers."""

from datetime import date
from decimal import Decimal

from django import template
from django.utils.translation import get_language
from django.utils.translation import gettext as _

register = template.Library()
WAN = 10_000


@register.filter
def money(amount: Decimal | float | None) -> str:
    """Write yuan to the hundredth."""
    return "–" if amount is None else f"{amount:,.2f}"


@register.filter
def wan(amount: Decimal | float) -> str:
    """Write yuan in the unit a reader thinks in: 万元, or millions."""
    if (get_language() or "").startswith("en"):
        return f"¥{float(amount) / 1e6:,.2f} m"
    return f"{float(amount) / WAN:,.0f} 万元"


@register.filter
def plain(number: Decimal | float) -> str:
    """Write a quantity without idle zeros."""
    return f"{number:,.2f}".rstrip("0").rstrip(".")


@register.filter
def day(value: date | None) -> str:
    """Write a day; what lies beyond the horizon as that."""
    return value.isoformat() if value else _("more than two years off")


@register.filter
def off(share: float) -> str:
    """Write by how much something differs."""
    return f"{share:+.1%}".replace("-", "−")
