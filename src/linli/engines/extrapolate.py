"""Ways to go on with a series: naive ones, drift, Theta, exponential smoothing.

Each takes the series (the eldest first) and returns a `Band` for the steps ahead. Theta is that
of Assimakopoulos & Nikolopoulos (2000) in the form of Hyndman & Billah (2003), on a series whose
seasons were taken out as in the M competitions; exponential smoothing (ETS, damped trend; Hyndman
& Athanasopoulos, Forecasting: principles and practice, ch. 8) is fitted by statsmodels.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from scipy import stats

LEVEL = 0.9
Array = np.ndarray
Method = Callable[[Array, int], "Band"]


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


def around(mean: Array, sigma: float, times: Array) -> Band:
    """Return a band whose variance is so many times that of one step."""
    half = float(stats.norm.ppf(0.5 + LEVEL / 2)) * sigma * np.sqrt(times)
    return Band(mean, mean - half, mean + half)


def _deviation(errors: Array) -> float:
    return float(np.sqrt(np.mean(errors**2))) if len(errors) else 0.0


def naive(y: Array, horizon: int) -> Band:
    """Forecast that it stays as it was last; its error grows with the root of the steps."""
    steps = np.arange(1, horizon + 1)
    return around(np.full(horizon, y[-1]), _deviation(np.diff(y)), steps)


def seasonal_naive(y: Array, horizon: int, season: int) -> Band:
    """Forecast that it will be as it was a season before. Needs a whole season."""
    if season < 2 or len(y) < season:
        raise ValueError("a season is missing")
    mean = np.resize(y[-season:], horizon)
    errors = y[season:] - y[:-season]
    times = np.arange(horizon) // season + 1
    sigma = _deviation(errors) if len(errors) else _deviation(np.diff(y))
    return around(mean, sigma, times)


def drift(y: Array, horizon: int) -> Band:
    """Forecast that it goes on by what it changed a step, on the mean, so far."""
    steps, n = np.arange(1, horizon + 1), len(y)
    slope = (y[-1] - y[0]) / (n - 1)
    sigma = _deviation(np.diff(y) - slope)
    return around(y[-1] + slope * steps, sigma, steps * (1 + steps / (n - 1)))


# --- Theta -----------------------------------------------------------------------------------

ALPHAS = np.linspace(0.02, 0.99, 98)


def theta(y: Array, horizon: int, season: int) -> Band:
    """Forecast half of the trend of the whole on top of a smoothed level, seasons put back."""
    pattern, is_product = seasons_of(y, season)
    n, ahead = len(y), np.arange(horizon)
    level_of = np.resize(pattern, n + horizon)
    plain = y / level_of[:n] if is_product else y - level_of[:n]
    slope = float(np.polyfit(np.arange(n), plain, 1)[0])
    alpha, level, sigma = _smoothed(plain)
    mean = level + slope / 2 * (ahead + (1 - (1 - alpha) ** n) / alpha)
    band = around(mean, sigma, 1 + ahead * alpha**2)
    back = level_of[n:]
    if is_product:
        return Band(band.mean * back, band.low * back, band.high * back)
    return Band(band.mean + back, band.low + back, band.high + back)


def _smoothed(y: Array) -> tuple[float, float, float]:
    """Return the smoothing that erred least a step ahead: its weight, last level, deviation."""
    level, squares = np.full(len(ALPHAS), y[0]), np.zeros(len(ALPHAS))
    for value in y[1:]:
        error = value - level
        squares += error**2
        level = level + ALPHAS * error
    best = int(np.argmin(squares))
    return float(ALPHAS[best]), float(level[best]), float(np.sqrt(squares[best] / (len(y) - 1)))


def seasons_of(y: Array, season: int) -> tuple[Array, bool]:
    """Return what each place of a season adds (or, where all is above nought, multiplies).

    Without seasons that differ by more than chance, nothing: autocorrelation at the lag of a
    season must be past its 90 % bound, as in the M competitions.
    """
    if season < 2 or len(y) < 2 * season + 2 or not _is_seasonal(y, season):
        return np.zeros(max(season, 1)), False
    weights = np.ones(season + 1 - season % 2) / season
    if season % 2 == 0:
        weights[[0, -1]] /= 2
    half = len(weights) // 2
    middle = np.convolve(y, weights, mode="valid")
    inner = y[half : len(y) - half]
    is_product = bool((y > 0).all() and (middle > 0).all())
    apart = inner / middle if is_product else inner - middle
    at = (np.arange(len(inner)) + half) % season
    pattern = np.array([apart[at == place].mean() for place in range(season)])
    return (pattern / pattern.mean() if is_product else pattern - pattern.mean()), is_product


def _is_seasonal(y: Array, season: int) -> bool:
    x = y - y.mean()
    total = float(x @ x)
    if total == 0:
        return False
    lags = np.array([x[lag:] @ x[:-lag] for lag in range(1, season + 1)]) / total
    bound = 1.645 * np.sqrt((1 + 2 * np.sum(lags[:-1] ** 2)) / len(y))
    return bool(abs(lags[-1]) > bound)


# --- exponential smoothing -------------------------------------------------------------------


def ets(y: Array, horizon: int, season: int) -> Band:
    """Forecast by exponential smoothing with a damped trend, and seasons if there are."""
    import pandas as pd  # type: ignore[import-untyped]
    from statsmodels.tsa.exponential_smoothing.ets import ETSModel

    is_seasonal = season > 1 and len(y) >= 2 * season + 2
    model = ETSModel(
        pd.Series(y), error="add", trend="add", damped_trend=True,
        seasonal="add" if is_seasonal else None, seasonal_periods=season if is_seasonal else None,
        # Estimated with the rest, each series would take thirty times as long, and no better.
        initialization_method="heuristic",
    )  # fmt: skip
    fit = model.fit(disp=False, maxiter=200)
    told = fit.get_prediction(start=len(y), end=len(y) + horizon - 1)
    frame = told.summary_frame(alpha=1 - LEVEL)
    ends = frame["pi_lower"], frame["pi_upper"]
    return Band(np.asarray(frame["mean"]), np.asarray(ends[0]), np.asarray(ends[1]))


def ets_of_logs(y: Array, horizon: int, season: int) -> Band:
    """Forecast by exponential smoothing of the logarithms: trend and seasons multiply."""
    if not (y > 0).all():
        raise ValueError("only what is above nought has a logarithm")
    band = ets(np.log(y), horizon, season)
    return Band(np.exp(band.mean), np.exp(band.low), np.exp(band.high))
