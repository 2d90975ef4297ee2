"""The front door: open to everybody, the roles of a demonstration only in one, and the tour."""

import pytest
from django.test import Client

from linli import background
from linli.cases import loop
from linli.cases.intake import Report, receive
from linli.cases.models import Case, Evidence
from linli.people.models import User
from linli.web.tour import STOPS
from tests.small_town import area, organisation, person
from tests.web.conftest import photo


@pytest.fixture
def demo(settings, town):
    settings.DEMO = True
    User.objects.update(is_demo=True)
    return town


@pytest.fixture
def english():
    return Client(headers={"accept-language": "en"})


def test_a_stranger_learns_what_this_is_and_can_report(town, english):
    page = english.get("/").content.decode()

    assert "Five doubles" in page
    assert "/report/" in page
    assert "Look around as" not in page


def test_whoever_is_signed_in_finds_their_work_at_the_door(town, enter):
    assert "My work" in enter("officer").get("/").content.decode()


def test_a_visitor_of_the_demonstration_enters_as_a_role_with_one_tap(demo, english):
    assert "Look around as" in english.get("/").content.decode()

    assert english.post("/enter/leader/").headers["location"] == "/cockpit/"
    assert int(english.session["_auth_user_id"]) == person("leader").pk
    assert english.post("/enter/officer/", {"next": "/cases/"}).headers["location"] == "/cases/"
    elsewhere = english.post("/enter/officer/", {"next": "https://elsewhere.example/"})
    assert elsewhere.headers["location"] == "/"


def test_nobody_enters_without_a_password_outside_a_demonstration(town, settings, english):
    User.objects.filter(username="leader").update(is_demo=True)
    assert english.post("/enter/leader/").status_code == 404

    settings.DEMO = True
    assert english.post("/enter/officer/").status_code == 404, "no demo account"
    assert english.get("/enter/leader/").status_code == 405
    assert "_auth_user_id" not in english.session


def through_the_loop() -> Case:
    told = Report("桥上摆摊占道", area="w1", category="stalls", reporter=person("resident"))
    case = receive([told])[0].case
    loop.act(case, "return", person("head"), reason="应由建设办负责")
    loop.act(
        case, "rule", person("dispatcher"),
        organisation=organisation("housing"), reason="桥归建设办管",
    )  # fmt: skip
    loop.act(case, "accept", person("builder"))
    case = Case.objects.get(pk=case.pk)
    case.category.evidence = []
    case.category.save()
    loop.act(case, "resolve", person("builder"), reply="已劝离摊贩。", evidence=[photo()])
    loop.act(case, "verify", person("supervisor"))
    loop.act(case, "evaluate", person("resident"), satisfied=True)
    return case


def test_the_tour_follows_one_real_case_from_report_to_league(demo, english):
    case = through_the_loop()
    receive([Report("又有人在桥上摆摊", area="w1", category="stalls")])
    background.once()

    pages = [english.get(f"/tour/{n}/").content.decode() for n in range(1, len(STOPS) + 1)]

    assert all(case.code in page for page in pages)
    assert "桥上摆摊占道" in pages[0]
    assert str(area("w1")) in pages[1]
    assert "应由建设办负责" in pages[3]
    assert "1 case like it went to" in pages[3], "the second one followed the ruling"
    assert "已劝离摊贩。" in pages[4]
    assert "rated it: satisfied" in pages[5]
    assert str(organisation("housing")) in pages[6]


def test_there_is_no_tour_outside_a_demonstration_nor_past_its_end(demo, settings, english):
    assert "No case has come that far yet" in english.get("/tour/").content.decode()
    assert english.get(f"/tour/{len(STOPS) + 1}/").status_code == 404
    settings.DEMO = False
    assert english.get("/tour/").status_code == 404


def test_who_follows_the_tour_sees_its_photos_and_no_others(demo, settings, english):
    case = through_the_loop()
    other = receive([Report("桥头垃圾", area="w1", category="rubbish", evidence=[photo()])])[0].case
    told, kept = (Evidence.objects.get(case=one) for one in (case, other))

    assert f"/tour/photo/{told.pk}/small/" in english.get("/tour/5/").content.decode()
    assert english.get(f"/tour/photo/{told.pk}/small/").status_code == 200
    assert english.get(f"/tour/photo/{kept.pk}/small/").status_code == 404
    settings.DEMO = False
    assert english.get(f"/tour/photo/{told.pk}/small/").status_code == 404
