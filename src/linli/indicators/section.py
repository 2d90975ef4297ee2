"""What packs say of indicators and targets, brought into the database."""

from typing import Any

from linli import rows
from linli.indicators.checking import check
from linli.indicators.grammar import FORMULAS, IndicatorEntry, TargetEntry
from linli.indicators.models import Indicator, Target
from linli.places.models import Area
from linli.rows import Counts
from linli.sections import Faults, Read

__all__ = ["IndicatorEntry", "TargetEntry", "check", "clear", "obstacles", "write"]


def obstacles(read: Read, faults: Faults) -> None:
    """Nothing of the town holds an indicator: its values are made again when it comes back."""


def write(read: Read) -> dict[str, Counts]:
    """Write indicators and targets. One whose definition changed is computed anew."""
    entries = read.of(IndicatorEntry).entries
    before = dict(Indicator.objects.values_list("code", "definition"))
    wanted: dict[str, dict[str, Any]] = {
        entry.value.code: {
            "name": entry.value.name, "name_en": entry.value.name_en, "pack": entry.pack,
            "definition": entry.value.model_dump(mode="json"), "unit": entry.value.unit,
            "every": entry.value.every, "function": entry.value.function,
            "category": entry.value.category or "", "place": place, "retired": False,
        }
        for place, entry in enumerate(entries)
    }  # fmt: skip
    found, counts = rows.bring(Indicator, wanted)
    for code, row in found.items():
        if code in before and _counts(before[code]) != _counts(wanted[code]["definition"]):
            row.stale, row.revision = True, row.revision + 1
            row.save(update_fields=["stale", "revision"])
    areas = dict(Area.objects.values_list("code", "pk"))
    roots = set(Area.objects.filter(parent=None).values_list("code", flat=True))
    goals = {
        entry.value.code: {
            "name": entry.value.name, "name_en": entry.value.name_en, "pack": entry.pack,
            "indicator_id": found[entry.value.indicator].pk,
            "area_id": None if entry.value.area in roots else areas.get(entry.value.area),
            "since": entry.value.since, "by": entry.value.by, "value": float(entry.value.value),
            "base": None if entry.value.base is None else float(entry.value.base),
            "measure": entry.value.measure, "path": entry.value.path,
            "steps": [[step.at, float(step.value)] for step in entry.value.steps],
            "slack": float(entry.value.slack), "retired": False,
        }
        for entry in read.of(TargetEntry).entries
    }  # fmt: skip
    _rows, target_counts = rows.bring(Target, goals)
    return {"indicators": counts, "targets": target_counts}


def _counts(definition: dict[str, Any]) -> dict[str, Any]:
    """Return what of a definition its values depend on."""
    return {name: definition.get(name) for name in ("unit", "every", "together", *FORMULAS)}


def clear(read: Read) -> dict[str, Counts]:
    """Take away targets and indicators no pack names any longer."""
    return {
        "targets": rows.clear(Target, read.of(TargetEntry).by()),
        "indicators": rows.clear(Indicator, read.of(IndicatorEntry).by()),
    }
