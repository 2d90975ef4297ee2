"""How long a way takes is estimated with those who have not arrived, worked out by hand."""

import pytest

from linli.engines.durations import durations


def test_who_has_not_arrived_counts_as_long_as_it_was_under_way():
    # Five set out; arrivals after 10, 20 and 30 days, two not arrived after 20 and 40.
    #   day 10: 5 under way, 1 arrives: 4/5 = 0.8
    #   day 20: 4 under way, 1 arrives: 0.8 · 3/4 = 0.6, and one more is seen no longer
    #   day 30: 2 under way, 1 arrives: 0.6 · 1/2 = 0.3, less than half: the median is 30
    found = durations([(10, True), (20, True), (20, False), (30, True), (40, False)])
    assert (found.count, found.arrived, found.median) == (5, 3, 30)
    assert found.curve == tuple(
        (day, pytest.approx(share)) for day, share in [(10, 0.8), (20, 0.6), (30, 0.3)]
    )


def test_exactly_half_is_half():
    assert durations([(5, True), (9, False)]).median == 5


def test_where_not_half_have_arrived_there_is_no_median():
    # One of three: 2/3 are left.
    found = durations([(5, True), (9, False), (9, False)])
    assert found.median is None and found.curve == ((5, pytest.approx(2 / 3)),)


def test_with_everybody_arrived_it_is_the_plain_median():
    assert durations([(1, True), (2, True), (9, True)]).median == 2


def test_nobody_set_out():
    assert durations([]).median is None
