"""Judging without a mouse: one key a part, the next in place of the last, in a real browser."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
from playwright.sync_api import Browser, expect

from linli.assets.inspection.models import Inspection
from linli.clock import now
from tests.assets.inspection.parts import parts, station
from tests.assets.plant import PlantTown
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
Judgement = Inspection.Judgement


@pytest.fixture(autouse=True)
def plain_static_files(settings):
    """Serve static files without collecting them first."""
    settings.STORAGES = settings.STORAGES | {
        "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
    }


@pytest.fixture
def browser() -> Iterator[Browser]:
    yield from started(PLAIN)


@pytest.fixture
def people(transactional_db, tmp_path, browser, live_server):
    town = PlantTown(tmp_path / "town")
    town.load_with_assets()
    with_password("inspector")
    return People(browser, live_server.url)


def _judged(part: Inspection) -> str:
    part.refresh_from_db()
    return str(part.judgement)


def test_an_inspector_judges_a_row_of_parts_by_single_keys(people, live_server):
    where = station()
    one, two, three = parts(where, "fff", now() - timedelta(minutes=30))
    page = people.enter("inspector", DESK)
    page.goto(f"{live_server.url}/inspection/{where.code}/judge/")
    heading = page.locator("#part h1")

    expect(heading).to_have_text(one.serial)
    page.keyboard.press("c")
    expect(heading).to_have_text(two.serial)
    assert _judged(one) == Judgement.CONFIRMED
    page.keyboard.press("2")  # flawed, of the second kind
    expect(heading).to_have_text(three.serial)
    assert two.flaws.get(by__isnull=False).kind.code == "dent"

    page.keyboard.press("u")
    expect(heading).to_have_text(two.serial)
    assert _judged(two) == Judgement.NONE
    page.keyboard.press("n")
    expect(heading).to_have_text(three.serial)
    page.keyboard.press("p")
    expect(heading).to_have_text(two.serial)
    page.keyboard.press("o")
    expect(heading).to_have_text(three.serial)
    assert _judged(two) == Judgement.OVERRULED

    page.keyboard.press("Enter")
    expect(page.get_by_text("缺陷品均已判定。")).to_be_visible()
    assert _judged(three) == Judgement.CONFIRMED
    assert people.complaints == []


def test_heat_and_boxes_are_laid_over_the_picture_and_taken_off(people, live_server):
    where = station()
    parts(where, "f", now() - timedelta(minutes=30))
    page = people.enter("inspector", DESK)
    page.goto(f"{live_server.url}/inspection/{where.code}/judge/")
    heat, boxes = page.locator(".pane .heat"), page.locator(".pane .boxes")

    expect(heat).to_have_css("opacity", "0")
    page.keyboard.press("h")
    expect(heat).to_have_css("opacity", "0.6")
    page.locator("[data-heat]").fill("90")
    expect(heat).to_have_css("opacity", "0.9")
    page.keyboard.press("b")
    expect(boxes).not_to_be_visible()
    # What was chosen holds for the next page too.
    page.reload()
    expect(heat).to_have_css("opacity", "0.9")


def test_on_a_phone_the_buttons_are_large_and_at_hand(people, live_server):
    where = station()
    one, two = parts(where, "ff", now() - timedelta(minutes=30))
    page = people.enter("inspector", PHONE, has_touch=True)
    page.goto(f"{live_server.url}/inspection/{where.code}/judge/")
    confirm = page.get_by_role("button", name="确为缺陷品")
    box = confirm.bounding_box()
    assert box["height"] >= 44 and box["y"] + box["height"] < PHONE["height"]
    fits(page)
    confirm.tap()
    expect(page.locator("#part h1")).to_have_text(two.serial)
    assert _judged(one) == Judgement.CONFIRMED
    page.goto(f"{live_server.url}/inspection/{where.code}/")
    expect(page.locator(".shots li")).to_have_count(2)
    fits(page)
