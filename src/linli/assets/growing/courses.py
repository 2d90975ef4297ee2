"""The stages of every greenhouse over time, as rules on telemetry and pages read them."""

from collections.abc import Iterable

import numpy as np

from linli.assets.growing.models import Growth
from linli.assets.register.models import Asset
from linli.assets.telemetry.points import moment
from linli.assets.telemetry.rules import Course


def all_courses() -> dict[int, Course]:
    """Return the course of every asset in which something was grown, by its key."""
    held = Growth.objects.filter(superseded=False).order_by("asset", "since")
    rows: dict[int, list[tuple[int, str]]] = {}
    for asset, crop, stage, since in held.values_list("asset", "crop__code", "stage", "since"):
        at = int(moment(since).astype(np.int64))
        rows.setdefault(asset, []).append((at, f"{crop}.{stage}" if crop else ""))
    return {
        asset: Course(np.array([at for at, _stage in steps], np.int64), [s for _at, s in steps])
        for asset, steps in rows.items()
    }


def standing(assets: Iterable[Asset]) -> dict[int, Growth]:
    """Return what grows in each of some assets now, by their keys; nothing for an empty one."""
    found: dict[int, Growth] = {}
    rows = Growth.objects.filter(asset__in=list(assets), superseded=False)
    for row in rows.select_related("crop", "by").order_by("since"):
        found[row.asset_id] = row
    return {asset: row for asset, row in found.items() if row.crop}
