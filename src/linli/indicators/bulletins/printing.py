"""The chart and the map of a bulletin on the paper of a PDF: lines and letters, no pixels."""

from typing import Any

from linli.indicators.bulletins import saying
from linli.indicators.bulletins.document import Chart, Map
from linli.indicators.bulletins.ground import SIDE, rings_of
from linli.indicators.bulletins.pictures import FADED, HAIR, INK, LAKE, PALE, SHADES

CHART_WIDE, CHART_HIGH = 459.0, 130.0  # points
MAP_WIDE, MAP_HIGH = 290.0, 270.0
TITLE, STROKE = 30.0, 0.5  # points: how high a title is, and how much bolder it is drawn
FLOOR, HEAD, BESIDE = 16.0, 14.0, 3.0


def title(text: str, wide_cm: float, font: str, colour: str) -> Any:
    """Return a title in the middle of the page, bold by its stroke and as high as it fits."""
    from reportlab.lib.units import cm
    from reportlab.pdfbase.pdfmetrics import stringWidth

    wide = wide_cm * cm
    size = min(TITLE, TITLE * wide / (stringWidth(text, font, TITLE) or 1))

    def draw(canvas: Any) -> None:
        canvas.setStrokeColor(colour)
        canvas.setFillColor(colour)
        canvas.setLineWidth(STROKE)
        line = canvas.beginText((wide - stringWidth(text, font, size)) / 2, TITLE * 0.3)
        line.setFont(font, size)
        line.setTextRenderMode(2)
        line.textOut(text)
        canvas.drawText(line)

    return _drawn(wide, TITLE * 1.4, draw)


def columns(chart: Chart, site: str, font: str) -> Any:
    """Return a chart as something that stands on a page; its columns lead to their cases."""

    def draw(canvas: Any) -> None:
        step = CHART_WIDE / len(chart.values)
        canvas.setFont(font, 7)
        last = len(chart.values) - 1
        for i, (label, value, link) in enumerate(
            zip(chart.labels, chart.values, chart.links, strict=True)
        ):
            high = (CHART_HIGH - FLOOR - HEAD) * value / chart.highest
            middle = (i + 0.5) * step
            canvas.setFillColor(LAKE if i == last else PALE)
            canvas.rect(i * step + BESIDE, FLOOR, step - 2 * BESIDE, high, stroke=0, fill=1)
            canvas.setFillColor(INK if i == last else FADED)
            canvas.drawCentredString(middle, FLOOR + high + 3, saying.count(value))
            canvas.drawCentredString(middle, 5, label)
            if link and site:
                corners = (i * step, 0, (i + 1) * step, FLOOR + high + HEAD)
                canvas.linkURL(site + link, corners, relative=1)
        canvas.setStrokeColor(INK)
        canvas.setLineWidth(0.6)
        canvas.line(0, FLOOR, CHART_WIDE, FLOOR)

    return _drawn(CHART_WIDE, CHART_HIGH, draw)


def ground(shown: Map) -> Any:
    """Return the map as something that stands on a page, the darker the more."""
    scale = min(MAP_WIDE, MAP_HIGH / shown.ratio) / SIDE
    high = SIDE * shown.ratio * scale

    def draw(canvas: Any) -> None:
        frame = canvas.beginPath()
        frame.rect(0, 0, SIDE * scale, high)
        canvas.clipPath(frame, stroke=0, fill=0)  # islands far out stand beside the map
        canvas.setLineWidth(0.3)
        canvas.setStrokeColor(HAIR)
        for one in shown.grounds:
            canvas.setFillColor(SHADES[min(one.shade, len(SHADES) - 1)])
            path = canvas.beginPath()
            for ring in rings_of(one.path):
                (x, y), *rest = ring
                path.moveTo(x * scale, high - y * scale)
                for x, y in rest:
                    path.lineTo(x * scale, high - y * scale)
                path.close()
            canvas.drawPath(path, stroke=1, fill=1)

    return _drawn(SIDE * scale, high, draw)


def _drawn(wide: float, high: float, draw: Any) -> Any:
    from reportlab.platypus import Flowable

    class Drawn(Flowable):
        def __init__(self) -> None:
            super().__init__()
            self.width, self.height, self.spaceAfter = wide, high, 4

        def wrap(self, _wide: float, _high: float) -> tuple[float, float]:
            return wide, high

        def draw(self) -> None:
            draw(self.canv)

    return Drawn()
