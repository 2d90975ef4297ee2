"""What packs say of ladders: the stages something climbs, in their order."""

from typing import Annotated

from django.utils.translation import gettext as _
from pydantic import Field

from linli import rows
from linli.programmes.climbing import climb_kind, climbers
from linli.programmes.ladders import Ladder
from linli.rows import Counts
from linli.sections import (
    Declaration,
    EnglishName,
    Faults,
    Name,
    Read,
    Slug,
    check_codes,
)

Days = Annotated[int, Field(ge=1, le=3650)]


class StageEntry(Declaration):
    """One stage of a ladder; those with `aside` lie beside the way."""

    code: Slug
    name: Name
    name_en: EnglishName = ""
    usual_days: Days | None = None
    ends: bool = False
    aside: bool = False
    optional: bool = False


class LadderEntry(Declaration):
    """A `[[ladder]]` of a pack; its stages stand in order as `[[ladder.stages]]`."""

    code: Slug
    name: Name
    name_en: EnglishName = ""
    stages: Annotated[list[StageEntry], Field(min_length=2, max_length=20)]


def check(read: Read, faults: Faults) -> None:
    """Note what is wrong with ladders: codes twice, a way that does not end where it should."""
    ladders = read.of(LadderEntry)
    check_codes(ladders, faults)
    for entry in ladders.entries:
        codes: set[str] = set()
        for number, stage in enumerate(entry.value.stages):
            if stage.code in codes:
                faults.tell(entry, ("stages", number, "code"), _("“%(code)s” stands here twice.")
                            % {"code": stage.code})  # fmt: skip
            codes.add(stage.code)
        way = [stage for stage in entry.value.stages if not stage.aside]
        if len(way) < 2:
            faults.tell(entry, "stages", _("a way needs two stages that are not aside."))
        elif [stage.ends for stage in way] != [False] * (len(way) - 1) + [True]:
            faults.tell(entry, "stages", _("the last stage of the way, and no other, ends it."))


def obstacles(read: Read, faults: Faults) -> None:
    """Note ladders or stages left out of the packs on which something stands or has stood."""
    ladders = read.of(LadderEntry)
    if not ladders.is_whole:
        return
    for ladder in Ladder.objects.filter(retired=False):
        entry = ladders.by().get(ladder.code)
        codes = {stage.code for stage in entry.value.stages} if entry else set()
        gone = {stage.code: stage for stage in ladder.stages if stage.code not in codes}
        for kind in climbers() if gone else ():
            steps = climb_kind(kind)._default_manager
            used = steps.filter(thing__ladder=ladder.pk, stage__in=gone).order_by()
            for code in sorted(used.values_list("stage", flat=True).distinct()):
                where = entry or (ladders.entries[0].spot if ladders.entries else None)
                words = _(
                    "stage “%(stage)s” of “%(ladder)s” is left out, but something stands or has "
                    "stood on it."
                ) % {"stage": gone[code], "ladder": ladder}
                if where is not None:
                    faults.tell(where, "stages" if entry else "", words)


def write(read: Read) -> dict[str, Counts]:
    """Write the ladders."""
    wanted = {
        entry.value.code: {
            "name": entry.value.name,
            "name_en": entry.value.name_en,
            "pack": entry.pack,
            "steps": [stage.model_dump() for stage in entry.value.stages],
            "retired": False,
        }
        for entry in read.of(LadderEntry).entries
    }
    _rows, counts = rows.bring(Ladder, wanted)
    return {"ladders": counts}


def clear(read: Read) -> dict[str, Counts]:
    """Take away ladders no pack names any longer."""
    return {"ladders": rows.clear(Ladder, read.of(LadderEntry).by())}
