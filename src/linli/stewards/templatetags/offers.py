"""Texts of the service list in the language of the page: `{{ offer|said:"venue" }}`."""

from django import template

from linli.stewards.models import Offer

register = template.Library()


@register.filter
def said(offer: Offer, name: str) -> str:
    """Return a text of an offer."""
    return offer.said(name)
