"""Ways on roads: a small network as OpenStreetMap's XML and as GraphML."""

import gzip
from heapq import heappop, heappush

import numpy as np
import pytest
from small_routes import order, quick, town, van

from linli.engines.routes.hours import Hours
from linli.engines.routes.roads import MADE, SPEEDS, WALK, NotRoadsError, network, read_roads
from linli.engines.routes.travel import Place

DEGREE = 111_195  # metres on a meridian

# A square of 0.01 degrees at the equator; its east side is one way northwards, and beside the
# square lies a path for walkers and a road that leads nowhere else.
OSM = """<osm>
<node id="1" lon="0" lat="0"/><node id="2" lon="0.01" lat="0"/>
<node id="3" lon="0.01" lat="0.01"/>
<node id="4" lon="0" lat="0.01"/><node id="5" lon="0.005" lat="0.005"/>
<node id="6" lon="1" lat="1"/><node id="7" lon="1" lat="1.001"/>
<way id="a"><nd ref="1"/><nd ref="2"/><tag k="highway" v="residential"/></way>
<way id="b"><nd ref="2"/><nd ref="3"/><tag k="highway" v="primary"/><tag k="oneway" v="yes"/></way>
<way id="c"><nd ref="3"/><nd ref="4"/><nd ref="1"/><tag k="highway" v="primary"/>
<tag k="maxspeed" v="60"/></way>
<way id="d"><nd ref="1"/><nd ref="5"/><nd ref="3"/><tag k="highway" v="footway"/></way>
<way id="e"><nd ref="6"/><nd ref="7"/><tag k="highway" v="primary"/></way>
</osm>"""
GRAPHML = """<graphml xmlns="http://graphml.graphdrawing.org/xmlns">
<key id="d0" for="node" attr.name="x" attr.type="string"/>
<key id="d1" for="node" attr.name="y" attr.type="string"/>
<key id="d2" for="edge" attr.name="length" attr.type="string"/>
<key id="d3" for="edge" attr.name="travel_time" attr.type="string"/>
<graph edgedefault="directed">
<node id="1"><data key="d0">0</data><data key="d1">0</data></node>
<node id="2"><data key="d0">0.01</data><data key="d1">0</data></node>
<edge source="1" target="2"><data key="d2">2000</data><data key="d3">100</data></edge>
<edge source="1" target="2"><data key="d2">1500</data><data key="d3">150</data></edge>
<edge source="2" target="1"><data key="d2">1200</data><data key="d3">300</data></edge>
</graph></graphml>"""
SOUTH_WEST, SOUTH_EAST = Place("sw", 0, 0), Place("se", 0.01, 0)
NORTH_EAST = Place("ne", 0.01, 0.01)


@pytest.fixture
def square(tmp_path):
    path = tmp_path / "square.osm"
    path.write_text(OSM)
    return read_roads(path)


def test_roads_are_driven_in_their_direction_only(square):
    travel = square.travel([SOUTH_EAST, NORTH_EAST])

    assert travel.metres[0, 1] == pytest.approx(0.01 * DEGREE, rel=1e-3)
    assert travel.metres[1, 0] == pytest.approx(0.03 * DEGREE, rel=1e-3)


def test_roads_are_as_fast_as_their_limit_or_their_kind(square):
    travel = square.travel([SOUTH_WEST, SOUTH_EAST, NORTH_EAST])

    side = 0.01 * DEGREE
    assert travel.seconds[0, 1] == pytest.approx(side / (SPEEDS["residential"] / 3.6), rel=1e-3)
    assert travel.seconds[2, 0] == pytest.approx(2 * side / (60 * MADE / 3.6), rel=1e-3)


def test_the_fastest_way_is_taken_and_its_length_told(square):
    travel = square.travel([SOUTH_WEST, NORTH_EAST])

    # By the west and the north: longer limits, the same length; the footpath is not for vehicles.
    assert travel.metres[0, 1] == pytest.approx(0.02 * DEGREE, rel=1e-3)
    assert travel.seconds[0, 1] == pytest.approx(0.02 * DEGREE / (60 * MADE / 3.6), rel=1e-3)


def test_a_place_off_the_roads_is_reached_on_foot(square):
    travel = square.travel([SOUTH_WEST, Place("field", -0.001, 0)])

    assert travel.metres[0, 1] == pytest.approx(0.001 * DEGREE, rel=1e-2)
    assert travel.seconds[0, 1] == pytest.approx(0.001 * DEGREE / (5 / 3.6), rel=1e-2)


def test_hours_go_with_the_ways(square):
    hours = Hours([0.5] * 24)

    assert square.travel([SOUTH_WEST, SOUTH_EAST], hours).arrival(0, 1, 0) == pytest.approx(
        2 * 0.01 * DEGREE / (SPEEDS["residential"] / 3.6), rel=1e-3
    )


def test_graphml_is_read_with_its_times_and_the_faster_of_two_edges(tmp_path):
    path = tmp_path / "graph.graphml"
    path.write_text(GRAPHML)

    travel = read_roads(path).travel([SOUTH_WEST, SOUTH_EAST])

    assert (travel.metres[0, 1], travel.seconds[0, 1]) == pytest.approx((2000, 100))
    assert (travel.metres[1, 0], travel.seconds[1, 0]) == pytest.approx((1200, 300))


def test_an_extract_may_be_compressed(tmp_path):
    path = tmp_path / "square.osm.gz"
    path.write_bytes(gzip.compress(OSM.encode()))

    assert len(read_roads(path).where) == 4


@pytest.mark.parametrize(
    ("name", "text", "words"),
    [
        ("a.osm", "<osm><node id='1'", "cannot be read"),
        ("b.osm", "<osm></osm>", "holds no roads"),
        ("c.osm", "<osm><node id='1' lon='x' lat='0'/></osm>", "not as it should be"),
        ("d.osm.gz", "no archive", "cannot be read"),
        ("e.graphml", "<graphml><graph><node id='1'/></graph></graphml>", "not as it should be"),
    ],
)
def test_a_file_without_roads_says_what_is_wrong(tmp_path, name, text, words):
    path = tmp_path / name
    path.write_text(text)

    with pytest.raises(NotRoadsError, match=words):
        read_roads(path)


def fastest(edges, start):
    """Return seconds and metres from a node to all others, one node after the other."""
    found, waiting = {}, [(0.0, 0.0, start)]
    while waiting:
        seconds, metres, node = heappop(waiting)
        if node in found:
            continue
        found[node] = (seconds, metres)
        for tail, head, long, kmh, is_both in edges:
            for one, other in ((tail, head), (head, tail))[: 1 + is_both]:
                if one == node:
                    heappush(waiting, (seconds + long / (kmh / 3.6), metres + long, other))
    return found


@pytest.mark.parametrize("seed", range(8))
def test_ways_through_any_network_are_the_fastest_ones_and_as_long_as_they_are(seed):
    rng = np.random.default_rng(seed)
    spots = rng.random((30, 2)) / 1000 + (121, 30.7)
    nodes = {str(at): (float(lon), float(lat)) for at, (lon, lat) in enumerate(spots)}
    pairs = [(str(a), str(b)) for a, b in rng.integers(0, 30, (70, 2)) if a != b]
    edges = [
        (a, b, float(rng.uniform(50, 900)), float(rng.uniform(10, 90)), bool(rng.random() < 0.4))
        for a, b in pairs
    ]
    roads = network(nodes, edges)
    assert roads is not None
    at = {where: name for name, where in nodes.items()}
    places = [Place(at[lon, lat], lon, lat) for lon, lat in roads.where]

    travel = roads.travel(places)

    for row, place in enumerate(places):
        ways = fastest(edges, place.name)
        expected = [ways[other.name] for other in places]
        assert travel.seconds[row] == pytest.approx([seconds for seconds, _ in expected])
        assert travel.metres[row] == pytest.approx([metres for _, metres in expected])


def test_an_order_far_from_all_roads_is_named_and_the_others_are_planned(square):
    island = Place("island", 0.05, 0.05)
    travel = square.travel([SOUTH_WEST, NORTH_EAST, island])

    plan = quick(town(travel, [order("ne"), order("island")], van(start="sw")))

    assert [(each.order, each.reason) for each in plan.left_out] == [("island", "no-way")]
    assert plan.vehicle_of("ne") == "van" and plan.is_feasible


def test_the_foot_of_the_way_counts_at_both_ends(square):
    off = [Place("a", -0.001, 0), Place("b", 0.011, 0)]

    travel = square.travel(off)

    on = square.travel([SOUTH_WEST, SOUTH_EAST])
    walk = 2 * 0.001 * DEGREE / WALK
    assert travel.seconds[0, 1] == pytest.approx(on.seconds[0, 1] + walk, rel=1e-3)
