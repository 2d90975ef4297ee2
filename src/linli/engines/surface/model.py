"""A model of what good looks like, with a threshold that says how often it is wrong."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Self

import cv2
import numpy as np
from numpy.typing import NDArray

from linli.engines import store

from .backbone import Backbone
from .learning import BATCH, Part, View, learnt, seen, standing_out, threshold_for
from .pictures import VIEWS, BadImageError, Image, checked, full_scale

FALSE_ALARMS = 0.01
LEAST_SAMPLES = 4
KIND = "surface-1"

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
        return np.asarray(
            cv2.resize(self.heat, (width, height), interpolation=cv2.INTER_CUBIC), np.float32
        )


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
    parts: tuple[Part, ...]
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
        views = [seen(backbone, images, white, view) for view in VIEWS]
        kept = np.arange(len(images))
        parts, scores = learnt(views, backbone.grid)
        bad = standing_out(scores)
        if len(bad):
            kept = np.setdiff1d(kept, bad)
            parts, scores = learnt(
                [(every[kept], coarse[kept]) for every, coarse in views], backbone.grid
            )
        threshold, promised = threshold_for(scores, false_alarms)
        return cls(
            backbone, white, parts, threshold, promised,
            tuple(images[at].shape[:2] for at in kept.tolist()),
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
        for start in range(0, len(images), BATCH):
            some = images[start : start + BATCH]
            heat = self._heat(self._views(some))
            found += [
                self._finding(cells, image.shape[:2])
                for cells, image in zip(heat, some, strict=True)
            ]
        return found

    def explain(self, image: Image, most: int = 3) -> list[Likeness]:
        """Return the patches that look wrong, the worst first, with the good ones most like them.

        Patches beside one another are one: only the hottest cell of each is named.
        """
        views = self._views([checked(image)])
        [heat] = self._heat(views)
        grid = self.backbone.grid
        plane = heat.reshape(grid, grid)
        peaks = np.flatnonzero((plane == cv2.dilate(plane, np.ones((3, 3)))).ravel())
        peaks = peaks[np.argsort(-heat[peaks])][:most]
        memory, features = self.parts[0].memory, views[0][0][0]
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

    def _views(self, images: Sequence[Image]) -> list[View]:
        return [seen(self.backbone, images, self.white, view) for view in VIEWS]

    def _heat(self, views: Sequence[View]) -> NDArray[np.float32]:
        heats = [part.heat(view) for part, view in zip(self.parts, views, strict=True)]
        return np.mean(heats, axis=0, dtype=np.float32)

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

    def save(self, path: Path | str) -> None:
        """Write the model to `path` (arrays and JSON), without its backbone's file."""
        arrays = {"held_back": self.held_back}
        for at, part in enumerate(self.parts):
            arrays |= {f"{at}.{name}": array for name, array in part.arrays().items()}
        backbone = vars(self.backbone)
        head = {
            "kind": KIND, "white": self.white, "threshold": self.threshold,
            "false_alarms": self.false_alarms, "shapes": self.shapes, "left_out": self.left_out,
            "backbone": {name: backbone[name] for name in _BACKBONE}
            | {"path": self.backbone.path and str(self.backbone.path)},
        }  # fmt: skip
        store.write(path, head, arrays)

    @classmethod
    def load(cls, path: Path | str) -> Self:
        """Read a model that `save` wrote.

        Raises
        ------
        NotAModelError
            If the file holds no model of this kind.
        """
        head, arrays = store.read(path, KIND)
        try:
            told: dict[str, Any] = {
                name: tuple(value) if isinstance(value, list) else value
                for name, value in head["backbone"].items()
            }
            backbone = Backbone(**told | {"path": told["path"] and Path(told["path"])})
            parts = tuple(
                Part.of_arrays(
                    {name[2:]: array for name, array in arrays.items() if name[:2] == f"{at}."},
                    backbone.grid,
                )
                for at in range(len(VIEWS))
            )
            return cls(
                backbone, head["white"], parts, head["threshold"], head["false_alarms"],
                tuple((int(h), int(w)) for h, w in head["shapes"]), tuple(head["left_out"]),
                arrays["held_back"],
            )  # fmt: skip
        except (KeyError, TypeError, ValueError) as error:
            raise store.NotAModelError(f"{path} is not a stored model") from error


_BACKBONE = ("side", "grid", "fine", "coarse", "mean", "spread", "threads")
