"""What the pages, the cockpit and REST show of indicators: series, comparisons, the rows behind."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Q, QuerySet
from django.urls import NoReverseMatch, reverse
from django.utils.http import urlencode

from linli.engines.pace import Light
from linli.indicators import spans, targets, units, wording
from linli.indicators.columns import q_of, source, up_to, within
from linli.indicators.grammar import IndicatorEntry
from linli.indicators.known import Known, formula_rows
from linli.indicators.models import TOWN, Forecast, Indicator, Target, Value
from linli.indicators.targets import Series, Standing
from linli.people.scope import Scope
from linli.places.atlas import atlas
from linli.places.models import Area
from linli.tables import Column, Table

WIDE, HIGH = 104, 28
SPARK = 24
WORST_FIRST = (Light.BEHIND, Light.SLIGHTLY, Light.UNKNOWN, Light.ON, Light.REACHED)
SHOWN_COLUMNS = 6


@dataclass(frozen=True)
class Line:
    """A line of the overview. `change` is against a year before: percent, or points of a share."""

    indicator: Indicator
    value: str
    unit: str
    period: str
    change: str
    is_up: bool | None
    spark: str
    standing: Standing | None
    light: Light | None
    more: int


def lines(known: Known | None = None, area: int = TOWN) -> list[Line]:
    """Return every indicator with its last finished value, for the whole town or an area."""
    known = known or Known.now()
    values = targets.series(known.rows, [area], known)
    aims: dict[int, list[Standing]] = {}
    for standing in targets.standings(current(), known):
        if (standing.target.area_id or TOWN) == area:
            aims.setdefault(standing.target.indicator_id, []).append(standing)
    found = []
    for code, row in known.rows.items():
        found.append(_line(row, known, values.get((code, area), {}), aims.get(row.pk, [])))
    return sorted(found, key=lambda line: line.indicator.place)


def current() -> list[Target]:
    """Return the targets in force."""
    rows = Target.objects.filter(retired=False, indicator__retired=False)
    return list(rows.select_related("indicator", "area").defer("area__wkb"))


def _line(row: Indicator, known: Known, values: Series, aims: Sequence[Standing]) -> Line:

    entry = row.formula
    done = targets.finished(entry, known, values)
    worst = sorted(aims, key=lambda one: WORST_FIRST.index(one.light))
    first = worst[0] if worst else None
    if not done:
        return Line(row, "–", "", "", "", None, "", first, first.light if first else None,
                    max(len(worst) - 1, 0))  # fmt: skip
    last = done[-1]
    change, is_up = changed(entry, values, last)
    return Line(
        row, wording.number(values[last][0], entry), units.label(entry.unit),
        wording.period(spans.name(last, entry.every)), change, is_up,
        spark([values[n][0] for n in done[-SPARK:]]), first, first.light if first else None,
        max(len(worst) - 1, 0),
    )  # fmt: skip


def changed(entry: IndicatorEntry, values: Series, n: int) -> tuple[str, bool | None]:
    """Say how a value differs from a year before, and whether it is more."""
    before = values.get(n - spans.A_YEAR[entry.every])
    if before is None or entry.growth:
        return "", None
    by = values[n][0] - before[0]
    if entry.unit == "percent":
        return _signed(by, 1, ""), by > 0 if by else None
    if before[0] <= 0:
        return "", None
    return _signed(100 * by / before[0], 1, " %"), by > 0 if by else None


def _signed(value: float, decimals: int, unit: str) -> str:
    sign = "+" if value > 0 else "−" if value < 0 else "±"
    return f"{sign}{abs(value):.{decimals}f}{unit}"


def spark(values: Sequence[float]) -> str:
    """Return values as the points of a line in a box of `WIDE` by `HIGH`."""
    if len(values) < 2:
        return ""
    low, high = min(values), max(values)
    step = (WIDE - 4) / (len(values) - 1)
    return " ".join(
        f"{2 + i * step:.1f},{HIGH - 3 - (v - low) / ((high - low) or 1) * (HIGH - 6):.1f}"
        for i, v in enumerate(values)
    )


# --- one indicator ---------------------------------------------------------------------------


@dataclass(frozen=True)
class Sheet:
    """Everything the page of an indicator shows, for one area."""

    indicator: Indicator
    entry: IndicatorEntry
    known: Known
    area: Area | None
    values: Series
    done: list[int]
    standings: list[Standing]
    forecast: Mapping[str, Any]
    forecast_from: int | None

    @property
    def last(self) -> int | None:
        return self.done[-1] if self.done else None


def area_of(code: str) -> Area | None:
    """Return an area of the town below the whole, None for the whole or an unknown one."""
    area = atlas().by_code.get(code)
    return area if area and area.parent_id else None


def sheet(indicator: Indicator, area: Area | None) -> Sheet:
    """Read what there is of an indicator in an area."""
    known, entry = Known.now(), indicator.formula
    key = area.pk if area else TOWN
    values = targets.series([indicator.code], [key], known).get((indicator.code, key), {})
    aims = [target for target in current() if target.indicator_id == indicator.pk]
    standings = targets.standings([t for t in aims if t.area_id == (key or None)], known)
    if area:
        standings += targets.in_areas(aims, [key], known)[key]
    row = Forecast.objects.filter(indicator=indicator, area=key).first()
    start = spans.number(row.last, entry.every) if row and row.last else None
    return Sheet(indicator, entry, known, area, values, targets.finished(entry, known, values),
                 standings, row.told if row else {}, start)  # fmt: skip


def chart(shown: Sheet) -> dict[str, Any]:
    """Return the lines of the chart, each over the same periods."""
    entry = shown.entry
    path: dict[int, float] = {}
    levels = [s for s in shown.standings if s.target.measure == "level"]
    if levels:
        path = dict(levels[0].path)
    ahead: list[int] = []
    bands = shown.forecast.get("bands", {})
    if bands and shown.forecast_from is not None:
        n = len(bands["chosen"]["mean"])
        ahead = list(range(shown.forecast_from + 1, shown.forecast_from + 1 + n))
    numbers = sorted({*shown.done[-60:], *path, *ahead})
    numbers = list(range(numbers[0], numbers[-1] + 1)) if numbers else []

    def of(found: Mapping[int, float]) -> list[float | None]:
        return [round(found[n], 6) if n in found else None for n in numbers]

    done = {n: shown.values[n][0] for n in shown.done}
    said: dict[str, Any] = {
        "periods": [spans.name(n, entry.every) for n in numbers],
        "value": of(done), "path": of(path) if path else None, "decimals": entry.decimals,
    }  # fmt: skip
    for name, band in bands.items():
        joint = {shown.forecast_from: done[shown.forecast_from]} if (
            shown.forecast_from in done) else {}  # fmt: skip
        ends = ("mean", "low", "high") if name == "chosen" else ("mean",)
        for end in ends:
            said[f"{name}-{end}"] = of({**joint, **dict(zip(ahead, band[end], strict=True))})
    return said


def by_area(shown: Sheet) -> list[tuple[Area, str, int, Light | None]]:
    """Return the areas right below with their value of the last period, the highest first.

    With the light of the worst of their parts in the targets of the town.
    """
    if shown.last is None:
        return []
    areas = atlas().areas
    root = next((a.pk for a in areas.values() if a.parent_id is None), 0)
    above = shown.area.pk if shown.area else root
    below = {key for key, area in areas.items() if area.parent_id == above}
    period = spans.name(shown.last, shown.entry.every)
    rows = Value.objects.filter(indicator=shown.indicator, period=period, area__in=below)
    found = sorted(rows.values_list("area", "value", "n"), key=lambda row: -row[1])
    aims = [target for target in current() if target.indicator_id == shown.indicator.pk]
    stand = targets.in_areas(aims, [key for key, _value, _n in found], shown.known) if aims else {}
    return [
        (areas[key], wording.number(value, shown.entry), n, _worst(stand.get(key, [])))
        for key, value, n in found
    ]


def _worst(standings: Sequence[Standing]) -> Light | None:
    lights = [one.light for one in standings]
    return min(lights, key=WORST_FIRST.index) if lights else None


# --- the rows behind a value -----------------------------------------------------------------


def rows_behind(entry: IndicatorEntry, n: int, area: Area | None) -> tuple[Table, Q] | None:
    """Return the table and the rows that a value of a base indicator counts."""
    counted = formula_rows(entry)
    if counted is None:
        return None
    table, formula = counted
    q = q_of(table, formula.where)
    if formula.at:
        q &= (up_to if formula.up_to else within)(table, formula.at, n, entry.every)
    if area is not None:
        if not formula.area:
            return table, Q(pk__in=[])
        codes = [a.code for a in atlas().areas.values() if a.path.startswith(area.path)]
        q &= Q(**{f"{source(table, formula.area).lookup}__in": codes})
    if entry.sum:
        q &= Q(**{f"{source(table, entry.sum.column).lookup}__isnull": False})
    return table, q


def visible_rows(sight: Scope, table: Table, q: Q) -> QuerySet[Any]:
    """Return the rows that somebody may see, in the table's order."""
    if not table.may_list(sight):
        return table.model._default_manager.none()
    return sight.of(table.model).filter(q).order_by(*table.order)


def columns_shown(table: Table, entry: IndicatorEntry) -> list[Column]:
    """Return which columns of the rows are shown: the first ones, and what is summed."""
    plain = [c for c in table.columns if c.shown and not c.alone and not c.personal]
    found = plain[:SHOWN_COLUMNS]
    if entry.sum and "." not in entry.sum.column:
        summed = table.column(entry.sum.column)
        found = [*found[: SHOWN_COLUMNS - 1], summed] if summed not in found else found
    return found


def own_list(entry: IndicatorEntry, n: int, area: Area | None) -> str:
    """Return the address of the table's own list narrowed to the same rows, "" if it has none."""
    counted = formula_rows(entry)
    if counted is None:
        return ""
    table, formula = counted
    query: dict[str, Any] = {}
    if formula.up_to:
        return ""
    for one in formula.where:
        if one.op != "=" or "." in one.column or not table.column(one.column).filters:
            return ""
        query[one.column] = str(one.value).lower() if isinstance(one.value, bool) else one.value
    if formula.at and entry.every == spans.YEAR and table.column(formula.at).filters:
        query[formula.at] = spans.name(n, entry.every)
    elif formula.at:
        return ""
    if area is not None:
        query["area"] = area.code
    try:
        return f"{reverse(table.name)}?{urlencode(query)}"
    except NoReverseMatch:
        return ""


def lights() -> list[Standing]:
    """Return how all targets of the whole town stand, those behind first: for the cockpit."""
    found = [one for one in targets.standings(current()) if one.target.area_id is None]
    return sorted(found, key=lambda one: (WORST_FIRST.index(one.light), one.target.by))
