"""Whatever is wrong with a town's files is said with file, place and field, all at once."""

import pytest
from tests.small_town import EAST, FIELD, MIDDLE, NORTH, SOUTH, STREET, WEST, square

from linli.packs.folder import BUILT_IN
from linli.packs.loader import load
from linli.packs.sections import PACK_SECTIONS
from linli.packs.toml_lines import key_lines
from linli.places.models import Area
from linli.sections import Faulty

pytestmark = pytest.mark.django_db


def faults(town, written=False):
    """Load what must not load; return the faults without the way to the folder."""
    with pytest.raises(Faulty) as refused:
        load(town.folder) if written else town.load()
    return [str(fault).removeprefix(f"{town.folder}/") for fault in refused.value.faults]


def rewrite(town, name, old, new):
    path = town.write() / name
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")


def test_the_small_town_has_no_fault(town):
    assert town.load().changed


def test_all_faults_are_raised_together_in_the_order_of_files(town):
    town.area("w2")["properties"]["parent"] = "nowhere"
    town.row("officer")[4] = "boss"
    town.category("stalls")["accept_hours"] = 0
    found = faults(town)

    assert [fault.split(",")[0] for fault in found] == [
        "areas.geojson", "packs/village.toml", "people.csv",
    ]  # fmt: skip
    assert not Area.objects.exists()


# --- files that cannot be read ---------------------------------------------------------------


@pytest.mark.parametrize(
    "name", ["town.toml", "calendar.toml", "areas.geojson", "organisations.csv", "people.csv"]
)
def test_a_missing_file_is_named_and_nothing_else_is_blamed(town, name):
    (town.write() / name).unlink()

    assert faults(town, written=True) == [f"{name}: cannot be read: No such file or directory."]


def test_a_slip_in_toml_is_shown_with_its_line(town):
    rewrite(town, "town.toml", 'name_en = "Lake"', "name_en = Lake")

    [fault] = faults(town, written=True)
    assert fault.startswith("town.toml, line 3: is not TOML: Invalid value")


def test_a_slip_in_a_pack_is_shown_with_its_line(town):
    rewrite(town, "packs/village.toml", "[[category]]", "[[category]")

    [fault] = faults(town, written=True)
    assert fault.startswith("packs/village.toml, line 5: is not TOML: ")


def test_a_toml_file_that_breaks_off_is_shown_with_its_last_line(town):
    (town.write() / "calendar.toml").write_text("hours = [\n\n")

    [fault] = faults(town, written=True)
    assert fault.startswith("calendar.toml, line 3: is not TOML: ")


def test_a_slip_in_geojson_is_shown_with_its_line(town):
    (town.write() / "areas.geojson").write_text('{"type": "FeatureCollection",\n"features": [,]}')

    [fault] = faults(town, written=True)
    assert fault.startswith("areas.geojson, line 2: is not JSON: ")


@pytest.mark.parametrize("text", ["[]", "{}", '{"features": 3}'])
def test_json_that_is_no_map_is_refused(town, text):
    (town.write() / "areas.geojson").write_text(text)

    assert faults(town, written=True) == ["areas.geojson: is not a GeoJSON FeatureCollection."]


def test_a_feature_without_properties_is_refused(town):
    town.areas.append({"type": "Feature"})

    assert faults(town) == ["areas.geojson, feature 11: is not a GeoJSON feature with properties."]


def test_a_table_with_an_open_quote_is_refused(town):
    rewrite(town, "people.csv", "officer,吴立", 'officer,"吴立')

    [fault] = faults(town, written=True)
    assert fault.startswith("people.csv, row 5: is not CSV: ")


def test_a_table_in_no_known_encoding_is_refused(town):
    (town.write() / "people.csv").write_bytes(b"username,name\nx,\xff\xff\n")

    assert faults(town, written=True) == ["people.csv, line 2: is not written in UTF-8 or GB18030."]


def test_toml_must_be_utf_8(town):
    text = (town.write() / "town.toml").read_text(encoding="utf-8")
    (town.folder / "town.toml").write_text(text, encoding="gb18030")

    assert faults(town, written=True) == ["town.toml, line 2: is not written in UTF-8."]


# --- fields ----------------------------------------------------------------------------------


def test_an_unknown_key_is_shown_with_its_line_and_the_key_that_was_meant(town):
    town.category("order")["resolve_hour"] = 3

    assert faults(town) == [
        "packs/village.toml, line 15, key “resolve_hour”: is not known here; "
        "did you mean “resolve_hours”?"
    ]


def test_a_missing_key_is_shown_with_the_line_of_its_section(town):
    del town.category("stalls")["lead"]

    assert faults(town) == ["packs/village.toml, line 16, key “lead”: is missing."]


def test_a_key_of_the_wrong_type_is_shown_with_its_line(town):
    town.category("order")["evaluation_days"] = "three"

    assert faults(town) == [
        "packs/village.toml, line 12, key “evaluation_days”: must be a whole number."
    ]


def test_a_key_inside_a_layer_is_shown_with_its_line(town):
    town.layers[1]["name"] = ""

    assert faults(town) == ["town.toml, line 13, key “name”: is empty."]


def test_a_word_outside_the_known_ones_is_shown_with_them(town):
    town.category("order")["lead"] = "both"
    town.category("order")["evidence"] = ["video"]
    town.category("order")["triage"] = "maybe"

    assert faults(town) == [
        "packs/village.toml, line 9, key “lead”: “both” is not one of: territorial, functional.",
        "packs/village.toml, line 13, key “evidence”: “video” is not one of: photo.",
        "packs/village.toml, line 14, key “triage”: "
        "“maybe” is not one of: private, neighbourhood, public.",
    ]


def test_a_missing_column_is_named(town):
    rewrite(town, "people.csv", ",lead_side", "")

    [fault] = faults(town, written=True)
    assert fault == "people.csv, row 1, column “lead_side”: is missing."


def test_an_unknown_column_is_named_with_the_known_ones(town):
    rewrite(town, "organisations.csv", ",functions", ",functions,phone")

    [fault] = faults(town, written=True)
    assert fault == (
        "organisations.csv, row 1, column “phone”: is not one of: "
        "code, name, name_en, kind, area, parent, functions."
    )


def test_a_row_with_too_few_cells_is_refused(town):
    town.people.append(["x", "甲"])

    assert faults(town) == ["people.csv, row 14: has 2 cells, the header has 7."]


def test_an_empty_cell_is_refused_where_something_must_stand(town):
    town.row("officer")[1] = " "

    assert faults(town) == ["people.csv, row 5, column “name”: is empty."]


def test_a_name_longer_than_the_table_holds_is_refused(town):
    town.row("housing")[1] = "长" * 121

    assert faults(town) == ["organisations.csv, row 5, column “name”: is longer than 120 letters."]


def test_a_code_with_a_stroke_is_refused_because_ways_down_are_made_of_them(town):
    town.row("housing")[0] = "a/b"
    town.row("builder")[3] = "a/b"

    [fault] = faults(town)
    assert fault.startswith("organisations.csv, row 5, column “code”: “a/b” is not written as")


def test_a_property_of_the_wrong_type_is_shown_with_its_feature(town):
    town.area("w1")["properties"]["grid"] = "yes"

    assert faults(town) == [
        "areas.geojson, feature 4 (code w1), property “grid”: must be true or false."
    ]


def test_what_refers_to_a_faulty_entry_is_not_called_faulty_too(town):
    town.area("west")["properties"]["name"] = ""
    town.row("enforcement")[3] = "ministry"

    assert faults(town) == [
        "areas.geojson, feature 2 (code west), property “name”: is empty.",
        "organisations.csv, row 4, column “kind”: “ministry” is not one of: "
        "territorial, department, station, platform, plant.",
    ]


# --- geometry --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("geometry", "message"),
    [
        (None, "is missing or cannot be read."),
        ({"type": "Polygon"}, "is missing or cannot be read."),
        ({"type": "Point", "coordinates": [121, 30]},
         "must be a polygon or multipolygon with some land in it."),
        (square(12100, 30.70, 12101, 30.71),
         "has coordinates that are no longitude and latitude in degrees."),
    ],
)  # fmt: skip
def test_an_area_must_be_land_on_this_earth(town, geometry, message):
    town.area("w1")["geometry"] = geometry

    assert faults(town) == [f"areas.geojson, feature 4 (code w1), property “geometry”: {message}"]


def test_an_area_whose_border_crosses_itself_is_refused(town):
    ring = [[WEST, SOUTH], [EAST, NORTH], [EAST, SOUTH], [WEST, NORTH], [WEST, SOUTH]]
    town.area("w1")["geometry"] = {"type": "Polygon", "coordinates": [ring]}

    [fault] = faults(town)
    assert fault.startswith(
        "areas.geojson, feature 4 (code w1), property “geometry”: crosses itself: "
    )


def test_grids_of_a_layer_must_not_overlap(town):
    town.area("works")["geometry"] = square(WEST, STREET - 0.001, EAST, FIELD)

    [fault] = faults(town)
    assert fault == (
        "areas.geojson, feature 8 (code market): overlaps feature 9 by 42 ha in layer “service”."
    )


def test_a_sliver_between_grids_is_told_by_its_size(town):
    town.area("works")["geometry"] = square(WEST, STREET - 0.00001, EAST, FIELD)

    [fault] = faults(town)
    assert fault.endswith("overlaps feature 9 by 0.4 ha in layer “service”.")


def test_grids_of_a_layer_must_not_leave_a_gap(town):
    town.area("fields")["geometry"] = square(WEST, FIELD + 0.001, EAST, NORTH)

    [fault] = faults(town)
    assert fault == (
        "areas.geojson, feature 1 (code lake): no grid of layer “service” covers 42 ha around "
        "121.02000, 30.73050."
    )


def test_grids_of_a_layer_must_stay_within_the_town(town):
    town.area("e1")["geometry"] = square(MIDDLE, SOUTH, EAST + 0.001, 30.72)

    [fault] = faults(town)
    assert fault.startswith("areas.geojson, feature 6 (code e1): reaches ")
    assert fault.endswith(" ha beyond “平湖镇” in layer “community”.")


def test_a_layer_without_grids_is_refused(town):
    town.layers.append({"code": "patrol", "name": "巡逻"})

    assert faults(town) == ["areas.geojson, feature 1 (code lake): layer “patrol” has no grid."]


# --- areas -----------------------------------------------------------------------------------


def test_two_areas_must_not_share_a_code(town):
    town.areas.append(town.area("w1"))

    [fault] = faults(town)
    assert fault.startswith("areas.geojson, feature 11 (code w1), property “code”: “w1” is taken: ")
    assert fault.endswith("areas.geojson, feature 4 (code w1) has the same code.")


def test_the_parent_of_an_area_must_be_there(town):
    town.area("w1")["properties"]["parent"] = "north"

    assert faults(town) == [
        "areas.geojson, feature 4 (code w1), property “parent”: “north” is not known here."
    ]


def test_areas_must_not_lie_in_each_other(town):
    town.area("west")["properties"]["parent"] = "east"
    town.area("east")["properties"]["parent"] = "west"

    assert faults(town) == [
        "areas.geojson, feature 3 (code east), property “parent”: "
        "the parents run in a circle: east → west → east."
    ]


def test_only_one_area_is_the_whole_town(town):
    town.area("east")["properties"]["parent"] = None

    assert faults(town) == [
        "areas.geojson, feature 3 (code east), property “parent”: "
        "is missing; only “lake” has no parent."
    ]


def test_the_root_a_town_names_must_be_the_one_without_parent(town):
    town.town["root"] = "west"

    assert faults(town) == [
        "areas.geojson, feature 1 (code lake), property “parent”: "
        "is missing; only “west” has no parent."
    ]


def test_the_root_a_town_names_must_be_there(town):
    town.town["root"] = "sea"

    assert "town.toml, line 6, key “root”: “sea” is not known here." in faults(town)


def test_some_area_must_be_the_whole_town(town):
    town.area("lake")["properties"]["parent"] = "west"

    assert faults(town)[-1] == (
        "town.toml, line 1: no area of the town is the whole: each has a parent."
    )


@pytest.mark.parametrize("seat", ["west", "e1", "nowhere"])
def test_a_seat_is_a_grid_below_its_area(town, seat):
    town.area("west")["properties"]["seat"] = seat

    reason = "is not known here" if seat == "nowhere" else "is no grid below this area"
    assert faults(town) == [
        f"areas.geojson, feature 2 (code west), property “seat”: “{seat}” {reason}."
    ]


def test_a_grid_is_no_seat_of_itself(town):
    town.area("w1")["properties"]["seat"] = "w1"

    [fault] = faults(town)
    assert fault.endswith("property “seat”: “w1” is no grid below this area.")


def test_a_grid_belongs_to_a_layer(town):
    town.area("w1")["properties"]["layer"] = None

    assert faults(town)[-1] == (
        "areas.geojson, feature 4 (code w1), property “layer”: "
        "is missing: a grid belongs to a layer."
    )


def test_the_layer_of_an_area_must_be_there(town):
    town.area("west")["properties"]["layer"] = "old"

    assert faults(town) == [
        "areas.geojson, feature 2 (code west), property “layer”: “old” is not known here."
    ]


def test_a_grid_has_nothing_below_it(town):
    town.area("market")["properties"]["parent"] = "w1"

    assert faults(town) == [
        "areas.geojson, feature 4 (code w1), property “grid”: a grid has nothing below it, "
        "but other areas name it as their parent."
    ]


def test_a_way_down_longer_than_the_table_holds_is_refused(town):
    above = "lake"
    for number in range(11):
        code = f"{number:040}"
        properties = {**town.area("west")["properties"], "code": code, "parent": above,
                      "seat": None}  # fmt: skip
        town.areas.append({**town.area("west"), "properties": properties})
        above = code

    assert faults(town)[0].endswith(
        "property “parent”: lies too deep: codes down to here pass 400 letters."
    )


# --- the town and its calendar ---------------------------------------------------------------


@pytest.mark.parametrize(("position", "code"), [(0, "community"), (1, "service")])
def test_a_town_has_both_layers_of_the_double_grid(town, position, code):
    town.layers.pop(position)

    assert f"town.toml, line 1, key “layers”: layer “{code}” is missing." in faults(town)


def test_a_layer_is_declared_once(town):
    town.layers.append({"code": "service", "name": "又一层"})

    assert faults(town) == ["town.toml, line 16, key “code”: layer “service” is declared twice."]


def test_a_time_zone_must_exist(town):
    town.town["timezone"] = "Asia/Pinghu"

    assert faults(town) == ["town.toml, line 6, key “timezone”: “Asia/Pinghu” is no time zone."]


def test_a_coordinate_system_must_be_known(town):
    town.town["coordinates"] = "utm"

    assert faults(town) == [
        "town.toml, line 6, key “coordinates”: “utm” is not one of: wgs84, gcj02, bd09."
    ]


def test_working_hours_are_times_of_day(town):
    town.calendar["hours"] = [["8:30", "17:30"]]

    [fault] = faults(town)
    assert fault.startswith("calendar.toml, line 1, key “hours”: “8:30” is not written as")


def test_working_hours_follow_each_other(town):
    town.calendar["hours"] = [["08:30", "12:00"], ["11:00", "17:30"]]

    assert faults(town) == [
        "calendar.toml, line 1: the working hours must follow each other without overlap."
    ]


def test_a_day_is_a_holiday_or_a_workday(town):
    (town.write() / "calendar.toml").write_text(
        'hours = [["08:30", "17:30"]]\nholidays = [2020-05-20]\nworkdays = [2020-05-20]\n'
    )

    assert faults(town, written=True) == [
        "calendar.toml, line 1: 2020-05-20 is both a holiday and a workday."
    ]


def test_a_holiday_is_a_date(town):
    town.calendar["holidays"] = ["May Day"]

    assert faults(town) == [
        "calendar.toml, line 2, key “holidays”: must be a date, such as 2020-05-20."
    ]


# --- organisations and people ----------------------------------------------------------------


def test_the_area_of_an_organisation_must_be_there(town):
    town.row("westteam")[4] = "north"

    assert faults(town) == ["organisations.csv, row 3, column “area”: “north” is not known here."]


def test_the_parent_of_an_organisation_must_be_there(town):
    town.row("westteam")[5] = "county"

    assert faults(town) == [
        "organisations.csv, row 3, column “parent”: “county” is not known here."
    ]


def test_organisations_must_not_stand_above_each_other(town):
    town.row("government")[5] = "westteam"

    assert faults(town) == [
        "organisations.csv, row 2, column “parent”: "
        "the parents run in a circle: government → westteam → government."
    ]


def test_two_organisations_must_not_share_a_code(town):
    town.organisations.append(town.row("housing"))

    [fault] = faults(town)
    assert fault.startswith("organisations.csv, row 6, column “code”: “housing” is taken: ")


def test_a_function_no_pack_and_no_town_knows_is_refused(town):
    town.row("westteam")[6] = "urban-managment"

    [fault] = faults(town)
    assert fault.startswith(
        "organisations.csv, row 3, column “functions”: “urban-managment” is not one of: "
    )


def test_a_pack_may_bring_a_function_of_its_own(town):
    town.category("lights")["function"] = "forestry"
    town.row("housing")[6] += " forestry"

    assert town.load().changed


def test_two_people_must_not_share_a_username(town):
    town.people.append(["officer", "吴二", "", "housing", "officer", "", ""])

    [fault] = faults(town)
    assert fault.startswith("people.csv, row 14, column “username”: “officer” is taken: ")


def test_the_organisation_of_a_person_must_be_there(town):
    town.row("officer")[3] = "ministry"

    assert faults(town) == [
        "people.csv, row 5, column “organisation”: “ministry” is not known here."
    ]


def test_a_role_must_be_known(town):
    town.row("officer")[4] = "officer boss"

    [fault] = faults(town)
    assert fault.startswith("people.csv, row 5, column “roles”: “boss” is not one of: worker, ")


def test_a_person_has_some_role(town):
    town.row("officer")[4] = ""

    assert faults(town) == [
        "people.csv, row 5, column “roles”: is empty: a person without an office is a “resident”."
    ]


def test_a_role_is_held_in_an_organisation(town):
    town.row("officer")[3] = ""

    assert faults(town) == [
        "people.csv, row 5, column “organisation”: is empty, but “officer” is a role in one."
    ]


def test_a_resident_belongs_to_no_organisation(town):
    town.row("resident")[3] = "housing"

    assert faults(town) == [
        "people.csv, row 13, column “organisation”: a resident belongs to no organisation."
    ]


# --- double leads ----------------------------------------------------------------------------


def test_every_grid_has_a_lead_from_the_community(town):
    town.row("worker")[5] = "w1 market"

    assert faults(town) == [
        "areas.geojson, feature 5 (code w2): has no lead from the community in people.csv."
    ]


def test_every_grid_has_a_lead_from_the_towns_staff(town):
    town.row("warden")[5] = "w1 w2 e1 e2 works fields"

    assert faults(town) == [
        "areas.geojson, feature 8 (code market): has no lead from the town's staff in people.csv."
    ]


def test_no_grid_has_two_leads_from_one_side(town):
    town.row("elder")[5] += " w1"

    assert faults(town) == [
        "people.csv, row 3, column “lead_of”: “w1” has a lead from this side already: row 2."
    ]


def test_nobody_leads_the_same_grid_twice(town):
    town.row("elder")[5] += " e1"

    assert set(faults(town)) == {
        "people.csv, row 3, column “lead_of”: “e1” has a lead from this side already: row 3."
    }


def test_the_area_somebody_leads_must_be_there(town):
    town.row("leader")[5] += " north"

    assert faults(town) == ["people.csv, row 11, column “lead_of”: “north” is not known here."]


def test_a_lead_stands_on_one_side(town):
    town.row("leader")[6] = ""

    assert faults(town) == [
        "people.csv, row 11, column “lead_side”: a lead needs both an area and a side."
    ]


# --- packs -----------------------------------------------------------------------------------


def test_a_pack_must_be_there(town):
    town.town["packs"] = ["village", "govrnance"]
    built_in = [path.stem for path in BUILT_IN.glob("*.toml")]

    assert faults(town) == [
        "town.toml, line 4, key “packs”: there is no pack “govrnance”; "
        f"there are: {', '.join(sorted([*built_in, 'village']))}."
    ]


def test_a_pack_is_used_once(town):
    town.town["packs"] = ["village", "village"]

    assert "town.toml, line 4, key “packs”: pack “village” stands here twice." in faults(town)


def test_a_pack_is_named_as_its_file(town):
    rewrite(town, "packs/village.toml", 'code = "village"', 'code = "rural"')

    assert faults(town, written=True) == [
        "packs/village.toml, line 1, key “code”: must be “village” as the file is named."
    ]


def test_a_pack_has_a_name(town):
    rewrite(town, "packs/village.toml", 'name = "乡村"\n', "")

    assert faults(town, written=True) == ["packs/village.toml, line 1, key “name”: is missing."]


def test_a_section_no_app_owns_is_refused(town):
    rewrite(town, "packs/village.toml", "[[category]]", "[[weather]]\nrain = 1\n\n[[category]]")

    assert faults(town, written=True) == [
        "packs/village.toml, line 5, key “weather”: no such section is known; "
        f"there are: {', '.join(PACK_SECTIONS)}."
    ]


def test_a_section_is_a_list_of_tables(town):
    pack = town.write() / "packs/village.toml"
    pack.write_text('code = "village"\nname = "乡村"\n[category]\ncode = "x"\n', encoding="utf-8")

    assert faults(town, written=True) == [
        "packs/village.toml, line 3, key “category”: must be written [[category]]."
    ]


def test_two_packs_must_not_share_a_category(town):
    text = (town.write() / "packs/village.toml").read_text(encoding="utf-8")
    head, *categories = text.split("\n[[category]]\n")
    second = head.replace("village", "hamlet") + "\n[[category]]\n" + categories[0]
    (town.folder / "packs/hamlet.toml").write_text(second, encoding="utf-8")
    rewritten = (town.folder / "town.toml").read_text(encoding="utf-8")
    (town.folder / "town.toml").write_text(
        rewritten.replace('["village"]', '["village", "hamlet"]'), encoding="utf-8"
    )

    [fault] = faults(town, written=True)
    assert fault.startswith("packs/hamlet.toml, line 6, key “code”: “order” is taken: ")
    assert fault.endswith("packs/village.toml, line 6 has the same code.")


def test_the_parent_of_a_category_must_be_there(town):
    town.category("stalls")["parent"] = "nothing"

    assert faults(town) == [
        "packs/village.toml, line 25, key “parent”: “nothing” is not known here."
    ]


def test_categories_must_not_contain_each_other(town):
    town.category("order")["parent"] = "stalls"

    [fault] = faults(town)
    assert fault.endswith("the parents run in a circle: order → stalls → order.")


def test_some_organisation_answers_for_every_category(town):
    town.row("enforcement")[6] = ""

    assert faults(town)[0] == (
        "packs/village.toml, line 8, key “function”: "
        "no organisation of the town has the function “urban-management”."
    )


def test_a_case_is_accepted_before_it_is_resolved(town):
    town.category("order")["accept_hours"] = 16

    assert faults(town) == [
        "packs/village.toml, line 10, key “accept_hours”: "
        "16 hours to accept are more than the 15 to resolve."
    ]


@pytest.mark.parametrize("hours", [0, -1])
def test_there_is_some_time_to_accept(town, hours):
    town.category("order")["accept_hours"] = hours

    assert faults(town) == ["packs/village.toml, line 10, key “accept_hours”: must be more than 0."]


def test_there_is_at_least_a_day_to_judge(town):
    town.category("order")["evaluation_days"] = 0

    assert faults(town) == [
        "packs/village.toml, line 12, key “evaluation_days”: must be at least 1."
    ]


# --- lines of keys ---------------------------------------------------------------------------


def test_lines_of_keys_are_found_past_texts_and_lists_of_several_lines():
    text = '''title = """
fake = 1
[[not.a.table]]
"""
list = [
  "a = 1",  # ]
  "b",
]
[table]
"quoted key" = 1
dotted.key = {x = 1}
[[step]]
name = "[x"
[[step.part]]
name = 1
[[step.part]]
name = 2
[[step]]
name = 3
[[step.part]]
name = 4
'''
    lines = key_lines(text)

    assert "fake" not in {path[0] for path in lines if path}
    assert lines[("list",)] == 5
    assert lines[("table", "quoted key")] == 10
    assert lines[("table", "dotted", "key")] == 11
    assert lines[("step", 0, "part", 1, "name")] == 17
    assert lines[("step", 1, "name")] == 19
    assert lines[("step", 1, "part", 0)] == 20
