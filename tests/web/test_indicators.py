"""The pages of the indicators: overview, one of them, its rows, entering a figure."""

import pytest

from linli import clock
from linli.indicators import keeping
from linli.indicators.models import Figure
from tests.cases.conftest import MORNING
from tests.small_town import SmallTown
from tests.web.test_pages import ELSEWHERE, LANGUAGES

CASES = {
    "code": "received", "name": "接收事件", "name_en": "Cases received", "unit": "cases",
    "every": "month", "function": "housing", "together": "sum",
    "count": {"of": "cases", "at": "reported_at", "area": "community_grid"},
}  # fmt: skip
TOLD = {
    "code": "told", "name": "满意度", "name_en": "Satisfaction", "unit": "points",
    "every": "year", "function": "housing", "entered": {},
}  # fmt: skip
SHARE = {
    "code": "resident-share", "name": "群众上报占比", "name_en": "Share told by residents",
    "unit": "percent", "every": "month", "function": "housing",
    "share": {"part": "from-residents", "whole": "received"},
}  # fmt: skip
RESIDENTS = CASES | {
    "code": "from-residents", "name": "群众上报",
    "count": CASES["count"] | {"where": [{"column": "source", "value": "resident"}]},
}  # fmt: skip
GROWTH = {
    "code": "growing", "name": "增速", "unit": "percent", "every": "month",
    "function": "housing", "growth": {"of": "received"},
}  # fmt: skip
TOTAL = {
    "code": "both", "name": "合计", "unit": "cases", "every": "month", "function": "housing",
    "total": {"parts": [{"of": "received"}, {"of": "from-residents", "weight": 2.0}]},
}  # fmt: skip
INDICATORS = [CASES, RESIDENTS, SHARE, GROWTH, TOTAL, TOLD]
TARGET = {
    "code": "fewer", "name": "全年不少于一百件", "indicator": "received", "since": "2026-01",
    "by": "2026-12", "value": 100.0, "measure": "total",
}  # fmt: skip


@pytest.fixture
def town(db, tmp_path):
    from datetime import timedelta

    from linli.cases.intake import Report, receive

    small = SmallTown(tmp_path / "town")
    small.sections["indicator"] = INDICATORS
    small.sections["target"] = [TARGET]
    small.load()
    with clock.at(MORNING - timedelta(days=40)):
        receive([
            Report("西村一格路灯不亮了", category="lights", area="w1"),
            Report("东村二格垃圾堆着没人收", category="rubbish", area="e2", source="patrol"),
        ])  # fmt: skip
    with clock.at(MORNING):
        keeping.refresh_all()
        yield small


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_pages_answer_in_both_languages(town, enter, language):
    pages = ["/indicators/", "/indicators/received/rows/?period=2026-01"]
    pages += [f"/indicators/{one['code']}/" for one in INDICATORS]
    for path in pages:
        page = enter("leader", language).get(path)
        assert page.status_code == 200, path
        assert not ELSEWHERE.search(page.content)
        assert " style=" not in page.text
        assert enter("resident", language).get(path).status_code == 403


def test_a_value_leads_down_to_its_rows_and_areas(town, enter):
    page = enter("leader").get("/indicators/received/").text
    assert "Cases received" in page
    assert 'rows/?period=2026-01">2</a>' in page
    assert "?area=west" in page

    rows = enter("leader").get("/indicators/received/rows/?period=2026-01&area=west").text
    assert "路灯不亮" in rows
    assert "垃圾" not in rows
    half = enter("leader").get("/indicators/resident-share/?area=west").text
    assert "100.0" in half or ">100<" in half
    assert enter("leader").get("/indicators/told/rows/?period=2026").status_code == 404
    assert enter("leader").get("/indicators/received/rows/?period=x").status_code == 404


def test_rows_are_only_those_one_may_see(town, enter):
    rows = enter("builder").get("/indicators/received/rows/?period=2026-01").text

    assert "路灯不亮" in rows  # housing has it in hand
    assert enter("officer").get("/indicators/received/rows/?period=2026-01").text.count(
        "not yours to see"
    ) + enter("officer").get("/indicators/received/rows/?period=2026-01").text.count("None of")


def test_a_figure_is_entered_by_its_owner_with_a_source(town, enter):
    page = enter("builder").get("/indicators/told/").text
    assert "Enter a figure" in page
    assert "Enter a figure" not in enter("officer").get("/indicators/told/").text
    given = {"period": "2025", "value": "87.5", "source": "市统计局"}
    assert enter("officer").post("/indicators/told/enter/", given).status_code == 403
    assert enter("builder").post("/indicators/received/enter/", given).status_code == 403
    wrong = enter("builder").post("/indicators/told/enter/", given | {"period": "2025-01"})
    assert wrong.status_code == 422
    assert "is no year" in wrong.text

    assert enter("builder").post("/indicators/told/enter/", given).status_code == 302
    assert Figure.objects.get().value == 87.5
    page = enter("leader").get("/indicators/told/").text
    assert "市统计局" in page
    assert "88" in page


def test_the_cockpit_shows_the_pace(town, enter):
    page = enter("leader").get("/cockpit/").text
    assert "On the way to the targets" in page
    assert "全年不少于一百件" in page


PAGES = ["", "received/", "received/?area=west", "told/", "growing/", "both/",
         "received/rows/?period=2026-01"]  # fmt: skip


@pytest.mark.parametrize("path", [f"/indicators/{page}" for page in PAGES])
def test_a_page_asks_the_database_few_times(town, enter, django_assert_max_num_queries, path):
    client = enter("leader")
    client.get(path)
    with django_assert_max_num_queries(16):
        client.get(path)


def test_more_targets_and_areas_ask_no_more(town, enter, django_assert_max_num_queries):
    more = [TARGET | {"code": f"more-{n}", "value": 100.0 + n} for n in range(5)]
    town.sections["target"] = [TARGET, *more]
    town.load()
    client = enter("leader")
    for path in ("/indicators/", "/indicators/received/", "/indicators/received/?area=west"):
        client.get(path)
        with django_assert_max_num_queries(16):
            client.get(path)


def test_an_area_shows_what_falls_to_it_of_the_target_of_the_town(town, enter):
    # One case in the west and one in the east came in January; none the year before, so no part
    # of the hundred can be told. A share is to be the same everywhere.
    town.sections["target"] = [TARGET | {
        "code": "half", "name": "半数由群众上报", "indicator": "resident-share", "value": 50.0,
        "measure": "level", "since": "2026-01", "by": "2026-06",
    }]  # fmt: skip
    town.load()
    page = enter("leader").get("/indicators/resident-share/?area=west").text
    assert "to be reached in each area" in page
    assert "50 %" in page
    whole = enter("leader").get("/indicators/resident-share/").text
    assert whole.count('class="light') > 1  # beside each area


def test_a_figure_that_is_entered_again_is_revised_and_the_earlier_one_stays(town, enter):
    client = enter("builder")
    for value, source in (("87.5", "市统计局"), ("88.5", "市统计局修订")):
        given = {"period": "2025", "value": value, "source": source}
        assert client.post("/indicators/told/enter/", given).status_code == 302
    page = enter("leader").get("/indicators/told/").text
    assert "replaced" in page
    assert "市统计局修订" in page
    assert "Revised" in page and "Rows changed" in page
