"""What the map can show of each grid: what lies open now, and what happened in a month.

Sums come from the backlog and the tallies, never from counting the history of cases. What is
read for a month and a layer is kept a while for everybody: figures are open to all who work for
the town, and every measure and category is a sum of the same rows.
"""

import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Count, Q, Sum
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from linli.cases.models import OPEN, Case
from linli.cases.waiting import is_overdue
from linli.clock import now
from linli.places.town import the_town
from linli.scores import plants
from linli.scores.figures import COLUMN, Figure
from linli.scores.leagues import MEASURES as RATES
from linli.scores.models import Backlog, Tally
from linli.scores.periods import local_day, month_of

FRESH_S, SETTLED_S = 5.0, 300.0  # how long this month's sums are kept, and those of others
KEPT = 120
Pair = tuple[int, int]  # how often, out of how many


@dataclass(frozen=True)
class Measure:
    """One thing to show: a number, or a share of `of`. Of a `bad` thing the share is the rest."""

    label: str | Promise
    counts: tuple[str, ...] = ()
    of: tuple[str, ...] = ()
    bad: bool = False
    is_now: bool = False

    def value(self, pair: Pair) -> int | None:
        """Return the number, or the share in percent; None of nothing."""
        n, whole = pair
        if not self.of:
            return n
        return round(100 * ((whole - n) if self.bad else n) / whole) if whole else None


MEASURES = {
    "open": Measure(_("Open now"), is_now=True),
    "overdue": Measure(_("Overdue now"), is_now=True),
    "received": Measure(_("Received"), ("received",)),
    "resolved": Measure(_("Resolved"), ("resolved", "settled")),
    **{
        name: Measure(rate.label, rate.counts, rate.of, rate.bad)
        for name, rate in RATES.items()
        if rate.of
    },
}
_NAMES = tuple(sorted({name for m in MEASURES.values() for name in (*m.counts, *m.of)}))
_kept: dict[Any, tuple[float, Any]] = {}


def by_grid(
    measure: Measure, layer: str, month: date, categories: frozenset[int]
) -> dict[int, Pair]:
    """Return the measure for each grid of a layer in which there was anything.

    Parameters
    ----------
    month
        Any day of it; means nothing to what is counted now.
    categories
        Keys of those that count; all if empty.
    """
    if measure.is_now:
        late = measure is MEASURES["overdue"]
        lying = _lying(layer, categories) if categories else _backlog(layer)
        return {grid: (pair[late], 0) for grid, pair in lying.items() if pair[late]}
    found: dict[int, Pair] = {}
    counts, of = ([_NAMES.index(n) for n in names] for names in (measure.counts, measure.of))
    for (grid, category), sums in _month(layer, month).items():
        if categories and category not in categories:
            continue
        n, whole = found.get(grid, (0, 0))
        found[grid] = n + sum(sums[i] for i in counts), whole + sum(sums[i] for i in of)
    return {grid: pair for grid, pair in found.items() if any(pair)}


def _backlog(layer: str) -> dict[int, Pair]:
    return {row.subject: (row.open, row.overdue) for row in Backlog.objects.filter(kind=layer)}


def _lying(layer: str, categories: frozenset[int]) -> dict[int, Pair]:
    column = COLUMN[Tally.Kind(layer)]
    rows = (
        Case.objects.filter(state__in=sorted(OPEN), category__in=categories)
        .exclude(**{column: None})
        .filter(_of_the_town())
        .order_by()
        .values_list(column)
        .annotate(open=Count("pk"), late=Count("pk", filter=is_overdue()))
    )
    return {grid: (lying, late) for grid, lying, late in rows}


def _of_the_town() -> Q:
    """Return the cases that count for grids: those of plants, as in the backlog, do not."""
    theirs = plants.organisations()
    return ~Q(territorial__in=theirs) | Q(territorial=None) if theirs else Q()


def _month(layer: str, month: date) -> dict[tuple[int, int], tuple[int, ...]]:
    """Return what was counted in a month by grid and category."""
    period = month_of(month)
    is_settled = period.last < local_day(now())

    def read() -> dict[tuple[int, int], tuple[int, ...]]:
        rows = Tally.objects.filter(kind=layer, day__range=(period.first, period.last))
        sums = rows.order_by().values_list("subject", "category").annotate(*map(Sum, _NAMES))
        return {(grid, category): tuple(counted) for grid, category, *counted in sums}

    town = the_town()
    key = (town.code, town.version, town.fingerprint, layer, period)
    return _keep(key, SETTLED_S if is_settled else FRESH_S, read)


def _keep(key: Any, seconds: float, make: Callable[[], Any]) -> Any:
    until, value = _kept.get(key, (0.0, None))
    if time.monotonic() > until:
        value = make()
        _kept.pop(key, None)
        _kept[key] = time.monotonic() + seconds, value
        for old in list(_kept)[:-KEPT]:
            _kept.pop(old, None)
    return value


def cases_behind(
    measure: Measure, layer: str, grids: Iterable[int], month: date, categories: frozenset[int]
) -> Q:
    """Return the cases that the measure counts in some grids."""
    column = COLUMN[Tally.Kind(layer)]
    if measure.is_now:
        lying = Q(**{f"{column}__in": list(grids)}, state__in=sorted(OPEN)) & _of_the_town()
        if categories:
            lying &= Q(category__in=categories)
        return lying & is_overdue() if measure is MEASURES["overdue"] else lying
    figure = Figure(measure.of or measure.counts, month_of(month), (layer,), tuple(grids))
    events = figure.events()
    if categories:
        events = events.filter(category__in=categories)
    return Q(pk__in=events.order_by().values("case"))
