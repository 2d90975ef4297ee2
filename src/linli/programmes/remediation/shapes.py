"""Blocks and parcels as GeoJSON for a map, and curves as a chart reads them."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, timedelta
from typing import Any

import shapely
from django.utils.translation import gettext as _

from linli.programmes.remediation.models import Parcel
from linli.programmes.remediation.progress import Progress, Standing

STEP = 6  # decimals of a degree: a tenth of a metre


def feature(shape: bytes | memoryview, **told: Any) -> dict[str, Any]:
    """Make a feature of a shape and what a map has to know of it."""
    found = shapely.from_wkb(bytes(shape))
    inside = found.point_on_surface()
    return {
        "type": "Feature",
        "properties": {**told, "at": [round(inside.x, STEP), round(inside.y, STEP)]},
        "geometry": _rounded(shapely.geometry.mapping(found)),
    }


def _rounded(shape: Mapping[str, Any]) -> dict[str, Any]:
    def walk(part: Any) -> Any:
        if part and isinstance(part[0], float):
            return [round(part[0], STEP), round(part[1], STEP)]
        return [walk(piece) for piece in part]

    return {"type": shape["type"], "coordinates": walk(shape["coordinates"])}


def collection(features: Iterable[dict[str, Any]]) -> dict[str, Any]:
    """Put features together."""
    return {"type": "FeatureCollection", "features": list(features)}


def of_blocks(parts: Sequence[Progress], urls: Mapping[str, str]) -> dict[str, Any]:
    """Draw the blocks of a campaign, each with how far it is."""
    return collection(
        feature(
            part.block.wkb, level=part.level, url=urls[part.block.code],
            text=f"{part.block}\n{part.signed} / {part.n}",
        )
        for part in parts
        if part.block
    )  # fmt: skip


def of_parcels(
    parcels: Iterable[Parcel], rows: Sequence[Standing], urls: Mapping[str, str]
) -> dict[str, Any]:
    """Draw the parcels of a block: nobody, some or all on it have signed."""
    on: dict[int, list[Standing]] = {}
    for row in rows:
        on.setdefault(row.holding.parcel_id, []).append(row)
    found = []
    for parcel in parcels:
        here = on.get(parcel.pk, [])
        signed = sum(1 for row in here if row.signed_on)
        level = 3 if here and signed == len(here) else 2 if signed else 0
        first = urls.get(here[0].holding.code, "") if here else ""
        found.append(
            feature(parcel.wkb, level=level, url=first, text=parcel.code.rpartition("-")[2])
        )
    return collection(found)


def curve(part: Progress) -> dict[str, Any]:
    """Return what a chart of signings draws: days, what was, what is foreseen and between what."""
    days = [str(day) for day, _n in part.curve]
    was: list[int | None] = [n for _day, n in part.curve]
    told: dict[str, Any] = {"days": days, "was": was, "n": part.n, "words": _words()}
    ahead = part.forecast.curve[1:] if part.left else ()
    if not ahead or not part.curve:
        return told
    today, so_far = part.curve[-1]
    blank: list[float | None] = [None] * (len(days) - 1)
    told["days"] = days + [str(today + timedelta(days=at)) for at in range(1, len(ahead) + 1)]
    for name, at in (("low", 0), ("middle", 1), ("high", 2)):
        told[name] = [*blank, so_far, *(so_far + step[at] for step in ahead)]
    return told


def compared(parts: Sequence[Progress]) -> dict[str, Any]:
    """Return the share signed of each block by days since its notice."""
    return {
        "lines": [
            {"name": str(part.block), "share": [round(100 * n / part.n) for _day, n in part.curve]}
            for part in parts
            if part.curve and part.n
        ],
        "words": _words(),
    }


def _words() -> dict[str, str]:
    return {
        "was": _("signed"), "middle": _("foreseen"), "band": _("four of five forecasts"),
        "all": _("all"), "day": _("day %s after the notice"),
    }  # fmt: skip


def day_or_beyond(day: date | None) -> str:
    """Say a day; what lies beyond the horizon as that."""
    return f"{day}" if day else _("more than two years off")
