"""A patrol's photo beside the one from before: the same place, and what has changed there?

An aid to whoever verifies; it decides nothing, and looks for no faces.
"""

from dataclasses import dataclass
from io import BytesIO

import numpy as np
from django.utils.translation import gettext as _
from PIL import Image, ImageOps

from linli.assets.inspection.pictures import MOST_PIXELS, QUALITY, BadPicture
from linli.cases.models import Case, Evidence
from linli.cases.photos import DONE, FOUND

LONGEST = 1600  # pixels of the longer side that are shown
WARM = 0.35  # of the heat: what is cooler is not drawn


@dataclass(frozen=True)
class Beside:
    """What two photos tell, and how to show it.

    Attributes
    ----------
    same_place
        Whether one was found to lie on the other; where it was not, nothing is said of changes.
    changed, overlap
        Share of the common view that changed, and share of the photo of now that is common.
    boxes
        Where it changed, in pixels of the photo of now as it is shown (`now`).
    before, now
        JPEGs: the photo of then laid onto that of now, and the photo of now with the heat of
        what changed. Without a common place both are as they came.
    """

    same_place: bool
    changed: float
    overlap: float
    boxes: tuple[tuple[int, int, int, int], ...]
    before: bytes
    now: bytes


def photos_of(case: Case) -> tuple[Evidence, Evidence] | None:
    """Return the first photo of how it was found and the last of what was done, if there are."""
    rows = list(
        Evidence.objects.filter(case=case, content_type__startswith="image/").order_by("at", "pk")
    )
    found = [row for row in rows if row.action in FOUND]
    done = [row for row in rows if row.action in DONE]
    return (found[0], done[-1]) if found and done else None


def compared(before: bytes, now: bytes) -> Beside:
    """Compare two photos.

    Raises
    ------
    BadPicture
        If one cannot be read; the message says which.
    """
    from linli.engines.before import compare

    then, here = _read(before, _("the photo of before")), _read(now, _("the photo of now"))
    try:
        found = compare(then, here)
    except ValueError as fault:
        raise BadPicture(str(fault)) from fault
    if not found.same_place or found.before is None or found.heat is None:
        return Beside(False, 0.0, found.overlap, (), _jpeg(then), _jpeg(here))
    share = np.clip((found.heat - WARM) / 0.5, 0, 0.6)[..., None]
    warm = here * (1 - share) + np.array([214, 58, 32]) * share
    return Beside(
        True, found.changed, found.overlap, found.boxes, _jpeg(found.before),
        _jpeg(warm.astype(np.uint8)),
    )  # fmt: skip


def _read(content: bytes, name: str) -> np.ndarray:
    """Return a photo upright, RGB, not larger than it is shown."""
    try:
        with Image.open(BytesIO(content)) as opened:
            if opened.width * opened.height > 2 * MOST_PIXELS:
                raise BadPicture(_("%(name)s is too large.") % {"name": name})
            opened.draft("RGB", (LONGEST, LONGEST))
            upright = ImageOps.exif_transpose(opened).convert("RGB")
    except (OSError, SyntaxError, ValueError, Image.DecompressionBombError) as fault:
        if isinstance(fault, BadPicture):
            raise
        raise BadPicture(_("%(name)s cannot be read.") % {"name": name}) from fault
    upright.thumbnail((LONGEST, LONGEST))
    return np.asarray(upright)


def _jpeg(image: np.ndarray) -> bytes:
    out = BytesIO()
    Image.fromarray(image).save(out, "JPEG", quality=QUALITY)
    return out.getvalue()
