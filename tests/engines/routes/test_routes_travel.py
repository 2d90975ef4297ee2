"""Ways: on the earth, given as matrices, and slower in some hours."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from linli.engines.routes.hours import Hours
from linli.engines.routes.travel import Place, Travel, great_circle

RUSH = Hours([1.0] * 7 + [0.5] + [1.0] * 16)


def test_a_degree_of_latitude_is_111_km_times_the_factor():
    travel = great_circle([Place("a", 121, 30), Place("b", 121, 31)], factor=1.2, kmh=60)

    assert travel.metres[0, 1] == pytest.approx(111_195 * 1.2, rel=1e-4)
    assert travel.seconds[0, 1] == pytest.approx(111.195 * 1.2 * 60, rel=1e-4)


@pytest.mark.parametrize("place", [Place("far", 121, 91), Place("none", float("nan"), 30)])
def test_a_place_off_the_earth_is_named(place):
    with pytest.raises(ValueError, match=place.name):
        great_circle([Place("a", 121, 30), place])


def test_matrices_must_be_square_whole_and_not_negative():
    good = np.zeros((2, 2))
    for bad in (np.zeros((2, 3)), np.array([[0, -1.0], [0, 0]]), np.array([[0, np.nan], [0, 0]])):
        with pytest.raises(ValueError, match="seconds"):
            Travel(("a", "b"), good, bad)
    with pytest.raises(ValueError, match="same name: a"):
        Travel(("a", "a"), good, good)


def test_a_place_added_later_is_as_far_as_the_roads_make_it():
    known = great_circle([Place("a", 121, 30), Place("b", 121.1, 30)], factor=1.5, kmh=40)

    more = known.with_places([Place("c", 121.1, 30.1)])

    both = great_circle([Place("b", 121.1, 30), Place("c", 121.1, 30.1)], factor=1.5, kmh=40)
    assert more.metres[1, 2] == pytest.approx(both.metres[0, 1], rel=1e-3)
    assert more.seconds[2, 1] == pytest.approx(both.seconds[0, 1], rel=1e-3)
    assert more.metres[0, 1] == known.metres[0, 1]


def test_a_way_that_begins_before_the_rush_is_slow_only_in_it():
    # Half an hour's way from 6:45: 15 minutes at full speed, the other 15 at half of it.
    assert RUSH.arrival(6.75 * 3600, 1800) == pytest.approx(7.5 * 3600)
    # From 7:30 half an hour goes by in the rush and does a quarter, the rest is free.
    assert RUSH.arrival(7.5 * 3600, 1800) == pytest.approx(8.25 * 3600)


@given(
    st.lists(st.floats(0.1, 3), min_size=24, max_size=24),
    st.floats(0, 200_000), st.floats(0, 50_000), st.floats(0, 40_000),
)  # fmt: skip
def test_who_sets_out_later_never_arrives_earlier(factors, departure, later, way):
    hours = Hours(factors)

    first = hours.arrival(departure, way)

    assert first >= departure - 1e-6
    assert hours.arrival(departure + later, way) >= first - 1e-6
    assert hours.departure(first, way) == pytest.approx(departure, abs=1e-3)


def test_speeds_are_24_factors_above_zero():
    for bad in ([1.0] * 23, [1.0] * 23 + [0.0], [1.0] * 23 + [float("inf")]):
        with pytest.raises(ValueError, match="24 factors"):
            Hours(bad)
