"""What stands behind most flaws, and how many parts are good at once."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Share:
    """One bar of a Pareto chart: what, how often, its share, and the share up to it."""

    name: str
    count: int
    share: float
    cumulative: float


def pareto(counts: Mapping[str, int]) -> list[Share]:
    """Order kinds by how often they occur, the most frequent first; none that never does."""
    total = sum(counts.values())
    found, so_far = [], 0
    for name, count in sorted(counts.items(), key=lambda pair: (-pair[1], pair[0])):
        if count <= 0:
            continue
        so_far += count
        found.append(Share(name, count, count / total, so_far / total))
    return found


def vital(shares: Sequence[Share], most: float = 0.8) -> list[Share]:
    """Return the few kinds that together make at least `most` of all."""
    for k, each in enumerate(shares):
        if each.cumulative >= most - 1e-12:
            return list(shares[: k + 1])
    return list(shares)


def first_pass_yield(parts: int, flawed: int, unusable: int = 0) -> float | None:
    """Return the share of parts that were good at once; parts without a usable picture don't count.

    None where no part was judged.
    """
    judged = parts - unusable
    return (judged - flawed) / judged if judged > 0 else None
