"""Somebody at a machine scans its label with a phone and reports a fault with a photo."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, expect

from linli.cases.models import Case
from tests.assets.plant import PlantTown
from tests.web.browsers import (
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
def browser() -> Iterator[Browser]:
    yield from started(PLAIN)


@pytest.fixture
def shop_floor(transactional_db, tmp_path) -> None:
    PlantTown(tmp_path / "town").load_with_assets()
    with_password("operator", "engineer")


def test_a_scan_leads_through_the_sign_in_to_the_machine_and_its_fault_to_maintenance(
    browser, live_server, shop_floor
):
    people = People(browser, live_server.url)
    phone = people.stranger(PHONE)
    phone.goto(f"{live_server.url}/a/P1-L1-M01/")
    phone.locator("input[name=login], input[name=username]").first.fill("operator")
    phone.locator("input[type=password]").first.fill(PASSWORD)
    phone.get_by_role("button", name="登录", exact=True).click()
    expect(phone.get_by_role("heading", level=1)).to_contain_text("冲压机")
    fits(phone)

    phone.get_by_label("故障现象").fill("主轴异响，有焦味")
    phone.locator("input[type=file]").last.set_input_files(
        {"name": "spindle.png", "mimeType": "image/png", "buffer": png()}
    )
    phone.get_by_role("button", name="提交报修").click()

    expect(phone.get_by_role("heading", level=1)).to_contain_text("主轴异响")
    case = Case.objects.get()
    assert case.functional.code == "p1-maintenance"
    assert case.evidence.count() == 1

    engineer = people.enter("engineer", PHONE)
    engineer.goto(f"{live_server.url}/assets/P1-L1-M01/")
    engineer.get_by_role("link", name="主轴异响").click()
    engineer.wait_for_url(f"**{case.code}/")
    fits(engineer)
    assert not people.complaints
    assert people.asked == {live_server.url.removeprefix("http://")}
