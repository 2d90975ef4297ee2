"""The steward's pages: one card at a time, deliberations, services and bookings."""

import re
from random import Random

import pytest

from linli import clock
from linli.cases import loop
from linli.cases.models import Case, Category
from linli.stewards.bookings import book, slots
from linli.stewards.deliberations import live_in, propose
from linli.stewards.models import Booking, Offer
from tests.cases.conftest import MORNING, tell
from tests.small_town import SmallTown, area, organisation, person
from tests.stewards.conftest import LESSONS, REPAIR, THURSDAY, deliberated
from tests.web.test_pages import ELSEWHERE, LANGUAGES


@pytest.fixture
def town(db, tmp_path):
    small = SmallTown(tmp_path / "town")
    small.services = [dict(LESSONS), dict(REPAIR)]
    small.load()
    with clock.at(MORNING):
        yield small


def unlike(seed):
    """Make up a title that no other resembles."""
    words = Random(str(seed))
    return "".join(chr(words.randrange(0x4E00, 0x9000)) for _ in range(16))


def unsorted(n=1):
    return [
        tell(unlike(Case.objects.count()), category=None, area="w1", lon=None, lat=None)
        for _ in range(n)
    ]


HX = {"HX-Request": "true"}


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_pages_answer_in_both_languages_and_load_nothing_from_elsewhere(town, enter, language):
    unsorted()
    row = deliberated()
    live_in(area("w1"), person("steward"))
    booking = book(Offer.objects.get(code="lessons"), area("w1"), THURSDAY, person("steward"))
    client = enter("steward", language)

    for path in ("/steward/", "/deliberations/", f"/deliberations/{row.pk}/", "/services/",
                 "/services/lessons/", "/services/bookings/",
                 f"/services/bookings/{booking.pk}/"):  # fmt: skip
        page = client.get(path)
        assert page.status_code == 200, path
        assert not ELSEWHERE.search(page.content), path
        assert " style=" not in page.text
        assert not re.search(r"<script(?![^>]*\ssrc=)|<style|\son\w+=", page.text)


def test_the_desk_is_for_stewards(town, enter):
    assert enter("resident").get("/steward/").status_code == 403
    assert enter("leader").get("/steward/").status_code == 403


def test_a_tap_asks_once_and_the_confirmation_brings_the_next_card(town, enter):
    first, second = unsorted(2)
    client = enter("steward")

    asked = client.get(f"/steward/{first.code}/?kind=neighbourhood", headers=HX).text
    assert "Confirm" in asked
    assert Case.objects.get(pk=first.pk).state == "reported"
    answer = client.post(f"/steward/{first.code}/", {"triage": "neighbourhood"}, headers=HX).text

    assert Case.objects.get(pk=first.pk).triage == "neighbourhood"
    assert second.title in answer
    assert first.title not in answer
    assert "<html" not in answer


def test_a_public_matter_says_where_it_will_go_before_it_goes(town, enter):
    (case,) = unsorted()
    client = enter("steward")

    order = Category.objects.get(code="order")
    Case.objects.filter(pk=case.pk).update(category=order)

    asked = client.get(f"/steward/{case.code}/?kind=public").text
    assert "It goes to West village and Enforcement at once." in asked
    answer = client.post(f"/steward/{case.code}/", {"triage": "public", "category": order.pk})

    assert answer.status_code == 302
    assert Case.objects.get(pk=case.pk).state == "dispatched"


def test_what_is_missing_for_a_public_matter_is_said_on_the_card(town, enter):
    (case,) = unsorted()

    answer = enter("steward").post(f"/steward/{case.code}/", {"triage": "public"}, headers=HX)

    assert answer.status_code == 422
    assert "needs a category and a place" in answer.text


def test_later_shows_the_next_one_and_loses_nothing(town, enter):
    first, second = unsorted(2)

    page = enter("steward").get("/steward/", {"after": first.pk}).text

    assert second.title in page
    assert first.title in enter("steward").get("/steward/", {"after": second.pk}).text


def test_a_resident_supports_a_proposal_on_the_page(town, enter):
    row = deliberated()
    propose(row, person("steward"), "划线停车")
    client = enter("resident")
    assert client.get(f"/deliberations/{row.pk}/").status_code == 404

    client.post("/services/home/", {"grid": "西村一格", "next": "deliberations"})
    page = client.get(f"/deliberations/{row.pk}/").text
    action = re.search(r'action="(/deliberations/support/\d+/)"', page)[1]
    client.post(action)

    assert "1 supporter" in client.get(f"/deliberations/{row.pk}/").text
    assert "楼下停车天天吵" not in page


def test_a_steward_leads_a_deliberation_to_its_end(town, enter):
    row = deliberated()
    client, path = enter("steward"), f"/deliberations/{row.pk}/"
    client.post(path, {"add": "proposal", "text": "划线停车"})
    proposal = row.proposals.get()
    client.post(path, {"add": "meeting", "minutes": "都到了", "households": "12",
                       f"favour-{proposal.pk}": "10", f"against-{proposal.pk}": "2"})  # fmt: skip
    client.post(path, {"add": "follow_up", "what": "划线", "who": "物业", "by": "2026-03-20"})

    page = client.get(path).text
    assert "<b>10</b> for" in page
    assert "物业" in page
    client.post(f"/cases/{row.case.code}/settle/", {"reply": "划线停车"})
    assert "Settled by the residents" in client.get(path).text


def test_a_resident_books_on_the_phone_and_the_steward_confirms(town, enter):
    client = enter("resident")
    assert "First, where you live" in client.get("/services/lessons/").text
    client.post("/services/home/", {"grid": "西村一格"})
    page = client.get("/services/lessons/").text
    time = re.search(r'name="starts_at" value="([^"]+)"', page)[1]

    assert client.post("/services/lessons/", {"starts_at": time}).status_code == 302

    booking = Booking.objects.get()
    assert enter("builder").get(f"/services/bookings/{booking.pk}/").status_code == 404
    enter("steward").post(f"/services/bookings/{booking.pk}/confirm/")
    assert "Confirmed" in client.get(f"/services/bookings/{booking.pk}/").text


def test_a_service_that_comes_home_asks_where_to(town, enter):
    client = enter("resident")
    client.post("/services/home/", {"grid": "西村一格"})
    page = client.get("/services/repair/").text
    time = re.search(r'name="starts_at" value="([^"]+)"', page)[1]

    answer = client.post("/services/repair/", {"starts_at": time})

    assert answer.status_code == 422
    assert not Booking.objects.exists()


@pytest.mark.parametrize("path", ["/steward/", "/deliberations/", "/services/bookings/"])
def test_more_rows_ask_the_database_no_more(town, enter, django_assert_max_num_queries, path):
    client = enter("steward")
    lessons = Offer.objects.get(code="lessons")

    def more(names, hour):
        for name in names:
            case = tell(unlike(name), category="neighbours")
            loop.act(case, "triage", person("steward"), triage="neighbourhood")
            if hour:
                loop.act(case, "deliberate", person("steward"), question=name, venue="室",
                         meets_at=MORNING)  # fmt: skip
        free = [s.starts_at for s in slots(lessons, organisation("westteam")) if s.free]
        for at, name in zip(free, names, strict=False):
            book(lessons, area("w1"), at, person(name))
        unsorted(len(names))

    more(["resident"], 1)
    more(["officer"], 0)
    client.get(path)
    with django_assert_max_num_queries(60) as few:
        assert client.get(path).status_code == 200
    more(["elder", "head", "worker", "builder"], 1)
    more(["warden", "leader"], 0)

    with django_assert_max_num_queries(60) as many:
        client.get(path)

    assert len(many) == len(few)
