"""An item is assessed on the phone and reviewed at the desk, and figures are tried by a slider."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, expect

from linli.indicators.schemes.models import Assessment
from linli.indicators.schemes.standing import last_over
from tests.indicators.test_schemes import FAIR, INDICATORS, judge, told
from tests.small_town import SmallTown
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


@pytest.fixture
def browser() -> Iterator[Browser]:
    yield from started(PLAIN)


@pytest.fixture
def year(transactional_db, tmp_path) -> str:
    """81 % of the sewage and 9 centres, circle 2.5: 4.8 + 2 + 2.5 = 9.3 of 20 last year."""
    from linli.indicators.schemes.models import Scheme

    small = SmallTown(tmp_path / "town")
    small.sections["indicator"] = [dict(one) for one in INDICATORS]
    small.sections["scheme"] = [dict(FAIR)]
    small.load()
    with_password("officer", "supervisor", "leader")
    last = last_over(Scheme.objects.get())
    told("sewage", 81, last)
    told("centres", 9, last)
    judge("builder", "circle", 2.5, period=last)
    return last


def test_an_item_is_assessed_reviewed_and_both_stand_side_by_side(browser, live_server, year):
    people = People(browser, live_server.url)
    officer = people.enter("officer", PHONE)
    officer.goto(f"{live_server.url}/schemes/")
    officer.get_by_role("link", name="自评：街面", exact=True).click()
    officer.get_by_label("得分").fill("4")
    officer.get_by_label("佐证说明").fill("巡查记录第12号，照片见附件")
    officer.locator("input[type=file]").last.set_input_files(
        {"name": "there.png", "mimeType": "image/png", "buffer": png()}
    )
    fits(officer)
    officer.get_by_role("button", name="保存").click()
    # 9.3 + 4: the self-assessment counts until it is reviewed.
    expect(officer.locator(".sum.big")).to_contain_text("13.3")

    supervisor = people.enter("supervisor", DESK)
    supervisor.goto(f"{live_server.url}/schemes/fair/items/streets/?period={year}")
    expect(supervisor.get_by_role("link", name="there.png")).to_be_visible()
    supervisor.get_by_label("得分").fill("3.5")
    supervisor.get_by_label("佐证说明").fill("抽查属实，一处有堆物")
    supervisor.get_by_role("button", name="保存").click()
    expect(supervisor.locator(".sum.big")).to_contain_text("12.8")
    expect(supervisor.locator("#streets .two")).to_contain_text(
        "自评4复评3.5", use_inner_text=False
    )
    assert Assessment.objects.filter(item="streets", newest=True).count() == 2
    assert not people.complaints


def test_a_slider_shows_at_once_what_a_figure_would_give(browser, live_server, year):
    people = People(browser, live_server.url)
    leader = people.enter("leader", PHONE)
    leader.goto(f"{live_server.url}/schemes/fair/improve/?period={year}")
    expect(leader.locator("#tried")).to_contain_text("9.3")
    slider = leader.locator(".field:has(#v-sewage) input[type=range]")
    slider.focus()
    slider.press("End")
    # All 8 points of the sewage: 9.3 + 3.2.
    expect(leader.locator("#tried")).to_contain_text("12.5")
    expect(leader.locator("#outcome .sum")).to_contain_text("12.5")
    expect(leader.locator("#v-sewage-gives")).to_contain_text("8.00")
    assert "v-sewage=95" in leader.url
    fits(leader)
    assert not people.complaints
