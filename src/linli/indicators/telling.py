"""What the page of an indicator tells, in the words and figures that it is written in."""

from collections.abc import Sequence
from typing import Any

from django.utils.formats import number_format
from django.utils.http import urlencode
from django.utils.translation import gettext as _

from linli.engines.pace import Light
from linli.indicators import showing, spans, units, wording
from linli.indicators.grammar import IndicatorEntry
from linli.indicators.models import Alarm, Figure, Indicator, Revision
from linli.indicators.targets import Standing
from linli.places.atlas import atlas
from linli.places.models import Area

SHOWN_PERIODS = 24
SHOWN_REVISIONS = 10
# How a period is asked for: kind of field, an example, and what it must look like.
PERIOD_FORMS = {
    spans.MONTH: ("month", "2026-03", ""), spans.QUARTER: ("text", "2026Q1", "[0-9]{4}Q[1-4]"),
    spans.YEAR: ("text", "2026", "[0-9]{4}"),
}  # fmt: skip


def page(shown: showing.Sheet) -> dict[str, Any]:
    """Return all that the page of an indicator tells, whoever looks at it."""
    entry, found, area, known = shown.entry, shown.indicator, shown.area, shown.known
    last = spans.name(shown.last, entry.every) if shown.last is not None else ""
    return {
        "indicator": found, "entry": entry, "unit": units.label(entry.unit), "area": area,
        "above": above(area), "query": urlencode({"area": area.code}) if area else "",
        "is_base": bool(entry.count or entry.sum), "told": periods(shown),
        "words": wording.in_words(known, entry), "formula": wording.as_mathematics(known, entry),
        "built_on": [known.rows[code] for code in entry.built_on if code in known.rows],
        "point": point(shown), "chart": showing.chart(shown), "labels": labels(shown),
        "method": wording.METHODS.get(shown.forecast.get("method", "")),
        "weights": weights(shown), "trials": trials(shown),
        "areas": [(*row, light(one)) for *row, one in showing.by_area(shown)],
        "standings": standings(shown.standings), "last_key": last,
        "last": wording.period(last) if last else "",
        "revisions": revisions(found, area, entry), "form": PERIOD_FORMS[entry.every],
        "figures": figures(found, entry) if entry.entered else [], "places": places(entry),
        "whole": next((a for a in atlas().areas.values() if a.parent_id is None), ""),
    }  # fmt: skip


def periods(shown: showing.Sheet) -> list[dict[str, Any]]:
    """Return the rows of the table by period, the latest first."""
    entry = shown.entry
    return [
        {
            "period": wording.period(spans.name(n, entry.every)),
            "key": spans.name(n, entry.every), "value": wording.number(shown.values[n][0], entry),
            "n": shown.values[n][1], "change": showing.changed(entry, shown.values, n)[0],
            "is_over": n in shown.done,
        }
        for n in sorted(shown.values, reverse=True)[:SHOWN_PERIODS]
    ]  # fmt: skip


def light(of: Light | None) -> dict[str, Any] | None:
    """Return how a light is shown: with a shape and a word, never by its colour alone."""
    if of is None:
        return None
    return {"name": of.value, "shape": wording.SHAPES[of], "word": wording.LIGHTS[of]}


def places(entry: IndicatorEntry) -> list[Area]:
    """Return the areas that figures can be entered for, each below the one it lies in."""
    if not (entry.entered and entry.entered.by_area):
        return []
    found = [area for area in atlas().areas.values() if area.parent_id]
    return sorted(found, key=lambda area: area.path)


def above(area: Any) -> list[Any]:
    """Return the areas on the way down to one, the town itself left out."""
    way, areas = [], atlas().areas
    while area is not None and area.parent_id in areas:
        area = areas[area.parent_id]
        if area.parent_id:
            way.append(area)
    return way[::-1]


def point(shown: showing.Sheet) -> str:
    """Say in one sentence what the chart shows."""
    entry, last = shown.entry, shown.last
    if last is None:
        return _("Nothing is known yet")
    said = {
        "period": wording.period(spans.name(last, entry.every)),
        "value": wording.amount(shown.values[last][0], entry),
    }
    before = last - spans.A_YEAR[entry.every]
    if before in shown.values:
        was = wording.amount(shown.values[before][0], entry)
        if shown.values[last][0] > shown.values[before][0]:
            return _("It rose to %(value)s in %(period)s, from %(was)s a year before") % {
                **said, "was": was,
            }  # fmt: skip
        if shown.values[last][0] < shown.values[before][0]:
            return _("It fell to %(value)s in %(period)s, from %(was)s a year before") % {
                **said, "was": was,
            }  # fmt: skip
    return _("It stood at %(value)s in %(period)s") % said


def labels(shown: showing.Sheet) -> dict[str, str]:
    """Return what the lines of the chart are called."""
    method = shown.forecast.get("method", "")
    return {
        "value": str(shown.indicator), "path": _("path to the target"),
        "chosen": _("forecast: %(method)s") % {"method": wording.METHODS.get(method, "")},
        "naive": _("as it was last"), "seasonal-naive": _("as a year before"),
        "interval": _("90 % interval"), "unit": units.label(shown.entry.unit),
    }  # fmt: skip


def trials(shown: showing.Sheet) -> list[dict[str, Any]]:
    """Return how wrong each method would have been."""
    chosen = shown.forecast.get("method", "")
    trials = shown.forecast.get("trials", {})
    return [
        {"name": wording.METHODS[name], "is_chosen": name == chosen,
         "mase": "∞" if trial["mase"] is None else number_format(trial["mase"], 2),
         "smape": number_format(trial["smape"], 1),
         "coverage": number_format(100 * trial["coverage"], 0)}
        for name, trial in trials.items()
        if name in wording.METHODS
    ]  # fmt: skip


def weights(shown: showing.Sheet) -> list[tuple[str, str]]:
    """Return the methods of a combined forecast with what each weighs, the heaviest first."""
    weights = sorted(shown.forecast.get("weights", {}).items(), key=lambda one: -one[1])
    return [
        (str(wording.METHODS[name]), number_format(100 * weight, 0))
        for name, weight in weights if name in wording.METHODS
    ]  # fmt: skip


def standings(standings: Sequence[Standing]) -> list[dict[str, Any]]:
    """Return the targets of an area with how it stands to them."""
    # What falls to an area opens no case of its own; the last of a target comes last here.
    found = Alarm.objects.filter(target__in=[s.target.pk for s in standings if not s.is_part])
    rows = found.select_related("case").defer("case__sketch").order_by("id")
    alarms = {row.target_id: row for row in rows}
    return [standing(one, None if one.is_part else alarms.get(one.target.pk))
            for one in standings]  # fmt: skip


def standing(one: Standing, alarm: Alarm | None) -> dict[str, Any]:
    entry = one.entry
    return {
        "target": one.target, "light": light(one.light), "lacking": wording.lacking(one),
        "value": wording.amount(one.value, entry), "is_part": one.is_part,
        "is_same": one.is_part and one.value == one.target.value,
        "by": wording.period(one.target.by),
        "actual": wording.amount(one.actual, entry) if one.actual is not None else "–",
        "expected": wording.amount(one.expected, entry) if one.expected is not None else "–",
        "period": wording.period(one.period) if one.period else "", "alarm": alarm,
        "is_total": one.target.measure == "total",
        "path": {"linear": _("in equal steps"), "seasonal": _("as the seasons usually go"),
                 "steps": _("by fixed steps")}[one.target.path],
    }  # fmt: skip


def revisions(found: Indicator, area: Any, entry: Any) -> list[dict[str, Any]]:
    """Return what was told once and is another now."""
    rows = Revision.objects.filter(indicator=found, area=area.pk if area else 0)
    return [
        {"at": row.at, "period": wording.period(row.period), "why": row.get_why_display(),
         "before": wording.number(row.before, entry), "after": wording.number(row.after, entry)}
        for row in rows[:SHOWN_REVISIONS]
    ]  # fmt: skip


def figures(found: Indicator, entry: Any) -> list[dict[str, Any]]:
    """Return what was entered by hand, the earlier figures too."""
    rows = Figure.objects.filter(indicator=found).select_related("area", "by").defer("area__wkb")
    return [
        {"row": row, "period": wording.period(row.period),
         "value": wording.number(row.value, entry)}
        for row in rows[:SHOWN_PERIODS]
    ]  # fmt: skip
