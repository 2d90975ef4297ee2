"""The definitions in force, and which period is the present one."""

from dataclasses import dataclass, field

from linli.clock import now
from linli.indicators import spans
from linli.indicators.grammar import CountOf, IndicatorEntry
from linli.indicators.models import Indicator
from linli.scores.periods import local_day
from linli.tables import Table, declared


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

    def tables(self) -> list[str]:
        """Return the tables that are counted."""
        found = {f.of for e in self.entries.values() if (f := e.count or e.sum)}
        return sorted(found & declared().keys())


def present() -> dict[str, int]:
    """Return the present month, quarter and year of the town."""
    today = local_day(now())
    return {every: spans.of_day(today, every) for every in spans.A_YEAR}


def formula_rows(entry: IndicatorEntry) -> tuple[Table, CountOf] | None:
    """Return the table and formula of an indicator that counts rows, None of another."""
    formula = entry.count or entry.sum
    return (declared()[formula.of], formula) if formula and formula.of in declared() else None
