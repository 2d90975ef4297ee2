"""Pictures for a simulated town: the same spot before and after, painted, not photographed.

Nobody and no real place is on them. Each says that it is made up.
"""

import math
from collections.abc import Callable
from hashlib import sha256
from io import BytesIO
from random import Random

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from PIL import Image, ImageDraw, ImageFilter

from linli.cases.evidence import Kept
from linli.cases.models import Category

WIDE, HIGH = 640, 480
HORIZON = 220
VARIANTS = 3
FLOTSAM = ((226, 224, 214), (120, 150, 80), (150, 130, 100))
FRUIT = ((206, 120, 60), (120, 156, 76), (216, 186, 84))
Paint = Callable[[ImageDraw.ImageDraw, Random, bool], None]


def _sky(draw: ImageDraw.ImageDraw, rng: Random) -> None:
    hue = rng.choice(((196, 214, 222), (214, 220, 214), (176, 196, 212), (222, 214, 200)))
    for y in range(HORIZON):
        fade = y / HORIZON
        draw.line([(0, y), (WIDE, y)], tuple(int(c + (246 - c) * fade) for c in hue))


def _houses(draw: ImageDraw.ImageDraw, rng: Random) -> None:
    x = -20
    while x < WIDE:
        wide, high = rng.randint(60, 130), rng.randint(60, 150)
        wall = rng.choice(((228, 222, 210), (205, 205, 200), (214, 200, 186), (190, 198, 202)))
        draw.rectangle([x, HORIZON - high, x + wide, HORIZON], wall)
        draw.rectangle([x - 4, HORIZON - high - 8, x + wide + 4, HORIZON - high], (92, 98, 104))
        for wx in range(x + 12, x + wide - 16, 26):
            for wy in range(HORIZON - high + 14, HORIZON - 22, 32):
                draw.rectangle([wx, wy, wx + 12, wy + 16], (120, 138, 148))
        x += wide + rng.randint(4, 30)


def _trees(draw: ImageDraw.ImageDraw, rng: Random) -> None:
    for _ in range(rng.randint(3, 6)):
        x, r = rng.randint(0, WIDE), rng.randint(22, 44)
        draw.rectangle([x - 4, HORIZON - 20, x + 4, HORIZON + 30], (98, 82, 66))
        draw.ellipse([x - r, HORIZON - 30 - 2 * r, x + r, HORIZON - 20], (104, 132, 92))


def _ground(draw: ImageDraw.ImageDraw, rng: Random, colour: tuple[int, int, int]) -> None:
    draw.rectangle([0, HORIZON, WIDE, HIGH], colour)
    for _ in range(500):
        x, y = rng.randint(0, WIDE), rng.randint(HORIZON, HIGH)
        shade = rng.randint(-10, 10)
        draw.point((x, y), tuple(max(0, c + shade) for c in colour))


def _road(draw: ImageDraw.ImageDraw, rng: Random) -> None:
    _ground(draw, rng, (168, 176, 150))
    draw.polygon([(180, HIGH), (290, HORIZON), (360, HORIZON), (600, HIGH)], (122, 124, 126))
    for n in range(6):
        y = HORIZON + 20 + n * n * 7
        x = 325 + (y - HORIZON) * 0.25
        draw.rectangle([x, y, x + 4 + n, y + 8 + 3 * n], (236, 234, 224))


def _heap(draw: ImageDraw.ImageDraw, rng: Random, is_after: bool) -> None:
    _road(draw, rng)
    if is_after:
        draw.rectangle([70, 320, 130, 410], (88, 120, 100))
        draw.rectangle([64, 308, 136, 324], (70, 100, 84))
        return
    for _ in range(70):
        x, y, r = rng.gauss(140, 50), rng.gauss(390, 26), rng.randint(8, 26)
        colour = rng.choice(((74, 80, 86), (200, 196, 186), (150, 120, 90), (60, 90, 110)))
        draw.ellipse([x - r, y - r * 0.7, x + r, y + r * 0.7], colour, (50, 50, 50))


def _hole(draw: ImageDraw.ImageDraw, rng: Random, is_after: bool) -> None:
    _road(draw, rng)
    x, y = rng.randint(330, 400), rng.randint(360, 410)
    if is_after:
        draw.rectangle([x - 70, y - 34, x + 80, y + 36], (84, 86, 90))
        return
    points = [
        (x + (50 + rng.randint(0, 26)) * math.cos(a / 9 * math.tau),
         y + (22 + rng.randint(0, 12)) * math.sin(a / 9 * math.tau))
        for a in range(9)
    ]  # fmt: skip
    draw.polygon(points, (58, 56, 54), (96, 92, 88))
    draw.ellipse([x - 34, y - 8, x + 30, y + 14], (110, 124, 132))


def _lamp(draw: ImageDraw.ImageDraw, rng: Random, is_after: bool) -> None:
    draw.rectangle([0, 0, WIDE, HIGH], (34, 44, 54))
    draw.polygon([(180, HIGH), (290, HORIZON), (360, HORIZON), (600, HIGH)], (56, 60, 66))
    for x, base, high in ((120, 400, 280), (420, 300, 150)):
        draw.rectangle([x - 3, base - high, x + 3, base], (120, 124, 126))
        draw.rectangle([x, base - high, x + 46, base - high + 6], (120, 124, 126))
        lit = is_after or x == 420
        if lit:
            draw.polygon(
                [
                    (x + 20, base - high + 8),
                    (x + 50, base - high + 8),
                    (x + 150, base),
                    (x - 60, base),
                ],
                (120, 112, 82),
            )
        draw.ellipse([x + 24, base - high + 2, x + 48, base - high + 14],
                     (250, 232, 168) if lit else (70, 72, 74))  # fmt: skip


def _water(draw: ImageDraw.ImageDraw, rng: Random, is_after: bool) -> None:
    _ground(draw, rng, (142, 162, 122))
    draw.polygon([(0, 470), (250, HORIZON + 10), (420, HORIZON + 10), (WIDE, 470)],
                 (112, 150, 160) if is_after else (86, 92, 76))  # fmt: skip
    for _ in range(26):
        y = rng.randint(HORIZON + 30, 460)
        x = rng.randint(200, 440)
        draw.line(
            [(x, y), (x + rng.randint(20, 60), y)], (196, 214, 216) if is_after else (116, 120, 96)
        )
    if not is_after:
        for _ in range(40):
            left, top = rng.gauss(330, 90), rng.gauss(380, 40)
            draw.ellipse([left, top, left + rng.randint(6, 20), top + rng.randint(4, 10)],
                         rng.choice(FLOTSAM))  # fmt: skip


def _flood(draw: ImageDraw.ImageDraw, rng: Random, is_after: bool) -> None:
    _road(draw, rng)
    if not is_after:
        draw.polygon([(60, HIGH), (200, 330), (470, 320), (630, HIGH)], (134, 132, 112))
        for _ in range(18):
            x, y = rng.randint(150, 520), rng.randint(345, 470)
            draw.arc([x, y, x + 60, y + 10], 180, 360, (188, 190, 176))


def _stalls(draw: ImageDraw.ImageDraw, rng: Random, is_after: bool) -> None:
    _road(draw, rng)
    if is_after:
        return
    for n in range(3):
        x, y = 60 + n * 150, 300 + n * 34
        draw.rectangle([x, y + 40, x + 130, y + 96], (150, 116, 84))
        for stripe in range(7):
            colour = (222, 206, 180) if stripe % 2 else (86, 126, 134)
            left, up = x + stripe * 20, x + stripe * 19
            corners = [(left - 8, y + 12), (left + 12, y + 12), (up + 12, y - 16), (up - 4, y - 16)]
            draw.polygon(corners, colour)
        for _ in range(20):
            fx, fy = x + rng.randint(8, 118), y + rng.randint(30, 44)
            draw.ellipse(
                [fx, fy, fx + 12, fy + 12],
                rng.choice(((206, 120, 60), (120, 156, 76), (216, 186, 84))),
            )


def _wheels(draw: ImageDraw.ImageDraw, rng: Random, is_after: bool) -> None:
    _road(draw, rng)
    for n in range(2 if is_after else 7):
        x = 40 + n * (30 if is_after else 76) + rng.randint(-8, 8)
        y = 400 if is_after else 380 + rng.randint(-40, 60)
        for dx in (0, 56):
            draw.ellipse([x + dx, y, x + dx + 40, y + 40], outline=(60, 62, 64), width=4)
        draw.line([(x + 20, y + 20), (x + 48, y - 20), (x + 76, y + 20)], (70, 130, 140), 5)


def _site(draw: ImageDraw.ImageDraw, rng: Random, is_after: bool) -> None:
    _ground(draw, rng, (176, 156, 124))
    for n in range(5):
        draw.rectangle([80 + n * 100, 120, 92 + n * 100, 380], (150, 146, 138))
        draw.rectangle([60, 140 + n * 52, 580, 148 + n * 52], (166, 160, 150))
    if is_after:
        draw.rectangle([0, 330, WIDE, 430], (74, 120, 98))
        for x in range(0, WIDE, 64):
            draw.line([(x, 330), (x, 430)], (60, 98, 80), 3)
    else:
        for _ in range(14):
            x, y, r = rng.randint(0, WIDE), rng.randint(200, 400), rng.randint(40, 100)
            draw.ellipse([x - r, y - r // 2, x + r, y + r // 2], (206, 194, 170))


# Which picture fits a category; what is not named shows a heap by the road.
MOTIFS: dict[str, Paint] = {
    "potholes": _hole, "manholes": _hole, "road-collapse": _hole, "traffic-signs": _hole,
    "street-lights": _lamp, "cables": _lamp, "traffic-signals": _lamp,
    "water-pollution": _water, "river-litter": _water, "water-hazards": _water, "livestock": _water,
    "drainage": _flood, "toilets": _flood,
    "street-stalls": _stalls, "shop-overflow": _stalls, "signs": _stalls, "fumes": _stalls,
    "bikes": _wheels, "cars": _wheels, "charging": _wheels, "corridor-clutter": _wheels,
    "site-dust": _site, "illegal-building": _site, "road-works": _site, "burning": _site,
}  # fmt: skip


def _picture(paint: Paint, variant: int, is_after: bool) -> bytes:
    rng = Random(f"{paint.__name__} {variant}")
    image = Image.new("RGB", (WIDE, HIGH), (240, 238, 230))
    draw = ImageDraw.Draw(image)
    _sky(draw, rng)
    _houses(draw, rng)
    _trees(draw, rng)
    paint(draw, rng, is_after)
    image = image.filter(ImageFilter.GaussianBlur(0.8))
    file = BytesIO()
    image.save(file, "JPEG", quality=78)
    return file.getvalue()


class Album:
    """The pictures of a town, painted and stored once."""

    def __init__(self) -> None:
        self._kept: dict[tuple[Paint, int, bool], Kept] = {}

    def paint_all(self) -> None:
        """Paint and store every picture, before several writers would at once."""
        for paint in {_heap: None} | dict.fromkeys(MOTIFS.values()):
            for variant in range(VARIANTS):
                self._photo(paint, variant, is_after=False)
                self._photo(paint, variant, is_after=True)

    def photo(self, category: Category, variant: int, is_after: bool) -> Kept:
        """Return a picture of such a matter, as it was found or after it was done."""
        return self._photo(MOTIFS.get(category.code, _heap), variant % VARIANTS, is_after)

    def _photo(self, paint: Paint, variant: int, is_after: bool) -> Kept:
        key = (paint, variant, is_after)
        if key not in self._kept:
            content = _picture(*key)
            digest = sha256(content).hexdigest()
            path = f"evidence/scenes/{digest[:16]}.jpeg"
            if not default_storage.exists(path):
                path = default_storage.save(path, ContentFile(content))
            self._kept[key] = Kept(path, "image/jpeg", digest)
        return self._kept[key]
