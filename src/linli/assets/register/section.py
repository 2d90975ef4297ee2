"""What packs say of assets: their kinds, and the skills of those who keep them."""

from collections.abc import Sequence
from typing import Annotated, Any, Literal

from django.utils.translation import gettext as _
from pydantic import Field

from linli import rows
from linli.assets.register.models import Asset, AssetKind, CrewSkill, Skill
from linli.rows import Counts
from linli.sections import Declaration, EnglishName, Entry, Faults, Name, Read, Slug, check_codes


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
    kinds, skills = read.of(AssetKindEntry), read.of(SkillEntry)
    if kinds.is_whole and kinds.entries:
        used = set(Asset.objects.exclude(kind="").values_list("kind", flat=True))
        _refuse(used - kinds.by().keys(), kinds.entries[0], faults)
    if skills.is_whole and skills.entries:
        held = set(CrewSkill.objects.values_list("skill__code", flat=True))
        _refuse(held - skills.by().keys(), skills.entries[0], faults)


def _refuse(codes: set[str], where: Entry[Any], faults: Faults) -> None:
    for code in sorted(codes):
        faults.tell(where, "", _("“%(code)s” is left out, but still in use.")
                    % {"code": code})  # fmt: skip


def write(read: Read) -> dict[str, Counts]:
    """Write kinds and skills."""
    _kinds, kinds = rows.bring(AssetKind, _wanted(read.of(AssetKindEntry).entries))
    _skills, skills = rows.bring(Skill, _wanted(read.of(SkillEntry).entries))
    return {"asset kinds": kinds, "skills": skills}


def _wanted(entries: Sequence[Entry[Any]]) -> dict[str, dict[str, Any]]:
    return {
        one.value.code: {
            "pack": one.pack, "retired": False, **one.value.model_dump(exclude={"code"})
        }
        for one in entries
    }  # fmt: skip


def clear(read: Read) -> dict[str, Counts]:
    """Take away, or retire, what no pack names any longer."""
    return {
        "asset kinds": rows.clear(AssetKind, read.of(AssetKindEntry).by()),
        "skills": rows.clear(Skill, read.of(SkillEntry).by()),
    }
