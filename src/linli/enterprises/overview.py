"""An enterprise in one view: where it stands, what would lift it, whom it could trade with."""

from typing import Any

from linli.enterprises import elsewhere, quantities
from linli.enterprises.ladder.models import Standing
from linli.enterprises.matching.models import Need, Supply
from linli.enterprises.models import Enterprise
from linli.enterprises.per_mu.chances import aim, easiest
from linli.enterprises.per_mu.models import Score
from linli.people.scope import Scope

MOST = 5
NEAR = 3  # for whom it is among the first so many that could supply


def overview(sight: Scope, row: Enterprise) -> dict[str, Any]:
    """Return what is kept of an enterprise whose figures the person may read."""
    standings = sight.of(Standing).filter(enterprise=row).select_related("rung", "next")
    needs = list(sight.of(Need).filter(enterprise=row).order_by("name")[:MOST])
    best = sight.of(Supply).filter(need__in=needs, place=1).select_related("supplier")
    likest = {one.need_id: one for one in best}
    sought = sight.of(Supply).filter(supplier=row, place__lte=NEAR)
    return {
        "standing": standings.first(),
        **_score(sight, row),
        "needs": [(need, likest.get(need.pk)) for need in needs],
        "sought": sought.select_related("need__enterprise").order_by("-likeness")[:MOST],
        "elsewhere": elsewhere.told_of(sight, row),
    }


def _score(sight: Scope, row: Enterprise) -> dict[str, Any]:
    scores = sight.of(Score).filter(enterprise=row).select_related("scheme")
    score = scores.order_by("-year").first()
    aimed = aim(score) if score else None
    way = easiest(score, aimed.target) if score and aimed else None
    said = None
    if way is not None and way.needed is not None:
        said = {
            "label": quantities.label(way.figure),
            "now": quantities.quantity(way.figure, way.now),
            "needed": quantities.quantity(way.figure, way.needed),
        }
    return {"score": score, "aim": aimed, "way": said}
