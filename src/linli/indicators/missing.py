"""What is missing to a target, in units of the indicator and in pieces: enterprises, projects."""

from collections.abc import Mapping
from dataclasses import replace

from linli.engines import pace
from linli.engines.pace import Missing
from linli.indicators import deriving
from linli.indicators.grammar import IndicatorEntry
from linli.indicators.known import Known

Series = dict[int, tuple[float, int]]  # number of the period → value, rows behind it
Kept = Mapping[tuple[str, int], Series]  # by indicator and area


def missing(
    entry: IndicatorEntry, value: float, known: Known, values: Kept, area: int, last: int,
    actual: float,
) -> tuple[Missing, str]:  # fmt: skip
    """Return what lacks from `actual` to `value`, and what its pieces are counted in."""
    amount = Missing(pace.missing(actual, value, entry.better == "up"))
    if entry.better != "up":
        return amount, ""
    of_last = values.get((entry.code, area), {}).get(last)
    if entry.count:
        return pace.pieces_of_count(actual, value), entry.unit
    if entry.sum and of_last is not None and entry.pieces:
        return _of_a_sum(of_last, amount.amount), entry.pieces
    if entry.share:
        part, whole = (known.entries.get(code) for code in entry.built_on)
        numbers = [values.get((code, area), {}).get(last) for code in entry.built_on]
        if part and whole and part.count and whole.count and numbers[0] and numbers[1]:
            return pace.pieces_of_share(numbers[0][0], numbers[1][0], value), part.unit
    if entry.growth:
        return _of_growth(entry, value, known, values, area, last, amount)
    return amount, ""


def _of_a_sum(of_last: tuple[float, int], lacks: float) -> Missing:
    made, rows = of_last
    if not rows or made <= 0:
        return Missing(lacks)
    return pace.pieces_of_sum(made, made + lacks, rows)


def _of_growth(
    entry: IndicatorEntry, value: float, known: Known, values: Kept, area: int, last: int,
    amount: Missing,
) -> tuple[Missing, str]:  # fmt: skip
    """Say in pieces of what grows how much more of it there would have to be."""
    assert entry.growth is not None
    of = known.entries.get(entry.growth.of)
    if of is None or of.every != entry.every or not (of.count or of.sum):
        return amount, ""
    series = values.get((of.code, area), {})
    now, then = series.get(last), series.get(deriving.base_period(entry.growth, entry.every, last))
    if now is None or then is None:
        return amount, ""
    needed = then[0] * (1 + value / 100)
    if of.count:
        return replace(pace.pieces_of_count(now[0], needed), amount=amount.amount), of.unit
    if not of.pieces:
        return amount, ""
    lacks = pace.missing(now[0], needed)
    return replace(_of_a_sum(now, lacks), amount=amount.amount), of.pieces
