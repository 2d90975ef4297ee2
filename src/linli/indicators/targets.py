"""How targets stand: the way so far against the path, and what is missing in pieces."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from linli.engines import pace
from linli.engines.pace import Light, Missing
from linli.indicators import spans, units
from linli.indicators.grammar import IndicatorEntry
from linli.indicators.known import Known, present
from linli.indicators.missing import Kept, Series, missing
from linli.indicators.models import TOWN, Target, Value


@dataclass(frozen=True)
class Standing:
    """A target and where it stands in the last finished period.

    `value` (what is to be reached), `actual` and `expected` are in the indicator's unit; for the
    measure `total` they are what came together since the beginning. `is_part` says that it is the
    part of a target of the town that falls to an area.
    """

    target: Target
    entry: IndicatorEntry
    value: float
    period: str
    actual: float | None
    expected: float | None
    light: Light
    missing: Missing | None
    pieces: str
    path: Mapping[int, float] = field(default_factory=dict)
    is_part: bool = False

    @property
    def gap(self) -> float | None:
        """How much lacks to the path; negative where it is ahead."""
        if self.actual is None or self.expected is None:
            return None
        sign = 1 if self.entry.better == "up" else -1
        return sign * (self.expected - self.actual)


def series(codes: Iterable[str], areas: Iterable[int], known: Known
           ) -> dict[tuple[str, int], Series]:  # fmt: skip
    """Return kept values by indicator and area."""
    by_pk = {known.rows[code].pk: code for code in codes if code in known.rows}
    found: dict[tuple[str, int], Series] = {}
    rows = Value.objects.filter(indicator__in=by_pk, area__in=set(areas))
    for pk, area, period, value, n in rows.values_list("indicator", "area", "period", "value", "n"):
        code = by_pk[pk]
        number = spans.number(period, known.entries[code].every)
        found.setdefault((code, area), {})[number] = value, n
    return found


def is_of_the_moment(entry: IndicatorEntry, known: Known) -> bool:
    """Tell whether the present period can be judged though it is not over."""
    if entry.entered:
        return True
    formula = entry.count or entry.sum
    if formula:
        return not formula.at
    return all(is_of_the_moment(known.entries[code], known) for code in entry.built_on
               if code in known.entries)  # fmt: skip


def finished(entry: IndicatorEntry, known: Known, values: Series) -> list[int]:
    """Return the periods that are over, in order."""
    last = present()[entry.every] - (0 if is_of_the_moment(entry, known) else 1)
    return sorted(n for n in values if n <= last)


def standings(targets: Sequence[Target], known: Known | None = None) -> list[Standing]:
    """Return how targets stand; asks the database once for all of them."""
    known = known or Known.now()
    values = series(_codes(targets), [target.area_id or TOWN for target in targets], known)
    return [_standing(_Aim.of(target), known, values) for target in targets]


def in_areas(
    targets: Sequence[Target], areas: Iterable[int], known: Known
) -> dict[int, list[Standing]]:
    """Return how areas stand to the targets of the whole town, each to its part of them."""
    areas = list(areas)
    values = series(_codes(targets), [TOWN, *areas], known)
    found: dict[int, list[Standing]] = {}
    for area in areas:
        aims = [_Aim.of_part(target, area, values) for target in targets if not target.area_id]
        found[area] = [_standing(aim, known, values) for aim in aims if aim is not None]
    return found


def _codes(targets: Sequence[Target]) -> set[str]:
    codes: set[str] = set()
    for target in targets:
        entry = target.indicator.formula
        codes |= {entry.code, *entry.built_on}
    return codes


@dataclass(frozen=True)
class _Aim:
    """What is to be reached in an area: a target, or the part of one that falls to the area."""

    target: Target
    area: int
    value: float
    base: float | None
    steps: list[tuple[str, float]]
    is_part: bool = False

    @classmethod
    def of(cls, target: Target) -> "_Aim":
        return cls(target, target.area_id or TOWN, target.value, target.base, target.steps)

    @classmethod
    def of_part(cls, target: Target, area: int, values: Kept) -> "_Aim | None":
        """Return what falls to an area of a target of the town; None where it has no part.

        A share or a rate is to be the same everywhere. An amount is divided by what each area
        had at the beginning; for what adds up, in the year before that.
        """
        entry = target.indicator.formula
        if units.dimension(entry.unit) in (units.RATIO, units.POINTS):
            return cls(target, area, target.value, None, target.steps, True)
        theirs, whole = (_weight(target, entry, values.get((entry.code, key), {}))
                         for key in (area, TOWN))  # fmt: skip
        if not theirs or not whole or theirs < 0 or whole < 0:
            return None
        part = theirs / whole
        return cls(target, area, part * target.value,
                   None if target.base is None else part * target.base,
                   [(at, part * value) for at, value in target.steps], True)  # fmt: skip


def _weight(target: Target, entry: IndicatorEntry, values: Series) -> float:
    since = spans.number(target.since, entry.every)
    if target.measure == "total":
        return sum(values[n][0] for n in range(since - spans.A_YEAR[entry.every], since)
                   if n in values)  # fmt: skip
    return values[since][0] if since in values else 0.0


def _standing(aim: _Aim, known: Known, all_values: Kept) -> Standing:
    target, entry = aim.target, aim.target.indicator.formula
    values = all_values.get((entry.code, aim.area), {})
    since, by = (spans.number(each, entry.every) for each in (target.since, target.by))
    path = _path(aim, entry, values)
    done = [n for n in finished(entry, known, values) if since <= n <= by]
    told: dict[str, Any] = {"target": target, "entry": entry, "value": aim.value, "path": path,
            "is_part": aim.is_part}  # fmt: skip
    if not done:
        return Standing(period="", actual=None, expected=None, light=Light.UNKNOWN, missing=None,
                        pieces="", **told)  # fmt: skip
    last, base = done[-1], path[since]
    actual, is_total = values[last][0], target.measure == "total"
    if is_total:
        base, actual = 0.0, sum(values[n][0] for n in done)
    is_up = entry.better == "up"
    light = pace.light(actual, path[last], base, aim.value, target.slack, is_up)
    lacks, unit = missing(entry, aim.value, known, all_values, aim.area, last, actual)
    return Standing(
        period=spans.name(last, entry.every), actual=actual, expected=path[last], light=light,
        missing=lacks, pieces=unit, **told,
    )  # fmt: skip


def _path(aim: _Aim, entry: IndicatorEntry, values: Series) -> dict[int, float]:
    """Return what is expected in each period of a target."""
    target = aim.target
    since, by = (spans.number(each, entry.every) for each in (target.since, target.by))
    base = _base(aim, since, values) if target.measure == "level" else 0.0
    if target.path == "steps":
        given = [(spans.number(at, entry.every), value) for at, value in aim.steps]
        return pace.steps(base, aim.value, since, by, given)
    if target.measure == "level":
        return pace.linear(base, aim.value, since, by)
    if target.path == "seasonal":
        past = {n: value for n, (value, _rows) in values.items() if n < since}
        return pace.seasonal(aim.value, since, by, past, spans.A_YEAR[entry.every])
    return pace.running(aim.value, since, by)


def _base(aim: _Aim, since: int, values: Series) -> float:
    """Return where the way begins: as given, else the value of that period or the first known."""
    if aim.base is not None:
        return aim.base
    known = [n for n in sorted(values) if n <= since] or sorted(values)[:1]
    return values[known[-1]][0] if known else 0.0
