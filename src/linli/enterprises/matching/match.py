"""Who could supply a need: words in common, weighed by how rare they are, and the industry.

A word weighs ln((1 + n) / (1 + wares that have it)) + 1, where n is how many wares the park makes
(TF-IDF); the likeness of two texts is the cosine between their weights.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from scipy.sparse import csr_matrix

from linli.engines.text import segment

SAME_INDUSTRY = 0.2  # what the hint of an industry adds to the likeness of the words
MOST = 20  # suppliers of a need


@dataclass(frozen=True)
class Ware:
    """What an enterprise makes; `industry` where it is known."""

    enterprise: int
    name: str
    name_en: str = ""
    industry: str = ""


@dataclass(frozen=True)
class Match:
    """A ware that is like a need: how alike, and the words in common, the weightiest first."""

    ware: Ware
    words: list[str]
    is_industry: bool
    likeness: float


class Market:
    """All that is made in the park, ready to be compared with needs."""

    def __init__(self, wares: Sequence[Ware]) -> None:
        self.wares = list(wares)
        self._word: dict[str, int] = {}
        told = [_words(tokens) for tokens in segment([ware.name for ware in self.wares])]
        for words in told:
            for word in words:
                self._word.setdefault(word, len(self._word))
        self._words = list(self._word)
        have = np.zeros(len(self._word))
        for words in told:
            have[[self._word[word] for word in set(words)]] += 1
        self._weight = np.log((1 + len(told)) / (1 + have)) + 1
        self._unknown = float(np.log(1 + len(told)) + 1)
        self._rows = self._matrix(told)

    def _matrix(self, told: Sequence[Sequence[str]]) -> csr_matrix:
        """Return the weights of texts, each of length 1."""
        at = [0]
        columns: list[int] = []
        values: list[float] = []
        for words in told:
            counts: dict[int, int] = {}
            unknown: dict[str, int] = {}
            for word in words:
                column = self._word.get(word)
                if column is None:
                    unknown[word] = unknown.get(word, 0) + 1
                else:
                    counts[column] = counts.get(column, 0) + 1
            weights = np.array([n * self._weight[column] for column, n in counts.items()])
            others = np.array([n * self._unknown for n in unknown.values()])
            length = float(np.sqrt((weights**2).sum() + (others**2).sum()))
            columns += counts
            values += (weights / length).tolist() if length else []
            at.append(len(columns))
        return csr_matrix((values, columns, at), shape=(len(told), len(self._word)))

    def alike(self, needs: Sequence[str]) -> Iterable[tuple[np.ndarray, csr_matrix]]:
        """Yield for each need how alike every ware is (0 to 1), and the weights of the need."""
        rows = self._matrix([_words(tokens) for tokens in segment(list(needs))])
        scores = (rows @ self._rows.T).tocsr()
        for place in range(len(needs)):
            yield scores[place].toarray()[0], rows[place]

    def common(self, need: csr_matrix, ware: int) -> list[str]:
        """Return the words a need and a ware share, the weightiest first."""
        shared = need.multiply(self._rows[ware]).tocsr()
        order = sorted(zip(shared.data, shared.indices, strict=True), reverse=True)
        return [self._words[at] for _weight, at in order]


def _words(tokens: Sequence[str]) -> list[str]:
    return [token.lower() for token in tokens if len(token) > 1]


@dataclass(frozen=True)
class Wanted:
    """What an enterprise looks for; `industry` where it is known."""

    enterprise: int
    name: str
    industry: str = ""


def matches(
    market: Market, needs: Sequence[Wanted], codes: Sequence[str]
) -> Iterable[list[Match]]:  # fmt: skip
    """Yield for each need who could supply it, the most alike first.

    One line an enterprise, with the ware most alike, and never the one that needs it.

    Parameters
    ----------
    codes
        For each ware the code of its enterprise: of equals the smaller stands first.
    """
    wares = market.wares
    makers = np.array([ware.enterprise for ware in wares])
    kinds = np.array([ware.industry for ware in wares], dtype=np.str_)
    order_of_codes = np.argsort(np.argsort(np.array(codes, dtype=np.str_)))
    of_kind: dict[str, np.ndarray] = {}
    names = [need.name for need in needs]
    for need, (alike, row) in zip(needs, market.alike(names), strict=True):
        if need.industry and need.industry not in of_kind:
            of_kind[need.industry] = np.char.startswith(kinds, need.industry)
        is_kind = of_kind.get(need.industry, np.zeros(len(wares), bool))
        total = np.round(alike * (1 - SAME_INDUSTRY) + SAME_INDUSTRY * is_kind, 6)
        there = np.flatnonzero((total > 0) & (makers != need.enterprise))
        there = there[np.lexsort((there, order_of_codes[there], -total[there]))]
        found: dict[int, int] = {}
        for ware in there:
            found.setdefault(int(makers[ware]), int(ware))
            if len(found) == MOST:
                break
        yield [
            Match(wares[w], market.common(row, w), bool(is_kind[w]), float(total[w]))
            for w in found.values()
        ]
