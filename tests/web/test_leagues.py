"""The league page: kept tables, periods, reasons, and the way to the cases."""

import re

import pytest

from linli.cases import loop
from linli.scores import tallies
from linli.scores.models import KeptLeague
from tests.cases.conftest import tell
from tests.small_town import person
from tests.web.conftest import photo


def handled(n=2):
    for i in range(n):
        case = tell(f"桥上{chr(0x4E00 + 53 * i) * 6}摊位占道", category="stalls",
                    reporter=person("resident"))  # fmt: skip
        loop.act(case, "accept", person("officer"))
        loop.act(case, "resolve", person("officer"), reply="好了", evidence=[photo()])
    tallies.fold()


def test_a_standing_says_why_and_leads_to_its_cases(town, enter):
    handled()
    client = enter("leader")
    page = client.get("/leagues/?contest=departments").text
    assert "Enforcement" in page

    why = re.search(r'hx-get="(/leagues/why/[^"]+)"', page)[1].replace("&amp;", "&")
    part = client.get(why, headers={"HX-Request": "true"}).text
    assert "<html" not in part
    assert "What we believe" in part
    assert "<html" in client.get(why).text
    figure = re.search(r'href="(/leagues/cases/[^"]+measure=response)"', page)[1]
    assert client.get(figure.replace("&amp;", "&")).status_code == 200


def test_the_periods_lead_to_each_other(town, enter):
    handled()
    page = enter("leader").get("/leagues/?contest=departments&period=2020Q1").text

    assert "period=2019Q4" in page
    assert "period=2020Q2" in page
    assert "period=2020&amp;" in page or "period=2020&quot;" in page or 'period=2020"' in page


def test_reasons_are_for_those_who_work_for_the_town(town, enter):
    assert enter("resident").get("/leagues/why/?unit=housing").status_code == 403
    assert enter("leader").get("/leagues/why/?unit=nobody").status_code == 404


@pytest.mark.parametrize("contest", ["grids", "departments"])
def test_a_longer_table_asks_the_database_no_more(
    town, enter, django_assert_max_num_queries, contest
):
    handled(1)
    client, path = enter("leader"), f"/leagues/?contest={contest}"
    client.get(path)
    with django_assert_max_num_queries(40) as few:
        client.get(path)
    for where, category in (("e1", "lights"), ("w2", "lights"), ("e2", "stalls")):
        case = tell(f"{where}坏了{where * 8}", category=category, area=where, lon=None, lat=None)
        who = person("builder" if category == "lights" else "officer")
        loop.act(case, "accept", who)
    tallies.fold()
    KeptLeague.objects.all().delete()
    client.get(path)

    with django_assert_max_num_queries(40) as many:
        client.get(path)
    assert len(many) == len(few)
