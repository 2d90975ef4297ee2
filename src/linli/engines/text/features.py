"""Texts as weighed n-grams: rows of a sparse matrix, tf-idf, of length 1."""

from collections.abc import Sequence
from typing import Self

import numpy as np
import numpy.typing as npt
from scipy.sparse import csr_matrix

from .grams import Hashes
from .vocabulary import Vocabulary

Block = tuple[npt.NDArray[np.int64], Hashes, npt.NDArray[np.float32]]
"""One kind of n-gram of many texts: the text each stands in, its hash and its weight."""


class Terms:
    """The n-grams a model knows and how rare each is.

    Parameters
    ----------
    hashes
        The n-grams, ascending, shape (v,).
    blocks
        The number of the block each is of, shape (v,).
    rarity
        Inverse document frequency (smoothed, natural logarithm, plus 1), shape (v,).
    """

    def __init__(
        self,
        hashes: Hashes,
        blocks: npt.NDArray[np.uint8],
        rarity: npt.NDArray[np.float32],
    ) -> None:
        self._vocabulary = Vocabulary(hashes)
        self._blocks = blocks
        self._rarity = rarity

    @classmethod
    def learn(cls, blocks: list[Block], size: int, least: int) -> Self:
        """Know all n-grams that stand in at least `least` of `size` texts."""
        chosen = []
        for number, (text, hashes, _) in enumerate(blocks):
            seen, position = np.unique(hashes, return_inverse=True)
            within = np.unique(position * size + text) // size
            frequency = np.bincount(within, minlength=len(seen))
            keep = frequency >= least
            rarity = np.log((1 + size) / (1 + frequency[keep])) + 1
            chosen.append((seen[keep], np.full(keep.sum(), number, np.uint8), rarity))
        hashes, block, rarity = (np.concatenate(parts) for parts in zip(*chosen, strict=True))
        order = np.argsort(hashes)
        return cls(hashes[order], block[order], rarity[order].astype(np.float32))

    def __len__(self) -> int:
        return len(self._vocabulary)

    def arrays(self) -> dict[str, np.ndarray]:
        """Give what the constructor takes, by name."""
        return {
            "hashes": self._vocabulary.hashes,
            "blocks": self._blocks,
            "rarity": self._rarity,
        }

    def weigh(
        self, blocks: list[Block], size: int, shares: Sequence[float] | None = None
    ) -> csr_matrix:
        """Weigh the known n-grams of each text: log(1 + tf) · idf.

        Parameters
        ----------
        blocks
            The n-grams of the texts, the same kinds in the same order as learnt.
        size
            Number of texts.
        shares
            Length of each block within a row before the row is brought to 1; equal unless told.

        Returns
        -------
        Matrix of shape (size, v). A row has length 1 if all in the text is known, less if not.
        """
        text, hashes, weight = (np.concatenate(parts) for parts in zip(*blocks, strict=True))
        column = self._vocabulary.positions(hashes)
        known = column >= 0
        counts = csr_matrix(
            (weight[known], (text[known], column[known])), shape=(size, len(self._vocabulary))
        )
        counts.sum_duplicates()
        row = np.repeat(np.arange(size), np.diff(counts.indptr))
        values = np.log1p(counts.data) * self._rarity[counts.indices]
        part = row * len(blocks) + self._blocks[counts.indices]
        squares = np.bincount(part, values * values, size * len(blocks))
        # What the model never saw counts towards length, as the rarest it knows: a long message
        # with one known word says little, and without this it would say it at the top of its voice.
        block = np.repeat(np.arange(len(blocks)), [len(owner) for owner, _, _ in blocks])
        unknown = np.log1p(weight[~known]) * self._rarity.max(initial=1.0)
        unknown_part = text[~known] * len(blocks) + block[~known]
        strangers = np.bincount(unknown_part, unknown * unknown, size * len(blocks))
        length = np.sqrt(squares + strangers)
        # Each block as long as its share, then the whole: a text without pairs is as long as one
        # with.
        share = np.ones(len(blocks)) if shares is None else np.asarray(shares, np.float64)
        whole = np.sqrt((length.reshape(size, -1) > 0) @ share**2)
        scale = share[part % len(blocks)] / (length[part] * whole[row])
        counts.data = (values * scale).astype(np.float32)
        return counts
