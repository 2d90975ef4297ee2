"""Word and character n-grams of many texts at once, as hashes in flat arrays.

Analysers that build each n-gram as a Python string manage a few hundred messages a second. Here
a text is an array of code points, an n-gram is a 64-bit number made from them by array
arithmetic, and a batch costs a handful of passes over memory.
"""

import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Self

import numpy as np
import numpy.typing as npt

from .words import FUNCTION_WORDS, segment

Hashes = npt.NDArray[np.uint64]

_BASE = 0x9E3779B97F4A7C15
_MASK = (1 << 64) - 1


def mix(values: Hashes) -> Hashes:
    """Scatter 64-bit numbers evenly (the finaliser of SplitMix64, Steele et al. 2014)."""
    values = values ^ (values >> np.uint64(30))
    values *= np.uint64(0xBF58476D1CE4E5B9)
    values ^= values >> np.uint64(27)
    values *= np.uint64(0x94D049BB133111EB)
    values ^= values >> np.uint64(31)
    return values


def code_points(text: str) -> npt.NDArray[np.uint32]:
    """Give the Unicode code points of a text, shape (len(text),)."""
    return np.frombuffer(text.encode("utf-32-le", "surrogatepass"), dtype=np.uint32)


@cache
def _folds() -> npt.NDArray[np.uint32]:
    """Map each code point of the basic plane to its small or half-width form, where it has one."""
    table = np.arange(0x10000, dtype=np.uint32)
    for code in [*range(0x3000), *range(0xA000, 0xD800), *range(0xF900, 0x10000)]:
        form = unicodedata.normalize("NFKC", chr(code)).lower()
        if len(form) == 1:
            table[code] = ord(form)
    return table


def fold(codes: npt.NDArray[np.uint32]) -> npt.NDArray[np.uint32]:
    """Fold width, compatibility forms and letter case, one for one: `Ａ市` and `a市` are one."""
    folded = _folds()[np.minimum(codes, 0xFFFF)]
    return np.where(codes > 0xFFFF, codes, folded)


def folded(texts: Sequence[str]) -> list[str]:
    """Fold texts as `fold` does; each keeps its length."""
    whole = fold(code_points("".join(texts))).tobytes().decode("utf-32-le", "surrogatepass")
    ends = np.cumsum(np.fromiter(map(len, texts), np.int64, len(texts))).tolist()
    return [whole[start:end] for start, end in zip([0, *ends], ends, strict=False)]


@cache
def _letters() -> npt.NDArray[np.bool_]:
    """Tell which code points are letters or digits; all beyond the second plane count as such."""
    return np.fromiter((chr(code).isalnum() for code in range(0x30000)), np.bool_, 0x30000)


def are_letters(codes: npt.NDArray[np.uint32]) -> npt.NDArray[np.bool_]:
    """Tell letters, digits and Chinese characters from punctuation and spaces."""
    return _letters()[np.minimum(codes, 0x2FFFF)]


@cache
def _powers(bits: int) -> tuple[Hashes, Hashes]:
    """Give the powers of the base and of its inverse modulo 2^64, 2^bits of each."""
    inverse = pow(_BASE, -1, 1 << 64)
    size = 1 << bits
    up, down = np.empty(size, np.uint64), np.empty(size, np.uint64)
    for table, factor in ((up, _BASE), (down, inverse)):
        table[0] = 1
        filled = 1
        while filled < size:
            table[filled : 2 * filled] = table[:filled] * np.uint64(pow(factor, filled, 1 << 64))
            filled *= 2
    return up, down


def hash_spans(
    codes: npt.NDArray[np.uint32], starts: npt.NDArray[np.int64], ends: npt.NDArray[np.int64]
) -> Hashes:
    """Hash stretches of one array of code points.

    Parameters
    ----------
    codes
        Code points, shape (c,).
    starts, ends
        Half-open stretches of `codes`, shape (m,).

    Returns
    -------
    One hash a stretch, shape (m,). Equal stretches have equal hashes wherever they stand.

    Notes
    -----
    A polynomial over scattered code points modulo 2^64. Its odd base has an inverse, so a prefix
    sum and one multiplication give any stretch, whatever its length.
    """
    up, down = _powers(max(10, len(codes).bit_length()))
    prefix = np.zeros(len(codes) + 1, np.uint64)
    np.cumsum(mix(codes.astype(np.uint64) + np.uint64(1)) * up[: len(codes)], out=prefix[1:])
    return mix((prefix[ends] - prefix[starts]) * down[starts])


@dataclass(frozen=True)
class Words:
    """The content words of a batch of texts.

    Attributes
    ----------
    text
        Which text each word belongs to, ascending, shape (m,).
    hashes
        Hash of each word, shape (m,).
    codes
        The code points of all words in a row, shape (c,).
    ends
        Where each word ends in `codes`, shape (m,).
    size
        Number of texts, those without words included.
    """

    text: npt.NDArray[np.int64]
    hashes: Hashes
    codes: npt.NDArray[np.uint32]
    ends: npt.NDArray[np.int64]
    size: int

    @classmethod
    def of(cls, texts: Sequence[str]) -> Self:
        """Normalise and cut texts; drop punctuation and function words."""
        segmented = segment(folded(texts))
        counts = np.fromiter(map(len, segmented), np.int64, len(segmented))
        flat = [word for words in segmented for word in words]
        codes = code_points("".join(flat))
        lengths = np.fromiter(map(len, flat), np.int64, len(flat))
        ends = np.cumsum(lengths)
        starts = ends - lengths
        hashes = hash_spans(codes, starts, ends)
        text = np.repeat(np.arange(len(segmented)), counts)
        whole = cls(text, hashes, codes, ends, len(segmented))
        return whole.kept(are_letters(codes[starts]) & ~among(hashes, _function_hashes()))

    def kept(self, keep: npt.NDArray[np.bool_]) -> Self:
        """Leave out words where `keep`, shape (m,), is false."""
        lengths = np.diff(self.ends, prepend=0)
        kept_lengths = lengths[keep]
        return type(self)(
            self.text[keep],
            self.hashes[keep],
            self.codes[np.repeat(keep, lengths)],
            np.cumsum(kept_lengths),
            self.size,
        )


def among(hashes: Hashes, known: Hashes) -> npt.NDArray[np.bool_]:
    """Tell which hashes are among `known`, which is sorted and not empty."""
    place = np.minimum(np.searchsorted(known, hashes), len(known) - 1)
    return known[place] == hashes


def hash_words(words: Iterable[str]) -> Hashes:
    """Hash words one by one as `Words` does, shape (m,)."""
    words = list(words)
    lengths = np.fromiter(map(len, words), np.int64, len(words))
    ends = np.cumsum(lengths)
    return hash_spans(code_points("".join(words)), ends - lengths, ends)


@cache
def _function_hashes() -> Hashes:
    return np.sort(hash_words(FUNCTION_WORDS))


def character_grams(words: Words, n: int) -> tuple[npt.NDArray[np.int64], Hashes]:
    """Hash each run of n characters within one text, its content words joined.

    Returns
    -------
    Position in `words` of the word that each run ends in, and its hash, each shape (m,).
    """
    word = np.repeat(np.arange(len(words.text)), np.diff(words.ends, prepend=0))
    if len(word) < n:
        return np.empty(0, np.int64), np.empty(0, np.uint64)
    owner = words.text[word]
    same = owner[n - 1 :] == owner[: len(owner) - n + 1]
    scattered = mix(words.codes.astype(np.uint64) + np.uint64(n << 32))
    hashes = np.zeros(len(owner) - n + 1, np.uint64)
    for offset in range(n):
        hashes *= np.uint64(_BASE)
        hashes += scattered[offset : len(owner) - n + 1 + offset]
    return word[n - 1 :][same], mix(hashes[same])
