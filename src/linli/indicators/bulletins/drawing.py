"""The chart and the map of a bulletin as SVG, so that page and print need no script."""

from dataclasses import dataclass
from typing import Any

from linli.indicators.bulletins import ground, saying
from linli.indicators.bulletins.document import Block, Bulletin, Chart, Map, Numbers, Ranking

WIDE, HIGH, FLOOR = 360, 160, 136
# Blocks that are shown by the page of another.
PAGES = {"indicators": "numbers", "asks": "changes"}


@dataclass(frozen=True)
class Column:
    x: float
    y: float
    high: float
    middle: float
    label: str
    value: str
    link: str
    is_own: bool


def columns(chart: Chart) -> list[Column]:
    """Place the columns of a chart."""
    n = len(chart.values)
    step = WIDE / n
    found = []
    for i, (label, value, link) in enumerate(
        zip(chart.labels, chart.values, chart.links, strict=True)
    ):
        high = (FLOOR - 20) * value / chart.highest
        is_own = i == n - 1
        found.append(Column(
            round(i * step + 3, 1), round(FLOOR - high, 1), round(high, 1),
            round((i + 0.5) * step, 1), label, saying.count(value), link, is_own,
        ))  # fmt: skip
    return found


def drawn(told: Bulletin) -> list[dict[str, Any]]:
    """Return the blocks of a bulletin, each with the template that shows it and what is drawn."""
    return [
        {"block": block, "page": f"indicators/bulletin/{PAGES.get(block.show, block.show)}.html",
         **_drawn(block)}
        for block in told.blocks
    ]  # fmt: skip


def _drawn(block: Block) -> dict[str, Any]:
    if isinstance(block, Numbers):
        return {"numbers": [(one, saying.change(one)) for one in block.numbers]}
    if isinstance(block, Ranking):
        lines = [(line, saying.move(line) if line else "") for line in saying.lines(block)]
        return {"lines": lines}
    if isinstance(block, Chart):
        return {"columns": columns(block)}
    if isinstance(block, Map):
        found = [one for one in block.grounds if one.value]
        return {
            "high": round(ground.SIDE * block.ratio), "shades": saying.shades(block),
            "busiest": saying.busiest(block),
            "every": sorted(found, key=lambda one: (-one.value, one.name)),
        }  # fmt: skip
    return {}
