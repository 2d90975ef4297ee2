"""Forecasts, their intervals and errors, with figures worked out by hand."""

import numpy as np
import pytest

from linli.engines import trend


def test_naive_stays_where_it_was_and_widens_with_the_root_of_the_steps():
    # Differences 2, −2, 2: root of the mean square is 2; 1.645 × 2 = 3.29; after four steps twice.
    band = trend.naive(np.array([10.0, 12, 10, 12]), 4)

    assert list(band.mean) == [12, 12, 12, 12]
    assert band.high[0] - 12 == pytest.approx(1.6449 * 2, abs=1e-3)
    assert band.high[3] - 12 == pytest.approx(1.6449 * 4, abs=1e-3)


def test_seasonal_naive_repeats_the_last_season():
    # Seasons of 4: 1 2 3 4, then 2 3 4 5: each one more than before, so the deviation is 1.
    band = trend.seasonal_naive(np.array([1.0, 2, 3, 4, 2, 3, 4, 5]), 6, 4)

    assert list(band.mean) == [2, 3, 4, 5, 2, 3]
    assert band.high[0] - 2 == pytest.approx(1.6449, abs=1e-3)
    assert band.high[5] - 3 == pytest.approx(1.6449 * 2**0.5, abs=1e-3)


def test_drift_goes_on_by_the_mean_change():
    # From 10 to 16 in three steps: 2 a step.
    assert list(trend.drift(np.array([10.0, 11, 15, 16]), 2).mean) == [18, 20]


def test_errors_are_what_they_are_called():
    actual, said = np.array([10.0, 20]), np.array([12.0, 16])
    # Mean absolute error (2 + 4) / 2 = 3; the naive one within 1, 4, 2, 5 is (3 + 2 + 3) / 3.
    by = trend.scale(np.array([1.0, 4, 2, 5]), 1)
    assert by == pytest.approx(8 / 3)
    assert trend.mase(actual, said, by) == pytest.approx(3 / (8 / 3))
    # 200 × mean(2 / 22, 4 / 36) = 200 × (0.090909 + 0.111111) / 2 = 20.2020.
    assert trend.smape(actual, said) == pytest.approx(20.2020, abs=1e-4)
    band = trend.Band(said, said - 3, said + 3)
    assert trend.coverage(actual, band) == 0.5


def test_a_seasonal_series_is_forecast_better_than_naively():
    draw = np.random.default_rng(3)
    n = np.arange(60)
    y = 100 + n + 20 * np.sin(2 * np.pi * n / 12) + draw.normal(0, 2, 60)
    found = trend.outlook(y, 12, 6)

    assert found.method in (trend.ETS, trend.SARIMA)
    truth = 100 + np.arange(60, 66) + 20 * np.sin(2 * np.pi * np.arange(60, 66) / 12)
    assert np.abs(found.band.mean - truth).mean() < np.abs(found.naive.mean - truth).mean()
    assert (found.band.low < found.band.mean).all()
    assert {trend.NAIVE, trend.SEASONAL} <= set(found.trials)
    assert found.seasonal is not None


def test_a_random_walk_is_left_to_the_naive_method_or_nothing_better_is_claimed():
    draw = np.random.default_rng(5)
    y = np.cumsum(draw.normal(0, 1, 48)) + 100
    found = trend.outlook(y, 12, 6)

    best = min(found.trials[trend.NAIVE].mase, found.trials[trend.SEASONAL].mase)
    assert found.trials[found.method].mase <= best


def test_of_a_few_years_only_plain_forecasts_are_made():
    found = trend.outlook([4.0, 6, 9, 12, 15, 18, 21], 1, 2)

    assert set(found.trials) <= {trend.NAIVE, trend.DRIFT}
    # 4 to 21 in six steps: 2.83 a year, so 23.83 and 26.67.
    assert found.method == trend.DRIFT
    assert found.band.mean == pytest.approx([23.833333, 26.666667], abs=1e-5)
    assert trend.outlook([1.0, 2], 1, 2) is None
