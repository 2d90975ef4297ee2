"""What people see of a photo: smaller, upright, and without what the camera wrote into it."""

from enum import StrEnum
from io import BytesIO

from django.core.files.base import ContentFile
from django.core.files.storage import Storage
from PIL import Image, ImageOps

from linli.cases.models import Evidence

FORMAT, KIND, QUALITY = "WEBP", "image/webp", 80


class Size(StrEnum):
    """How large a picture is shown."""

    SMALL = "small"
    SCREEN = "screen"


LONGEST = {Size.SMALL: 480, Size.SCREEN: 1600}  # pixels of the longer side


def is_picture(row: Evidence) -> bool:
    """Tell whether this is something to look at, and not a document to keep."""
    return row.content_type.startswith("image/")


def picture(row: Evidence, size: Size) -> bytes:
    """Return a photo in one of the sizes, made when it is first asked for and kept beside it.

    Only its pixels are copied: position, time, camera and owner stay in the file as it came.
    """
    storage: Storage = row.file.storage
    name = f"{str(row.file.name).rpartition('.')[0]}.{size}.webp"
    if storage.exists(name):
        with storage.open(name) as kept:
            return kept.read()
    with row.file.open("rb") as file:
        made = shrink(file.read(), LONGEST[size])
    # Two readers may make it at once: then one copy too many lies there under another name.
    storage.save(name, ContentFile(made))
    return made


def shrink(content: bytes, longest: int) -> bytes:
    """Copy the pixels of a picture, upright, its longer side at most `longest` pixels."""
    with Image.open(BytesIO(content)) as opened:
        opened.draft("RGB", (longest, longest))  # a JPEG can be read small from the start
        upright = ImageOps.exif_transpose(opened)
        upright.thumbnail((longest, longest))
        has_alpha = upright.mode in ("RGBA", "LA", "PA") or "transparency" in upright.info
        plain = upright.convert("RGBA" if has_alpha else "RGB")
    plain.info.clear()
    out = BytesIO()
    plain.save(out, FORMAT, quality=QUALITY)
    return out.getvalue()
