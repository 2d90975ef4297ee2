"""Paths, lights and what is missing, with figures worked out by hand."""

import pytest

from linli.engines import pace
from linli.engines.pace import Light


def test_a_linear_path_has_equal_steps():
    # From 21 to 35 in four steps: 3.5 each.
    assert pace.linear(21, 35, 2024, 2028) == {
        2024: 21, 2025: 24.5, 2026: 28, 2027: 31.5, 2028: 35
    }  # fmt: skip


def test_steps_hold_until_the_next():
    assert pace.steps(0, 100, 1, 5, [(2, 30), (4, 60)]) == {1: 0, 2: 30, 3: 30, 4: 60, 5: 100}


def test_a_seasonal_path_goes_as_past_years_went():
    # Quarters of two years: 10 20 30 40 and 30 20 50 40; means 20 20 40 40 of 120. Of 600 they
    # are 100 100 200 200, so 100, 200, 400 and 600 together.
    past = dict(enumerate([10, 20, 30, 40, 30, 20, 50, 40]))
    assert pace.seasonal(600, 8, 11, past, 4) == {8: 100, 9: 200, 10: 400, 11: 600}
    # Without a whole year every quarter brings the same.
    assert pace.seasonal(600, 8, 11, {7: 5}, 4) == {8: 150, 9: 300, 10: 450, 11: 600}


@pytest.mark.parametrize(
    ("actual", "said"),
    [
        (35, Light.REACHED),
        (28, Light.ON),
        (26.6, Light.SLIGHTLY),  # lacks 1.4 of a way of 14: a tenth
        (26.5, Light.BEHIND),
        (None, Light.UNKNOWN),
    ],
)
def test_the_light_says_how_far_behind(actual, said):
    assert pace.light(actual, 28, 21, 35, 0.1) == said


def test_where_less_is_better_the_light_turns_round():
    # From 100 down to 80, 90 expected: 89 is on the way, 91 lacks 1 of 20, 93 lacks 3.
    for actual, said in ((89, Light.ON), (91, Light.SLIGHTLY), (93, Light.BEHIND)):
        assert pace.light(actual, 90, 100, 80, 0.1, is_up=False) == said


def test_what_is_missing_is_told_in_pieces():
    assert pace.pieces_of_count(21, 35) == pace.Missing(14, added=14)
    # 22 make 4,400: 200 each; 900 lack: 4.5, so five.
    found = pace.pieces_of_sum(4400, 5300, 22)
    assert found == pace.Missing(900, added=5, is_of_mean_size=True)
    # 21 of 60 are 35 %. For 40 %: 24 of 60, so 3 turn; or k new ones, (21 + k) / (60 + k) ≥ 0.4:
    # k ≥ (24 − 21) / 0.6 = 5.
    found = pace.pieces_of_share(21, 60, 40)
    assert (round(found.amount, 9), found.turned, found.added) == (5, 3, 5)
    assert pace.pieces_of_share(30, 60, 40) == pace.Missing(0, 0, 0)
    # All of a whole: 39 would turn, no number of new ones does.
    assert pace.pieces_of_share(21, 60, 100) == pace.Missing(65, 39, None)
