"""Changes of the register by hand: through the same checks as a file, and in the audit trail."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from django.db import transaction

from linli.assets.register import writing
from linli.assets.register.laying import Bench, Plan
from linli.assets.register.models import Asset, CrewSkill, Output, Shift, ShiftDay, Spare
from linli.people import audit
from linli.people.models import User
from linli.people.scope import Scope
from linli.tables import UNCHANGED, Wrong, touched


class NotKept(ValueError):
    """A row that cannot be kept: `wrongs` say what is wrong with which field."""

    def __init__(self, wrongs: list[Wrong]) -> None:
        super().__init__(wrongs[0].message)
        self.wrongs = wrongs


def _put(plan: Plan, sight: Scope, values: Mapping[str, Any], action: str = "") -> Any:
    """Write one row as a file would, and note in the audit trail what changed, if that is an act.

    Raises
    ------
    NotKept
        If something is wrong with it, or it is not this person's to change.
    """
    with transaction.atomic():
        bench = Bench(plan, sight, [values])
        before = bench.shown(values)
        laid = bench.lay(values)
        if laid.wrongs:
            raise NotKept(laid.wrongs)
        if laid.fate == UNCHANGED:
            return laid.row
        plan.save(laid.row, sight)
        touched(plan.table)
        if not action:
            return laid.row
        changes = {
            name: (before.get(name), str(value))
            for name, value in values.items()
            if value not in (None, "") and before.get(name) != str(value)
        }
        asset = plan.whose(laid.row)
        by = sight.user if isinstance(sight.user, User) else None
        audit.record(action, by, laid.row, changes=changes,
                     path=asset.area.path if asset and asset.area else "")  # fmt: skip
    return laid.row


def keep_asset(sight: Scope, values: Mapping[str, Any]) -> Asset:
    """Keep an asset, new or changed; see `_put`."""
    row: Asset = _put(writing.ASSET, sight, values, "asset-kept")
    return row


def keep_spare(sight: Scope, values: Mapping[str, Any]) -> Spare:
    """Keep a spare, new or changed; see `_put`."""
    row: Spare = _put(writing.SPARE, sight, values, "spare-kept")
    return row


def keep_day(sight: Scope, plant: Asset, day: date, shifts: list[str], note: str) -> ShiftDay:
    """Let a plant work otherwise on one day; see `_put`."""
    told = {"plant": plant.code, "day": day, "shifts": shifts, "note": note}
    row: ShiftDay = _put(writing.SHIFT_DAY, sight, told, "shift-day-kept")
    return row


def keep_shift(sight: Scope, plant: Asset, values: Mapping[str, Any]) -> Shift:
    """Keep a shift of a plant's week, new or changed by its code; see `_put`."""
    row: Shift = _put(writing.SHIFT, sight, {"plant": plant.code, **values}, "shift-kept")
    return row


def keep_crew(sight: Scope, values: Mapping[str, Any]) -> CrewSkill:
    """Keep how many people of a crew have a skill in a shift; see `_put`."""
    row: CrewSkill = _put(writing.CREW_SKILL, sight, values, "crew-skill-kept")
    return row


def keep_output(sight: Scope, asset: Asset, values: Mapping[str, Any]) -> Output:
    """Keep what an asset made from one moment to another; said again, the last word counts."""
    row: Output = _put(writing.OUTPUT, sight, {"asset": asset.code, **values})
    return row
