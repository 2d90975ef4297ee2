"""The dispatcher's desk without a mouse, and the list without a reload, in a real browser."""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, expect

from linli.cases import loop
from linli.cases.models import Case, State
from tests.cases.conftest import tell
from tests.small_town import SmallTown, organisation, person
from tests.web.browsers import (
    DESK,
    IN_A_BROWSER,
    PHONE,
    PLAIN,
    People,
    fits,
    started,
    with_password,
)

pytestmark = IN_A_BROWSER


@pytest.fixture
def town(transactional_db, tmp_path) -> SmallTown:
    small = SmallTown(tmp_path / "town")
    small.load()
    with_password("dispatcher")
    return small


@pytest.fixture
def browser() -> Iterator[Browser]:
    yield from started(PLAIN)


def _unsure(title: str) -> Case:
    case = tell(title, category=None)
    Case.objects.filter(pk=case.pk).update(
        category=None, state=State.REPORTED, suggestions=[["lights", 0.44], ["stalls", 0.31]]
    )
    return Case.objects.get(pk=case.pk)


@pytest.fixture
def dispatcher(browser, live_server, town):
    return People(browser, live_server.url)


def test_a_dispatcher_works_the_desk_by_keyboard_alone(dispatcher, live_server):
    one, two = _unsure("第一件说不清的事情"), _unsure("另外一桩糊涂官司在这里")
    returned = tell("桥上摆摊占道")
    loop.act(returned, "return", person("head"), reason="桥面不归我们")
    page = dispatcher.enter("dispatcher", DESK)
    page.goto(f"{live_server.url}/desk/?queue=unsure")
    keyboard = page.keyboard

    keyboard.press("?")
    expect(page.get_by_role("dialog")).to_be_visible()
    keyboard.press("j")
    keyboard.press("Escape")
    expect(page.get_by_role("dialog")).not_to_be_visible()

    keyboard.press("j")
    expect(page.locator("#panel h2")).to_have_text(two.title)
    assert two.code in page.url
    keyboard.press("k")
    expect(page.locator("#panel h2")).to_have_text(one.title)
    keyboard.press("1")
    expect(page.get_by_text("第一件说不清的事情 · 已完成：分流。")).to_be_visible()
    expect(page.locator("#panel h2")).to_have_text(two.title)

    keyboard.press("]")
    expect(page.get_by_text("此队列没有待办事件。")).to_be_visible()
    keyboard.press("]")
    expect(page.locator("#panel h2")).to_have_text(returned.title)
    expect(page.get_by_text("桥面不归我们")).to_be_visible()
    keyboard.press("1")
    expect(page.locator("#desk-rule textarea")).to_be_focused()
    keyboard.type("jk12 桥面由建设办管理?")  # letters are letters while somebody types
    expect(page.get_by_role("dialog")).not_to_be_visible()
    keyboard.press("Tab")
    keyboard.press("Enter")
    expect(page.get_by_text("桥上摆摊占道 · 已完成")).to_be_visible()

    one.refresh_from_db()
    returned.refresh_from_db()
    assert (one.state, two.state) == (State.DISPATCHED, State.REPORTED)
    assert returned.state == State.DISPATCHED
    assert returned.functional == organisation("westteam")
    assert dispatcher.complaints == []


def test_the_list_narrows_itself_without_a_reload(dispatcher, live_server):
    tell("桥头路灯不亮", category="lights")
    tell("小贩占道摆摊")
    page = dispatcher.enter("dispatcher", PHONE)
    page.goto(f"{live_server.url}/cases/")
    page.evaluate("window.same = true")

    page.get_by_role("searchbox").fill("路灯")
    expect(page.locator(".cases li")).to_have_count(1)
    expect(page).to_have_url(re.compile(r"/cases/\?q=%E8%B7%AF%E7%81%AF$"))
    assert page.evaluate("window.same") is True
    fits(page)
    page.get_by_role("link", name="搜索：路灯").click()
    expect(page.locator(".cases li")).to_have_count(2)
    page.go_back()
    expect(page.locator(".cases li")).to_have_count(1)
    page.goto(f"{live_server.url}/desk/")
    fits(page)
    assert dispatcher.complaints == []
