"""Pictures of parts: read with care, kept small, shown with their heat.

A kept picture is a JPEG; its heat a small PNG in grey, one pixel a cell, in which `AT_THRESHOLD`
stands for the threshold and 0 for nothing out of the ordinary.
"""

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import numpy as np
from django.conf import settings
from django.utils.translation import gettext as _
from numpy.typing import NDArray

from linli.assets.inspection.models import Inspection, Station

KINDS = frozenset({".jpg", ".jpeg", ".png", ".bmp", ".tif", ".tiff", ".webp", ".pgm", ".ppm"})
LARGEST_BYTES = 64 * 1024 * 1024
MOST_PIXELS = 40_000_000
LEAST = 16  # pixels a side
QUALITY = 90
AT_THRESHOLD = 128
JPEG, JPEG_END = b"\xff\xd8", b"\xff\xd9"
PNG, PNG_END = b"\x89PNG", b"IEND"
TAIL = 64  # bytes that some cameras write after the end mark
WARM = 0.6  # of the threshold: what is cooler is not drawn

Image = NDArray[Any]


class BadPicture(ValueError):
    """A file that is no picture; the message names it."""


@dataclass(frozen=True)
class Picture:
    """What was read: grey (h, w) or RGB (h, w, 3), of 8 or 16 bits."""

    image: Image
    name: str

    @property
    def size(self) -> tuple[int, int]:
        """Width and height in pixels."""
        return self.image.shape[1], self.image.shape[0]


def is_whole(content: bytes) -> bool | None:
    """Tell whether a picture has its end; None where its kind does not say."""
    for start, end in ((JPEG, JPEG_END), (PNG, PNG_END)):
        if content.startswith(start):
            return end in content[-TAIL:]
    return None


def read(content: bytes, name: str) -> Picture:
    """Read a picture from the bytes of a file.

    Raises
    ------
    BadPicture
        If it is empty, cut off, no picture, too small or too large. Decoders fill what is missing
        with grey, which would pass for a flaw.
    """
    import cv2

    if not content:
        raise BadPicture(_("%(name)s: the file is empty.") % {"name": name})
    if len(content) > LARGEST_BYTES:
        raise BadPicture(_("%(name)s: %(n)d MB are more than the %(most)d MB a picture may have.")
                         % {"name": name, "n": len(content) // 2**20,
                            "most": LARGEST_BYTES // 2**20})  # fmt: skip
    if is_whole(content) is False:
        raise BadPicture(_("%(name)s: the picture is cut off after %(n)d bytes.")
                         % {"name": name, "n": len(content)})  # fmt: skip
    pixels = _pixels(content)
    if pixels is None:
        raise BadPicture(_("%(name)s: not a picture that can be read.") % {"name": name})
    width, height = pixels
    if width * height > MOST_PIXELS:
        raise BadPicture(
            _("%(name)s: %(w)d × %(h)d pixels; a picture may have %(most)d million.")
            % {"name": name, "w": width, "h": height, "most": MOST_PIXELS // 1_000_000}
        )
    if min(width, height) < LEAST:
        raise BadPicture(_("%(name)s: %(w)d × %(h)d pixels are too few.")
                         % {"name": name, "w": width, "h": height})  # fmt: skip
    flags = cv2.IMREAD_ANYDEPTH | cv2.IMREAD_ANYCOLOR
    try:
        image = cv2.imdecode(np.frombuffer(content, np.uint8), flags)
    except cv2.error:
        image = None
    if image is None:
        raise BadPicture(_("%(name)s: not a picture that can be read.") % {"name": name})
    return taken(image, name)


def _pixels(content: bytes) -> tuple[int, int] | None:
    """Return width and height from the head of a file, before anything is unpacked."""
    from io import BytesIO

    from PIL import Image as Pillow
    from PIL import UnidentifiedImageError

    try:
        with Pillow.open(BytesIO(content)) as opened:
            return opened.size
    except Pillow.DecompressionBombError:
        return 2 * MOST_PIXELS, 1
    except (UnidentifiedImageError, OSError, ValueError, SyntaxError):
        return None


def taken(image: Image, name: str) -> Picture:
    """Return a picture that OpenCV decoded.

    Raises
    ------
    BadPicture
        If its numbers are neither of 8 nor of 16 bits.
    """
    if image.dtype not in (np.uint8, np.uint16):
        raise BadPicture(_("%(name)s: %(kind)s is neither 8 nor 16 bits a pixel.")
                         % {"name": name, "kind": image.dtype})  # fmt: skip
    if image.ndim == 3:
        image = image[..., :3][..., ::-1]
        if np.array_equal(image[..., 0], image[..., 1]) and np.array_equal(
            image[..., 1], image[..., 2]
        ):
            image = image[..., 0]
    return Picture(np.ascontiguousarray(image), name)


def read_file(path: Path) -> Picture:
    """Read a picture from a file; as `read`, naming the file."""
    try:
        return read(path.read_bytes(), path.name)
    except OSError as fault:
        raise BadPicture(_("%(name)s: the file cannot be read.") % {"name": path.name}) from fault


# --- kept ------------------------------------------------------------------------------------


def home() -> Path:
    """Return the folder in which inspection keeps its files."""
    return Path(settings.HOME) / "inspection"


def place(station: Station, at: datetime, key: str) -> str:
    """Return under which name a picture is kept: a folder a station and day."""
    return f"{station.code}/{at:%Y-%m-%d}/{key[:24]}.jpg"


def path(name: str) -> Path:
    """Return the file of a kept picture or heat map."""
    return home() / "pictures" / name


def keep(name: str, content: bytes) -> None:
    """Write a kept file, whole or not at all."""
    target = path(name)
    target.parent.mkdir(parents=True, exist_ok=True)
    beside = target.with_name(f"{target.name}.part")
    beside.write_bytes(content)
    beside.replace(target)


def compact(image: Image, white: float) -> bytes:
    """Return a picture as a JPEG of 8 bits."""
    import cv2

    plain = as_bytes(image, white)
    if plain.ndim == 3:
        plain = plain[..., ::-1]
    _done, content = cv2.imencode(".jpg", plain, [cv2.IMWRITE_JPEG_QUALITY, QUALITY])
    return content.tobytes()


def as_bytes(image: Image, white: float) -> Image:
    """Return a picture of 8 bits."""
    if image.dtype == np.uint8:
        return image
    return np.clip(image.astype(np.float32) * (255 / white), 0, 255).astype(np.uint8)


def heat_file(heat: NDArray[np.float32], threshold: float) -> bytes:
    """Return heat of cells as a small picture (see above)."""
    import cv2

    told = np.clip(heat / max(threshold, 1e-6) * AT_THRESHOLD, 0, 255).astype(np.uint8)
    _done, content = cv2.imencode(".png", told)
    return content.tobytes()


def content_of(name: str) -> bytes | None:
    """Return a kept file, None where it was thinned out."""
    try:
        return path(name).read_bytes() if name else None
    except FileNotFoundError:
        return None


def with_heat(inspection: Inspection) -> bytes | None:
    """Return the picture of a part with its heat and boxes drawn over it, as a JPEG.

    None where the picture was thinned out.
    """
    import cv2

    content = content_of(inspection.picture)
    if content is None:
        return None
    shown: Any = cv2.imdecode(np.frombuffer(content, np.uint8), cv2.IMREAD_COLOR)
    heat = content_of(inspection.heat)
    if heat is not None:
        cells: Any = cv2.imdecode(np.frombuffer(heat, np.uint8), cv2.IMREAD_GRAYSCALE)
        size = (shown.shape[1], shown.shape[0])
        warm = cv2.resize(cells.astype(np.float32), size, interpolation=cv2.INTER_CUBIC)
        share = np.clip((warm / AT_THRESHOLD - WARM) / 1.2, 0, 0.55)[..., None]
        shown = (shown * (1 - share) + np.array([40, 80, 230]) * share).astype(np.uint8)
    for box in inspection.flaws.exclude(box=None).values_list("box", flat=True):
        if box is None:
            continue
        x1, y1, x2, y2 = (round(value) for value in box)
        cv2.rectangle(shown, (x1, y1), (x2 - 1, y2 - 1), (40, 60, 200), 1 + shown.shape[1] // 400)
    _done, made = cv2.imencode(".jpg", shown, [cv2.IMWRITE_JPEG_QUALITY, QUALITY])
    return made.tobytes()
