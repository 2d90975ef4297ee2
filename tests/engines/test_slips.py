"""How late something will be is worked out from the slips so far, here by hand."""

import pytest

from linli.engines.slips import PRIOR_DAYS, Slip, Stretches, Z, foresee

# Five stretches of 100 planned days that took 110, 120, 100, 130 and 90 days:
#   planned P = 500, over X = 10 + 20 + 0 + 30 − 10 = 50, rate r = 50 / 500 = 0.1
#   scatter Q = (100 + 400 + 0 + 900 + 100) / 100 = 15
#   variance = (Q − 2·r·X + r²·P) / 4 = (15 − 10 + 5) / 4 = 2.5 days a planned day
FIVE = Stretches.of([(100, 110), (100, 120), (100, 100), (100, 130), (100, 90)])


def test_stretches_add_up():
    assert (FIVE.count, FIVE.planned, FIVE.over, FIVE.scatter) == (5, 500, 50, 15)
    assert FIVE.rate == pytest.approx(0.1)
    assert FIVE.variance == pytest.approx(2.5)


def test_an_own_rate_is_drawn_towards_that_of_its_like():
    # Own: 20 days planned, 40 taken, so x = 20. Rate = (20 + 0.1·180) / (20 + 180) = 0.19.
    # 10 days late now, 100 to go: 10 + 19 = 29.
    # Variance = 2.5·100 + 2.5·100²/200 = 250 + 125 = 375; 1.2816·√375 = 24.818.
    own = Stretches.of([(20, 40)])
    slip = foresee(10, 100, own, FIVE)
    assert PRIOR_DAYS == 180
    assert slip.late == pytest.approx(29)
    assert slip.low == pytest.approx(29 - 24.818, abs=0.001)
    assert slip.high == pytest.approx(29 + 24.818, abs=0.001)
    assert pytest.approx(1.2816) == Z


def test_what_has_nothing_behind_it_goes_as_its_like():
    # Rate 0.1·180/180 = 0.1; 200 days to go: 20 days late.
    assert foresee(0, 200, Stretches(), FIVE).late == pytest.approx(20)


def test_time_that_has_gone_already_is_lost():
    # By the rate it would be 0 + 0.1·10 = 1 day late, but 15 have passed.
    slip = foresee(0, 10, Stretches(), FIVE, at_least=15)
    assert slip.late == 15 and slip.low == 15 and slip.high >= 15


def test_too_few_stretches_give_no_interval():
    four = Stretches.of([(100, 110)] * 4)
    assert four.variance is None
    assert foresee(0, 100, Stretches(), four) == Slip(pytest.approx(10))


def test_without_anything_behind_all_of_them_the_plan_holds():
    assert foresee(0, 100, Stretches(), Stretches()) == Slip(0)
