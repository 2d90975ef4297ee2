"""Flaws of a part against its golden template, located and typed as labelled pairs taught."""

import json
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Self

import lightgbm
import numpy as np
from numpy.typing import NDArray

from linli.engines.board.judge import Judge, chosen_threshold
from linli.engines.board.registration import Limits, Registration
from linli.engines.board.seen import look
from linli.engines.board.traits import NAMES

BLOCK = 8  # neighbouring pairs that are held back together: they often show one board
FORMAT = 1


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
    confidence: NDArray[np.float64]
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
class BoardModel:
    """Finds flaws of a part against its template.

    Attributes
    ----------
    threshold
        Confidence from which `find` reports a flaw: the one with the best F-score on pairs that
        were held back when fitting.
    expected_f
        That F-score; NaN where there were too few pairs to hold any back.
    limits
        How far a part may lie off.
    """

    threshold: float
    expected_f: float
    limits: Limits
    _judge: Judge

    @property
    def types(self) -> tuple[int, ...]:
        """The types of flaw it knows."""
        return self._judge.types

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
        seen = [look(template, part, limits) for template, part in pairs]
        truth = [_checked(each, number) for number, each in enumerate(boxes, 1)]
        names = list(groups) if groups else [str(i // BLOCK) for i in range(len(seen))]
        if not seen:
            raise ValueError("There are no pairs to learn from.")
        for what, count in (("boxes", len(truth)), ("groups", len(names))):
            if count != len(seen):
                raise ValueError(f"{len(seen)} pairs, but {what} for {count}.")
        types = tuple(sorted({int(kind) for each in truth for kind in each[:, 4]}))
        if not types:
            raise ValueError("No pair has a box: at least one flaw is needed to learn from.")
        judge = Judge.taught(seen, truth, types, seed)
        threshold, score = chosen_threshold(seen, truth, names, types, seed)
        return cls(threshold, score, limits, judge)

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
        seen = look(template, part, self.limits)
        judged = self._judge.judge(seen, self.threshold if least is None else least)
        return Findings(*judged, seen.registration)

    def save(self, path: str | Path) -> None:
        """Write the model to a file: text and numbers, nothing that runs when it is read."""
        told = {"format": FORMAT, "traits": NAMES, "threshold": self.threshold,
                "expected_f": self.expected_f, "limits": asdict(self.limits),
                **self._judge.told()}  # fmt: skip
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
            return cls(told["threshold"], told["expected_f"], Limits(**told["limits"]),
                       Judge.of(told))  # fmt: skip
        except (KeyError, TypeError, ValueError, lightgbm.basic.LightGBMError) as error:
            raise ValueError(f"{path} is not a board model: {error}") from error


def _checked(boxes: NDArray[np.int64], number: int) -> NDArray[np.int64]:
    array = np.asarray(boxes, dtype=np.int64)
    array = array.reshape(-1, 5) if array.size else np.zeros((0, 5), np.int64)
    if (array[:, 2:4] <= array[:, :2]).any():
        raise ValueError(f"Pair {number}: a box ends before it begins (x1, y1, x2, y2, type).")
    return array
