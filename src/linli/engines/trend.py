"""Where a series may go: forecasts with an interval, chosen by how wrong each would have been.

Candidates are naive (as the last one was), seasonal naive (as a year before), drift, exponential
smoothing (ETS, additive, damped trend; Hyndman & Athanasopoulos, Forecasting: principles and
practice, ch. 8) and SARIMA (0,1,1)(0,1,1), the airline model. Each forecasts from earlier
points of the series (rolling origin); the one with the smallest mean absolute scaled error
(MASE, Hyndman & Koehler 2006) is taken, and a model only if it beats both naive ones by
`MARGIN`. Intervals are those of the method, widened by what the same rolling origin shows that
they miss.
"""

import warnings
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
from scipy import stats

LEVEL = 0.9
MARGIN = 0.02
ORIGINS = 6
WIDEST = 4.0  # times the interval of a method; what misses more than that is no forecast
NAIVE, SEASONAL, DRIFT, ETS, SARIMA = "naive", "seasonal-naive", "drift", "ets", "sarima"
Array = np.ndarray


@dataclass(frozen=True)
class Band:
    """A forecast: middle, lower and upper end for each step ahead."""

    mean: Array
    low: Array
    high: Array

    def widened(self, times: float) -> "Band":
        """Return the same middle between ends so many times as far away."""
        low, high = self.mean - self.low, self.high - self.mean
        return Band(self.mean, self.mean - times * low, self.mean + times * high)


@dataclass(frozen=True)
class Trial:
    """How a method did from earlier points: MASE, symmetric MAPE in percent, share covered."""

    mase: float
    smape: float
    coverage: float
    widen: float


@dataclass(frozen=True)
class Outlook:
    """The chosen forecast, the naive ones beside it, and how each method did."""

    method: str
    band: Band
    naive: Band
    seasonal: Band | None
    trials: Mapping[str, Trial] = field(default_factory=dict)


def _z(level: float) -> float:
    return float(stats.norm.ppf(0.5 + level / 2))


def _around(mean: Array, sigma: float, times: Array, level: float) -> Band:
    half = _z(level) * sigma * np.sqrt(times)
    return Band(mean, mean - half, mean + half)


def _deviation(errors: Array) -> float:
    return float(np.sqrt(np.mean(errors**2))) if len(errors) else 0.0


def naive(y: Array, horizon: int, level: float = LEVEL) -> Band:
    """Forecast that it stays as it was last; its error grows with the root of the steps."""
    steps = np.arange(1, horizon + 1)
    return _around(np.full(horizon, y[-1]), _deviation(np.diff(y)), steps, level)


def seasonal_naive(y: Array, horizon: int, season: int, level: float = LEVEL) -> Band:
    """Forecast that it will be as it was a season before. Needs a whole season."""
    if season < 2 or len(y) < season:
        raise ValueError("a season is missing")
    mean = np.resize(y[-season:], horizon)
    errors = y[season:] - y[:-season]
    times = np.arange(horizon) // season + 1
    sigma = _deviation(errors) if len(errors) else _deviation(np.diff(y))
    return _around(mean, sigma, times, level)


def drift(y: Array, horizon: int, level: float = LEVEL) -> Band:
    """Forecast that it goes on by what it changed a step, on the mean, so far."""
    steps, n = np.arange(1, horizon + 1), len(y)
    slope = (y[-1] - y[0]) / (n - 1)
    sigma = _deviation(np.diff(y) - slope)
    return _around(y[-1] + slope * steps, sigma, steps * (1 + steps / (n - 1)), level)


def ets(y: Array, horizon: int, season: int, level: float = LEVEL) -> Band:
    """Forecast by additive exponential smoothing with a damped trend, and seasons if there are."""
    import pandas as pd  # type: ignore[import-untyped]
    from statsmodels.tsa.exponential_smoothing.ets import ETSModel

    is_seasonal = season > 1 and len(y) >= 2 * season + 2
    model = ETSModel(
        pd.Series(y), error="add", trend="add", damped_trend=True,
        seasonal="add" if is_seasonal else None, seasonal_periods=season if is_seasonal else None,
    )  # fmt: skip
    fit = model.fit(disp=False, maxiter=200)
    told = fit.get_prediction(start=len(y), end=len(y) + horizon - 1)
    frame = told.summary_frame(alpha=1 - level)
    ends = frame["pi_lower"], frame["pi_upper"]
    return Band(np.asarray(frame["mean"]), np.asarray(ends[0]), np.asarray(ends[1]))


def sarima(y: Array, horizon: int, season: int, level: float = LEVEL) -> Band:
    """Forecast by the airline model; without seasons by its plain half."""
    from statsmodels.tsa.statespace.sarimax import SARIMAX

    is_seasonal = season > 1 and len(y) >= 2 * season + 6
    seasons = (0, 1, 1, season) if is_seasonal else (0, 0, 0, 0)
    fit = SARIMAX(y, order=(0, 1, 1), seasonal_order=seasons).fit(disp=False, maxiter=60)
    told = fit.get_forecast(horizon)
    ends = np.asarray(told.conf_int(alpha=1 - level))
    return Band(np.asarray(told.predicted_mean), ends[:, 0], ends[:, 1])


def methods(length: int, season: int) -> dict[str, Callable[[Array, int], Band]]:
    """Return the methods that a series of this length allows, the plainest first."""
    found: dict[str, Callable[[Array, int], Band]] = {NAIVE: naive}
    if season > 1 and length > season:
        found[SEASONAL] = lambda y, h: seasonal_naive(y, h, season)
    if length >= 4:
        found[DRIFT] = drift
    if length >= max(12, 2 * season + 2):
        found[ETS] = lambda y, h: ets(y, h, season)
        found[SARIMA] = lambda y, h: sarima(y, h, season)
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


def tried(
    y: Array, season: int, horizon: int, method: Callable[[Array, int], Band],
    starts: Sequence[int],
) -> Trial | None:  # fmt: skip
    """Forecast from earlier points and compare with what came; None where it cannot be."""
    errors, percents, covered, ratios = [], [], [], []
    for start in starts:
        past, future = y[:start], y[start : start + horizon]
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                band = method(past, len(future))
        except (ValueError, np.linalg.LinAlgError, ZeroDivisionError, IndexError):
            return None
        if not np.isfinite(band.mean).all():
            return None
        errors.append(mase(future, band.mean, scale(past, season)))
        percents.append(smape(future, band.mean))
        covered.append(coverage(future, band))
        half = np.maximum((band.high - band.low) / 2, 1e-12)
        ratios.append(np.abs(future - band.mean) / half)
    if not errors:
        return None
    widen = float(np.quantile(np.concatenate(ratios), LEVEL))
    return Trial(
        float(np.mean(errors)), float(np.mean(percents)), float(np.mean(covered)),
        min(max(widen, 1.0), WIDEST),
    )  # fmt: skip


def outlook(y: Sequence[float], season: int, horizon: int) -> Outlook | None:
    """Choose a method and forecast with it.

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
    known = methods(len(series), season)
    ahead = min(horizon, max(season // 2, 1) if season > 1 else 1)
    starts = origins(len(series), season, ahead)
    trials = {}
    for name, method in known.items():
        trial = tried(series, season, ahead, method, starts)
        if trial is not None:
            trials[name] = trial
    plain = [trials[name].mase for name in (NAIVE, SEASONAL) if name in trials]
    chosen = NAIVE if not trials else min(trials, key=lambda name: trials[name].mase)
    if (
        chosen not in (NAIVE, SEASONAL)
        and plain
        and (trials[chosen].mase > (1 - MARGIN) * min(plain))
    ):
        chosen = min(
            (n for n in (NAIVE, SEASONAL) if n in trials), key=lambda name: trials[name].mase
        )
    beside = {name: known[name](series, horizon) for name in (NAIVE, SEASONAL) if name in known}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            band = known[chosen](series, horizon)
        except (ValueError, np.linalg.LinAlgError, ZeroDivisionError):
            chosen, band = NAIVE, beside[NAIVE]
    if chosen in trials:
        band = band.widened(trials[chosen].widen)
    return Outlook(chosen, band, beside[NAIVE], beside.get(SEASONAL), trials)
