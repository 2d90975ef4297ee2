"""What spots are, as labelled pairs taught: of which type or none, and how far their box reaches.

Spots that nobody boxed teach what a harmless difference looks like.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Self

import lightgbm
import numpy as np
from numpy.typing import NDArray

from linli.engines.board.matching import best_threshold, overlap, paired, right
from linli.engines.board.seen import Seen

PAD = 10  # pixels that people leave around a flaw, before the model knows better
SAME = 0.2  # overlap from which a spot is the one a person boxed
TWICE = 0.33  # overlap from which the weaker of two findings is the same flaw again
FAINT = 0.02  # confidence below which a finding is not worth keeping
FOLDS = 5
ROUNDS, SIDE_ROUNDS = 200, 40
# Chosen on held-back blocks of neighbours and on held-back boards of DeepPCB's training folder.
# Thresholds drawn at random (extra trees) err less on boards never seen before.
LEARNING = {
    "learning_rate": 0.1, "num_leaves": 7, "min_data_in_leaf": 20, "feature_fraction": 0.5,
    "bagging_fraction": 0.8, "bagging_freq": 1, "lambda_l2": 1.0, "max_bin": 63, "verbose": -1,
    "num_threads": 1, "extra_trees": True, "deterministic": True, "force_row_wise": True,
}  # fmt: skip

Judged = tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.float64]]
Truth = Sequence[NDArray[np.int64]]


@dataclass(frozen=True)
class Judge:
    """Says what spots are.

    Attributes
    ----------
    types
        The types of flaw it knows.
    """

    types: tuple[int, ...]
    _kind: lightgbm.Booster
    _sides: tuple[lightgbm.Booster, ...]

    @classmethod
    def taught(cls, seen: Sequence[Seen], truth: Truth, types: tuple[int, ...], seed: int) -> Self:
        """Learn from spots and the boxes that people drew, shape (n, 5) each.

        Raises
        ------
        ValueError
            If no box holds a spot.
        """
        kinds, rows, reach, reaching = [], [], [], []
        for each, boxes in zip(seen, truth, strict=True):
            every = np.arange(len(each.boxes))
            partner = paired(each.widened(every, np.array([[PAD] * 4])), boxes[:, :4], SAME)
            flaws = np.flatnonzero(partner >= 0)
            what = np.zeros(len(every), np.int64)
            what[flaws] = np.searchsorted(types, boxes[partner[flaws], 4]) + 1
            kinds.append(what)
            rows.append(each.rows)
            reach.append((each.boxes[flaws] - boxes[partner[flaws], :4]) * [1, 1, -1, -1])
            reaching.append(each.rows[flaws])
        if not sum(map(len, reach)):
            raise ValueError("None of the boxes holds a difference between template and part.")
        settings = LEARNING | {"seed": seed}
        spots = lightgbm.Dataset(np.concatenate(rows), np.concatenate(kinds))
        several = {"objective": "multiclass", "num_class": len(types) + 1}
        kind = lightgbm.train(settings | several, spots, ROUNDS)
        table, outward = np.concatenate(reaching), np.concatenate(reach)
        sides = tuple(
            lightgbm.train(
                settings | {"objective": "l1"}, lightgbm.Dataset(table, outward[:, i]), SIDE_ROUNDS
            )
            for i in range(4)
        )
        return cls(types, kind, sides)

    def judge(self, seen: Seen, least: float) -> Judged:
        """Return boxes, types and confidence of the flaws, the most confident first."""
        if not len(seen.boxes):
            return np.zeros((0, 4), np.int64), np.zeros(0, np.int64), np.zeros(0)
        chance = np.asarray(self._kind.predict(seen.rows, num_threads=1))[:, 1:]
        confidence = chance.max(1)
        at = np.flatnonzero(confidence >= max(least, FAINT))
        at = at[np.argsort(-confidence[at], kind="stable")]
        reach = np.full((len(at), 4), float(PAD))
        if len(at):
            for i, side in enumerate(self._sides):
                reach[:, i] = side.predict(seen.rows[at], num_threads=1)
        boxes = seen.widened(at, reach)
        kept = _once(boxes)
        types = np.array(self.types, np.int64)[chance[at[kept]].argmax(1)]
        return boxes[kept], types, confidence[at[kept]]

    def told(self) -> dict[str, Any]:
        """Return all it knows as text and numbers."""
        sides = [side.model_to_string() for side in self._sides]
        return {"types": self.types, "kind": self._kind.model_to_string(), "sides": sides}

    @classmethod
    def of(cls, told: dict[str, Any]) -> Self:
        """Make the judge that `told` tells of."""
        kind, *sides = (lightgbm.Booster(model_str=t) for t in (told["kind"], *told["sides"]))
        return cls(tuple(told["types"]), kind, tuple(sides))


def _once(boxes: NDArray[np.int64]) -> list[int]:
    """Return which of the boxes, the most confident first, do not repeat an earlier one."""
    kept: list[int] = []
    shared = overlap(boxes, boxes)
    for i in range(len(boxes)):
        if not kept or shared[i, kept].max() <= TWICE:
            kept.append(i)
    return kept


def chosen_threshold(
    seen: Sequence[Seen], truth: Truth, groups: Sequence[str], types: tuple[int, ...], seed: int
) -> tuple[float, float]:
    """Choose the confidence from which to report, on groups that were held back in turn.

    Returns
    -------
    The threshold and the F-score it had there; 0.5 and NaN where there is nothing to hold back.
    """
    names = np.array(groups)
    dealt = np.random.default_rng(seed).permutation(np.unique(names))
    confidence, hits, count = [], [], 0
    for fold in range(min(FOLDS, len(dealt))):
        held = np.isin(names, dealt[fold::FOLDS])
        known = np.flatnonzero(~held).tolist()
        try:
            judge = Judge.taught([seen[i] for i in known], [truth[i] for i in known], types, seed)
        except ValueError:  # all flaws are in what is held back
            continue
        for i in np.flatnonzero(held).tolist():
            boxes, kinds, sure = judge.judge(seen[i], 0.0)
            confidence.append(sure)
            hits.append(right(boxes, kinds, sure, truth[i]))
            count += len(truth[i])
    if not count:
        return 0.5, float("nan")
    return best_threshold(np.concatenate(confidence), np.concatenate(hits), count)
