"""The chart and the map of a bulletin as SVG, so that page and print need no script."""

from dataclasses import dataclass
from typing import Any

from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe

from linli.indicators.bulletins import ground, saying
from linli.indicators.bulletins.document import (
    Block,
    Bulletin,
    Chart,
    Ground,
    Map,
    Numbers,
    Ranking,
)

WIDE, HIGH, FLOOR = 360, 220, 196
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


def drawn(told: Bulletin, site: str = "", has_links: bool = True) -> list[dict[str, Any]]:
    """Return the blocks of a bulletin, each with the template that shows it and what is drawn.

    `site` goes before every link; without links nothing leads anywhere.
    """
    return [
        {"block": block, "page": f"indicators/bulletin/{PAGES.get(block.show, block.show)}.html",
         **_drawn(block, site, has_links)}
        for block in told.blocks
    ]  # fmt: skip


def _drawn(block: Block, site: str, has_links: bool) -> dict[str, Any]:
    if isinstance(block, Numbers):
        return {"numbers": [(one, saying.change(one)) for one in block.numbers]}
    if isinstance(block, Ranking):
        lines = [(line, saying.move(line) if line else "") for line in saying.lines(block)]
        return {"lines": lines}
    if isinstance(block, Chart):
        return {"columns": columns(block)}
    if isinstance(block, Map):
        return {
            "high": round(ground.SIDE * block.ratio), "shades": saying.shades(block),
            "busiest": saying.busiest(block), "grounds": grounds(block, site, has_links),
            "every": every(block, site),
        }  # fmt: skip
    return {}


# Half a thousand grids: written here, for a template takes four times as long over them.


def grounds(shown: Map, site: str, has_links: bool) -> SafeString:
    """Draw the grids; the keyboard goes by the list below the map, not through each of them."""
    return mark_safe(
        "".join(_ground(one, site, has_links) for one in shown.grounds)
    )  # each part was escaped


def _ground(one: Ground, site: str, has_links: bool) -> str:
    name = f"{escape(one.name)}: {one.value}"
    path = f'<path class="s{one.shade}" d="{escape(one.path)}"><title>{name}</title></path>'
    if not (has_links and one.value):
        return path
    link = escape(site + one.link)
    return f'<a href="{link}" tabindex="-1" aria-label="{name}">{path}</a>'


def every(shown: Map, site: str) -> SafeString:
    """List the grids in which anything was counted, the most first."""
    found = sorted((one for one in shown.grounds if one.value), key=lambda g: (-g.value, g.name))
    items = (
        f'<li><a href="{escape(site + one.link)}">{escape(one.name)}: {one.value}</a></li>'
        for one in found
    )
    return mark_safe("".join(items))  # each part was escaped
