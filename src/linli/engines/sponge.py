"""How much rain an area must hold back, and how much its measures hold.

The volume method of the technical guide for sponge city construction (海绵城市建设技术指南——低影响
开发雨水系统构建（试行）, Ministry of Housing and Urban-Rural Development of China, October 2014,
chapter 4.8, formula 4-1):

    V = 10 · H · φ · F

V is the design storage volume in m³, H the design rainfall in mm, φ the composite runoff
coefficient of the catchment (weighted by area), F the catchment in hectares. The design rainfall
belongs to an annual runoff control rate (年径流总量控制率) of the place, which the guide tables.
"""

from collections.abc import Iterable

# Table 4-3 of the guide: runoff coefficients φ of the volume method, the middle of each range.
RUNOFF = {
    "green_roof": 0.35,  # 0.30 – 0.40, substrate of 300 mm or more
    "roof": 0.85,  # hard roof, 0.80 – 0.90
    "asphalt": 0.85,  # concrete or asphalt road and square, 0.80 – 0.90
    "stone": 0.55,  # large stones, 0.50 – 0.60
    "gravel": 0.40,
    "earth": 0.30,
    "green": 0.15,
    "water": 1.00,
    "permeable": 0.25,  # permeable paving, 0.08 – 0.45
}


def needed(rain_mm: float, runoff: float, hectares: float) -> float:
    """Return the storage volume that a catchment needs, m³ (formula 4-1)."""
    return 10 * rain_mm * runoff * hectares


def composite(parts: Iterable[tuple[float, float]]) -> float:
    """Return the composite runoff coefficient of parts, each (coefficient, hectares)."""
    known = list(parts)
    total = sum(hectares for _runoff, hectares in known)
    return sum(runoff * hectares for runoff, hectares in known) / total if total else 0.0


def held(volume: float, runoff: float, hectares: float) -> float:
    """Return the rainfall in mm that a volume in m³ holds back from a catchment."""
    base = 10 * runoff * hectares
    return volume / base if base else 0.0
