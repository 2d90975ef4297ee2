"""What packs say of telemetry: the rules that make a case of what is measured."""

from django.utils.translation import gettext as _

from linli import rows
from linli.assets.register.section import AssetKindEntry
from linli.assets.telemetry import rules
from linli.assets.telemetry.models import Rule
from linli.assets.telemetry.rules import RuleEntry
from linli.cases.section import CategoryEntry
from linli.rows import Counts
from linli.sections import Faults, Read, check_codes


def check(read: Read, faults: Faults) -> None:
    """Note codes that stand twice, and categories and kinds of assets nobody knows."""
    table = read.of(RuleEntry)
    check_codes(table, faults)
    for entry in table.entries:
        for field, code, known in (
            ("category", entry.value.category, read.of(CategoryEntry)),
            ("asset_kind", entry.value.asset_kind, read.of(AssetKindEntry)),
        ):
            if code and not known.knows(code):
                faults.tell(entry, field, _("“%(code)s” is not known here.") % {"code": code})


def obstacles(read: Read, faults: Faults) -> None:
    """Rules are only retired where they have watched something."""


def write(read: Read) -> dict[str, Counts]:
    """Write the rules."""
    wanted = {
        entry.value.code: {
            "name": entry.value.name, "name_en": entry.value.name_en, "pack": entry.pack,
            "definition": rules.definition(entry.value), "retired": False,
        }
        for entry in read.of(RuleEntry).entries
    }  # fmt: skip
    return {"rules": rows.bring(Rule, wanted)[1]}


def clear(read: Read) -> dict[str, Counts]:
    """Take away the rules no pack names any longer."""
    return {"rules": rows.clear(Rule, read.of(RuleEntry).by())}
