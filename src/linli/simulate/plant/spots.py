"""The two stations of the plant: end plates by their surface, boards against a golden template.

Each is an ordinary station with a watched folder, and is taught from what is laid into its folder
of samples: good parts for a surface, labelled pairs for a board.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from django.conf import settings

from linli.assets.inspection import material, teaching
from linli.assets.inspection.models import FlawKind, Product, Station
from linli.assets.register.models import Asset

from .board_camera import NUMBERS, BoardCamera
from .camera import Camera
from .drawing import FLAWS

GOOD_SAMPLES, PAIRS = 30, 48


@dataclass(frozen=True)
class Spot:
    """A place where parts are pictured.

    Attributes
    ----------
    nth
        Which camera of the plant it is, by the path of the asset; a plant may have fewer.
    kept
        Under which name the number of the next part is kept between two starts.
    every_s, at_least_s
        Seconds of the town, and at least of the wall, between two parts.
    past_every_s
        Seconds between two parts of the past.
    kinds
        Kinds of flaws by code: number, Chinese and English name.
    """

    code: str
    nth: int
    kept: str
    method: str
    product: str
    product_names: tuple[str, str]
    names: tuple[str, str]
    kinds: Mapping[str, tuple[int, str, str]]
    camera: type[Camera]
    every_s: float
    at_least_s: float
    past_every_s: float
    usual: float
    hold_above: int
    threshold: float

    @property
    def folder(self) -> Path:
        """Where the camera's pictures lie until they are taken in."""
        return Path(settings.HOME) / "camera" / self.code

    def score(self, rng: np.random.Generator, is_found: bool) -> float:
        """Draw what a model may have scored: deviations for a surface, confidence for a board."""
        if self.method == Station.Method.BOARD:
            return round(float(rng.uniform(0.6, 0.99) if is_found else rng.uniform(0, 0.4)), 3)
        if is_found:
            return round(self.threshold + float(rng.gamma(2.0, 3.0)), 3)
        return round(min(max(float(rng.normal(0.6, 0.9)), -1.5), self.threshold - 0.1), 3)

    def number(self, kind: str) -> int | None:
        """Return what the model calls a kind; a surface knows none."""
        return self.kinds[kind][0] if self.method == Station.Method.BOARD else None


PLATES = Spot(
    "p1-l1-cam", 0, "camera", Station.Method.SURFACE, "end-plate",
    ("电机端板", "End plate of a motor"),
    ("端板外观检测（模拟）", "End plates, surface (simulated)"),
    {
        code: (number, *names) for number, (code, names) in enumerate(zip(FLAWS, (
            ("划痕", "Scratch"), ("压痕", "Dent"), ("麻点", "Pitting"), ("裂纹", "Crack"),
            ("污渍", "Stain"),
        ), strict=True), 1)
    },
    Camera, 20.0, 2.0, 180.0, 0.04, 12, 4.5,
)  # fmt: skip
BOARDS = Spot(
    "p1-l2-cam", 1, "boards", Station.Method.BOARD, "motor-board",
    ("电机控制板", "Control board of a motor"),
    ("控制板比对检测（模拟）", "Boards against their template (simulated)"),
    {
        code: (NUMBERS[code], *names) for code, names in {
            "open": ("开路", "Open"), "short": ("短路", "Short"), "bite": ("缺口", "Mouse bite"),
            "spur": ("毛刺", "Spur"), "stray": ("余铜", "Stray copper"),
            "hole": ("针孔", "Pinhole"),
        }.items()
    },
    BoardCamera, 40.0, 4.0, 360.0, 0.03, 12, 0.5,
)  # fmt: skip
SPOTS = (PLATES, BOARDS)


def set_up(spot: Spot) -> Station | None:
    """Return the station of a spot, set up if need be; None where the plant has no camera there."""
    cameras = Asset.objects.filter(kind="camera", retired=False).order_by("path")
    asset = next(iter(cameras[spot.nth : spot.nth + 1]), None)
    if asset is None:
        return None
    name, name_en = spot.product_names
    product, _new = Product.objects.get_or_create(
        code=spot.product,
        defaults={"name": name, "name_en": name_en, "asset": asset.parent,
                  "hold_above": spot.hold_above},
    )  # fmt: skip
    for code, (number, kind, kind_en) in spot.kinds.items():
        FlawKind.objects.get_or_create(
            code=code, defaults={"name": kind, "name_en": kind_en, "product": product,
                                 "number": number},
        )  # fmt: skip
    spot.folder.mkdir(parents=True, exist_ok=True)
    name, name_en = spot.names
    station, _new = Station.objects.update_or_create(
        code=spot.code,
        defaults={"address": str(spot.folder)},
        create_defaults={
            "name": name, "name_en": name_en, "asset": asset, "product": product,
            "method": spot.method, "feed": Station.Feed.FOLDER, "address": str(spot.folder),
            "keep_good_days": 2, "normal": spot.usual,
        },
    )  # fmt: skip
    return station


def teach(spot: Spot, station: Station, seed: int) -> None:
    """Lay samples, and ask for the station's first version; the worker learns it."""
    camera = spot.camera(seed, prefix="S")
    if isinstance(camera, BoardCamera):
        _lay_pairs(camera, station)
    else:
        _lay_good(camera, station)
    if not station.versions.exists():
        teaching.ask(station)


def _lay_good(camera: Camera, station: Station) -> None:
    for n in range(GOOD_SAMPLES):
        drawn = camera.draw((), "", n * 9000 // GOOD_SAMPLES)
        _write(_samples(station, material.GOOD) / f"good_{n:03d}.png", drawn.picture)


def _lay_pairs(camera: BoardCamera, station: Station) -> None:
    """Lay pairs of the golden template and a part, every second of them with all kinds of flaws."""
    folder = _samples(station, material.PAIRS)
    for n in range(PAIRS):
        drawn = camera.draw(tuple(NUMBERS) if n % 2 else (), "", n)
        _write(folder / f"b{n:03d}_temp.png", camera.golden)
        _write(folder / f"b{n:03d}_test.png", drawn.picture)
        lines = [f"{' '.join(map(str, box))} {NUMBERS[kind]}" for kind, box in drawn.flaws]
        (folder / f"b{n:03d}.txt").write_text("".join(f"{line}\n" for line in lines))


def _samples(station: Station, what: str) -> Path:
    folder = material.folder(station) / what
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def _write(path: Path, picture: Any) -> None:
    import cv2

    cv2.imwrite(str(path), picture)
