"""When the last one signs: by hand where that can be done, and right as often as it claims."""

import numpy as np
import pytest

from linli.engines.signings import HORIZON, MEDIANS, SHAPES, last_signing, run, survival


def test_nobody_left_is_over_today():
    forecast = last_signing([0, 3, 5], [])
    assert forecast.is_over
    assert (forecast.early, forecast.middle, forecast.late) == (0, 0, 0)


def test_half_have_signed_after_the_median():
    # Shape 1, scale 10: S(t) = 10 / (10 + t), so S(10) = 1/2 and S(30) = 1/4.
    assert survival(np.array(10.0), np.array(1.0), np.array(10.0)) == pytest.approx(0.5)
    assert survival(np.array(30.0), np.array(1.0), np.array(10.0)) == pytest.approx(0.25)


def test_the_same_input_gives_the_same_answer():
    assert last_signing([1, 2, 4], [7, 7], seed=3) == last_signing([1, 2, 4], [7, 7], seed=3)


def test_a_slow_block_ends_later_than_a_quick_one():
    quick = last_signing([0, 1, 1, 2, 2, 3, 4, 5], [6, 6])
    slow = last_signing([3, 9, 17, 30], [40, 40, 40, 40, 40, 40])
    assert quick.middle is not None
    assert slow.middle is None or slow.middle > 3 * quick.middle
    assert quick.early <= quick.middle <= (quick.late or HORIZON + 1)


def test_what_cannot_be_foreseen_lies_beyond_the_horizon():
    forecast = last_signing([], [200] * 20)
    assert forecast.late is None


def test_the_curve_begins_now_and_never_falls():
    forecast = last_signing([0, 1, 2, 3], [4, 4, 4], not_yet=1)
    middles = [middle for _low, middle, _high in forecast.curve]
    assert middles == sorted(middles)
    assert middles[-1] <= forecast.left == 4
    assert all(low <= middle <= high for low, middle, high in forecast.curve)


def _coverage(draw, n: int, today: int, seed: int, rounds: int = 150) -> float:
    """Let towns sign by a known law, foretell each, and count how often the truth lay within."""
    rng = np.random.default_rng(seed)
    within = asked = 0
    for at in range(rounds):
        shape, scale = draw(rng)
        days = np.floor(scale * (rng.random(n) ** (-1 / shape) - 1))
        waiting = int((days >= today).sum())
        if not waiting:
            continue
        signed = days[days < today].astype(int).tolist()
        told = last_signing(signed, [today] * waiting, seed=at, draws=800)
        truth = days.max() - today
        asked += 1
        early = np.inf if told.early is None else told.early
        within += early <= truth <= (np.inf if told.late is None else told.late)
    return within / asked


def test_four_of_five_forecasts_hold_what_comes():
    def any_law(rng):
        shape = np.exp(rng.uniform(*np.log(SHAPES[[0, -1]])))
        median = np.exp(rng.uniform(*np.log(MEDIANS[[0, -1]])))
        return shape, median / (2 ** (1 / shape) - 1)

    # 80 % is claimed; of some 130 answers, 3 standard errors are 10 points. Days are whole and
    # both ends count, so a little more than 80 % is to be expected.
    assert 0.74 < _coverage(any_law, 30, 14, seed=1) < 0.95


def test_where_all_are_alike_the_end_is_told_rather_too_late():
    # A constant hazard (half sign in 20 days): the law that forgets nothing. The forecast always
    # reckons with stragglers, and holds the truth in some 70 % instead of 80 %.
    def all_alike(rng):
        return 1e6, 1e6 * 20 / np.log(2)

    assert _coverage(all_alike, 30, 14, seed=2) > 0.6


def test_the_clock_runs_faster_in_the_last_two_days_of_a_bonus():
    # Seven days, 0 to 6: days 5 and 6 count four times. 5 days as they are, then 4 + 4, then one.
    assert run(4.0, [6], 8).tolist() == [0, 1, 2, 3, 4, 5, 9, 13, 14]
    # A pull of one is no deadline at all.
    assert run(1.0, [6], 8).tolist() == list(range(9))


def test_who_is_left_before_a_deadline_is_expected_to_hurry():
    # Others signed in front of it before: 16 of 20 on days 5 and 6. Those three days in have it
    # ahead; without it their slow beginning is all that is known of them.
    signed, waiting = [1, 2, 3, 4, *([5] * 7), *([6] * 9)], [3] * 4
    plain = last_signing(signed, waiting)
    hurried = last_signing(signed, waiting, deadlines=[6])
    assert hurried.middle is not None and plain.middle is not None
    assert hurried.middle < plain.middle
    # Day 6 is three days from now: by its end three of the four are expected to have signed,
    # two where nothing is known of the deadline.
    assert (hurried.curve[3][1], plain.curve[3][1]) == (3, 2)


def test_a_deadline_that_nobody_heeded_changes_little():
    # Even signings, one every other day, over a deadline on day 9.
    signed, waiting = list(range(0, 40, 2)), [40] * 5
    plain, with_one = last_signing(signed, waiting), last_signing(signed, waiting, deadlines=[9])
    assert with_one.middle == pytest.approx(plain.middle, rel=0.25)


def test_forecasts_that_know_of_deadlines_are_nearer_and_hold_what_they_claim():
    ends, today, n = [6, 14, 29], 10, 25
    clock = run(6.0, ends, HORIZON)
    rng = np.random.default_rng(5)
    within = asked = 0
    miss = {"with": 0.0, "without": 0.0}
    for at in range(120):
        shape, median = rng.uniform(2, 10), rng.uniform(10, 40)
        scale = median / (2 ** (1 / shape) - 1)
        gone = scale * (rng.random(n) ** (-1 / shape) - 1)
        days = np.floor(np.interp(gone, clock, np.arange(len(clock))))
        waiting = [today] * int((days >= today).sum())
        signed = days[days < today].astype(int).tolist()
        if not waiting:
            continue
        truth = days.max() - today
        told = last_signing(signed, waiting, seed=at, draws=600, deadlines=ends)
        plain = last_signing(signed, waiting, seed=at, draws=600)
        far = HORIZON + 1
        for name, one in (("with", told), ("without", plain)):
            middle = far if one.middle is None else one.middle
            miss[name] += abs(np.log((middle + 1) / (truth + 1)))
        asked += 1
        late = far if told.late is None else told.late
        early = far if told.early is None else told.early
        within += early <= truth <= late
    assert 0.7 < within / asked <= 0.97
    assert miss["with"] < miss["without"]
