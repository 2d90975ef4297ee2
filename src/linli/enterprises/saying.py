"""Figures in words and as a drawing that says its point."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from linli.enterprises.models import YearFigures

WIDE, HIGH, FOOT, HEAD = 560, 180, 24, 20
NEARLY = 0.02  # a change below this is none


def money(value: float | None) -> str:
    """Say an amount given in 10,000 yuan: 亿元 and 万元, or billions and millions of yuan."""
    if value is None:
        return "–"
    if (get_language() or "").startswith("en"):
        million = value / 100
        if abs(million) >= 1000:
            return _("%(n)s billion yuan") % {"n": _number(million / 1000)}
        return _("%(n)s million yuan") % {"n": _number(million)}
    if abs(value) >= 10_000:
        return _("%(n)s hundred million yuan") % {"n": _number(value / 10_000)}
    return _("%(n)s ten thousand yuan") % {"n": f"{value:,.0f}"}


def _number(value: float) -> str:
    text = f"{value:,.2f}" if abs(value) < 10 else f"{value:,.1f}"
    return text.rstrip("0").rstrip(".")


@dataclass(frozen=True)
class Bar:
    """One year of the drawing, in its coordinates."""

    x: float
    y: float
    width: float
    height: float
    year: int
    label: str
    is_last: bool

    @property
    def middle(self) -> float:
        return self.x + self.width / 2


@dataclass(frozen=True)
class Chart:
    """A drawing of one figure by year; `point` is the sentence it shows."""

    point: str
    bars: list[Bar]
    width: int = WIDE
    height: int = HIGH

    @property
    def ground(self) -> int:
        return HIGH - FOOT


def chart(rows: Sequence[YearFigures], figure: str, name: str) -> Chart | None:
    """Draw a figure by year, the oldest first; None where fewer than two years have it."""
    told = [(row.year, getattr(row, figure)) for row in rows if getattr(row, figure) is not None]
    if len(told) < 2:
        return None
    most = max(max(value for _year, value in told), 1e-9)
    step = WIDE / len(told)
    width = min(step * 0.7, 56)
    room = HIGH - FOOT - HEAD
    bars = [
        Bar(
            round(step * at + (step - width) / 2, 1),
            round(HIGH - FOOT - room * max(value, 0) / most, 1),
            round(width, 1),
            round(room * max(value, 0) / most, 1),
            year,
            _number(value / 100) if english() else f"{value:,.0f}",
            at == len(told) - 1,
        )
        for at, (year, value) in enumerate(told)
    ]
    return Chart(point(told, name), bars)


def english() -> bool:
    """Tell whether the page is in English."""
    return (get_language() or "").startswith("en")


def point(told: Sequence[tuple[int, float]], name: str) -> str:
    """Say what a series of years shows: how the last one stands to the one before."""
    (_before_year, before), (year, now) = told[-2], told[-1]
    words = {"name": name, "year": year, "now": money(now)}
    if before <= 0:
        return _("%(name)s in %(year)d: %(now)s") % words
    change = now / before - 1
    words |= {"percent": f"{abs(change) * 100:.0f}"}
    if abs(change) < NEARLY:
        return _("%(name)s in %(year)d stayed at %(now)s") % words
    if change > 0:
        return _("%(name)s grew by %(percent)s %% to %(now)s in %(year)d") % words
    return _("%(name)s fell by %(percent)s %% to %(now)s in %(year)d") % words
