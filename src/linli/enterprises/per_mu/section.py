"""What packs say of scores on a mu of land: `[[per_mu]]`."""

from typing import Annotated

from django.utils.translation import gettext as _
from pydantic import Field, StringConstraints

from linli import rows
from linli.enterprises.marks import SCORES, mark
from linli.enterprises.models import FIGURES
from linli.enterprises.per_mu.models import Scheme
from linli.rows import Counts
from linli.sections import Declaration, EnglishName, Faults, Name, Read, Slug, check_codes

KNOWN = (*FIGURES, "researchers", "land_mu")
Positive = Annotated[float, Field(gt=0, le=1000)]
Letter = Annotated[str, StringConstraints(pattern=r"^[A-T]$")]


class MeasureEntry(Declaration):
    """One ratio of figures, with its weight: tax for land_mu, 40."""

    code: Slug
    name: Name
    name_en: EnglishName = ""
    of: str
    per: str
    weight: Positive


class ClassEntry(Declaration):
    """A class and its share of the places; the one without a share takes what is left."""

    code: Annotated[str, StringConstraints(min_length=1, max_length=4)]
    share: Annotated[float, Field(gt=0, lt=1)] | None = None


class PerMuEntry(Declaration):
    """A `[[per_mu]]` of a pack."""

    code: Slug
    name: Name
    name_en: EnglishName = ""
    sections: Annotated[list[Letter], Field(min_length=1)]
    above_scale: bool = True
    least: Annotated[int, Field(ge=1, le=200)] = 5
    cap: Annotated[float, Field(ge=1, le=10)] = 1.5
    measures: Annotated[list[MeasureEntry], Field(min_length=1, max_length=12)]
    classes: Annotated[list[ClassEntry], Field(min_length=2, max_length=8)]


def check(read: Read, faults: Faults) -> None:
    """Note what is wrong with schemes: unknown figures, weights or shares that do not add up."""
    schemes = read.of(PerMuEntry)
    check_codes(schemes, faults)
    for entry in schemes.entries:
        value = entry.value
        for place, measure in enumerate(value.measures):
            for key, figure in (("of", measure.of), ("per", measure.per)):
                if figure not in KNOWN:
                    faults.tell(entry, ("measures", place, key),
                                _("“%(column)s” is no figure of a year; there are: %(known)s.")
                                % {"column": figure, "known": ", ".join(KNOWN)})  # fmt: skip
        codes = [measure.code for measure in value.measures]
        if len(set(codes)) < len(codes):
            faults.tell(entry, "measures", _("two have the same code."))
        weights = sum(measure.weight for measure in value.measures)
        if abs(weights - 100) > 1e-6:
            faults.tell(entry, "measures", _("the weights add up to %(sum)g, not to 100.")
                        % {"sum": weights})  # fmt: skip
        shares = [grade.share for grade in value.classes]
        if shares.count(None) != 1:
            faults.tell(entry, "classes", _("one class, and no other, has no share: it takes "
                                            "what is left."))  # fmt: skip
        elif sum(share or 0 for share in shares) >= 1:
            faults.tell(entry, "classes", _("the shares leave nothing for the class without one."))
        names = [grade.code for grade in value.classes]
        if len(set(names)) < len(names):
            faults.tell(entry, "classes", _("two have the same code."))


def obstacles(read: Read, faults: Faults) -> None:
    """Nothing stands in the way: what was scored stays with the scheme, which retires."""


def write(read: Read) -> dict[str, Counts]:
    """Write the schemes."""
    plain = ("name", "name_en", "sections", "above_scale", "least", "cap")
    wanted = {
        entry.value.code: {
            "pack": entry.pack,
            "position": position,
            "measures": [measure.model_dump() for measure in entry.value.measures],
            "classes": [grade.model_dump() for grade in entry.value.classes],
            "retired": False,
            **{name: getattr(entry.value, name) for name in plain},
        }
        for position, entry in enumerate(read.of(PerMuEntry).entries)
    }
    _rows, counts = rows.bring(Scheme, wanted)
    return _changed(counts)


def clear(read: Read) -> dict[str, Counts]:
    """Take away schemes no pack names any longer."""
    return _changed(rows.clear(Scheme, read.of(PerMuEntry).by()))


def _changed(counts: Counts) -> dict[str, Counts]:
    if counts != Counts():
        mark(SCORES)
    return {"schemes": counts}
