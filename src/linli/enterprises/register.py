"""Rows that come in for the register: looked at one by one, then written.

What is given anew is kept with what stood there before (`Revision`).
"""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

import numpy as np
from django.db import transaction
from django.utils.translation import gettext as _

from linli import bulk, clock
from linli.enterprises import credit_code
from linli.enterprises.industries import is_known
from linli.enterprises.models import Enterprise, Revision
from linli.enterprises.visibility import keeps
from linli.people.models import User
from linli.places.atlas import atlas
from linli.places.models import Area
from linli.tables import CHANGED, NEW, UNCHANGED, Fate, Values, Writer, Wrong, touched

EARLIEST = 1849
PLAIN = (
    "name", "name_en", "industry", "size", "status", "parcel", "address", "lon", "lat",
    "land_mu", "founded", "products", "products_en", "note",
)  # fmt: skip
EMPTY: dict[str, Any] = {"name_en": "", "parcel": "", "address": "", "note": "", "products": [],
                         "products_en": []}  # fmt: skip


def user_of(scope: Any) -> User | None:
    user = getattr(scope, "user", None)
    return user if isinstance(user, User) and user.pk else None


# --- the register ----------------------------------------------------------------------------


def code_wrong(code: str) -> str:
    """Say what is wrong with a code, "" if nothing is."""
    if len(code) != credit_code.LENGTH:
        return _("“%(code)s” has %(n)d characters; a unified social credit code has 18.") % {
            "code": code[:30], "n": len(code),
        }  # fmt: skip
    if strange := credit_code.strange_characters(code):
        return _("“%(code)s” holds %(strange)s, which no such code has.") % {
            "code": code, "strange": strange,
        }  # fmt: skip
    if (digit := credit_code.check_digit(code[:-1])) != code[-1]:
        return _("“%(code)s” is mistyped: its check digit would be %(digit)s.") % {
            "code": code, "digit": digit,
        }  # fmt: skip
    return ""


def _industry(text: str) -> str:
    """Return a code of an industry in figures: `C3951` and `3951` are the same."""
    text = text.strip().upper()
    return text[1:] if text[:1].isalpha() and text[1:].isdecimal() else text


class _Places:
    """Areas by code, and by name where only one is called so."""

    def __init__(self) -> None:
        self._atlas = atlas()
        self._named: dict[str, list[Area]] = {}
        for area in self._atlas.areas.values():
            for name in {area.name, area.name_en, *area.aliases} - {""}:
                self._named.setdefault(name.lower(), []).append(area)

    def find(self, text: str) -> Area | None:
        if text in self._atlas.by_code:
            return self._atlas.by_code[text]
        found = self._named.get(text.lower(), ())
        return found[0] if len(found) == 1 else None

    def at(self, lon: float, lat: float) -> Area | None:
        place = self._atlas.locate_points(np.array([lon]), np.array([lat]))[0]
        return self._atlas.areas[place.service_grid] if place.service_grid else None


def _area_of(values: Values, places: _Places) -> Area | None:
    if text := values.get("area"):
        return places.find(text)
    lon, lat = values.get("lon"), values.get("lat")
    return places.at(lon, lat) if lon is not None and lat is not None else None


def _wrongs(values: Values, is_new: bool, places: _Places) -> list[Wrong]:
    wrongs: list[Wrong] = []

    def tell(column: str, message: str) -> None:
        wrongs.append(Wrong(column, message))

    if message := code_wrong(values.get("code", "")):
        tell("code", message)
    for name in ("name", "industry", "size"):
        if (is_new and not values.get(name)) or (name in values and not values[name]):
            tell(name, _("is missing."))
    industry = _industry(str(values.get("industry") or ""))
    if industry and not is_known(industry):
        tell("industry", _("“%(code)s” is no code of GB/T 4754-2017: two to four figures, the "
                           "first two a division.") % {"code": industry[:20]})  # fmt: skip
    for name, limit in (("lon", 180), ("lat", 90)):
        value = values.get(name)
        if value is not None and not -limit <= value <= limit:
            tell(name, _("“%(value)s” is no degree between −%(limit)d and %(limit)d.")
                 % {"value": value, "limit": limit})  # fmt: skip
    _place_wrongs(values, is_new, places, wrongs)
    land = values.get("land_mu")
    if land is not None and not 0 <= land <= 1e6:
        tell("land_mu", _("“%(value)s” mu cannot be.") % {"value": land})
    founded = values.get("founded")
    if founded and not EARLIEST <= founded.year <= clock.now().year + 1:
        tell("founded", _("“%(value)s” cannot be the day of its founding.") % {"value": founded})
    return wrongs


def _place_wrongs(
    values: Values, is_new: bool, places: _Places, wrongs: list[Wrong]
) -> None:  # fmt: skip
    if any(wrong.column in ("lon", "lat") for wrong in wrongs):
        return
    says = values.get("area") or values.get("lon") is not None
    if says and _area_of(values, places) is None:
        told = values.get("area") or f"{values.get('lon')}, {values.get('lat')}"
        wrongs.append(Wrong("area", _("“%(place)s” is no area of the town, or several are called "
                                      "so.") % {"place": told}))  # fmt: skip
    elif not says and (is_new or values.get("area") == ""):
        wrongs.append(Wrong("area", _("is missing.")))


def _given(values: Values, places: _Places) -> dict[str, Any]:
    """Return what a good row says, as the fields of an enterprise."""
    told = {
        name: EMPTY.get(name) if values[name] is None and name in EMPTY else values[name]
        for name in PLAIN
        if name in values
    }
    if "industry" in told:
        told["industry"] = _industry(str(told["industry"]))
    if not told.get("status", True):
        told["status"] = Enterprise.Status.OPERATING
    if area := _area_of(values, places):
        told["area_id"] = area.pk
    return told


def _normal(rows: Sequence[Values]) -> list[dict[str, Any]]:
    return [{**row, "code": credit_code.plain(row.get("code") or "")} for row in rows]


def changes_of(row: Any, told: Mapping[str, Any]) -> dict[str, tuple[Any, Any]]:
    """Return what would change: name → before and after."""
    return {
        name: (getattr(row, name), value)
        for name, value in told.items()
        if getattr(row, name) != value
    }  # fmt: skip


def _check(scope: Any, rows: Sequence[Values]) -> list[str | list[Wrong]]:
    places, normal = _Places(), _normal(rows)
    known = {row.code: row for row in Enterprise.objects.filter(code__in=_codes(normal))}
    outcomes: list[str | list[Wrong]] = []
    for values in normal:
        row = known.get(values["code"])
        if wrongs := _wrongs(values, row is None, places):
            outcomes.append(wrongs)
        elif row is None:
            outcomes.append(NEW)
        else:
            is_changed = changes_of(row, _given(values, places))
            outcomes.append(Fate(CHANGED if is_changed else UNCHANGED, row.code))
    return outcomes


def _codes(rows: Sequence[Mapping[str, Any]]) -> list[str]:
    return [row["code"] for row in rows]


def _write(scope: Any, rows: Sequence[Values]) -> list[str]:
    places, normal, at, by = _Places(), _normal(rows), clock.now(), user_of(scope)
    fates: list[str] = []
    with transaction.atomic():
        found = Enterprise.objects.select_for_update().filter(code__in=_codes(normal))
        known = {row.code: row for row in found}
        fresh: dict[str, Enterprise] = {}
        changed: dict[str, Enterprise] = {}
        revisions = []
        for values in normal:
            told, code = _given(values, places), values["code"]
            row = known.get(code)
            if row is None:
                known[code] = fresh[code] = Enterprise(code=code, touched_at=at, **told)
                fates.append(Fate(NEW, code))
                continue
            changes = changes_of(row, told)
            for name, (before, after) in changes.items():
                setattr(row, name, after)
                revisions.append((row, name, before, after))
            if changes:
                row.touched_at = at
                if code not in fresh:
                    changed[code] = row
            fates.append(Fate(CHANGED if changes else UNCHANGED, code))
        bulk.insert(list(fresh.values()))
        bulk.update(list(changed.values()), [*PLAIN, "area", "touched_at"])
        bulk.insert([
            Revision(enterprise_id=row.pk, figure=name.removesuffix("_id"), before=_told(name, old),
                     after=_told(name, new), by=by, at=at)
            for row, name, old, new in revisions
        ])  # fmt: skip
        if fresh or changed:
            written = {**fresh, **changed}
            touched("enterprises", [*written], rows=[row.pk for row in written.values()])
    return fates


def _told(name: str, value: Any) -> Any:
    if name == "area_id":
        area = atlas().areas.get(value)
        return area.code if area else None
    return value.isoformat() if isinstance(value, date) else value


REGISTER = Writer(may=keeps, check=_check, write=_write)
