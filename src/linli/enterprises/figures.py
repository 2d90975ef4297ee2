"""Figures of a year or a month that come in: looked at one by one, then written.

A figure that is given anew is kept with what stood there before; nobody's figure is lost.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from linli import bulk, clock
from linli.enterprises import credit_code
from linli.enterprises.models import (
    FIGURES,
    OF_A_YEAR,
    Enterprise,
    MonthFigures,
    Revision,
    YearFigures,
)
from linli.enterprises.periods import NotAPeriod, month_of, month_text
from linli.enterprises.register import changes_of, code_wrong, user_of
from linli.enterprises.visibility import keeps
from linli.tables import CHANGED, NEW, UNCHANGED, Values, Writer, Wrong, touched

EARLIEST, LATEST = 1949, 2200
# What may be below nothing: an investment given back, a loss.
SIGNED = frozenset(
    {"profit", "value_added", "capital_raised", "capital_settled", "fixed_investment"}
)
MOST = 1e9  # 10,000 yuan: ten trillion yuan, more than any enterprise


class Periods:
    """How rows of one kind of period are told apart and written."""

    def __init__(self, model: Any, names: Sequence[str]) -> None:
        self.model, self.names = model, names

    def period(self, values: Values) -> Any:
        """Return the period of a row.

        Raises
        ------
        NotAPeriod
            If it is none.
        """
        if self.model is MonthFigures:
            return month_of(str(values.get("month") or ""))
        year = values.get("year")
        if not isinstance(year, int) or not EARLIEST <= year < LATEST:
            raise NotAPeriod(_("“%(value)s” is no year.") % {"value": year})
        return year

    @property
    def column(self) -> str:
        return "month" if self.model is MonthFigures else "year"

    @staticmethod
    def text(period: Any) -> str:
        """Return a period as it stands in keys: 2025, 2025-03."""
        return str(period) if isinstance(period, int) else month_text(period)

    def known(self, enterprises: Any, lock: bool = False) -> dict[tuple[int, Any], Any]:
        rows = self.model.objects.filter(enterprise__in=enterprises)
        if lock:
            rows = rows.select_for_update()
        return {(row.enterprise_id, getattr(row, self.column)): row for row in rows}

    def told(self, values: Values) -> dict[str, Any]:
        given = {name: values[name] for name in self.names if name in values}
        if given.get("above_scale", True) is None or given.get("above_scale") == "":
            given["above_scale"] = False
        return given

    def wrongs(self, values: Values, known: Mapping[str, int]) -> list[Wrong]:
        wrongs = []
        code = credit_code.plain(values.get("enterprise") or "")
        if code not in known:
            message = code_wrong(code) or _("“%(code)s” is not in the register.") % {"code": code}
            wrongs.append(Wrong("enterprise", message))
        try:
            period = self.period(values)
            year = period if isinstance(period, int) else period.year
            if year > clock.now().year:
                wrongs.append(Wrong(self.column, _("lies in the future.")))
        except NotAPeriod as error:
            wrongs.append(Wrong(self.column, str(error)))
        for name, value in self.told(values).items():
            if isinstance(value, bool) or value is None:
                continue
            if value < 0 and name not in SIGNED:
                wrongs.append(Wrong(name, _("“%(value)s” is below nothing.") % {"value": value}))
            elif abs(value) > MOST:
                wrongs.append(Wrong(name, _("“%(value)s” is too much: money is in units of "
                                            "10,000 yuan.") % {"value": value}))  # fmt: skip
        fixed, of_it = values.get("fixed_investment"), values.get("digital_investment")
        if fixed is not None and of_it is not None and of_it > max(fixed, 0):
            wrongs.append(Wrong("digital_investment", _("is more than all investment.")))
        return wrongs

    def check(self, scope: Any, rows: Sequence[Values]) -> list[str | list[Wrong]]:
        known = _registered(rows)
        stored = self.known(set(known.values()))
        outcomes: list[str | list[Wrong]] = []
        for values in rows:
            if wrongs := self.wrongs(values, known):
                outcomes.append(wrongs)
                continue
            enterprise = known[credit_code.plain(values["enterprise"])]
            row = stored.get((enterprise, self.period(values)))
            if row is None:
                outcomes.append(NEW)
            else:
                is_changed = changes_of(row, self.told(values))
                outcomes.append(CHANGED if is_changed else UNCHANGED)
        return outcomes

    def write(self, scope: Any, rows: Sequence[Values], source: str = "") -> list[str]:
        """Write rows that were found good.

        Parameters
        ----------
        source
            Where the figures were taken from; where it is told, a figure given for the first time
            is kept among the revisions as well, with nothing before it.
        """
        at, by = clock.now(), user_of(scope)
        fates: list[str] = []
        with transaction.atomic():
            known = _registered(rows)
            stored = self.known(set(known.values()), lock=True)
            fresh: dict[tuple[int, Any], Any] = {}
            changed: dict[int, Any] = {}
            revisions: list[Revision] = []
            keys: list[str] = []
            for values in rows:
                code = credit_code.plain(values["enterprise"])
                enterprise, period, told = known[code], self.period(values), self.told(values)
                row = stored.get((enterprise, period))
                is_new = row is None
                if row is None:
                    row = self.model(
                        enterprise_id=enterprise, touched_at=at, **{self.column: period}
                    )
                    stored[enterprise, period] = fresh[enterprise, period] = row
                changes = changes_of(row, told)
                for name, (before, after) in changes.items():
                    setattr(row, name, after)
                    is_first = before is None or (enterprise, period) in fresh
                    # A figure given for the first time revises nothing.
                    if source or not is_first:
                        revisions.append(Revision(
                            enterprise_id=enterprise, figure=name, after=after, source=source,
                            before=None if is_new else before, by=by, at=at,
                            **{self.column: period},
                        ))  # fmt: skip
                if changes or is_new:
                    keys.append(f"{code}-{self.text(period)}")
                    if (enterprise, period) not in fresh:
                        row.touched_at = at
                        changed[row.pk] = row
                fates.append(NEW if is_new else CHANGED if changes else UNCHANGED)
            bulk.insert(list(fresh.values()))
            bulk.update(list(changed.values()), [*self.names, "touched_at"])
            bulk.insert(revisions)
            if keys:
                written = [*fresh.values(), *changed.values()]
                periods = {self.text(getattr(row, self.column)) for row in written}
                touched(f"enterprise-{self.column}s", keys, sorted(periods),
                        [row.pk for row in written])  # fmt: skip
        return fates


def _registered(rows: Sequence[Values]) -> dict[str, int]:
    codes = {credit_code.plain(values.get("enterprise") or "") for values in rows}
    return dict(Enterprise.objects.filter(code__in=codes).values_list("code", "pk"))


OF_YEARS = Periods(YearFigures, OF_A_YEAR)
OF_MONTHS = Periods(MonthFigures, FIGURES)
YEARS = Writer(may=keeps, check=OF_YEARS.check, write=OF_YEARS.write)
MONTHS = Writer(may=keeps, check=OF_MONTHS.check, write=OF_MONTHS.write)
