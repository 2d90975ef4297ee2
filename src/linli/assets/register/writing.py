"""Rows of the register's tables as they come in: what is looked up, checked, and written."""

from typing import Any

from django.utils.translation import gettext as _

from linli import clock
from linli.assets.register import spares, tree
from linli.assets.register.laying import Plan, writer
from linli.assets.register.models import (
    Asset,
    AssetKind,
    CrewSkill,
    Entry,
    Output,
    Shift,
    ShiftDay,
    Skill,
    Spare,
    Stop,
)
from linli.people.models import Organisation, User
from linli.people.scope import Scope
from linli.places.models import Area
from linli.tables import Wrong


def _finish_asset(row: Asset) -> list[Wrong]:
    wrongs = []
    if (row.lon is None) != (row.lat is None):
        wrongs.append(Wrong("lon", _("A point needs both a longitude and a latitude.")))
    elif abs(row.lon or 0) > 180 or abs(row.lat or 0) > 90:
        wrongs.append(Wrong("lon", _("This point is not on the earth.")))
    if "/" in row.code:
        wrongs.append(Wrong("code", _("A code has no slash.")))
    if row.kind and not AssetKind.objects.filter(code=row.kind, retired=False).exists():
        wrongs.append(Wrong("kind", _("“%(code)s” is not known here.") % {"code": row.kind}))
    try:
        tree.see_fits(row.level, row.parent)
    except tree.Misplaced as fault:
        wrongs.append(Wrong("parent", str(fault)))
    else:
        if row.parent is not None and row.code in row.parent.above:
            told = _("“%(asset)s” cannot belong to itself.") % {"asset": row}
            wrongs.append(Wrong("parent", told))
    if not row.path:
        row.path = tree.path_of(row.code, row.parent)
    return wrongs


def _save_asset(row: Asset, scope: Scope) -> None:
    tree.save(row)


def _finish_spare(row: Spare) -> list[Wrong]:
    if row.plant.parent_id is not None:
        return [Wrong("plant", _("A store belongs to what stands at the top of the tree."))]
    if row.stock < 0:
        return [Wrong("stock", _("There is never less than nothing in store."))]
    return []


def _save_spare(row: Spare, scope: Scope) -> None:
    spares.keep(row, scope.user)


def _finish_stop(row: Stop) -> list[Wrong]:
    if row.until is not None and row.until <= row.since:
        return [Wrong("until", _("It ends before it begins."))]
    if row.since > clock.now():
        return [Wrong("since", _("lies in the future."))]
    return []


def _finish_output(row: Output) -> list[Wrong]:
    if row.until <= row.since:
        return [Wrong("until", _("It ends before it begins."))]
    if row.good > row.made:
        return [Wrong("good", _("More good ones than were made."))]
    return []


def _finish_shift(row: Shift) -> list[Wrong]:
    days = [int(day) for day in row.days if str(day).isdigit()]
    if len(days) != len(row.days) or not days or not set(days) <= set(range(1, 8)):
        return [Wrong("days", _("Days of the week are 1 (Monday) to 7."))]
    row.days = sorted(set(days))
    return []


def _finish_day(row: ShiftDay) -> list[Wrong]:
    known = set(Shift.objects.filter(plant=row.plant).values_list("code", flat=True))
    for code in row.shifts:
        if code not in known:
            return [Wrong("shifts", _("“%(code)s” is not known here.") % {"code": code})]
    return []


def _own(row: Any) -> Asset | None:
    return row.asset


def _plant(row: Any) -> Asset | None:
    return row.plant


def _of_crew(row: CrewSkill) -> Asset | None:
    """Return a plant that the organisation belongs to, or something that it runs."""
    own = Asset.objects.filter(organisation=row.organisation_id).order_by("path").first()
    if own is not None or row.organisation.parent_id is None:
        return own
    return Asset.objects.filter(
        organisation=row.organisation.parent_id, parent=None
    ).order_by("path").first()  # fmt: skip


_ASSET = {"asset": (Asset, "code")}
_PLANT = {"plant": (Asset, "code")}
ASSET = Plan(
    "assets", Asset,
    {"parent": (Asset, "code"), "organisation": (Organisation, "code"), "area": (Area, "code")},
    lambda row: row, finish=_finish_asset, save=_save_asset,
)  # fmt: skip
SPARE = Plan("spares", Spare, _PLANT, _plant, finish=_finish_spare, save=_save_spare)
SHIFT_DAY = Plan("shift-days", ShiftDay, _PLANT, _plant, ("plant", "day"), finish=_finish_day)
ASSETS, SPARES, SHIFT_DAYS = writer(ASSET), writer(SPARE), writer(SHIFT_DAY)
SHIFT = Plan("shifts", Shift, _PLANT, _plant, finish=_finish_shift)
CREW_SKILL = Plan(
    "crew-skills", CrewSkill,
    {"organisation": (Organisation, "code"), "skill": (Skill, "code"), "shift": (Shift, "code")},
    _of_crew, ("organisation", "skill", "shift"),
)  # fmt: skip
SHIFTS, CREW_SKILLS = writer(SHIFT), writer(CREW_SKILL)
STOPS = writer(Plan("stops", Stop, _ASSET, _own, ("asset", "since"), finish=_finish_stop))
OUTPUT = Plan("outputs", Output, _ASSET, _own, ("asset", "since"), finish=_finish_output)
OUTPUTS = writer(OUTPUT)
HISTORY = writer(
    Plan("asset-history", Entry, {**_ASSET, "by": (User, "username")}, _own,
         ("asset", "at", "what"))
)  # fmt: skip
