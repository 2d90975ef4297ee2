"""What a part's page draws: its pictures, how far its score is from the threshold, its likes."""

from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import Any

import numpy as np
from django.urls import reverse
from django.utils.translation import gettext as _
from PIL import Image

from linli.assets.inspection import pictures
from linli.assets.inspection.models import Inspection, Station, Verdict
from linli.cases.evidence import UNREADABLE

WIDE = 400  # of the bar of a score
SMALL = 320  # pixels of the longer side of a small picture
KINDS = {".jpg": "image/jpeg", ".jpeg": "image/jpeg", ".png": "image/png", ".webp": "image/webp"}
PARTS = ("whole", "small", "heat")
GIVEN = "samples"  # where material.py, which is heavy to load, keeps what was given to learn from


@dataclass(frozen=True)
class Measure:
    """A score as a bar whose mark is the threshold, and that in words."""

    got: float
    limit: float
    words: str


def measure(part: Inspection) -> Measure | None:
    """Return how far a score is from its threshold; None where there is none."""
    if part.score is None or part.threshold is None or part.verdict == Verdict.UNUSABLE:
        return None
    most = max(part.score, part.threshold, 1e-9) * 1.25
    words = _("Score %(score).2f, threshold %(threshold).2f") % {
        "score": part.score, "threshold": part.threshold,
    }  # fmt: skip
    return Measure(
        round(WIDE * max(part.score, 0) / most, 1), round(WIDE * part.threshold / most, 1), words
    )


@dataclass(frozen=True)
class Like:
    """A place that looks wrong beside the good patch most like it; boxes as view boxes."""

    here: str
    there: str
    score: float
    good: str
    width: int = 0
    height: int = 0


def likes(part: Inspection) -> list[Like]:
    """Return the places of a part that look wrong, with the good patches they are nearest to."""
    rows = [row for row in part.likes if isinstance(row, dict)]
    keys = {int(row["sample"][1:]) for row in rows if _is_part(row.get("sample"))}
    parts = Inspection.objects.filter(pk__in=keys).only("picture", "width", "height").in_bulk()
    return [_like(part, row, parts) for row in rows]


def _is_part(sample: object) -> bool:
    """Tell whether a sample is a part that was judged; others are files that were given."""
    return isinstance(sample, str) and sample[:1] == "#" and sample[1:].isdigit()


def _like(part: Inspection, row: dict[str, Any], parts: dict[int, Inspection]) -> Like:
    sample, good, width, height = row.get("sample"), "", 0, 0
    if _is_part(sample):
        own = parts.get(int(str(sample)[1:]))
        if own is not None and own.picture:
            good = reverse("part-picture", args=[own.pk, "whole"])
            width, height = own.width, own.height
    elif isinstance(sample, str) and (file := sample_file(part.station, sample)):
        good = reverse("sample-picture", args=[part.station.code, sample])
        width, height = _size(file)
    return Like(_view(row["box"]), _view(row["there"]), float(row["score"]), good, width, height)


def sample_file(station: Station, name: str) -> Path | None:
    """Return the file of a good picture that was given to learn from; None if there is none."""
    if Path(name).name != name or name.startswith("."):
        return None
    found = pictures.home() / GIVEN / station.code / "good" / name
    return found if found.is_file() else None


def _size(path: Path) -> tuple[int, int]:
    try:
        with Image.open(path) as opened:
            return opened.size
    except UNREADABLE:
        return 0, 0


def sample(station: Station, name: str) -> bytes | None:
    """Return a good picture that was given to learn from, as a JPEG; None if there is none."""
    path = sample_file(station, name)
    if path is None:
        return None
    try:
        read = pictures.read_file(path)
    except pictures.BadPicture:
        return None
    white = 255.0 if read.image.dtype == np.uint8 else float(max(read.image.max(), 1))
    return pictures.compact(read.image, white)


def _view(box: list[float]) -> str:
    left, top, right, bottom = box
    # Half a patch around it, so that one sees where it is.
    wide, high = right - left, bottom - top
    return f"{left - wide / 2:g} {top - high / 2:g} {2 * wide:g} {2 * high:g}"


def picture(part: Inspection, what: str) -> tuple[bytes, str] | None:
    """Return a picture of a part and its kind; None where it is not kept."""
    name = part.heat if what == "heat" else part.picture
    if what not in PARTS or not name:
        return None
    path = pictures.path(name)
    if not path.is_file():
        return None
    if what == "heat":
        return glowing(path), "image/webp"
    if what == "small":
        return _small(path), "image/webp"
    return path.read_bytes(), KINDS.get(path.suffix, "image/png")


# What heat looks like: nothing below half the threshold, the darkest just above twice of it.
# One hue that grows denser, so that it can be read without telling colours apart.
COLD, HOT = 64, 224  # 128 stands for the threshold
GLOW = ((255, 214, 102), (214, 58, 32))  # pale to deep
SIDE = 256  # pixels of the longer side of a drawn heat map


def glowing(path: Path) -> bytes:
    """Return kept heat (grey, a pixel a cell) as a picture to lie over that of the part."""
    with Image.open(path) as opened:
        cells = opened.convert("L")
    scale = SIDE / max(cells.size)
    size = (max(round(cells.width * scale), 1), max(round(cells.height * scale), 1))
    warm = np.asarray(cells.resize(size, Image.Resampling.BICUBIC), np.float32)
    share = np.clip((warm - COLD) / (HOT - COLD), 0, 1)[..., None]
    colour = np.array(GLOW[0]) * (1 - share) + np.array(GLOW[1]) * share
    made = np.concatenate([colour, 255 * np.sqrt(share)], axis=2).round().astype(np.uint8)
    out = BytesIO()
    Image.fromarray(made, "RGBA").save(out, "WEBP", quality=80)
    return out.getvalue()


def _small(path: Path) -> bytes:
    """Return a small copy of a picture, made when it is first asked for and kept beside it."""
    kept = path.with_suffix(".small.webp")
    if kept.is_file():
        return kept.read_bytes()
    with Image.open(path) as opened:
        opened.draft("RGB", (SMALL, SMALL))
        opened.thumbnail((SMALL, SMALL))
        out = BytesIO()
        opened.convert("RGB").save(out, "WEBP", quality=80)
    made = out.getvalue()
    kept.write_bytes(made)
    return made
