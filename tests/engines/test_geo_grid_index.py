import itertools

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from linli.engines.geo import GridIndex


def square(west, south, side=1.0):
    return shapely.box(west, south, west + side, south + side)


def checkerboard(n):
    return {f"{row}{column}": square(column, row) for row in range(n) for column in range(n)}


@pytest.fixture(scope="module")
def crooked():
    """A partition with slanted borders: triangles around random points."""
    rng = np.random.default_rng(8)
    points = shapely.multipoints(np.round(rng.uniform(0, 10, (80, 2)), 3))
    triangles = shapely.get_parts(shapely.delaunay_triangles(points))
    return {f"g{n:03d}": triangle for n, triangle in enumerate(triangles)}


@pytest.fixture(scope="module")
def crooked_index(crooked):
    return GridIndex({"community": crooked})


def located_plainly(grids, lon, lat):
    """Test every point against every grid, the smallest code last."""
    found = np.full(len(lon), -1)
    for position, code in reversed(list(enumerate(sorted(grids)))):
        found[shapely.intersects_xy(grids[code], lon, lat)] = position
    return found


def test_each_point_lies_in_the_grid_that_holds_it(crooked, crooked_index):
    rng = np.random.default_rng(1)
    lon, lat = rng.uniform(-1, 11, (2, 20_000))
    found = crooked_index.locate(lon, lat)["community"]
    np.testing.assert_array_equal(found, located_plainly(crooked, lon, lat))


@settings(max_examples=60, deadline=None)
@given(share=st.floats(0, 1), pick=st.integers(0, 10_000))
def test_a_point_on_or_beside_a_border_goes_where_testing_every_grid_puts_it(
    crooked, crooked_index, share, pick
):
    edges = [edge for grid in crooked.values() for edge in _edges(grid)]
    (x, y), (u, v) = edges[pick % len(edges)]
    lon, lat = np.array([x + share * (u - x)]), np.array([y + share * (v - y)])
    found = crooked_index.locate(lon, lat)["community"]
    np.testing.assert_array_equal(found, located_plainly(crooked, lon, lat))


def _edges(grid):
    return list(itertools.pairwise(shapely.get_coordinates(grid)))


def test_a_point_on_a_shared_border_belongs_to_the_smaller_code():
    index = GridIndex({"service": {"b": square(0, 0), "a": square(1, 0), "c": square(0, 1)}})
    assert index.codes(1.0, 0.5) == {"service": "a"}
    assert index.codes(0.5, 1.0) == {"service": "b"}
    assert index.codes(1.0, 1.0) == {"service": "a"}


def test_borders_that_run_along_the_raster_decide_the_same():
    # Quarters of the raster's frame: cells end exactly where grids do.
    board = checkerboard(8)
    side = np.arange(0, 8.0625, 0.0625)
    lon, lat = (axis.ravel() for axis in np.meshgrid(side, side))
    found = GridIndex({"community": board}).locate(lon, lat)["community"]
    np.testing.assert_array_equal(found, located_plainly(board, lon, lat))


def test_a_point_outside_or_nowhere_lies_in_no_grid():
    index = GridIndex({"community": checkerboard(2)})
    lon = np.array([-0.001, 2.001, 5e9, np.nan, np.inf, 1.0])
    lat = np.array([1.0, 1.0, 1.0, 1.0, 1.0, np.nan])
    assert index.locate(lon, lat)["community"].tolist() == [-1] * 6


def test_a_point_in_a_hole_of_all_grids_lies_in_none():
    ring = square(0, 0, 4).difference(square(1, 1, 2))
    assert GridIndex({"community": {"ring": ring}}).codes(2, 2) == {"community": None}


def test_every_layer_answers_for_itself():
    index = GridIndex({"community": checkerboard(2), "service": {"all": square(0, 0, 2)}})
    assert index.layers == ("community", "service")
    assert index.codes(1.5, 0.5) == {"community": "01", "service": "all"}


def test_an_overlap_is_settled_for_the_smaller_code():
    index = GridIndex({"community": {"b": square(0, 0, 2), "a": square(1, 0, 2)}})
    assert index.codes(1.5, 1) == {"community": "a"}


def test_a_layer_without_grids_holds_nothing():
    assert GridIndex({"service": {}}).codes(0, 0) == {"service": None}


def test_a_broken_grid_is_refused_with_its_layer_and_code():
    bow_tie = shapely.Polygon([(0, 0), (1, 1), (1, 0), (0, 1)])
    with pytest.raises(ValueError, match='layer "service", grid S7: Self-intersection'):
        GridIndex({"service": {"S7": bow_tie}})
    with pytest.raises(ValueError, match="must be a polygon"):
        GridIndex({"service": {"S8": shapely.Point(0, 0)}})


def test_longitudes_without_their_latitudes_are_refused():
    with pytest.raises(ValueError, match="shape"):
        GridIndex({"community": checkerboard(2)}).locate([1.0, 2.0], [1.0])
