import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from linli.engines.geo import from_wgs84, is_shifted, to_wgs84

METRES_PER_DEGREE = 111_320.0
shifted_systems = pytest.mark.parametrize("system", ["gcj02", "bd09"])
# Half a degree inside the vendors' rectangle: at its edge a point has no or two originals.
in_china = st.tuples(st.floats(72.6, 137.2), st.floats(1.4, 55.2))


def metres_apart(one, other):
    (lon, lat), (east, north) = one, other
    across = (np.asarray(lon) - east) * np.cos(np.radians(lat))
    return np.hypot(across, np.asarray(lat) - north) * METRES_PER_DEGREE


@shifted_systems
@given(point=in_china)
def test_a_point_in_china_comes_back_to_within_a_centimetre(system, point):
    there = from_wgs84(*point, system)
    assert metres_apart(to_wgs84(*there, system), point) < 0.01


@shifted_systems
@given(point=in_china)
def test_a_map_position_in_china_is_the_image_of_the_position_it_is_converted_to(system, point):
    there = to_wgs84(*point, system)
    assert metres_apart(from_wgs84(*there, system), point) < 0.01


@given(point=in_china)
def test_gcj02_lies_tens_to_hundreds_of_metres_away_inside_china(point):
    assert 1 < metres_apart(from_wgs84(*point, "gcj02"), point) < 1500


def test_gcj02_agrees_with_the_published_converter():
    # The test vector of eviltransform, for a point in Shanghai.
    lon, lat = from_wgs84(121.5272106, 31.1774276, "gcj02")
    assert lon == pytest.approx(121.531541859215, abs=1e-9)
    assert lat == pytest.approx(31.17530398364597, abs=1e-9)


@pytest.mark.parametrize("place", [(2.35, 48.86), (-74.0, 40.7), (151.2, -33.9), (139.7, 35.7)])
def test_outside_china_gcj02_is_wgs84(place):
    assert not is_shifted(*place)
    assert from_wgs84(*place, "gcj02") == place
    assert to_wgs84(*place, "gcj02") == place


def test_many_points_are_converted_as_each_alone():
    rng = np.random.default_rng(3)
    lon, lat = rng.uniform(60, 150, 500), rng.uniform(-10, 60, 500)
    east, north = to_wgs84(lon, lat, "bd09")
    alone = np.array([to_wgs84(x, y, "bd09") for x, y in zip(lon, lat, strict=True)])
    np.testing.assert_array_equal(np.stack([east, north], axis=1), alone)


def test_a_missing_position_stays_missing():
    assert np.isnan(to_wgs84([np.nan], [30.0], "gcj02")[0]).all()


def test_an_unknown_system_is_refused_by_name():
    with pytest.raises(ValueError, match="mars"):
        to_wgs84(121.0, 30.7, "mars")  # type: ignore[arg-type]
