"""The gate before any judgement: learnt from good pictures of a station, answers with a reason."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from .measures import Measures, grey, measured
from .placing import Place, edges, placed

LEAST_SAMPLES = 4
FALSE_REJECTIONS = 0.005
# A gate must let flaws through: whatever few samples say, nothing nearer than this many
# deviations of good ones is turned away.
SLACK = 5.0
STILL = 0.55  # likeness of good samples to one of them from which the camera is taken as fixed
EMPTY = 0.006  # contrast below which there is nothing to see, shares of white
OFFSET, TURN, SIZE = 0.06, 4.0, 0.05  # how far a camera may always be off
STRANGE = 1.5  # by how much looks may always be stranger: large flaws are
UNLIKE = 0.1  # by which share likeness may always be less: a long crack has edges
LOOKED_AT = 24  # samples among which the reference is chosen


class Trouble(StrEnum):
    """Why a picture cannot be judged."""

    EMPTY = "empty"
    DARK = "dark"
    BRIGHT = "bright"
    CLIPPED = "clipped"
    BLURRED = "blurred"
    MOVED = "moved"
    WRONG_PART = "wrong-part"
    SIZE = "size"


@dataclass(frozen=True)
class Quality:
    """What the gate says of a picture: a trouble or none, with the figure and its limit."""

    trouble: Trouble | None
    figure: float = 0.0
    limit: float = 0.0
    place: Place = field(default_factory=Place)

    @property
    def is_fine(self) -> bool:
        return self.trouble is None


@dataclass(frozen=True)
class Gate:
    """What pictures of a station are like when all is well.

    Attributes
    ----------
    false_rejections
        The share of good pictures that may be turned away: as asked for, or as little as so few
        samples can promise. The limits have slack beyond it.
    reference
        Edges of the good picture most like the others, where the camera is fixed; None where
        parts lie anyhow or are a texture.
    shape
        Height and width where all were of one size, else None.
    """

    white: float
    light: tuple[float, float]
    most_white: float
    most_black: float
    sharpness: NDArray[np.float64]
    middle: NDArray[np.float64]
    spread: NDArray[np.float64]
    most_strange: float
    shape: tuple[int, int] | None
    reference: NDArray[Any] | None
    least_like: float
    off: tuple[float, float, float]
    false_rejections: float
    samples: int

    # --- learning ----------------------------------------------------------------------------

    @classmethod
    def fit(
        cls,
        images: Sequence[NDArray[Any]],
        *,
        white: float = 255.0,
        false_rejections: float = FALSE_REJECTIONS,
        one_thing: bool = True,
    ) -> Self:
        """Learn from good pictures.

        Parameters
        ----------
        images
            At least `LEAST_SAMPLES`, of shape (h, w) or (h, w, 3).
        white
            Which number is white.
        false_rejections
            Which share of good pictures may be turned away. The limits are conformal: the
            worst of all figures, in deviations, is below the limit for all but this share.
        one_thing
            Whether all show the same; then it is found out whether the camera is fixed. Boards of
            several layouts may be alike and are not.

        Raises
        ------
        ValueError
            If there are too few.
        """
        if len(images) < LEAST_SAMPLES:
            raise ValueError(f"{len(images)} good pictures are too few; {LEAST_SAMPLES} at least")
        greys = [grey(image, white) for image in images]
        seen = [measured(one) for one in greys]
        shapes = {image.shape[:2] for image in images}
        shape = next(iter(shapes)) if len(shapes) == 1 else None
        reference, places = _fixed(greys) if shape and one_thing else (None, [])

        logs = np.log([max(one.light, 1e-3) for one in seen])
        sharp = np.array([one.sharpness for one in seen])
        looks = np.array([one.looks for one in seen])
        like = np.array([place.likeness for place in places] or [1.0])
        at_light, wide_light = _usual(logs, 0.07)
        at_sharp, wide_sharp = _usual(sharp, 0.08)
        middle, spread = _usual(looks, 0.1)
        strange = _strange(looks, middle, spread)
        at_strange, wide_strange = _usual(strange, 0.15)
        at_like, wide_like = _usual(like, 0.03)

        worst = np.max(
            [
                np.abs(logs - at_light) / wide_light,
                ((at_sharp - sharp) / wide_sharp).max(1),
                (strange - at_strange) / wide_strange,
                *([(at_like - like) / wide_like] if places else []),
            ],
            axis=0,
        )
        far, promised = _conformal(worst, false_rejections)
        far = max(far, SLACK)
        off = np.array([[p.offset, abs(p.turn), abs(np.log(p.size))] for p in places] or [[0] * 3])
        return cls(
            white,
            # Half or twice the light is what a surface model takes out by itself.
            (float(np.exp(at_light - max(far * wide_light, 0.7))),
             float(np.exp(at_light + max(far * wide_light, 0.7)))),
            float(max(one.white for one in seen)) + 0.2,
            float(max(one.black for one in seen)) + 0.25,
            at_sharp - far * wide_sharp, middle, spread,
            float(at_strange + max(far * wide_strange, STRANGE)), shape, reference,
            float(at_like - max(far * wide_like, UNLIKE * at_like)),
            (max(OFFSET, 2 * float(off[:, 0].max())), max(TURN, 2 * float(off[:, 1].max())),
             max(SIZE, 2 * float(off[:, 2].max()))),
            promised, len(images),
        )  # fmt: skip

    # --- looking -----------------------------------------------------------------------------

    def look(self, image: NDArray[Any]) -> Quality:
        """Tell whether a picture of shape (h, w) or (h, w, 3) can be judged, and why not."""
        picture = grey(image, self.white)
        seen = measured(picture)
        return self._light(seen) or self._view(image, picture, seen)

    def _light(self, seen: Measures) -> Quality | None:
        low, high = self.light
        if seen.light < low:
            return Quality(Trouble.DARK, seen.light, low)
        if seen.white > self.most_white:
            return Quality(Trouble.CLIPPED, seen.white, self.most_white)
        if seen.light > high:
            return Quality(Trouble.BRIGHT, seen.light, high)
        if seen.contrast < EMPTY:
            return Quality(Trouble.EMPTY, seen.contrast, EMPTY)
        if seen.black > self.most_black:
            return Quality(Trouble.DARK, seen.black, self.most_black)
        return None

    def _view(self, image: NDArray[Any], picture: NDArray[Any], seen: Measures) -> Quality:
        place = Place()
        if self.shape is not None and _proportions_differ(image.shape[:2], self.shape):
            return Quality(Trouble.SIZE, image.shape[1] / image.shape[0],
                           self.shape[1] / self.shape[0])  # fmt: skip
        lacks = self.sharpness - seen.sharpness
        if self.reference is not None:
            own = edges(picture)
            if own.shape == self.reference.shape:
                place = placed(self.reference, own)
            is_known = place.likeness >= self.least_like
            far = (place.offset, abs(place.turn), abs(float(np.log(place.size))))
            for figure, limit in zip(far, self.off, strict=True):
                if figure > limit and place.likeness >= self.least_like - 0.05:
                    return Quality(Trouble.MOVED, figure, limit, place)
            if lacks.max() > 0:
                return self._blurred(seen, lacks, place)
            if not is_known:
                return Quality(Trouble.WRONG_PART, place.likeness, self.least_like, place)
            return Quality(None, place=place)
        if lacks.max() > 0:
            return self._blurred(seen, lacks, place)
        strange = float(_strange(seen.looks[None], self.middle, self.spread)[0])
        if strange > self.most_strange:
            return Quality(Trouble.WRONG_PART, strange, self.most_strange)
        return Quality(None)

    def _blurred(self, seen: Measures, lacks: NDArray[np.float64], place: Place) -> Quality:
        band = int(lacks.argmax())
        return Quality(Trouble.BLURRED, float(seen.sharpness[band]), float(self.sharpness[band]),
                       place)  # fmt: skip

    # --- keeping -----------------------------------------------------------------------------

    def told(self) -> dict[str, Any]:
        """Return all that was learnt in what JSON can hold."""
        told = vars(self) | {
            name: getattr(self, name).tolist() for name in ("sharpness", "middle", "spread")
        }
        if self.reference is not None:
            told["reference"] = np.round(self.reference, 4).tolist()
        return told

    @classmethod
    def of(cls, told: Mapping[str, Any]) -> Self:
        """Return what `told` tells of.

        Raises
        ------
        ValueError
            If it tells of no gate.
        """
        try:
            arrays = {name: np.array(told[name]) for name in ("sharpness", "middle", "spread")}
            reference = told["reference"]
            return cls(
                **{
                    **told, **arrays,
                    "light": tuple(told["light"]), "off": tuple(told["off"]),
                    "shape": told["shape"] and tuple(told["shape"]),
                    "reference": None if reference is None else np.array(reference, np.float32),
                }
            )  # fmt: skip
        except (KeyError, TypeError) as error:
            raise ValueError("this is not a stored gate") from error


def _fixed(greys: Sequence[NDArray[Any]]) -> tuple[NDArray[Any] | None, list[Place]]:
    """Return the sample most like the others and how all lie against it, if the camera is fixed."""
    every = [edges(one) for one in greys]
    some = every[:: max(1, len(every) // LOOKED_AT)]
    flat = np.stack([one.ravel() - one.mean() for one in some])
    flat /= np.maximum(np.linalg.norm(flat, axis=1, keepdims=True), 1e-6)
    reference = some[int(np.median(flat @ flat.T, axis=1).argmax())]
    places = [placed(reference, one) for one in every]
    if float(np.quantile([place.likeness for place in places], 0.1)) < STILL:
        return None, []
    return reference, places


def _usual(told: NDArray[Any], least: float) -> tuple[Any, Any]:
    """Return middle and robust deviation along the first axis, the latter `least` at least."""
    middle = np.median(told, axis=0)
    return middle, np.maximum(1.4826 * np.median(np.abs(told - middle), axis=0), least)


def _strange(
    looks: NDArray[Any], middle: NDArray[Any], spread: NDArray[Any]
) -> NDArray[np.float64]:
    return np.asarray(np.sqrt((((looks - middle) / spread) ** 2).mean(1)))


def _conformal(worst: NDArray[Any], wanted: float) -> tuple[float, float]:
    n = len(worst)
    place = int(np.ceil((n + 1) * (1 - wanted)))
    if place > n:
        return float(worst.max()), 1 / (n + 1)
    return float(np.sort(worst)[place - 1]), wanted


def _proportions_differ(one: tuple[int, ...], other: tuple[int, int]) -> bool:
    return abs(np.log(one[1] / one[0]) - np.log(other[1] / other[0])) > 0.03
