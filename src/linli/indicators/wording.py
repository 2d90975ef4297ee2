"""Indicators in words: formulas, numbers with their unit, what the light of a target means."""

from collections.abc import Mapping
from typing import Any

from django.conf import settings
from django.utils.formats import number_format
from django.utils.functional import Promise
from django.utils.translation import get_language, override, pgettext
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as L  # noqa: N812

from linli.engines import trend
from linli.engines.pace import Light
from linli.indicators import spans, units
from linli.indicators.columns import source
from linli.indicators.counting import factor
from linli.indicators.grammar import Condition, GrowthOf, IndexOf, IndicatorEntry
from linli.indicators.known import Known, formula_rows
from linli.tables import Column, Kind, Table, declared

LIGHTS: Mapping[Light, str | Promise] = {
    Light.REACHED: L("reached"),
    Light.ON: L("on its way"),
    Light.SLIGHTLY: L("slightly behind"),
    Light.BEHIND: L("behind"),
    Light.UNKNOWN: L("not known yet"),
}
# A shape beside the word, so that nobody has to tell colours apart.
SHAPES = {Light.REACHED: "◆", Light.ON: "●", Light.SLIGHTLY: "◐", Light.BEHIND: "▲",
          Light.UNKNOWN: "○"}  # fmt: skip
METHODS: Mapping[str, str | Promise] = {
    trend.NAIVE: L("as it was last"),
    trend.SEASONAL: L("as a year before"),
    trend.DRIFT: L("going on as so far"),
    trend.THETA: L("Theta"),
    trend.ETS: L("exponential smoothing (ETS)"),
    trend.ETS_LOG: L("exponential smoothing of logarithms (ETS)"),
    trend.COMBINED: L("several methods together"),
}
SIGNS = {"=": "=", "!=": "≠", "<": "<", "<=": "≤", ">": ">", ">=": "≥", "in": "∈"}


def number(value: float | None, entry: IndicatorEntry) -> str:
    """Write a value as precisely as its definition wants."""
    return "–" if value is None else number_format(round(value, entry.decimals), entry.decimals,
                                                   force_grouping=True)  # fmt: skip


def amount(value: float | None, entry: IndicatorEntry) -> str:
    """Write a value with its unit."""
    return f"{number(value, entry)} {units.label(entry.unit)}"


def name_of(known: Known, code: str) -> str:
    """Return the name of an indicator in the language of the page."""
    return str(known.rows[code]) if code in known.rows else code


def condition(table: Table, one: Condition) -> str:
    """Write a filter in words."""
    column = source(table, one.column).column
    label, value = str(column.label), one.value
    if column.kind == Kind.FLAG:
        is_so = bool(value) == (one.op == "=")
        return label if is_so else _("not %(what)s") % {"what": label}
    known = {key: str(words) for key, words in column.choices} or _names(column, value)
    said = ", ".join(known.get(str(v), _plain(v)) for v in (value if isinstance(value, list)
                                                            else [value]))  # fmt: skip
    if one.op == "starts":
        return _("%(column)s begins with %(value)s") % {"column": label, "value": said}
    return f"{label} {SIGNS[one.op]} {said}"


def _names(column: Column, value: Any) -> dict[Any, str]:
    """Return how the rows are called that a condition names by their keys."""
    table = declared().get(column.of)
    if column.kind != Kind.KEY or table is None or table.names:
        return {}
    lookup = table.column(table.key).lookup
    keys = value if isinstance(value, list) else [value]
    rows = table.model._default_manager.filter(**{f"{lookup}__in": keys})
    return {getattr(row, lookup, None): str(row) for row in rows}


def _plain(value: Any) -> str:
    return f"{value:g}" if isinstance(value, float) else str(value)


def in_words(known: Known, entry: IndicatorEntry) -> str:
    """Say in a sentence how an indicator is made."""
    if formula_rows(entry) is not None:
        return _rows_in_words(entry)
    if entry.share:
        return _("“%(part)s” as a share of “%(whole)s”.") % {
            "part": name_of(known, entry.share.part),
            "whole": name_of(known, entry.share.whole),
        }
    if entry.growth:
        return _("By how much “%(of)s” has grown %(since)s.") % {
            "of": name_of(known, entry.growth.of), "since": _since(entry.growth),
        }  # fmt: skip
    if entry.total:
        return _("%(parts)s together.") % {
            "parts": " + ".join(
                f"{'' if part.weight == 1 else f'{part.weight:g} × '}“{name_of(known, part.of)}”"
                for part in entry.total.parts
            )
        }
    if entry.index:
        said = {
            "since": _since(entry.index),
            "parts": _("; ").join(
                _("“%(name)s” counts for %(weight)s %%")
                % {"name": name_of(known, of), "weight": number_format(100 * weight, 0)}
                for of, weight in weights(entry)
            ),
        }  # fmt: skip
        if entry.unit == "percent":
            return _("By how much its parts have grown %(since)s, on the weighted mean: "
                     "%(parts)s.") % said  # fmt: skip
        return _("What its parts are in percent of what they were, compared %(since)s, on the "
                 "weighted mean: %(parts)s.") % said  # fmt: skip
    return _("Figures that people enter, each with its source.")


def _rows_in_words(entry: IndicatorEntry) -> str:
    counted = formula_rows(entry)
    assert counted is not None
    table, formula = counted
    where = _(", ").join(condition(table, one) for one in formula.where)
    said = {"table": table.label, "where": where}
    if entry.sum:
        said["column"] = source(table, entry.sum.column).column.label
        text = (
            _("The sum of “%(column)s” over “%(table)s” with: %(where)s.")
            if where
            else _("The sum of “%(column)s” over all of “%(table)s”.")
        ) % said
    else:
        text = (
            _("How many of “%(table)s” there are with: %(where)s.")
            if where
            else _("How many of “%(table)s” there are.")
        ) % said
    more = _("Those of all earlier periods count too.")
    return f"{text} {more}" if formula.up_to else text


def _since(growth: GrowthOf | IndexOf) -> str:
    if growth.since:
        return _("since %(period)s") % {"period": period(growth.since)}
    if growth.over == "year":
        return pgettext("growth", "in a year")
    return pgettext("growth", "since the period before")


def weights(entry: IndicatorEntry) -> list[tuple[str, float]]:
    """Return the parts of a composite, each with its share of the whole weight."""
    parts = entry.index.parts if entry.index else []
    total = sum(part.weight for part in parts)
    return [(part.of, part.weight / total) for part in parts]


def as_mathematics(known: Known, entry: IndicatorEntry) -> dict[str, Any]:
    """Return the formula as parts that the page writes in MathML."""
    counted = formula_rows(entry)
    if counted is not None:
        table, formula = counted
        parts = [condition(table, one) for one in formula.where]
        by = factor(table, entry, entry.sum) if entry.sum else 1.0
        return {
            "kind": "rows", "table": str(table.label), "where": parts,
            "what": str(source(table, entry.sum.column).column.label) if entry.sum else "1",
            "times": "" if by <= 1 else number_format(by, force_grouping=True),
            "over": "" if by >= 1 else number_format(round(1 / by, 6), force_grouping=True),
        }  # fmt: skip
    if entry.share:
        return {"kind": "share", "part": name_of(known, entry.share.part),
                "whole": name_of(known, entry.share.whole)}  # fmt: skip
    if entry.growth:
        return {"kind": "growth", "of": name_of(known, entry.growth.of),
                "before": _before(entry.growth)}  # fmt: skip
    if entry.total:
        return {
            "kind": "total",
            "parts": [("" if p.weight == 1 else f"{p.weight:g}", name_of(known, p.of))
                      for p in entry.total.parts],
        }  # fmt: skip
    if entry.index:
        return {
            "kind": "index", "before": _before(entry.index), "is_growth": entry.unit == "percent",
            "parts": [(f"{100 * weight:.3g}", name_of(known, of)) for of, weight in weights(entry)],
        }  # fmt: skip
    return {"kind": "entered"}


def _before(growth: GrowthOf | IndexOf) -> str:
    if growth.since:
        return period(growth.since)
    if growth.over == "year":
        return pgettext("index of a formula", "a year before")
    return pgettext("index of a formula", "the period before")


def told_of(standing: Any) -> tuple[str, str]:
    """Return title and text of the case for the owner of a target, in the town's language."""
    with override(settings.LANGUAGE_CODE):
        target, entry = standing.target, standing.entry
        said = {
            "indicator": target.indicator, "target": target, "period": standing.period,
            "actual": amount(standing.actual, entry), "expected": amount(standing.expected, entry),
            "value": amount(standing.value, entry), "by": target.by,
            "missing": lacking(standing),
        }  # fmt: skip
        title = _("“%(target)s” is behind: %(actual)s in %(period)s, %(expected)s expected")
        body = _(
            "%(indicator)s: %(value)s are to be reached by %(by)s. On the path to that it should "
            "have been %(expected)s in %(period)s; it was %(actual)s. %(missing)s\n"
            "Please say what holds it up, and what is done about it by when."
        )
        return (title % said)[:200], body % said


def lacking(standing: Any) -> str:
    """Say what is missing to a target, in pieces where that can be said."""
    lacks, entry = standing.missing, standing.entry
    if lacks is None:
        return ""
    if lacks.amount <= 0:
        return _("Nothing is missing.")
    said = {"amount": amount(lacks.amount, entry), "turned": lacks.turned, "added": lacks.added,
            "unit": units.label(standing.pieces)}  # fmt: skip
    if entry.unit == "percent":
        said["amount"] = _("%(n)s percentage points") % {"n": number(lacks.amount, entry)}
    if lacks.turned is not None and lacks.added is not None:
        return _("%(amount)s are missing: %(turned)s %(unit)s of those there are would have to "
                 "change, or %(added)s %(unit)s come anew.") % said  # fmt: skip
    if lacks.added is None or standing.pieces == entry.unit:
        return _("%(amount)s are missing.") % said
    if lacks.is_of_mean_size:
        return _("%(amount)s are missing: as much as %(added)s %(unit)s of the mean size of "
                 "those there are bring in one period.") % said  # fmt: skip
    return _("%(amount)s are missing: %(added)s %(unit)s more would do.") % said


def period(name: str) -> str:
    """Write a period as people read it."""
    kind, n = spans.read(name)
    english = (get_language() or "").startswith("en")
    if english or kind == spans.YEAR:
        return name
    if kind == spans.MONTH:
        return f"{n // 12}年{n % 12 + 1}月"
    return f"{n // 4}年第{n % 4 + 1}季度"
