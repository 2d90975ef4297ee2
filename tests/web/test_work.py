"""My work: what waits, how much of it, and one tap to take it on."""

import re

import pytest

from linli.cases import loop
from linli.cases.models import Case, State
from linli.cases.mywork import counts, work
from linli.cases.waiting import PILES, SIGHTS
from linli.people.scope import scope
from tests.cases.conftest import tell
from tests.small_town import PEOPLE, organisation, person

pytestmark = pytest.mark.usefixtures("town")
ROLES = [row[0] for row in PEOPLE]


@pytest.fixture
def much():
    """Leave a case in every pile."""
    tell("桥头占道", reporter=person("resident"))
    returned = tell("桥上摆摊卖菜")
    loop.act(returned, "return", person("head"), reason="不归我们")
    accepted = tell("桥下垃圾成堆", category="rubbish", reporter=person("resident"))
    loop.act(accepted, "accept", person("warden"))
    loop.act(accepted, "join", person("dispatcher"), organisation=organisation("enforcement"),
             reason="要一起办")  # fmt: skip
    longer = tell("田里路灯坏了", category="lights", lon=121.03, lat=30.735)
    loop.act(longer, "accept", person("builder"))
    loop.act(longer, "ask_extension", person("builder"), days=2, reason="等备件")
    solved = tell("桥东路灯不亮", category="lights", reporter=person("resident"))
    loop.act(solved, "accept", person("builder"))
    loop.act(solved, "resolve", person("builder"), reply="已修好")
    bad = tell("西边路灯一直闪", category="lights", reporter=person("resident"))
    loop.act(bad, "accept", person("builder"))
    loop.act(bad, "resolve", person("builder"), reply="已修好")
    loop.act(bad, "evaluate", person("resident"), satisfied=False)
    loop.act(bad, "appeal", person("builder"), reason="与评价无关")
    tell("楼上吵人睡不着", category="neighbours")
    tell("不知道该找谁问", category=None)


@pytest.mark.parametrize("role", ROLES)
def test_counting_at_once_gives_what_each_pile_holds(much, role):
    sight = scope(person(role))
    found = counts(sight)

    assert found == {
        name: sight.of(Case).filter(pile.of(sight)).count()
        for name, pile in (PILES | SIGHTS).items()
        if name != "ended"
    }


def test_every_pile_is_somebodys(much):
    waiting = {name for role in ROLES for name, n in counts(scope(person(role))).items() if n}

    assert {"rule", "accept", "join", "triage", "extension", "verify", "appeal", "rate"} <= waiting


@pytest.mark.parametrize("role", ROLES)
def test_what_waits_asks_no_more_the_more_there_is_of_it(much, role, django_assert_max_num_queries):
    sight = scope(person(role))
    _ = sight.memberships, sight.led_areas
    with django_assert_max_num_queries(20) as few:
        work(sight)
    for n in range(30):
        tell(f"{chr(0x5000 + 7 * n) * 3}第{n}处摊位{chr(0x6000 + 11 * n) * 4}")
    with django_assert_max_num_queries(20) as many:
        work(sight)

    assert len(many) == len(few)


def test_a_case_is_accepted_with_one_tap(enter):
    case = tell("桥头占道")
    client = enter("officer")
    assert f'action="/work/{case.code}/accept/"' in client.get("/").text

    assert client.post(f"/work/{case.code}/accept/")["Location"] == "/"

    case.refresh_from_db()
    assert case.state == State.ACCEPTED
    assert "Done: Accept." in client.get("/").text


def test_htmx_gets_what_waits_now_instead_of_a_page(enter):
    case = tell("桥头占道")

    part = enter("officer").post(f"/work/{case.code}/accept/", headers={"hx-request": "true"})

    assert "<html" not in part.text
    assert "Done: Accept." in part.text
    assert re.search(r"\?waiting=resolve\"><b>1</b>", part.text)


def test_what_needs_more_than_a_tap_is_not_taken_on_with_one(enter):
    case = tell("桥头占道")
    loop.act(case, "accept", person("officer"))
    client = enter("officer")

    assert "/resolve/" not in client.get("/").text
    assert client.post(f"/work/{case.code}/resolve/").status_code == 404
    assert client.post(f"/work/{case.code}/nothing/").status_code == 404


def test_nobody_takes_on_what_is_not_theirs(enter):
    case = tell("桥头占道")

    assert enter("builder").post(f"/work/{case.code}/accept/").status_code == 404
    enter("leader").post(f"/work/{case.code}/rate/")
    case.refresh_from_db()
    assert case.state == State.DISPATCHED
    refused = enter("leader").post(f"/work/{case.code}/extension/", follow=True)
    assert "You may not do this with this case." in refused.text


def test_a_reporter_rates_with_one_tap(enter, much):
    case = Case.objects.get(title="桥东路灯不亮")

    enter("resident").post(f"/work/{case.code}/rate/")

    case.refresh_from_db()
    assert case.satisfied is True
