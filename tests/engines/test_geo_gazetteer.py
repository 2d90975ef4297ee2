import csv
import json
import os
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from linli.engines.geo import Gazetteer, Place

REPOSITORY = Path(__file__).resolve().parents[2]
MESSAGES = Path(os.environ.get("LINLI_DATA", REPOSITORY.parent / "shared" / "data")) / "messages"

PROVINCE = Gazetteer(
    [
        Place("P", "西地省"),
        Place("A", "A市", parent="P"),
        Place("A1", "A1区", parent="A"),
        Place("A12", "A12区", parent="A"),
        Place("A3", "A3区", parent="A"),
        Place("A3-01", "东湖街道", parent="A3"),
        Place("A3-02", "梅溪湖街道", ("梅溪湖",), "A3"),
        Place("A7", "A7县", ("星沙",), "A"),
        Place("A7-01", "东湖街道", parent="A7"),
        Place("A7-02", "泉塘街道", ("泉塘",), "A7"),
        Place("K", "K市", parent="P"),
        Place("K9", "K9县", parent="K"),
        Place("330482001", "当湖街道", parent="P"),
    ]
)


def where(subject, body=""):
    return PROVINCE.resolve(subject, body).code


def test_a_district_named_with_its_city_is_the_place():
    assert where("A市A3区路灯不亮") == "A3"
    assert where("A市路灯不亮", "我住在A3区，每晚都黑") == "A3"


def test_a_nested_name_leads_to_the_most_specific_area():
    found = PROVINCE.resolve("A市A7县泉塘街道垃圾成堆")
    assert found.path == ("P", "A", "A7", "A7-02")


def test_a_street_named_alone_brings_its_parents_along():
    assert PROVINCE.resolve("泉塘街道垃圾成堆").path == ("P", "A", "A7", "A7-02")


def test_the_longest_name_is_read_not_the_one_inside_it():
    assert where("A12区停水") == "A12"
    assert [m.name for m in PROVINCE.resolve("泉塘街道停水").mentions] == ["泉塘街道"]


def test_a_name_that_begins_or_ends_in_latin_needs_a_border_there():
    assert where("XA1区停水") is None
    assert where("编号3304820019号") is None
    assert where("编号330482001号") == "330482001"


@pytest.mark.parametrize("written", ["a3区停水", "Ａ３区停水"])
def test_small_and_wide_letters_are_read_alike(written):
    assert where(written) == "A3"


@pytest.mark.parametrize("spot", ["河埠头", "桥头", "桥边", "桥下"])
def test_a_spot_at_the_water_lies_in_the_village_that_is_named(spot):
    town = Gazetteer([Place("T", "平湖市"), Place("V", "双红村", parent="T")])

    assert town.resolve(f"双红村{spot}有人乱倒垃圾", "").code == "V"


def test_of_two_streets_of_one_name_the_parent_nearby_decides():
    assert where("A3区东湖街道停水") == "A3-01"
    assert where("A7县东湖街道停水") == "A7-01"
    assert where("东湖街道停水", "我是A7县居民") == "A7-01"


def test_a_name_with_several_meanings_is_ambiguous_and_ranks_them():
    found = PROVINCE.resolve("东湖街道停水")
    assert found.is_ambiguous
    assert found.code == "A"
    assert [(c.code, c.score) for c in found.candidates] == [("A3-01", 0.5), ("A7-01", 0.5)]


def test_two_districts_named_alike_leave_it_to_the_city():
    found = PROVINCE.resolve("A市停水", "A3区小区和A7县小区都没有水")
    assert found.code == "A"
    assert {candidate.code for candidate in found.candidates} == {"A3", "A7"}


def test_the_subject_outweighs_the_body():
    assert where("A3区停水", "请A7县和A7县小区、A7县物业都来看看") == "A3"


def test_the_name_said_more_often_wins():
    assert where("停水", "A7县小区停水，A7县小区又停水，A3区小区没有，A7县小区没人管") == "A7"


def test_a_county_that_lends_its_name_to_an_estate_is_not_the_place():
    assert where("A市五矿万境K9县房子开裂", "五矿万境K9县的房子又出问题了") == "A"
    assert where("A7县星沙K9县郡小区收费", "本小区在星沙K9县郡") == "A7"


def test_a_county_of_another_city_is_the_place_when_the_message_is_about_it():
    assert where("请给K9县乡村医生发证", "K9县的卫生室没有证") == "K9"


def test_a_road_named_after_a_district_says_little():
    assert where("A市A1区路堵车") == "A"
    assert where("A1区路堵车") is None
    assert where("A3区A1区路堵车") == "A3"


def test_where_somebody_is_from_or_going_is_not_where_the_matter_is():
    assert where("A市买房", "我是K9县人，想在A市买房") == "A"
    assert where("A市秋游收费", "学校组织去K9县玩两天") == "A"


def test_a_part_mentioned_in_passing_does_not_draw_the_case():
    body = "A市公交很好，A市地铁也好，A市出租车不好，之前A3区宣布过" + "A市" * 3
    assert where("A市公共交通的建议", body) == "A"


def test_a_message_that_names_nothing_has_no_place():
    found = PROVINCE.resolve("路灯不亮", "请尽快修理")
    assert found.code is None
    assert found.candidates == ()
    assert found.why == {"path": [], "ambiguous": False, "mentions": []}


def test_the_reasons_show_the_words_and_where_they_stand():
    subject, body = "A市停水", "住在梅溪湖边"
    why = PROVINCE.resolve(subject, body).why
    texts = {"subject": subject, "body": body}
    assert why["path"] == ["P", "A", "A3", "A3-02"]
    assert [m["name"] for m in why["mentions"]] == ["A市", "梅溪湖"]
    for mention in why["mentions"]:
        start, end = mention["span"]
        assert texts[mention["in"]][start:end] == mention["name"]
    json.dumps(why)


def test_candidates_share_out_the_evidence():
    found = PROVINCE.resolve("A3区与A7县交界处", "K9县也来过")
    assert sum(candidate.score for candidate in found.candidates) == pytest.approx(1, abs=1e-3)


def test_many_messages_are_read_as_each_alone():
    subjects, bodies = ["A3区停水", "停电", "泉塘"], ["", "星沙小区", "A市"]
    assert [r.code for r in PROVINCE.resolve_many(subjects, bodies)] == [
        where(*pair) for pair in zip(subjects, bodies, strict=True)
    ]


def test_a_text_of_megabytes_is_read_only_at_its_beginning():
    assert where("停水", "住在A3区小区。" + "啊" * 5_000_000 + "A7县") == "A3"


words = st.lists(
    st.sampled_from(
        ["A市", "A1区", "A12区", "A3区", "东湖", "街道", "泉塘", "1", "A", "区", "K9县", "，"]
    )
)


@given(words)
def test_every_mention_stands_where_it_says_and_none_overlap(pieces):
    text = "".join(pieces)
    end = 0
    for mention in PROVINCE.resolve(text).mentions:
        assert text[mention.start : mention.end] == mention.name
        assert mention.start >= end
        end = mention.end


def test_a_place_with_an_unknown_parent_is_refused():
    with pytest.raises(ValueError, match='parent "B" is unknown'):
        Gazetteer([Place("A1", "A1区", parent="B")])


def test_places_that_contain_each_other_are_refused():
    with pytest.raises(ValueError, match="its own ancestor"):
        Gazetteer([Place("a", "甲", parent="b"), Place("b", "乙", parent="a")])


def test_a_code_given_twice_is_refused():
    with pytest.raises(ValueError, match="comes twice"):
        Gazetteer([Place("a", "甲"), Place("a", "乙")])


def test_a_gazetteer_without_places_finds_nothing():
    assert Gazetteer([]).resolve("A市").code is None


def acity_areas():
    text = (REPOSITORY / "towns/acity/areas.geojson").read_text("utf-8")
    areas = [feature["properties"] for feature in json.loads(text)["features"]]
    return [area for area in areas if area["layer"] != "service"]


@pytest.fixture(scope="module")
def acity():
    return Gazetteer(
        Place(area["code"], area["name"], tuple(area["aliases"]), area["parent"])
        for area in acity_areas()
    )


def read(name):
    path = MESSAGES / name
    if not path.exists():
        pytest.skip(f"no message data at {path}: set LINLI_DATA to the folder that holds messages/")
    with path.open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    return [row["subject"] for row in rows], [row["body"] for row in rows]


@pytest.mark.parametrize("name", ["feed.csv", "replies.csv"])
def test_real_messages_are_located_by_name(acity, name):
    found = acity.resolve_many(*read(name))
    below_province = sum(len(resolution.path) > 1 for resolution in found)
    assert below_province >= 0.93 * len(found)


def test_a_subject_that_names_one_district_alone_is_never_moved_to_another(acity):
    districts = {area["code"] for area in acity_areas() if area["kind"] == "district"}
    subjects, bodies = read("feed.csv")
    checked = 0
    for resolution in acity.resolve_many(subjects, bodies):
        named = {
            code
            for mention in resolution.mentions
            if mention.part == "subject" and mention.role == "plain"
            for code in mention.codes
            if code in districts
        }
        if len(named) == 1:
            checked += 1
            assert resolution.code is not None
            reached = set(resolution.path) & districts
            assert reached <= named
    assert checked > 1500


def test_a_spot_by_the_water_of_a_village_is_in_the_village():
    villages = {"V": "西林寺社区", "W": "曹桥村", "X": "芙蓉"}
    below = [Place(code, name, parent="T") for code, name in villages.items()]
    town = Gazetteer([Place("T", "平湖市"), *below])

    assert town.resolve("西林寺社区河埠头路灯不亮").code == "V"
    assert town.resolve("曹桥村桥头堆着垃圾").code == "W"
    assert town.resolve("芙蓉桥上路灯不亮").code is None  # a name that a bridge has borrowed
