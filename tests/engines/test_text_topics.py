import csv
import os
import sys
from pathlib import Path

import numpy as np
import pytest

from linli.engines.text import Topic, hot_topics

DATA = Path(os.environ.get("LINLI_DATA", Path(__file__).parents[3] / "shared" / "data"))

STATION = [
    "碧云新城小区旁的搅拌站噪音扰民",
    "投诉碧云新城附近违建搅拌站，粉尘太大",
    "碧云新城搅拌站半夜施工，噪音和灰尘",
    "碧云新城旁边的混凝土搅拌站严重污染环境",
    "请拆除碧云新城小区附近的搅拌站",
    "碧云新城居民被搅拌站噪音折磨",
]
SUBSIDY = [
    "人才购房补贴什么时候发放",
    "申请人才购房补贴为何不通过",
    "咨询人才购房补贴的申请条件",
    "人才购房补贴审核要多久",
    "买公寓能申请人才购房补贴吗",
]
# One matter each; all with the same salutation and the same district.
OTHERS = [
    "路灯不亮", "公交车等太久", "小学学位不足", "老人办理医保卡", "河道水葫芦泛滥", "井盖破损",
    "快递柜收费", "养狗不牵绳", "电梯经常故障", "水压不足", "菜市场缺斤少两", "自行车道被占",
    "天然气未通", "驾校退费难", "图书馆闭馆太早", "公园健身器材生锈", "护照办理预约", "幼儿园学费",
    "农田灌溉缺水", "手机信号差", "红绿灯时间过短", "房产证迟迟不办", "餐馆油烟", "广场舞音响",
]  # fmt: skip


def feed(likes_of: dict[str, int] | None = None) -> dict:
    subjects = [*STATION, *SUBSIDY, *OTHERS]
    bodies = [
        f"尊敬的领导：您好！我是B7县的一名居民，反映的问题是{subject}，请领导重视，谢谢！"
        for subject in subjects
    ]
    start = np.datetime64("2020-01-01T08:00:00")
    return {
        "ids": [f"m{number}" for number in range(len(subjects))],
        "subjects": subjects,
        "bodies": bodies,
        "created": start + np.arange(len(subjects)) * np.timedelta64(1, "D"),
        "likes": [(likes_of or {}).get(subject, 0) for subject in subjects],
        "people": [f"p{number}" for number in range(len(subjects))],
    }


def titles(topics: list[Topic]) -> list[str]:
    return [topic.title for topic in topics]


def test_what_several_people_write_about_is_a_topic_each_as_one():
    topics = hot_topics(**feed())

    assert [list(topic.ids) for topic in topics] == [
        [f"m{number}" for number in range(6)],
        [f"m{number}" for number in range(6, 11)],
    ]


def test_a_salutation_and_a_district_make_no_topic():
    topics = hot_topics(**feed())

    for topic in topics:
        assert "领导" not in "".join([topic.title, *topic.terms])
        assert "B7县" not in topic.terms


def test_one_message_with_two_thousand_likes_makes_no_topic():
    topics = hot_topics(**feed({"路灯不亮": 2000}))

    assert not any("路灯" in title for title in titles(topics))


def test_one_person_writing_often_makes_no_topic():
    messages = feed()
    messages["people"][:6] = ["p0"] * 6

    assert not any("搅拌站" in title for title in titles(hot_topics(**messages)))


def test_without_names_copies_of_one_text_count_as_one_person():
    messages = feed() | {"people": None}
    for number in range(1, 6):
        messages["subjects"][number] = messages["subjects"][0]
        messages["bodies"][number] = messages["bodies"][0] + "！" * number

    assert not any("搅拌站" in title for title in titles(hot_topics(**messages)))


def test_likes_make_a_topic_hotter_by_their_square_root():
    plain = {topic.ids: topic for topic in hot_topics(**feed())}
    liked = {topic.ids: topic for topic in hot_topics(**feed({SUBSIDY[0]: 900}))}
    (subsidy,) = [ids for ids in plain if "m6" in ids]

    assert plain[subsidy].heat == plain[subsidy].people == 5
    assert liked[subsidy].heat == 5 + 30
    assert liked[subsidy].likes == 900
    assert next(iter(liked)) == subsidy


def test_a_topic_tells_what_where_and_since_when():
    topic = hot_topics(**feed())[0]

    assert "搅拌站" in topic.title
    assert "碧云新城" in topic.place
    assert topic.since == np.datetime64("2020-01-01T08:00:00")
    assert topic.until == np.datetime64("2020-01-06T08:00:00")
    assert topic.count == topic.people == 6


def test_places_that_are_known_are_used():
    messages = feed()
    messages["places"] = ["青石街道"] * len(messages["ids"])

    assert hot_topics(**messages)[0].place == "青石街道"


def test_a_topic_rises_when_the_last_month_brought_more_than_the_month_before():
    messages = feed()
    messages["created"] = messages["created"].copy()
    messages["created"][:2] = np.datetime64("2019-12-25")
    messages["created"][2:6] = np.datetime64("2020-01-30")
    station, subsidy = hot_topics(**messages, now=np.datetime64("2020-02-10T00:00:00"))

    assert station.growth == (4 + 1) / (2 + 1)
    assert station.rising
    assert not subsidy.rising or subsidy.growth > 1


def test_columns_of_different_length_are_refused():
    with pytest.raises(ValueError, match="likes"):
        hot_topics(**(feed() | {"likes": [0]}))


@pytest.mark.parametrize("size", [0, 1, 3])
def test_too_few_messages_have_no_topic(size):
    messages = {name: column[:size] for name, column in feed().items()}

    assert hot_topics(**messages) == []


@pytest.mark.parametrize("named", [True, False])
def test_the_great_topics_of_the_real_feed_are_among_the_first_eight(named):
    path = DATA / "messages" / "feed.csv"
    if not path.exists():
        pytest.skip(f"{path} is not here; LINLI_DATA names the folder that holds messages/")
    csv.field_size_limit(sys.maxsize)
    with path.open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    topics = hot_topics(
        [row["id"] for row in rows],
        [row["subject"] for row in rows],
        [row["body"] for row in rows],
        np.array([row["created"] for row in rows], "datetime64[s]"),
        [int(row["likes"]) for row in rows],
        people=[row["user"] for row in rows] if named else None,
        limit=8,
    )

    def holding(*words: str) -> set[str]:
        return {
            row["id"] for row in rows if all(word in row["subject"] + row["body"] for word in words)
        }

    for words in (
        ("丽发新城", "搅拌"),
        ("伊景园", "车位"),
        ("58车贷",),
        ("人才", "购房补贴"),
        ("五矿万境K9县",),
    ):
        wanted = holding(*words)
        shares = sorted(len(wanted & set(topic.ids)) / len(wanted) for topic in topics)
        assert shares[-1] > 0.6, words
        assert shares[-2] < 0.1, words
    for topic in topics:
        assert topic.people >= 4
        assert not any("领导" in term for term in topic.terms)
