"""Scores of a year, worked out from the figures and kept.

The benchmarks of a year are what its industries reached in the year before, as they are announced
ahead; in the first year there are figures of, what they reached in it.
"""

from collections import defaultdict
from collections.abc import Mapping
from typing import Any

from django.db import transaction

from linli import bulk, clock
from linli.enterprises.industries import industry
from linli.enterprises.marks import ALL, SCORES, take_up, waiting
from linli.enterprises.models import YearFigures
from linli.enterprises.per_mu.formula import Figures, Part
from linli.enterprises.per_mu.models import Scheme, Score

POOLED = ""
LAND = "land_mu"
TOLD = ("scheme_id", "group", "points", "grade", "rank", "of", "parts", "lacks")
Benchmarks = dict[str, dict[str, float | None]]  # group → measure → benchmark


def schemes() -> list[Scheme]:
    """Return the schemes in use."""
    return list(Scheme.objects.filter(retired=False))


class _Year:
    """The enterprises of a year under one scheme, by industry."""

    def __init__(self, scheme: Scheme, year: int) -> None:
        self.scheme = scheme
        rows = YearFigures.objects.filter(year=year)
        if scheme.above_scale:
            rows = rows.filter(above_scale=True)
        names = scheme.figures
        self.figures: dict[int, dict[str, float | None]] = {}
        self.codes: dict[int, str] = {}
        self.division: dict[int, str] = {}
        told = rows.order_by("enterprise__code").values_list(
            "enterprise", "enterprise__code", "enterprise__industry", "enterprise__land_mu", *names
        )
        for key, code, kind, land, *values in told:
            found = industry(kind)
            if found is None or found.section not in scheme.sections:
                continue
            figures = dict(zip(names, values, strict=True))
            if LAND in figures and figures[LAND] is None:
                figures[LAND] = land
            self.figures[key], self.codes[key], self.division[key] = figures, code, kind[:2]

    def lacks(self, key: int) -> list[str]:
        """Return what must be known and is not: land, or any figure at all."""
        figures = self.figures[key]
        missing = [name for name in (LAND,) if name in figures and not (figures[name] or 0) > 0]
        return missing or ([] if any(v for n, v in figures.items() if n != LAND) else ["output"])

    def groups(self) -> dict[str, list[int]]:
        """Return group → those who can be scored; small industries are pooled."""
        found: dict[str, list[int]] = defaultdict(list)
        for key, division in self.division.items():
            if not self.lacks(key):
                found[division].append(key)
        small = [d for d, keys in found.items() if len(keys) < self.scheme.least]
        pooled = [key for division in small for key in found.pop(division)]
        return {**found, **({POOLED: pooled} if pooled else {})}

    def benchmarks(self) -> Benchmarks:
        """Return what each industry and, as `POOLED`, all together reached."""
        by: dict[str, list[Figures]] = defaultdict(list)
        for key, figures in self.figures.items():
            if not self.lacks(key):
                by[self.division[key]].append(figures)
                by[POOLED].append(figures)
        formula = self.scheme.formula
        return {group: formula.benchmarks(rows) for group, rows in by.items()}


def score_year(year: int) -> int:
    """Work out and keep the scores of a year; return how many there are."""
    rows: list[Score] = []
    at, told = clock.now(), schemes()
    done = set[int]()
    for scheme in told:
        this = _Year(scheme, year)
        before = _Year(scheme, year - 1).benchmarks() or this.benchmarks()
        own = this.benchmarks()
        for group, keys in this.groups().items():
            # An industry that is new has its own year for a benchmark.
            benchmarks = {
                code: value if value is not None else own[group].get(code)
                for code, value in before.get(group, own[group]).items()
            }
            rows += _league(scheme, this, year, group, [k for k in keys if k not in done],
                            benchmarks, at)  # fmt: skip
        rows += [
            Score(enterprise_id=key, scheme=scheme, year=year, group=this.division[key],
                  lacks=this.lacks(key), scored_at=at)
            for key in this.figures if this.lacks(key) and key not in done
        ]  # fmt: skip
        done |= this.figures.keys()
    _write(year, rows)
    return len(rows)


def _write(year: int, rows: list[Score]) -> None:
    """Write the scores of a year that differ from those kept."""
    kept = {row.enterprise_id: row for row in Score.objects.filter(year=year)}
    fresh, changed = [], []
    for row in rows:
        before = kept.pop(row.enterprise_id, None)
        if before is None:
            fresh.append(row)
        elif any(getattr(before, name) != getattr(row, name) for name in TOLD):
            row.pk = before.pk
            changed.append(row)
    gone = [row.pk for row in kept.values()]
    with transaction.atomic():
        for start in range(0, len(gone), 500):
            Score.objects.filter(pk__in=gone[start : start + 500]).delete()
        bulk.insert(fresh)
        bulk.update(changed, [*(name.removesuffix("_id") for name in TOLD), "scored_at"])


def _league(
    scheme: Scheme, this: _Year, year: int, group: str, keys: list[int],
    benchmarks: Mapping[str, float | None], at: Any,
) -> list[Score]:  # fmt: skip
    formula = scheme.formula
    parts = {key: formula.parts(this.figures[key], benchmarks) for key in keys}
    points = {key: round(sum(p.points for p in parts[key].values()), 2) for key in keys}
    first = formula.measures[0].code
    # Of equal scores the one with more of the first measure stands before, then by code.
    ranked = sorted(keys, key=lambda k: (-points[k], -(parts[k][first].ratio or 0), this.codes[k]))
    return [
        Score(
            enterprise_id=key, scheme=scheme, year=year, group=group, points=points[key],
            grade=grade, rank=rank, of=len(ranked), scored_at=at,
            parts={code: _kept(part) for code, part in parts[key].items()},
        )
        for rank, (key, grade) in enumerate(
            zip(ranked, formula.graded(len(ranked)), strict=True), 1
        )
    ]  # fmt: skip


def _kept(part: Part) -> dict[str, float | None]:
    return {"ratio": part.ratio, "benchmark": part.benchmark, "points": round(part.points, 4)}


def refresh() -> list[int]:
    """Score the years that are due, and return them."""
    marks, keys = waiting(SCORES)
    years = _due(keys)
    for year in years:
        score_year(year)
    take_up(marks)
    return years


def due() -> list[int]:
    """Return the years whose figures, or whose scheme, have changed since they were scored."""
    return _due(waiting(SCORES)[1])


def _due(marked: set[int]) -> list[int]:
    if not marked:
        return []
    told = set(YearFigures.objects.order_by().values_list("year", flat=True).distinct())
    years = told | set(Score.objects.order_by().values_list("year", flat=True).distinct())
    # Benchmarks are of the year before, so the year after a marked one counts anew as well.
    return sorted(years if ALL in marked else years & (marked | {year + 1 for year in marked}))
