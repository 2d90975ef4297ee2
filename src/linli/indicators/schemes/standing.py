"""How a scheme stands in a period: points of every item, and what to improve first.

Nothing of it is kept: points follow the values of the indicators and the newest judgements, so
they are right as soon as those are.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

from django.utils.translation import get_language

from linli.engines import scoring
from linli.engines.scoring import Chance, Gain, Linear, Move, Rule
from linli.indicators import spans
from linli.indicators.known import present
from linli.indicators.models import TOWN, Indicator, Value
from linli.indicators.schemes.grammar import Item
from linli.indicators.schemes.models import Assessment, Scheme

Side = Assessment.Side
JUDGED_DECIMALS = 1


@dataclass(frozen=True)
class Line:
    """An item as it stands. `score` is None where nothing is known of it yet.

    Of a branch the points are sums over its leaves; `instead` tells that a figure was put in
    place of the real one.
    """

    item: Item
    depth: int
    is_leaf: bool
    points: float
    score: float | None
    value: float | None = None
    indicator: Indicator | None = None
    own: Assessment | None = None
    review: Assessment | None = None
    instead: bool = False

    @property
    def name(self) -> str:
        return said(self.item, "name")

    @property
    def lost(self) -> float:
        """The points it does not give."""
        return self.points - (self.score or 0.0)

    @property
    def decimals(self) -> int:
        """How finely its figure is told."""
        return self.indicator.formula.decimals if self.indicator else JUDGED_DECIMALS

    @property
    def difference(self) -> float | None:
        """How many points the review gives more than the self-assessment."""
        if self.own is None or self.review is None:
            return None
        return self.review.points - self.own.points

    @property
    def is_provisional(self) -> bool:
        """Whether it counts as its own people see it, because nobody has reviewed it yet."""
        return self.own is not None and self.review is None

    @property
    def is_outrun(self) -> bool:
        """Whether it was assessed anew after it was reviewed."""
        return self.own is not None and self.review is not None and self.own.pk > self.review.pk


@dataclass(frozen=True)
class Sheet:
    """A scheme in a period and an area: its lines from the top down, and the points altogether."""

    scheme: Scheme
    period: str
    area: int
    lines: list[Line] = field(default_factory=list)

    @cached_property
    def leaves(self) -> list[Line]:
        return [line for line in self.lines if line.is_leaf]

    @cached_property
    def branches(self) -> list[Line]:
        """The items on top."""
        return [line for line in self.lines if line.depth == 0]

    @cached_property
    def total(self) -> float:
        return sum(line.score or 0.0 for line in self.leaves)

    @property
    def points(self) -> float:
        return sum(line.points for line in self.leaves)

    @property
    def unknown(self) -> list[Line]:
        """The leaves of which nothing is known: they count as nothing."""
        return [line for line in self.leaves if line.score is None]

    @property
    def is_known(self) -> bool:
        return any(line.score is not None for line in self.leaves)

    @property
    def reaches(self) -> bool:
        return self.total >= self.scheme.threshold - scoring.SHORT

    @property
    def lacking(self) -> float:
        return max(self.scheme.threshold - self.total, 0.0)

    @cached_property
    def _by_code(self) -> dict[str, Line]:
        return {line.item.code: line for line in self.lines}

    @cached_property
    def known(self) -> frozenset[str]:
        """The leaves of which something is known."""
        return frozenset(line.item.code for line in self.leaves if line.score is not None)

    def below(self, code: str) -> frozenset[str]:
        """Return the leaves of a branch, or the leaf itself; "" for all of them."""
        parents = {line.item.code: line.item.parent for line in self.lines}
        found = set()
        for line in self.leaves:
            above: str | None = line.item.code
            while above is not None and above != code:
                above = parents[above]
            if above == code or not code:
                found.add(line.item.code)
        return frozenset(found)

    def line(self, code: str) -> Line | None:
        return self._by_code.get(code)

    @cached_property
    def chances(self) -> list[Chance]:
        """What might give more points. What nothing is known of has to be found out first."""
        return [
            Chance(line.item.code, rule_of(line.item), line.value, line.decimals)
            for line in self.leaves
            if line.value is not None
        ]

    @cached_property
    def ranked(self) -> list[tuple[Line, Gain, float | None]]:
        """What to improve, the shortest way for a point first; and the figure enough by itself."""
        return [
            (self._by_code[one.name], gain,
             None if self.reaches else scoring.alone(self.total, self.scheme.threshold, one))
            for one, gain in scoring.ranked(self.chances)
        ]  # fmt: skip

    @cached_property
    def plan(self) -> list[tuple[Line, Move]] | None:
        """What together reaches the threshold; None if nothing does."""
        moves = scoring.plan(self.total, self.scheme.threshold, self.chances)
        return None if moves is None else [(self._by_code[m.name], m) for m in moves]


def said(thing: object, name: str) -> str:
    """Return a text of a definition in the language of the page."""
    english = (get_language() or "").startswith("en")
    return (english and getattr(thing, f"{name}_en")) or getattr(thing, name)


def rule_of(item: Item) -> Rule:
    """Return the rule of a leaf; of what is judged, points stand for themselves."""
    return item.rule or Linear(item.points or 0.0, 0.0, item.points or 1.0)


# --- periods ---------------------------------------------------------------------------------


def periods(scheme: Scheme) -> list[str]:
    """Return the periods to look at, the newest first: those judged, the last over, this one."""
    judged = scheme.assessments.order_by().values_list("period", flat=True).distinct()
    today = spans.name(present()[scheme.every], scheme.every)
    return sorted({*judged, today, last_over(scheme)}, reverse=True)


def last_over(scheme: Scheme) -> str:
    """Return the last period that is over."""
    return spans.name(present()[scheme.every] - 1, scheme.every)


def usual(scheme: Scheme) -> str:
    """Return the period a page shows first: the last one over in which anything was judged."""
    last = last_over(scheme)
    judged = scheme.assessments.filter(period__lte=last).order_by("-period")
    return judged.values_list("period", flat=True).first() or last


def before(scheme: Scheme, period: str) -> str:
    """Return the period before."""
    return spans.name(spans.number(period, scheme.every) - 1, scheme.every)


# --- scoring ---------------------------------------------------------------------------------


class Ground:
    """Values and judgements of some periods and areas, read at once, to be scored."""

    def __init__(self, scheme: Scheme, periods: Sequence[str], areas: Sequence[int] = ()) -> None:
        self.scheme = scheme
        places = list(areas) or [TOWN]
        codes = {item.indicator for item in scheme.told.item if item.indicator}
        rows = Indicator.objects.filter(code__in=codes, retired=False)
        self.rows: dict[str | None, Indicator] = {row.code: row for row in rows}
        of = {row.pk: row.code for row in self.rows.values()}
        self.values: dict[tuple[str, int], dict[str, float]] = {}
        found = Value.objects.filter(indicator__in=of, area__in=places, period__in=periods)
        for key, area, period, value in found.values_list("indicator", "area", "period", "value"):
            self.values.setdefault((period, area), {})[of[key]] = value
        self.judged: dict[tuple[str, int], dict[tuple[str, str], Assessment]] = {}
        rows_judged = scheme.assessments.filter(period__in=periods, area__in=places, newest=True)
        for one in rows_judged.select_related("by"):
            self.judged.setdefault((one.period, one.area), {})[one.item, one.side] = one

    def sheet(
        self, period: str, area: int = TOWN, instead: Mapping[str, float] | None = None
    ) -> Sheet:
        """Score a scheme; `instead` puts figures (of judged leaves: points) for the real ones."""
        items = self.scheme.told.item
        values = self.values.get((period, area), {})
        judged = self.judged.get((period, area), {})
        leaves = {
            item.code: self._leaf(item, depth, values, judged, instead or {})
            for item, depth, is_leaf in in_order(items)
            if is_leaf
        }
        parents = {item.code: item.parent for item in items}
        below: dict[str, list[Line]] = {}
        for code, line in leaves.items():
            above = parents[code]
            while above is not None:
                below.setdefault(above, []).append(line)
                above = parents[above]
        lines = [
            leaves[item.code] if is_leaf else _branch(item, depth, below[item.code])
            for item, depth, is_leaf in in_order(items)
        ]
        return Sheet(self.scheme, period, area, lines)

    def _leaf(
        self, item: Item, depth: int, values: Mapping[str, float],
        judged: Mapping[tuple[str, str], Assessment], instead: Mapping[str, float],
    ) -> Line:  # fmt: skip
        own, review = judged.get((item.code, Side.OWN)), judged.get((item.code, Side.REVIEW))
        counts = review or own  # the review counts as soon as there is one
        value = values.get(item.indicator) if item.indicator else counts.points if counts else None
        value = instead.get(item.code, value)
        score = None if value is None else rule_of(item).score(value)
        return Line(item, depth, True, item.points or 0.0, score, value,
                    self.rows.get(item.indicator), own, review, item.code in instead)  # fmt: skip


def _branch(item: Item, depth: int, leaves: list[Line]) -> Line:
    known = [line.score for line in leaves if line.score is not None]
    return Line(item, depth, False, sum(line.points for line in leaves),
                sum(known) if known else None)  # fmt: skip


def in_order(items: Sequence[Item]) -> Iterator[tuple[Item, int, bool]]:
    """Go through a tree from the top down, with the depth of each item and whether it ends."""
    below: dict[str | None, list[Item]] = {}
    for item in items:
        below.setdefault(item.parent, []).append(item)

    def walk(parent: str | None, depth: int) -> Iterator[tuple[Item, int, bool]]:
        for item in below.get(parent, []):
            yield item, depth, item.code not in below
            yield from walk(item.code, depth + 1)

    return walk(None, 0)


def sheet(
    scheme: Scheme, period: str, area: int = TOWN, instead: Mapping[str, float] | None = None
) -> Sheet:
    """Score a scheme in one period and area."""
    return Ground(scheme, [period], [area]).sheet(period, area, instead)
