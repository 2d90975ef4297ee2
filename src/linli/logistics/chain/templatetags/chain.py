from typing import Any

from django import template

from linli.logistics.chain import passports
from linli.logistics.chain.epcis import vocabulary

register = template.Library()


@register.filter
def said(word: str) -> Any:
    """Return a word of the CBV in the language of the page."""
    return vocabulary.said(word) if word else ""


@register.filter
def spoken(pair: Any) -> str:
    """Return what stands in both languages in that of the page."""
    return passports.spoken(pair)
