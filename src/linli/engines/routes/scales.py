"""Money and amounts as PyVRP's whole numbers."""

from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction
from math import floor, gcd, lcm

from .problem import Problem, Vehicle

FINEST = 100
"""The greatest cost of a metre or a second in PyVRP. Its penalties end at 100,000 a unit; that of
a unit of load must be able to outweigh a detour."""


@dataclass(frozen=True)
class Money:
    """How many units of PyVRP's cost are one unit of money."""

    factor: float

    def metre(self, vehicle: Vehicle) -> int:
        return round(vehicle.per_km / 1000 * self.factor)

    def second(self, vehicle: Vehicle) -> int:
        return round(vehicle.per_hour / 3600 * self.factor)

    def of(self, money: float) -> int:
        return round(money * self.factor)


def money_scale(problem: Problem) -> Money:
    """Return the scale of costs: exact if small whole numbers can say them, else rounded."""
    units = {Fraction(str(v.per_km)) / 1000 for v in problem.vehicles}
    units |= {Fraction(str(v.per_hour)) / 3600 for v in problem.vehicles}
    units -= {Fraction(0)}
    if not units:
        return Money(1.0)
    exact = Fraction(lcm(*(u.denominator for u in units)))
    exact /= gcd(*(int(u * exact) for u in units))
    most = max(units) * exact
    return Money(float(exact if most <= FINEST else exact * FINEST / most))


def amount_scales(problem: Problem) -> dict[str, int]:
    """Return by how much amounts of each unit are multiplied: whole ones by 1."""
    scales = {}
    for unit in problem.units():
        amounts = [float(o.amounts.get(unit, 0)) for o in problem.orders]
        amounts += [float(v.aboard.get(unit, 0)) for v in problem.vehicles]
        scales[unit] = next(
            (s for s in (1, 10, 100) if all(abs(a * s - round(a * s)) < 1e-9 for a in amounts)),
            1000,
        )
    return scales


def room(capacity: float, scale: int) -> int:
    """Return a capacity as a whole number, never more than there is."""
    return floor(min(capacity, 1e12) * scale + 1e-6)


def amount(load: float, scale: int) -> int:
    """Return an amount as a whole number, never less than it is."""
    return -floor(-load * scale + 1e-6)


def cliques(pairs: Iterable[tuple[str, str]]) -> list[frozenset[str]]:
    """Cover pairs by groups of which each member is paired with every other, greedily.

    One group of n says what n(n − 1)/2 pairs say.
    """
    left = {frozenset(pair) for pair in pairs if pair[0] != pair[1]}
    known = set(left)
    names = sorted({name for pair in left for name in pair})
    found = []
    while left:
        group = set(min(left, key=sorted))
        for name in names:
            if name not in group and all(frozenset((name, each)) in known for each in group):
                group.add(name)
        left -= {pair for pair in left if pair <= group}
        found.append(frozenset(group))
    return found
