"""What packs say of maintenance: how machines of a kind are kept."""

from django.utils.translation import gettext as _

from linli import rows
from linli.assets.maintenance.grammar import UpkeepEntry
from linli.assets.maintenance.models import Upkeep
from linli.assets.register.section import AssetKindEntry, SkillEntry
from linli.rows import Counts
from linli.sections import Faults, Read, check_codes


def check(read: Read, faults: Faults) -> None:
    """Note kinds and skills that nobody knows, kinds kept in two ways, and a counter unnamed."""
    table = read.of(UpkeepEntry)
    check_codes(table, faults)
    kept: dict[str, str] = {}
    for entry in table.entries:
        upkeep = entry.value
        for kind in upkeep.kinds:
            if not read.of(AssetKindEntry).knows(kind):
                faults.tell(entry, "kinds", _("“%(code)s” is not known here.") % {"code": kind})
            elif (before := kept.setdefault(kind, upkeep.code)) != upkeep.code:
                faults.tell(entry, "kinds", _("“%(kind)s” is kept as “%(code)s” says already.")
                            % {"kind": kind, "code": before})  # fmt: skip
        for skill in upkeep.crew:
            if not read.of(SkillEntry).knows(skill):
                faults.tell(entry, "crew", _("“%(code)s” is not known here.") % {"code": skill})
        if upkeep.cycle == "counter" and not upkeep.counter:
            faults.tell(entry, "counter", _("name the tag that counts."))


def obstacles(read: Read, faults: Faults) -> None:
    """Nothing stands in the way: what is left out and used is retired."""


def write(read: Read) -> dict[str, Counts]:
    """Write upkeeps."""
    wanted = {
        entry.value.code: {
            "pack": entry.pack,
            "name": entry.value.name,
            "name_en": entry.value.name_en,
            "definition": entry.value.model_dump(),
            "retired": False,
        }
        for entry in read.of(UpkeepEntry).entries
    }
    _rows, counts = rows.bring(Upkeep, wanted)
    return {"upkeeps": counts}


def clear(read: Read) -> dict[str, Counts]:
    """Take away, or retire, what no pack names any longer."""
    return {"upkeeps": rows.clear(Upkeep, read.of(UpkeepEntry).by())}
