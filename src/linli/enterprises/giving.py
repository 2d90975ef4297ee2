"""Figures that people give for one enterprise and one period, with where they were taken from.

Who keeps the register may give any figure and change any, with what stood there before kept. The
enterprise's own account fills in what nobody has given yet; that a figure is wrong it says by an
appeal, on which another person rules (`per_mu.appeals`).
"""

from collections.abc import Mapping
from datetime import date
from typing import Any

from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from linli import clock
from linli.cases.refusal import Refused
from linli.enterprises.figures import OF_MONTHS, OF_YEARS, Periods
from linli.enterprises.models import FIGURES, OF_A_YEAR, Delegate, Enterprise
from linli.enterprises.periods import month_of, month_text
from linli.enterprises.visibility import keeps
from linli.people.models import User
from linli.people.scope import Scope, scope
from linli.tables import Wrong

Period = int | date
# Whether it counts among the enterprises above scale is for the statistics to say.
NOT_ITS_OWN = frozenset({"above_scale"})
YEARS, MONTHS = 8, 18  # of how many it may be given on the page


def speaks_for(sight: Scope, enterprise: Enterprise) -> bool:
    """Tell whether the person speaks for the enterprise."""
    return Delegate.objects.filter(user=sight.user.pk, enterprise=enterprise.pk).exists()


def may_give(sight: Scope, enterprise: Enterprise) -> bool:
    """Tell whether the person may give figures: who keeps the register, or the enterprise."""
    return keeps(sight) or speaks_for(sight, enterprise)


def period_of(text: str) -> Period:
    """Return a year (`2025`) or the first day of a month (`2025-03`).

    Raises
    ------
    NotAPeriod
        If it is neither.
    """
    text = text.strip()
    if len(text) == 4 and text.isascii() and text.isdecimal():
        return int(text)
    return month_of(text)


def text_of(period: Period) -> str:
    """Return a period as addresses have it."""
    return str(period) if isinstance(period, int) else month_text(period)


def before(period: Period) -> Period:
    """Return the period before."""
    if isinstance(period, int):
        return period - 1
    return date(period.year - (period.month == 1), (period.month - 2) % 12 + 1, 1)


def offered() -> tuple[list[str], list[str]]:
    """Return the years and the months of which figures may be given on the page."""
    today = localtime(clock.now()).date()
    months: list[Period] = [today.replace(day=1)]
    while len(months) < MONTHS:
        months.append(before(months[-1]))
    years = [str(year) for year in range(today.year, today.year - YEARS, -1)]
    return years, [text_of(month) for month in months]


def kind_of(period: Period) -> Periods:
    """Return how rows of such a period are written."""
    return OF_YEARS if isinstance(period, int) else OF_MONTHS


def row_of(enterprise: Enterprise, period: Period) -> Any:
    """Return the figures of a period, None if there are none."""
    kind = kind_of(period)
    rows = kind.model.objects.filter(enterprise=enterprise, **{kind.column: period})
    return rows.first()


def figures_for(sight: Scope, period: Period, row: Any) -> list[str]:
    """Return the figures that the person may give for a period of which `row` is what stands."""
    names = OF_A_YEAR if isinstance(period, int) else FIGURES
    if keeps(sight):
        return list(names)
    own = [name for name in names if name not in NOT_ITS_OWN]
    return [name for name in own if row is None or getattr(row, name) is None]


def give(
    enterprise: Enterprise, period: Period, told: Mapping[str, Any], source: str, by: User
) -> list[Wrong]:
    """Give figures of one period; return what is wrong with them, nothing where they were kept.

    Raises
    ------
    Refused
        If the person may not give one of them, or does not say where they were taken from.
    """
    sight = scope(by)
    if not may_give(sight, enterprise):
        raise Refused(_("Only those who keep the register and the enterprise itself give figures."))
    if not source.strip():
        raise Refused(_("Say where the figures were taken from."))
    row = row_of(enterprise, period)
    theirs = set(figures_for(sight, period, row))
    changed = {name: value for name, value in told.items() if getattr(row, name, None) != value}
    if set(changed) - theirs:
        raise Refused(_("What has been given already is corrected by an appeal."))
    if not changed:
        return []
    kind = kind_of(period)
    values = {
        "enterprise": enterprise.code,
        kind.column: period if isinstance(period, int) else text_of(period),
        **changed,
    }
    (outcome,) = kind.check(sight, [values])
    if not isinstance(outcome, str):
        return outcome
    kind.write(sight, [values], source.strip())
    return []
