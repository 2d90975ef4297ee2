"""One case, from the resident's phone to closed, through a real browser."""

from collections.abc import Iterator
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, expect

from linli.cases.models import Case, Report, State
from tests.small_town import SmallTown
from tests.web.browsers import (
    DESK,
    IN_A_BROWSER,
    PASSWORD,
    PHONE,
    PLAIN,
    People,
    fits,
    started,
    with_password,
)
from tests.web.conftest import png

pytestmark = IN_A_BROWSER


@pytest.fixture
def town(transactional_db, tmp_path) -> SmallTown:
    small = SmallTown(tmp_path / "town")
    small.load()
    with_password("resident", "officer", "supervisor")
    return small


@pytest.fixture
def browser() -> Iterator[Browser]:
    yield from started(PLAIN)


def test_a_case_from_the_residents_phone_to_closed(browser, live_server, town):
    people = People(browser, live_server.url)

    resident = people.enter(
        "resident", PHONE,
        geolocation={"longitude": 121.005, "latitude": 30.705}, permissions=["geolocation"],
    )  # fmt: skip
    resident.get_by_role("link", name="上报", exact=True).click()
    resident.get_by_label("什么事？").fill("桥上摆摊占道，电动车过不去")
    resident.get_by_label("类别").select_option(label="占道摆摊")
    resident.get_by_role("button", name="使用我的位置").click()
    expect(resident.get_by_text("已取得位置。")).to_be_visible()
    fits(resident)
    resident.get_by_role("button", name="提交上报").click()
    expect(resident.get_by_role("heading", name="已交办")).to_be_visible()
    fits(resident)
    case = Case.objects.get()
    assert Report.objects.get().receipt in resident.url
    assert case.community_grid.code == "w1"

    officer = people.enter("officer", DESK)
    officer.get_by_role("link", name="打开事件").click()
    officer.get_by_role("button", name="签收").click()
    expect(officer.get_by_text("已签收").first).to_be_visible()
    officer.get_by_label("答复").first.fill("已劝离摊贩，并安排每日巡查。")
    officer.get_by_label("照片和文件").first.set_input_files(
        {"name": "after.png", "mimeType": "image/png", "buffer": png(64)}
    )
    officer.get_by_role("button", name="办结", exact=True).click()
    shown = officer.get_by_role("img", name="照片 1：已办结")
    expect(shown).to_be_visible()
    assert shown.evaluate("image => image.decode().then(() => image.naturalWidth)") == 64

    supervisor = people.enter("supervisor", DESK)
    supervisor.get_by_role("link", name="待核查").click()
    supervisor.get_by_role("link", name="桥上摆摊占道").click()
    supervisor.get_by_role("button", name="核查通过").click()
    expect(supervisor.get_by_text("已核查").first).to_be_visible()

    resident.goto(f"{live_server.url}/")
    resident.get_by_role("link", name="打开事件").click()
    expect(resident.get_by_text("已劝离摊贩，并安排每日巡查。")).to_be_visible()
    fits(resident)
    resident.get_by_label("满意", exact=True).check()
    resident.get_by_role("button", name="评价").click()
    expect(resident.get_by_text("已结案").first).to_be_visible()

    case.refresh_from_db()
    assert case.state == State.CLOSED
    assert case.satisfied is True
    assert people.asked == {urlsplit(live_server.url).netloc}
    assert people.complaints == []


def test_the_pages_work_without_scripts_and_by_keyboard(browser, live_server, town):
    context = browser.new_context(viewport=PHONE, locale="zh-CN", java_script_enabled=False)
    page = context.new_page()
    page.goto(f"{live_server.url}/sign-in/")
    page.get_by_label("用户名").fill("resident")
    page.get_by_label("密码").fill(PASSWORD)
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="我的工作")).to_be_visible()
    page.goto(f"{live_server.url}/report/")
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="跳到正文")).to_be_focused()

    page.get_by_label("什么事？").fill("桥头路灯不亮")
    page.get_by_label("在哪里？").fill("西村一格")
    page.get_by_role("button", name="提交上报").click()

    expect(page.get_by_text("谢谢！您反映的事已经收到。")).to_be_visible()
    assert Case.objects.get().community_grid.code == "w1"
