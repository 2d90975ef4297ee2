"""What packs say of crops."""

from django.utils.translation import gettext as _

from linli import rows
from linli.assets.growing.grammar import CropEntry
from linli.assets.growing.models import Crop
from linli.assets.register.section import AssetKindEntry
from linli.assets.telemetry.rules import RuleEntry
from linli.rows import Counts
from linli.sections import Faults, Read, check_codes


def check(read: Read, faults: Faults) -> None:
    """Note stages that stand twice, and crops, stages and kinds of assets nobody knows."""
    table = read.of(CropEntry)
    check_codes(table, faults)
    stages: set[str] = set()
    for entry in table.entries:
        crop = entry.value
        codes = [stage.code for stage in crop.stages]
        for code in sorted({code for code in codes if codes.count(code) > 1}):
            faults.tell(entry, "stages", _("“%(code)s” stands twice.") % {"code": code})
        for kind in crop.grown_in:
            if not read.of(AssetKindEntry).knows(kind):
                faults.tell(entry, "grown_in", _("“%(code)s” is not known here.") % {"code": kind})
        stages |= {crop.code, *(f"{crop.code}.{code}" for code in codes)}
    for rule in read.of(RuleEntry).entries:
        for stage in rule.value.stages:
            if stage not in stages and not table.broken & {stage.split(".")[0]}:
                faults.tell(rule, "stages", _("“%(code)s” is not known here.") % {"code": stage})


def obstacles(read: Read, faults: Faults) -> None:
    """Nothing stands in the way: what is left out and grows somewhere is retired."""


def write(read: Read) -> dict[str, Counts]:
    """Write crops."""
    wanted = {
        entry.value.code: {
            "pack": entry.pack, "name": entry.value.name, "name_en": entry.value.name_en,
            "definition": entry.value.model_dump(), "retired": False,
        }
        for entry in read.of(CropEntry).entries
    }  # fmt: skip
    return {"crops": rows.bring(Crop, wanted)[1]}


def clear(read: Read) -> dict[str, Counts]:
    """Take away, or retire, what no pack names any longer."""
    return {"crops": rows.clear(Crop, read.of(CropEntry).by())}
