"""Where a series may go: a forecast with an interval, and how wrong it would have been.

The methods of `extrapolate` each forecast from some earlier points of the series (rolling
origin). Those that erred at most `FURTHEST` times as much as the best are put together, each
weighing by the inverse square of its mean absolute scaled error (MASE, Hyndman & Koehler 2006):
combinations of plain methods did better than choosing one of them in every M competition
(Makridakis et al. 2020), and they do so here (`bench/trend.py`). How wrong the combination would
have been is told with weights learnt at the other origins. Where it does not beat both naive
methods by `MARGIN`, the better of those is taken. Intervals are those of the methods, widened by
what the same trial shows that they miss.
"""

import warnings
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from linli.engines.extrapolate import (
    LEVEL,
    Array,
    Band,
    Method,
    drift,
    ets,
    ets_of_logs,
    naive,
    seasonal_naive,
    theta,
)

NAIVE, SEASONAL, DRIFT, THETA = "naive", "seasonal-naive", "drift", "theta"
ETS, ETS_LOG, COMBINED = "ets", "ets-log", "combined"
PLAIN = (NAIVE, SEASONAL)
MARGIN = 0.02
FURTHEST = 1.5
ORIGINS = 6
BEYOND = 1e6
WIDEST = 4.0  # times the interval of a method; what misses more than that is no forecast
FAULTS = (ValueError, np.linalg.LinAlgError, ZeroDivisionError, IndexError, OverflowError)


@dataclass(frozen=True)
class Trial:
    """How a method did from earlier points: MASE, symmetric MAPE in percent, share covered."""

    mase: float
    smape: float
    coverage: float
    widen: float


@dataclass(frozen=True)
class Outlook:
    """The chosen forecast, the naive ones beside it, and how each method did.

    `weights` says what the methods weigh in a combination.
    """

    method: str
    band: Band
    naive: Band
    seasonal: Band | None
    trials: Mapping[str, Trial] = field(default_factory=dict)
    weights: Mapping[str, float] = field(default_factory=dict)


def methods(length: int, season: int) -> dict[str, Method]:
    """Return the methods that a series of this length allows, the plainest first."""
    found: dict[str, Method] = {NAIVE: naive}
    if season > 1 and length > season:
        found[SEASONAL] = lambda y, h: seasonal_naive(y, h, season)
    if length >= 4:
        found[DRIFT] = drift
        found[THETA] = lambda y, h: theta(y, h, season)
    if length >= max(12, 2 * season + 2):
        found[ETS] = lambda y, h: ets(y, h, season)
        found[ETS_LOG] = lambda y, h: ets_of_logs(y, h, season)
    return found


# --- how wrong -------------------------------------------------------------------------------


def scale(y: Array, season: int) -> float:
    """Return the mean absolute error of the naive method within a series: what MASE divides by."""
    lag = season if season > 1 and len(y) > season else 1
    return float(np.mean(np.abs(y[lag:] - y[:-lag]))) if len(y) > lag else 0.0


def mase(actual: Array, forecast: Array, by: float) -> float:
    """Return the mean absolute error in parts of `by` (see `scale`)."""
    error = float(np.mean(np.abs(actual - forecast)))
    return error / by if by > 0 else (0.0 if error == 0 else float("inf"))


def smape(actual: Array, forecast: Array) -> float:
    """Return the symmetric mean absolute percentage error, 0 to 200."""
    total = np.abs(actual) + np.abs(forecast)
    there = total > 0
    if not there.any():
        return 0.0
    return float(200 * np.mean(np.abs(actual - forecast)[there] / total[there]))


def coverage(actual: Array, band: Band) -> float:
    """Return the share of values that lay between the ends."""
    return float(np.mean((actual >= band.low) & (actual <= band.high)))


def origins(length: int, season: int, horizon: int, most: int = ORIGINS) -> list[int]:
    """Return from how many first points to forecast: the last ones that leave `horizon` after."""
    least = max(2 * season + 2, 4) if length >= 2 * season + 4 + horizon else 3
    last = length - horizon
    if last < least:
        return []
    step = max(1, (last - least) // max(most - 1, 1))
    return sorted(range(last, least - 1, -step)[:most])


@dataclass
class Trials:
    """The same months held back from every method, one stretch of them an origin."""

    y: Array
    season: int
    horizon: int
    starts: list[int]
    bands: dict[str, list[Band]] = field(default_factory=dict)
    errors: dict[str, list[float]] = field(default_factory=dict)

    def hold(self, name: str, bands: list[Band]) -> None:
        """Compare forecasts from each origin with what came."""
        self.bands[name] = bands
        self.errors[name] = [
            mase(self.future(start), band.mean, scale(self.y[:start], self.season))
            for start, band in zip(self.starts, bands, strict=True)
        ]

    def future(self, start: int) -> Array:
        return self.y[start : start + self.horizon]

    def weights(self, left_out: int | None = None) -> dict[str, float]:
        """Return what each method weighs, by its errors at all origins but one."""
        mean = {}
        for name, errors in self.errors.items():
            kept = [e for at, e in enumerate(errors) if at != left_out] or errors
            # Beside a past that never changed, any error is past all bounds.
            mean[name] = min(float(np.mean(kept)), BEYOND)
        best = min(mean.values())
        near = {name: max(error, 1e-9) for name, error in mean.items()
                if error <= FURTHEST * max(best, 1e-9)}  # fmt: skip
        total = sum(error**-2 for error in near.values())
        return {name: error**-2 / total for name, error in near.items()}

    def told(self, name: str) -> Trial:
        """Return how a method did on the whole."""
        pairs = [(self.future(s), band) for s, band in zip(self.starts, self.bands[name],
                                                           strict=True)]  # fmt: skip
        ratios = [
            np.abs(future - band.mean) / np.maximum((band.high - band.low) / 2, 1e-12)
            for future, band in pairs
        ]
        widen = float(np.quantile(np.concatenate(ratios), LEVEL))
        return Trial(
            float(np.mean(self.errors[name])),
            float(np.mean([smape(future, band.mean) for future, band in pairs])),
            float(np.mean([coverage(future, band) for future, band in pairs])),
            min(max(widen, 1.0), WIDEST),
        )


def together(weights: Mapping[str, float], bands: Mapping[str, Band]) -> Band:
    """Return the weighted mean of several forecasts, and of their ends."""

    def mean(end: str) -> Array:
        return np.sum([by * getattr(bands[name], end) for name, by in weights.items()], axis=0)

    return Band(mean("mean"), mean("low"), mean("high"))


def forecast(method: Method, y: Array, horizon: int) -> Band | None:
    """Return what a method says of a series, None where it cannot."""
    try:
        with warnings.catch_warnings(), np.errstate(all="ignore"):
            warnings.simplefilter("ignore")
            band = method(y, horizon)
    except FAULTS:
        return None
    ends = np.concatenate([band.mean, band.low, band.high])
    return band if np.isfinite(ends).all() else None


def tried(y: Array, season: int, horizon: int, known: Mapping[str, Method]) -> Trials:
    """Let methods forecast from earlier points, and their combination with them."""
    held = Trials(y, season, horizon, origins(len(y), season, horizon))
    for name, method in known.items() if held.starts else ():
        bands = [forecast(method, y[:start], horizon) for start in held.starts]
        if all(band is not None for band in bands):
            held.hold(name, [band for band in bands if band is not None])
    if len(held.errors) > 1:
        held.hold(COMBINED, [
            together(held.weights(at), {name: each[at] for name, each in held.bands.items()})
            for at in range(len(held.starts))
        ])  # fmt: skip
    return held


# --- the forecast ----------------------------------------------------------------------------


def outlook(y: Sequence[float], season: int, horizon: int) -> Outlook | None:
    """Put methods together, or choose a naive one, and forecast with it.

    Parameters
    ----------
    y
        The series without gaps, the eldest first.
    season
        Steps of a season: 12 for months, 4 for quarters, 1 for years.

    Returns
    -------
    None for fewer than three points: nothing can be said of them.
    """
    series = np.asarray(y, dtype=float)
    if len(series) < 3 or horizon < 1:
        return None
    # What never changed is worth no trial: it stays.
    known = methods(len(series), season) if np.ptp(series) else {NAIVE: naive}
    held = tried(series, season, min(horizon, max(season // 2, 1) if season > 1 else 1), known)
    trials = {name: held.told(name) for name in held.errors}
    beside = {name: known[name](series, horizon) for name in PLAIN if name in known}
    chosen = min((n for n in PLAIN if n in trials), key=lambda n: trials[n].mase, default=NAIVE)
    band, weights = beside[chosen], dict[str, float]()
    if COMBINED in trials and trials[COMBINED].mase < (1 - MARGIN) * trials[chosen].mase:
        held.errors.pop(COMBINED)
        weights = held.weights()
        bands = {name: forecast(known[name], series, horizon) for name in weights}
        there = {name: each for name, each in bands.items() if each is not None}
        if len(there) == len(bands):
            chosen, band = COMBINED, together(weights, there)
        else:
            weights = {}
    if chosen in trials:
        band = band.widened(trials[chosen].widen)
    return Outlook(chosen, band, beside[NAIVE], beside.get(SEASONAL), trials, weights)
