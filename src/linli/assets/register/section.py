"""What packs say of assets: their kinds, and the skills of those who keep them."""

from typing import Annotated, Literal

from django.utils.translation import gettext as _
from pydantic import Field

from linli import rows
from linli.assets.register.models import Asset, AssetKind, CrewSkill, Skill
from linli.rows import Counts
from linli.sections import Declaration, EnglishName, Faults, Name, Read, Slug, check_codes


class AssetKindEntry(Declaration):
    """An `[[asset_kind]]` of a pack; `running` says when such an asset counts as running."""

    code: Slug
    name: Name
    name_en: EnglishName = ""
    icon: Slug
    level: Literal["plant", "line", "machine", "part", "structure"]
    running: Annotated[str, Field(max_length=160)] = ""
    running_en: Annotated[str, Field(max_length=200)] = ""


class SkillEntry(Declaration):
    """A `[[skill]]` of a pack."""

    code: Slug
    name: Name
    name_en: EnglishName = ""


def check(read: Read, faults: Faults) -> None:
    """Note codes that stand twice."""
    check_codes(read.of(AssetKindEntry), faults)
    check_codes(read.of(SkillEntry), faults)


def obstacles(read: Read, faults: Faults) -> None:
    """Note kinds and skills left out of the packs that something still is or has."""
    used = {
        AssetKindEntry: set(Asset.objects.exclude(kind="").values_list("kind", flat=True)),
        SkillEntry: set(CrewSkill.objects.values_list("skill__code", flat=True)),
    }
    for entry, codes in used.items():
        told = read.of(entry)
        if not told.is_whole or not told.entries:
            continue
        for code in sorted(codes - told.by().keys()):
            faults.tell(told.entries[0].spot, "", _("“%(code)s” is left out, but still in use.")
                        % {"code": code})  # fmt: skip


def write(read: Read) -> dict[str, Counts]:
    """Write kinds and skills."""
    counts = {}
    for name, model, entry in (
        ("asset kinds", AssetKind, AssetKindEntry), ("skills", Skill, SkillEntry)
    ):  # fmt: skip
        wanted = {
            one.value.code: {
                "pack": one.pack, "retired": False, **one.value.model_dump(exclude={"code"})
            }
            for one in read.of(entry).entries
        }  # fmt: skip
        _rows, counts[name] = rows.bring(model, wanted)
    return counts


def clear(read: Read) -> dict[str, Counts]:
    """Take away, or retire, what no pack names any longer."""
    return {
        "asset kinds": rows.clear(AssetKind, read.of(AssetKindEntry).by()),
        "skills": rows.clear(Skill, read.of(SkillEntry).by()),
    }
