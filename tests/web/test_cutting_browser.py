"""A manager cuts land in a real browser: by mouse, by finger, by keyboard."""

from collections.abc import Iterator
from datetime import datetime
from zoneinfo import ZoneInfo

import pytest
from playwright.sync_api import Browser, Page, expect

from linli import clock
from linli.programmes.remediation.models import Block, Holding, Parcel
from tests.programmes.remediation import small_campaign, told, with_pack
from tests.small_town import SmallTown
from tests.web.browsers import (
    DESK,
    DRAWING,
    IN_A_BROWSER,
    SLOW,
    People,
    fits,
    started,
    with_password,
)

pytestmark = IN_A_BROWSER
TABLET = {"width": 820, "height": 1180}
# The western block: 121.002 to 121.010, 30.712 to 30.718.


@pytest.fixture(autouse=True)
def day():
    with clock.at(datetime(2026, 3, 10, 10, tzinfo=ZoneInfo("Asia/Shanghai"))):
        yield


@pytest.fixture
def town(transactional_db, tmp_path) -> SmallTown:
    small = with_pack(SmallTown(tmp_path / "town"))
    small.load()
    small_campaign()
    told("h1")
    with_password("builder")
    return small


@pytest.fixture
def browser() -> Iterator[Browser]:
    yield from started(DRAWING)


def spot(page: Page, lon: float, lat: float) -> dict[str, float]:
    """Return where on the screen a place lies."""
    page.wait_for_selector(".map-cutting.drawn", timeout=SLOW)
    found: dict[str, float] = page.evaluate(
        """async ([lon, lat]) => {
          const { map } = await linliMap(document.querySelector("[data-map]"));
          if (map.isMoving()) await new Promise((done) => map.once("idle", done));
          const { x, y } = map.project([lon, lat]);
          const box = map.getCanvas().getBoundingClientRect();
          return { x: x + box.x, y: y + box.y };
        }""",
        [lon, lat],
    )
    return found


def press(page: Page, lon: float, lat: float) -> None:
    at = spot(page, lon, lat)
    page.mouse.click(at["x"], at["y"])


def open_block(people: People, viewport: dict[str, int], **options: object) -> Page:
    page = people.enter("builder", viewport, **options)
    page.goto(f"{people.address}/remediation/blocks/b1/")
    page.get_by_role("link", name="划分地块").click()
    page.wait_for_selector(".map-cutting.drawn", timeout=SLOW)
    page.locator(".map-cutting").scroll_into_view_if_needed()
    return page


def test_a_block_is_cut_with_the_mouse_a_corner_dragged_and_all_of_it_kept(
    town, browser, live_server
):
    people = People(browser, live_server.url)
    page = open_block(people, DESK)
    page.get_by_role("button", name="沿线切割").click()
    press(page, 121.0015, 30.715)
    press(page, 121.0105, 30.715)
    page.get_by_role("button", name="完成绘制").click()
    expect(page.locator("[data-pieces] > li")).to_have_count(2)
    # Half of 764.6 mu each.
    expect(page.locator("[data-pieces] .mu").first).to_contain_text("382.")
    # The corner in the east of the line, 0.001 to the north: both parts change, nothing gapes.
    page.get_by_role("button", name="移动界点").click()
    start, end = spot(page, 121.010, 30.715), spot(page, 121.010, 30.716)
    page.mouse.move(start["x"], start["y"])
    page.mouse.down()
    page.mouse.move(end["x"], end["y"], steps=6)
    page.mouse.up()
    expect(page.locator("[data-pieces] .mu").first).not_to_contain_text("382.")
    page.get_by_role("button", name="撤销").click()
    expect(page.locator("[data-pieces] .mu").first).to_contain_text("382.")
    # The enterprise goes to the new part.
    page.get_by_text("块内企业 (1)").click()
    page.get_by_label("h1五金厂: 位于").select_option("p1-2")
    page.get_by_role("button", name="保存划分").click()
    expect(page.get_by_text("划分已保存。")).to_be_visible()
    assert sorted(Parcel.objects.filter(block__code="b1").values_list("code", flat=True)) == [
        "p1", "p1-2"]  # fmt: skip
    assert Holding.objects.get(code="h1").parcel.code == "p1-2"
    assert people.complaints == []
    assert people.asked == {live_server.url.removeprefix("http://")}


def test_on_a_tablet_a_piece_is_drawn_with_a_finger_and_merged_again(town, browser, live_server):
    people = People(browser, live_server.url)
    page = open_block(people, TABLET, has_touch=True)
    fits(page)
    page.get_by_role("button", name="圈画一块").click()
    for lon, lat in ((121.003, 30.713), (121.006, 30.713), (121.006, 30.716), (121.003, 30.716)):
        at = spot(page, lon, lat)
        page.touchscreen.tap(at["x"], at["y"])
    page.get_by_role("button", name="完成绘制").click()
    expect(page.locator("[data-pieces] > li")).to_have_count(2)
    for tick in page.locator("[data-pieces] input[type=checkbox]").all():
        tick.check()
    page.get_by_role("button", name="合并").click()
    expect(page.locator("[data-pieces] > li")).to_have_count(1)
    assert Parcel.objects.filter(block__code="b1").count() == 1
    assert people.complaints == []


def test_without_a_mouse_the_line_is_typed_and_a_gap_is_refused_in_words(
    town, browser, live_server
):
    people = People(browser, live_server.url)
    page = people.enter("builder", DESK)
    page.goto(f"{people.address}/remediation/works/cut/")
    places = page.get_by_label("也可输入切割线坐标")
    places.fill("121.021,30.715 121.031,30.715")
    places.press("Enter")
    expect(page.locator("[data-pieces] > li")).to_have_count(3)
    # The parcel on it is in the way, and the page says so at once; keeping is refused as well.
    expect(page.locator("[data-faults]")).to_contain_text("地块p2将不在同一区块内")
    page.get_by_role("button", name="保存划分").click()
    expect(page.locator("[data-refused]")).to_contain_text("地块p2将不在同一区块内")
    assert Block.objects.count() == 2
    assert [said for said in people.complaints if "409" not in said] == []
