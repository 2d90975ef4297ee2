"""Figures entered by hand or imported: each with its source, none ever overwritten."""

from collections.abc import Sequence
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from linli import bulk
from linli.clock import now
from linli.indicators import keeping, spans
from linli.indicators.models import Figure, Indicator
from linli.people.models import Organisation, Role, User
from linli.people.scope import Scope
from linli.places.atlas import atlas
from linli.tables import CHANGED, NEW, UNCHANGED, Values, Writer, Wrong

ENTER = (Role.OFFICER, Role.HEAD)


def functions_of(scope: Scope) -> set[str]:
    """Return the fields of work of the organisations in which somebody may enter figures."""
    keys = scope.organisations(*ENTER)
    rows = Organisation.objects.filter(pk__in=keys).values_list("functions", flat=True)
    return {function for functions in rows for function in functions}


def may_enter(scope: Scope, indicator: Indicator | None = None) -> bool:
    """Tell whether somebody enters figures of an indicator: its owner, or the administrator."""
    if any(path.count("/") == 1 for path in scope.paths(Role.ADMINISTRATOR)):
        return True
    if indicator is None:
        return scope.has(*ENTER)
    return scope.has(*ENTER) and indicator.function in functions_of(scope)


class _Known:
    """What the rows of a file may refer to, and what is known already."""

    def __init__(self, scope: Scope, rows: Sequence[Values]) -> None:
        codes = {str(row.get("indicator") or "") for row in rows}
        found = Indicator.objects.filter(code__in=codes, retired=False)
        self.indicators = {row.code: row for row in found}
        self.functions = functions_of(scope)
        self.is_over_all = (may_enter(scope) and not scope.has(*ENTER)) or any(
            path.count("/") == 1 for path in scope.paths(Role.ADMINISTRATOR)
        )
        newest = Figure.objects.filter(indicator__in=[r.pk for r in found], newest=True)
        self.newest = {(f.indicator_id, f.area_id, f.period): f for f in newest}

    def wrongs(self, row: Values) -> list[Wrong]:
        found: list[Wrong] = []
        indicator = self.indicators.get(str(row.get("indicator") or ""))
        if indicator is None or not indicator.formula.entered:
            return [Wrong("indicator", _("There is no indicator “%(code)s” that figures are "
                                         "entered for.")
                          % {"code": row.get("indicator") or ""})]  # fmt: skip
        if not self.is_over_all and indicator.function not in self.functions:
            found.append(
                Wrong("indicator", _("Only the owner of an indicator enters its figures."))
            )
        if self.period(indicator, row) is None:
            found.append(Wrong("period", _("“%(value)s” is no %(every)s.")
                               % {"value": row.get("period") or "",
                                  "every": indicator.every}))  # fmt: skip
        if row.get("value") is None:
            found.append(Wrong("value", _("There is no value.")))
        if not str(row.get("source") or "").strip():
            found.append(Wrong("source", _("Say where the figure comes from.")))
        code = str(row.get("area") or "")
        if code and code not in atlas().by_code:
            found.append(Wrong("area", _("There is no area “%(value)s”.") % {"value": code}))
        elif self.area(row) is not None and not indicator.formula.entered.by_area:
            found.append(Wrong("area", _("This indicator is of the whole town.")))
        return found

    def period(self, indicator: Indicator, row: Values) -> str | None:
        try:
            kind, n = spans.read(str(row.get("period") or "").strip())
        except ValueError:
            return None
        return spans.name(n, kind) if kind == indicator.every else None

    def area(self, row: Values) -> int | None:
        """Return the key of the area a figure is of, None for the whole town."""
        area = atlas().by_code.get(str(row.get("area") or ""))
        return area.pk if area and area.parent_id else None

    def fate(self, row: Values) -> str:
        indicator = self.indicators[str(row["indicator"])]
        before = self.newest.get((indicator.pk, self.area(row), self.period(indicator, row) or ""))
        if before is None:
            return NEW
        is_same = (before.value, before.source) == (row["value"], str(row["source"]).strip())
        return UNCHANGED if is_same else CHANGED


def _check(scope: Any, rows: Sequence[Values]) -> list[str | list[Wrong]]:
    known = _Known(scope, rows)
    return [known.wrongs(row) or known.fate(row) for row in rows]


def _write(scope: Any, rows: Sequence[Values]) -> list[str]:
    known, moment = _Known(scope, rows), now()
    by = scope.user if isinstance(scope.user, User) and scope.user.pk else None
    fates, fresh, past = [], [], []
    with transaction.atomic():
        for row in rows:
            fate = known.fate(row)
            fates.append(fate)
            if fate == UNCHANGED:
                continue
            indicator = known.indicators[str(row["indicator"])]
            period = known.period(indicator, row)
            assert period is not None
            figure = Figure(
                indicator=indicator, area_id=known.area(row), period=period, value=row["value"],
                source=str(row["source"]).strip()[:200], by=by, at=moment,
            )  # fmt: skip
            key = (indicator.pk, figure.area_id, period)
            before = known.newest.get(key)
            if before is not None:
                before.newest = False
                if before.pk:
                    past.append(before.pk)
            known.newest[key] = figure
            fresh.append(figure)
        Figure.objects.filter(pk__in=past).update(newest=False)
        bulk.insert(fresh)
        if fresh:
            keeping.entered({figure.indicator_id for figure in fresh})
    return fates


FIGURES = Writer(may=may_enter, check=_check, write=_write)
