"""Three-way triage with a thumb on the phone, and by keyboard on a desk."""

import pytest
from playwright.sync_api import expect

from linli.cases.models import Case
from tests.cases.conftest import tell
from tests.small_town import SmallTown, person
from tests.web.browsers import DESK, IN_A_BROWSER, PASSWORD, PHONE, PLAIN, People, fits, started

pytestmark = IN_A_BROWSER


@pytest.fixture
def browser():
    yield from started(PLAIN)


@pytest.fixture
def town(transactional_db, tmp_path):
    small = SmallTown(tmp_path / "town")
    small.load()
    steward = person("steward")
    steward.set_password(PASSWORD)
    steward.save()
    for title in ("楼上天天吵人睡不着", "想问优待证怎么办", "桥头的灯坏了三天"):
        tell(title, category=None, area="w1", lon=None, lat=None)
    Case.objects.update(suggestions=[])
    return small


def test_the_cards_are_sorted_with_a_thumb(browser, live_server, town):
    people = People(browser, live_server.url)
    page = people.enter("steward", PHONE)
    page.goto(f"{live_server.url}/steward/")
    fits(page)
    expect(page.get_by_role("heading", name="楼上天天吵人睡不着")).to_be_visible()
    for button in page.locator(".kind").all():
        assert button.bounding_box()["height"] >= 44

    page.locator(".kind", has_text="邻里事").click()
    expect(page.get_by_role("button", name="确认")).to_be_visible()
    assert Case.objects.filter(triage="neighbourhood").count() == 0
    fits(page)
    page.get_by_role("button", name="确认").click()

    expect(page.get_by_role("heading", name="想问优待证怎么办")).to_be_visible()
    assert Case.objects.get(triage="neighbourhood").title == "楼上天天吵人睡不着"
    assert page.url.endswith("/steward/")
    assert people.complaints == []


def test_the_cards_are_sorted_by_keyboard(browser, live_server, town):
    people = People(browser, live_server.url)
    page = people.enter("steward", DESK)
    page.goto(f"{live_server.url}/steward/")

    page.keyboard.press("1")
    expect(page.get_by_role("button", name="确认")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.locator(".kind").first).to_be_visible()
    page.keyboard.press("1")
    expect(page.get_by_role("button", name="确认")).to_be_visible()
    page.keyboard.press("Enter")

    expect(page.get_by_role("heading", name="想问优待证怎么办")).to_be_visible()
    assert Case.objects.get(triage="private").title == "楼上天天吵人睡不着"
    assert people.complaints == []
