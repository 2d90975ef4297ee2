"""Keeping the values of indicators: computed once, and again only where rows have changed.

Whoever writes rows of a declared table says so (`linli.tables.touched`), with the periods they
were and are of. Each leaves a mark in the transaction of the writer, so that a write that is
undone leaves none, and one that is not cannot be forgotten. The worker takes the marks up as it
folds tallies: it reads the rows of a marked period alone (some thousands of however many there
are), counts them into cells, works out what is built on those, and writes the cells that differ.

A mark without a period, a changed definition or a new figure takes longer than clocks may wait;
the process beside the worker does those (`ponder`). It also reads every table whole once a day:
for writers that have not learnt to say what they touched, and as the proof of the rest.
"""

import time
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import numpy as np
from django.db import transaction
from django.db.models import Max, Min, Q

from linli import bulk
from linli.clock import now
from linli.indicators import computing, spans
from linli.indicators.computing import Areas, Cell, Store, Vector
from linli.indicators.grammar import CountOf, IndicatorEntry
from linli.indicators.models import (
    TOWN,
    Figure,
    Forecast,
    Indicator,
    Mark,
    Reading,
    Revision,
    Value,
)
from linli.indicators.reading import frame, source, within
from linli.places.town import the_town
from linli.scores.periods import local_day
from linli.tables import Table, declared, listen

WHOLE_EVERY = timedelta(days=1)
MOST_MARKS = 24  # periods of one table in one round; more are read as a whole
ENTERED = "indicator-figures"


@listen
def hear(table: str, keys: Sequence[str], periods: Sequence[str]) -> None:
    """Mark what the rows of a table concern, if any indicator is over it."""
    marks = []
    for name, formulas in _over().items():
        if table == name:
            marks += [Mark(table=name, period=period) for period in set(periods) or {""}]
        elif _joins(name, formulas, table):
            # A row of another table that is read through, as the enterprise of a month's output.
            marks.append(Mark(table=name))
    # Not compared with marks that are there already: those may be being taken up just now.
    Mark.objects.bulk_create(marks)


@dataclass
class Known:
    """The definitions in force, read once."""

    rows: dict[str, Indicator]
    entries: dict[str, IndicatorEntry] = field(default_factory=dict)

    @classmethod
    def now(cls) -> "Known":
        rows = {row.code: row for row in Indicator.objects.filter(retired=False)}
        return cls(rows, {code: row.formula for code, row in rows.items()})

    def over(self, table: str) -> list[IndicatorEntry]:
        """Return the indicators that count rows of a table."""
        return [e for e in self.entries.values() if (f := e.count or e.sum) and f.of == table]

    def entered(self) -> list[IndicatorEntry]:
        """Return those that people enter."""
        return [entry for entry in self.entries.values() if entry.entered]

    def at(self, name: str) -> list[IndicatorEntry]:
        """Return those that are made anew when a table, or what people entered, is read."""
        return self.entered() if name == ENTERED else self.over(name)

    def tables(self) -> list[str]:
        """Return the tables that are counted."""
        return sorted({f.of for e in self.entries.values() if (f := e.count or e.sum)})


_cache: list[tuple[tuple[int, Any], dict[str, list[CountOf]]]] = []


def _over() -> dict[str, list[CountOf]]:
    """Return which formulas are over which table; read again when definitions changed."""
    mark = Indicator.objects.aggregate(n=Max("id"), r=Max("revision"))
    counted = Indicator.objects.filter(retired=False).count()
    key = (counted, (mark["n"], mark["r"], the_town().version if counted else 0))
    if not _cache or _cache[0][0] != key:
        found: dict[str, list[CountOf]] = {}
        for entry in Known.now().entries.values():
            formula = entry.count or entry.sum
            if formula is not None:
                found.setdefault(formula.of, []).append(formula)
        _cache[:] = [(key, found)]
    return _cache[0][1]


def _joins(name: str, formulas: Sequence[CountOf], other: str) -> bool:
    """Tell whether columns of a table are read from the rows of another."""
    tables = declared()
    if name not in tables or other not in tables:
        return False
    table, model = tables[name], tables[other].model
    names = {condition.column for f in formulas for condition in f.where}
    names |= {name for f in formulas for name in (f.at, f.area, getattr(f, "column", ""))}
    for name in sorted(names - {""}):
        here: Any = table.model
        for step in source(table, name).lookup.split("__")[:-1]:
            here = here._meta.get_field(step).related_model
            if here is model:
                return True
    return False


def present() -> dict[str, int]:
    """Return the present month, quarter and year of the town."""
    today = local_day(now())
    return {every: spans.of_day(today, every) for every in spans.A_YEAR}


# --- what the worker does --------------------------------------------------------------------


def fold() -> int:
    """Take up marks of single periods; return how many values changed."""
    marks = list(Mark.objects.exclude(period="").order_by("id")[:MOST_MARKS])
    if not marks:
        return 0
    known, changed = Known.now(), 0
    by_table: dict[str, list[Mark]] = {}
    for mark in marks:
        by_table.setdefault(mark.table, []).append(mark)
    for name, theirs in by_table.items():
        with transaction.atomic():
            Mark.objects.filter(pk__in=[mark.pk for mark in theirs]).delete()
            if name in declared():
                reading = _reading(name)
                changed += refresh_periods(known, name, {mark.period for mark in theirs})
                Reading.objects.filter(pk=reading.pk).update(folds=reading.folds + 1)
    return changed


def ponder(seconds: float = 20.0) -> int:
    """Read tables whole that are marked or due, and what people entered; return values changed."""
    until, known, changed = time.monotonic() + seconds, Known.now(), 0
    marked = set(Mark.objects.filter(period="").values_list("table", flat=True))
    read = {row.table: row.at for row in Reading.objects.all() if row.at}
    stale = {row.code for row in known.rows.values() if row.stale}
    for name in [*known.tables(), ENTERED]:
        if name != ENTERED and name not in declared():
            continue
        codes = {entry.code for entry in known.at(name)}
        is_due = name not in read or now() - read[name] > WHOLE_EVERY
        if codes and (name in marked or is_due or stale & codes):
            changed += refresh_table(known, name)
        if time.monotonic() > until:
            return changed
    # What is left is built on others alone, and only its own definition changed.
    left = set(Indicator.objects.filter(retired=False, stale=True).values_list("code", flat=True))
    if left:
        known = Known.now()
        store = Store(Areas.of_the_town())
        _recall(known, store, _needs(known, left), None)
        changed += _finish(known, store, left)
    return changed


def refresh_all() -> int:
    """Compute every value anew; return how many differ from what was kept."""
    known = Known.now()
    marks = list(Mark.objects.values_list("pk", flat=True))
    store = Store(Areas.of_the_town())
    for name in known.tables():
        store.vectors.update(_counted(known, name, store.areas))
    store.vectors.update(_entered(known, store.areas))
    return _finish(known, store, set(known.rows), marks)


def refresh_table(known: Known, name: str, tries: int = 3) -> int:
    """Compute anew what is over one table and what is built on that.

    Reading takes seconds, so nothing is locked meanwhile. If marks of the table were taken up
    while it was read, what was read may be older than what is kept, and it is read again.
    """
    marks = list(Mark.objects.filter(table=name).values_list("pk", flat=True))
    with transaction.atomic():
        folds = _reading(name).folds
    areas = Areas.of_the_town()
    made = _entered(known, areas) if name == ENTERED else _counted(known, name, areas)
    base = {entry.code for entry in known.at(name)}
    built = _built_on(known, base)
    store = Store(areas, dict(made))
    _recall(known, store, _needs(known, built) - base - built, None)
    with transaction.atomic():
        if _reading(name).folds == folds or tries == 1:
            return _finish(known, store, base | built, marks)
    return refresh_table(known, name, tries - 1)


def _reading(name: str) -> Reading:
    """Return what is known of the reading of a table, locked."""
    Reading.objects.get_or_create(table=name)
    return Reading.objects.select_for_update().get(table=name)


def _finish(known: Known, store: Store, codes: set[str], marks: Sequence[int] = ()) -> int:
    """Work out what is built on what a store has, and keep the values of some indicators."""
    computing.all_derived(store, known.entries)
    ours: dict[Cell, Vector | None] = {
        cell: vector for cell, vector in store.vectors.items() if cell[0] in codes
    }
    with transaction.atomic():
        for start in range(0, len(marks), 500):
            Mark.objects.filter(pk__in=marks[start : start + 500]).delete()
        changed = _keep(known, Store(store.areas, ours), codes, None)
        Indicator.objects.filter(code__in=codes, stale=True).update(stale=False)
    return changed


def refresh_periods(known: Known, name: str, periods: Iterable[str]) -> int:
    """Compute anew the cells of some periods of one table, and those built on them."""
    areas, table = Areas.of_the_town(), declared()[name]
    entries = known.over(name)
    wanted: dict[tuple[str, str], set[int]] = {}  # (column, kind of period) → periods
    groups: dict[tuple[str, str], list[tuple[IndicatorEntry, CountOf]]] = {}
    for entry in entries:
        formula = entry.count or entry.sum
        assert formula is not None
        groups.setdefault((formula.at, entry.every), []).append((entry, formula))
    for at, every in groups:
        numbers = wanted.setdefault((at, every), set())
        for period in periods:
            kind, n = spans.read(period)
            if not at:
                numbers.add(present()[every])
            elif spans.A_YEAR[kind] >= spans.A_YEAR[every]:
                numbers.add(spans.coarser(n, kind, every))
            else:
                numbers |= set(spans.finer(n, kind, every))
    store, cells = Store(areas), set[Cell]()
    for (at, every), numbers in wanted.items():
        theirs = groups[at, every]
        q = Q()
        if at:
            for n in numbers:
                q |= within(table, at, n, every)
        formulas = [formula for _entry, formula in theirs]
        rows = frame(table, formulas, table.model._default_manager.filter(q))
        over = [entry for entry, _formula in theirs]
        store.vectors.update(computing.count(table, rows, over, areas, present()))
        # A period whose last row went away has no vector any longer, and its cells go.
        cells |= {(entry.code, n) for entry in over for n in numbers}
    ahead = _span(known)
    built = computing.concerned(known.entries, cells, ahead)
    codes = {code for code, _n in [*cells, *built]}
    store.more = lambda asked: _recall_cells(known, store, asked)
    _recall_for(known, store, built, cells)
    for code, n in built:
        store.vectors[code, n] = computing.derive(store, known.entries, code, n)
    touched = set(cells) | set(built)
    fresh = Store(areas, {cell: store.vectors.get(cell) for cell in touched})
    return _keep(known, fresh, codes, touched)


def _span(known: Known) -> int:
    """Return how many periods there are at most between the first value and the last."""
    ends = Value.objects.aggregate(first=Min("period"), last=Max("period"))
    if not ends["first"]:
        return 0
    years = int(ends["last"][:4]) - int(ends["first"][:4]) + 1
    return years * 12


# --- computing -------------------------------------------------------------------------------


def _counted(known: Known, name: str, areas: Areas) -> Mapping[Cell, Vector]:
    table = declared().get(name)
    if table is None:
        return {}
    entries = known.over(name)
    formulas = [f for e in entries if (f := e.count or e.sum)]
    rows = frame(table, formulas, table.model._default_manager.all())
    Reading.objects.update_or_create(table=name, defaults={"at": now(), "rows": rows.n})
    made = computing.count(table, rows, entries, areas, present())
    for entry in entries:
        formula = entry.count or entry.sum
        if formula is not None and not formula.at:
            _past(known, entry, areas, made)
    return made


def _past(
    known: Known, entry: IndicatorEntry, areas: Areas, made: dict[Cell, Vector]
) -> None:  # fmt: skip
    """Add the kept values of earlier periods, where the rows tell of the present alone."""
    today = present()[entry.every]
    for period, area, value, n in Value.objects.filter(
        indicator=known.rows[entry.code]
    ).values_list("period", "area", "value", "n"):
        number = spans.number(period, entry.every)
        if number >= today or area not in areas.at:
            continue
        vector = made.setdefault((entry.code, number), _blank(areas))
        vector.values[areas.at[area]], vector.n[areas.at[area]] = value, n


def _blank(areas: Areas) -> Vector:
    return Vector(np.full(areas.n, np.nan), np.zeros(areas.n))


def _entered(known: Known, areas: Areas) -> dict[Cell, Vector]:
    made: dict[Cell, Vector] = {}
    by_pk = {known.rows[entry.code].pk: entry for entry in known.entered()}
    Reading.objects.update_or_create(table=ENTERED, defaults={"at": now()})
    figures = Figure.objects.filter(indicator__in=by_pk, newest=True)
    for pk, area, period, value in figures.values_list("indicator", "area", "period", "value"):
        entry = by_pk[pk]
        position = areas.at.get(area or TOWN)
        if position is None:
            continue
        cell = entry.code, spans.number(period, entry.every)
        vector = made.setdefault(cell, _blank(areas))
        vector.values[position], vector.n[position] = value, 1
    return made


def _built_on(known: Known, codes: set[str]) -> set[str]:
    found: set[str] = set()
    for code in computing.order(known.entries):
        if set(known.entries[code].built_on) & (codes | found):
            found.add(code)
    return found


def _needs(known: Known, codes: set[str]) -> set[str]:
    return {before for code in codes for before in known.entries[code].built_on}


# --- what is kept ----------------------------------------------------------------------------


def _recall(known: Known, store: Store, needed: set[str], periods: set[str] | None) -> None:
    """Bring kept values of indicators into a store."""
    codes = {known.rows[code].pk: code for code in needed if code in known.rows}
    if not codes:
        return
    rows = Value.objects.filter(indicator__in=codes)
    if periods is not None:
        rows = rows.filter(period__in=periods)
    for pk, area, period, value, n in rows.values_list("indicator", "area", "period", "value", "n"):
        position = store.areas.at.get(area)
        if position is None:
            continue
        code = codes[pk]
        cell = code, spans.number(period, known.entries[code].every)
        vector = store.vectors.get(cell)
        if vector is None:
            vector = store.vectors[cell] = _blank(store.areas)
        vector.values[position], vector.n[position] = value, n


def _recall_for(
    known: Known, store: Store, built: Sequence[Cell], fresh: set[Cell]
) -> None:  # fmt: skip
    """Bring, in one question, the kept cells that some others are made of."""
    asked: set[Cell] = set()
    for code, n in built:
        entry = known.entries[code]
        for before in entry.built_on:
            kind = known.entries[before].every
            numbers = [n] + ([computing.compared(entry, n)] if entry.growth else [])
            for number in numbers:
                asked |= {(before, each) for each in spans.finer(number, entry.every, kind)}
    made = fresh | set(built)
    _recall_cells(known, store, [cell for cell in asked if cell not in made])


def _recall_cells(known: Known, store: Store, asked: Sequence[Cell]) -> None:
    missing = [cell for cell in asked if cell not in store.vectors]
    if not missing:
        return
    names = {spans.name(n, known.entries[code].every) for code, n in missing}
    there = dict(store.vectors)
    _recall(known, store, {code for code, _n in missing}, names)
    # Only what was asked for: a cell that was just computed is not overwritten by what was kept.
    for cell in list(store.vectors):
        if cell in there:
            store.vectors[cell] = there[cell]
    for cell in missing:
        store.vectors.setdefault(cell, None)


def _keep(known: Known, store: Store, codes: Iterable[str], touched: set[Cell] | None) -> int:
    """Write the values that differ from those kept, with a revision of each told before.

    Parameters
    ----------
    touched
        The cells that were computed; None for all of these indicators.
    """
    keys = {known.rows[code].pk: code for code in codes}
    kept_rows = Value.objects.filter(indicator__in=keys)
    if touched is not None:
        names = {spans.name(n, known.entries[code].every) for code, n in touched}
        kept_rows = kept_rows.filter(period__in=names)
    kept: dict[tuple[int, int, str], tuple[int, float, int]] = {
        (indicator, area, period): (pk, value, n)
        for pk, indicator, area, period, value, n in kept_rows.values_list(
            "pk", "indicator", "area", "period", "value", "n"
        )
    }
    if touched is not None:
        inside = {(known.rows[c].pk, spans.name(n, known.entries[c].every)) for c, n in touched}
        kept = {key: row for key, row in kept.items() if (key[0], key[2]) in inside}
    fresh: list[list[Any]] = []
    changed: list[Value] = []
    revised: list[tuple[int, int, str, float | None, float | None]] = []
    for (code, number), vector in store.vectors.items():
        if vector is None or known.rows[code].pk not in keys:
            continue
        indicator, period = known.rows[code].pk, spans.name(number, known.entries[code].every)
        for position in np.flatnonzero(~np.isnan(vector.values)):
            area = store.areas.keys[position]
            value, n = float(vector.values[position]), int(vector.n[position])
            before = kept.pop((indicator, area, period), None)
            if before is None:
                fresh.append([indicator, area, period, value, n])
            elif not _same(before[1], value) or before[2] != n:
                changed.append(
                    Value(pk=before[0], indicator_id=indicator, area=area, period=period,
                          value=value, n=n)
                )  # fmt: skip
                if not _same(before[1], value):
                    revised.append((indicator, area, period, before[1], value))
    revised += [(*key, row[1], None) for key, row in kept.items()]
    _write(known, fresh, changed, [row[0] for row in kept.values()], revised)
    told = {indicator for indicator, *_rest in revised} | {row[0] for row in fresh}
    Forecast.objects.filter(indicator__in=told).update(stale=True)
    return len(fresh) + len(changed) + len(kept)


def _same(one: float, other: float) -> bool:
    return abs(one - other) <= 1e-9 * max(abs(one), abs(other), 1.0)


def _write(
    known: Known, fresh: list[list[Any]], changed: list[Value], gone: list[int],
    revised: list[tuple[int, int, str, float | None, float | None]],
) -> None:  # fmt: skip
    if fresh:
        bulk.insert_values(Value, ["indicator_id", "area", "period", "value", "n"], fresh)
    if changed:
        bulk.update(changed, ["value", "n"])
    for start in range(0, len(gone), 500):
        Value.objects.filter(pk__in=gone[start : start + 500]).delete()
    stale = {row.pk for row in known.rows.values() if row.stale}
    moment = now()
    bulk.insert([
        Revision(
            indicator_id=indicator, area=area, period=period, before=before, after=after, at=moment,
            why=Revision.Why.DEFINITION if indicator in stale else Revision.Why.ROWS,
        )
        for indicator, area, period, before, after in revised
    ])  # fmt: skip


def formula_rows(entry: IndicatorEntry) -> tuple[Table, CountOf] | None:
    """Return the table and formula of an indicator that counts rows, None of another."""
    formula = entry.count or entry.sum
    return (declared()[formula.of], formula) if formula and formula.of in declared() else None


def entered(indicators: Iterable[int]) -> int:
    """Take up figures that were just entered, in the transaction that enters them."""
    known = Known.now()
    codes = {code for code, row in known.rows.items() if row.pk in set(indicators)}
    areas = Areas.of_the_town()
    store = Store(areas, dict(_entered(known, areas)))
    built = _built_on(known, codes)
    made = {entry.code for entry in known.entered()}
    _recall(known, store, _needs(known, built) - built - made, None)
    return _finish(known, store, codes | built)
