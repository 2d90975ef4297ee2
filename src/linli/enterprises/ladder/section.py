"""What packs say of the cultivation ladder: `[[rung]]`, from the ground up."""

from math import isfinite
from typing import Annotated, Any, Literal

from django.utils.translation import gettext as _
from pydantic import Field, PlainValidator

from linli import rows
from linli.cases.models import OPEN
from linli.cases.section import CategoryEntry
from linli.enterprises.ladder.conditions import COMPARISONS, FLAGS, MOST_YEARS, NUMBERS
from linli.enterprises.ladder.models import NextStep, Rung, Title
from linli.enterprises.marks import LADDER, mark
from linli.enterprises.quantities import AGE
from linli.rows import Counts
from linli.sections import (
    Declaration,
    EnglishName,
    Entry,
    Faults,
    Name,
    Read,
    Slug,
    check_codes,
)


def _number_or_flag(given: Any) -> float | bool:
    if not isinstance(given, bool | int | float) or not isfinite(given):
        raise ValueError(_("must be a number, or true or false."))
    return given


class ConditionEntry(Declaration):
    """One condition of a rung, such as `{ column = "rd", comparison = ">=", value = 100 }`."""

    column: str
    comparison: Literal[">=", ">", "<=", "<", "="]
    value: Annotated[Any, PlainValidator(_number_or_flag)]
    per: str = ""
    growth: bool = False
    years: Annotated[int, Field(ge=1, le=MOST_YEARS)] = 1


class RungEntry(Declaration):
    """A `[[rung]]` of a pack."""

    code: Slug
    name: Name
    name_en: EnglishName = ""
    known_by: Literal["conditions", "above_scale", "title"] = "conditions"
    category: str = ""
    conditions: Annotated[list[ConditionEntry], Field(max_length=12)] = []


assert set(COMPARISONS) == {">=", ">", "<=", "<", "="}


def check(read: Read, faults: Faults) -> None:
    """Note what is wrong with rungs: unknown columns, values of the wrong kind, no way in."""
    rungs = read.of(RungEntry)
    check_codes(rungs, faults)
    categories = read.of(CategoryEntry)
    for number, entry in enumerate(rungs.entries):
        value = entry.value
        if value.category and not categories.knows(value.category):
            faults.tell(entry, "category", _("“%(code)s” is not known here.")
                        % {"code": value.category})  # fmt: skip
        if number == 0 and (value.conditions or value.known_by != "conditions"):
            faults.tell(entry, "conditions", _("everybody stands on the first rung: it has no "
                                               "conditions."))  # fmt: skip
        if number and not value.conditions:
            faults.tell(entry, "conditions", _("is missing: nobody could climb onto this rung."))
        for place in range(len(value.conditions)):
            _check_condition(entry, place, faults)


def _check_condition(entry: Entry[RungEntry], place: int, faults: Faults) -> None:
    asked = entry.value.conditions[place]

    def tell(key: str, message: str) -> None:
        faults.tell(entry, ("conditions", place, key), message)

    for key, column in (("column", asked.column), ("per", asked.per)):
        known = NUMBERS if key == "per" else (*NUMBERS, *FLAGS)
        if column and column not in known:
            tell(key, _("“%(column)s” is no figure of a year; there are: %(known)s.")
                 % {"column": column, "known": ", ".join(known)})  # fmt: skip
    if asked.column in FLAGS:
        if not isinstance(asked.value, bool) or asked.comparison != "=":
            tell("value", _("“%(column)s” is true or false: ask for it with “=”.")
                 % {"column": asked.column})  # fmt: skip
        if asked.per or asked.growth:
            tell("column", _("“%(column)s” is no number.") % {"column": asked.column})
    elif isinstance(asked.value, bool):
        tell("value", _("must be a number."))
    if asked.per and asked.per == asked.column:
        tell("per", _("is the same figure."))
    if AGE in (asked.column, asked.per) and (asked.per or asked.growth):
        tell("column", _("years since founding stand for themselves."))


def obstacles(read: Read, faults: Faults) -> None:
    """Note rungs left out of the packs on which enterprises hold a title, or are led to."""
    rungs = read.of(RungEntry)
    if rungs.is_whole:
        file = rungs.entries[0].spot.file if rungs.entries else _("packs")
        rows.refuse_held(Rung, rungs.by(), file, faults)


def write(read: Read) -> dict[str, Counts]:
    """Write the rungs."""
    wanted = {
        entry.value.code: {
            "name": entry.value.name,
            "name_en": entry.value.name_en,
            "pack": entry.pack,
            "position": position,
            "conditions": [asked.model_dump() for asked in entry.value.conditions],
            "known_by": entry.value.known_by,
            "category": entry.value.category,
            "retired": False,
        }
        for position, entry in enumerate(read.of(RungEntry).entries)
    }
    _rows, counts = rows.bring(Rung, wanted)
    return _changed(counts)


def clear(read: Read) -> dict[str, Counts]:
    """Take away rungs no pack names any longer."""
    return _changed(rows.clear(Rung, read.of(RungEntry).by()))


def _changed(counts: Counts) -> dict[str, Counts]:
    if counts != Counts():
        mark(LADDER)
    return {"rungs": counts}


@rows.holder(Rung)
def _titles_on(rungs: set[int]) -> dict[int, str]:
    held = Title.objects.filter(rung__in=rungs).order_by().values_list("rung", flat=True)
    return {key: _("enterprises with its title") for key in set(held)}


@rows.holder(Rung)
def _steps_to(rungs: set[int]) -> dict[int, str]:
    led = NextStep.objects.filter(rung__in=rungs, case__state__in=OPEN)
    return {key: _("open cases") for key in set(led.order_by().values_list("rung", flat=True))}
