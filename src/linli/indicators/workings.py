"""What a process that keeps values has in memory of them: tables, cells, values of all areas.

It is good for as long as nobody else wrote values and neither definitions, areas nor the present
period are others; `Kept` has a token that every writing replaces, so that any number of processes
may keep values, each of which begins afresh when another was at it.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from linli.clock import now
from linli.indicators import deriving, spans, storing
from linli.indicators.areas import Areas
from linli.indicators.counting import Counted, counted_by
from linli.indicators.deriving import Matrix
from linli.indicators.known import Known, present
from linli.indicators.marks import Taken
from linli.indicators.models import TOWN, Figure, Kept, Reading
from linli.places.town import the_town
from linli.tables import declared


@dataclass
class Workings:
    """Everything that values are computed from, and the values as they were kept last."""

    known: Known
    areas: Areas
    today: Mapping[str, int]
    key: tuple[Any, ...]
    token: str
    tables: dict[str, Counted] = field(default_factory=dict)
    entered: dict[str, Matrix] = field(default_factory=dict)
    values: dict[str, Matrix] = field(default_factory=dict)

    @classmethod
    def read(cls) -> "Workings":
        """Read all tables, all figures entered, and the values that are kept."""
        token, key = Kept.now(), _key()
        known, areas = Known.now(), Areas.of_the_town()
        made = cls(known, areas, present(), key, token)
        made.values = storing.kept(known, areas, known.rows)
        for name in known.tables():
            made.read_table(name)
        made.entered = figures(known, areas)
        return made

    @property
    def is_good(self) -> bool:
        """Whether nobody else was at the values, and nothing else is another."""
        return self.key == _key() and self.token == Kept.now()

    def read_table(self, name: str) -> None:
        """Read a table whole."""
        table = declared()[name]
        made = Counted.of(table, self.known.over(name), self.areas, self.today)
        self.tables[name] = made
        Reading.objects.update_or_create(
            table=name, defaults={"at": now(), "rows": made.frame.n}
        )  # fmt: skip

    def take(self, taken: Taken) -> None:
        """Read again what marks say has changed."""
        for name, changes in taken.changes.items():
            counted = self.tables[name]
            if name in taken.whole or (changes.periods and counted.has_rows_of_now):
                self.read_table(name)
            else:
                counted.take(changes)
        if taken.has_figures:
            self.entered = figures(self.known, self.areas)

    def computed(self) -> dict[str, Matrix]:
        """Work out all values."""
        made = dict(self.entered)
        for counted in self.tables.values():
            made |= counted.matrices()
            for entry in counted.entries:
                if not counted_by(entry).at and entry.code in made:
                    made[entry.code] = self._with_the_past(entry.code, made[entry.code])
        deriving.all_derived(self.known.entries, made)
        return made

    def _with_the_past(self, code: str, of_now: Matrix) -> Matrix:
        """Add kept values of earlier periods, where the rows tell of the present alone."""
        before = self.values.get(code)
        if before is None or before.start >= of_now.start:
            return of_now
        past = before.over(before.start, of_now.start)
        return Matrix(
            past.start, np.hstack([past.values, of_now.values]), np.hstack([past.n, of_now.n])
        )


def figures(known: Known, areas: Areas) -> dict[str, Matrix]:
    """Return what people entered: the newest figure of each cell."""
    by_pk = {known.rows[entry.code].pk: entry for entry in known.entered()}
    rows: dict[str, list[tuple[int, str, float, int]]] = {}
    found = Figure.objects.filter(indicator__in=by_pk, newest=True)
    for pk, area, period, value in found.values_list("indicator", "area", "period", "value"):
        rows.setdefault(by_pk[pk].code, []).append((area or TOWN, period, value, 1))
    return {
        code: storing.matrix(known.entries[code].every, areas, theirs)
        for code, theirs in rows.items()
    }


def _key() -> tuple[Any, ...]:
    town = the_town()
    return (town.code, town.version, tuple(present()[every] for every in spans.A_YEAR))
