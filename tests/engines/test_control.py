"""Control charts of flawed parts: limits worked out by hand, rules one by one, Laney, Pareto."""

import math

import numpy as np
import pytest

from linli.engines.control import (
    NELSON,
    WESTERN_ELECTRIC,
    Rule,
    broken,
    first_pass_yield,
    p_chart,
    pareto,
    u_chart,
    vital,
)

# Five shifts: 40 of 1,000 parts flawed in all, p̄ = 0.04. σ of 100 parts = √(0.04·0.96/100)
# = 0.0195959, of 400 parts half of it: 0.0097980.
FLAWED, SIZES = [4, 3, 16, 9, 8], [100, 100, 400, 200, 200]


def test_limits_of_a_p_chart_follow_the_size_of_each_subgroup():
    chart = p_chart(FLAWED, SIZES)
    assert chart.centre == pytest.approx(0.04)
    assert chart.high[0] == pytest.approx(0.04 + 3 * 0.0195959, abs=1e-6)
    assert chart.low[0] == 0  # 0.04 − 0.0588 would be less than none
    assert chart.high[2] == pytest.approx(0.04 + 3 * 0.0097980, abs=1e-6)
    assert chart.low[2] == pytest.approx(0.04 - 3 * 0.0097980, abs=1e-6)
    assert chart.z[1] == pytest.approx((0.03 - 0.04) / 0.0195959, abs=1e-4)
    assert chart.sigma_z == 1.0 and not chart.is_laney and chart.broken == ()


def test_a_u_chart_counts_flaws_and_has_the_variance_of_counting():
    # ū = 60 / 300 = 0.2; σ of 50 boards = √(0.2/50) = 0.0632456, of 200 boards half of it.
    chart = u_chart([12, 8, 40], [50, 50, 200])
    assert chart.centre == pytest.approx(0.2)
    assert chart.high == pytest.approx([0.3897367, 0.3897367, 0.2948683], abs=1e-6)
    assert chart.low == pytest.approx([0.0102633, 0.0102633, 0.1051317], abs=1e-6)
    # A board may have several flaws: then limits over one are right for u and never for p.
    assert u_chart([300, 310], [100, 100]).high[0] > 3
    assert p_chart([99, 98], [100, 100]).high.max() == 1


def test_limits_come_from_the_base_without_the_points_that_are_outside():
    # Base: 9 shifts of 5 in 100 and one of 25. With it p̄ = 0.07, σ = 0.0255147, and
    # 0.25 > 0.07 + 3·0.0255; without it p̄ = 0.05, σ = 0.0217945, limit 0.1153835.
    flawed, base = [5] * 9 + [25] + [11, 12], [True] * 10 + [False] * 2
    chart = p_chart(flawed, [100] * 12, base)
    assert chart.left_out == (9,)
    assert chart.centre == pytest.approx(0.05)
    assert chart.high[0] == pytest.approx(0.05 + 3 * 0.0217945, abs=1e-6)
    assert chart.base.tolist() == [True] * 9 + [False] * 3
    beyond = [each.points for each in chart.broken if each.rule == Rule.BEYOND]
    assert beyond == [(9,), (11,)]  # the base's own, and 0.12; 0.11 is within


def test_a_base_that_never_agrees_keeps_most_of_its_points():
    chart = p_chart([0, 50, 0, 50, 0, 50], [100] * 6, spread="counting")
    assert len(chart.left_out) <= 2 and chart.base.sum() >= 4


@pytest.mark.parametrize(
    ("rule", "z", "points", "side"),
    [
        (Rule.BEYOND, [0, 3.1, 0], (1,), 1),
        (Rule.BEYOND, [0, -3.1, 0], (1,), -1),
        (Rule.NINE_ONE_SIDE, [-1, *[0.5] * 9, -1], tuple(range(1, 10)), 1),
        (Rule.EIGHT_ONE_SIDE, [1, *[-0.5] * 8, 1], tuple(range(1, 9)), -1),
        (Rule.SIX_TREND, [0.5, -1, -0.6, -0.2, 0.1, 0.4, 0.9, 0.3], tuple(range(1, 7)), 1),
        (Rule.FOURTEEN_ALTERNATING, [0.1, -0.1] * 7, tuple(range(14)), 0),
        (Rule.TWO_OF_THREE, [0, 2.1, 0, 2.2, 0], (1, 3), 1),
        (Rule.FOUR_OF_FIVE, [0, -1.1, -1.2, 0.2, -1.3, -1.4, 0], (1, 2, 4, 5), -1),
        (Rule.FIFTEEN_WITHIN, [2, *[0.3, -0.4, 0.5] * 5, -2], tuple(range(1, 16)), 0),
        (Rule.EIGHT_OUTSIDE, [0, 1.2, -1.3, 1.4, 1.5, -1.6, -1.2, 1.1, 1.2, 0],
         tuple(range(1, 9)), 0),
    ],
)  # fmt: skip
def test_each_rule_finds_the_points_that_break_it(rule, z, points, side):
    [found] = broken(z, [rule])
    assert (found.points, found.side) == (points, side)


@pytest.mark.parametrize(
    ("rule", "z"),
    [
        (Rule.BEYOND, [3.0, -3.0]),
        (Rule.NINE_ONE_SIDE, [0.5] * 8 + [0] + [0.5] * 8),
        (Rule.SIX_TREND, [0, 1, 2, 2, 3, 4]),
        (Rule.FOURTEEN_ALTERNATING, [0.1, -0.1] * 6 + [0.1]),
        (Rule.TWO_OF_THREE, [2.1, 0, 0, 2.1, -2.1, 0]),
        (Rule.FOUR_OF_FIVE, [1.1, 1.1, 0, 0, 1.1, 1.1]),
        (Rule.FIFTEEN_WITHIN, [0.5] * 14),
        (Rule.EIGHT_OUTSIDE, [1.5] * 8),  # all on one side is another rule's matter
    ],
)
def test_no_rule_cries_too_early(rule, z):
    assert broken(z, [rule]) == ()


def test_an_empty_hour_does_not_cut_a_run():
    [found] = broken([0.5] * 5 + [math.nan] + [0.5] * 4, [Rule.NINE_ONE_SIDE])
    assert found.points == (0, 1, 2, 3, 4, 6, 7, 8, 9)
    chart = p_chart([2, 0, 3], [50, 0, 50])
    assert np.isnan([chart.values[1], chart.high[1]]).all()
    assert chart.centre == pytest.approx(0.05)


def test_both_sets_of_rules_differ_where_their_authors_do():
    assert Rule.EIGHT_ONE_SIDE in WESTERN_ELECTRIC and Rule.NINE_ONE_SIDE in NELSON
    eight = [0.5] * 8
    assert broken(eight, WESTERN_ELECTRIC) and not broken(eight, NELSON)


def test_laney_widens_limits_by_the_moving_range():
    # 4 and 8 of 100 in turn, p̄ = 0.06, σ = 0.0237487, z = ∓0.8421519; every moving range
    # 1.6843038, σ_z = 1.6843038 / 1.128 = 1.4931771.
    chart = p_chart([4, 8] * 5, [100] * 10, spread="laney")
    assert chart.sigma_z == pytest.approx(1.4931771, abs=1e-5)
    assert chart.high[0] == pytest.approx(0.06 + 3 * 0.0237487 * 1.4931771, abs=1e-5)
    assert chart.is_laney


def test_laney_is_chosen_where_more_than_counting_is_at_work_and_only_there():
    seed = np.random.default_rng(7)
    plain = [p_chart(seed.binomial(2000, 0.05, 60), [2000] * 60).is_laney for _ in range(300)]
    assert (
        np.mean(plain) < 0.04
    )  # stated level 1 %, the variance of the ranges is a large-sample one
    shares = np.clip(seed.normal(0.05, 0.02, 60), 0.001, 1)
    mixed = p_chart(seed.binomial(2000, shares), [2000] * 60)
    assert mixed.sigma_z == pytest.approx(0.02 / math.sqrt(0.05 * 0.95 / 2000), rel=0.4)
    # With plain limits most of these days would be called out of control.
    counted = p_chart(seed.binomial(2000, shares), [2000] * 60, spread="counting")
    assert len([b for b in counted.broken if b.rule == Rule.BEYOND]) > 15
    assert len([b for b in mixed.broken if b.rule == Rule.BEYOND]) <= 2


def test_a_process_without_a_flaw_has_limits_at_nothing():
    chart = p_chart([0, 0, 0, 1], [10] * 4, [True, True, True, False])
    assert (chart.centre, chart.high[0], chart.z[0]) == (0, 0, 0)
    assert [each.points for each in chart.broken] == [(3,)]  # one is more than never
    assert chart.thin == 4


def test_numbers_that_cannot_be_are_refused():
    with pytest.raises(ValueError, match="more flawed"):
        p_chart([3], [2])
    with pytest.raises(ValueError, match="no piece"):
        p_chart([0, 1], [0, 10], [True, False])
    with pytest.raises(ValueError, match="2 counts, 1 sizes"):
        u_chart([1, 2], [10])
    with pytest.raises(ValueError, match="negative"):
        u_chart([-1], [10])


def test_pareto_shows_the_few_kinds_behind_most_flaws():
    shares = pareto({"scratch": 12, "dent": 60, "stain": 20, "burr": 8, "crack": 0})
    assert [(each.name, each.count) for each in shares] == [
        ("dent", 60), ("stain", 20), ("scratch", 12), ("burr", 8),
    ]  # fmt: skip
    assert [each.cumulative for each in shares] == pytest.approx([0.6, 0.8, 0.92, 1])
    assert [each.name for each in vital(shares)] == ["dent", "stain"]
    assert pareto({}) == [] and vital([]) == []


def test_first_pass_yield_leaves_out_parts_without_a_usable_picture():
    # 100 parts, 5 pictures of no use: 95 judged, 3 flawed, 92 / 95.
    assert first_pass_yield(100, 3, 5) == pytest.approx(92 / 95)
    assert first_pass_yield(4, 0, 4) is None
