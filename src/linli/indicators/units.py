"""What figures are counted in: units of one dimension can be added and shared, others cannot."""

from collections.abc import Mapping
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import pgettext_lazy

PIECES, MONEY, RATIO, POINTS = "pieces", "money", "ratio", "points"


@dataclass(frozen=True)
class Unit:
    """A unit: `factor` of it make the first unit of its dimension."""

    label: str | Promise
    dimension: str
    factor: float = 1.0


# English counts its units after the number as Chinese does: "35 enterprises", "4.1 %".
UNITS: Mapping[str, Unit] = {
    "enterprises": Unit(pgettext_lazy("unit", "enterprises"), PIECES),
    "projects": Unit(pgettext_lazy("unit", "projects"), PIECES),
    "cases": Unit(pgettext_lazy("unit", "cases"), PIECES),
    "people": Unit(pgettext_lazy("unit", "people"), PIECES),
    "pieces": Unit(pgettext_lazy("unit", "pieces"), PIECES),
    "yuan": Unit(pgettext_lazy("unit", "yuan"), MONEY),
    "wan-yuan": Unit(pgettext_lazy("unit", "ten thousand yuan"), MONEY, 1e4),
    "yi-yuan": Unit(pgettext_lazy("unit", "hundred million yuan"), MONEY, 1e8),
    "square-metres": Unit(pgettext_lazy("unit", "m²"), "area"),
    "mu": Unit(pgettext_lazy("unit", "mu"), "area", 2000 / 3),
    "hectares": Unit(pgettext_lazy("unit", "hectares"), "area", 1e4),
    "kwh": Unit(pgettext_lazy("unit", "kWh"), "electricity"),
    "wan-kwh": Unit(pgettext_lazy("unit", "10,000 kWh"), "electricity", 1e4),
    "tce": Unit(pgettext_lazy("unit", "tonnes of coal equivalent"), "energy"),
    "tonnes": Unit(pgettext_lazy("unit", "tonnes"), "mass"),
    "metres": Unit(pgettext_lazy("unit", "m"), "length"),
    "kilometres": Unit(pgettext_lazy("unit", "km"), "length", 1e3),
    "cubic-metres": Unit(pgettext_lazy("unit", "m³"), "volume"),
    "days": Unit(pgettext_lazy("unit", "days"), "time"),
    "hours": Unit(pgettext_lazy("unit", "hours"), "time", 1 / 24),
    "percent": Unit("%", RATIO),
    "points": Unit(pgettext_lazy("unit", "points"), POINTS),
}


def dimension(code: str) -> str:
    """Return the dimension of a unit; an unknown one has its own."""
    return UNITS[code].dimension if code in UNITS else code


def factor(given: str, wanted: str) -> float:
    """Return by what an amount in `given` is multiplied to be in `wanted`.

    Raises
    ------
    ValueError
        If they are of different dimensions.
    """
    if dimension(given) != dimension(wanted):
        raise ValueError(f"{given} is no {wanted}")
    if given == wanted:
        return 1.0
    return UNITS[given].factor / UNITS[wanted].factor


def label(code: str) -> str:
    """Return the unit in the language of the page."""
    return str(UNITS[code].label) if code in UNITS else code
