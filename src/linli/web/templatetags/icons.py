"""Symbols of the interface: `{% icon "house" %}`."""

from django import template
from django.templatetags.static import static
from django.utils.html import format_html
from django.utils.safestring import SafeString

register = template.Library()


@register.simple_tag
def icon(name: str) -> SafeString:
    """Draw a symbol of `static/vendor/icons.svg`; it says nothing to a screen reader."""
    address = f"{static('vendor/icons.svg')}#{name}"
    return format_html(
        '<svg class="icon" aria-hidden="true" focusable="false"><use href="{}"/></svg>', address
    )
