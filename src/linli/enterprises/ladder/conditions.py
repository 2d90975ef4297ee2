"""Conditions on the figures of enterprises, as a pack declares them: typed, and no code in them.

A condition names a column of the figures by year (or `age`), perhaps another column it is
divided by, a comparison and a value: rd per sales at least 0.03. It may ask for the growth over
the year before, and may have to hold in several years running.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from django.utils.translation import gettext as _

from linli.enterprises.models import FIGURES
from linli.enterprises.quantities import (
    AGE,
    amount,
    is_share,
    label,
    number,
    quantity,
    ratio_label,
    share,
)

FLAGS = ("above_scale",)
NUMBERS = (*FIGURES, "researchers", "land_mu", AGE)
COMPARISONS = (">=", ">", "<=", "<", "=")
MOST_YEARS = 5

Table = Mapping[str, np.ndarray]
"""Column → figures of shape (enterprises, years), the last year last, nan where not given."""


@dataclass(frozen=True)
class Condition:
    """One condition.

    Attributes
    ----------
    column
        A figure of the year; a flag (`above_scale`) takes only "=" and true or false.
    per
        A figure it is divided by, "" for none.
    growth
        Whether the growth over the year before is meant, as a share (0.1 for 10 %).
    years
        In how many years running, the last among them, it must hold.
    """

    column: str
    comparison: str
    value: float | bool
    per: str = ""
    growth: bool = False
    years: int = 1

    @property
    def is_flag(self) -> bool:
        return self.column in FLAGS

    @property
    def needs(self) -> int:
        """How many years of figures it looks at."""
        return self.years + self.growth

    def values(self, table: Table) -> np.ndarray:
        """Return what each enterprise has, of shape (enterprises, `years`)."""
        found = table[self.column]
        with np.errstate(divide="ignore", invalid="ignore"):
            if self.per:
                found = found / table[self.per]
            if self.growth:
                found = found[:, 1:] / found[:, :-1] - 1
        found = np.where(np.isfinite(found), found, np.nan)
        return found[:, -self.years :]

    def holds(self, values: np.ndarray) -> np.ndarray:
        """Tell for each value whether it is enough; what is not given never is."""
        wanted = float(self.value)
        given = ~np.isnan(values)
        known = np.where(given, values, 0.0)
        outcome = {
            ">=": known >= wanted, ">": known > wanted, "<=": known <= wanted,
            "<": known < wanted, "=": known == wanted,
        }[self.comparison]  # fmt: skip
        return outcome & given

    def met(self, values: Sequence[float], year: int) -> "Met":
        """Return how somebody stands to it who has these values in the years up to `year`."""
        years = tuple(range(year - self.years + 1, year + 1))
        return Met(self, tuple(values), years, bool(self.holds(np.array(values, float)).all()))

    # --- in words ------------------------------------------------------------------------

    def __str__(self) -> str:
        if self.is_flag:
            return self._flag(bool(self.value))
        words = {"what": self.label, "wanted": self._said(float(self.value))}
        said = {
            ">=": _("%(what)s of at least %(wanted)s"), ">": _("%(what)s over %(wanted)s"),
            "<=": _("%(what)s of at most %(wanted)s"), "<": _("%(what)s below %(wanted)s"),
            "=": _("%(what)s of exactly %(wanted)s"),
        }[self.comparison] % words  # fmt: skip
        if self.years > 1:
            return _("%(what)s, %(n)d years running") % {"what": said, "n": self.years}
        return said

    @property
    def label(self) -> str:
        """What is looked at."""
        plain = ratio_label(self.column, self.per) if self.per else label(self.column)
        return _("Growth of %(what)s") % {"what": plain} if self.growth else plain

    def _flag(self, value: bool) -> str:
        # There is one flag; a second one would bring its own words.
        return _("in the statistics of enterprises above scale") if value else _(
            "not in the statistics of enterprises above scale"
        )  # fmt: skip

    def _said(self, value: float) -> str:
        if self.growth or (self.per and is_share(self.column, self.per)):
            # Two places, so that 2.97 % does not read as the 3 % it lacks.
            return share(value, 2)
        return number(value, 3) if self.per else quantity(self.column, value)

    def lack(self, values: Sequence[float], years: Sequence[int]) -> str:
        """Say in numbers what is lacking: “Output 18.2 of 20 million yuan”.

        Parameters
        ----------
        values, years
            What the enterprise has in each year that is looked at; the last year that is not
            enough is told.
        """
        if self.is_flag:
            return self._flag(not self.value)
        enough = self.holds(np.array(values, float))
        at = int(np.flatnonzero(~enough)[-1])
        value = values[at]
        if np.isnan(value):
            said = _("%(what)s not given") % {"what": self.label}
        else:
            said = self._gap(float(value))
        if self.years > 1:
            return _("%(what)s (%(year)d)") % {"what": said, "year": years[at]}
        return said

    def _gap(self, value: float) -> str:
        wanted = float(self.value)
        if self.growth or self.per:
            has, unit, aim = self._said(value), "", self._said(wanted)
        else:
            (has, unit), (aim, _same) = amount(self.column, value), amount(self.column, wanted)
        words = {"what": self.label, "has": has, "wanted": f"{aim} {unit}".strip()}
        if self.comparison in (">=", ">"):
            # “−3 % of 0 %” says nothing.
            if wanted <= 0:
                return _("%(what)s %(has)s, to be over %(wanted)s") % words
            return _("%(what)s %(has)s of %(wanted)s") % words
        return _("%(what)s %(has)s instead of %(wanted)s") % words

    def share_met(self, values: Sequence[float]) -> float:
        """Return how far it is on the way, 0 to 1: the least of the years."""
        if self.is_flag or self.holds(np.array(values, float)).all():
            return float(self.holds(np.array(values, float)).all())
        wanted = float(self.value)
        if self.comparison not in (">=", ">") or wanted <= 0:
            return 0.0
        least = min(0.0 if np.isnan(v) else v for v in values)
        return float(np.clip(least / wanted, 0, 0.999))


@dataclass(frozen=True)
class Met:
    """How an enterprise stands to one condition."""

    condition: Condition
    values: tuple[float, ...]
    years: tuple[int, ...]
    is_met: bool

    @property
    def lack(self) -> str:
        """What is lacking, in numbers; "" if nothing is."""
        return "" if self.is_met else self.condition.lack(self.values, self.years)

    @property
    def percent(self) -> int:
        """How far it is on the way."""
        return int(100 * self.condition.share_met(self.values))


def of(told: Mapping[str, Any]) -> Condition:
    """Make a condition of what a rung keeps."""
    return Condition(**told)
