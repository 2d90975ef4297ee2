"""Depots, vehicles and orders as they come in: checked, then written."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import time
from math import isfinite
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from linli.clock import now
from linli.logistics.delivery.models import KG, M3, PALLETS, Depot, Order, Vehicle
from linli.logistics.delivery.visibility import keeps, keeps_for, may_keep
from linli.people.models import User
from linli.people.scope import Scope
from linli.tables import CHANGED, NEW, UNCHANGED, Fate, Values, Writer, Wrong, touched

AMOUNTS = {"weight": KG, "volume": M3, "pallets": PALLETS}
TIMES = ("shift_from", "shift_until", "window_from", "window_until")
CHANGEABLE = (Order.State.OPEN, Order.State.FAILED)
CODE = re.compile(r"[A-Za-z0-9_]{1,20}")


@dataclass(frozen=True)
class Known:
    """What is there already of what rows name."""

    rows: Mapping[Any, Any]
    depots: Mapping[str, Depot]
    drivers: Mapping[str, User]


Finish = Callable[[Any, dict[str, Any], Known], list[Wrong]]


def _of_day(name: str, value: Any) -> time | None:
    """Return a time of day.

    Raises
    ------
    ValueError
        If it is none.
    """
    if not value:
        return None
    found = re.fullmatch(r"(\d{1,2}):(\d{2})(?::00)?", str(value).strip().replace("：", ":"))
    if found is None:
        raise ValueError(name)
    return time(int(found[1]), int(found[2]))


def _amounts(row: Any, values: dict[str, Any], field: str) -> list[Wrong]:
    wrongs, told = [], dict(getattr(row, field))
    for name, unit in AMOUNTS.items():
        if name not in values:
            continue
        amount = values.pop(name)
        if amount is None:
            told.pop(unit, None)
        elif not (isfinite(amount) and amount >= 0):
            wrongs.append(Wrong(name, _("An amount cannot be below zero.")))
        else:
            told[unit] = amount
    setattr(row, field, told)
    return wrongs


def _depot(row: Any, values: dict[str, Any], known: Known) -> list[Wrong]:
    if row.depot_id is None:
        row.depot = known.depots[values["depot"]]
    values.pop("depot", None)
    return []


def _finish_depot(row: Depot, values: dict[str, Any], known: Known) -> list[Wrong]:
    wrongs = [] if CODE.fullmatch(row.code) else [
        Wrong("code", _("At most 20 letters, figures and underscores."))
    ]  # fmt: skip
    return [*wrongs, *_at(row)]


def _finish_vehicle(row: Vehicle, values: dict[str, Any], known: Known) -> list[Wrong]:
    wrongs = [*_depot(row, values, known), *_amounts(row, values, "capacities")]
    name = values.pop("driver", None)
    if name is not None:
        row.driver = known.drivers.get(name)
        if name and row.driver is None:
            wrongs.append(Wrong("driver", _("“%(code)s” is not known here.") % {"code": name}))
    for each in ("per_km", "per_hour", "fixed", "max_km", "per_100km"):
        value = values.get(each)
        if value is not None and value < 0:
            wrongs.append(Wrong(each, _("This cannot be below zero.")))
    return wrongs


def _finish_order(row: Order, values: dict[str, Any], known: Known) -> list[Wrong]:
    wrongs = [*_depot(row, values, known), *_amounts(row, values, "amounts"), *_at(row)]
    if row.window_from and row.window_until and row.window_from >= row.window_until:
        wrongs.append(Wrong("window_until", _("The window ends before it begins.")))
    if not 1 <= row.priority <= 9:
        wrongs.append(Wrong("priority", _("Between 1 and 9.")))
    if not 0 <= row.service_minutes <= 600:
        wrongs.append(Wrong("service_minutes", _("Between 0 and 600.")))
    return wrongs


def _at(row: Any) -> list[Wrong]:
    wrongs = [
        Wrong(name, _("These are no degrees."))
        for name, most in (("lon", 180), ("lat", 90))
        if getattr(row, name) is not None and not abs(getattr(row, name)) <= most
    ]
    if (row.lon is None) != (row.lat is None):
        wrongs.append(Wrong("lon", _("Longitude and latitude belong together.")))
    return wrongs


@dataclass(frozen=True)
class Kept:
    """One kind of thing: its table, its model, what names it, and what else must hold."""

    table: str
    model: Any
    names: tuple[str, ...]
    finish: Finish

    def key(self, values: Values) -> tuple[str, ...]:
        """Return what names a row that is given."""
        return tuple(str(values.get(name) or "").strip() for name in self.names)


def _known(kept: Kept, rows: Sequence[Values]) -> Known:
    last = kept.names[-1]
    wanted = {str(values.get(last) or "").strip() for values in rows}
    there = kept.model.objects.filter(**{f"{last}__in": wanted})
    if kept.model is not Depot:
        there = there.select_related("depot")
    depots = Depot.objects.filter(
        code__in={str(v.get("depot") or "") for v in rows}, retired=False
    ).select_related("owner")
    named = {str(values["driver"]) for values in rows if values.get("driver")}
    drivers = User.objects.filter(username__in=named, is_active=True) if named else []

    def key(row: Any) -> tuple[str, ...]:
        return tuple(
            row.depot.code if name == "depot" else getattr(row, name) for name in kept.names
        )

    return Known(
        {key(row): row for row in there}, {row.code: row for row in depots},
        {user.username: user for user in drivers},
    )  # fmt: skip


def _lay(kept: Kept, scope: Scope, given: Values, known: Known) -> tuple[Any, str, list[Wrong]]:
    """Return a row as it would stand, what becomes of it, and what is wrong with it."""
    values = dict(given)
    before = known.rows.get(kept.key(values))
    row = before or kept.model()
    was = _state(row) if before else None
    fate = CHANGED if before else NEW
    wrong = _not_theirs(kept, scope, row, values, known, is_new=before is None)
    if wrong:
        return row, fate, [wrong]
    wrongs: list[Wrong] = []
    for name in TIMES:
        if name in values:
            try:
                values[name] = _of_day(name, values[name])
            except ValueError:
                told = _("“%(value)s” is not a time of day (08:30).")
                wrongs.append(Wrong(name, told % {"value": str(values.pop(name))[:20]}))
    for name, value in values.items():
        if name not in (*AMOUNTS, "depot", "driver"):
            field = kept.model._meta.get_field(name)
            setattr(row, name, "" if value is None and not field.null else value)
    if was is None and kept.model is Order:
        row.made_at = now()
    wrongs += kept.finish(row, values, known) if not wrongs else []
    if not wrongs:
        try:
            row.clean_fields(exclude={f.name for f in row._meta.concrete_fields if f.is_relation})
        except ValidationError as fault:
            wrongs = [Wrong(name, " ".join(told)) for name, told in fault.message_dict.items()]
    if was is not None and _state(row) == was:
        fate = UNCHANGED
    elif kept.model is Order and row.state not in CHANGEABLE:
        wrongs = [Wrong("number", _("This order is planned or done already."))]
    return row, fate, wrongs


def _not_theirs(
    kept: Kept, scope: Scope, row: Any, values: dict[str, Any], known: Known, *, is_new: bool
) -> Wrong | None:
    told = _("This is not yours to change.")
    if kept.model is Depot:
        if is_new:
            owner = keeps_for(scope)
            if owner is None:
                return Wrong("code", told)
            row.owner = owner
            return None
        return None if keeps(scope, row.owner_id) else Wrong("code", told)
    code = str(values.get("depot") or "")
    depot = row.depot if not is_new else known.depots.get(code)
    if depot is None or not keeps(scope, depot.owner_id):
        # A depot of somebody else is as unknown as one that is not there.
        return Wrong("depot", _("“%(code)s” is not known here.") % {"code": code or "–"})
    if not is_new and code and code != depot.code:
        return Wrong("depot", _("This belongs to another depot."))
    return None


def _state(row: Any) -> dict[str, Any]:
    fields = row._meta.concrete_fields
    return {
        f.attname: dict(v) if isinstance(v := getattr(row, f.attname), dict) else v for f in fields
    }


def _writer(kept: Kept) -> Writer:
    def check(scope: Any, rows: Sequence[Values]) -> list[str | list[Wrong]]:
        known = _known(kept, rows)
        laid = [_lay(kept, scope, values, known) for values in rows]
        return [wrongs or Fate(fate) for _row, fate, wrongs in laid]

    def write(scope: Any, rows: Sequence[Values]) -> list[str]:
        with transaction.atomic():
            known = _known(kept, rows)
            laid = [_lay(kept, scope, values, known) for values in rows]
            for _row, _fate, wrongs in laid:
                if wrongs:
                    raise ValueError(wrongs[0].message)
            kept.model.objects.bulk_create([r for r, fate, _ in laid if fate == NEW])
            for row, fate, _wrongs in laid:
                if fate == CHANGED:
                    row.save()
            if any(fate != UNCHANGED for _row, fate, _wrongs in laid):
                touched(kept.table)
        return [fate for _row, fate, _wrongs in laid]

    return Writer(may=may_keep, check=check, write=write, together=lambda scope, rows: [])


DEPOTS = _writer(Kept("depots", Depot, ("code",), _finish_depot))
VEHICLES = _writer(Kept("vehicles", Vehicle, ("code",), _finish_vehicle))
ORDERS = _writer(Kept("delivery-orders", Order, ("depot", "number"), _finish_order))


class NotTaken(ValueError):
    """Orders that were not taken in; `wrongs` are what is wrong, by their place in the list."""

    def __init__(self, wrongs: list[tuple[int, Wrong]]) -> None:
        self.wrongs = wrongs
        super().__init__(wrongs[0][1].message)


def bring(scope: Scope, rows: Sequence[Values]) -> list[str]:
    """Take in all orders or none.

    Raises
    ------
    NotTaken
        If anything is wrong with any of them.
    """
    wrongs: list[tuple[int, Wrong]] = []
    seen: set[tuple[str, ...]] = set()
    with transaction.atomic():
        for at, told in enumerate(ORDERS.check(scope, rows)):
            key = (str(rows[at]["depot"]), str(rows[at]["number"]).strip())
            if key in seen:
                wrongs.append((at, Wrong("number", _("This number stands in the list already."))))
            seen.add(key)
            if not isinstance(told, str):
                wrongs += [(at, wrong) for wrong in told]
        if wrongs:
            raise NotTaken(wrongs)
        return ORDERS.write(scope, rows)
