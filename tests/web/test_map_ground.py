"""What maps are drawn from: shapes of the town, the grids of a point, the place of a case."""

import gzip

import pytest
from django.test import Client
from shapely.geometry import shape

from linli.cases.intake import Report, receive
from linli.places.shapes import shapes
from linli.places.town import the_town
from linli.web.policy import policy
from tests.small_town import person


@pytest.fixture(autouse=True)
def _town(town):
    return town


def grids(answer) -> dict[str, str]:
    return {g["properties"]["layer"]: g["properties"]["code"] for g in answer["grids"]}


def test_the_sheets_hold_every_area_once_with_a_valid_shape():
    client = Client()
    codes = []
    for name in shapes().names:
        features = client.get(f"/map/shapes/{name}.json").json()["features"]
        assert all(shape(feature["geometry"]).is_valid for feature in features)
        codes += [f["properties"]["code"] for f in features if "code" in f["properties"]]

    assert sorted(codes) == [
        "e1", "e2", "east", "fields", "lake", "market", "w1", "w2", "west", "works"
    ]  # fmt: skip
    assert client.get("/map/shapes/nowhere.json").status_code == 404


def test_the_first_sheet_shows_the_land_and_no_grid():
    features = Client().get("/map/shapes/base.json").json()["features"]

    assert {f["properties"]["land"] for f in features if "code" not in f["properties"]} == {
        "street", "industry", "field"
    }  # fmt: skip
    assert [f["properties"]["code"] for f in features if "code" in f["properties"]] == ["lake"]


def test_borders_of_neighbours_and_of_the_levels_above_stay_the_same_line():
    drawn = {
        f["properties"]["code"]: shape(f["geometry"])
        for name in ("community", "above-community", "base")
        for f in Client().get(f"/map/shapes/{name}.json").json()["features"]
        if "code" in f["properties"]
    }

    assert drawn["w1"].union(drawn["w2"]).equals(drawn["west"])
    assert drawn["west"].union(drawn["east"]).equals(drawn["lake"])
    assert drawn["w1"].intersection(drawn["e1"]).geom_type == "LineString"


def test_a_sheet_is_packed_and_not_sent_twice():
    client = Client()
    packed = client.get("/map/shapes/base.json", headers={"accept-encoding": "gzip"})
    assert gzip.decompress(packed.content) == client.get("/map/shapes/base.json").content

    again = client.get("/map/shapes/base.json", headers={"if-none-match": packed["ETag"]})
    assert (again.status_code, again.content) == (304, b"")


def test_a_sheet_is_kept_for_good_under_the_version_of_the_town_only():
    version = the_town().fingerprint[:12]

    def kept(asked: str) -> str:
        return Client().get(f"/map/shapes/base.json?v={asked}")["Cache-Control"]

    assert "immutable" in kept(version)
    assert kept("before") == "no-cache"


def test_anybody_who_points_at_a_place_is_told_both_its_grids():
    answer = Client().get("/map/here/", {"lon": "121.01", "lat": "30.705"}).json()

    assert grids(answer) == {"community": "w1", "service": "market"}
    assert answer["trail"] == "西村 › 西村一格"


def test_a_place_outside_the_town_has_no_grid():
    assert Client().get("/map/here/", {"lon": "120", "lat": "30"}).json() == {
        "grids": [], "trail": ""
    }  # fmt: skip


@pytest.mark.parametrize("asked", [{}, {"lon": "east", "lat": "30"}, {"lon": "121"}])
def test_what_is_no_place_is_refused(asked):
    assert Client().get("/map/here/", asked).status_code == 400


def test_the_place_of_a_case_is_for_those_who_see_the_case(enter):
    words = Report(
        "桥头垃圾成堆", lon=121.01, lat=30.705, category="rubbish", reporter=person("resident")
    )
    case = receive([words])[0].case
    address = f"/map/cases/{case.code}.json"

    for role in ("resident", "worker", "leader"):
        answer = enter(role).get(address).json()
        assert answer["at"] == [121.01, 30.705]
        assert answer["exact"] is True
        assert grids(answer) == {"community": "w1", "service": "market"}
    for role in ("elder", "officer"):
        assert enter(role).get(address).status_code == 404
    assert Client().get(address).status_code == 302


def test_the_policy_lets_in_the_hosts_of_configured_tiles_and_no_other():
    assert "http" not in policy([])

    with_tiles = policy(["https://t0.example.cn/vec?x={x}", "https://t0.example.cn/cva?x={x}"])

    assert "img-src 'self' data: blob: https://t0.example.cn;" in with_tiles
    assert "connect-src 'self' https://t0.example.cn;" in with_tiles
    assert "default-src 'self';" in with_tiles
