"""What packs say of programmes: the upper part of the tree, whose projects come by an import."""

from typing import Annotated, Literal

from django.utils.translation import gettext as _
from pydantic import Field, StringConstraints

from linli import rows
from linli.people.models import Organisation
from linli.people.section import OrganisationEntry
from linli.places.models import Area
from linli.places.section import AreaEntry
from linli.programmes.renewal.models import RANK, Level, Node
from linli.programmes.renewal.writing import set_paths
from linli.rows import Counts
from linli.sections import (
    Code,
    Declaration,
    EnglishName,
    Faults,
    Name,
    Read,
    Slug,
    Spot,
    check_codes,
    check_parents,
)

About = Annotated[str, StringConstraints(max_length=2000, strip_whitespace=True)]


class ProgrammeEntry(Declaration):
    """A `[[programme]]` of a pack. Its owner is the highest organisation with `function`."""

    code: Slug
    name: Name
    name_en: EnglishName = ""
    level: Literal["framework", "guidance", "action"]
    parent: Slug | None = None
    function: Slug | None = None
    area: Code | None = None
    budget: Annotated[int, Field(ge=0)] | None = None
    about: About = ""
    about_en: About = ""


def check(read: Read, faults: Faults) -> None:
    """Note what is wrong with programmes: parents that are not above, unknown organisations."""
    programmes = read.of(ProgrammeEntry)
    check_codes(programmes, faults)
    check_parents(programmes, faults)
    organisations, areas = read.of(OrganisationEntry), read.of(AreaEntry)
    held = {f for entry in organisations.entries for f in entry.value.functions}
    by_code = programmes.by()
    for entry in programmes.entries:
        value = entry.value
        parent = by_code.get(value.parent or "")
        if value.parent is None and value.level != Level.FRAMEWORK:
            faults.tell(entry, "parent", _("only a framework stands by itself."))
        if parent and RANK[Level(parent.value.level)] >= RANK[Level(value.level)]:
            faults.tell(entry, "parent", _("“%(code)s” is not of a higher level.")
                        % {"code": value.parent})  # fmt: skip
        if value.function and organisations.is_whole and value.function not in held:
            faults.tell(entry, "function", _("no organisation of the town has the function "
                                             "“%(function)s”.")
                        % {"function": value.function})  # fmt: skip
        if value.area and not areas.knows(value.area):
            faults.tell(entry, "area", _("“%(code)s” is not known here.") % {"code": value.area})


def obstacles(read: Read, faults: Faults) -> None:
    """Note what is left out of the packs though projects lie below it."""
    programmes = read.of(ProgrammeEntry)
    if not programmes.is_whole:
        return
    held = Node.objects.filter(pack="", retired=False, parent__pack__gt="")
    gone = held.exclude(parent__code__in=programmes.by()).order_by("parent__code")
    for code, name in gone.values_list("parent__code", "parent__name").distinct():
        where = programmes.entries[0].spot if programmes.entries else Spot(_("packs"))
        faults.tell(where, "", _("“%(name)s” (%(code)s) is left out, but projects lie below it.")
                    % {"name": name, "code": code})  # fmt: skip


def write(read: Read) -> dict[str, Counts]:
    """Write the upper part of the tree."""
    owners: dict[str, int] = {}
    known = Organisation.objects.filter(retired=False).order_by("area__path", "code")
    for key, functions in known.values_list("pk", "functions"):
        for function in functions:
            owners.setdefault(function, key)
    areas = dict(_areas(read))
    # Where a pack names no area, the one that came by an import stays.
    placed = dict(Node.objects.filter(area__isnull=False).values_list("code", "area_id"))
    wanted = {
        entry.value.code: {
            "name": entry.value.name,
            "name_en": entry.value.name_en,
            "pack": entry.pack,
            "level": entry.value.level,
            "owner_id": owners.get(entry.value.function or ""),
            "area_id": areas.get(entry.value.area or "", placed.get(entry.value.code)),
            "budget": entry.value.budget,
            "about": entry.value.about,
            "about_en": entry.value.about_en,
            "retired": False,
        }
        for entry in read.of(ProgrammeEntry).entries
    }
    parents = {e.value.code: {"parent": e.value.parent} for e in read.of(ProgrammeEntry).entries}
    _rows, counts = rows.bring(Node, wanted, parents)
    if wanted:
        set_paths()
    return {"programmes": counts}


def _areas(read: Read) -> list[tuple[str, int]]:
    """Return code and key of the areas that programmes name."""
    named = {e.value.area for e in read.of(ProgrammeEntry).entries if e.value.area}
    return list(Area.objects.filter(code__in=named).values_list("code", "pk"))


def clear(read: Read) -> dict[str, Counts]:
    """Retire what no pack names any longer; what came by an import stays."""
    codes = read.of(ProgrammeEntry).by()
    going = Node.objects.filter(pack__gt="", retired=False).exclude(code__in=codes)
    return {"programmes": Counts(retired=going.update(retired=True))}
