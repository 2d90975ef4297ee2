"""Amounts as people read them."""

from django import template
from django.utils.translation import get_language

register = template.Library()


@register.filter
def yuan(amount: float | None) -> str:
    """Say an amount in whole yuan: 1.2 亿元, 3,450 万元; ¥120 million, ¥34.5 million."""
    if amount is None:
        return "–"
    if (get_language() or "").startswith("en"):
        if abs(amount) >= 1e6:
            return f"¥{_short(amount / 1e6)} million"
        return f"¥{amount:,.0f}"
    if abs(amount) >= 1e8:
        return f"{_short(amount / 1e8)} 亿元"
    if abs(amount) >= 1e4:
        return f"{_short(amount / 1e4)} 万元"
    return f"{amount:,.0f} 元"


def _short(number: float) -> str:
    digits = 0 if abs(number) >= 1000 else 1 if abs(number) >= 10 else 2
    text = f"{number:,.{digits}f}"
    return text.rstrip("0").rstrip(".") if "." in text else text
