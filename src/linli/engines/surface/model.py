"""A model of what good looks like, with a threshold that says how often it is wrong."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Self

import cv2
import numpy as np
from numpy.typing import NDArray

from .backbone import Backbone, Features, batches
from .memory import Memory
from .pictures import VIEWS, BadImageError, Image, checked, full_scale, squeezed
from .usual import Usual

FALSE_ALARMS = 0.01
FOLDS = 4
LEAST_SAMPLES = 4
BLUR = 2 / 16  # of the grid; a flaw is larger than a cell
SMOOTH = 3  # cells a side over which the calibration of a cell is evened
# A sample that stands out of the others so far is no good one: in robust standard deviations.
STANDS_OUT = 5.0
MOST_BAD = 0.2
FORMAT = 1

Map = NDArray[np.float32]


@dataclass(frozen=True)
class Likeness:
    """A patch that looks wrong, and the good one most like it.

    Boxes are (left, top, right, bottom) in pixels of the image; `sample` is the place of the good
    one among the images that were learnt from, and `there` the box in that image.
    """

    box: tuple[int, int, int, int]
    score: float
    sample: int
    there: tuple[int, int, int, int]
    distance: float


@dataclass(frozen=True)
class Finding:
    """What was found on one image.

    Attributes
    ----------
    score
        How far the worst place is from what good ones show there, in standard deviations.
    is_flawed
        Whether that is more than the threshold.
    heat
        The same for each cell, shape (grid, grid).
    shape
        Height and width of the image, pixels.
    """

    score: float
    is_flawed: bool
    heat: Map
    shape: tuple[int, int]

    def heat_map(self) -> Map:
        """Return the heat in pixels of the image, shape (h, w)."""
        height, width = self.shape
        return cv2.resize(self.heat, (width, height), interpolation=cv2.INTER_CUBIC)


@dataclass(frozen=True)
class _Part:
    """What is learnt of one view: the usual, the memory, and how far good ones are from both."""

    usual: Usual
    memory: Memory
    middle: NDArray[np.float32]  # (2, cells)
    spread: NDArray[np.float32]


@dataclass(frozen=True)
class SurfaceModel:
    """What good samples look like.

    Two ways to look at a cell (how far it is from the usual, and from the nearest good patch),
    each on two views of the picture; each is told in standard deviations of good samples that
    were held back, and the mean of the four is the heat.

    Attributes
    ----------
    threshold
        Above this score a part is flawed.
    false_alarms
        The share of good parts that will be above it: as asked for, or as little as so few
        samples can promise.
    left_out
        Places of the images that stood out so much that they were taken for bad ones.
    """

    backbone: Backbone
    white: float
    parts: tuple[_Part, ...]
    threshold: float
    false_alarms: float
    shapes: tuple[tuple[int, int], ...]
    left_out: tuple[int, ...] = ()
    held_back: NDArray[np.float32] = field(default_factory=lambda: np.zeros(0, np.float32))

    # --- learning ----------------------------------------------------------------------------

    @classmethod
    def fit(
        cls,
        images: Sequence[Image],
        *,
        false_alarms: float = FALSE_ALARMS,
        backbone: Backbone | None = None,
    ) -> Self:
        """Learn from good samples.

        Parameters
        ----------
        images
            At least `LEAST_SAMPLES`; each of shape (h, w) or (h, w, 3) RGB, of any size; uint8,
            uint16 or floats from 0 to 1. A few bad ones among them are found and left out.
        false_alarms
            Which share of good parts may be called flawed. The threshold is the conformal one
            (Vovk et al. 2005) over scores of samples held back in turn: n samples promise at
            least 1 in n + 1.

        Raises
        ------
        BadImageError
            If there are too few, or one is no picture.
        """
        backbone = backbone or Backbone()
        if len(images) < LEAST_SAMPLES:
            raise BadImageError(f"{len(images)} good samples are too few; {LEAST_SAMPLES} at least")
        for at, image in enumerate(images):
            checked(image, at)
        white = full_scale(images)
        views = [_joined(list(_features(backbone, images, white, view))) for view in VIEWS]
        kept = np.arange(len(images))
        parts, scores = _learnt(views, backbone.grid)
        bad = _standing_out(scores)
        if len(bad):
            kept = np.setdiff1d(kept, bad)
            parts, scores = _learnt([(all_[kept], some[kept]) for all_, some in views],
                                    backbone.grid)  # fmt: skip
        threshold, promised = _threshold(scores, false_alarms)
        return cls(
            backbone, white, parts, threshold, promised,
            tuple(images[at].shape[:2] for at in kept),
            tuple(int(at) for at in bad), np.sort(scores),
        )  # fmt: skip

    # --- judging -----------------------------------------------------------------------------

    def score(self, images: Sequence[Image]) -> list[Finding]:
        """Judge images, each of any size and of the type of numbers that was learnt from.

        Raises
        ------
        BadImageError
            If one is no picture; `at` says which.
        """
        for at, image in enumerate(images):
            checked(image, at)
        found = []
        for some in batches(images):
            heat = self._heat(list(self._told(some)))
            found += [
                self._finding(cells, image.shape[:2])
                for cells, image in zip(heat, some, strict=True)
            ]
        return found

    def explain(self, image: Image, most: int = 3) -> list[Likeness]:
        """Return the patches that look wrong, the worst first, with the good ones most like them.

        Patches beside one another are one: only the hottest cell of each is named.
        """
        told = list(self._told([checked(image)]))
        [heat] = self._heat(told)
        grid = self.backbone.grid
        plane = heat.reshape(grid, grid)
        peaks = np.flatnonzero((plane == cv2.dilate(plane, np.ones((3, 3)))).ravel())
        peaks = peaks[np.argsort(-heat[peaks])][:most]
        memory, features = self.parts[0].memory, told[0][0][0]
        places = [at for at in range(len(self.shapes) + len(self.left_out))
                  if at not in self.left_out]  # fmt: skip
        found = []
        for cell in peaks:
            sample, there, far = memory.nearest(features[cell], int(cell))
            found.append(
                Likeness(
                    self._box(int(cell), image.shape[:2]), float(heat[cell]), places[sample],
                    self._box(there, self.shapes[sample]), far,
                )
            )  # fmt: skip
        return found

    def _told(self, images: Sequence[Image]) -> Iterator[tuple[Features, Features]]:
        for view in VIEWS:
            yield _joined(list(_features(self.backbone, images, self.white, view)))

    def _heat(self, views: Sequence[tuple[Features, Features]]) -> NDArray[np.float32]:
        grid = self.backbone.grid
        heats = [
            (_both(part.usual, part.memory, view, grid) - part.middle[:, None]) /
            part.spread[:, None]
            for part, view in zip(self.parts, views, strict=True)
        ]  # fmt: skip
        return np.mean([heat.mean(0) for heat in heats], axis=0)

    def _finding(self, cells: NDArray[np.float32], shape: tuple[int, int]) -> Finding:
        score = float(cells.max())
        grid = self.backbone.grid
        return Finding(score, score > self.threshold, cells.reshape(grid, grid), shape)

    def _box(self, cell: int, shape: tuple[int, int]) -> tuple[int, int, int, int]:
        grid = self.backbone.grid
        row, column = divmod(cell, grid)
        height, width = shape
        return (
            column * width // grid, row * height // grid,
            (column + 1) * width // grid, (row + 1) * height // grid,
        )  # fmt: skip

    # --- keeping -----------------------------------------------------------------------------

    def save(self, path: Path) -> None:
        """Write the model into a file, without its backbone when that is Linli's own."""
        arrays: dict[str, Any] = {}
        for at, part in enumerate(self.parts):
            arrays |= {
                f"usual_mean_{at}": part.usual.mean, f"usual_white_{at}": part.usual.white,
                f"memory_mean_{at}": part.memory.mean, f"memory_turn_{at}": part.memory.turn,
                f"memory_patches_{at}": part.memory.patches,
                f"middle_{at}": part.middle, f"spread_{at}": part.spread,
            }  # fmt: skip
        backbone = {name: getattr(self.backbone, name) for name in _BACKBONE}
        told = {
            "format": FORMAT, "white": self.white, "threshold": self.threshold,
            "false_alarms": self.false_alarms, "shapes": self.shapes, "left_out": self.left_out,
            "backbone": backbone | {"path": self.backbone.path and str(self.backbone.path)},
            "views": len(self.parts),
        }  # fmt: skip
        with path.open("wb") as file:
            np.savez(file, told=np.array(json.dumps(told)), held_back=self.held_back, **arrays)

    @classmethod
    def load(cls, path: Path) -> Self:
        """Read a model that `save` wrote.

        Raises
        ------
        ValueError
            If the file holds no model of this kind.
        """
        try:
            with np.load(path, allow_pickle=False) as file:
                told = json.loads(str(file["told"]))
                if told["format"] != FORMAT:
                    raise ValueError(f"format {told['format']}, not {FORMAT}")
                made = told["backbone"]
                backbone = Backbone(**{
                    name: tuple(value) if isinstance(value, list) else value
                    for name, value in made.items()
                } | {"path": made["path"] and Path(made["path"])})  # fmt: skip
                parts = tuple(
                    _Part(
                        Usual(file[f"usual_mean_{at}"], file[f"usual_white_{at}"]),
                        Memory(
                            file[f"memory_mean_{at}"], file[f"memory_turn_{at}"],
                            file[f"memory_patches_{at}"], backbone.grid,
                        ),
                        file[f"middle_{at}"], file[f"spread_{at}"],
                    )
                    for at in range(told["views"])
                )  # fmt: skip
                held_back = file["held_back"]
        except (KeyError, TypeError, OSError, ValueError) as error:
            raise ValueError(f"{path.name} is no model of a surface") from error
        return cls(
            backbone, told["white"], parts, told["threshold"], told["false_alarms"],
            tuple((int(h), int(w)) for h, w in told["shapes"]), tuple(told["left_out"]), held_back,
        )  # fmt: skip


_BACKBONE = ("side", "grid", "fine", "coarse", "mean", "spread", "threads")


# --- learning, step by step ------------------------------------------------------------------


def _features(
    backbone: Backbone, images: Sequence[Image], white: float, view: Any
) -> Iterator[tuple[Features, Features]]:
    for some in batches(images):
        pictures = np.stack([view(squeezed(image, backbone.side, white)) for image in some])
        yield backbone.features(pictures.astype(np.float32))


def _joined(told: Sequence[tuple[Features, Features]]) -> tuple[Features, Features]:
    return np.concatenate([one for one, _ in told]), np.concatenate([one for _, one in told])


def _both(
    usual: Usual, memory: Memory, view: tuple[Features, Features], grid: int
) -> NDArray[np.float32]:
    """Return both distances of the cells of some samples, evened: shape (2, samples, cells)."""
    every, coarse = view
    told = np.stack([usual.distance(coarse), memory.distance(every)])
    planes = told.reshape(-1, grid, grid)
    evened = np.stack([cv2.GaussianBlur(plane, (0, 0), BLUR * grid) for plane in planes])
    return evened.reshape(told.shape)


def _learnt(
    views: Sequence[tuple[Features, Features]], grid: int
) -> tuple[tuple[_Part, ...], NDArray[np.float32]]:
    """Learn each view, and score every sample by what was learnt from the others."""
    parts, heats = [], []
    for every, coarse in views:
        samples = len(every)
        fold = np.arange(samples) % min(FOLDS, samples)
        held = np.empty((2, samples, grid * grid), np.float32)
        for one in np.unique(fold):
            out = fold == one
            usual, memory = Usual.of(coarse[~out], grid), Memory.of(every[~out], grid)
            held[:, out] = _both(usual, memory, (every[out], coarse[out]), grid)
        middle, spread = _calibrated(held, grid)
        parts.append(_Part(Usual.of(coarse, grid), Memory.of(every, grid), middle, spread))
        heats.append(((held - middle[:, None]) / spread[:, None]).mean(0))
    return tuple(parts), np.mean(heats, axis=0).max(1)


def _calibrated(
    held: NDArray[np.float32], grid: int
) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Return mean and standard deviation of what good samples show at each cell, evened."""

    def evened(told: NDArray[np.float32]) -> NDArray[np.float32]:
        planes = told.reshape(-1, grid, grid)
        return np.stack([cv2.blur(p, (SMOOTH, SMOOTH)) for p in planes]).reshape(told.shape)

    spread = np.sqrt(evened(held.var(1)))
    return evened(held.mean(1)), np.maximum(spread, 1e-6)


def _standing_out(scores: NDArray[np.float32]) -> NDArray[np.intp]:
    """Return which scores are so far above the others that the samples can't be good ones."""
    middle = np.median(scores)
    deviation = 1.4826 * np.median(np.abs(scores - middle))
    order = np.argsort(-scores)[: int(MOST_BAD * len(scores))]
    return np.sort(order[scores[order] > middle + STANDS_OUT * max(deviation, 1e-6)])


def _threshold(scores: NDArray[np.float32], wanted: float) -> tuple[float, float]:
    """Return the conformal threshold, and the share of false alarms it promises."""
    n = len(scores)
    place = int(np.ceil((n + 1) * (1 - wanted)))
    if place > n:
        return float(scores.max()), 1 / (n + 1)
    return float(np.sort(scores)[place - 1]), wanted
