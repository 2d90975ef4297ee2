"""Grey images from files and arrays, refused in words where they cannot be compared."""

from pathlib import Path
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

# OpenCV's stubs say only "integers or floats", so these say in words what they hold
Image = NDArray[Any]  # of uint8
Floats = NDArray[Any]  # of float32

SMALLEST = 32  # pixels
JPEG, JPEG_END = b"\xff\xd8", b"\xff\xd9"
PNG, PNG_END = b"\x89PNG", b"IEND"
TAIL = 64  # bytes that some cameras write after the end mark


def read(source: str | Path | bytes, name: str = "image") -> Image:
    """Read an image file (a path or its bytes) in grey levels.

    Raises
    ------
    ValueError
        If it is empty, cut off or not an image. Decoders fill what is missing of a cut off JPEG
        with grey, which would pass for a flaw.
    """
    if isinstance(source, bytes):
        content = source
    else:
        name, content = str(source), Path(source).read_bytes()
    if not content:
        raise ValueError(f"{name}: the file is empty.")
    for start, end in ((JPEG, JPEG_END), (PNG, PNG_END)):
        if content.startswith(start) and end not in content[-TAIL:]:
            raise ValueError(f"{name}: the image is cut off after {len(content):,} bytes.")
    image = cv2.imdecode(np.frombuffer(content, np.uint8), cv2.IMREAD_GRAYSCALE)
    if image is None:
        raise ValueError(f"{name}: not an image that can be read.")
    return image


def grey(image: NDArray[np.generic], name: str) -> Image:
    """Return 8-bit grey levels of an 8- or 16-bit image, shape (height, width[, 3])."""
    array = np.asarray(image)
    if array.ndim not in (2, 3) or (array.ndim == 3 and array.shape[2] != 3):
        raise ValueError(f"{name}: shape {array.shape} is not (height, width) nor "
                         "(height, width, 3).")  # fmt: skip
    if min(array.shape[:2]) < SMALLEST:
        raise ValueError(f"{name}: {array.shape[1]} × {array.shape[0]} pixels; at least "
                         f"{SMALLEST} × {SMALLEST} are needed.")  # fmt: skip
    if array.dtype == np.uint16:
        # cameras of 10 or 12 bits fill only part of the range
        array = (array / max(1.0, array.max() / 255)).astype(np.uint8)
    if array.dtype == bool:
        array = array.astype(np.uint8) * 255
    if array.dtype != np.uint8:
        raise ValueError(f"{name}: {array.dtype} is neither 8 nor 16 bits a pixel.")
    if array.ndim == 3:
        array = cv2.cvtColor(array, cv2.COLOR_BGR2GRAY)
    return np.ascontiguousarray(array)


def pair(template: NDArray[np.generic], part: NDArray[np.generic]) -> tuple[Image, Image]:
    """Return both in grey levels, of one size."""
    one, other = grey(template, "template"), grey(part, "part")
    if one.shape != other.shape:
        sizes = " and ".join(f"{image.shape[1]} × {image.shape[0]}" for image in (one, other))
        raise ValueError(f"Template and part differ in size: {sizes} pixels.")
    return one, other
