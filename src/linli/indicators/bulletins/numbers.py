"""Figures of a bulletin: those of its period, what lies open now, columns, indicators."""

from collections.abc import Mapping
from dataclasses import replace

from django.urls import reverse
from django.utils.formats import number_format
from django.utils.http import urlencode
from django.utils.translation import gettext as _

from linli.indicators import showing
from linli.indicators.bulletins.basis import Basis
from linli.indicators.bulletins.changes import BEFORE
from linli.indicators.bulletins.counted import COUNTED, LYING, Counted
from linli.indicators.bulletins.document import BETTER, WORSE, Chart, Number, Numbers
from linli.indicators.bulletins.saying import count
from linli.indicators.bulletins.section import BlockEntry
from linli.indicators.models import TOWN

HEAD = ("received", "resolved", "on_time", "response", "satisfaction", "overdue", "reworked",
        "self_found", *LYING)  # fmt: skip
MOST_INDICATORS = 12
# Which open cases a figure of the backlog leads to.
OPEN_CASES = {"open": {"state": "open"}, "overdue-now": {"overdue": "on"}}


def told(counted: Counted, value: float | None) -> str:
    """Write a figure as people read it."""
    if value is None:
        return "–"
    if counted.of:
        return f"{number_format(round(value, 1), 1)} %"
    return count(value)


def signed(by: float, decimals: int) -> str:
    """Write a difference with its sign."""
    by = round(by, decimals)
    sign = "+" if by > 0 else "−" if by < 0 else "±"
    return f"{sign}{number_format(abs(by), decimals, force_grouping=True)}"


def open_cases(basis: Basis, query: Mapping[str, str]) -> str:
    """Return the address of the open cases of the bulletin's area."""
    area = {"area": basis.code} if basis.code else {}
    return f"{reverse('cases')}?{urlencode({**query, **area})}"


def numbers(basis: Basis, block: BlockEntry) -> Numbers:
    """Return the figures of a block, each against the period before."""
    found = [
        _lying(basis, name) if name in LYING else _number(basis, name)
        for name in block.figures or HEAD
    ]
    note = _("The change is against the period before. Each number leads to the cases it counts; "
             "a rate leads to those it is a rate of.")  # fmt: skip
    title = block.said("title") or _("Numbers")
    return Numbers(title, found, _("against the period before"), note)


def _number(basis: Basis, name: str) -> Number:
    counted = COUNTED[name]
    value, before = counted.value(basis.whole[0]), counted.value(basis.whole[1])
    change, tone = "", ""
    if value is not None and before is not None:
        by = value - before
        change = signed(by, 1 if counted.of else 0)
        if by and counted.better:
            tone = BETTER if (by > 0) == (counted.better == "up") else WORSE
    return Number(str(counted.label), told(counted, value), change, tone, basis.asked(name).link())


def _lying(basis: Basis, name: str) -> Number:
    n = basis.lying["overdue" if name == "overdue-now" else "open"]
    return Number(str(LYING[name]), count(n), "", "", open_cases(basis, OPEN_CASES[name]))


def chart(basis: Basis, block: BlockEntry) -> Chart:
    """Return a count of this period beside those of the thirteen before."""
    name = block.figure or "received"
    counted = COUNTED[name]
    values = [counted.value(basis.whole[n]) or 0 for n in range(BEFORE, -1, -1)]
    mean = sum(values[:-1]) / BEFORE
    told_ = {"what": counted.label, "now": count(values[-1]), "mean": count(mean)}
    if values[-1] > mean:
        point = _("%(what)s: %(now)s, more than the mean of %(mean)s in the thirteen periods "
                  "before")  # fmt: skip
    else:
        point = _("%(what)s: %(now)s, no more than the mean of %(mean)s in the thirteen periods "
                  "before")  # fmt: skip
    past = [basis.stretch.back(n) for n in range(BEFORE, 0, -1)]
    asked = basis.asked(name)
    # Of a period that runs, as many days of those before are counted: no list has just those.
    links = ["" if basis.stretch.is_running else replace(asked, stretch=one).link() for one in past]
    labels = [one.short for one in (*past, basis.stretch)]
    return Chart(headed(block, point % told_), labels, values, [*links, asked.link()])


def headed(block: BlockEntry, point: str) -> str:
    """Put the title a town gave before the point a picture makes."""
    title = block.said("title")
    return _("%(title)s: %(point)s") % {"title": title, "point": point} if title else point


def indicators(basis: Basis, block: BlockEntry) -> Numbers | None:
    """Return the indicators a block names; else those with targets first, then others."""
    lines = [line for line in showing.lines(basis.known, basis.area.pk if basis.area else TOWN)
             if line.period]  # fmt: skip
    if block.indicators:
        order = {code: at for at, code in enumerate(block.indicators)}
        lines = [line for line in lines if line.indicator.code in order]
        lines.sort(key=lambda line: order[line.indicator.code])
    else:
        lines.sort(key=lambda line: line.standing is None)
    area = f"?{urlencode({'area': basis.code})}" if basis.code else ""
    found = [
        Number(
            f"{line.indicator} · {line.period}", f"{line.value} {line.unit}", line.change,
            _tone(line), reverse("indicator", args=[line.indicator.code]) + area,
        )
        for line in lines[: block.lines or len(block.indicators) or MOST_INDICATORS]
    ]  # fmt: skip
    if not found:
        return None
    title = block.said("title") or _("Indicators")
    note = _("The last value that is complete; the change is against a year before.")
    return Numbers(title, found, _("against a year before"), note, "indicators")


def _tone(line: showing.Line) -> str:
    if line.is_up is None:
        return ""
    return BETTER if line.is_up == (line.indicator.formula.better == "up") else WORSE
