"""Figures in words: how much of what, in the unit people of the language use."""

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from linli.enterprises.models import FIGURES, YearFigures

MONEY = frozenset(FIGURES) - {"energy", "electricity", "emissions", "staff"}
AGE = "age"  # years since it was founded


def label(column: str) -> str:
    """Return what a figure of a year is called."""
    if column == AGE:
        return _("Years since founding")
    return str(YearFigures._meta.get_field(column).verbose_name)  # type: ignore[union-attr]


def ratio_label(column: str, per: str) -> str:
    """Return what one figure for another is called."""
    words = {"what": label(column), "of": label(per)}
    if is_share(column, per):
        return _("%(what)s as a share of %(of)s") % words
    return _("%(what)s per unit of %(of)s") % words


def is_share(column: str, per: str) -> bool:
    """Tell whether one figure for another is a share, money of money."""
    return column in MONEY and per in MONEY


def number(value: float, places: int = 1) -> str:
    """Write a number with no more places than it needs."""
    said = f"{round(value, places) + 0.0:,.{places}f}"
    return (said.rstrip("0").rstrip(".") if places else said).replace("-", "−")


def share(value: float, places: int = 1) -> str:
    """Write a share in percent."""
    return f"{number(100 * value, places)} %"


def amount(column: str, value: float) -> tuple[str, str]:
    """Return a figure as a number and its unit; money in million yuan or 万元."""
    if column in MONEY:
        if (get_language() or "").startswith("en"):
            return number(value / 100, 2 if abs(value) < 1000 else 1), "million yuan"
        return number(value), "万元"
    units = {
        "energy": _("tce"), "electricity": _("10,000 kWh"), "emissions": _("t"),
        "land_mu": _("mu"), AGE: _("years"),
    }  # fmt: skip
    return number(value, 3 if column == "emissions" else 1), units.get(column, "")


def unit(column: str) -> str:
    """Return the unit in which a figure is kept and given."""
    if column in MONEY:
        return _("10,000 yuan")
    units = {
        "energy": _("tce"), "electricity": _("10,000 kWh"), "emissions": _("t"),
        "land_mu": _("mu"), "staff": _("people"), "researchers": _("people"),
    }  # fmt: skip
    return units.get(column, "")


def quantity(column: str, value: float) -> str:
    """Write a figure with its unit."""
    return " ".join(part for part in amount(column, value) if part)
