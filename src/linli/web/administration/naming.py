"""Entries of the audit trail, read in the language of the reader.

An entry keeps the names of the day it was written, in the town's language. Whoever reads another
one gets the name that the thing has in it today, as long as it is still called as it was then.
"""

from collections.abc import Iterable
from typing import Any

from django.utils.translation import get_language

from linli.cases.models import Ruling
from linli.people.models import AuditEntry, Organisation, User
from linli.places.models import Area
from linli.places.town import NoTown, the_town
from linli.tables import exportable

AT = " @ "  # between a role and where it is held, in the changes of an entry


def named(entries: Iterable[AuditEntry]) -> None:
    """Put the names of the reader's language into entries, for showing only."""
    if not (get_language() or "").startswith("en"):
        return
    entries = list(entries)
    today = _things(entries)
    places = _places(entries)
    for entry in entries:
        was, now = today.get((entry.kind, entry.key), ("", ""))
        if was == entry.name and now:
            entry.name = now
        entry.changes = {
            field: [_said(value, places) for value in pair]
            for field, pair in entry.changes.items()
        }  # fmt: skip


def _things(entries: list[AuditEntry]) -> dict[tuple[str, str], tuple[str, str]]:
    """Return by kind and key what a thing is called in the town's language and in the reader's."""
    keys: dict[str, set[str]] = {}
    for entry in entries:
        keys.setdefault(entry.kind, set()).add(entry.key)
    found: dict[tuple[str, str], tuple[str, str]] = {}
    for kind, model, key in (
        ("organisation", Organisation, "code"), ("area", Area, "code"), ("user", User, "username"),
    ):  # fmt: skip
        wanted = keys.get(kind)
        rows: Any = model._default_manager.filter(**{f"{key}__in": wanted}) if wanted else ()
        for row in rows.defer("wkb") if wanted and model is Area else rows:
            found[kind, getattr(row, key)] = row.name, str(row)
    if numbers := [int(key) for key in keys.get("ruling", ()) if key.isdecimal()]:
        rulings = Ruling.objects.filter(pk__in=numbers).select_related("category", "grid")
        for row in rulings.defer("grid__wkb"):
            told = f"{row.category.name} · {row.grid.name}", f"{row.category} · {row.grid}"
            found["ruling", str(row.pk)] = told
    for name in keys.get("table", ()):
        if name in exportable():
            label = str(exportable()[name].label)
            for entry in entries:
                if (entry.kind, entry.key) == ("table", name):
                    found["table", name] = entry.name, label
    if keys.get("town"):
        try:
            town = the_town()
        except NoTown:
            return found
        found |= {("town", key): (town.name, str(town)) for key in keys["town"]}
    return found


def _places(entries: list[AuditEntry]) -> dict[str, str]:
    """Return what the organisations and areas that changes speak of are called."""
    spoken = {
        value.partition(AT)[2] if AT in value else value
        for entry in entries
        for pair in entry.changes.values()
        if isinstance(pair, list | tuple)
        for value in pair
        if isinstance(value, str) and not value.isascii()
    }
    if not spoken:
        return {}
    found: dict[str, str] = {}
    for rows in (
        Area.objects.filter(name__in=spoken).defer("wkb"),
        Organisation.objects.filter(name__in=spoken),
    ):
        found |= {row.name: str(row) for row in rows}
    return found


def _said(value: Any, places: dict[str, str]) -> Any:
    if not isinstance(value, str):
        return value
    role, at, place = value.partition(AT)
    return f"{role}{at}{places.get(place, place)}" if at else places.get(value, value)
