"""The same policy for the same case: where one case differs from the middle of its like.

Each case gives measures (yuan a unit) by name. What is nowhere promised counts as 0, so that a
promise to one alone stands out, and so does one made to all others; a line of the price table
that a case does not have says nothing of it.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from statistics import median

ENOUGH = 0.5  # of the like have to have a worded promise for it to be usual


@dataclass(frozen=True)
class Case:
    """What one case is given: unit prices by line, promised money by item, promised words."""

    key: str
    prices: Mapping[str, Decimal]
    money: Mapping[str, Decimal]
    words: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Difference:
    """One thing in which a case is not treated as its like.

    Attributes
    ----------
    kind
        `price`, `money` or `words`.
    mine, middle
        What it gets and the middle of what its like get; for words 1 or 0, and the share of the
        like that have them.
    like
        Keys of the like, the ones nearest to the middle first, with what each gets.
    """

    kind: str
    name: str
    mine: Decimal
    middle: Decimal
    like: tuple[tuple[str, Decimal], ...]

    @property
    def what(self) -> str:
        """Name exactly this difference: another sum is another one."""
        return f"{self.kind}:{self.name}={self.mine.normalize():f}"

    @property
    def is_more(self) -> bool:
        return self.mine > self.middle


def differences(case: Case, like: Sequence[Case], tolerance: float) -> list[Difference]:
    """Find what differs from the middle of the like by more than a share `tolerance` of it."""
    if not like:
        return []
    found = []
    for name, mine in case.prices.items():
        theirs = [(other.key, other.prices[name]) for other in like if name in other.prices]
        if theirs:
            found.append(_compared("price", name, mine, theirs, tolerance))
    for name in _all(case.money, *(other.money for other in like)):
        theirs = [(other.key, other.money.get(name, Decimal(0))) for other in like]
        mine = case.money.get(name, Decimal(0))
        found.append(_compared("money", name, mine, theirs, tolerance))
    for name in _all(case.words, *(other.words for other in like)):
        theirs = [(other.key, Decimal(name in other.words)) for other in like]
        share = sum((value for _key, value in theirs), Decimal(0)) / len(theirs)
        mine = Decimal(name in case.words)
        is_usual = share > Decimal(str(ENOUGH))
        if bool(mine) != is_usual:
            found.append(Difference("words", name, mine, share, tuple(theirs)))
    return [difference for difference in found if difference is not None]


def _all(*several: object) -> list[str]:
    return list(dict.fromkeys(name for names in several for name in sorted(names)))  # type: ignore[call-overload]


def _compared(
    kind: str, name: str, mine: Decimal, theirs: list[tuple[str, Decimal]], tolerance: float
) -> Difference | None:
    middle = Decimal(median(value for _key, value in theirs))
    if abs(mine - middle) <= Decimal(str(tolerance)) * abs(middle):
        return None
    theirs.sort(key=lambda pair: (abs(pair[1] - middle), pair[0]))
    return Difference(kind, name, mine, middle, tuple(theirs))
