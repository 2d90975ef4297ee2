"""Rows that come in for the register and its figures: looked at one by one, then written.

A figure that is given anew is kept with what stood there before; nobody's figure is lost.
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
from linli.enterprises.models import (
    FIGURES,
    OF_A_YEAR,
    Enterprise,
    MonthFigures,
    Revision,
    YearFigures,
)
from linli.enterprises.periods import NotAPeriod, month_of
from linli.enterprises.visibility import keeps
from linli.people.models import User
from linli.places.atlas import atlas
from linli.places.models import Area
from linli.tables import CHANGED, NEW, UNCHANGED, Fate, Values, Writer, Wrong, touched

EARLIEST, LATEST = 1949, 2200
PLAIN = (
    "name", "name_en", "industry", "size", "status", "parcel", "address", "lon", "lat",
    "land_mu", "founded", "products", "note",
)  # fmt: skip
# What may be below nothing: an investment given back, a loss.
SIGNED = frozenset({"profit", "value_added", "capital_raised", "fixed_investment"})
MOST = 1e9  # 10,000 yuan: ten trillion yuan, more than any enterprise
EMPTY: dict[str, Any] = {"name_en": "", "parcel": "", "address": "", "note": "", "products": []}


def _by(scope: Any) -> User | None:
    user = getattr(scope, "user", None)
    return user if isinstance(user, User) and user.pk else None


# --- the register ----------------------------------------------------------------------------


def _code_wrong(code: str) -> str:
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

    if message := _code_wrong(values.get("code", "")):
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
    if founded and not EARLIEST - 100 <= founded.year <= clock.now().year + 1:
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


def _changed(row: Any, told: Mapping[str, Any]) -> dict[str, tuple[Any, Any]]:
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
            is_changed = _changed(row, _given(values, places))
            outcomes.append(Fate(CHANGED if is_changed else UNCHANGED, row.code))
    return outcomes


def _codes(rows: Sequence[Mapping[str, Any]]) -> list[str]:
    return [row["code"] for row in rows]


def _write(scope: Any, rows: Sequence[Values]) -> list[str]:
    places, normal, at, by = _Places(), _normal(rows), clock.now(), _by(scope)
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
            changes = _changed(row, told)
            for name, (before, after) in changes.items():
                setattr(row, name, after)
                revisions.append((row, name, before, after))
            if changes:
                row.touched_at = at
                if code not in fresh:
                    changed[code] = row
            fates.append(Fate(CHANGED if changes else UNCHANGED, code))
        bulk.insert(list(fresh.values()))
        names = [f.attname for f in Enterprise._meta.concrete_fields if f.name != "id"]
        bulk.update(list(changed.values()), [name.removesuffix("_id") for name in names])
        bulk.insert([
            Revision(enterprise_id=row.pk, figure=name.removesuffix("_id"), before=_told(name, old),
                     after=_told(name, new), by=by, at=at)
            for row, name, old, new in revisions
        ])  # fmt: skip
        if fresh or changed:
            touched("enterprises", [*fresh, *changed])
    return fates


def _told(name: str, value: Any) -> Any:
    if name == "area_id":
        area = atlas().areas.get(value)
        return area.code if area else None
    return value.isoformat() if isinstance(value, date) else value


REGISTER = Writer(may=keeps, check=_check, write=_write)


# --- figures ---------------------------------------------------------------------------------


class _Periods:
    """How rows of one kind of period are told apart and written."""

    def __init__(self, model: Any, names: Sequence[str]) -> None:
        self.model, self.names = model, names

    def period(self, values: Values) -> Any:
        """Return the period of a row.

        Raises
        ------
        NotAPeriod
            If it is none.
        """
        if self.model is MonthFigures:
            return month_of(str(values.get("month") or ""))
        year = values.get("year")
        if not isinstance(year, int) or not EARLIEST <= year < LATEST:
            raise NotAPeriod(_("“%(value)s” is no year.") % {"value": year})
        return year

    @property
    def column(self) -> str:
        return "month" if self.model is MonthFigures else "year"

    def known(self, enterprises: Any, lock: bool = False) -> dict[tuple[int, Any], Any]:
        rows = self.model.objects.filter(enterprise__in=enterprises)
        if lock:
            rows = rows.select_for_update()
        return {(row.enterprise_id, getattr(row, self.column)): row for row in rows}

    def told(self, values: Values) -> dict[str, Any]:
        given = {name: values[name] for name in self.names if name in values}
        if given.get("above_scale", True) is None or given.get("above_scale") == "":
            given["above_scale"] = False
        return given

    def wrongs(self, values: Values, known: Mapping[str, int]) -> list[Wrong]:
        wrongs = []
        code = credit_code.plain(values.get("enterprise") or "")
        if code not in known:
            message = _code_wrong(code) or _("“%(code)s” is not in the register.") % {"code": code}
            wrongs.append(Wrong("enterprise", message))
        try:
            period = self.period(values)
            year = period if isinstance(period, int) else period.year
            if year > clock.now().year:
                wrongs.append(Wrong(self.column, _("lies in the future.")))
        except NotAPeriod as error:
            wrongs.append(Wrong(self.column, str(error)))
        for name, value in self.told(values).items():
            if isinstance(value, bool) or value is None:
                continue
            if value < 0 and name not in SIGNED:
                wrongs.append(Wrong(name, _("“%(value)s” is below nothing.") % {"value": value}))
            elif abs(value) > MOST:
                wrongs.append(Wrong(name, _("“%(value)s” is too much: money is in units of "
                                            "10,000 yuan.") % {"value": value}))  # fmt: skip
        fixed, of_it = values.get("fixed_investment"), values.get("digital_investment")
        if fixed is not None and of_it is not None and of_it > max(fixed, 0):
            wrongs.append(Wrong("digital_investment", _("is more than all investment.")))
        return wrongs

    def check(self, scope: Any, rows: Sequence[Values]) -> list[str | list[Wrong]]:
        known = _registered(rows)
        stored = self.known(set(known.values()))
        outcomes: list[str | list[Wrong]] = []
        for values in rows:
            if wrongs := self.wrongs(values, known):
                outcomes.append(wrongs)
                continue
            enterprise = known[credit_code.plain(values["enterprise"])]
            row = stored.get((enterprise, self.period(values)))
            if row is None:
                outcomes.append(NEW)
            else:
                is_changed = _changed(row, self.told(values))
                outcomes.append(CHANGED if is_changed else UNCHANGED)
        return outcomes

    def write(self, scope: Any, rows: Sequence[Values]) -> list[str]:
        at, by = clock.now(), _by(scope)
        fates: list[str] = []
        with transaction.atomic():
            known = _registered(rows)
            stored = self.known(set(known.values()), lock=True)
            fresh: dict[tuple[int, Any], Any] = {}
            changed: dict[int, Any] = {}
            revisions = []
            for values in rows:
                enterprise = known[credit_code.plain(values["enterprise"])]
                period, told = self.period(values), self.told(values)
                row = stored.get((enterprise, period))
                if row is None:
                    row = self.model(
                        enterprise_id=enterprise, touched_at=at, **{self.column: period}, **told
                    )
                    stored[enterprise, period] = fresh[enterprise, period] = row
                    fates.append(NEW)
                    continue
                changes = _changed(row, told)
                for name, (before, after) in changes.items():
                    setattr(row, name, after)
                    # A figure given for the first time revises nothing.
                    if before is not None and (enterprise, period) not in fresh:
                        revisions.append(Revision(
                            enterprise_id=enterprise, figure=name, before=before, after=after,
                            by=by, at=at, **{self.column: period},
                        ))  # fmt: skip
                if changes and (enterprise, period) not in fresh:
                    row.touched_at = at
                    changed[row.pk] = row
                fates.append(CHANGED if changes else UNCHANGED)
            bulk.insert(list(fresh.values()))
            bulk.update(list(changed.values()), [*self.names, "touched_at"])
            bulk.insert(revisions)
            written = [*fresh.values(), *changed.values()]
            if written:
                periods = {str(getattr(row, self.column))[:7] for row in written}
                touched(f"enterprise-{self.column}s", periods=sorted(periods))
        return fates


def _registered(rows: Sequence[Values]) -> dict[str, int]:
    codes = {credit_code.plain(values.get("enterprise") or "") for values in rows}
    return dict(Enterprise.objects.filter(code__in=codes).values_list("code", "pk"))


_YEARS = _Periods(YearFigures, OF_A_YEAR)
_MONTHS = _Periods(MonthFigures, FIGURES)
YEARS = Writer(may=keeps, check=_YEARS.check, write=_YEARS.write)
MONTHS = Writer(may=keeps, check=_MONTHS.check, write=_MONTHS.write)
