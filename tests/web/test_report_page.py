"""Reporting: what the page answers while one types, and what keeps it from being misused."""

import re
import tomllib
from pathlib import Path

import pytest
from django.test import Client

from linli.cases.models import Case, Category
from linli.cases.models import Report as Told
from tests.cases.conftest import tell
from tests.small_town import category, person
from tests.web.conftest import photo

pytestmark = pytest.mark.usefixtures("town")
PACKS = Path(__file__).parents[2] / "src/linli/packs"
HERE = {"lon": "121.005", "lat": "30.705"}


@pytest.fixture
def visitor(town):
    return Client(headers={"accept-language": "en"})


def test_the_category_is_suggested_as_one_types_and_never_chosen(visitor):
    answer = visitor.post("/report/already/", {"title": "桥边的路灯坏了，晚上一片漆黑"})

    chips = re.findall(r'data-category="(\d+)"', answer.text)
    assert chips[0] == str(category("lights").pk)
    assert len(chips) <= 3
    assert "<html" not in answer.text


def test_what_only_software_raises_is_not_offered_to_people(visitor):
    lights = category("lights")
    told = {"title": "桥边的路灯坏了，晚上一片漆黑", "body": ""}
    assert f'value="{lights.pk}"' in visitor.get("/report/").text
    Category.objects.filter(pk=lights.pk).update(automatic=True)

    assert f'value="{lights.pk}"' not in visitor.get("/report/").text
    assert f'data-category="{lights.pk}"' not in visitor.post("/report/already/", told).text
    sent = visitor.post("/report/", told | HERE | {"category": lights.pk})
    assert sent.status_code == 422


def test_the_packs_say_which_only_software_raises(town):
    told = {
        entry["code"]
        for file in PACKS.glob("*.toml")
        for entry in tomllib.loads(file.read_text("utf-8")).get("category", ())
        if entry.get("automatic")
    }
    assert told >= {"programme-late", "indicator-behind", "remediation-stalled",
                    "remediation-late"}  # fmt: skip


def test_nothing_typed_nothing_said(visitor):
    assert visitor.post("/report/already/", {}).text.strip() == ""
    assert visitor.get("/report/already/").status_code == 405


def test_what_is_known_here_is_shown_without_what_others_wrote(visitor):
    case = tell("桥上摆摊占道，王小明家的电动车过不去", author="王小明", contact="138")

    answer = visitor.post("/report/already/", {"title": "桥上摆摊占道，电动车过不去", **HERE})

    assert "Reported here already" in answer.text
    assert str(case.category) in answer.text
    assert f'value="{case.code}"' in answer.text
    for private in ("王小明", "138", case.title):
        assert private not in answer.text


def test_i_met_with_that_too_follows_the_case(visitor):
    case = tell("桥上摆摊占道，电动车过不去")

    sent = visitor.post(
        "/report/", {"title": "桥头的摊位又来了，过不去", "category": category("stalls").pk,
                     "follows": case.code, **HERE}
    )  # fmt: skip

    assert Case.objects.count() == 1
    assert case.reports.count() == 2
    assert case.code not in visitor.get(sent["Location"]).text


def test_only_what_was_offered_can_be_followed(visitor):
    far = tell("田里路灯坏了", category="lights", lon=121.03, lat=30.735)

    visitor.post("/report/", {"title": "桥头的摊位又来了", "follows": far.code, **HERE})

    assert far.reports.count() == 1
    assert Case.objects.count() == 2


def test_a_visitor_sends_a_few_photos_and_no_more(visitor):
    few = {"title": "桥头垃圾成堆", "area": "西村一格", "evidence": [photo(), photo("b.png")]}
    visitor.post("/report/", few)
    assert Told.objects.get().case.evidence.count() == 2

    many = few | {"title": "另一件事没人管", "evidence": [photo(f"{n}.png") for n in range(4)]}
    answer = visitor.post("/report/", many)

    assert answer.status_code == 422
    assert "At most 3 files" in answer.text
    assert Told.objects.count() == 1


def test_a_field_nobody_sees_catches_machines(visitor):
    answer = visitor.post("/report/", {"title": "便宜发票", "website": "http://spam.example"})

    assert answer.status_code == 422
    assert not Case.objects.exists()


def test_one_address_reports_only_so_often_without_an_account(visitor, enter, settings):
    answers = [
        visitor.post("/report/", {"title": "x" * 201}).status_code
        for _ in range(settings.GUESTS_REPORTS_AN_HOUR + 1)
    ]

    assert set(answers[:-1]) == {422}
    assert answers[-1] == 429
    client = enter("resident")
    assert client.post("/report/", {"title": "桥头垃圾成堆"}).status_code == 302
    assert visitor.get("/report/").status_code == 200


def test_whoever_sees_the_case_sees_its_title(enter):
    case = tell("桥上摆摊占道，电动车过不去", reporter=person("resident"))

    shown = enter("resident").post("/report/already/", {"title": case.title, **HERE})

    assert case.title in shown.text
