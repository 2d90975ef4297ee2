"""The five doubles in a real browser, each person at their own screen."""

import re
from collections.abc import Iterator
from datetime import timedelta
from urllib.parse import urlsplit

import pytest
from django.utils import timezone
from playwright.sync_api import Browser, Locator, Page, expect

from linli import background, clock
from linli.cases import chain
from linli.cases.models import Case, Notice, Report, Ruling, State
from linli.people.models import Side
from tests.small_town import SmallTown, organisation
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
from tests.web.conftest import png

pytestmark = IN_A_BROWSER

BRIDGE = {"longitude": 121.005, "latitude": 30.705}
NEXT_TO_IT = {"longitude": 121.009, "latitude": 30.704}
PERSONS = ("resident", "worker", "warden", "head", "builder", "dispatcher", "supervisor", "leader")


@pytest.fixture
def town(transactional_db, tmp_path) -> SmallTown:
    small = SmallTown(tmp_path / "town")
    small.load()
    with_password(*PERSONS)
    return small


@pytest.fixture
def browser() -> Iterator[Browser]:
    yield from started(PLAIN)


@pytest.fixture
def people(browser, live_server, town) -> Iterator[People]:
    everybody = People(browser, live_server.url)
    yield everybody
    assert everybody.asked == {urlsplit(live_server.url).netloc}
    assert everybody.complaints == []


def picture(name: str) -> dict[str, object]:
    return {"name": f"{name}.png", "mimeType": "image/png", "buffer": png(64)}


def report(page: Page, words: str, category: str) -> None:
    """Type what it is, take the category that is suggested, give the position, send it."""
    page.get_by_role("link", name="上报", exact=True).first.click()
    page.get_by_label("什么事？").fill(words)
    page.get_by_role("button", name="使用我的位置").click()
    expect(page.get_by_text("已取得位置。")).to_be_visible()
    chip = page.locator(".chip", has_text=category)
    chip.click()
    expect(chip).to_have_attribute("aria-pressed", "true")
    page.get_by_label("照片").first.set_input_files(picture("before"))
    fits(page)
    page.get_by_role("button", name="提交上报").click()
    expect(page.get_by_role("heading", name="已交办")).to_be_visible()
    fits(page)


def side(page: Page, name: str) -> Locator:
    """Return where the page of a case tells who has it on one side."""
    return page.get_by_role("region", name="谁在办").get_by_role("listitem").filter(has_text=name)


def state(page: Page, name: str) -> None:
    expect(page.locator("article.case .status .state")).to_have_text(name)


def resolve(page: Page, reply: str) -> None:
    form = page.locator("#form-resolve")
    form.get_by_label("答复").fill(reply)
    form.get_by_label("照片和文件").first.set_input_files(picture("after"))
    form.get_by_role("button", name="办结", exact=True).click()
    state(page, "已办结")


def verify(page: Page, title: str, then: str = "已核查") -> None:
    page.get_by_role("link", name="待核查").click()
    page.get_by_role("link", name=title).click()
    page.get_by_role("button", name="核查通过").first.click()
    state(page, then)


def rate(page: Page, answer: str) -> None:
    page.reload()
    page.get_by_label(answer, exact=True).check()
    page.get_by_role("button", name="评价").click()


def test_one_lead_carries_on_and_both_judge_until_the_leagues_tell(people):
    title = "路边一堆垃圾没人收"
    today = timezone.localdate(clock.now())
    leader = people.enter("leader", DESK)
    leader.goto(f"{people.address}/leagues/")
    expect(leader.get_by_text("这个时段还没有可比的数据")).to_be_visible()

    worker = people.enter("worker", PHONE)
    worker.goto(f"{people.address}/leave/")
    worker.get_by_label("休假首日").fill(today.isoformat())
    worker.get_by_label("休假末日").fill((today + timedelta(days=3)).isoformat())
    worker.get_by_role("button", name="登记").click()
    expect(worker.get_by_text("徐志刚")).not_to_have_count(0)  # carries on, grid by grid
    fits(worker)

    resident = people.enter("resident", PHONE, geolocation=BRIDGE, permissions=["geolocation"])
    report(resident, title, "暴露垃圾")
    case = Case.objects.get()
    told = Notice.objects.filter(case=case).values_list("user__username", flat=True)
    assert list(told) == ["warden"]
    resident.get_by_role("link", name="打开事件").click()
    expect(side(resident, "西村村委")).to_contain_text("主办")
    expect(side(resident, "建设办")).to_contain_text("协办")
    fits(resident)

    warden = people.enter("warden", DESK)
    expect(warden.get_by_role("link", name=title).first).to_be_visible()
    warden.get_by_role("link", name=title).first.click()
    expect(warden.get_by_text(re.compile("陆春燕 ?（请假）")).first).to_be_visible()
    warden.get_by_role("button", name="签收").first.click()
    state(warden, "已签收")
    resolve(warden, "已安排保洁清运，并增设垃圾桶。")
    expect(warden.get_by_role("img", name="照片 1：已办结")).to_be_visible()

    supervisor = people.enter("supervisor", DESK)
    verify(supervisor, title)
    rate(resident, "不满意")
    state(resident, "返工中")
    fits(resident)

    warden.reload()
    warden.get_by_role("button", name="签收").first.click()
    resolve(warden, "已再次清运，并安排专人每日巡查。")
    supervisor.goto(f"{people.address}/")
    verify(supervisor, title)
    rate(resident, "满意")
    state(resident, "已结案")
    expect(resident.get_by_text("返工 1 次").first).to_be_visible()

    case.refresh_from_db()
    assert (case.state, case.satisfied, case.reopenings) == (State.CLOSED, True, 1)
    assert chain.faults(case) == []

    background.once()
    with clock.at(clock.now() + timedelta(hours=4)):  # tables of the month are made anew by then
        background.ponder()
    leader.goto(f"{people.address}/leagues/?kind=grid&layer=community")
    standing = leader.locator(".standings > li").filter(has_text="西村一格")
    standing.get_by_role("link", name=re.compile(r"共 \d+ 件")).first.click()
    expect(leader.get_by_role("link", name=title)).to_be_visible()
    leader.get_by_role("link", name=title).click()
    expect(leader.get_by_role("heading", name=title)).to_be_visible()
    fits(leader)


def test_a_ruling_sends_the_next_like_it_there_by_itself(people, browser):
    title, following = "桥上摆摊占道，电动车过不去", "又有小贩占道卖菜，挡住了整条路"
    resident = people.enter("resident", PHONE, geolocation=BRIDGE, permissions=["geolocation"])
    report(resident, title, "占道摆摊")
    first = Case.objects.get()
    assert first.functional == organisation("enforcement")

    head = people.enter("head", DESK)
    head.get_by_role("link", name=title).first.click()
    head.get_by_text("退单", exact=True).first.click()
    head.locator("#form-return").get_by_label("理由").fill("桥面归建设办管理")
    head.locator("#form-return").get_by_role("button", name="退单").click()
    state(head, "已退单")

    dispatcher = people.enter("dispatcher", DESK)
    dispatcher.goto(f"{people.address}/desk/?queue=returned")
    panel = dispatcher.locator("#panel")
    expect(panel).to_contain_text("桥面归建设办管理")
    expect(panel).to_contain_text("此类事件尚无终审先例")
    panel.get_by_text("其他单位").first.click()
    panel.locator("select[name=organisation]").select_option(label="建设办")
    panel.get_by_label("理由").first.fill("桥上摆摊由建设办负责")
    panel.get_by_role("button", name="终审").click()
    expect(dispatcher.get_by_text(f"{title} · 已完成").first).to_be_visible()
    first.refresh_from_db()
    assert (first.state, first.functional) == (State.DISPATCHED, organisation("housing"))

    guest = people.stranger(PHONE, geolocation=NEXT_TO_IT, permissions=["geolocation"])
    report(guest, following, "占道摆摊")
    code = Report.objects.latest("pk").receipt
    second = Case.objects.exclude(pk=first.pk).get()
    assert second.assignments.get(side=Side.FUNCTIONAL).why["ruling"] == Ruling.objects.get().pk

    builder = people.enter("builder", DESK)
    builder.get_by_role("link", name=following).first.click()
    expect(side(builder, "建设办")).to_contain_text("桥上摆摊由建设办负责")
    expect(side(builder, "建设办").get_by_role("link", name=first.code)).to_be_visible()
    builder.get_by_role("button", name="签收").first.click()
    state(builder, "已签收")
    resolve(builder, "已劝离摊贩，并安排每日巡查。")

    at_home = people.stranger(PHONE)
    at_home.get_by_role("link", name="查进度").first.click()
    at_home.get_by_label("回执码").fill(code)
    at_home.get_by_role("button", name="查看").click()
    expect(at_home.get_by_text("已劝离摊贩，并安排每日巡查。")).to_be_visible()
    fits(at_home)
    at_home.get_by_label("满意", exact=True).check()
    at_home.get_by_role("button", name="评价").click()
    supervisor = people.enter("supervisor", DESK)
    verify(supervisor, following, then="已结案")
    second.refresh_from_db()
    assert (second.state, second.satisfied) == (State.CLOSED, True)
    assert chain.faults(second) == []
