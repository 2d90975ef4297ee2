"""Ways and measures against rain are data: imported, added up, drawn."""

from datetime import date

import pytest

from linli.people.scope import Scope
from linli.programmes.ways import figures
from linli.programmes.ways.models import Way
from tests.programmes.conftest import browser, given, wrong
from tests.small_town import person

LINE = {"type": "LineString", "coordinates": [[121.0, 30.7], [121.01, 30.7]]}
SQUARE = {
    "type": "Polygon",
    "coordinates": [[[121.0, 30.7], [121.01, 30.7], [121.01, 30.71], [121.0, 30.7]]],
}


@pytest.fixture
def networks(town):
    given(
        "ways",
        {"code": "W1", "name": "环湖路", "kind": "path", "shape": LINE},
        # It begins some 19 m east of where the first ends (0.0002° · 95.7 km), goes on for 0.005°.
        {"code": "W2", "name": "支路", "kind": "lane", "shape": {
            "type": "LineString", "coordinates": [[121.0102, 30.7], [121.0152, 30.7]]}},
    )  # fmt: skip
    given("catchments", {"code": "C1", "name": "老街", "hectares": 3.0, "runoff": 0.6,
                         "rain": 22.0, "shape": SQUARE})  # fmt: skip
    given(
        "sponge-measures",
        {"code": "M1", "name": "花园", "kind": "garden", "catchment": "C1", "volume": 198.0,
         "built": date(2026, 1, 1), "lon": 121.005, "lat": 30.705},
        {"code": "M2", "name": "蓄水池", "kind": "tank", "catchment": "C1", "volume": 100.0},
    )  # fmt: skip
    return town


def sight():
    return Scope(person("officer"))


def test_a_way_is_measured_when_it_comes_in(networks):
    # A hundredth of a degree of longitude at 30.7° N: the parallel there has the radius
    # a·cos φ / √(1 − e²·sin² φ) = 6378137 · 0.859852 / √(1 − 0.00669438 · 0.260654) = 5,489,041 m;
    # times 0.01° = 0.000174533 rad gives 958.02 m (the geodesic is shorter by micrometres).
    assert Way.objects.get(code="W1").metres == pytest.approx(958.02, abs=0.02)
    assert given("ways", {"code": "W1", "name": "环湖路", "kind": "path", "shape": LINE}) == [
        "unchanged"
    ]


def test_the_network_says_what_hangs_together(networks):
    ways, found = figures.study(sight())
    # 0.01° of 0.015° in all: two thirds.
    assert found.continuity == pytest.approx(2 / 3, abs=0.001)
    assert [(ways[a].code, ways[b].code) for a, b in [found.gaps[0].ways]] == [("W1", "W2")]
    assert figures.by_kind(ways)[0][:2] == ("Footpath", 1)


def test_only_what_is_built_holds(networks):
    # 10 · 22 · 0.6 · 3 = 396 m³ needed, 198 built: half of it, 11 mm of rain; 198 are missing.
    [balance] = figures.balances(sight())
    assert (balance.needed, balance.held, balance.planned) == (pytest.approx(396), 198, 100)
    assert (balance.share, balance.missing) == (50, pytest.approx(198))
    assert balance.rain == pytest.approx(11)


@pytest.mark.parametrize(
    ("table", "row", "column"),
    [
        ("ways", {"code": "W3", "name": "x", "kind": "path"}, "shape"),
        ("ways", {"code": "W3", "name": "x", "kind": "path", "shape": SQUARE}, "shape"),
        ("ways", {"code": "W3", "name": "x", "kind": "path", "shape": LINE, "project": "no"},
         "project"),
        ("catchments", {"code": "C2", "name": "x", "hectares": 0.0, "runoff": 0.5, "rain": 20.0},
         "hectares"),
        ("catchments", {"code": "C2", "name": "x", "hectares": 1.0, "runoff": 1.5, "rain": 20.0},
         "runoff"),
        ("sponge-measures", {"code": "M3", "name": "x", "kind": "tank", "volume": 1.0,
                             "catchment": "no"}, "catchment"),
        ("sponge-measures", {"code": "M3", "name": "x", "kind": "tank", "catchment": "C1",
                             "volume": -1.0}, "volume"),
    ],
)  # fmt: skip
def test_what_cannot_be_is_explained(networks, table, row, column):
    assert column in wrong(table, row)


def test_pages_open_for_who_works_here(networks, django_assert_max_num_queries):
    for who, answer in (("officer", 200), ("resident", 403)):
        client = browser(who)
        for address in ("ways/", "ways/shapes/", "sponge/", "sponge/shapes/"):
            assert client.get(f"/programmes/{address}").status_code == answer, address
    client = browser("officer")
    with django_assert_max_num_queries(14):
        page = client.get("/programmes/ways/").content.decode()
    assert "67 %" in page and "<b>1</b> gap" in page
    assert "198</b> of 396 m³" in client.get("/programmes/sponge/").content.decode()
    states = {
        f["properties"]["state"] for f in client.get("/programmes/ways/shapes/").json()["features"]
    }
    assert states == {"going", "waiting", "gap"}


def test_pages_without_data_say_so(town):
    assert "No way is known" in browser("officer").get("/programmes/ways/").content.decode()
    assert "No catchment" in browser("officer").get("/programmes/sponge/").content.decode()
