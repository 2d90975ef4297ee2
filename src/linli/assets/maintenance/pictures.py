"""A chart as a picture, for the evidence of a case: the drift of a machine over time."""

from collections.abc import Sequence
from datetime import datetime
from io import BytesIO

from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image, ImageDraw, ImageFont

WIDTH, HEIGHT, LEFT, TOP, BOTTOM = 1200, 560, 70, 70, 60
PAPER, INK, FADED, HAIR = (247, 245, 239), (31, 42, 48), (86, 99, 106), (217, 213, 200)
LAKE, AMBER = (47, 111, 126), (201, 138, 27)


def drift(
    name: str, times: Sequence[str], score: Sequence[float], since: str | None
) -> SimpleUploadedFile:
    """Draw the drift statistic of a machine as a share of its limit, and when it began."""
    image = Image.new("RGB", (WIDTH, HEIGHT), PAPER)
    pen = ImageDraw.Draw(image)
    big, small = ImageFont.load_default(26), ImageFont.load_default(18)
    top = max([1.2, *score]) * 1.08
    first, last = (datetime.fromisoformat(times[at]).timestamp() for at in (0, -1))

    def place(at: str, value: float) -> tuple[float, float]:
        share = (datetime.fromisoformat(at).timestamp() - first) / max(last - first, 1.0)
        return (LEFT + share * (WIDTH - LEFT - 30),
                HEIGHT - BOTTOM - value / top * (HEIGHT - TOP - BOTTOM))  # fmt: skip

    pen.text((LEFT, 20), f"{name}   {score[-1]:.2f} x limit", fill=INK, font=big)
    _x, limit = place(times[0], 1.0)
    pen.line([(LEFT, limit), (WIDTH - 30, limit)], fill=AMBER, width=3)
    pen.text((8, limit - 10), "limit", fill=FADED, font=small)
    _x, floor = place(times[0], 0.0)
    pen.line([(LEFT, floor), (WIDTH - 30, floor)], fill=HAIR, width=2)
    if since:
        x, _y = place(max(since, times[0]), 0.0)
        for y in range(TOP, int(floor), 16):
            pen.line([(x, y), (x, y + 8)], fill=INK, width=2)
        pen.text((x + 6, TOP - 4), since[:10], fill=INK, font=small)
    pen.line([place(at, min(value, top)) for at, value in zip(times, score, strict=True)],
             fill=LAKE, width=4)  # fmt: skip
    for at, align in ((times[0], 0), (times[-1], -100)):
        x, _y = place(at, 0.0)
        pen.text((x + align, floor + 12), at[:10], fill=FADED, font=small)
    buffer = BytesIO()
    image.save(buffer, "PNG", optimize=True)
    return SimpleUploadedFile("drift.png", buffer.getvalue(), "image/png")
