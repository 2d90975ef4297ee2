"""When the last of those still to sign will have signed, and how sure that is.

Everybody has a readiness of their own, the rate at which they sign on a day; over all it is
spread as a gamma distribution (a frailty model: Vaupel, Manton, Stallard 1979, Demography
16:439). Then the waiting time has the survival function ``S(t) = (1 + t / scale) ** -shape``
(Lomax), and whoever has not signed after ``t`` days waits on with ``scale + t`` in place of
``scale``: the ready ones sign first, and those left over take longer, as anybody knows who has
negotiated. A large shape means that all are alike (a constant hazard).

Before a bonus ends people hurry: in the last `HURRY` days of it everybody's rate is `pull` times
as high. That is a clock which runs faster on known days: signing goes by its time instead of the
calendar's. How strong the pull is the data must say; without deadlines there is none.

Shape, median waiting time and pull are not estimated as one number each: they are spread over a
grid with even weight on their logarithms, weighted by how well they explain the waiting times
seen so far (a signing in day d counts ``S(d) - S(d + 1)``, one still waiting after d days
``S(d)``). The forecast draws from that, and draws for each of those left over when they sign; the
last of them is the answer of a draw. Its quantiles hold what is not known of the numbers and the
luck of the draw alike. The same input and seed give the same answer.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

HORIZON = 730  # days; whatever lies beyond is said to lie beyond
DRAWS = 2000
SHAPES = np.geomspace(1.5, 30, 12)
MEDIANS = np.geomspace(0.5, 365, 28)
PULLS = (1.0, 2.0, 4.0, 8.0)
HURRY = 2  # days, the last one included, in which a deadline is felt


@dataclass(frozen=True)
class Forecast:
    """In how many days from now the last one signs: 10 %, 50 % and 90 % of all draws are sooner.

    None stands for more than `HORIZON` days. `left` is how many have not signed yet. `curve`
    holds, for each day from now on until the late end, how many of those left will have signed:
    10 %, 50 % and 90 %.
    """

    left: int
    early: int | None
    middle: int | None
    late: int | None
    curve: tuple[tuple[float, float, float], ...] = ()

    @property
    def is_over(self) -> bool:
        return self.left == 0


def last_signing(
    signed: Sequence[int],
    waiting: Sequence[int],
    not_yet: int = 0,
    seed: int = 0,
    draws: int = DRAWS,
    deadlines: Sequence[int] = (),
) -> Forecast:
    """Forecast when the last one signs.

    Parameters
    ----------
    signed
        Of those who have signed: on which day after they were told, 0 for the same day.
    waiting
        Of those who were told and have not signed: how many days ago that was.
    not_yet
        How many have not even been told; they are taken to be told today.
    deadlines
        The last days of bonuses, counted like `signed`: 6 is the last of seven days.
    """
    ends = tuple(sorted({end for end in deadlines if 0 <= end <= HORIZON}))
    return _last_signing(tuple(signed), tuple(waiting), not_yet, seed, draws, ends)


@lru_cache(maxsize=512)
def _last_signing(
    signed: tuple[int, ...], waiting: tuple[int, ...], not_yet: int, seed: int, draws: int,
    deadlines: tuple[int, ...],
) -> Forecast:  # fmt: skip
    left = len(waiting) + not_yet
    if not left:
        return Forecast(0, 0, 0, 0)
    rng = np.random.default_rng(seed)
    shapes, scales, pulls = _drawn(signed, waiting, deadlines, rng, draws)
    waited = np.array([*waiting, *([0] * not_yet)], dtype=int)
    chance = rng.random((draws, left))
    days = np.empty((draws, left))
    for pull in np.unique(pulls):
        own = pulls == pull
        clock = run(pull, deadlines, int(waited.max()) + HORIZON + 2)
        gone = clock[waited]
        # The rest of a Lomax waiting time after `gone`, by its inverse; then back to days.
        rest = (scales[own, None] + gone) * (chance[own] ** (-1 / shapes[own, None]) - 1)
        days[own] = np.interp(gone + rest, clock, np.arange(len(clock))) - waited
    days = np.floor(np.minimum(days, HORIZON + 1))  # 0 is today, which is not over yet
    ends = [int(end) for end in np.quantile(days.max(axis=1), [0.1, 0.5, 0.9], method="higher")]
    early, middle, late = (None if end > HORIZON else end for end in ends)
    return Forecast(left, early, middle, late, _curve(days, min(ends[2], HORIZON)))


def run(pull: float, deadlines: Sequence[int], upto: int) -> np.ndarray:
    """Return how far the clock has run when each day begins, days 0 to `upto` since the notice."""
    speed = np.ones(upto)
    for end in deadlines:
        speed[max(end - HURRY + 1, 0) : end + 1] = pull
    return np.concatenate([[0.0], np.cumsum(speed)])


def _curve(days: np.ndarray, until: int) -> tuple[tuple[float, float, float], ...]:
    """Return for each day 0 to `until` how many have signed, as three quantiles of the draws."""
    upto = min(until, 120)
    counts = np.zeros((len(days), upto + 2))
    rows = np.repeat(np.arange(len(days)), days.shape[1])
    np.add.at(counts, (rows, np.minimum(days, upto + 1).astype(int).ravel()), 1)
    sums = np.cumsum(counts[:, : upto + 1], axis=1)
    quantiles = np.quantile(sums, [0.1, 0.5, 0.9], axis=0, method="nearest")
    return tuple((float(a), float(b), float(c)) for a, b, c in quantiles.T)


def survival(t: np.ndarray, shape: np.ndarray, scale: np.ndarray) -> np.ndarray:
    """Return the share that has not signed after `t` days."""
    return (1 + t / scale) ** -shape


def _drawn(
    signed: tuple[int, ...], waiting: tuple[int, ...], deadlines: tuple[int, ...],
    rng: np.random.Generator, draws: int,
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:  # fmt: skip
    """Draw shapes, scales and pulls as likely as the waiting times make them."""
    pulls = PULLS if deadlines else (1.0,)
    shape, median, pull = (axis.ravel() for axis in np.meshgrid(SHAPES, MEDIANS, pulls))
    scale = median / (2 ** (1 / shape) - 1)
    likely = np.zeros(len(shape))
    upto = max((*signed, *waiting), default=0) + 2
    clocks = np.array([run(each, deadlines, upto) for each in pulls])
    of = np.searchsorted(pulls, pull)
    for days, is_signed in ((signed, True), (waiting, False)):
        values, counts = np.unique(np.array(days, dtype=int), return_counts=True)
        if not len(values):
            continue
        share = survival(clocks[:, values][of].T, shape, scale)
        if is_signed:
            share = share - survival(clocks[:, values + 1][of].T, shape, scale)
        likely += counts @ np.log(np.maximum(share, 1e-300))
    weight = np.exp(likely - likely.max())
    chosen = rng.choice(len(shape), size=draws, p=weight / weight.sum())
    # Between two points of the grid anything is as likely.
    step = np.log(MEDIANS[1] / MEDIANS[0])
    spread = np.exp(rng.uniform(-step / 2, step / 2, draws))
    return shape[chosen], scale[chosen] * spread, pull[chosen]
