"""The chart and the map of a bulletin as SVG, so that page and print need no script."""

from dataclasses import dataclass
from typing import Any

from linli.indicators.bulletins import ground, saying
from linli.indicators.bulletins.document import Bulletin, Chart

WIDE, HIGH, FLOOR = 360, 160, 136


@dataclass(frozen=True)
class Column:
    x: float
    y: float
    high: float
    middle: float
    label: str
    value: str
    is_own: bool


def columns(chart: Chart) -> list[Column]:
    """Place the columns of a chart; every second has its label, counted from the last."""
    n = len(chart.values)
    step = WIDE / n
    found = []
    for i, (label, value) in enumerate(zip(chart.labels, chart.values, strict=True)):
        high = (FLOOR - 20) * value / chart.highest
        is_own = i == n - 1
        found.append(Column(
            round(i * step + 3, 1), round(FLOOR - high, 1), round(high, 1),
            round((i + 0.5) * step, 1), label if (n - 1 - i) % 2 == 0 else "", f"{value:,.0f}",
            is_own,
        ))  # fmt: skip
    return found


def drawn(told: Bulletin) -> dict[str, Any]:
    """Return what a page draws of a bulletin, beside the bulletin itself."""
    shown: dict[str, Any] = {
        "head": saying.head(told), "no_change": saying.no_change(), "no_ask": saying.no_ask(),
        "numbers": [(one, saying.change(one)) for one in told.numbers],
        "indicators": [(one, saying.change(one)) for one in told.indicators],
        "rankings": [
            (one, [(line, saying.move(line) if line else "") for line in saying.lines(one)])
            for one in told.rankings
        ],
    }  # fmt: skip
    if told.chart:
        shown["columns"] = columns(told.chart)
    if told.map:
        shown |= {
            "high": round(ground.SIDE * told.map.ratio),
            "shades": saying.shades(told.map), "busiest": saying.busiest(told.map),
        }  # fmt: skip
    return shown
