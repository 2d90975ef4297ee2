"""What a resident reports stands on the leader's wall by itself: two screens, the real server."""

import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.small_town import SmallTown
from tests.web.browsers import DESK, IN_A_BROWSER, PASSWORD, PHONE, PLAIN, People, started

pytestmark = IN_A_BROWSER
WITH_PASSWORD = """
import django; django.setup()
from linli.people.models import User
leader = User.objects.get(username="leader"); leader.set_password({!r}); leader.save()
"""


@pytest.fixture
def browser() -> Iterator[Browser]:
    yield from started(PLAIN)


@pytest.fixture(scope="module")
def address(tmp_path_factory, installation) -> Iterator[str]:
    """Serve the small town from an installation of its own, with its worker beside the site."""
    home = installation(tmp_path_factory.mktemp("served") / "home")
    files = SmallTown(home.parent / "town").write()
    env = os.environ | {"LINLI_HOME": str(home), "DJANGO_SETTINGS_MODULE": "linli.settings"}
    env.pop("DATABASE_URL", None)
    python = [sys.executable]
    subprocess.run([*python, "-m", "linli", "init", str(home), "--town", str(files)],
                   env=env, check=True, capture_output=True)  # fmt: skip
    subprocess.run([*python, "-c", WITH_PASSWORD.format(PASSWORD)], env=env, check=True)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    site = subprocess.Popen(
        [*python, "-m", "linli", "serve", "--port", str(port)], env=env, start_new_session=True
    )
    try:
        _wait(f"http://127.0.0.1:{port}/healthz", site)
        yield f"http://127.0.0.1:{port}"
    finally:
        os.killpg(site.pid, signal.SIGTERM)
        site.wait(30)


def _wait(address: str, site: subprocess.Popen) -> None:
    for _ in range(600):
        assert site.poll() is None, "the server ended"
        try:
            urllib.request.urlopen(address, timeout=5)
            return
        except (urllib.error.URLError, OSError):
            time.sleep(0.2)
    raise AssertionError("the server does not answer")


def _until(page: Page, promised: str) -> None:
    """Wait until what a promise brings is true; Playwright's own wait takes the promise for it."""
    for _ in range(600):
        if page.evaluate(promised):
            return
        page.wait_for_timeout(100)
    raise AssertionError(f"never true: {promised}")


def test_a_report_reaches_the_cockpit_without_a_touch(browser, address: str, tmp_path: Path):
    people = People(browser, address)
    leader = people.enter("leader", DESK)
    leader.goto(f"{address}/cockpit/")
    expect(leader.get_by_text("实时", exact=True)).to_be_visible()
    sensed = leader.locator(".flow-today").first
    expect(sensed).to_have_text("0")  # the first test that reports anything here
    leader.evaluate("window.wasNotReloaded = true")

    guest = people.stranger(PHONE)
    guest.goto(f"{address}/report/")
    guest.get_by_label("什么事？").fill("路边一堆垃圾没人收")
    guest.get_by_label("在哪里？").fill("西村一格")
    guest.get_by_label("类别").select_option(label="暴露垃圾")
    guest.get_by_role("button", name="提交上报").click()
    expect(guest.get_by_role("heading", name="已交办")).to_be_visible()

    expect(sensed).to_have_text("1")
    expect(leader.locator("[data-part=ticker]")).to_contain_text("暴露垃圾")
    assert leader.evaluate("window.wasNotReloaded") is True
    assert people.asked == {urlsplit(address).netloc}
    assert people.complaints == []


def test_a_cockpit_reloaded_without_a_line_shows_what_was_known(browser, address: str):
    people = People(browser, address)
    leader = people.enter("leader", DESK)
    leader.evaluate("navigator.serviceWorker.ready")
    leader.goto(f"{address}/cockpit/")
    expect(leader.get_by_text("实时", exact=True)).to_be_visible()
    _until(leader, "caches.match('/cockpit/kept/state').then(Boolean)")
    _until(leader, "caches.match('/cockpit/kept/').then(Boolean)")
    today = leader.locator(".flow-today").first.text_content()
    waiting = leader.locator(".flow-waits b").first.text_content()

    leader.context.set_offline(True)
    leader.reload()

    expect(leader.locator("[data-line]")).to_contain_text("起无连接")
    expect(leader.locator(".flow-today").first).to_have_text(today or "")
    expect(leader.locator(".flow-waits b").first).to_have_text(waiting or "")
    expect(leader.locator("[data-part=needs]")).to_contain_text("恢复连接后显示")
    kept = leader.evaluate("caches.match('/cockpit/kept/state').then(kept => kept.text())")
    assert '"needs"' not in kept and '"topics"' not in kept

    other = leader.context.new_page()
    other.goto(f"{address}/cases/")
    expect(other.get_by_role("heading", name="没有网络连接")).to_be_visible()
    expect(other.get_by_role("heading", name="No connection")).to_be_visible()
    other.close()

    leader.context.set_offline(False)
    expect(leader.get_by_text("实时", exact=True)).to_be_visible()
    expect(leader.locator("[data-part=needs] .needs-piles")).to_be_visible()

    leader.get_by_role("button", name="退出").click()
    expect(leader.get_by_role("heading", name="登录")).to_be_visible()
    _until(leader, "caches.has('linli-kept').then(there => !there)")
    leader.context.set_offline(True)
    leader.goto(f"{address}/cockpit/")
    expect(leader.get_by_role("heading", name="没有网络连接")).to_be_visible()


def test_whoever_comes_next_finds_nothing_of_the_cockpit_before(browser, address: str):
    people = People(browser, address)
    leader = people.enter("leader", DESK)
    leader.evaluate("navigator.serviceWorker.ready")
    leader.goto(f"{address}/cockpit/")
    _until(leader, "caches.match('/cockpit/kept/state').then(Boolean)")

    leader.context.clear_cookies()  # a session that ended by itself
    leader.goto(f"{address}/")

    _until(leader, "caches.has('linli-kept').then(there => !there)")
