"""How administration pages word what was done."""

from datetime import datetime
from typing import Any

from django import template
from django.utils.formats import localize
from django.utils.functional import Promise
from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from linli.people.audit import ACTIONS
from linli.people.models import AuditEntry

register = template.Library()


@register.filter
def act(entry: AuditEntry) -> str | Promise:
    """Name what was done."""
    return ACTIONS.get(entry.action, entry.action)


@register.filter
def said(value: Any) -> str:
    """Write a value that stands in an entry."""
    if value is None or value == "" or value == []:
        return "–"
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if isinstance(value, list):
        return ", ".join(said(part) for part in value)
    if isinstance(value, str) and len(value) > 18 and value[4:5] == "-" and "T" in value:
        try:
            return f"{localtime(datetime.fromisoformat(value)):%Y-%m-%d %H:%M}"
        except ValueError:
            return value
    return str(localize(value)) if isinstance(value, int | float) else str(value)
