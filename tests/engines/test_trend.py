"""Forecasts, their intervals and errors, with figures worked out by hand."""

import numpy as np
import pytest

from linli.engines import extrapolate, trend


def test_naive_stays_where_it_was_and_widens_with_the_root_of_the_steps():
    # Differences 2, −2, 2: root of the mean square is 2; 1.645 × 2 = 3.29; after four steps twice.
    band = extrapolate.naive(np.array([10.0, 12, 10, 12]), 4)

    assert list(band.mean) == [12, 12, 12, 12]
    assert band.high[0] - 12 == pytest.approx(1.6449 * 2, abs=1e-3)
    assert band.high[3] - 12 == pytest.approx(1.6449 * 4, abs=1e-3)


def test_seasonal_naive_repeats_the_last_season():
    # Seasons of 4: 1 2 3 4, then 2 3 4 5: each one more than before, so the deviation is 1.
    band = extrapolate.seasonal_naive(np.array([1.0, 2, 3, 4, 2, 3, 4, 5]), 6, 4)

    assert list(band.mean) == [2, 3, 4, 5, 2, 3]
    assert band.high[0] - 2 == pytest.approx(1.6449, abs=1e-3)
    assert band.high[5] - 3 == pytest.approx(1.6449 * 2**0.5, abs=1e-3)


def test_drift_goes_on_by_the_mean_change():
    # From 10 to 16 in three steps: 2 a step.
    assert list(extrapolate.drift(np.array([10.0, 11, 15, 16]), 2).mean) == [18, 20]


def test_errors_are_what_they_are_called():
    actual, said = np.array([10.0, 20]), np.array([12.0, 16])
    # Mean absolute error (2 + 4) / 2 = 3; the naive one within 1, 4, 2, 5 is (3 + 2 + 3) / 3.
    by = trend.scale(np.array([1.0, 4, 2, 5]), 1)
    assert by == pytest.approx(8 / 3)
    assert trend.mase(actual, said, by) == pytest.approx(3 / (8 / 3))
    # 200 × mean(2 / 22, 4 / 36) = 200 × (0.090909 + 0.111111) / 2 = 20.2020.
    assert trend.smape(actual, said) == pytest.approx(20.2020, abs=1e-4)
    band = extrapolate.Band(said, said - 3, said + 3)
    assert trend.coverage(actual, band) == 0.5


def test_a_seasonal_series_is_forecast_better_than_naively():
    draw = np.random.default_rng(3)
    n = np.arange(60)
    y = 100 + n + 20 * np.sin(2 * np.pi * n / 12) + draw.normal(0, 2, 60)
    found = trend.outlook(y, 12, 6)

    assert found.method == trend.COMBINED
    assert sum(found.weights.values()) == pytest.approx(1)
    assert trend.NAIVE not in found.weights  # far behind the best: it weighs nothing
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

    assert set(found.trials) == {trend.NAIVE, trend.DRIFT, trend.THETA, trend.COMBINED}
    # Drift: 4 to 21 in six steps are 2.83 a year, so 23.83 and 26.67; it went up by three lately.
    assert 22 < found.band.mean[0] < 25
    assert found.band.mean[0] < found.band.mean[1]
    assert trend.outlook([1.0, 2], 1, 2) is None


@pytest.mark.parametrize("last", [5.0, 9.0])
def test_what_never_changed_is_forecast_to_stay(last):
    # Beside a past without any change there is no error to scale by, and none to weigh by.
    found = trend.outlook([5.0] * 30 + [last], 12, 3)
    assert np.isfinite(found.band.mean).all()
    assert found.naive.mean[0] == last


def test_seasons_are_taken_out_and_put_back():
    # 8 and 12 by turns: the middle of two halves and a whole is 10, so 0.8 and 1.2 of it; what is
    # left is 10 everywhere, without trend or error.
    y = np.tile([8.0, 12.0], 10)
    pattern, is_product = extrapolate.seasons_of(y, 2)
    assert is_product
    assert list(pattern.round(9)) == [0.8, 1.2]
    assert list(extrapolate.theta(y, 3, 2).mean.round(9)) == [8, 12, 8]
    # Below nought nothing can be multiplied: −2 and 2 are added to 0.
    pattern, is_product = extrapolate.seasons_of(y - 10, 2)
    assert not is_product
    assert list(pattern.round(9)) == [-2, 2]


def test_theta_adds_half_of_the_trend_to_the_smoothed_level():
    # 0, 1, 0, 1 …: the trend by least squares of 0 1 0 1 is 0.2 (Σ(t − 1.5)(y − 0.5) = 1, of 5).
    # One step ahead that is the level and half of it: 0.1 × (0 + (1 − (1 − α)⁴) / α).
    y = np.array([0.0, 1, 0, 1])
    alpha, level, _sigma = extrapolate._smoothed(y)
    said = level + 0.1 * (1 - (1 - alpha) ** 4) / alpha
    assert extrapolate.theta(y, 1, 1).mean[0] == pytest.approx(said)


def test_methods_weigh_by_the_inverse_square_of_their_errors():
    # Errors 0.5, 0.7 and 1.0: the third is more than 1.5 times the best and weighs nothing; the
    # others 1 / 0.25 = 4 and 1 / 0.49 = 2.0408, so 0.6622 and 0.3378.
    held = trend.Trials(np.zeros(4), 1, 1, [3])
    held.errors = {"a": [0.5], "b": [0.7], "c": [1.0]}
    weights = held.weights()
    assert weights == pytest.approx({"a": 0.6622, "b": 0.3378}, abs=1e-4)
    # 0.6622 × 10 + 0.3378 × 20 = 13.378; the ends likewise.
    ten, twenty = (
        extrapolate.Band(np.array([m]), np.array([m - 1]), np.array([m + 2])) for m in (10.0, 20.0)
    )
    band = trend.together(weights, {"a": ten, "b": twenty})
    assert band.mean[0] == pytest.approx(13.378, abs=1e-3)
    assert (band.low[0], band.high[0]) == pytest.approx((12.378, 15.378), abs=1e-3)


def test_a_combination_is_tried_with_weights_learnt_elsewhere():
    # At the first origin "a" errs 0.1 and "b" 1, at the second the other way round. Left out the
    # first, "b" is the better one by far and alone: so it is what the first is tried with.
    held = trend.Trials(np.zeros(4), 1, 1, [2, 3])
    held.errors = {"a": [0.1, 1.0], "b": [1.0, 0.1]}
    assert held.weights(left_out=0) == {"b": 1.0}
    assert held.weights(left_out=1) == {"a": 1.0}
    assert held.weights() == pytest.approx({"a": 0.5, "b": 0.5})
