"""Storing values: those alone that differ from what was kept, with a revision of what was told."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from linli import bulk
from linli.clock import now
from linli.indicators import spans
from linli.indicators.areas import Areas
from linli.indicators.deriving import Matrix
from linli.indicators.known import Known
from linli.indicators.models import Forecast, Revision, Value

Cell = tuple[int, int, str]  # indicator, area, period


@dataclass(frozen=True)
class Cells:
    """Cells of one indicator that are others now: positions of areas, periods, values, rows."""

    area: np.ndarray
    period: np.ndarray
    value: np.ndarray
    n: np.ndarray


def kept(known: Known, areas: Areas, codes: Iterable[str]) -> dict[str, Matrix]:
    """Return what is kept of indicators."""
    by_pk = {known.rows[code].pk: code for code in codes}
    rows = Value.objects.filter(indicator__in=by_pk).order_by("indicator")
    found: dict[int, list[tuple[int, str, float, int]]] = {}
    told = rows.values_list("indicator", "area", "period", "value", "n")
    for pk, area, period, value, n in told.iterator(20_000):
        found.setdefault(pk, []).append((area, period, value, n))
    return {by_pk[pk]: matrix(known.entries[by_pk[pk]].every, areas, theirs)
            for pk, theirs in found.items()}  # fmt: skip


def matrix(every: str, areas: Areas, rows: list[tuple[int, str, float, int]]) -> Matrix:
    """Put rows of one indicator (area, period, value, rows behind) into their places."""
    keys, names, values, n = zip(*rows, strict=True)
    numbers = {name: spans.number(name, every) for name in set(names)}
    start, last = min(numbers.values()), max(numbers.values())
    at = np.array([areas.at.get(key, -1) for key in keys])
    across = np.array([numbers[name] - start for name in names])
    made = np.full((areas.n, last - start + 1), np.nan), np.zeros((areas.n, last - start + 1))
    there = at >= 0
    made[0][at[there], across[there]] = np.array(values)[there]
    made[1][at[there], across[there]] = np.array(n)[there]
    return Matrix(start, *made)


def differing(before: Mapping[str, Matrix], after: Mapping[str, Matrix]) -> dict[str, Cells]:
    """Return the cells that are others now, by indicator."""
    found = {}
    for code in before.keys() | after.keys():
        one, other = before.get(code), after.get(code)
        if one is other:
            continue
        there = [each for each in (one, other) if each is not None]
        start, last = min(m.start for m in there), max(m.after for m in there)
        empty = np.zeros((len(there[0].values), 0))
        was = (one or Matrix(start, empty, empty)).over(start, last)
        now = (other or Matrix(start, empty, empty)).over(start, last)
        close = np.abs(was.values - now.values) <= 1e-9 * np.fmax(
            np.fmax(np.abs(was.values), np.abs(now.values)), 1.0
        )
        same = (close & (was.n == now.n)) | (np.isnan(was.values) & np.isnan(now.values))
        area, period = np.nonzero(~same)
        if len(area):
            found[code] = Cells(area, start + period, now.values[area, period], now.n[area, period])
    return found


def store(known: Known, areas: Areas, cells: Mapping[str, Cells]) -> int:
    """Write cells that are others now; return how many differed from what was kept."""
    stored = _stored(known, areas, cells)
    fresh: list[list[Any]] = []
    changed: list[tuple[float, int, int]] = []
    gone: list[int] = []
    revised: list[tuple[int, int, str, float, float | None]] = []
    for code, theirs in cells.items():
        pk, every = known.rows[code].pk, known.entries[code].every
        names = {n: spans.name(n, every) for n in set(theirs.period.tolist())}
        for position, number, value, n in zip(
            theirs.area.tolist(), theirs.period.tolist(), theirs.value.tolist(), theirs.n.tolist(),
            strict=True,
        ):  # fmt: skip
            area, period = areas.keys[position], names[number]
            before = stored.get((pk, area, period))
            if value != value:  # not a number: nothing is known any longer
                if before is not None:
                    gone.append(before[0])
                    revised.append((pk, area, period, before[1], None))
            elif before is None:
                fresh.append([pk, area, period, value, int(n)])
            elif not _same(before[1], value):
                changed.append((value, int(n), before[0]))
                revised.append((pk, area, period, before[1], value))
            elif before[2] != n:
                changed.append((value, int(n), before[0]))
    if fresh:
        bulk.insert_values(Value, ["indicator_id", "area", "period", "value", "n"], fresh)
    bulk.update_values(Value, ["value", "n"], changed)
    for start in range(0, len(gone), 500):
        Value.objects.filter(pk__in=gone[start : start + 500]).delete()
    _revise(known, revised)
    told = {row[:2] for row in revised} | {(row[0], row[1]) for row in fresh}
    Forecast.objects.filter(
        indicator__in={pk for pk, _area in told}, area__in={area for _pk, area in told}
    ).update(stale=True)
    return len(fresh) + len(changed) + len(gone)


def _stored(known: Known, areas: Areas, cells: Mapping[str, Cells]
            ) -> dict[Cell, tuple[int, float, int]]:  # fmt: skip
    """Return what is kept of the cells; a few more may be among it."""
    if not cells:
        return {}
    places = np.unique(np.concatenate([each.area for each in cells.values()]))
    rows = Value.objects.filter(indicator__in=[known.rows[code].pk for code in cells])
    if len(places) < areas.n / 2:
        rows = rows.filter(area__in=[areas.keys[position] for position in places])
    names = {
        spans.name(n, known.entries[code].every)
        for code, each in cells.items()
        for n in np.unique(each.period).tolist()
    }
    if len(names) < 500:
        rows = rows.filter(period__in=names)
    found = rows.values_list("indicator", "area", "period", "pk", "value", "n")
    return {row[:3]: row[3:] for row in found.iterator(20_000)}


def _same(one: float, other: float) -> bool:
    return abs(one - other) <= 1e-9 * max(abs(one), abs(other), 1.0)


def _revise(known: Known, revised: list[tuple[int, int, str, float, float | None]]) -> None:
    stale = {row.pk for row in known.rows.values() if row.stale}
    moment = now()
    bulk.insert_values(
        Revision, ["indicator_id", "area", "period", "before", "after", "why", "at"],
        [[*row, Revision.Why.DEFINITION if row[0] in stale else Revision.Why.ROWS, moment]
         for row in revised],
    )  # fmt: skip
