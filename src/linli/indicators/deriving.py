"""From values to values: shares, growth, totals and composite indices of other indicators.

What is known of an indicator is a matrix, areas × periods. Not-a-number says that nothing is
known; nought that there are rows and none of them fits.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from linli.indicators import spans, units
from linli.indicators.grammar import GrowthOf, IndexOf, IndicatorEntry

Known = Mapping[str, IndicatorEntry]
Array = np.ndarray


@dataclass(frozen=True)
class Matrix:
    """Values of areas (down) in the periods from `start` on (across), and the rows behind each."""

    start: int
    values: Array
    n: Array

    @property
    def after(self) -> int:
        """The first period that is no longer here."""
        return self.start + self.values.shape[1]

    def over(self, start: int, after: int) -> "Matrix":
        """Return the periods from `start` until before `after`, unknown where there is nothing."""
        if (start, after) == (self.start, self.after):
            return self
        areas, span = len(self.values), max(after - start, 0)
        values, n = np.full((areas, span), np.nan), np.zeros((areas, span))
        first, last = max(start, self.start), min(after, self.after)
        if first < last:
            here = slice(first - start, last - start)
            there = slice(first - self.start, last - self.start)
            values[:, here], n[:, here] = self.values[:, there], self.n[:, there]
        return Matrix(start, values, n)


def all_derived(known: Known, made: dict[str, Matrix]) -> None:
    """Work out every indicator that is made of others."""
    for code in order(known):
        if known[code].built_on:
            found = derive(known, made, code)
            if found is not None:
                made[code] = found


def derive(known: Known, made: Mapping[str, Matrix], code: str) -> Matrix | None:
    """Work out an indicator that is made of others; None where one of them is not there."""
    entry = known[code]
    if any(before not in made for before in entry.built_on):
        return None
    of = [coarser(known[each], made[each], entry.every) for each in entry.built_on]
    start, after = min(each.start for each in of), max(each.after for each in of)
    of = [each.over(start, after) for each in of]
    values = [each.values for each in of]
    if entry.share:
        by = 100 * units.factor(known[entry.share.part].unit, known[entry.share.whole].unit)
        return Matrix(start, _divided(by * values[0], values[1]), of[0].n)
    if entry.growth:
        then = compared(of[0], entry.growth, entry.every)
        return Matrix(start, _divided(100 * (values[0] - then), then), of[0].n)
    rows = np.sum([each.n for each in of], axis=0)
    if entry.total:
        times = [part.weight * _into(known[part.of], entry) for part in entry.total.parts]
        found = [by * each for by, each in zip(times, values, strict=True)]
        return Matrix(start, np.sum(found, axis=0), rows)
    assert entry.index is not None
    return Matrix(start, _index(entry, entry.index, of), rows)


def _index(entry: IndicatorEntry, index: IndexOf, of: list[Matrix]) -> Array:
    """Return the weighted mean of what each part is, in percent of what it is compared with."""
    total = sum(part.weight for part in index.parts)
    ratios = [
        part.weight / total * _divided(100 * each.values, compared(each, index, entry.every))
        for part, each in zip(index.parts, of, strict=True)
    ]
    return np.sum(ratios, axis=0) - (100 if entry.unit == "percent" else 0)


def _into(part: IndicatorEntry, entry: IndicatorEntry) -> float:
    if units.dimension(part.unit) != units.dimension(entry.unit):
        return 1.0
    return units.factor(part.unit, entry.unit)


def _divided(one: Array, other: Array) -> Array:
    """Divide where there is something to divide by: more than nought of it."""
    return np.divide(one, other, out=np.full(one.shape, np.nan), where=other > 0)


def compared(of: Matrix, growth: GrowthOf | IndexOf, every: str) -> Array:
    """Return the values that growth is measured against, in their places."""
    if growth.since:
        base = spans.number(growth.since, every)
        column = of.over(base, base + 1).values
        later = np.arange(of.start, of.after) >= base
        return np.where(later, column, np.nan)
    by = back(growth, every)
    return of.over(of.start - by, of.after - by).values


def base_period(growth: GrowthOf | IndexOf, every: str, n: int) -> int:
    """Return the period that growth of a period is measured against."""
    return spans.number(growth.since, every) if growth.since else n - back(growth, every)


def back(growth: GrowthOf | IndexOf, every: str) -> int:
    """Return how many periods earlier the one lies that growth is measured against."""
    return spans.A_YEAR[every] if growth.over == "year" else 1


def coarser(entry: IndicatorEntry, matrix: Matrix, every: str) -> Matrix:
    """Return an indicator by longer periods.

    A longer one is the sum of all its parts, unknown until all are there, or the last of them
    for which anything is known.
    """
    if entry.every == every:
        return matrix
    times = spans.A_YEAR[entry.every] // spans.A_YEAR[every]
    start = matrix.start // times
    after = -(-matrix.after // times)
    whole = matrix.over(start * times, after * times)
    shape = (len(whole.values), after - start, times)
    values, n = whole.values.reshape(shape), whole.n.reshape(shape)
    if entry.adds_up == "sum":
        return Matrix(start, values.sum(axis=2), n.max(axis=2))
    there = ~np.isnan(values).all(axis=0)  # (longer periods, parts)
    last = np.where(there.any(axis=1), times - 1 - np.argmax(there[:, ::-1], axis=1), 0)
    across = np.arange(after - start)
    return Matrix(start, values[:, across, last], n[:, across, last])


def order(known: Known) -> list[str]:
    """Return codes so that each comes after those it is made of."""
    done: dict[str, None] = {}

    def put(code: str) -> None:
        if code not in done and code in known:
            for before in known[code].built_on:
                put(before)
            done[code] = None

    for code in known:
        put(code)
    return list(done)


def built_on(known: Known, codes: set[str]) -> set[str]:
    """Return the indicators that are made of some, or of those that are, and so on."""
    found: set[str] = set()
    for code in order(known):
        if set(known[code].built_on) & (codes | found):
            found.add(code)
    return found
