"""The inspection station at the end of the line: set up, with some weeks of parts behind it.

Parts of the past are drawn and counted, not judged: no model looked at them (`version` is empty).
What comes after is judged by the model that the station learns from the good samples laid here.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from hashlib import sha256

import numpy as np
from django.conf import settings
from django.utils import translation

from linli import clock
from linli.assets.inspection import judging, material, pictures, recording, teaching
from linli.assets.inspection.judges import Judged, Place
from linli.assets.inspection.models import FlawKind, Inspection, Product, Station, Verdict
from linli.assets.inspection.naming import Label
from linli.assets.inspection.recording import Taken
from linli.assets.register.models import Asset
from linli.people.models import User

from . import photographing
from .camera import Camera
from .drawing import FLAWS, SIZE, Drawn
from .orders import DAY, Seconds, plan
from .past import moment

EVERY_S = 180.0
"""Seconds between two parts of the past."""
SAMPLES, PICTURED_GOOD, JUDGED_GOOD = 30, 6, 4
PICTURED_DAYS = 4  # the last ones
MISSED, FALSE_ALARM = 0.02, 0.006
THRESHOLD = 4.5
HOLD_ABOVE = 12  # of a lot of 240
USUAL = 0.04  # share of flawed parts of a line in good order
LEFT_OUT = 7  # one flawed part in so many nobody judged yet, while there is a picture to see
KINDS = {
    "scratch": ("划痕", "Scratch"), "dent": ("压痕", "Dent"), "pit": ("麻点", "Pitting"),
    "crack": ("裂纹", "Crack"), "stain": ("污渍", "Stain"),
}  # fmt: skip
REASONS = {"blurred": "blurred", "dark": "dark", "shifted": "moved"}
Wear = dict[str, tuple[str, float]]


def set_up() -> Station | None:
    """Return the station at the camera of the line, set up if need be; None without a camera."""
    asset = Asset.objects.filter(kind="camera", retired=False).order_by("path").first()
    if asset is None:
        return None
    product, _new = Product.objects.get_or_create(
        code="end-plate",
        defaults={"name": "电机端板", "name_en": "End plate of a motor", "asset": asset.parent,
                  "hold_above": HOLD_ABOVE},
    )  # fmt: skip
    for number, code in enumerate(FLAWS, 1):
        name, name_en = KINDS[code]
        FlawKind.objects.get_or_create(
            code=code, defaults={"name": name, "name_en": name_en, "product": product,
                                 "number": number},
        )  # fmt: skip
    photographing.folder().mkdir(parents=True, exist_ok=True)
    station, _new = Station.objects.update_or_create(
        code=photographing.STATION,
        defaults={"address": str(photographing.folder())},
        create_defaults={
            "name": "端板外观检测（模拟）", "name_en": "End plates, surface (simulated)",
            "asset": asset, "product": product, "method": Station.Method.SURFACE,
            "feed": Station.Feed.FOLDER, "address": str(photographing.folder()),
            "keep_good_days": 2, "normal": USUAL,
        },
    )  # fmt: skip
    return station


def teach(station: Station, seed: int) -> None:
    """Lay good samples, and ask for the station's first version; the worker learns it."""
    import cv2

    camera = Camera(seed, prefix="S")
    good = material.folder(station) / material.GOOD
    good.mkdir(parents=True, exist_ok=True)
    for n in range(SAMPLES):
        drawn = camera.draw((), "", n * 9000 // SAMPLES)
        cv2.imwrite(str(good / f"good_{n:03d}.png"), drawn.picture)
    if not station.versions.exists():
        teaching.ask(station)


def write(seed: int, days: Sequence[tuple[float, Wear]], inspector: User | None) -> int:
    """Write the parts of some days: of each its end and the wear of the line then.

    Returns
    -------
    The number of the next part.
    """
    station = set_up()
    if station is None:
        return 0
    camera = Camera(seed)
    for n, (ends, wear) in enumerate(days):
        begins = days[n - 1][0] if n else ends - DAY
        at = np.arange(np.ceil(begins / EVERY_S) * EVERY_S, ends, EVERY_S)
        at = at[plan(at, seed).runs]
        if not len(at):
            continue
        left = len(days) - n
        rows, truth = _day(station, camera, at, wear, left <= PICTURED_DAYS)
        if inspector is not None:
            _judge(rows, truth, inspector, moment(ends), left == 1)
    teach(station, seed)
    return camera.number


def _day(
    station: Station, camera: Camera, at: Seconds, wear: Wear, is_pictured: bool
) -> tuple[list[Inspection], dict[str, tuple[str, ...]]]:
    """Write the parts of a day, and return them with what is truly wrong with each by its key."""
    taken, truth = [], {}
    for n, second in enumerate(at.tolist()):
        flaws, unusable = camera.lot_of(wear)
        said = _judged(camera.rng, flaws, unusable)
        is_kept = said.verdict != Verdict.GOOD or flaws or n >= len(at) - PICTURED_GOOD
        seen = camera.draw(flaws, unusable, camera.number) if is_pictured and is_kept else None
        one = _taken(station, camera, moment(second), said, seen)
        camera.number += 1
        truth[one.label.key] = flaws
        taken.append(one)
    # Why a lot is held the people of the town read, whoever makes the past.
    with clock.at(moment(float(at[-1]))), translation.override(settings.LANGUAGE_CODE):
        return recording.record(station, None, taken), truth


def _taken(
    station: Station, camera: Camera, at: datetime, said: Judged, seen: Drawn | None
) -> Taken:
    lot, serial = camera.lot(at), camera.serial()
    label = Label(sha256(f"{lot} {serial}".encode()).hexdigest(), lot, serial, at)
    name = ""
    if seen is not None:
        name = pictures.place(station, at, label.key)
        pictures.keep(name, pictures.compact(seen.picture, 255.0))
        if said.verdict == Verdict.FLAWED:
            places = tuple(Place(box, said.score or 0.0) for _kind, box in seen.flaws)
            said = replace(said, places=places)
    return Taken(label, at, said, name, "", (SIZE, SIZE), 0.05)


def _judged(rng: np.random.Generator, flaws: tuple[str, ...], unusable: str) -> Judged:
    """Return what a station may have said of a part; now and then it is wrong."""
    if unusable:
        return Judged(Verdict.UNUSABLE, REASONS[unusable])
    is_found = rng.random() > MISSED if flaws else rng.random() < FALSE_ALARM
    if not is_found:
        score = min(max(float(rng.normal(0.6, 0.9)), -1.5), THRESHOLD - 0.1)
        return Judged(Verdict.GOOD, score=round(score, 3), threshold=THRESHOLD)
    score = THRESHOLD + float(rng.gamma(2.0, 3.0))
    return Judged(Verdict.FLAWED, score=round(score, 3), threshold=THRESHOLD)


def _judge(
    rows: Sequence[Inspection], truth: Mapping[str, tuple[str, ...]], by: User, at: datetime,
    is_last: bool,
) -> None:  # fmt: skip
    """Let the inspector have judged most of what was found flawed, and a few good ones.

    What was found on the last day is left to whoever visits; nothing is left without a picture.
    """
    kinds = FlawKind.objects.in_bulk(field_name="code")
    good = [row for row in rows if row.verdict == Verdict.GOOD and row.picture]
    with clock.at(at):
        for row in rows:
            is_left = is_last or (row.picture and row.pk % LEFT_OUT == 0)
            if is_left or row.verdict != Verdict.FLAWED:
                continue
            named = [kinds[code] for code in truth[row.key]]
            said = judging.CONFIRMED if named else judging.OVERRULED
            judging.judge(row, by, said, kinds=named)
        for row in good[:JUDGED_GOOD]:
            if not truth[row.key]:
                judging.judge(row, by, judging.CONFIRMED)
