"""League tables kept ready: a page reads rows, the worker computes them.

A table is kept for each contest, layer, kind of area and period. What is folded or rated
marks those of its days as stale; the slow worker computes them anew, the present ones first.
A page shows what is kept and says of when it is; only a table nobody has asked for before is
computed on the spot.
"""

import time
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import date, timedelta
from typing import Any

from django.db import transaction
from django.db.models import Max, Min, Q

from linli import bulk
from linli.clock import now
from linli.people.models import Organisation
from linli.places.models import COMMUNITY, SERVICE, Area
from linli.places.town import the_town
from linli.scores.leagues import CONTESTS, GRIDS, League, Part, Standing, league
from linli.scores.models import KeptLeague, Placing
from linli.scores.periods import Period, local_day, month_of, parse, shifted

MONTHS = 13  # this one and those of the year before
PRESENT_EVERY = timedelta(hours=3)  # of the town's clock, for a period still running


def kept(contest: str, period: Period, layer: str = COMMUNITY, area_kind: str = "grid",
         ) -> KeptLeague:  # fmt: skip
    """Return the table that is kept, or compute and keep it if there is none."""
    found = find(contest, period, layer, area_kind)
    return found or keep(contest, period, layer, area_kind)


def find(contest: str, period: Period, layer: str, area_kind: str) -> KeptLeague | None:
    """Return the table that is kept for this version of the town, None if there is none."""
    key = _key(contest, period, layer, area_kind)
    return KeptLeague.objects.filter(**key, version=the_town().version).first()


def keep(contest: str, period: Period, layer: str = COMMUNITY, area_kind: str = "grid",
         ) -> KeptLeague:  # fmt: skip
    """Compute a table and keep it in place of the one before."""
    key, began = _key(contest, period, layer, area_kind), now()
    # Whatever is folded from here on marks it as stale again.
    KeptLeague.objects.filter(**key).update(stale=False)
    table = league(contest, period, area_kind=area_kind, layer=layer)
    with transaction.atomic():
        row, _is_new = KeptLeague.objects.select_for_update().update_or_create(
            **key,
            defaults={"weights": table.weights, "dropped": list(table.dropped), "made_at": began,
                      "version": the_town().version},
        )  # fmt: skip
        row.placings.all().delete()
        bulk.insert([_placing(row, standing) for standing in table.standings])
    return row


def _key(contest: str, period: Period, layer: str, area_kind: str) -> dict[str, Any]:
    is_grids = contest == GRIDS
    return {
        "contest": contest, "layer": layer if is_grids else "",
        "area_kind": area_kind if is_grids else "", "first": period.first, "last": period.last,
    }  # fmt: skip


def _placing(row: KeptLeague, standing: Standing) -> Placing:
    return Placing(
        league=row, unit=standing.unit.pk, rank=standing.rank, rank_low=standing.rank_low,
        rank_high=standing.rank_high, score=standing.score, low=standing.low, high=standing.high,
        parts={name: asdict(part) for name, part in standing.parts.items()},
        counts=standing.counts, subjects=list(standing.subjects),
    )  # fmt: skip


def units_of(row: KeptLeague) -> type[Area] | type[Organisation]:
    """Return what a table compares."""
    return Area if row.contest == GRIDS else Organisation


def _units(row: KeptLeague, keys: Sequence[int]) -> Mapping[int, Any]:
    if row.contest == GRIDS:
        return Area.objects.defer("wkb").in_bulk(keys)
    return Organisation.objects.in_bulk(keys)


def standings(row: KeptLeague, placings: Sequence[Placing]) -> list[Standing]:
    """Return lines of a table as `leagues` computes them."""
    known = _units(row, [placing.unit for placing in placings])
    return [
        Standing(
            known[p.unit], p.rank, p.rank_low, p.rank_high, p.score, p.low, p.high,
            {name: Part(**part) for name, part in p.parts.items()}, p.counts, tuple(p.subjects),
        )
        for p in placings
        if p.unit in known
    ]  # fmt: skip


def as_league(row: KeptLeague) -> League:
    """Return the table without its lines; its figures lead to cases all the same."""
    kinds = CONTESTS[row.contest].kinds or (row.layer,)
    return League(row.contest, Period(row.first, row.last), kinds, [], row.weights,
                  tuple(row.dropped))  # fmt: skip


def span(row: KeptLeague) -> tuple[float, float]:
    """Return the lowest and the highest score that any interval of a table reaches."""
    ends = row.placings.aggregate(low=Min("low"), high=Max("high"))
    low, high = ends["low"], ends["high"]
    return (0.0, 100.0) if low is None or high <= low else (low, high)


def months_before(row: KeptLeague, unit_keys: Sequence[int]) -> dict[int, list[tuple[date, float]]]:
    """Return for each unit its scores in the twelve months up to the end of a table's period."""
    last = month_of(row.last)
    found: dict[int, list[tuple[date, float]]] = {key: [] for key in unit_keys}
    rows = Placing.objects.filter(
        league__contest=row.contest, league__layer=row.layer, league__area_kind=row.area_kind,
        league__in=KeptLeague.objects.filter(
            _months(last), contest=row.contest, layer=row.layer, area_kind=row.area_kind
        ).values("pk"),
        unit__in=unit_keys,
    ).order_by("league__first")  # fmt: skip
    for unit, first, score in rows.values_list("unit", "league__first", "score"):
        found[unit].append((first, score))
    return found


def _months(last: Period) -> Q:
    q = Q()
    for _n in range(12):
        q |= Q(first=last.first, last=last.last)
        last = shifted(last, -1)
    return q


def ranks_before(row: KeptLeague, unit_keys: Sequence[int]) -> dict[int, int] | None:
    """Return the ranks that units had in the period before, None if that table is not kept."""
    before = shifted(Period(row.first, row.last), -1)
    table = find(row.contest, before, row.layer, row.area_kind)
    if table is None:
        return None
    return dict(table.placings.filter(unit__in=unit_keys).values_list("unit", "rank"))


# --- staleness, and the worker ---------------------------------------------------------------


def usual() -> list[tuple[str, Period, str, str]]:
    """List the tables people look at, the present ones first."""
    today = local_day(now())
    month, quarter = month_of(today), parse(f"{today.year}Q{(today.month + 2) // 3}")
    periods = [month, shifted(month, -1), quarter, parse(str(today.year)), shifted(quarter, -1)]
    periods += [shifted(month, -n) for n in range(2, MONTHS)]
    periods.append(parse(str(today.year - 1)))
    areas = Area.objects.filter(retired=False, parent__isnull=False)
    kinds = sorted(set(areas.order_by().values_list("kind", flat=True).distinct()))
    tables = [(GRIDS, COMMUNITY, kind) for kind in kinds]
    tables += [(GRIDS, SERVICE, "grid")]
    tables += [(contest, "", "") for contest in CONTESTS if contest != GRIDS]
    return [(contest, period, layer, kind) for period in periods for contest, layer, kind in tables]


def refresh(seconds: float = 5.0) -> int:
    """Compute what is missing or stale among the usual tables; stop after about `seconds`.

    Returns how many were computed. A table of a period still running is stale all the time;
    it is computed anew every few hours of the town's clock.
    """
    until, done, version = time.monotonic() + seconds, 0, the_town().version
    known = {
        (row.contest, row.first, row.last, row.layer, row.area_kind): row
        for row in KeptLeague.objects.filter(version=version)
    }
    for contest, period, layer, kind in usual():
        row = known.get((contest, period.first, period.last, layer, kind))
        if row is not None and (not row.stale or now() - row.made_at < PRESENT_EVERY):
            continue
        keep(contest, period, layer or COMMUNITY, kind or "grid")
        done += 1
        if time.monotonic() > until:
            break
    return done
