"""Blocks and parcels from a file: their shapes are measured, and may not lie over each other."""

from collections.abc import Sequence
from typing import Any

import shapely
from django.utils.translation import gettext as _
from shapely.geometry.base import BaseGeometry

from linli.engines.geo import hectares
from linli.people.models import Organisation
from linli.places.writing import shape_from
from linli.programmes.remediation.models import Block, Campaign, Parcel
from linli.programmes.remediation.plans import Plan, writer
from linli.tables import Values, Wrong

MU_A_HECTARE = 15
ABSURD = 0.25  # a shape this much off its given figure is another shape, or another unit
SPILL = 0.02  # how much of a parcel may lie outside of its block, or on another parcel


def mu(shape: BaseGeometry) -> float:
    """Return how many mu a shape given in WGS-84 degrees has."""
    return float(hectares(shape)) * MU_A_HECTARE


def _draw(row: Any, values: Values) -> list[Wrong]:
    if "shape" in values:
        shape = shape_from(values["shape"], values.get("coordinates") or "wgs84")
        if shape is None or shape.geom_type not in ("Polygon", "MultiPolygon"):
            return [Wrong("shape", _("is no polygon."))]
        if not shape.is_valid:
            return [Wrong("shape", _("its sides cross: %(why)s.")
                          % {"why": shapely.is_valid_reason(shape)})]  # fmt: skip
        inside = shape.point_on_surface()
        row.wkb, row.mu = shapely.to_wkb(shape), round(mu(shape), 2)
        row.lon, row.lat = round(inside.x, 6), round(inside.y, 6)
    if not row.wkb:
        return [Wrong("shape", _("is missing."))]
    if row.off is not None and abs(row.off) > ABSURD:
        return [Wrong("given_mu", _("%(given)g mu are given, but the shape measures %(mu)g: "
                                    "one of them is wrong.")
                      % {"given": row.given_mu, "mu": row.mu})]  # fmt: skip
    return []


def _laid_over(model: Any, rows: Sequence[Values], link: str) -> tuple[dict, dict]:
    """Return the shapes with the given rows laid over them, and what each belongs to."""
    kept = model.objects.values_list("code", f"{link}__code", "wkb")
    shapes = {code: shapely.from_wkb(bytes(wkb)) for code, _of, wkb in kept}
    owners = {code: of for code, of, _wkb in kept}
    for values in rows:
        if "shape" in values:
            shapes[values["code"]] = shape_from(
                values["shape"], values.get("coordinates") or "wgs84"
            )
        if values.get(link):
            owners[values["code"]] = values[link]
    return shapes, owners


def _overlaps(shapes: dict, owners: dict, given: set[str]) -> list[Wrong]:
    wrongs = []
    codes = sorted(shapes)
    tree = shapely.STRtree([shapes[code] for code in codes])
    for code in sorted(given & set(codes)):
        for at in tree.query(shapes[code], predicate="intersects"):
            other = codes[at]
            if other == code or owners[other] != owners[code] or (other in given and other < code):
                continue
            shared = shapely.intersection(shapes[code], shapes[other])
            smaller = min(shapes[code].area, shapes[other].area)
            if shared.area > SPILL * smaller:
                wrongs.append(Wrong("shape", _("%(first)s and %(second)s share %(mu).1f mu.")
                                    % {"first": code, "second": other,
                                       "mu": mu(shared)}))  # fmt: skip
    return wrongs


def _blocks_together(scope: Any, rows: Sequence[Values]) -> list[Wrong]:
    shapes, owners = _laid_over(Block, rows, "campaign")
    return _overlaps(shapes, owners, {values["code"] for values in rows})


def _parcels_together(scope: Any, rows: Sequence[Values]) -> list[Wrong]:
    shapes, owners = _laid_over(Parcel, rows, "block")
    given = {values["code"] for values in rows}
    wrongs = _overlaps(shapes, owners, given)
    blocks = {
        code: shapely.from_wkb(bytes(wkb))
        for code, wkb in Block.objects.filter(code__in=set(owners.values()))
        .values_list("code", "wkb")
    }  # fmt: skip
    for code in sorted(given):
        block = blocks.get(owners.get(code, ""))
        shape = shapes.get(code)
        if block is None or shape is None:
            continue
        outside = shapely.difference(shape, block)
        if outside.area > SPILL * shape.area:
            wrongs.append(Wrong("shape", _("%(mu).1f mu of %(parcel)s lie outside of block "
                                           "%(block)s.")
                                % {"mu": mu(outside), "parcel": code,
                                   "block": owners[code]}))  # fmt: skip
    return wrongs


BLOCKS = writer(
    Plan(
        Block,
        {"campaign": (Campaign, "code"), "organisation": (Organisation, "code")},
        lambda row: row.campaign,
        finish=_draw,
        aside=frozenset({"shape", "coordinates"}),
    ),
    _blocks_together,
)
PARCELS = writer(
    Plan(
        Parcel,
        {"block": (Block, "code")},
        lambda row: row.block.campaign,
        finish=_draw,
        aside=frozenset({"shape", "coordinates"}),
    ),
    _parcels_together,
)
