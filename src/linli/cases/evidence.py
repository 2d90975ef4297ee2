"""Files that show what was found or done: checked by content, kept under their own hash.

The file is kept as it came, because its hash stands in the chain and its position and time
are what a verification looks at. What others see of it is made by `pictures`.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import partial
from hashlib import sha256
from io import BytesIO

import filetype
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext as _
from PIL import ExifTags, Image, UnidentifiedImageError

from linli.cases.chain import Draft
from linli.cases.models import Evidence
from linli.cases.refusal import Refused

PDF = "application/pdf"
ACCEPTED = {"image/jpeg", "image/png", "image/webp", PDF}
MAX_BYTES = 20 * 1024 * 1024
MAX_FILES = 9
MAX_PIXELS = 80_000_000  # no phone takes larger photos; a picture bomb unpacks to more
UNREADABLE = (
    UnidentifiedImageError, Image.DecompressionBombError, KeyError, ValueError,
    ZeroDivisionError, SyntaxError, OSError,
)  # fmt: skip


@dataclass(frozen=True)
class Kept:
    """A photo that lies among the files already, and has been looked at before.

    A simulation shows the same few pictures again and again.
    """

    path: str
    content_type: str
    sha256: str


class NotEvidence(ValueError):
    """A file that is too large or of no accepted kind, or too many of them."""


def attach(draft: Draft, files: Iterable[UploadedFile | Kept]) -> None:
    """Keep `files` with the step being taken; the event carries their hashes.

    Raises
    ------
    NotEvidence
        If a file is not a JPEG, PNG, WebP or PDF by its content, over 20 MB, a picture of
        more than `MAX_PIXELS`, or there are more than `MAX_FILES`.
    """
    for number, file in enumerate(files, 1):
        if number > MAX_FILES:
            raise NotEvidence(_("At most %(n)d files at once.") % {"n": MAX_FILES})
        if isinstance(file, Kept):
            _note(draft, _row(draft, file.sha256, file.content_type))
            draft.evidence[-1].file.name = file.path
            continue
        content, kind = checked(file)
        lon, lat = position(content) or (None, None)
        row = _row(draft, sha256(content).hexdigest(), kind, lon, lat)
        _note(draft, row)
        file.seek(0)
        # Only once the event stands: a refused step must leave no file behind.
        draft.then(partial(row.file.save, f"{row.sha256[:16]}.{kind.split('/')[1]}", file))


def checked(file: UploadedFile) -> tuple[bytes, str]:
    """Return the content of a file and what kind it is by that.

    Raises
    ------
    NotEvidence
        If it is not a JPEG, PNG, WebP or PDF of at most 20 MB, or too many pixels.
    """
    content = file.read()
    kind = filetype.guess_mime(content)
    if kind not in ACCEPTED or len(content) > MAX_BYTES or not _opens(content, kind):
        raise NotEvidence(
            _("“%(name)s” is not a photo or PDF of at most 20 MB.") % {"name": file.name}
        )
    return content, kind


def _row(
    draft: Draft, digest: str, kind: str, lon: float | None = None, lat: float | None = None
) -> Evidence:
    return Evidence(
        case=draft.case, action=draft.event.action, content_type=kind,
        sha256=digest, by=draft.by, at=draft.event.at, lon=lon, lat=lat,
    )  # fmt: skip


def _note(draft: Draft, row: Evidence) -> None:
    draft.data.setdefault("evidence", []).append(row.sha256)
    draft.evidence.append(row)


def _opens(content: bytes, kind: str) -> bool:
    """Tell whether a picture is whole at its head and of a size that can be shown."""
    if kind == PDF:
        return True
    try:
        width, height = Image.open(BytesIO(content)).size
    except UNREADABLE:
        return False
    return width * height <= MAX_PIXELS


def position(content: bytes) -> tuple[float, float] | None:
    """Return the WGS-84 longitude and latitude a photo says it was taken at, if it does."""
    try:
        gps = Image.open(BytesIO(content)).getexif().get_ifd(ExifTags.IFD.GPSInfo)
        lon = _degrees(gps[ExifTags.GPS.GPSLongitude], gps[ExifTags.GPS.GPSLongitudeRef] == "W")
        lat = _degrees(gps[ExifTags.GPS.GPSLatitude], gps[ExifTags.GPS.GPSLatitudeRef] == "S")
    except UNREADABLE:
        return None
    return (lon, lat) if abs(lon) <= 180 and abs(lat) <= 90 else None


def _degrees(parts: tuple[float, float, float], is_negative: bool) -> float:
    degrees = float(parts[0]) + float(parts[1]) / 60 + float(parts[2]) / 3600
    return -degrees if is_negative else degrees


def require(draft: Draft, kinds: Iterable[str]) -> None:
    """See that the step carries what the category asks for.

    Raises
    ------
    Refused
        If a photo is asked for and there is none.
    """
    if "photo" in kinds and not any(r.content_type.startswith("image/") for r in draft.evidence):
        raise Refused(_("This category asks for a photo of what was done."))
