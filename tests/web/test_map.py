"""The map page: figures by grid of either layer, and the cases behind them in their scope."""

import json
import re
from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from linli import background, clock
from linli.cases import loop
from linli.cases.intake import Report, receive
from linli.cases.models import Case
from linli.scores import backlog
from linli.web.map import measures
from tests.small_town import category, person

pytestmark = pytest.mark.usefixtures("town")


@pytest.fixture(autouse=True)
def nothing_kept():
    """Let no sum of another test be taken for one of this."""
    measures._kept.clear()


def report(place: str, words: str = "桥头垃圾成堆", who: str | None = None, **more) -> Case:
    more.setdefault("category", "rubbish")
    reporter = person(who) if who else None
    case = receive([Report(words, area=place, reporter=reporter, **more)])[0].case
    background.once()
    return case


def shown(client: Client, **asked: str) -> str:
    page = client.get("/map/", {**asked, "part": ""})
    assert page.status_code == 200
    return page.text


def state(client: Client, **asked: str) -> dict:
    found = re.search(r'<script id="map-state"[^>]*>(.*?)</script>', shown(client, **asked))
    assert found is not None
    return json.loads(found[1])


def titles(told: dict) -> list[str]:
    return [point["properties"]["title"] for point in told["points"]["features"]]


def test_open_cases_are_counted_in_both_layers(enter):
    report("w1")
    report("w1", "西村路口有垃圾", category="rubbish", lon=121.01, lat=30.715)
    leader = enter("leader")

    assert state(leader)["figures"] == {"w1": 2}
    assert state(leader, layer="service")["figures"] == {"market": 1, "works": 1}


def test_what_is_closed_is_open_no_more_but_was_received(enter):
    case = report("w1")
    loop.act(case, "cancel", person("dispatcher"), reason="误报")
    background.once()
    leader = enter("leader")

    assert state(leader)["figures"] == {}
    assert state(leader, measure="received")["figures"] == {"w1": 1}


def test_overdue_is_what_is_past_its_time_now(enter):
    case = report("w1")
    leader = enter("leader")
    assert state(leader, measure="overdue")["figures"] == {}

    Case.objects.filter(pk=case.pk).update(due_at=case.reported_at - timedelta(hours=1))
    backlog.refresh()

    told = state(leader, measure="overdue")
    assert told["figures"] == {"w1": 1}
    assert told["overdue"] is True


def test_a_rate_is_a_share_in_percent_as_in_the_leagues(enter):
    for words, satisfied in (("一号楼垃圾成堆", True), ("河边倒了建筑垃圾", False)):
        case = report("w1", words, who="resident")
        loop.act(case, "accept", person("steward"))
        loop.act(case, "resolve", person("steward"), reply="已清运，并增设垃圾桶。")
        loop.act(case, "evaluate", person("resident"), satisfied=satisfied, comment="看过了")
    background.once()
    told = state(enter("leader"), measure="satisfaction")

    assert told["figures"] == {"w1": 50}
    assert told["unit"] == " %"


def test_a_category_counts_with_those_below_it(enter):
    report("w1")
    report("e1", "东村路灯不亮", category="lights")
    leader = enter("leader")

    for measure in ("open", "received"):
        for code, grids in (("lights", {"e1": 1}), ("order", {"w1": 1}), ("rubbish", {"w1": 1})):
            asked = {"measure": measure, "category": str(category(code).pk)}
            assert state(leader, **asked)["figures"] == grids


def test_each_month_has_its_own_figures(enter):
    with clock.at(clock.now() - timedelta(days=70)):
        old = report("w1")
        month = f"{old.reported_at:%Y-%m}"
    report("e1", "东村垃圾成堆")
    measures._kept.clear()
    leader = enter("leader")

    assert state(leader, measure="received")["figures"] == {"e1": 1}
    assert state(leader, measure="received", month=month)["figures"] == {"w1": 1}
    assert f'<option value="{month}"' in leader.get("/map/").text


def test_the_way_down_leads_from_the_town_over_its_villages_to_a_grid(enter):
    report("w1")
    leader = enter("leader")

    assert "area=west" in shown(leader)
    assert "area=east" in shown(leader)
    west = state(leader, area="west")
    assert [child["text"] for child in west["children"]] == ["西村一格\n1", "西村二格\n0"]
    assert west["points"]["features"] == []
    assert titles(state(leader, area="w1")) == ["桥头垃圾成堆"]


def test_the_other_layer_leads_from_the_town_to_its_own_grids(enter):
    told = state(enter("leader"), layer="service", area="west")

    assert told["isWhole"] is True, "a village is no part of the service layer"
    names = [child["text"].partition("\n")[0] for child in told["children"]]
    assert sorted(names) == ["工业区", "田园", "集市街"]


@pytest.mark.parametrize("measure", ["open", "received"])
def test_an_officer_sees_all_figures_but_only_the_cases_they_may(enter, measure):
    report("w1")
    stalls = report("w1", "桥上摆摊占道", category="stalls")

    told = state(enter("officer"), area="w1", measure=measure)

    assert told["figures"] == {"w1": 2}
    assert titles(told) == [stalls.title]


def test_a_resident_sees_their_own_cases_and_no_figures(enter):
    mine = report("w1", who="resident")
    other = report("e1", "东村垃圾成堆")
    resident = enter("resident")

    for asked in ({}, {"area": "e1"}, {"area": "w1", "measure": "received"}):
        told = state(resident, **asked)
        assert titles(told) == [mine.title]
        assert told["figures"] == {}
        assert told["children"] == []
    page = resident.get("/map/").text
    assert other.title not in page
    assert '<form method="get"' not in page and "map-measure" not in page


def test_a_case_is_told_beside_the_map_to_those_who_see_it(enter):
    case = report("w1", who="resident")

    for role in ("leader", "resident"):
        assert f"/cases/{case.code}/" in shown(enter(role), case=case.code)
        place = state(enter(role), case=case.code)["case"]
        assert [grid["properties"]["code"] for grid in place["grids"]] == ["w1", "market"]
        assert place["exact"] is False
    assert state(enter("officer"), case=case.code)["case"] is None


def test_mistyped_questions_show_the_whole_town_as_it_is_now(enter):
    told = state(enter("leader"), layer="moon", measure="joy", month="soon", category="x", area="?")

    assert told["isWhole"] is True
    assert told["isNow"] is True


def test_nobody_unknown_sees_the_map():
    assert Client().get("/map/")["Location"].startswith("/sign-in/?next=")


def test_more_cases_and_a_longer_history_ask_the_database_no_more(enter):
    leader = enter("leader")

    def queries() -> list[int]:
        counted = []
        for asked in ({}, {"area": "w1"}, {"area": "w1", "measure": "received"}):
            measures._kept.clear()
            with CaptureQueriesContext(connection) as found:
                shown(leader, **asked)
            counted.append(len(found))
        return counted

    report("w1")
    queries()
    before = queries()
    for i, place in enumerate(("w1", "w2", "e1", "w1", "w1")):
        report(place, f"{place}路口第{i}堆垃圾", category=("rubbish", "lights")[i % 2])

    assert queries() == before
