"""The bar of a demonstration: what time it is in the town, and the buttons beside it."""

from datetime import UTC, datetime, timedelta

import pytest
from django.utils.timezone import localtime

from linli import clock

EVENING = datetime(2026, 3, 10, 8, 30, tzinfo=UTC)  # 16:30 in the town


@pytest.fixture
def demo(settings, tmp_path):
    settings.DEMO = True
    settings.HOME = tmp_path / "home"
    clock.start(EVENING, speed=60)


def test_every_page_says_that_it_is_a_simulation_and_what_time_it_is(town, client, demo):
    told = client.get("/").content.decode()

    assert "模拟演示" in told and "×60" in told
    assert "2026-</span><span>03-10 16:3" in told


def test_a_button_pauses_the_town_and_leads_back_to_the_page(town, client, demo):
    answer = client.post("/clock/", {"move": "pause", "next": "/report/"})

    assert (answer.status_code, answer["Location"]) == (302, "/report/")
    assert clock.pace().paused
    assert "已暂停" in client.get("/").content.decode()

    client.post("/clock/", {"move": "resume"})
    assert not clock.pace().paused and clock.pace().speed == 60


def test_speeds_are_changed_one_at_a_time_and_only_to_those_offered(town, client, demo):
    assert 'value="10"' in (page := client.get("/").content.decode()) and 'value="180"' in page

    answer = client.post("/clock/", {"move": "180"}, headers={"HX-Request": "true"})
    assert "×180" in answer.content.decode() and "<html" not in answer.content.decode()

    client.post("/clock/", {"move": "7"})
    client.post("/clock/", {"move": "faster; drop"})
    assert clock.pace().speed == 180


def test_nobody_is_led_to_another_site(town, client, demo):
    answer = client.post("/clock/", {"move": "pause", "next": "https://elsewhere.example/"})

    assert answer["Location"] == "/"


def test_outside_a_demonstration_there_is_neither_bar_nor_button(town, client, settings):
    settings.DEMO = False

    assert "simulated" not in client.get("/").content.decode()
    assert client.post("/clock/", {"move": "pause"}).status_code == 404


def test_at_night_the_time_until_work_can_be_passed_over(town, client, demo):
    assert 'value="skip"' not in client.get("/").content.decode()
    clock.start(EVENING + timedelta(hours=4), speed=60)
    assert 'value="skip"' in client.get("/").content.decode()

    client.post("/clock/", {"move": "skip"})

    assert f"{localtime(clock.now()):%m-%d %H:%M}" in ("03-11 08:30", "03-11 08:31")
    shown = clock.now()
    client.post("/clock/", {"move": "skip"})
    assert clock.now() - shown < timedelta(minutes=10)
