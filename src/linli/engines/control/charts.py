"""Control charts of attributes: p and u charts, with limits after counting or after Laney.

Charts after ISO 7870-2 (Shewhart control charts) for subgroups of varying size. With x_i flawed
ones among n_i, a p chart draws x_i / n_i about the centre p̄ = Σx / Σn, a u chart counts flaws
instead of flawed ones:

    σ_i = √(p̄ (1 − p̄) / n_i)   (p)        σ_i = √(ū / n_i)   (u)        limits: centre ± 3 σ_i

Centre and σ come from a stated base period (phase I) and judge all points (phase II). Points of
the base outside their own limits are left out and the limits taken anew, until none is outside.

Subgroups that differ among themselves by more than chance of counting alone (other light every
morning, mixed batches) would make a plain chart cry all day. Laney's p′ and u′ (2002) multiply
σ_i by σ_z, the mean moving range of the standardised points over 1.128, so that the chart asks
whether a point differs more than its neighbours do.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from math import sqrt
from typing import Literal

import numpy as np

from linli.engines.control.rules import NELSON, Broken, Floats, Marks, Rule, broken

Spread = Literal["auto", "counting", "laney"]

D2 = 1.128  # mean range of two normal values, in standard deviations
SURE = 2.326  # one in a hundred lies above, normal distribution
KEPT = 2 / 3  # of the base that phase I keeps at least
THIN = 1.0  # expected count of a subgroup below which its limits say little


@dataclass(frozen=True)
class Chart:
    """A chart with its limits; arrays have shape (n,), one entry a subgroup.

    Attributes
    ----------
    kind
        "p" (flawed ones among all) or "u" (flaws a piece).
    values
        The points; NaN where a subgroup is empty.
    sizes
        How many pieces each subgroup has.
    centre
        The centre line.
    low, high
        The limits of each point, never under 0, for p never over 1; NaN where it is empty.
    z
        How many σ (σ_z counted in) a point lies off the centre.
    sigma_z
        What σ was multiplied by: 1.0 in a plain chart.
    base
        Which points the limits rest on.
    left_out
        Positions in the base period that phase I left out.
    broken
        Rules that were broken, in the order of their last point.
    thin
        How many subgroups are so small that fewer than one flaw is expected in them.
    """

    kind: Literal["p", "u"]
    values: Floats
    sizes: Floats
    centre: float
    low: Floats
    high: Floats
    z: Floats
    sigma_z: float
    base: Marks
    left_out: tuple[int, ...]
    broken: tuple[Broken, ...]
    thin: int

    @property
    def is_laney(self) -> bool:
        """Whether limits were widened (or narrowed) after Laney."""
        return self.sigma_z != 1.0

    @property
    def out(self) -> tuple[int, ...]:
        """Positions of all points that take part in a broken rule, ascending."""
        return tuple(sorted({point for broken in self.broken for point in broken.points}))


def p_chart(
    flawed: Sequence[int], sizes: Sequence[int], base: Sequence[bool] | None = None,
    spread: Spread = "auto", rules: Sequence[Rule] = NELSON,
) -> Chart:  # fmt: skip
    """Chart the share of flawed pieces.

    Parameters
    ----------
    flawed, sizes
        Flawed pieces and all pieces of each subgroup, in the order of time.
    base
        Which subgroups belong to the base period; all where left out.
    spread
        "counting" for plain limits, "laney" for p′, "auto" for p′ where the moving ranges show,
        at a level of 1 %, more than counting explains.
    rules
        Which rules to look for.

    Raises
    ------
    ValueError
        If lengths differ, a number is negative, more are flawed than there are, or the base holds
        no piece.
    """
    if any(x > n for x, n in zip(flawed, sizes, strict=False)):
        raise ValueError("more flawed pieces than pieces")
    return _chart("p", flawed, sizes, base, spread, rules)


def u_chart(
    flaws: Sequence[int], sizes: Sequence[int], base: Sequence[bool] | None = None,
    spread: Spread = "auto", rules: Sequence[Rule] = NELSON,
) -> Chart:  # fmt: skip
    """Chart the flaws a piece; a piece may have several. Parameters as for `p_chart`."""
    return _chart("u", flaws, sizes, base, spread, rules)


def _chart(
    kind: Literal["p", "u"], counts: Sequence[int], sizes: Sequence[int],
    base: Sequence[bool] | None, spread: Spread, rules: Sequence[Rule],
) -> Chart:  # fmt: skip
    x, n = np.asarray(counts, dtype=np.float64), np.asarray(sizes, dtype=np.float64)
    marks = np.ones(len(n), dtype=bool) if base is None else np.asarray(base, dtype=bool)
    if not len(x) == len(n) == len(marks):
        raise ValueError(f"{len(x)} counts, {len(n)} sizes, {len(marks)} marks of the base")
    if (x < 0).any() or (n < 0).any():
        raise ValueError("a number of pieces cannot be negative")
    filled = n > 0
    kept = marks & filled
    if not kept.any():
        raise ValueError("the base period holds no piece")
    values = np.divide(x, n, out=np.full(len(n), np.nan), where=filled)
    most = int(kept.sum()) - int(np.ceil(KEPT * kept.sum()))
    left_out: list[int] = []
    while True:
        centre = float(x[kept].sum() / n[kept].sum())
        sigma = _sigma(kind, centre, n)
        plain = _standardised(values, centre, sigma)
        sigma_z = _sigma_z(plain[kept], spread)
        z = plain / sigma_z
        outside = np.flatnonzero(kept & (np.abs(z) > 3))
        if not len(outside) or len(left_out) + len(outside) > most:
            break
        left_out += outside.tolist()
        kept[outside] = False
    reach = 3 * sigma * sigma_z
    top = 1.0 if kind == "p" else np.inf
    return Chart(
        kind=kind, values=values, sizes=n, centre=centre,
        low=np.maximum(centre - reach, 0.0), high=np.minimum(centre + reach, top),
        z=z, sigma_z=sigma_z, base=kept, left_out=tuple(sorted(left_out)),
        broken=broken(z, rules), thin=int((filled & (n * centre < THIN)).sum()),
    )  # fmt: skip


def _sigma(kind: str, centre: float, n: Floats) -> Floats:
    variance = centre * (1 - centre) if kind == "p" else centre
    return np.sqrt(np.divide(variance, n, out=np.full(len(n), np.nan), where=n > 0))


def _standardised(values: Floats, centre: float, sigma: Floats) -> Floats:
    """Return z; a point on the centre of a process without any spread lies off by nothing."""
    off = values - centre
    z = np.divide(off, sigma, out=np.full(len(off), np.nan), where=sigma > 0)
    still = ~np.isnan(values) & (sigma == 0)
    z[still & (off == 0)] = 0.0
    z[still & (off > 0)] = np.inf
    z[still & (off < 0)] = -np.inf
    return z


def _sigma_z(z: Floats, spread: Spread) -> float:
    if spread == "counting" or len(z) < 3 or not np.isfinite(z).all():
        return 1.0
    found = float(np.abs(np.diff(z)).mean() / D2)
    if found == 0:
        return 1.0
    if spread == "laney":
        return found
    # Variance of the mean moving range over d2, in σ² (Palm and Wheeler; Cryer and Ryan 1990).
    m = len(z)
    error = sqrt(0.8264 * m - 1.082) / (m - 1)
    return found if found > 1 + SURE * error else 1.0
