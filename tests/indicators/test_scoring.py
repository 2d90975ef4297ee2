"""Points from figures and what to improve first, with figures worked out by hand."""

import pytest

from linli.engines.scoring import Chance, Linear, Steps, alone, plan, ranked

# Sewage: nothing at 60 %, all 8 points at 95 %.
SEWAGE = Linear(8, 60, 95)
# Cases overdue: nothing at 30 %, all 6 points at 5 %: less is better.
OVERDUE = Linear(6, 30, 5)
# Centres: 2 points from 6 on, 4 from 10, 6 from 14.
CENTRES = Steps([(6, 2), (10, 4), (14, 6)])
# Complaints: 1 point at most at 20, 3 at most at 10: less is better.
COMPLAINTS = Steps([(20, 1), (10, 3)])


def test_points_are_in_proportion_between_nothing_and_full():
    # (81 − 60) / (95 − 60) = 21 / 35 = 0.6, and 0.6 × 8 = 4.8.
    assert SEWAGE.score(81) == pytest.approx(4.8)
    # (30 − 12.5) / (30 − 5) = 17.5 / 25 = 0.7, and 0.7 × 6 = 4.2.
    assert OVERDUE.score(12.5) == pytest.approx(4.2)


def test_points_end_at_nothing_and_at_full():
    assert (SEWAGE.score(40), SEWAGE.score(60), SEWAGE.score(95), SEWAGE.score(99)) == (0, 0, 8, 8)
    assert (OVERDUE.score(45), OVERDUE.score(5), OVERDUE.score(0)) == (0, 6, 6)


def test_steps_give_points_from_their_figure_on():
    assert [CENTRES.score(n) for n in (5, 6, 9, 10, 13, 14, 20)] == [0, 2, 2, 4, 4, 6, 6]
    assert [COMPLAINTS.score(n) for n in (25, 20, 11, 10, 0)] == [0, 1, 1, 3, 3]


def test_the_figure_for_points_is_rounded_so_that_it_suffices():
    # 5 of 8 points: 60 + 35 × 5 / 8 = 81.875; 81.9 suffices, and as a whole number 82.
    assert SEWAGE.figure_for(5, 1) == 81.9
    assert SEWAGE.figure_for(5, 0) == 82
    # 5 of 6 points: 30 − 25 × 5 / 6 = 9.1667; less is better, so 9.1.
    assert OVERDUE.figure_for(5, 1) == 9.1
    # Rounding does not lead past full: 8 points at 95, and 9 nowhere.
    assert SEWAGE.figure_for(8, 0) == 95
    assert SEWAGE.figure_for(9, 1) is None
    assert CENTRES.figure_for(3, 0) == 10
    assert CENTRES.figure_for(7, 0) is None


def test_a_gain_tells_the_way_as_a_part_of_the_whole():
    # From 81 to 95 are 14 of 35: 0.4 of the way, for 8 − 4.8 = 3.2 points.
    gain = SEWAGE.next_gain(81)
    assert (gain.figure, gain.points, gain.way) == (95, pytest.approx(3.2), pytest.approx(0.4))
    # Of steps, from 9 centres: to 10 is 1 of 14 − 6 = 8, for 2 points: 0.0625 a point;
    # to 14 is 5 of 8, for 4 points: 0.156 a point. So 10 comes first.
    gain = CENTRES.next_gain(9)
    assert (gain.figure, gain.points, gain.way) == (10, 2, 0.125)
    # From 13 only 14 is left; from there nothing is.
    assert CENTRES.next_gain(13).figure == 14
    assert CENTRES.next_gain(14) is None
    assert SEWAGE.next_gain(95) is None


SEWAGE_NOW = Chance("sewage", SEWAGE, 81.0)  # 4.8 of 8
CENTRES_NOW = Chance("centres", CENTRES, 9.0, 0)  # 2 of 6
OVERDUE_NOW = Chance("overdue", OVERDUE, 12.5)  # 4.2 of 6
ALL = (SEWAGE_NOW, CENTRES_NOW, OVERDUE_NOW)  # 11 of 20


def test_what_gives_a_point_for_the_shortest_way_stands_first():
    # centres 0.125 / 2 = 0.0625; sewage 0.4 / 3.2 = 0.125; overdue 7.5 / 25 / 1.8 = 0.1667.
    assert [one.name for one, _gain in ranked(ALL)] == ["centres", "sewage", "overdue"]


def test_one_item_alone_may_be_enough():
    # 13 − 11 = 2 are missing. Sewage at 4.8 + 2 = 6.8 points: 60 + 35 × 6.8 / 8 = 89.75, so 89.8.
    assert alone(11, 13, SEWAGE_NOW) == 89.8
    # Centres at 4 points: 10. Overdue has 1.8 left only.
    assert alone(11, 13, CENTRES_NOW) == 10
    assert alone(11, 13, OVERDUE_NOW) is None


def test_the_plan_ends_where_the_threshold_is_reached():
    # 14 − 11 = 3: one centre gives 2 (13), then sewage needs 1 more: 5.8 points,
    # 60 + 35 × 5.8 / 8 = 85.375, so 85.4, which gives 25.4 / 35 × 8 = 5.8057: 1.0057 more.
    first, second = plan(11, 14, ALL)
    assert (first.name, first.figure, first.points, first.together) == ("centres", 10, 2, 13)
    assert (second.name, second.figure) == ("sewage", 85.4)
    assert second.points == pytest.approx(1.0057, abs=1e-4)
    assert second.together == pytest.approx(14.0057, abs=1e-4)
    # Sewage alone would do at 94.2, but 13.2 / 35 = 0.38 is a longer way than 0.125 + 4.4 / 35.
    assert (first.way, second.way) == (0.125, pytest.approx(4.4 / 35))


def test_the_plan_leaves_out_what_turned_out_not_to_be_needed():
    # 4 points are missing. One of `small` (0.05 of the way a point) gives 1, then `large` gives 6
    # in one step (0.0833 a point): 7, so `small` was not needed.
    small = Chance("small", Steps([(0, 0.5), (20, 1.5)]), 19.0)  # 1 of 20 for 1 point: 0.05
    large = Chance("large", Steps([(0, 1), (10, 7)]), 5.0)  # 5 of 10 for 6 points: 0.0833
    moves = plan(10, 14, [small, large])
    assert [(one.name, one.together) for one in moves] == [("large", 16)]


def test_steps_of_one_item_are_taken_one_after_the_other():
    # 15 − 11 = 4: centres 10 (+2 → 13, then 14 costs 4 / 8 / 2 = 0.25 a point), sewage in full
    # (+3.2 → 16.2): sewage needs 2 of it: 6.8 points at 89.8.
    assert [(one.name, one.figure) for one in plan(11, 15, ALL)] == [
        ("centres", 10), ("sewage", 89.8),
    ]  # fmt: skip
    # 20 = everything: both steps of the centres, both others in full.
    whole = plan(11, 20, ALL)
    assert {one.name: one.figure for one in whole} == {"centres": 14, "sewage": 95, "overdue": 5}
    assert whole[-1].together == pytest.approx(20)


def test_a_threshold_out_of_reach_has_no_plan_and_a_reached_one_an_empty_one():
    assert plan(11, 20.1, ALL) is None
    assert plan(11, 11, ALL) == []
