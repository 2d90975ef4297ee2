"""What a part's page draws: its pictures, how far its score is from the threshold, its likes."""

from dataclasses import dataclass
from io import BytesIO
from pathlib import Path

import numpy as np
from django.utils.translation import gettext as _
from PIL import Image

from linli.assets.inspection import pictures
from linli.assets.inspection.models import Inspection, Verdict

WIDE = 400  # of the bar of a score
SMALL = 320  # pixels of the longer side of a small picture
KINDS = {".jpg": "image/jpeg", ".jpeg": "image/jpeg", ".png": "image/png", ".webp": "image/webp"}
PARTS = ("whole", "small", "heat")


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
    return [
        Like(_view(row["box"]), _view(row["there"]), float(row["score"]), "") for row in part.likes
    ]


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
        return _glowing(path), "image/webp"
    if what == "small":
        return _small(path), "image/webp"
    return path.read_bytes(), KINDS.get(path.suffix, "image/png")


# What heat looks like: nothing below half the threshold, the darkest just above twice of it.
# One hue that grows denser, so that it can be read without telling colours apart.
COLD, HOT = 64, 224  # 128 stands for the threshold
GLOW = ((255, 214, 102), (214, 58, 32))  # pale to deep
SIDE = 256  # pixels of the longer side of a drawn heat map


def _glowing(path: Path) -> bytes:
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
