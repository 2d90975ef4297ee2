import csv
import hashlib
import json
import shutil
import subprocess
import sys
import tomllib
from collections import Counter, defaultdict
from pathlib import Path

import pytest
import shapely

from linli.engines.geo import hectares, partition_faults, to_wgs84

TOWNS = Path(__file__).resolve().parents[2] / "towns"
FUNCTIONS = {
    *("urban-management", "housing", "transport", "environment", "health", "education", "labour"),
    *("commerce", "market", "land", "water", "agriculture", "emergency", "police"),
    *("civil-affairs", "industry", "sanitation", "utilities", "data", "tourism"),
}
OF_PLANTS = {"agriculture", "quality", "maintenance", "process"}
DEMO = ["resident", "worker", "steward", "officer", "head"]
DEMO += ["dispatcher", "supervisor", "leader", "administrator"]
ROLES = set(DEMO)


class Folder:
    """A town folder as written, without the loader."""

    def __init__(self, name):
        self.path = TOWNS / name
        self.text = (self.path / "areas.geojson").read_text("utf-8")
        features = json.loads(self.text)["features"]
        self.areas = [feature["properties"] for feature in features]
        self.by_code = {area["code"]: area for area in self.areas}
        self.shapes = {
            f["properties"]["code"]: shapely.from_geojson(json.dumps(f["geometry"]))
            for f in features
        }
        self.root = next(area for area in self.areas if area["parent"] is None)
        self.organisations = self.rows("organisations.csv")
        self.people = self.rows("people.csv")

    def rows(self, name):
        with (self.path / name).open(encoding="utf-8", newline="") as file:
            return list(csv.DictReader(file))

    def grids(self, layer):
        return [area for area in self.areas if area["grid"] and area["layer"] == layer]

    def leads(self):
        found = defaultdict(Counter)
        for person in self.people:
            for code in person["lead_of"].split():
                found[code][person["lead_side"]] += 1
        return found


@pytest.fixture(scope="module", params=["pinghu", "acity"])
def town(request):
    return Folder(request.param)


@pytest.fixture(scope="module")
def pinghu():
    return Folder("pinghu")


def test_codes_are_unique_and_parents_exist(town):
    assert len(town.by_code) == len(town.areas)
    assert all(a["parent"] in town.by_code for a in town.areas if a is not town.root)


@pytest.mark.parametrize("layer", ["community", "service"])
def test_the_grids_of_each_layer_divide_the_land_without_gap_or_overlap(town, layer):
    grids = {grid["code"]: town.shapes[grid["code"]] for grid in town.grids(layer)}
    faults = partition_faults(grids, town.shapes[town.root["code"]], tolerance_m2=1)
    assert not faults, faults


def test_the_parts_of_every_area_make_up_the_area(town):
    below = defaultdict(dict)
    for area in town.areas:
        if area["layer"] != "service" and area["parent"]:
            below[area["parent"]][area["code"]] = town.shapes[area["code"]]
    for parent, parts in below.items():
        assert not partition_faults(parts, town.shapes[parent]), parent


def test_every_service_grid_lies_in_its_parent(town):
    for grid in town.grids("service"):
        outside = town.shapes[grid["code"]] - town.shapes[grid["parent"]]
        assert hectares(outside) < 1e-4, grid["code"]
        assert grid["land"] in {"street", "industry", "field", "water"}


def test_shapes_are_valid_and_written_to_six_decimals(town):
    assert all(shape.is_valid for shape in town.shapes.values())
    coordinates = shapely.get_coordinates(list(town.shapes.values()))
    assert (coordinates.round(6) == coordinates).all()
    assert len(town.text.encode()) < 1_500_000


def test_an_area_above_the_grids_sends_what_is_located_only_to_it_to_one_of_its_grids(town):
    for area in town.areas:
        if not area["grid"]:
            seat = town.by_code[area["seat"]]
            assert seat["grid"]
            assert seat["layer"] == "community"
            line = seat
            while line["code"] != area["code"]:
                line = town.by_code[line["parent"]]


def test_every_grid_has_one_lead_from_the_town_and_one_from_the_community(town):
    leads = town.leads()
    for area in town.areas:
        if area["grid"]:
            assert leads[area["code"]] == {"town": 1, "community": 1}, area["code"]
    assert set(leads) <= set(town.by_code)


def test_every_area_above_the_grids_has_somebody_to_escalate_to(town):
    leads = town.leads()
    assert all(leads[area["code"]]["town"] for area in town.areas)


def test_organisations_refer_to_areas_parents_and_functions_that_exist(town):
    codes = {organisation["code"] for organisation in town.organisations}
    assert len(codes) == len(town.organisations)
    for organisation in town.organisations:
        assert organisation["area"] in town.by_code
        assert organisation["parent"] in codes | {""}
        known = OF_PLANTS if organisation["kind"] == "plant" else FUNCTIONS | {"maintenance"}
        assert set(organisation["functions"].split()) <= known
    assert [o["kind"] for o in town.organisations].count("platform") == 1


def test_one_department_of_the_whole_owns_each_function(town):
    owned = Counter(
        function
        for organisation in town.organisations
        if organisation["kind"] == "department" and organisation["area"] == town.root["code"]
        for function in organisation["functions"].split()
        if function in FUNCTIONS  # what a town owns of them depends on its packs
    )
    assert owned == dict.fromkeys(FUNCTIONS, 1)


def test_every_organisation_has_a_head_and_somebody_who_works(town):
    staff = defaultdict(set)
    for person in town.people:
        staff[person["organisation"]] |= set(person["roles"].split())
    for organisation in town.organisations:
        roles = staff[organisation["code"]]
        assert "head" in roles, organisation["code"]
        assert roles & {"officer", "worker"}, organisation["code"]


def test_people_have_their_own_usernames_known_roles_and_a_known_organisation(town):
    codes = {organisation["code"] for organisation in town.organisations}
    usernames = [person["username"] for person in town.people]
    assert len(set(usernames)) == len(usernames)
    assert len({person["name"] for person in town.people}) == len(usernames)
    for person in town.people:
        assert person["username"].isascii()
        assert set(person["roles"].split()) <= ROLES
        assert (person["organisation"] == "") == (person["roles"] == "resident")
        assert person["organisation"] in codes | {""}


def test_the_first_people_of_pinghu_are_the_demo_persons(pinghu):
    assert [person["username"] for person in pinghu.people[: len(DEMO)]] == DEMO
    assert all(p["username"] in p["roles"].split() for p in pinghu.people[: len(DEMO)])


def test_pinghu_has_its_official_towns_villages_and_communities(pinghu):
    official = pinghu.rows("source/divisions.csv")
    communities = {a["code"]: a for a in pinghu.areas if a["kind"] == "community"}
    towns = {a["code"]: a["name"] for a in pinghu.areas if a["kind"] == "town"}
    assert towns == {row["town_code"]: row["town"] for row in official}
    assert len(towns) == 9
    assert {row["code"]: row["town_code"] for row in official} == {
        code: area["parent"] for code, area in communities.items()
    }
    assert len(communities) == 136
    for row in official:
        area = communities[row["code"]]
        assert row["name"] in [area["name"], *area["aliases"]]


def test_pinghu_lies_in_its_real_boundary_brought_to_wgs84(pinghu):
    published = shapely.from_geojson((pinghu.path / "source/boundary.geojson").read_text("utf-8"))
    real = shapely.transform(
        published, lambda xy: [*zip(*to_wgs84(xy[:, 0], xy[:, 1], "gcj02"), strict=True)]
    )
    drawn = pinghu.shapes["330482"]
    assert hectares(real ^ drawn) < 5  # of 58,000: rounding to 0.1 m along 300 km of border
    assert hectares(published ^ drawn) > 1000


def test_each_village_of_pinghu_has_two_to_six_grids(pinghu):
    count = Counter(grid["parent"] for grid in pinghu.grids("community"))
    assert set(count) == {a["code"] for a in pinghu.areas if a["kind"] == "community"}
    assert set(count.values()) <= {2, 3, 4, 5, 6}


def test_pinghu_has_about_sixty_service_grids_of_four_lands(pinghu):
    grids = pinghu.grids("service")
    assert 50 <= len(grids) <= 75
    assert {grid["land"] for grid in grids} == {"street", "industry", "field", "water"}


def test_a_map_that_is_not_real_says_so(town):
    settings = tomllib.loads((town.path / "town.toml").read_text("utf-8"))
    assert "示意" in settings["notice"]
    assert {"illustrative", "schematic"} & set(settings["notice_en"].replace(",", "").split())
    assert settings["attribution"]
    assert [layer["code"] for layer in settings["layers"]] == ["community", "service"]
    tomllib.loads((town.path / "calendar.toml").read_text("utf-8"))


def test_the_script_writes_the_same_bytes_again(town, tmp_path):
    copy = tmp_path / "towns"
    copy.mkdir()
    for shared in TOWNS.glob("*.py"):
        shutil.copy(shared, copy)
    shutil.copytree(town.path, copy / town.path.name)
    written = ("areas.geojson", "organisations.csv", "people.csv")
    for name in written:
        (copy / town.path.name / name).unlink()

    script = copy / town.path.name / "make_town.py"
    subprocess.run([sys.executable, str(script)], check=True, timeout=120)

    for name in written:
        assert digest(copy / town.path.name / name) == digest(town.path / name), name


def digest(path):
    return hashlib.sha256(path.read_bytes()).hexdigest()
