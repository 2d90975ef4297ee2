"""The pictures of a bulletin for Word: columns and a map, with figures but no words.

Words stand in the document around them, so no font for Chinese has to be there.
"""

from io import BytesIO
from typing import Any

from linli.indicators.bulletins import saying
from linli.indicators.bulletins.document import Chart, Map
from linli.indicators.bulletins.ground import SIDE, rings_of

LAKE, PALE, INK, HAIR = "#2f6f7e", "#b7cdd2", "#1f2a30", "#b9b5a8"
FADED = "#56636a"
SHADES = ("#f3f1ea", "#d5e3e4", "#a9c8cd", "#6d9fab", "#2f6f7e")
DOTS = 200  # per inch


def columns(chart: Chart) -> bytes:
    """Draw a chart as PNG; the last column is the bulletin's own."""
    figure, axes = _paper(6.4, 2.2)
    n = len(chart.values)
    axes.bar(range(n), chart.values, color=[*[PALE] * (n - 1), LAKE], width=0.72)
    axes.set_xticks(range(n), chart.labels, fontsize=7)
    axes.set_yticks([])
    axes.tick_params(axis="x", length=0)
    for side in ("top", "right", "left"):
        axes.spines[side].set_visible(False)
    axes.spines["bottom"].set_color(INK)
    for i, value in enumerate(chart.values):
        axes.text(i, value, saying.count(value), ha="center", va="bottom", fontsize=6.5,
                  color=INK if i == n - 1 else FADED)  # fmt: skip
    axes.set_ylim(0, chart.highest * 1.12)
    return _png(figure)


def ground(shown: Map) -> bytes:
    """Draw the map as PNG, the darker the more."""
    from matplotlib.collections import PolyCollection

    wide = 5.2
    figure, axes = _paper(wide, min(wide * shown.ratio, 6.0))
    rings = [(ring, one.shade) for one in shown.grounds for ring in rings_of(one.path)]
    axes.add_collection(
        PolyCollection(
            [ring for ring, _shade in rings],
            facecolors=[SHADES[min(shade, len(SHADES) - 1)] for _ring, shade in rings],
            edgecolors=HAIR, linewidths=0.3,
        )
    )  # fmt: skip
    edge = SIDE / 100
    axes.set_xlim(-edge, SIDE + edge)
    axes.set_ylim(SIDE * shown.ratio + edge, -edge)
    axes.set_aspect(1)
    axes.set_axis_off()
    return _png(figure)


def _paper(wide: float, high: float) -> tuple[Any, Any]:
    # Not through pyplot, which keeps figures for the whole process and is for one thread only.
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    figure = Figure(figsize=(wide, high), dpi=DOTS, layout="tight")
    FigureCanvasAgg(figure)
    return figure, figure.add_subplot()


def _png(figure: Any) -> bytes:
    from PIL import Image

    drawn, out = BytesIO(), BytesIO()
    figure.savefig(drawn, format="png")
    # A few dozen shades are all there is: a quarter of the bytes, and no difference to be seen.
    Image.open(drawn).convert("RGB").quantize(64).save(out, "PNG", optimize=True)
    return out.getvalue()
