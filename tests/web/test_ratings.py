"""Two-way monthly ratings on the phone, and appeals ruled on in one place."""

import re

import pytest

from linli import clock
from linli.cases import loop
from linli.scores.models import Rating
from linli.scores.ratings import DIMENSIONS
from tests.cases.conftest import MORNING, tell
from tests.small_town import person
from tests.web.conftest import photo
from tests.web.test_pages import ELSEWHERE, LANGUAGES

GRID, ORGANISATION = Rating.Side.GRID, Rating.Side.ORGANISATION
PATH = "/ratings/2026-03/grid/w1/enforcement/"


@pytest.fixture
def case(town):
    with clock.at(MORNING):
        case = tell("桥上摆摊占道", reporter=person("resident"))
        loop.act(case, "accept", person("officer"))
        loop.act(case, "resolve", person("officer"), reply="好了", evidence=[photo()])
        yield case


def marks(score=2):
    return {name: str(score) for name in DIMENSIONS[GRID]}


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_pages_answer_in_both_languages(case, enter, language):
    enter("worker").post(PATH, marks())
    for role in ("worker", "head", "supervisor", "leader"):
        for path in ("/ratings/?month=2026-03", "/appeals/"):
            page = enter(role, language).get(path)
            assert page.status_code == 200
            assert not ELSEWHERE.search(page.content)
            assert " style=" not in page.text
    assert enter("resident").get("/ratings/").status_code == 403
    assert enter("resident").get("/appeals/").status_code == 403


def test_a_lead_rates_the_department_with_the_months_facts_beside(case, enter):
    client = enter("worker")
    page = client.get("/ratings/?month=2026-03").text
    assert f'href="{PATH}"' in page
    assert "1 case together" in page
    assert "<dd>1</dd>" in client.get(PATH).text

    assert client.post(PATH, marks() | {"comment": "等了一周"}).status_code == 302

    rating = Rating.objects.get()
    assert (rating.side, set(rating.scores.values())) == (GRID, {2})
    page = client.get("/ratings/?month=2026-03").text
    assert re.search(r"1 of \d+ given", page)


def test_whoever_does_not_speak_for_a_side_is_refused(case, enter):
    client = enter("officer")

    assert client.get(PATH).status_code == 403
    assert client.post(PATH, marks()).status_code == 403
    assert not Rating.objects.exists()


def test_the_rated_side_reads_it_unsigned_and_appeals(case, enter):
    enter("worker").post(PATH, marks() | {"comment": "态度恶劣"})
    page = enter("head").get("/ratings/?month=2026-03").text
    assert "态度恶劣" in page
    assert "Lu Chunyan" not in page
    rating = Rating.objects.get()

    enter("head").post(f"/ratings/{rating.pk}/appeal/", {"reason": "无中生有"})
    assert "无中生有" in enter("supervisor").get("/appeals/").text
    assert enter("officer").post(f"/appeals/{rating.pk}/", {"upheld": "yes"}).status_code == 404
    enter("supervisor").post(f"/appeals/{rating.pk}/", {"upheld": "yes", "reason": "查无实据"})

    rating.refresh_from_db()
    assert rating.appeal == "upheld"
    assert "查无实据" in enter("head").get("/appeals/").text


def test_appeals_against_ratings_of_cases_stand_on_the_same_page(case, enter):
    loop.act(case, "evaluate", person("resident"), satisfied=False)
    loop.act(case, "appeal", person("head"), reason="超出职权")

    assert case.title in enter("supervisor").get("/appeals/").text
    loop.act(case, "rule_on_appeal", person("supervisor"), upheld=True, reason="属实")
    assert case.title in enter("supervisor").get("/appeals/").text.split('id="past"')[1]


@pytest.mark.parametrize("role", ["worker", "head", "supervisor"])
def test_more_pairs_ask_the_database_no_more(case, enter, django_assert_max_num_queries, role):
    client = enter(role)
    client.get("/ratings/?month=2026-03")
    with django_assert_max_num_queries(40) as few:
        client.get("/ratings/?month=2026-03")
    for place, category in (("w2", "stalls"), ("e1", "stalls"), ("w1", "lights")):
        tell(f"{place}坏了{place * 6}", category=category, area=place, lon=None, lat=None)

    with django_assert_max_num_queries(40) as many:
        client.get("/ratings/?month=2026-03")
    assert len(many) == len(few)
