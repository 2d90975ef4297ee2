"""The inspection stations at the ends of the lines, with some weeks of parts behind them.

Parts of the past are drawn and counted, not judged: no model looked at them (`version` is empty).
What comes after is judged by the model that a station learns from the samples laid for it.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from hashlib import sha256

import numpy as np
from django.conf import settings
from django.utils import translation

from linli import clock
from linli.assets.inspection import judging, pictures, recording
from linli.assets.inspection.judges import Judged, Place
from linli.assets.inspection.models import FlawKind, Inspection, Station, Verdict
from linli.assets.inspection.naming import Label
from linli.assets.inspection.recording import Taken
from linli.people.models import User

from . import spots
from .camera import Camera
from .drawing import SIZE, Drawn
from .orders import DAY, Seconds, plan
from .past import moment
from .spots import Spot

PICTURED_GOOD, JUDGED_GOOD = 6, 4
PICTURED_DAYS = 4  # the last ones
MISSED, FALSE_ALARM = 0.02, 0.006
LEFT_OUT = 7  # one flawed part in so many nobody judged yet, while there is a picture to see
REASONS = {"blurred": "blurred", "dark": "dark", "shifted": "moved"}
Wear = dict[str, tuple[str, float]]


def write(
    spot: Spot, seed: int, days: Sequence[tuple[float, Wear]], inspector: User | None
) -> int:  # fmt: skip
    """Write the parts of some days: of each its end and the wear of the line then.

    Returns
    -------
    The number of the next part.
    """
    station = spots.set_up(spot)
    if station is None:
        return 0
    camera = spot.camera(seed)
    for n, (ends, wear) in enumerate(days):
        begins = days[n - 1][0] if n else ends - DAY
        at = np.arange(np.ceil(begins / spot.past_every_s) * spot.past_every_s, ends,
                       spot.past_every_s)  # fmt: skip
        at = at[plan(at, seed).runs]
        if not len(at):
            continue
        left = len(days) - n
        rows, truth = _day(spot, station, camera, at, wear, left <= PICTURED_DAYS)
        if inspector is not None:
            _judge(rows, truth, inspector, moment(ends), left == 1)
    spots.teach(spot, station, seed)
    return camera.number


def _day(
    spot: Spot, station: Station, camera: Camera, at: Seconds, wear: Wear, is_pictured: bool
) -> tuple[list[Inspection], dict[str, tuple[str, ...]]]:
    """Write the parts of a day, and return them with what is truly wrong with each by its key."""
    taken, truth = [], {}
    for n, second in enumerate(at.tolist()):
        flaws, unusable = camera.lot_of(wear)
        said = _judged(spot, camera.rng, flaws, unusable)
        is_kept = said.verdict != Verdict.GOOD or flaws or n >= len(at) - PICTURED_GOOD
        seen = camera.draw(flaws, unusable, camera.number) if is_pictured and is_kept else None
        one = _taken(spot, station, camera, moment(second), said, seen)
        camera.number += 1
        truth[one.label.key] = flaws
        taken.append(one)
    # Why a lot is held the people of the town read, whoever makes the past.
    with clock.at(moment(float(at[-1]))), translation.override(settings.LANGUAGE_CODE):
        return recording.record(station, None, taken), truth


def _taken(
    spot: Spot, station: Station, camera: Camera, at: datetime, said: Judged, seen: Drawn | None
) -> Taken:
    lot, serial = camera.lot(at), camera.serial()
    label = Label(sha256(f"{lot} {serial}".encode()).hexdigest(), lot, serial, at)
    name = ""
    if seen is not None:
        name = pictures.place(station, at, label.key)
        pictures.keep(name, pictures.compact(seen.picture, 255.0))
        if said.verdict == Verdict.FLAWED:
            places = tuple(
                Place(box, said.score or 0.0, spot.number(kind)) for kind, box in seen.flaws
            )
            said = replace(said, places=places)
    return Taken(label, at, said, name, "", (SIZE, SIZE), 0.05)


def _judged(
    spot: Spot, rng: np.random.Generator, flaws: tuple[str, ...], unusable: str
) -> Judged:  # fmt: skip
    """Return what a station may have said of a part; now and then it is wrong."""
    if unusable:
        return Judged(Verdict.UNUSABLE, REASONS[unusable])
    is_found = bool(rng.random() > MISSED if flaws else rng.random() < FALSE_ALARM)
    return Judged(
        Verdict.FLAWED if is_found else Verdict.GOOD, score=spot.score(rng, is_found),
        threshold=spot.threshold,
    )  # fmt: skip


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
