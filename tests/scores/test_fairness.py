import numpy as np
import pytest
from scipy.special import expit

from linli.scores.fairness import composite, rates


def column(*values: float) -> np.ndarray:
    return np.array(values, dtype=float)[:, None]


def test_a_large_unit_with_the_same_mix_keeps_its_own_rate():
    # 900 of 1000, 800 of 1000 and 700 of 1000 in one category: the mix cannot matter, and a
    # thousand trials leave little to shrink.
    found = rates(column(900, 800, 700), column(1000, 1000, 1000))

    assert found.raw == pytest.approx([0.9, 0.8, 0.7])
    assert found.adjusted == pytest.approx([0.9, 0.8, 0.7], abs=0.005)
    # The binomial standard error of 800 of 1000 is √(0.8·0.2/1000) = 0.0126, so the 90 %
    # interval is about 0.8 ± 1.645·0.0126 = 0.779 to 0.821.
    assert found.low[1] == pytest.approx(0.779, abs=0.004)
    assert found.high[1] == pytest.approx(0.821, abs=0.004)


def test_a_unit_with_hard_cases_rises_once_the_mix_is_accounted_for():
    # Everybody solves 90 % of the easy and 50 % of the hard ones. A has 80 easy and 20 hard
    # (82 of 100), B the reverse (58 of 100), C and D half and half (70 of 100).
    n = np.array([[80, 20], [20, 80], [50, 50], [50, 50]], dtype=float)
    y = n * [0.9, 0.5]

    found = rates(y, n)

    assert found.raw == pytest.approx([0.82, 0.58, 0.70, 0.70])
    # Expected with its own mix: 0.8·0.9 + 0.2·0.5 = 0.82 for A, 0.58 for B.
    assert found.expected == pytest.approx([0.82, 0.58, 0.70, 0.70], abs=0.01)
    # With the town's mix, half and half, all are equal: (0.9 + 0.5)/2 = 0.70.
    assert found.adjusted == pytest.approx([0.70] * 4, abs=0.01)
    assert found.overall == pytest.approx(0.70, abs=0.01)


def test_two_lucky_cases_do_not_top_the_table():
    found = rates(column(2, 180, 140, 160), column(2, 200, 200, 200))

    assert found.raw[0] == 1.0
    assert found.adjusted.argmax() == 1
    assert found.high[0] - found.low[0] > 3 * (found.high[1] - found.low[1])


def test_a_unit_with_nothing_to_judge_stands_at_the_average_and_knows_least():
    found = rates(column(0, 90, 70, 80), column(0, 100, 100, 100))

    assert np.isnan(found.raw[0])
    assert found.adjusted[0] == pytest.approx(found.overall)
    assert (found.high - found.low).argmax() == 0


def test_the_order_in_which_units_come_does_not_matter():
    rng = np.random.default_rng(3)
    n = rng.poisson(6.0, size=(20, 5)).astype(float)
    y = rng.binomial(n.astype(int), 0.7).astype(float)
    order = rng.permutation(20)

    first, second = rates(y, n), rates(y[order], n[order])

    assert second.adjusted == pytest.approx(first.adjusted[order], abs=1e-4)
    assert second.low == pytest.approx(first.low[order], abs=1e-4)


def test_a_category_nobody_had_changes_nothing():
    y, n = column(9, 5, 7), column(10, 10, 10)
    wide_y, wide_n = (np.hstack([a, np.zeros((3, 2))]) for a in (y, n))

    assert rates(wide_y, wide_n).adjusted == pytest.approx(rates(y, n).adjusted)


def test_nine_intervals_in_ten_hold_the_true_rate():
    rng = np.random.default_rng(7)
    held = []
    for _ in range(60):
        workload = rng.gamma(1, 6, size=(30, 1)) * rng.dirichlet(np.ones(8), size=30) * 8
        n = rng.poisson(workload)
        p = expit(0.8 + rng.normal(0, 0.8, 8) + rng.normal(0, 0.5, (30, 1)))
        found = rates(rng.binomial(n, p), n)
        true = p @ (n.sum(axis=0) / n.sum())
        held.append(((found.low <= true) & (true <= found.high)).mean())

    assert 0.86 <= np.mean(held) <= 0.95


def test_adjusted_rates_are_nearer_the_truth_than_raw_ones():
    rng = np.random.default_rng(11)
    raw_error, adjusted_error = [], []
    for _ in range(20):
        n = rng.poisson(rng.dirichlet(np.ones(6), size=40) * rng.gamma(1, 12, size=(40, 1)))
        p = expit(0.5 + rng.normal(0, 1.0, 6) + rng.normal(0, 0.4, (40, 1)))
        found = rates(rng.binomial(n, p), n)
        true = p @ (n.sum(axis=0) / n.sum())
        judged = found.n > 0
        raw_error.append(((found.raw - true)[judged] ** 2).mean())
        adjusted_error.append(((found.adjusted - true)[judged] ** 2).mean())

    assert np.mean(adjusted_error) < np.mean(raw_error) / 2


@pytest.mark.parametrize(("y", "n"), [((0, 0), (5, 5)), ((5, 5), (5, 5)), ((1, 0), (1, 0))])
def test_all_or_nothing_is_still_a_rate_with_an_interval(y, n):
    found = rates(column(*y), column(*n))

    for values in (found.adjusted, found.low, found.high):
        assert np.isfinite(values).all()
    assert (found.low < found.adjusted).all()
    assert (found.adjusted < found.high).all()


@pytest.mark.parametrize(("y", "n"), [((2,), (1,)), ((-1,), (1,)), ((0,), (0,))])
def test_impossible_counts_are_refused(y, n):
    with pytest.raises(ValueError, match="trial"):
        rates(column(*y), column(*n))


def test_a_measure_without_data_leaves_its_weight_to_the_others():
    found = rates(column(90, 50), column(100, 100))

    both = composite({"a": found, "b": found, "c": None}, {"a": 30, "b": 10, "c": 60})

    assert both.dropped == ("c",)
    assert both.weights == {"a": 0.75, "b": 0.25}
    assert both.score == pytest.approx(found.adjusted * 100)


def test_a_clear_winner_has_a_narrow_rank_and_a_newcomer_a_wide_one():
    found = rates(column(950, 700, 690, 1), column(1000, 1000, 1000, 1))

    table = composite({"a": found}, {"a": 1})

    assert table.rank[0] == 1
    assert table.rank_low[0] == 1
    assert table.rank_high[0] <= 2
    assert table.rank_high[3] - table.rank_low[3] >= 2
    assert (table.rank_low <= table.rank).all()
    assert (table.rank <= table.rank_high).all()


def test_the_interval_of_a_rank_holds_the_rank_where_many_are_alike():
    # The best of 300 with hardly a case each is seldom first in a draw.
    rng = np.random.default_rng(2)
    tried = rng.integers(1, 4, 300)
    found = rates(column(*rng.binomial(tried, 0.8)), column(*tried))

    table = composite({"a": found}, {"a": 1})

    assert (table.rank_low <= table.rank).all() and (table.rank <= table.rank_high).all()


def test_the_same_seed_draws_the_same_intervals():
    found = rates(column(9, 5, 7), column(10, 10, 10))

    one, same = (composite({"a": found}, {"a": 1}, seed=5) for _ in range(2))

    assert (one.score_low == same.score_low).all()
    assert (one.rank_high == same.rank_high).all()
