"""Chromium for tests: people at their own screens, and what their browsers complain of."""

import os
import shutil
from collections.abc import Iterator
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect, sync_playwright

from tests.small_town import person

CHROMIUM = shutil.which("chromium")
# Playwright runs an event loop in the thread of the test; Django would refuse its database.
os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
IN_A_BROWSER = [
    pytest.mark.skipif(CHROMIUM is None, reason="chromium is missing (apt install chromium)"),
    pytest.mark.one_database,
]
QUIET = ["--no-sandbox", "--disable-background-networking", "--disable-component-update",
         "--disable-sync"]  # fmt: skip
PLAIN = [*QUIET, "--disable-gpu"]
DRAWING = [*QUIET, "--use-angle=swiftshader", "--enable-unsafe-swiftshader"]  # maps, by software
PHONE = {"width": 390, "height": 844}
DESK = {"width": 1440, "height": 900}
PASSWORD = "calm-lake-7"
SLOW = 60_000  # a busy machine is no fault of the page
expect.set_options(timeout=SLOW)


def started(arguments: list[str]) -> Iterator[Browser]:
    """Start the browser for one test."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=arguments)
        yield browser
        browser.close()


def with_password(*names: str) -> None:
    """Let these people of the small town sign in."""
    for name in names:
        user = person(name)
        user.set_password(PASSWORD)
        user.save()


class People:
    """Persons at their own screens; what their browsers ask for and complain of is kept."""

    def __init__(self, browser: Browser, address: str) -> None:
        self.browser, self.address = browser, address
        self.asked: set[str] = set()
        self.complaints: list[str] = []

    def _watch(self, page: Page) -> None:
        page.on("request", lambda request: self.asked.add(urlsplit(request.url).netloc))
        page.on("pageerror", lambda error: self.complaints.append(str(error)))
        page.on("console", lambda said: said.type == "error" and self.complaints.append(said.text))

    def stranger(self, viewport: dict[str, int], **options: object) -> Page:
        """Open the site as somebody without an account."""
        context: BrowserContext = self.browser.new_context(
            viewport=viewport, locale="zh-CN", **options
        )
        context.set_default_timeout(SLOW)
        page = context.new_page()
        self._watch(page)
        page.goto(f"{self.address}/")
        return page

    def enter(self, name: str, viewport: dict[str, int], **options: object) -> Page:
        """Sign a person in at a screen of their own."""
        page = self.stranger(viewport, **options)
        page.goto(f"{self.address}/sign-in/")
        page.get_by_label("用户名").fill(name)
        page.get_by_label("密码").fill(PASSWORD)
        page.get_by_role("main").get_by_role("button", name="登录").click()
        expect(page.get_by_role("heading", name="我的工作")).to_be_visible()
        return page


def fits(page: Page) -> None:
    """Nothing on the page is wider than the screen."""
    wide = page.evaluate("document.documentElement.scrollWidth - window.innerWidth")
    assert wide <= 0, f"{page.url} is {wide} px too wide"
