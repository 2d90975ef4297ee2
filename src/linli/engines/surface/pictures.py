"""Pictures as cameras give them, brought to what a backbone wants to see."""

from collections.abc import Sequence

import cv2
import numpy as np
from numpy.typing import NDArray

LEAST = 16  # pixels a side
# An image that is standardised is brought to the spread that backbones are used to: natural
# images, scaled to -1..1, have a standard deviation of about a third.
SPREAD = 0.35
FLAT = 1e-3

Image = NDArray[np.generic]
Picture = NDArray[np.float32]  # (side, side, 3), from -1 to 1


class BadImageError(ValueError):
    """An array that is no picture; `at` is its place in the list it came in."""

    def __init__(self, why: str, at: int | None = None) -> None:
        super().__init__(why if at is None else f"image {at}: {why}")
        self.at = at


def checked(image: Image, at: int | None = None) -> Image:
    """Return a picture as it is.

    Raises
    ------
    BadImageError
        Unless it has shape (h, w), (h, w, 1) or (h, w, 3), at least `LEAST` pixels a side, and
        finite numbers of type uint8, uint16 or a float.
    """
    if not isinstance(image, np.ndarray):
        raise BadImageError(f"an array is wanted, not {type(image).__name__}", at)
    if image.ndim not in (2, 3) or (image.ndim == 3 and image.shape[2] not in (1, 3)):
        raise BadImageError(f"shape {image.shape} is neither (h, w) nor (h, w, 3)", at)
    if min(image.shape[:2]) < LEAST:
        raise BadImageError(f"{image.shape[1]} × {image.shape[0]} pixels are too few", at)
    if image.dtype not in (np.uint8, np.uint16) and image.dtype.kind != "f":
        raise BadImageError(f"numbers of type {image.dtype} are not known", at)
    if image.dtype.kind == "f" and not np.isfinite(image).all():
        raise BadImageError("not all of its numbers are finite", at)
    return image


def full_scale(images: Sequence[Image]) -> float:
    """Return what white is: 255; of more bits the least power of two above all; of floats 1.

    A camera of 12 bits writes into 16; its white is 4095 and not 65535.

    Raises
    ------
    BadImageError
        If images of different types of numbers are mixed.
    """
    kinds = {"f" if image.dtype.kind == "f" else image.dtype.name for image in images}
    if len(kinds) > 1:
        raise BadImageError(f"types of numbers are mixed: {', '.join(sorted(kinds))}")
    [kind] = kinds
    if kind == "uint8":
        return 255.0
    if kind == "f":
        return 1.0
    brightest = max(int(image.max()) for image in images)
    return float(2 ** max(brightest.bit_length(), 8) - 1)


def squeezed(image: Image, side: int, white: float) -> Picture:
    """Return a picture of `side` × `side` × 3, from -1 for black to 1 for white.

    Whatever its shape, it is squeezed into a square: what lies where on a part matters more than
    its proportions.
    """
    planes = image if image.ndim == 2 or image.shape[2] == 3 else image[..., 0]
    is_smaller = side < min(planes.shape[:2])
    how = cv2.INTER_AREA if is_smaller else cv2.INTER_LINEAR
    small = cv2.resize(planes.astype(np.float32, copy=False), (side, side), interpolation=how)
    scaled = np.clip(small * (2 / white) - 1, -1, 1)
    return np.repeat(scaled[..., None], 3, 2) if scaled.ndim == 2 else scaled


def even(picture: Picture) -> Picture:
    """Return a squeezed picture with the light taken out: the same mean and spread for all."""
    spread = max(float(picture.std()), FLAT)
    return (picture - picture.mean()) * np.float32(SPREAD / spread)


def as_it_is(picture: Picture) -> Picture:
    """Return a squeezed picture."""
    return picture


VIEWS = (as_it_is, even)
"""What the backbone is shown of each picture: as it is, and with the light taken out.

As it is a stain shows best; with the light taken out a crack does, under any lamp.
"""
