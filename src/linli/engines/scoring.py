"""Points from figures, and what to improve first.

A figure gives points in proportion between two values, or by steps. How far it is to more points
is told as a part of the whole way between the worst figure and the best one: so metres, percent
and pieces can be compared, though not what the way costs in money.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

SHORT = 1e-9


@dataclass(frozen=True)
class Gain:
    """What figure would give how many points more, and which part of the whole way that is."""

    figure: float
    points: float
    way: float

    @property
    def cost(self) -> float:
        """The part of the way to go for one point: the less, the sooner."""
        return self.way / self.points


@dataclass(frozen=True)
class Linear:
    """No points at `nothing`, all `points` at `full`, in proportion between; either may be more."""

    points: float
    nothing: float
    full: float

    def score(self, value: float) -> float:
        """Return the points of a value."""
        part = (value - self.nothing) / (self.full - self.nothing)
        return self.points * min(max(part, 0.0), 1.0)

    def figure_for(self, points: float, decimals: int) -> float | None:
        """Return the nearest figure of so many decimals that gives `points`; None if none does."""
        if points > self.points + SHORT:
            return None
        exact = self.nothing + (self.full - self.nothing) * points / self.points
        times = 10**decimals
        is_up = self.full > self.nothing
        rounded = math.ceil(exact * times - SHORT) if is_up else math.floor(exact * times + SHORT)
        # Rounding must not lead past the figure that gives everything.
        return (min if is_up else max)(rounded / times, self.full)

    def next_gain(self, value: float) -> Gain | None:
        """Return what reaching `full` gives; None where it is reached."""
        return self.gain_at(value, self.full)

    def gain_at(self, value: float, figure: float) -> Gain | None:
        """Return what another figure in place of `value` would give; None if nothing."""
        gained = self.score(figure) - self.score(value)
        if gained <= SHORT:
            return None
        return Gain(figure, gained, abs(figure - value) / abs(self.full - self.nothing))


@dataclass(frozen=True)
class Steps:
    """Points by steps (value from which on, points), from the least points to the most.

    Values that fall as points rise mean that less is better.
    """

    steps: Sequence[tuple[float, float]]

    @property
    def points(self) -> float:
        return self.steps[-1][1]

    @property
    def is_up(self) -> bool:
        return len(self.steps) < 2 or self.steps[-1][0] > self.steps[0][0]

    def score(self, value: float) -> float:
        """Return the points of a value; none below the first step."""
        reached = [p for at, p in self.steps if (value >= at if self.is_up else value <= at)]
        return reached[-1] if reached else 0.0

    def figure_for(self, points: float, decimals: int) -> float | None:
        """Return the first step that gives at least `points`; None if none does."""
        return next((at for at, given in self.steps if given >= points - SHORT), None)

    def next_gain(self, value: float) -> Gain | None:
        """Return what the cheapest of the steps above gives; None on the highest."""
        above = [gain for at, _points in self.steps if (gain := self.gain_at(value, at))]
        return min(above, key=lambda gain: gain.cost) if above else None

    def gain_at(self, value: float, figure: float) -> Gain | None:
        """Return what another figure in place of `value` would give; None if nothing."""
        gained = self.score(figure) - self.score(value)
        if gained <= SHORT:
            return None
        ends = [at for at, _points in self.steps]
        whole = (max(ends) - min(ends)) or abs(ends[0]) or 1.0
        return Gain(figure, gained, abs(figure - value) / whole)


Rule = Linear | Steps


@dataclass(frozen=True)
class Chance:
    """An item that might give more: its rule, its figure now, and how finely that is told."""

    name: str
    rule: Rule
    value: float
    decimals: int = 1


@dataclass(frozen=True)
class Move:
    """A figure to be reached for an item, what that gives, how far it is, and the score then."""

    name: str
    figure: float
    points: float
    way: float
    together: float


def ranked(chances: Sequence[Chance]) -> list[tuple[Chance, Gain]]:
    """Return the next gain of each item, those first that give a point for the shortest way.

    Of equal ones, that first which gives more.
    """
    gains = [(one, gain) for one in chances if (gain := one.rule.next_gain(one.value))]
    return sorted(gains, key=lambda pair: (pair[1].cost, -pair[1].points, pair[0].name))


def alone(score: float, threshold: float, chance: Chance) -> float | None:
    """Return the figure with which one item by itself would reach a threshold; None if none."""
    wanted = chance.rule.score(chance.value) + threshold - score
    return chance.rule.figure_for(wanted, chance.decimals)


def plan(score: float, threshold: float, chances: Sequence[Chance]) -> list[Move] | None:
    """Return what to improve, in this order, so that a threshold is reached, and no more.

    Takes the shortest way for a point again and again, and ends the last item where the threshold
    is reached; then leaves out what makes the whole way shorter by its absence. A good way, not
    always the shortest there is: steps make that a knapsack.

    Returns
    -------
    Nothing to do is an empty list; None says that everything together is not enough.
    """
    if score >= threshold - SHORT:
        return []
    start = {one.name: one for one in chances}
    now, reached, order = dict(start), score, []
    while reached < threshold - SHORT:
        best = ranked(list(now.values()))
        if not best:
            return None
        chance, gain = best[0]
        now[chance.name] = replace(chance, value=gain.figure)
        reached += gain.points
        if chance.name not in order:
            order.append(chance.name)
    best_moves = _moves(score, threshold, order, start, now)
    for name in reversed(order[:-1]):
        others = [other for other in order if other != name]
        moves = _moves(score, threshold, others, start, now)
        if moves[-1].together >= threshold - SHORT and _way(moves) < _way(best_moves):
            order, best_moves = others, moves
    return best_moves


def _way(moves: Sequence[Move]) -> float:
    return sum(move.way for move in moves)


def _moves(
    score: float, threshold: float, order: list[str], start: dict[str, Chance],
    now: dict[str, Chance],
) -> list[Move]:  # fmt: skip
    moves = []
    for name in order:
        rule, before, figure = start[name].rule, start[name].value, now[name].value
        if name == order[-1]:
            enough = rule.figure_for(rule.score(before) + threshold - score, start[name].decimals)
            figure = figure if enough is None else enough
        gain = rule.gain_at(before, figure)
        if gain is not None:
            score += gain.points
            moves.append(Move(name, figure, gain.points, gain.way, score))
    return moves
