"""Before and after on the page of an asset: what was found at it, and what it looks like since."""

from dataclasses import dataclass

from django.template.loader import render_to_string

from linli.assets.register.models import Asset, AssetCase
from linli.assets.register.panels import panel
from linli.cases.models import Case, Evidence
from linli.cases.photos import DONE, FOUND
from linli.people.scope import Scope

SHOWN = 3
PHOTOS = 200  # of the newest cases that are looked through


@dataclass
class Pair:
    """A case at the asset with its first photo of what was found and its last of what was done."""

    case: Case
    before: Evidence | None = None
    after: Evidence | None = None


def pairs(asset: Asset, sight: Scope) -> list[Pair]:
    """Return the newest cases at an asset and below it that have photos of both sides."""
    cases = AssetCase.objects.filter(asset__path__startswith=asset.path).order_by()
    rows = sight.of(Evidence).filter(
        case__in=cases.values("case"), action__in=FOUND | DONE, content_type__startswith="image/"
    )  # fmt: skip
    found: dict[int, Pair] = {}
    for row in rows.select_related("case").defer("case__sketch").order_by("-case", "pk")[:PHOTOS]:
        pair = found.setdefault(row.case_id, Pair(row.case))
        if row.action in FOUND:
            pair.before = pair.before or row
        else:
            pair.after = row
    whole = [pair for pair in found.values() if pair.before and pair.after]
    return whole[:SHOWN]


@panel("before-after", order=40, styles=("linli/inspection.css",))
def of_asset(asset: Asset, sight: Scope) -> str:
    """Draw the pairs, each leading to where they are compared; nothing where there are none."""
    found = pairs(asset, sight)
    return render_to_string("inspection/_before_after.html", {"pairs": found}) if found else ""
