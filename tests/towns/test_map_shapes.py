"""The sample town can be drawn on a phone: few bytes, valid shapes, borders in common."""

import json
from pathlib import Path

import orjson
import pytest
import shapely
from shapely.geometry import shape

from linli.places.models import Area
from linli.places.shapes import BASE, Shapes

FILE = Path(__file__).parents[2] / "towns" / "pinghu" / "areas.geojson"
KILOBYTES = {BASE: 40, "community": 45, "service": 30, "above-community": 30, "above-service": 1}


@pytest.fixture(scope="module")
def drawn() -> Shapes:
    found: dict[str, Area] = {}
    for feature in json.loads(FILE.read_text("utf-8"))["features"]:
        said, shape_ = feature["properties"], shape(feature["geometry"])
        above = found.get(said["parent"])
        point = shape_.representative_point()
        found[said["code"]] = Area(
            code=said["code"], name=said["name"], name_en=said["name_en"], kind=said["kind"],
            layer=said["layer"] or "", is_grid=said["grid"], land=said["land"] or "",
            path=f"{above.path if above else ''}{said['code']}/", lon=point.x, lat=point.y,
            wkb=shapely.to_wkb(shape_),
        )  # fmt: skip
    return Shapes(found.values())


@pytest.mark.parametrize("name", KILOBYTES)
def test_a_sheet_is_small_and_its_shapes_are_valid(drawn, name):
    assert set(drawn.names) == set(KILOBYTES)
    sheet = drawn.sheet(name)
    features = orjson.loads(sheet.body)["features"]

    assert len(sheet.packed) < KILOBYTES[name] * 1000
    assert all(shape(feature["geometry"]).is_valid for feature in features)
    for feature in features:
        if "code" in feature["properties"]:
            assert (
                shape(feature["geometry"]).distance(shapely.Point(feature["properties"]["at"]))
                < 1e-4
            )


@pytest.mark.parametrize("layer", ["community", "service"])
def test_grids_made_simpler_still_leave_no_gap_and_do_not_overlap(drawn, layer):
    grids = [shape(f["geometry"]) for f in orjson.loads(drawn.sheet(layer).body)["features"]]
    whole = shapely.union_all(grids)

    assert sum(grid.area for grid in grids) == pytest.approx(whole.area, rel=1e-4)
    assert sum(len(part.interiors) for part in shapely.get_parts(whole)) == 0
