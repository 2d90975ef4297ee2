"""Charts of a station in words: the title of each says its point."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as L  # noqa: N812
from django.utils.translation import ngettext

from linli.assets.inspection.figures import Counted, Seen, Span, as_numbers
from linli.assets.inspection.models import FlawKind
from linli.engines.control import Broken, Rule, pareto, vital

RULES = {
    Rule.BEYOND: L("outside the limits"),
    Rule.NINE_ONE_SIDE: L("nine or more in a row on one side of the centre"),
    Rule.EIGHT_ONE_SIDE: L("eight or more in a row on one side of the centre"),
    Rule.SIX_TREND: L("six or more in a row steadily rising or falling"),
    Rule.FOURTEEN_ALTERNATING: L("fourteen or more in a row up and down in turn"),
    Rule.TWO_OF_THREE: L("two of three in a row beyond 2 sigma"),
    Rule.FOUR_OF_FIVE: L("four of five in a row beyond 1 sigma"),
    Rule.FIFTEEN_WITHIN: L("fifteen or more in a row within 1 sigma: limits too wide?"),
    Rule.EIGHT_OUTSIDE: L("eight or more in a row beyond 1 sigma on both sides"),
}
# Worth a look at how subgroups are taken; nothing has happened to the process.
HINTS = frozenset({Rule.FIFTEEN_WITHIN, Rule.FOURTEEN_ALTERNATING})


def percent(value: float, digits: int = 1) -> str:
    """Write a share given in percent."""
    return f"{value:.{digits}f} %"


def moment(at: datetime, span: Span) -> str:
    """Name the stretch that begins at `at`."""
    here = localtime(at)
    if span == Span.MONTH:
        return f"{here:%m-%d}"
    return f"{here:%H:%M}" if span == Span.DAY else f"{here:%m-%d %H:%M}"


def yields(seen: Seen) -> dict[str, Any]:
    """Return yield by stretch, and its title."""
    points = seen.shown
    whole = seen.whole
    known = [one for one in points if one.first_pass is not None]
    if whole.first_pass is None:
        title = _("No part was judged")
    else:
        title = _("%(share)s of parts were good at once") % {"share": percent(whole.first_pass)}
        worst = min(known, key=lambda one: one.first_pass or 0.0)
        if len(known) > 1 and (worst.first_pass or 0.0) < 100:
            title = _("%(title)s; the lowest was %(low)s from %(at)s") % {
                "title": title, "low": percent(worst.first_pass or 0.0),
                "at": moment(worst.since, seen.span),
            }  # fmt: skip
    return {
        "title": title, "labels": [moment(one.since, seen.span) for one in points],
        "since": [one.since.isoformat() for one in points],
        "until": [one.until.isoformat() for one in points],
        "yield": [None if one.first_pass is None else round(one.first_pass, 2) for one in points],
        "flawed": [one.flawed for one in points], "parts": [one.parts for one in points],
        "words": {"yield": _("Good at once, %"), "flawed": _("Flawed"), "parts": _("Parts")},
    }  # fmt: skip


def kinds(whole: Counted, names: Mapping[str, str]) -> dict[str, Any]:
    """Return which kinds of flaw occur how often, and what the few frequent ones make up."""
    shares = pareto(whole.kinds)
    few = vital(shares)
    label = {one.name: names.get(one.name, one.name) or _("No kind yet") for one in shares}
    if not shares:
        title = _("No flaw was found")
    elif [one.name for one in shares] == [""]:
        title = _("No flaw has a kind yet")
    elif len(shares) == 1:
        title = _("All flaws are of one kind: %(kind)s") % {"kind": label[shares[0].name]}
    else:
        title = _("%(kinds)s: %(share)s of what is flawed") % {
            "kinds": _(", ").join(label[one.name] for one in few),
            "share": percent(100 * few[-1].cumulative, 0),
        }
    return {
        "title": title, "codes": [one.name for one in shares],
        "labels": [label[one.name] for one in shares], "counts": [one.count for one in shares],
        "cumulative": [round(100 * one.cumulative, 1) for one in shares],
        "base": _unnamed(whole.kinds.get("", 0)),
        "words": {"count": _("Parts"), "cumulative": _("Together, %")},
    }  # fmt: skip


def _unnamed(parts: int) -> str:
    if not parts:
        return ""
    return ngettext(
        "%(n)d flawed part has no kind yet: whoever judges it names one with one key or touch.",
        "%(n)d flawed parts have no kind yet: whoever judges them names one with one key or touch.",
        parts,
    ) % {"n": parts}


def names() -> dict[str, str]:
    """Return the names of flaw kinds by code."""
    return {row.code: str(row) for row in FlawKind.objects.all()}


def control(seen: Seen, kind: str) -> dict[str, Any] | None:
    """Return a control chart with a title that says whether, and how, it is out of control."""
    made = seen.chart(kind)
    if made is None:
        return None
    chart, points = made
    numbers = as_numbers(chart, points, seen.shown, HINTS) | {"kind": kind}
    skip = len(points) - len(numbers["values"])
    told = [
        Broken(one.rule, tuple(at - skip for at in one.points), one.side)
        for one in chart.broken
        if one.points[-1] >= skip
    ]
    labels = [moment(one.since, seen.span) for one in points[skip:]]
    centre = percent(numbers["centre"], 2) if kind == "p" else f"{numbers['centre']:.3f}"
    about = _("Share of flawed parts") if kind == "p" else _("Flaws a part")
    return numbers | {
        "title": _title(about, centre, told, numbers, labels), "labels": labels,
        "since": [one.since.isoformat() for one in points[skip:]],
        "until": [one.until.isoformat() for one in points[skip:]],
        "rules": [_rule(one, labels) for one in told],
        "base": _base(seen), "laney": _laney(chart.sigma_z) if chart.is_laney else "",
        "thin": _thin(chart.thin, len(points)),
        "words": {"value": about, "centre": _("Centre"), "high": _("Upper limit"),
                  "low": _("Lower limit"), "out": _("Out of control")},
    }  # fmt: skip


def _title(
    about: str, centre: str, told: Sequence[Broken], numbers: dict[str, Any], labels: list[str]
) -> str:
    serious = [one for one in told if one.rule not in HINTS]
    if not serious:
        return _("%(about)s: in control, %(centre)s on average") % {
            "about": about,
            "centre": centre,
        }
    beyond = [one for one in told if one.rule == Rule.BEYOND]
    if beyond:
        last = beyond[-1].points[-1]
        limit = numbers["high" if beyond[-1].side > 0 else "low"][last]
        unit = " %" if numbers["kind"] == "p" else ""
        return ngettext(
            "%(about)s: out of control, %(n)d point outside the limits; the last from %(at)s (%(value)s, limit %(limit)s)",  # noqa: E501
            "%(about)s: out of control, %(n)d points outside the limits; the last from %(at)s (%(value)s, limit %(limit)s)",  # noqa: E501
            len(beyond),
        ) % {
            "about": about, "n": len(beyond), "at": labels[last],
            "value": f"{numbers['values'][last]:.2f}{unit}", "limit": f"{limit:.2f}{unit}",
        }  # fmt: skip
    return _("%(about)s: not by chance alone, %(rule)s until %(at)s") % {
        "about": about, "rule": RULES[serious[-1].rule], "at": labels[serious[-1].points[-1]],
    }  # fmt: skip


def _rule(one: Broken, labels: Sequence[str]) -> dict[str, Any]:
    at = [point for point in one.points if point >= 0]
    first, last = labels[at[0]], labels[at[-1]]
    side = {1: _("above"), -1: _("below"), 0: ""}[one.side]
    if one.rule == Rule.SIX_TREND:
        side = _("rising") if one.side > 0 else _("falling")
    when = first if first == last else f"{first} – {last}"
    words = f"{when}{_(': ')}{RULES[one.rule]}"
    return {"words": f"{words} ({side})" if side else words, "points": at}


def _base(seen: Seen) -> str:
    if seen.is_own_base:
        return _(
            "Limits from the points shown, without those outside; too little lies before them."
        )
    return _("Limits from %(since)s to %(until)s, without the points outside.") % {
        "since": f"{localtime(seen.base[0].since):%Y-%m-%d}",
        "until": f"{localtime(seen.base[-1].until):%Y-%m-%d}",
    }


def _laney(sigma_z: float) -> str:
    return _(
        "The points differ by %(times).1f times what counting explains; limits after Laney."
    ) % {"times": sigma_z}


def _thin(thin: int, points: int) -> str:
    if thin * 2 <= points:
        return ""
    return _("Fewer than one flaw is expected in most of these stretches: look at a longer span.")
