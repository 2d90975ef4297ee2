"""How administration pages word what was done."""

from datetime import datetime
from typing import Any

from django import template
from django.utils.formats import localize
from django.utils.functional import Promise
from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from linli.people.audit import ACTIONS, FIELDS, VALUES
from linli.people.fields_of_work import FIELDS_OF_WORK
from linli.people.models import AuditEntry, Lead

register = template.Library()
# Fields whose values are user names, whatever else may be called so.
PERSONS = frozenset(Lead.Side.values)


@register.filter
def act(entry: AuditEntry) -> str | Promise:
    """Name what was done."""
    return ACTIONS.get(entry.action, entry.action)


@register.filter
def field_name(path: str) -> str:
    """Name a field of an entry: a word, or the words and codes that lead to it."""
    if path in FIELDS:
        return str(FIELDS[path])
    return " ".join(str(FIELDS.get(part, part)) for part in path.split(" "))


@register.filter
def work(function: str) -> str | Promise:
    """Name a field of work."""
    return FIELDS_OF_WORK.get(function, function)


@register.filter
def said(value: Any, of: str = "") -> str:
    """Write a value that stands in an entry, in the words its field has for it."""
    if value is None or value == "" or value == []:
        return "–"
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if isinstance(value, list):
        return ", ".join(said(part) for part in value)
    if isinstance(value, str) and value in VALUES and of not in PERSONS:
        return str(VALUES[value])
    if isinstance(value, str) and " @ " in value:
        role, _at, place = value.partition(" @ ")
        return f"{VALUES.get(role, role)} · {place}"
    if isinstance(value, str) and len(value) > 18 and value[4:5] == "-" and "T" in value:
        try:
            return f"{localtime(datetime.fromisoformat(value)):%Y-%m-%d %H:%M}"
        except ValueError:
            return value
    return str(localize(value)) if isinstance(value, int | float) else str(value)
