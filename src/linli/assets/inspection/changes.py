"""Patrol photos against "before": what changed from one photo of a case to another, kept drawn.

It takes a moment, and photos never change; so the answer for a pair is kept beside the files: the
earlier photo laid onto the later, and the heat of change over it.
"""

from dataclasses import dataclass
from hashlib import sha256
from io import BytesIO
from pathlib import Path

import numpy as np
import orjson
from django.utils.translation import gettext as _
from PIL import Image

from linli.assets.inspection import pictures, seen
from linli.cases.evidence import UNREADABLE
from linli.cases.models import Evidence
from linli.cases.pictures import Size, picture

HEAT, LAID = "heat", "laid"
SIDE = 256  # pixels of the longer side of a kept heat map
LITTLE = 0.01  # share of what both show below which nothing is said to have changed


@dataclass(frozen=True)
class Told:
    """What two photos tell: whether they show one place, how much of it changed, in words."""

    is_found: bool
    changed: float
    words: str


def told(before: Evidence, after: Evidence) -> Told:
    """Say what changed between two photos."""
    known = _known(before, after)
    if not known["same_place"]:
        words = _("The photos do not show the same place from a like stand: compare them by eye.")
        return Told(False, 0.0, words)
    changed = float(known["changed"])
    if changed < LITTLE:
        return Told(True, changed, _("Nothing to speak of has changed between the two photos."))
    share = {"share": f"{max(100 * changed, 1):.0f} %"}
    return Told(True, changed, _("%(share)s of what both photos show has changed.") % share)


def drawn(before: Evidence, after: Evidence, what: str) -> bytes | None:
    """Return the heat of change over the later photo, or the earlier photo laid onto it.

    None where they show no place together.
    """
    if what not in (HEAT, LAID) or not _known(before, after)["same_place"]:
        return None
    kept = _place(before, after, what)
    return seen.glowing(kept) if what == HEAT else kept.read_bytes()


def _place(before: Evidence, after: Evidence, what: str) -> Path:
    name = sha256(f"{before.sha256}{after.sha256}".encode()).hexdigest()
    return pictures.home() / "changes" / f"{name}.{what}"


def _known(before: Evidence, after: Evidence) -> dict[str, float | bool]:
    """Return what is kept of a pair, worked out when it is first asked for."""
    note = _place(before, after, "json")
    if not note.is_file():
        note.parent.mkdir(parents=True, exist_ok=True)
        note.write_bytes(orjson.dumps(_compared(before, after)))
    found: dict[str, float | bool] = orjson.loads(note.read_bytes())
    return found


def _compared(before: Evidence, after: Evidence) -> dict[str, float | bool]:
    from linli.engines.before import compare

    try:
        found = compare(_pixels(before), _pixels(after))
    except (ValueError, *UNREADABLE):
        return {"same_place": False, "changed": 0.0}
    if found.heat is None or found.before is None:
        return {"same_place": False, "changed": 0.0}
    # The engine says 0.5 where change begins to count, as kept heat of parts does with 128.
    heat = Image.fromarray((found.heat * 255).round().astype(np.uint8), "L")
    heat.thumbnail((SIDE, SIDE))
    heat.save(_place(before, after, HEAT), "PNG")
    Image.fromarray(found.before.astype(np.uint8), "RGB").save(
        _place(before, after, LAID), "WEBP", quality=80
    )
    return {"same_place": True, "changed": found.changed}


def _pixels(row: Evidence) -> np.ndarray:
    with Image.open(BytesIO(picture(row, Size.SCREEN))) as opened:
        return np.asarray(opened.convert("RGB"))
