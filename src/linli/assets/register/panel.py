"""How plants and the town's own assets are, for a panel of the cockpit: from what watchers said."""

from collections.abc import Sequence
from functools import reduce
from operator import or_
from typing import Any

from django.db.models import Q

from linli.assets.register.health import WORST_FIRST, worst
from linli.assets.register.models import Asset, Health, Level

SHOWN = 5


def plants(paths: Sequence[str]) -> dict[str, Any]:
    """Return how many assets below some areas are healthy, to be watched or to be acted on.

    Parameters
    ----------
    paths
        Of the areas whose assets may be seen.

    Returns
    -------
    Counts by state, how many nobody watches, and the worst ones first; empty where no asset is.
    """
    here = reduce(or_, (Q(area__path__startswith=path) for path in paths), Q(pk__in=[]))
    tops = Asset.objects.filter(here, parent=None, retired=False).order_by()
    known = list(tops.values_list("path", flat=True))
    if not known:
        return {}
    inside = reduce(or_, (Q(path__startswith=path) for path in known), Q(pk__in=[]))
    seen = Asset.objects.filter(inside, retired=False)
    said: dict[int, list[Health]] = {}
    words = Health.objects.filter(asset__in=seen.order_by())
    for word in words.select_related("asset"):
        said.setdefault(word.asset_id, []).append(word)
    found = [row for row in map(worst, said.values()) if row is not None]
    counts = {state.value: sum(row.state == state for row in found) for state in WORST_FIRST}
    rank = {state.value: at for at, state in enumerate(WORST_FIRST)}
    lines = sorted(
        (row for row in found if row.state != Health.State.OK),
        key=lambda row: (rank[row.state], row.since),
    )
    whole = seen.exclude(level__in=(Level.PART, Level.LINE, Level.PLANT)).exclude(pk__in=said)
    return {**counts, "watched": len(found), "others": whole.count(), "lines": lines[:SHOWN]}
