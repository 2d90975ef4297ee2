"""Flaws of a part against its golden template, located and typed as labelled pairs taught.

The spots in which part and template differ (`spots`) are described by numbers (`traits`); gradient
boosting says what each is, or that it is none, and how far the box a person would draw reaches
beyond it. Spots that nobody boxed teach what a harmless difference looks like.
"""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Self

import lightgbm
import numpy as np
from numpy.typing import NDArray

from linli.engines.board.images import Image, pair
from linli.engines.board.matching import best_threshold, overlap, paired, right
from linli.engines.board.registration import Limits, Registration, ink, laid_on, register
from linli.engines.board.spots import spots
from linli.engines.board.traits import NAMES, traits

Array = NDArray[np.float64]
Rows = NDArray[np.float32]

PAD = 10  # pixels that people leave around a flaw, before the model knows better
SAME = 0.2  # overlap from which a spot is the one a person boxed
TWICE = 0.33  # overlap from which the weaker of two findings is the same flaw again
FAINT = 0.02  # confidence below which a finding is not worth keeping
FOLDS = 5
BLOCK = 8  # neighbouring pairs that are held back together: they often show one board
ROUNDS, SIDE_ROUNDS = 200, 60
FORMAT = 1
LEARNING = {
    "learning_rate": 0.05, "num_leaves": 15, "min_data_in_leaf": 10, "feature_fraction": 0.5,
    "bagging_fraction": 0.8, "bagging_freq": 1, "lambda_l2": 1.0, "max_bin": 63, "verbose": -1,
    "num_threads": 1, "deterministic": True, "force_row_wise": True,
}  # fmt: skip


@dataclass(frozen=True)
class Findings:
    """What was found on one part, the most confident first.

    Attributes
    ----------
    boxes
        x1, y1, x2, y2 in pixels of the part, half open, shape (n, 4).
    types
        As in the boxes the model was fitted with, shape (n,).
    confidence
        Probability that the flaw is there and of that type, shape (n,).
    registration
        How the template lies on the part. Where it failed nothing is said about flaws.
    """

    boxes: NDArray[np.int64]
    types: NDArray[np.int64]
    confidence: Array
    registration: Registration

    def __len__(self) -> int:
        return len(self.types)

    def summary(self) -> str:
        """Say in a line what was found."""
        if self.registration.failed:
            return self.registration.trouble
        if not len(self):
            return "no flaw"
        kinds, counts = np.unique(self.types, return_counts=True)
        return ", ".join(f"{n} of type {kind}" for kind, n in zip(kinds, counts, strict=True))


@dataclass(frozen=True)
class _Seen:
    """The spots of one pair: boxes (n, 4), traits (n, k), and the registration."""

    boxes: NDArray[np.int64]
    rows: Rows
    registration: Registration
    size: tuple[int, int]


@dataclass(frozen=True)
class BoardModel:
    """Finds flaws of a part against its template.

    Attributes
    ----------
    types
        The types of flaw it knows.
    threshold
        Confidence from which `find` reports a flaw: the one with the best F-score on pairs that
        were held back when fitting.
    expected_f
        That F-score.
    """

    types: tuple[int, ...]
    threshold: float
    expected_f: float
    limits: Limits
    _kind: lightgbm.Booster
    _sides: tuple[lightgbm.Booster, ...]

    @classmethod
    def fit(
        cls,
        pairs: Iterable[tuple[NDArray[np.generic], NDArray[np.generic]]],
        boxes: Sequence[NDArray[np.int64]],
        groups: Sequence[str] | None = None,
        limits: Limits | None = None,
        seed: int = 0,
    ) -> Self:
        """Learn from pairs of template and part with boxes that people drew.

        Parameters
        ----------
        pairs
            Template and part, 8- or 16-bit images of one size; read one after the other.
        boxes
            For each pair x1, y1, x2, y2, type, shape (n, 5); no rows for a good part.
        groups
            What must not be parted when the threshold is chosen, one name a pair: boards or lots.
            Neighbouring pairs in blocks of `BLOCK` where it is not told.

        Raises
        ------
        ValueError
            If there are no pairs, no boxes, or not as many of the one as of the other.
        """
        limits = limits or Limits()
        seen = [_look(template, part, limits) for template, part in pairs]
        truth = [_checked(each, number) for number, each in enumerate(boxes, 1)]
        if not seen:
            raise ValueError("There are no pairs to learn from.")
        if len(seen) != len(truth):
            raise ValueError(f"{len(seen)} pairs, but boxes for {len(truth)}.")
        types = tuple(sorted({int(kind) for each in truth for kind in each[:, 4]}))
        if not types:
            raise ValueError("No pair has a box: at least one flaw is needed to learn from.")
        names = list(groups) if groups else [str(i // BLOCK) for i in range(len(seen))]
        if len(names) != len(seen):
            raise ValueError(f"{len(seen)} pairs, but groups for {len(names)}.")
        learner = _Learner(types, limits, seed)
        threshold, score = learner.threshold(seen, truth, names)
        return cls(types, threshold, score, limits, *learner.learnt(seen, truth))

    def find(
        self,
        template: NDArray[np.generic],
        part: NDArray[np.generic],
        least: float | None = None,
    ) -> Findings:
        """Find the flaws of a part.

        Parameters
        ----------
        template, part
            8- or 16-bit images of one size, shape (height, width) or (height, width, 3).
        least
            Confidence from which to report; `threshold` unless told.

        Raises
        ------
        ValueError
            If one is not an image, is too small, or they differ in size.
        """
        seen = _look(template, part, self.limits)
        return self._found(seen, self.threshold if least is None else least)

    def _found(self, seen: _Seen, least: float) -> Findings:
        if not len(seen.boxes):
            nothing = np.zeros(0, np.int64)
            return Findings(np.zeros((0, 4), np.int64), nothing, np.zeros(0), seen.registration)
        chance = np.asarray(self._kind.predict(seen.rows, num_threads=1))[:, 1:]
        kind, confidence = chance.argmax(1), chance.max(1)
        at = np.flatnonzero(confidence >= max(least, FAINT))
        at = at[np.argsort(-confidence[at], kind="stable")]
        reach = [np.asarray(side.predict(seen.rows[at], num_threads=1)) for side in self._sides] \
            if len(at) else [np.zeros(0)] * 4  # fmt: skip
        boxes = _widened(seen.boxes[at], np.stack(reach, 1), seen.size)
        kept = _once(boxes)
        at, boxes = at[kept], boxes[kept]
        types = np.array(self.types, np.int64)[kind[at]]
        return Findings(boxes, types, confidence[at], seen.registration)

    # --- kept in a file --------------------------------------------------------------------------

    def save(self, path: str | Path) -> None:
        """Write the model to a file: text and JSON, nothing that runs when it is read."""
        told = {
            "format": FORMAT, "types": self.types, "threshold": self.threshold,
            "expected_f": self.expected_f, "limits": vars(self.limits), "traits": NAMES,
            "kind": self._kind.model_to_string(),
            "sides": [side.model_to_string() for side in self._sides],
        }  # fmt: skip
        Path(path).write_text(json.dumps(told), encoding="utf-8")

    @classmethod
    def load(cls, path: str | Path) -> Self:
        """Read a model that `save` wrote.

        Raises
        ------
        ValueError
            If it is none, or was made by another version.
        """
        try:
            told = json.loads(Path(path).read_text(encoding="utf-8"))
            if told["format"] != FORMAT or tuple(told["traits"]) != NAMES:
                raise ValueError("another version made it, fit it anew")
            kind, *sides = (lightgbm.Booster(model_str=text)
                            for text in (told["kind"], *told["sides"]))  # fmt: skip
            return cls(tuple(told["types"]), told["threshold"], told["expected_f"],
                       Limits(**told["limits"]), kind, tuple(sides))  # fmt: skip
        except (KeyError, TypeError, UnicodeDecodeError, ValueError,
                lightgbm.basic.LightGBMError) as error:  # fmt: skip
            raise ValueError(f"{path} is not a board model: {error}") from error


@dataclass(frozen=True)
class _Learner:
    types: tuple[int, ...]
    limits: Limits
    seed: int

    def learnt(
        self, seen: Sequence[_Seen], truth: Sequence[NDArray[np.int64]]
    ) -> tuple[lightgbm.Booster, tuple[lightgbm.Booster, ...]]:
        """Fit what spots are and how far their boxes reach."""
        kinds, reach, rows = [], [], []
        for each, boxes in zip(seen, truth, strict=True):
            if each.registration.failed:
                continue
            wide = _widened(each.boxes, np.full((len(each.boxes), 4), PAD), each.size)
            partner = paired(wide, boxes[:, :4], SAME)
            is_flaw = partner >= 0
            kinds.append(np.where(is_flaw, np.searchsorted(self.types, boxes[partner, 4]) + 1, 0)
                         if len(boxes) else np.zeros(len(partner), int))  # fmt: skip
            rows.append(each.rows)
            outward = (each.boxes[is_flaw] - boxes[partner[is_flaw], :4]) * [1, 1, -1, -1]
            reach.append(np.column_stack([outward, each.rows[is_flaw]]))
        what = np.concatenate(kinds) if kinds else np.zeros(0, int)
        if not what.any():
            raise ValueError("None of the boxes holds a difference between template and part.")
        settings = LEARNING | {"seed": self.seed}
        kind = lightgbm.train(
            settings | {"objective": "multiclass", "num_class": len(self.types) + 1},
            lightgbm.Dataset(np.concatenate(rows), what), ROUNDS,
        )  # fmt: skip
        table = np.concatenate(reach)
        sides = tuple(
            lightgbm.train(settings | {"objective": "l1"},
                           lightgbm.Dataset(table[:, 4:], table[:, side]), SIDE_ROUNDS)
            for side in range(4)
        )  # fmt: skip
        return kind, sides

    def threshold(
        self, seen: Sequence[_Seen], truth: Sequence[NDArray[np.int64]], groups: Sequence[str]
    ) -> tuple[float, float]:
        """Choose the confidence from which to report, on groups that were held back."""
        names = np.array(groups)
        dealt = np.random.default_rng(self.seed).permutation(np.unique(names))
        if len(dealt) < 2:
            return 0.5, float("nan")
        confidence, hits = [], []
        for fold in range(min(FOLDS, len(dealt))):
            held = np.isin(names, dealt[fold::FOLDS])
            others = np.flatnonzero(~held)
            try:
                parts = self.learnt([seen[i] for i in others], [truth[i] for i in others])
            except ValueError:  # all flaws are in the part held back
                continue
            model = BoardModel(self.types, 0.0, 0.0, self.limits, *parts)
            for i in np.flatnonzero(held):
                found = model._found(seen[i], 0.0)
                confidence.append(found.confidence)
                hits.append(right(found.boxes, found.types, found.confidence, truth[i]))
        if not confidence:
            return 0.5, float("nan")
        count = sum(map(len, truth))
        return best_threshold(np.concatenate(confidence), np.concatenate(hits), count)


def _look(
    template: NDArray[np.generic], part: NDArray[np.generic], limits: Limits
) -> _Seen:
    grey: tuple[Image, Image] = pair(template, part)
    golden, own = ink(grey[0]), ink(grey[1])
    registration = register(golden, own, limits)
    size = golden.shape[0], golden.shape[1]
    if registration.failed:
        empty = np.zeros((0, 4), np.int64), np.zeros((0, len(NAMES)), np.float32)
        return _Seen(*empty, registration, size)
    golden, there = laid_on(golden, registration)
    found = spots(golden, own, there)
    return _Seen(found.boxes, traits(golden, own, found), registration, size)


def _checked(boxes: NDArray[np.int64], number: int) -> NDArray[np.int64]:
    array = np.asarray(boxes, dtype=np.int64).reshape(-1, 5) if np.size(boxes) else \
        np.zeros((0, 5), np.int64)  # fmt: skip
    if (array[:, 2:4] <= array[:, :2]).any():
        raise ValueError(f"Pair {number}: a box ends before it begins (x1, y1, x2, y2, type).")
    return array


def _widened(
    boxes: NDArray[np.int64], reach: NDArray[np.generic], size: tuple[int, int]
) -> NDArray[np.int64]:
    """Let boxes reach further to each side, no further than the picture."""
    wide = np.rint(boxes + np.asarray(reach, float) * [-1, -1, 1, 1]).astype(np.int64)
    return np.clip(wide, 0, [size[1], size[0], size[1], size[0]])  # type: ignore[no-any-return]


def _once(boxes: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return which of the boxes, the most confident first, do not repeat an earlier one."""
    kept: list[int] = []
    shared = overlap(boxes, boxes)
    for i in range(len(boxes)):
        if not kept or shared[i, kept].max() <= TWICE:
            kept.append(i)
    return np.array(kept, np.int64)
