"""Enterprise service in figures, for a panel of the cockpit: read from what is kept."""

from collections.abc import Sequence
from typing import Any

from django.db.models import Count, Q

from linli.cases.models import OPEN, Case, Category
from linli.enterprises.coverage import STALE_DAYS, stale_since
from linli.enterprises.ladder import board
from linli.enterprises.ladder.models import Standing
from linli.enterprises.models import Enterprise
from linli.enterprises.visibility import within
from linli.enterprises.visiting import PACK


def service(paths: Sequence[str], cases: Q) -> dict[str, Any]:
    """Return difficulties, visits and the ladder below some areas; empty where no park is.

    Parameters
    ----------
    cases
        Which cases lie there.
    """
    firms = Enterprise.objects.filter(within(paths)).exclude(status=Enterprise.Status.GONE)
    counted = firms.aggregate(
        all=Count("pk"), visited=Count("pk", filter=Q(visited_at__gte=stale_since()))
    )
    if not counted["all"]:
        return {}
    lines = board.lines(Standing.objects.filter(within(paths, "enterprise__")))
    most = max((line.count for line in lines), default=0) or 1
    return {
        **_difficulties(cases),
        "all": counted["all"], "visited": counted["visited"], "days": STALE_DAYS,
        "percent": round(100 * counted["visited"] / counted["all"]),
        "ladder": [(line, round(100 * line.count / most)) for line in reversed(lines)]
        if board.year_of() else [],
    }  # fmt: skip


def _difficulties(cases: Q) -> dict[str, Any]:
    """Return how many are open and how many have ended, as the list of their category has them."""
    top = Category.objects.filter(pack=PACK, code=PACK).first()
    if top is None:
        return {"category": None}
    theirs = Case.objects.filter(cases, Q(category=top) | Q(category__parent=top))
    counted = theirs.aggregate(all=Count("pk"), open=Count("pk", filter=Q(state__in=OPEN)))
    return {
        "category": top.pk, "open": counted["open"], "ended": counted["all"] - counted["open"],
    }  # fmt: skip
