"""A network of ways is as good as it hangs together; worked out by hand."""

import pytest

from linli.engines.sponge import composite, held, needed
from linli.engines.ways import length, metres, network

# At the equator a degree of longitude is a·π/180 = 6378137 · 0.0174533 = 111,319.49 m; a degree of
# latitude from there on 110,574.39 m (meridian arc of WGS-84).


def test_lengths_are_geodesic():
    assert metres(0, 0, 1, 0) == pytest.approx(111_319.49, abs=0.01)
    assert metres(0, 0, 0, 1) == pytest.approx(110_574.39, abs=0.01)
    assert metres(121, 30.7, 121, 30.7) == 0
    assert length([(0, 0), (1, 0), (1, 0)]) == pytest.approx(111_319.49, abs=0.01)


def test_the_published_example_of_vincenty():
    # Flinders Peak to Buninyong, WGS-84: 54,972.271 m on GRS80, which differs by less than a mm.
    peak = (144 + 25 / 60 + 29.52440 / 3600, -(37 + 57 / 60 + 3.72030 / 3600))
    buninyong = (143 + 55 / 60 + 35.38390 / 3600, -(37 + 39 / 60 + 10.15610 / 3600))
    assert metres(*peak, *buninyong) == pytest.approx(54_972.271, abs=0.002)


def M(east, north=0.0):  # noqa: N802
    """A point so many metres east and north of (0, 0)."""
    return (east / 111_319.49, north / 110_574.39)


def test_ways_that_meet_are_one_part():
    # 1,000 m and 500 m from its end; 300 m that cross the first in the middle.
    found = network([[M(0), M(1000)], [M(1000), M(1000, 500)], [M(500, -150), M(500, 150)]])
    assert found.total == pytest.approx(1800, abs=0.1)
    assert found.part == (0, 0, 0) and len(found.parts) == 1
    assert found.continuity == pytest.approx(1) and found.reach == pytest.approx(1)
    assert found.gaps == ()


def test_ends_that_nearly_meet_are_a_gap():
    # 600 m, then 20 m of nothing, then 400 m: the longer part is 600 of 1,000 = 0.6; two places at
    # random lie in one part with 0.6² + 0.4² = 0.52.
    found = network([[M(0), M(600)], [M(620), M(1020)]])
    assert found.continuity == pytest.approx(0.6, abs=0.001)
    assert found.reach == pytest.approx(0.52, abs=0.001)
    [gap] = found.gaps
    assert gap.metres == pytest.approx(20, abs=0.2) and gap.is_link
    assert gap.start == pytest.approx(M(600), abs=1e-6)


def test_an_end_as_close_as_one_can_draw_is_joined():
    assert network([[M(0), M(600)], [M(602), M(1000)]]).continuity == pytest.approx(1)


def test_parts_further_apart_have_their_shortest_link():
    # Two parallel ways 200 m apart, a third 1 km away: one link of 200 m, none to the third.
    found = network([[M(0), M(800)], [M(100, 200), M(700, 200)], [M(0, 1400), M(800, 1400)]])
    assert len(found.parts) == 3
    assert [round(gap.metres) for gap in found.gaps] == [200]


def test_an_open_end_near_its_own_part_is_a_gap_but_no_link():
    # A loop that is not closed: its end stops 30 m before its beginning's way.
    found = network([[M(0), M(500)], [M(500), M(500, 300), M(30, 300)], [M(0, 0), M(0, 300)]])
    [gap] = found.gaps
    assert not gap.is_link and gap.metres == pytest.approx(30, abs=0.2)


def test_no_way_no_network():
    assert network([]).continuity is None


def test_the_volume_a_catchment_needs():
    # Guide, formula 4-1: 10 · 22 mm · 0.6 · 3 ha = 396 m³.
    assert needed(22, 0.6, 3) == pytest.approx(396)
    # 198 m³ hold half of that rain: 198 / (10 · 0.6 · 3) = 11 mm.
    assert held(198, 0.6, 3) == pytest.approx(11)


def test_the_composite_runoff_is_weighted_by_area():
    # 1 ha of roof (0.85) and 3 ha of green (0.15): (0.85 + 0.45) / 4 = 0.325.
    assert composite([(0.85, 1), (0.15, 3)]) == pytest.approx(0.325)
    assert composite([]) == 0
