"""The receipt: a code, a way to photograph it, how far the case has come, and a say in it."""

import pytest
from django.test import Client

from linli import clock
from linli.cases import loop
from linli.cases.models import Report, State
from tests.cases.conftest import MORNING, tell
from tests.small_town import person
from tests.web.conftest import photo

pytestmark = pytest.mark.usefixtures("town")


@pytest.fixture
def visitor(town):
    return Client(headers={"accept-language": "en"})


def resolved(**told):
    case = tell("桥头垃圾成堆", category="rubbish", **told)
    loop.act(case, "accept", person("warden"))
    return loop.act(
        case, "resolve", person("warden"), reply="已经清运完毕", evidence=[photo("after.png")]
    )


def code_of(case):
    return Report.objects.filter(case=case).first().receipt


def test_the_code_comes_as_a_picture_from_our_own_host(visitor):
    code = code_of(tell("桥上摆摊占道"))

    page = visitor.get(f"/receipt/{code}/").text
    drawing = visitor.get(f"/receipt/{code}/qr.svg")

    assert f'src="/receipt/{code}/qr.svg"' in page
    assert drawing["Content-Type"] == "image/svg+xml"
    assert drawing.content.startswith(b"<?xml")
    assert visitor.get("/receipt/000000000000/qr.svg").status_code == 404


def test_the_line_says_what_comes_next_and_by_when(visitor):
    with clock.at(MORNING):
        code = code_of(tell("桥上摆摊占道"))
        page = visitor.get(f"/receipt/{code}/").text

    assert page.count('<li class="done">') == 2
    assert 'aria-current="step"><b>Acceptance</b>' in page
    assert "Next: Acceptance, by 2026-03-10 11:00." in page


def test_a_neighbourhood_matter_has_a_shorter_line(visitor):
    case = tell("楼上吵人", category="neighbours")
    loop.act(case, "triage", person("steward"), triage="neighbourhood")

    page = visitor.get(f"/receipt/{code_of(case)}/").text

    assert "Handover" not in page.split('class="line"')[1].split("</ol>")[0]


def test_the_code_alone_rates_and_nobody_is_named(visitor):
    case = resolved(author="林女士", contact="139")
    code = code_of(case)
    assert "form-evaluate" in visitor.get(f"/receipt/{code}/").text

    answer = visitor.post(f"/receipt/{code}/evaluate/", {"satisfied": "yes", "comment": "谢谢"})

    assert answer["Location"] == f"/receipt/{code}/"
    case.refresh_from_db()
    assert case.satisfied is True
    page = visitor.get(f"/receipt/{code}/").text
    assert "It was rated: satisfied." in page
    assert "form-evaluate" not in page
    told = Client(headers={"accept-language": "en"})
    told.force_login(person("supervisor"))
    assert "The reporter rated it: satisfied." in told.get(f"/cases/{case.code}/").text


def test_not_satisfied_sends_it_back(visitor):
    case = resolved()

    visitor.post(f"/receipt/{code_of(case)}/evaluate/", {"satisfied": "no", "comment": "还在"})

    case.refresh_from_db()
    assert case.state == State.REOPENED


def test_what_is_missing_is_said_and_what_is_not_theirs_refused(visitor):
    case = resolved()
    code = code_of(case)

    assert visitor.post(f"/receipt/{code}/evaluate/", {}).status_code == 422
    assert visitor.post(f"/receipt/{code}/reopen/", {}).status_code == 422
    assert visitor.post(f"/receipt/{code}/vanish/", {}).status_code == 404
    assert visitor.get(f"/receipt/{code}/evaluate/").status_code == 405
    case.refresh_from_db()
    assert case.state == State.RESOLVED


def test_somebody_with_an_account_signs_in_to_rate(visitor):
    case = resolved(reporter=person("resident"))

    page = visitor.get(f"/receipt/{code_of(case)}/").text

    assert "form-evaluate" not in page
    assert "To rate, sign in" in page


def test_the_photo_of_the_answer_is_shown_and_no_other(visitor):
    case = resolved(evidence=[photo("before.png")])
    code = code_of(case)
    before, after = case.evidence.order_by("id")

    shown = visitor.get(f"/receipt/{code}/photo/{after.pk}/small/")

    assert shown["Content-Type"] == "image/webp"
    assert f"/photo/{after.pk}/" in visitor.get(f"/receipt/{code}/").text
    assert visitor.get(f"/receipt/{code}/photo/{before.pk}/small/").status_code == 404
    other = code_of(tell("田里路灯坏了", category="lights", lon=121.03, lat=30.735))
    assert visitor.get(f"/receipt/{other}/photo/{after.pk}/small/").status_code == 404


def test_what_somebody_adds_reaches_the_case(visitor, enter):
    case = tell("桥上摆摊占道")

    visitor.post(f"/receipt/{code_of(case)}/add/", {"text": "今天又多了两摊"})

    page = enter("officer").get(f"/cases/{case.code}/").text
    assert "The reporter said more about it." in page
    assert "今天又多了两摊" in page
