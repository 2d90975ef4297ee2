"""Which found boxes are right, and how good a set of findings is."""

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]

ENOUGH = 0.33  # intersection over union above which a box counts as found


def overlap(a: NDArray[np.generic], b: NDArray[np.generic]) -> Array:
    """Return intersection over union of boxes x1, y1, x2, y2, shapes (n, 4) and (m, 4) → (n, m)."""
    one, other = np.asarray(a, float)[:, None], np.asarray(b, float)[None]
    low, high = np.maximum(one[..., :2], other[..., :2]), np.minimum(one[..., 2:], other[..., 2:])
    both = np.clip(high - low, 0, None).prod(-1)
    sizes = [(each[..., 2:] - each[..., :2]).prod(-1) for each in (one, other)]
    return both / np.maximum(sizes[0] + sizes[1] - both, 1e-9)


def paired(a: NDArray[np.generic], b: NDArray[np.generic], least: float) -> NDArray[np.int64]:
    """Pair boxes one to one, those that overlap most first.

    Returns
    -------
    For each box of `a` its position in `b`, -1 for none, shape (n,).
    """
    partner = np.full(len(a), -1)
    if not len(a) or not len(b):
        return partner
    left = overlap(a, b)
    while left.max() > least:
        i, j = np.unravel_index(left.argmax(), left.shape)
        partner[i] = j
        left[i], left[:, j] = -1, -1
    return partner


def right(
    boxes: NDArray[np.generic],
    types: NDArray[np.int64],
    confidence: NDArray[np.generic],
    truth: NDArray[np.int64],
    least: float = ENOUGH,
) -> NDArray[np.bool_]:
    """Say which findings of one part are right, as PASCAL VOC counts.

    The most confident first, each takes the true box of its type that it overlaps most; it is
    right if that is more than `least` and no other has taken it.

    Parameters
    ----------
    truth
        x1, y1, x2, y2, type, shape (m, 5).
    """
    found = np.zeros(len(boxes), bool)
    if not len(boxes) or not len(truth):
        return found
    shared = np.where(types[:, None] == truth[None, :, 4], overlap(boxes, truth[:, :4]), 0)
    taken = np.zeros(len(truth), bool)
    for i in np.argsort(-np.asarray(confidence), kind="stable"):
        j = shared[i].argmax()
        found[i] = shared[i, j] > least and not taken[j]
        taken[j] |= found[i]
    return found


def average_precision(
    confidence: NDArray[np.generic], is_right: NDArray[np.bool_], count: int
) -> float:
    """Return the area under the precision-recall curve over all points, `count` true boxes."""
    if not count:
        return float("nan")
    hits = np.cumsum(is_right[np.argsort(-np.asarray(confidence), kind="stable")])
    precision = hits / np.arange(1, len(hits) + 1)
    precision = np.maximum.accumulate(precision[::-1])[::-1]
    return float((np.diff(hits, prepend=0) * precision).sum() / count)


def best_threshold(
    confidence: NDArray[np.generic], is_right: NDArray[np.bool_], count: int
) -> tuple[float, float]:
    """Return the confidence from which on findings give the best F-score, and that F-score.

    The threshold lies in the middle of the stretch within 0.1 % of the best, so that it does not
    hang on one box.
    """
    if not len(is_right) or not count:
        return 0.5, 0.0
    order = np.argsort(-np.asarray(confidence), kind="stable")
    hits = np.cumsum(is_right[order])
    score = 2 * hits / (np.arange(1, len(hits) + 1) + count)
    near = np.flatnonzero(score >= score.max() - 0.001)
    levels = np.append(np.asarray(confidence, float)[order], 0)
    return float((levels[near[0]] + levels[near[-1] + 1]) / 2), float(score.max())
