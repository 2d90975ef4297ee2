"""A set of n-gram hashes to look many up in at once."""

import numpy as np
import numpy.typing as npt

from .grams import Hashes

_BITS = 20


class Vocabulary:
    """Number the n-grams a model knows.

    A binary search walks far through memory for each n-gram; here the upper bits lead straight to
    a bucket that holds one n-gram or none.

    Parameters
    ----------
    hashes
        Evenly scattered hashes, ascending, shape (v,).
    """

    def __init__(self, hashes: Hashes) -> None:
        self.hashes = hashes
        edges = np.arange(1, 1 << _BITS, dtype=np.uint64) << np.uint64(64 - _BITS)
        self._edges = np.concatenate(
            ([0], np.searchsorted(hashes, edges), [len(hashes)]), dtype=np.int32
        )

    def __len__(self) -> int:
        return len(self.hashes)

    def positions(self, hashes: Hashes) -> npt.NDArray[np.int32]:
        """Find hashes, shape (m,): their positions in `self.hashes`, -1 where unknown."""
        bucket = (hashes >> np.uint64(64 - _BITS)).astype(np.int32)
        place, end = self._edges[bucket], self._edges[bucket + 1]
        found = np.full(len(hashes), -1, np.int32)
        open_ = np.flatnonzero(place < end)
        while len(open_):
            here = place[open_]
            hit = self.hashes[here] == hashes[open_]
            found[open_[hit]] = here[hit]
            place[open_] += 1
            open_ = open_[~hit & (here + 1 < end[open_])]
        return found
