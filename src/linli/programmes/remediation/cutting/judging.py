"""What is wrong with a sheet before it may be kept, in words and with the place on the map."""

from collections.abc import Iterator
from dataclasses import dataclass

import shapely
from django.core.validators import validate_slug
from django.forms import ValidationError
from django.utils.translation import gettext as _

from linli.engines import cutting
from linli.engines.cutting import Patch
from linli.programmes.remediation.cutting.sheet import Sheet
from linli.programmes.remediation.land import MU_A_HECTARE, SPILL, mu

GAP, OVERLAP, OUTSIDE, ACROSS, NAMED = "gap", "overlap", "outside", "across", "named"


@dataclass(frozen=True)
class Fault:
    """One thing that is wrong; `at` is where."""

    kind: str
    text: str
    at: tuple[float, float] | None = None


def faults(sheet: Sheet) -> list[Fault]:
    """Return what is wrong with a sheet: pieces over each other, gaps, names that miss."""
    shapes = [piece.shape for piece in sheet.pieces]
    found = list(_named(sheet))
    if not shapes:
        return [Fault(NAMED, _("There is no piece yet."))]
    cover = cutting.cover_faults(shapes, sheet.ground.within, sheet.ground.covered)
    for patch in cover.overlaps:
        first, second = (sheet.pieces[at] for at in patch.of)
        found.append(Fault(OVERLAP, _("%(first)s and %(second)s lie over each other by %(mu)s mu.")
                           % {"first": first, "second": second, "mu": _mu(patch)},
                           patch.at))  # fmt: skip
    ground = sheet.ground.block or sheet.ground.campaign
    for patch in cover.outside:
        piece = sheet.pieces[patch.of[0]]
        found.append(Fault(OUTSIDE, _("%(mu)s mu of %(piece)s lie outside of %(ground)s.")
                           % {"piece": piece, "mu": _mu(patch), "ground": ground},
                           patch.at))  # fmt: skip
    found += [
        Fault(GAP, _("%(mu)s mu lie in no piece any more.") % {"mu": _mu(patch)}, patch.at)
        for patch in cover.gaps
    ]
    return [*found, *_across(sheet)]


def _mu(patch: Patch) -> str:
    return f"{patch.hectares * MU_A_HECTARE:.2f}"


def _named(sheet: Sheet) -> Iterator[Fault]:
    codes: set[str] = set()
    elsewhere = sheet.ground.kind._default_manager.exclude(
        pk__in=[row.pk for row in sheet.ground.rows]
    )
    used = set(elsewhere.filter(code__in=[p.code for p in sheet.pieces])
               .values_list("code", flat=True))  # fmt: skip
    for piece in sheet.pieces:
        try:
            validate_slug(piece.code)
            is_slug = len(piece.code) <= 50
        except ValidationError:
            is_slug = False
        if not is_slug:
            yield Fault(NAMED, _("“%(code)s”: only letters, digits, - and _, at most 50.")
                        % {"code": piece.code})  # fmt: skip
        elif piece.code in codes or piece.code in used:
            yield Fault(NAMED, _("The code “%(code)s” is used twice.") % {"code": piece.code})
        codes.add(piece.code)
        if sheet.ground.block is None and not piece.name.strip():
            yield Fault(NAMED, _("“%(code)s” has no name.") % {"code": piece.code})


def _across(sheet: Sheet) -> Iterator[Fault]:
    """Find parcels that would lie in two blocks, or in none."""
    for parcel, code in homes(sheet).items():
        if code is None:
            yield Fault(ACROSS, _("Parcel %(parcel)s would not lie in one block: cut the parcel "
                                  "first, or move the line.") % {"parcel": parcel})  # fmt: skip


def homes(sheet: Sheet) -> dict[str, str | None]:
    """Return for each parcel of a campaign the block that would hold it; None if none would."""
    found: dict[str, str | None] = {}
    tree = shapely.STRtree([piece.shape for piece in sheet.pieces])
    for parcel in sheet.ground.parcels:
        shape = parcel.geometry
        near = [sheet.pieces[at] for at in tree.query(shape, predicate="intersects")]
        holds = [
            piece.code for piece in near
            if shapely.difference(shape, piece.shape).area <= SPILL * shape.area
        ]  # fmt: skip
        found[parcel.code] = holds[0] if holds else None
    return found


def measured(sheet: Sheet) -> list[float]:
    """Return how many mu each piece has."""
    return [round(mu(piece.shape), 2) for piece in sheet.pieces]
