"""Parties and goods as they come in: checked, then written."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from linli.engines.gs1 import NoKey, gln13, gtin14
from linli.logistics.chain.epcis.checking import why
from linli.logistics.chain.models import Party, Ware
from linli.logistics.chain.visibility import keeps, may_write, writes_for
from linli.people.scope import Scope
from linli.places.models import Area
from linli.tables import CHANGED, NEW, UNCHANGED, Fate, Values, Writer, Wrong, touched


def _party(row: Party, values: dict[str, Any]) -> list[Wrong]:
    if values.get("gln"):
        try:
            row.gln = gln13(str(values["gln"]))
        except NoKey as fault:
            return [Wrong("gln", why(fault))]
        twin = Party.objects.filter(owner=row.owner_id, gln=row.gln).exclude(pk=row.pk).first()
        if twin is not None:
            return [Wrong("gln", _("“%(name)s” has this GLN.") % {"name": twin})]
    if "area" in values:
        code = values["area"]
        row.area = Area.objects.filter(code=code, retired=False).first() if code else None
        if code and row.area is None:
            return [Wrong("area", _("“%(code)s” is not known here.") % {"code": code})]
    return []


def _ware(row: Ware, values: dict[str, Any]) -> list[Wrong]:
    try:
        row.gtin = gtin14(row.gtin)
    except NoKey as fault:
        return [Wrong("gtin", why(fault))]
    return []


Finish = Callable[[Any, dict[str, Any]], list[Wrong]]
LINKS = ("area",)


def _lay(
    model: Any, key: str, finish: Finish, scope: Scope, values: Values, there: Mapping[str, Any]
) -> tuple[Any, str, list[Wrong]]:
    """Return a row as it would stand, what becomes of it, and what is wrong with it."""
    before = there.get(_key(key, values.get(key)))
    row = before or model()
    owner = writes_for(scope)
    if before is None:
        if owner is None:
            return row, NEW, [Wrong(key, _("This is not yours to change."))]
        row.owner = owner
    elif not keeps(scope, before.owner_id):
        return row, CHANGED, [Wrong(key, _("This is not yours to change."))]
    was = _state(row) if before else None
    for name, value in values.items():
        if name not in LINKS:
            setattr(row, name, "" if value is None else value)
    wrongs = finish(row, dict(values))
    if not wrongs:
        try:
            row.clean_fields(exclude={f.name for f in row._meta.concrete_fields if f.is_relation})
        except ValidationError as fault:
            wrongs = [Wrong(name, " ".join(told)) for name, told in fault.message_dict.items()]
    fate = NEW if was is None else CHANGED if _state(row) != was else UNCHANGED
    return row, fate, wrongs


def _key(name: str, value: Any) -> str:
    text = str(value or "").strip()
    return text.zfill(14) if name == "gtin" and text.isdigit() else text


def _state(row: Any) -> dict[str, Any]:
    return {f.attname: getattr(row, f.attname) for f in row._meta.concrete_fields}


def _there(model: Any, key: str, rows: Sequence[Values]) -> dict[str, Any]:
    wanted = {_key(key, values.get(key)) for values in rows}
    return {getattr(row, key): row for row in model.objects.filter(**{f"{key}__in": wanted})}


def _writer(table: str, model: Any, key: str, finish: Finish) -> Writer:
    def check(scope: Any, rows: Sequence[Values]) -> list[str | list[Wrong]]:
        there = _there(model, key, rows)
        laid = [_lay(model, key, finish, scope, values, there) for values in rows]
        return [wrongs or Fate(fate) for _row, fate, wrongs in laid]

    def write(scope: Any, rows: Sequence[Values]) -> list[str]:
        fates = []
        with transaction.atomic():
            there = _there(model, key, rows)
            for values in rows:
                row, fate, wrongs = _lay(model, key, finish, scope, values, there)
                if wrongs:
                    raise ValueError(wrongs[0].message)
                if fate != UNCHANGED:
                    row.save()
                    there[getattr(row, key)] = row
                fates.append(fate)
            if any(fate != UNCHANGED for fate in fates):
                touched(table)
        return fates

    return Writer(may=may_write, check=check, write=write)


PARTIES = _writer("parties", Party, "code", _party)
WARES = _writer("wares", Ware, "gtin", _ware)
