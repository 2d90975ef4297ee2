"""League tables (双比拼): grids against grids, departments against departments.

Everything is computed from sums of tallies. `Standing` holds every number that a rank
comes from; `why` says them in words; `League.figure` leads from each to its cases.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from functools import lru_cache
from math import isnan
from typing import Any

import numpy as np
from django.db.models import Count, Sum
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from linli.people.models import Organisation
from linli.places.models import COMMUNITY, Area
from linli.scores import ratings
from linli.scores.fairness import Composite, Rates, composite, rates
from linli.scores.figures import SIDES, Figure
from linli.scores.models import Rating
from linli.scores.periods import Period, parse

L = gettext_lazy
RATINGS = "ratings"


@dataclass(frozen=True)
class Measure:
    """A rate: what is counted, out of what. Of a `bad` thing the rate is the rest.

    `standard` names the indicator it follows in CJ/T 292 and GB/T 30428.4.
    """

    label: str | Promise
    counts: tuple[str, ...]
    of: tuple[str, ...]
    bad: bool
    standard: str


MEASURES = {
    # What is still open past its time counts as well, from the day it fell overdue.
    "on_time": Measure(L("On time"), ("overdue",), ("on_time", "overdue"), True, "按期处置率"),
    "response": Measure(
        L("First response in time"), ("responded_late",), ("responded",), True, "按期响应率"
    ),
    "rework": Measure(
        L("No rework"), ("reworked",), ("resolved", "settled"), True, "返工率（取余）"
    ),
    "satisfaction": Measure(L("Satisfied"), ("satisfied",), ("evaluated",), False, "公众满意率"),
    "self_found": Measure(
        L("Found by ourselves"), ("self_found",), ("received",), False, "主动发现率"
    ),
    RATINGS: Measure(L("Rated by the other side"), (), (), False, "双向测评"),
}


@dataclass(frozen=True)
class Contest:
    """One kind of league: whose tallies, which organisations, what each measure weighs.

    Departments are not sent out to look, so what was found is for the grids to show.
    """

    kinds: tuple[str, ...]
    rated_by: str
    weights: Mapping[str, float]
    organisations: tuple[str, ...] = ()


GRIDS, DEPARTMENTS, TEAMS = "grids", "departments", "teams"
_HANDLING = {"on_time": 35, "response": 20, "rework": 20, "satisfaction": 25, RATINGS: 15}
CONTESTS = {
    GRIDS: Contest(
        (), Rating.Side.ORGANISATION,
        {"on_time": 30, "response": 20, "rework": 15, "satisfaction": 20, "self_found": 15,
         RATINGS: 15},
    ),
    DEPARTMENTS: Contest(
        SIDES, Rating.Side.GRID, _HANDLING,
        (Organisation.Kind.DEPARTMENT, Organisation.Kind.STATION),
    ),
    TEAMS: Contest(SIDES, Rating.Side.GRID, _HANDLING, (Organisation.Kind.TERRITORIAL,)),
}  # fmt: skip


@dataclass(frozen=True)
class Part:
    """What one measure gives one unit. Rates are from 0 to 1, None where it had no trial.

    `contribution` is in points of the score; the contributions of a standing add up to it.
    `weight` is the measure's part of the whole, 0 to 1, after those without data dropped out.
    """

    n: int
    raw: float | None
    expected: float | None
    reweighted: float | None
    adjusted: float
    low: float
    high: float
    overall: float
    weight: float
    contribution: float


@dataclass(frozen=True)
class Standing:
    """One line of a league. `rank_low` to `rank_high` holds the rank with 90 % probability."""

    unit: Area | Organisation
    rank: int
    rank_low: int
    rank_high: int
    score: float
    low: float
    high: float
    parts: dict[str, Part]
    counts: dict[str, int]
    subjects: tuple[int, ...]

    def as_dict(self) -> dict[str, Any]:
        """Return all of it as plain values."""
        numbers = {
            name: getattr(self, name)
            for name in ("rank", "rank_low", "rank_high", "score", "low", "high", "counts")
        }
        parts = {name: asdict(part) for name, part in self.parts.items()}
        return {"code": self.unit.code, "name": str(self.unit), **numbers, "parts": parts}


@dataclass(frozen=True)
class League:
    """A league table. `weights` were used; nobody had data for the measures in `dropped`."""

    contest: str
    period: Period
    kinds: tuple[str, ...]
    standings: list[Standing] = field(default_factory=list)
    weights: dict[str, float] = field(default_factory=dict)
    dropped: tuple[str, ...] = ()

    def figure(self, standing: Standing, *counters: str, category: int | None = None) -> Figure:
        """Return the figure for some counters of one standing, to see its cases."""
        return Figure(counters, self.period, self.kinds, standing.subjects, category)

    def as_dict(self) -> dict[str, Any]:
        """Return all of it as plain values."""
        return {
            "contest": self.contest, "period": str(self.period), "weights": self.weights,
            "dropped": list(self.dropped), "standings": [s.as_dict() for s in self.standings],
        }  # fmt: skip


def league(
    contest: str,
    period: Period | str,
    *,
    area_kind: str = "grid",
    layer: str = COMMUNITY,
    within: Area | None = None,
    seed: int = 0,
) -> League:
    """Compare grids, departments or territorial teams over a period.

    Parameters
    ----------
    contest
        "grids", "departments" or "teams".
    period
        A period, or what `periods.parse` reads.
    area_kind
        For grids: compare them each ("grid"), or the areas of this kind they lie in
        ("community", "town", "district", "city" …).
    layer
        For grids: which layer's, "community" or "service".
    within
        Compare only what lies in this area.
    seed
        Of the draws that the intervals of score and rank come from.

    Raises
    ------
    ValueError
        If the period cannot be read.
    """
    period = parse(period) if isinstance(period, str) else period
    rules = CONTESTS[contest]
    kinds = rules.kinds or (layer,)
    units: Mapping[int, Any]
    if contest == GRIDS:
        units = _areas(area_kind, layer, within)
    else:
        units = _organisations(rules.organisations, within)
    names = _needed(rules)
    sums = _sums(period, kinds, names, units)
    opinions = ratings.opinions(period, rules.rated_by)
    present = sorted(
        {units[subject] for subject, _category in sums}
        | {units[s] for s in opinions if s in units},
        key=lambda unit: unit.code,
    )
    table = League(contest, period, kinds)
    if not present:
        return table
    place = {unit: i for i, unit in enumerate(present)}
    counts = _counts(sums, units, place, names)
    sheets = [
        (name, *_sheet(MEASURES[name], counts)) for name in rules.weights if name != RATINGS
    ] + [(RATINGS, *_opinion_sheet(opinions, units, place))]
    compared = _compare(
        tuple((name, y.shape, y.tobytes(), n.tobytes()) for name, y, n in sheets),
        tuple(rules.weights.items()),
        seed,
    )
    if compared is None:
        return table
    found, whole = compared
    subjects: dict[Any, list[int]] = defaultdict(list)
    for subject, unit in units.items():
        if unit in place:
            subjects[unit].append(subject)
    standings = [
        _standing(unit, i, found, whole, counts, tuple(sorted(subjects[unit])))
        for unit, i in place.items()
    ]
    standings.sort(key=lambda s: s.rank)
    return League(contest, period, kinds, standings, whole.weights, whole.dropped)


def usual_kind(layer: str = COMMUNITY) -> str:
    """Return the kind of area that holds most grids of a layer directly: what people compare."""
    grids = Area.objects.filter(is_grid=True, layer=layer, retired=False, parent__isnull=False)
    kinds = grids.order_by().values("parent__kind").annotate(n=Count("pk"))
    most = kinds.order_by("-n", "parent__kind").first()
    return most["parent__kind"] if most else "grid"


def _needed(rules: Contest) -> tuple[str, ...]:
    used = (MEASURES[name] for name in rules.weights)
    return tuple(sorted({n for m in used for n in (*m.counts, *m.of)} | {"led", "work_minutes"}))


def _areas(kind: str, layer: str, within: Area | None) -> dict[int, Area]:
    """Return the compared area for each grid of a layer; without one it does not take part."""
    known = {a.pk: a for a in Area.objects.defer("wkb")}
    found = {}
    for grid in known.values():
        if not grid.is_grid or grid.layer != layer or (within and not within.covers(grid)):
            continue
        area: Area | None = grid
        if kind != "grid":
            while area is not None and area.kind != kind:
                area = known.get(area.parent_id) if area.parent_id else None
        if area is not None:
            found[grid.pk] = area
    return found


def _organisations(kinds: Sequence[str], within: Area | None) -> dict[int, Organisation]:
    rows = Organisation.objects.filter(kind__in=kinds)
    if within is not None:
        rows = rows.filter(area__path__startswith=within.path)
    return {row.pk: row for row in rows}


Sums = dict[tuple[int, int], tuple[int, ...]]


def _sums(
    period: Period, kinds: tuple[str, ...], names: tuple[str, ...], units: Mapping[int, Any]
) -> Sums:
    rows = (
        Figure((), period, kinds).tallies().order_by().values_list("subject", "category")
        .annotate(**{f"sum_{name}": Sum(name) for name in names})
    )  # fmt: skip
    return {(row[0], row[1]): tuple(row[2:]) for row in rows if row[0] in units and any(row[2:])}


def _counts(
    sums: Sums, units: Mapping[int, Any], place: Mapping[Any, int], names: tuple[str, ...]
) -> dict[str, np.ndarray]:
    """Return each counter as an array (units, categories)."""
    categories = {c: i for i, c in enumerate(sorted({c for _subject, c in sums}))}
    cube = np.zeros((len(names), len(place), max(len(categories), 1)))
    for (subject, category), row in sums.items():
        cube[:, place[units[subject]], categories[category]] += row
    return dict(zip(names, cube, strict=True))


def _sheet(measure: Measure, counts: Mapping[str, np.ndarray]) -> tuple[np.ndarray, np.ndarray]:
    """Return successes and trials."""
    trials = sum(counts[name] for name in measure.of)
    # What was resolved last month may be sent back in this one: never more than there were.
    counted = np.minimum(sum(counts[name] for name in measure.counts), trials)
    return (trials - counted if measure.bad else counted), np.asarray(trials)


def _opinion_sheet(
    opinions: Mapping[int, list[float]], units: Mapping[int, Any], place: Mapping[Any, int]
) -> tuple[np.ndarray, np.ndarray]:
    """Return the ratings as successes and trials.

    A mean of marks varies less than a share of yes and no, so the interval is, if
    anything, too wide.
    """
    y, n = np.zeros((len(place), 1)), np.zeros((len(place), 1))
    for subject, marks in opinions.items():
        if subject in units:
            y[place[units[subject]], 0] += sum(marks)
            n[place[units[subject]], 0] += len(marks)
    return np.minimum(y, n), n


Sheet = tuple[str, tuple[int, int], bytes, bytes]


@lru_cache(maxsize=64)
def _compare(
    sheets: tuple[Sheet, ...], weights: tuple[tuple[str, float], ...], seed: int
) -> tuple[dict[str, Rates], Composite] | None:
    """Fit each measure and weigh them; kept, because the same sums give the same league."""
    found = {}
    for name, shape, successes, trials in sheets:
        y, n = (np.frombuffer(b).reshape(shape) for b in (successes, trials))
        if n.any():
            found[name] = rates(y, n)
    return (found, composite(found, dict(weights), seed)) if found else None


def _standing(
    unit: Area | Organisation,
    i: int,
    found: Mapping[str, Rates],
    whole: Composite,
    counts: Mapping[str, np.ndarray],
    subjects: tuple[int, ...],
) -> Standing:
    parts = {
        name: Part(
            n=int(found[name].n[i]),
            raw=_known(found[name].raw[i]),
            expected=_known(found[name].expected[i]),
            reweighted=_known(found[name].reweighted[i]),
            adjusted=float(found[name].adjusted[i]),
            low=float(found[name].low[i]),
            high=float(found[name].high[i]),
            overall=found[name].overall,
            weight=weight,
            contribution=float(100 * weight * found[name].adjusted[i]),
        )
        for name, weight in whole.weights.items()
    }
    return Standing(
        unit, int(whole.rank[i]), int(whole.rank_low[i]), int(whole.rank_high[i]),
        float(whole.score[i]), float(whole.score_low[i]), float(whole.score_high[i]),
        parts, {name: int(table[i].sum()) for name, table in counts.items()}, subjects,
    )  # fmt: skip


def _known(rate: float) -> float | None:
    return None if isnan(rate) else float(rate)


@dataclass(frozen=True)
class Reason:
    """One thing that moves a score. `points` are above (or below) a unit at the town's average."""

    measure: str
    kind: str
    points: float
    text: str


RAW, MIX, SMALL, NONE = "raw", "mix", "small", "none"


def why(standing: Standing) -> list[Reason]:
    """Say what made the score, the strongest reason first.

    For each measure: what the bare figures say, what the mix of cases takes or gives, and
    what is left to doubt because numbers are small. The points of all reasons add up to
    the distance of the score from that of a unit at the town's average.
    """
    found: list[Reason] = []
    for name, part in standing.parts.items():
        label = str(MEASURES[name].label)
        if part.raw is None or part.expected is None or part.reweighted is None:
            text = _("%(measure)s: nothing to judge by, so it stands at the town's average.")
            found.append(Reason(name, NONE, _points(part, part.adjusted, part.overall),
                                text % {"measure": label}))  # fmt: skip
            continue
        words = {
            "measure": label,
            "raw": f"{part.raw:.0%}",
            "n": part.n,
            "overall": f"{part.overall:.0%}",
            "expected": f"{part.expected:.0%}",
            "adjusted": f"{part.adjusted:.0%}",
            "reweighted": f"{part.reweighted:.0%}",
        }
        found += [
            Reason(name, RAW, _points(part, part.raw, part.overall),
                   _("%(measure)s: %(raw)s of %(n)d, against %(overall)s in the town.") % words),
            Reason(name, MIX, _points(part, part.reweighted, part.raw),
                   _mix_words(part) % words),
            Reason(name, SMALL, _points(part, part.adjusted, part.reweighted),
                   _("%(measure)s: after %(n)d we believe %(adjusted)s rather than"
                     " %(reweighted)s.") % words),
        ]  # fmt: skip
    return sorted(found, key=lambda reason: -abs(reason.points))


def _mix_words(part: Part) -> str:
    assert part.expected is not None
    if part.expected < part.overall:
        return _("%(measure)s: its cases are harder than the town's;"
                 " an average unit would reach %(expected)s with them.")  # fmt: skip
    return _("%(measure)s: its cases are easier than the town's;"
             " an average unit would reach %(expected)s with them.")  # fmt: skip


def _points(part: Part, rate: float, against: float) -> float:
    return 100 * part.weight * (rate - against)
