"""Maps are really drawn, in a real browser with graphics made by software."""

from collections.abc import Iterator

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect

from linli import background
from linli.cases.intake import Report, receive
from linli.cases.models import Case
from linli.web.map import measures
from tests.small_town import SmallTown, person
from tests.web.browsers import (
    DESK,
    DRAWING,
    IN_A_BROWSER,
    PHONE,
    SLOW,
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
    measures._kept.clear()
    with_password("resident", "leader")
    return small


@pytest.fixture
def browser() -> Iterator[Browser]:
    yield from started(DRAWING)


def report(title: str, lon: float, lat: float) -> Case:
    words = Report(title, lon=lon, lat=lat, category="rubbish", reporter=person("resident"))
    return receive([words])[0].case


def drawn(page: Page) -> int:
    """Wait until the map rests, and count the colours of its picture."""
    page.wait_for_selector(".map.drawn", timeout=SLOW)
    return page.evaluate(
        """async () => {
          const { map } = await linliMap(document.querySelector("[data-map]"));
          const read = () => new Promise((done) => {
            map.once("render", () => {
              const canvas = document.createElement("canvas");
              canvas.width = 200; canvas.height = 200;
              const context = canvas.getContext("2d");
              context.drawImage(map.getCanvas(), 0, 0, 200, 200);
              const { data } = context.getImageData(0, 0, 200, 200);
              const seen = new Set();
              for (let i = 0; i < data.length; i += 4) seen.add(data.slice(i, i + 3).join());
              done(seen.size);
            });
            map.triggerRepaint();
          });
          if (!map.loaded() || map.isMoving()) await new Promise((done) => map.once("idle", done));
          return read();
        }"""
    )


def press(page: Page, lon: float, lat: float) -> None:
    """Click where the map shows a place."""
    spot = page.evaluate(
        """async ([lon, lat]) => {
          const { map } = await linliMap(document.querySelector("[data-map]"));
          if (map.isMoving()) await new Promise((done) => map.once("idle", done));
          const { x, y } = map.project([lon, lat]);
          return { x, y };
        }""",
        [lon, lat],
    )
    page.locator(".map canvas").click(position=spot)


@pytest.mark.parametrize("screen", [PHONE, DESK], ids=["phone", "desk"])
def test_the_map_leads_from_the_town_to_a_case_without_a_reload(browser, live_server, town, screen):
    case = report("桥头垃圾成堆", 121.005, 30.705)
    report("东村垃圾成堆", 121.03, 30.73)
    background.once()
    people = People(browser, live_server.url)
    page = people.enter("leader", screen)
    page.goto(f"{live_server.url}/map/")
    heading = page.locator(".atlas-panel h2")

    assert drawn(page) > 5
    expect(heading).to_contain_text("2")
    fits(page)
    page.evaluate("window.wasNotReloaded = true")

    press(page, 121.01, 30.715)
    expect(heading).to_contain_text("西村", timeout=SLOW)
    assert "area=west" in page.url
    drawn(page)
    press(page, 121.01, 30.715)
    expect(heading).to_contain_text("西村一格", timeout=SLOW)
    drawn(page)
    press(page, 121.005, 30.705)
    link = page.locator(".maplibregl-popup").get_by_role("link", name=case.title)
    expect(link).to_be_visible(timeout=SLOW)
    link.click()
    expect(heading).to_have_text(case.title, timeout=SLOW)
    assert f"case={case.code}" in page.url
    expect(page.locator(".map-key")).to_contain_text("集市街")

    page.go_back()
    expect(heading).to_contain_text("西村一格", timeout=SLOW)
    page.get_by_label("服务网格").check()
    expect(heading).to_contain_text("平湖镇", timeout=SLOW)
    page.get_by_label("指标").select_option(label="收到")
    expect(page.get_by_role("button", name="播放")).to_be_hidden()
    expect(heading).to_contain_text("2", timeout=SLOW)
    assert page.evaluate("window.wasNotReloaded") is True
    page.reload()
    expect(page.get_by_label("服务网格")).to_be_checked()
    assert people.complaints == []
    assert {host for host in people.asked if host} == {live_server.url.removeprefix("http://")}


def test_a_place_is_pointed_at_by_finger_and_by_keyboard(browser, live_server, town):
    people = People(browser, live_server.url)
    page = people.enter("resident", PHONE)
    page.goto(f"{live_server.url}/report/")
    page.evaluate("document.querySelectorAll('details').forEach((fold) => { fold.open = true; })")
    page.locator("[data-map=pick]").scroll_into_view_if_needed()
    drawn(page)

    press(page, 121.03, 30.705)
    expect(page.locator(".map-said")).to_contain_text("东村一格", timeout=SLOW)
    expect(page.locator(".map-key")).to_contain_text("集市街")
    assert abs(float(page.locator("#id_lon").input_value()) - 121.03) < 0.002
    before = float(page.locator("#id_lat").input_value())
    drawn(page)

    page.locator(".map canvas").focus()
    for _ in range(2):
        page.keyboard.press("ArrowDown")
        drawn(page)
    page.keyboard.press("Enter")
    expect(page.locator(".map-said")).not_to_contain_text("东村一格", timeout=SLOW)
    assert float(page.locator("#id_lat").input_value()) < before
    assert page.url.endswith("/report/"), "the form is not sent by it"
    fits(page)
    assert people.complaints == []


def test_a_case_shows_where_it_lies_in_both_layers(browser, live_server, town):
    case = report("桥头垃圾成堆", 121.005, 30.705)
    people = People(browser, live_server.url)
    page = people.enter("resident", PHONE)
    page.goto(f"{live_server.url}/cases/{case.code}/")
    page.locator("[data-map=case]").scroll_into_view_if_needed()

    assert drawn(page) > 3
    expect(page.locator(".map-key")).to_contain_text("西村一格")
    expect(page.locator(".map-key")).to_contain_text("集市街")
    expect(page.locator(".map-pin")).to_be_visible()
    assert people.complaints == []


def test_without_graphics_the_figures_stand_there_in_words(browser, live_server, town):
    report("桥头垃圾成堆", 121.005, 30.705)
    background.once()
    people = People(browser, live_server.url)
    page = people.enter("leader", DESK)
    page.add_init_script("HTMLCanvasElement.prototype.getContext = () => null;")
    page.goto(f"{live_server.url}/map/")

    expect(page.get_by_text("当前浏览器无法显示地图")).to_be_visible(timeout=SLOW)
    page.get_by_role("link", name="西村 1").click()
    page.get_by_role("link", name="西村一格 1").click()
    expect(page.get_by_role("link", name="桥头垃圾成堆")).to_be_visible(timeout=SLOW)
    assert "area=w1" in page.url


def test_axe_finds_nothing_on_the_map(browser, live_server, town):
    case = report("桥头垃圾成堆", 121.005, 30.705)
    background.once()
    people = People(browser, live_server.url)
    page = people.enter("leader", DESK)
    for asked in ("", "?measure=received", "?area=w1", f"?case={case.code}"):
        page.goto(f"{live_server.url}/map/{asked}")
        for shade in ("light", "dark"):
            page.emulate_media(color_scheme=shade)
            drawn(page)
            found = Axe().run(page)
            assert found.violations_count == 0, found.generate_report()
