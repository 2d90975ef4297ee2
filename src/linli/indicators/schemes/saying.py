"""Schemes in words: figures with their unit, rules, the point of the picture."""

from django.utils.formats import number_format
from django.utils.translation import gettext as _

from linli.indicators import units, wording
from linli.indicators.schemes.standing import Line, Sheet, said

MINUS = "−"


def number(value: float | None, decimals: int = 1) -> str:
    """Write points; nothing known is a dash."""
    return "–" if value is None else number_format(round(value, decimals), decimals)


def points(value: float) -> str:
    """Write points as precisely as they are, at most two decimals."""
    return f"{round(value, 2):g}"


def signed(value: float | None, decimals: int = 1) -> str:
    """Write a difference with its sign; "" where there is none."""
    if value is None or round(value, decimals) == 0:
        return ""
    return (MINUS if value < 0 else "+") + number_format(abs(round(value, decimals)), decimals)


def figure(line: Line, value: float | None = None) -> str:
    """Write a figure of an item with its unit; of what is judged, points."""
    value = line.value if value is None else value
    if value is None:
        return "–"
    if line.indicator is None:
        return _("%(points)s points") % {"points": points(value)}
    return wording.amount(value, line.indicator.formula)


def rule(line: Line) -> str:
    """Say how an item that is computed gives its points; "" of others."""
    item = line.item
    if item.judged or not line.is_leaf:
        return ""
    unit = units.label(line.indicator.unit) if line.indicator else ""

    def write(value: float) -> str:
        return f"{value:g} {unit}".strip()

    if item.linear:
        return _("from %(nothing)s (no points) to %(full)s (all points)") % {
            "nothing": write(item.linear.nothing), "full": write(item.linear.full),
        }  # fmt: skip
    return " · ".join(
        _("%(points)s points from %(at)s on") % {"points": points(step.points),
                                                 "at": write(step.at)}
        for step in item.steps
    )  # fmt: skip


def threshold(shown: Sheet) -> str:
    """Return what the threshold is called."""
    return str(said(shown.scheme.told, "threshold_name"))


def point(shown: Sheet) -> str:
    """Say in one sentence what the picture of the branches shows."""
    if not shown.is_known:
        return _("Nothing is known of this period yet")
    worst = max(shown.branches, key=lambda line: line.lost)
    told = {
        "threshold": threshold(shown), "lacking": number(shown.lacking),
        "branch": worst.name, "lost": number(worst.lost), "of": points(worst.points),
    }  # fmt: skip
    if shown.reaches:
        return _("“%(threshold)s” is reached; most is lost in %(branch)s: %(lost)s of %(of)s points") % told  # noqa: E501  # fmt: skip
    return _("%(lacking)s points are missing to “%(threshold)s”; most is lost in %(branch)s: %(lost)s of %(of)s") % told  # noqa: E501  # fmt: skip
