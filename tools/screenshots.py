"""Take the pictures of README and guides, from a demonstration of their own.

    python tools/screenshots.py [http://127.0.0.1:8000] [--into docs/img] [--only case]

Without an address it starts a demonstration with a short history in a new folder, lets its
town live into a working day, stops its clock so that the pictures agree, and ends it afterwards.
Needs Debian's Chromium, its words in Chinese (chromium-l10n) and Chinese fonts.
"""

import argparse
import os
import re
import shutil
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from PIL import Image
from playwright.sync_api import Browser, Page, sync_playwright

ROOT = Path(__file__).parents[1]
SIZES = {"phone": (390, 844), "desktop": (1440, 900), "wall": (1920, 1080)}
LANGUAGES = {"zh": "zh-CN", "en": "en-GB"}
MAX_BYTES = 300_000
# Maps draw with WebGL, which a machine without a graphics card computes.
CHROMIUM = ["--no-sandbox", "--use-angle=swiftshader", "--enable-unsafe-swiftshader",
            "--disable-background-networking", "--disable-component-update",
            "--disable-sync"]  # fmt: skip
HISTORY = ["--cases", "1500", "--years", "0.3", "--seed", "1", "--speed", "600"]
A_MORNING = 24  # seconds of ours in which the town lives four hours
CASE = ".cases .title"
MATTER = {
    "zh": ("水洞埭社区门口的路灯坏了三天", "晚上回家一片黑，老人走路不安全。"),
    "en": ("水洞埭社区门口的路灯坏了三天", "The street light has been out for three days."),
}


@dataclass(frozen=True)
class Picture:
    """One page as one person sees it; `prepare` does what they do there first."""

    name: str
    person: str | None
    path: str
    sizes: tuple[str, ...]
    prepare: Callable[[Page, str], None] | None = None


def opened(selector: str) -> Callable[[Page, str], None]:
    """Follow the first link or press the first button that matches."""

    def follow(page: Page, _language: str) -> None:
        page.locator(selector).first.click(timeout=20_000)
        page.wait_for_load_state()

    return follow


def at(selector: str) -> Callable[[Page, str], None]:
    """Bring a part of the page into view."""

    def show(page: Page, _language: str) -> None:
        page.locator(selector).first.evaluate("e => e.scrollIntoView()")

    return show


def both(*steps: Callable[[Page, str], None]) -> Callable[[Page, str], None]:
    """Do one after the other."""

    def all_of_them(page: Page, language: str) -> None:
        for step in steps:
            step(page, language)

    return all_of_them


def told(page: Page, language: str) -> None:
    """Say what is wrong, and wait for what the page makes of it."""
    title, body = MATTER[language]
    page.fill("#id_title", title)
    page.fill("#id_body", body)
    page.wait_for_selector("#already .chip", timeout=10_000)


def sent(page: Page, language: str) -> None:
    """Send the report off, and stay on its receipt."""
    told(page, language)
    page.locator("#report button.act").click()
    page.wait_for_selector("code.code", timeout=10_000)


def at_home(page: Page, language: str) -> None:
    """Say where one lives, then look at the times of the first service."""
    grid = page.locator("#id_grid")
    if grid.is_visible():
        grid.fill("水洞埭社区第一网格")
        page.locator('form[action="/services/home/"] button').click()
        page.wait_for_load_state()
    opened(".offers .title")(page, language)
    at("#times")(page, language)


def neighbours_called(page: Page, language: str) -> None:
    """Sort a matter as the neighbours' own and call them together, unless that is done."""
    if not page.locator(CASE).count():
        page.goto(page.url.replace("/deliberations/", "/cases/?waiting=triage"))
        page.locator(CASE, has_text="车位").first.click()
        page.locator("#form-triage [name=triage]").select_option("neighbourhood")
        page.locator("#form-triage button").first.click()
        page.wait_for_load_state()
        form = page.locator("#form-deliberate")
        form.evaluate("e => e.closest('details')?.setAttribute('open', '')")
        form.locator("[name=question]").fill("12幢楼下的车位怎么安排，才够各家停？")
        form.locator("[name=venue]").fill("水洞埭社区邻里中心")
        form.locator("[name=meets_at]").fill(f"{date.today() + timedelta(days=9)}T18:30")
        form.locator("button").first.click()
        page.wait_for_selector("#happened :text('12幢楼下的车位')", timeout=10_000)
        page.goto(page.url.split("/cases/")[0] + "/deliberations/")
    opened(CASE)(page, language)
    for proposal in ("划出两小时限停车位", "与隔壁单位夜间错时共享"):
        if not page.get_by_text(proposal).count():
            page.locator("details:has([name=text])").evaluate("e => { e.open = true; }")
            page.locator("form [name=text]").fill(proposal)
            page.locator("form:has([name=text]) button").click()
            page.get_by_text(proposal).first.wait_for(timeout=10_000)
    page.reload()


def answered(page: Page, _language: str) -> None:
    """Open what the motor maker asked for and several departments answered."""
    page.locator("a", has_text="海外订单受阻").first.click()
    page.wait_for_load_state()


def asked_for(page: Page, language: str) -> None:
    """Fill in a visit that is planned, as far as the first request."""
    opened("section:has(#mine) a")(page, language)
    page.fill("[name=met]", {"zh": "总经理", "en": "General manager"}[language])
    page.fill("[name=research]", "新建实验室，两项发明专利已受理。")
    page.fill("[name=sales]", "订单排到明年三月。")
    page.fill("[name=plans]", "二期厂房明年开工。")
    page.fill("[name=request1-title]", "缺少高级工程师")
    page.locator("[name=request1-category]").select_option("enterprise-talent")
    at("[name=sales]")(page, language)


def made(page: Page, _language: str) -> None:
    """Wait for a bulletin that is being made; the page shows it by itself."""
    page.wait_for_selector(".bulletin section h2", timeout=60_000)


def cases_file(page: Page, language: str) -> None:
    """Bring a file of cases in which not every row is right."""
    head, rows = {
        "zh": ("标题,类别,区域编码,经度,纬度", (
            "实验小学门口路灯不亮,street-lights,330482001001,,",
            "河边垃圾桶满了三天没人清,appearance,330482001001,,",
            "公交站牌被撞歪,no-such-category,330482001001,,",
            ",appearance,330482001001,,")),
        "en": ("title,category,area,lon,lat", (
            "Street light out in front of the school,street-lights,330482001001,,",
            "Bins by the river not emptied for three days,appearance,330482001001,,",
            "Bus stop sign knocked over,no-such-category,330482001001,,",
            ",appearance,330482001001,,")),
    }[language]  # fmt: skip
    page.locator('input[name=table][value="cases"]').check()
    text = "\n".join((head, *rows)).encode("utf-8")
    page.set_input_files("#file", {"name": "cases.csv", "mimeType": "text/csv", "buffer": text})
    page.locator("form.bring button.act").click()
    page.wait_for_selector("ol.rows", timeout=10_000)


def changed_pack(page: Page, _language: str) -> None:
    """Bring a pack in which a deadline is shorter, and look at the difference."""
    text = (ROOT / "src/linli/packs/governance.toml").read_text("utf-8")
    shorter = text.replace("resolve_hours = 112", "resolve_hours = 75", 1)
    page.set_input_files("#file", {
        "name": "governance.toml", "mimeType": "application/toml", "buffer": shorter.encode(),
    })  # fmt: skip
    page.locator("section:has(#file) button.act").click()
    page.wait_for_load_state()


def waited_for(selector: str) -> Callable[[Page, str], None]:
    """Look again until the worker has made what the page shows."""

    def look(page: Page, _language: str) -> None:
        for _ in range(40):
            if page.locator(selector).count():
                return
            page.wait_for_timeout(5_000)
            page.reload()
        raise TimeoutError(f"no {selector} on {page.url}")

    return look


def heated(page: Page, language: str) -> None:
    """Open the newest flawed part, and lay the heat map over its picture."""
    opened('main table a[href^="/inspection/"]')(page, language)
    page.goto(page.url.split("?")[0] + "?verdict=flawed")
    opened(".shots a")(page, language)
    page.locator("[data-heat-on]").check()


PHONE, DESKTOP, BOTH = ("phone",), ("desktop",), ("phone", "desktop")
MOTORS = "/enterprises/91330482MAB657774W/"

PICTURES = [
    Picture("front", None, "/", DESKTOP),
    Picture("tour", None, "/tour/4/", DESKTOP),
    Picture("report", None, "/report/", PHONE, both(told, at("#id_area"))),
    Picture("receipt", None, "/report/", PHONE, sent),
    Picture("home-resident", "resident", "/", PHONE),
    Picture("services", "resident", "/services/", PHONE),
    Picture("booking", "resident", "/services/", PHONE, at_home),
    Picture("home-worker", "worker", "/", PHONE),
    Picture("map", "worker", "/map/", PHONE),
    Picture("triage", "steward", "/steward/", PHONE),
    Picture("deliberation", "steward", "/deliberations/", DESKTOP, neighbours_called),
    Picture("deliberations", "steward", "/deliberations/", PHONE),
    Picture("home-officer", "officer", "/", PHONE),
    Picture("resolve", "officer", "/cases/?waiting=resolve", PHONE, opened(CASE)),
    Picture("desk", "dispatcher", "/desk/", DESKTOP),
    Picture("cases", "dispatcher", "/cases/?state=open", DESKTOP),
    Picture("case", "supervisor", "/cases/?waiting=verify", DESKTOP, opened(CASE)),
    Picture("topic", "leader", "/topics/", DESKTOP, opened(".topics .title")),
    Picture("leagues", "leader", "/leagues/?contest=departments", DESKTOP),
    Picture("map", "leader", "/map/", DESKTOP),
    Picture("cockpit", "leader", "/cockpit/", DESKTOP),
    Picture("cockpit", "leader", "/cockpit/?wall", ("wall",)),
    Picture("administration", "administrator", "/administration/", DESKTOP),
    Picture("people", "administrator", "/administration/people/", DESKTOP),
    Picture("pack", "administrator", "/administration/packs/", DESKTOP, changed_pack),
    Picture("calendar", "administrator", "/administration/calendar/", DESKTOP),
    Picture("keys", "administrator", "/keys/", DESKTOP),
    Picture("import", "dispatcher", "/import/", DESKTOP, cases_file),
    Picture("api", None, "/api/", DESKTOP),
    # The park, its programmes and indicators.
    Picture("enterprises", "leader", "/enterprises/", DESKTOP),
    Picture("enterprise", "enterprise", "/enterprises/", PHONE),
    Picture("enterprise", "leader", MOTORS, DESKTOP),
    Picture("visit", "leader", "/enterprises/visits/", PHONE, asked_for),
    Picture("difficulty", "leader", MOTORS, DESKTOP, answered),
    Picture("ladder", "leader", "/ladder/", DESKTOP),
    Picture("per-mu", "leader", "/per-mu/", DESKTOP),
    Picture("matching", "administrator", "/matching/", DESKTOP, opened(".candidates .to")),
    Picture("campaign", "leader", "/remediation/", DESKTOP, opened("main .title")),
    Picture("holding", "officer", "/remediation/", PHONE, opened("main .title")),
    Picture("sheet", "leader", "/remediation/sheets/3/", DESKTOP),
    Picture("programmes", "leader", "/programmes/", DESKTOP),
    Picture("gantt", "leader", "/programmes/", DESKTOP, opened("a[href$='/gantt/']")),
    Picture("investment", "leader", "/investment/", DESKTOP),
    Picture("ways", "leader", "/programmes/ways/", DESKTOP),
    Picture("indicators", "leader", "/indicators/", DESKTOP),
    Picture("target", "leader", "/indicators/digital-enterprises/", DESKTOP),
    Picture("bulletin", "leader", "/bulletins/month/", DESKTOP, made),
    Picture("scheme", "leader", "/schemes/", DESKTOP),
    Picture("scheme-item", "supervisor", "/schemes/", DESKTOP,
            opened("main a.second[href*='/items/']")),
    Picture("scheme-improve", "leader", "/schemes/beautiful-town/improve/", DESKTOP),
    # The plant: what a camera sees, how machines run, and when they are opened.
    Picture("home-inspector", "inspector", "/", PHONE),
    Picture("station", "inspector", "/inspection/", BOTH,
            opened('main table a[href^="/inspection/"]')),
    Picture("part", "inspector", "/inspection/", BOTH, heated),
    Picture("lots", "inspector", "/inspection/lots/", PHONE),
    Picture("lot", "inspector", "/inspection/lots/?state=held", DESKTOP, opened("table th a")),
    Picture("home-engineer", "engineer", "/", PHONE, waited_for(".next")),
    Picture("assets", "engineer", "/assets/", DESKTOP),
    Picture("asset", "engineer", "/assets/P1-L1-M03/", BOTH),
    Picture("telemetry", "engineer", "/telemetry/", BOTH),
    Picture("running", "engineer", "/assets/running/", DESKTOP),
    Picture("maintenance", "engineer", "/maintenance/", PHONE, waited_for(".machines")),
    Picture("maintenance-plan", "engineer", "/maintenance/plan/", DESKTOP,
            waited_for(".gantt .window")),
    Picture("work-order", "engineer", "/maintenance/plan/", PHONE,
            both(waited_for(".gantt .window"), opened('main a[href*="/maintenance/orders/"]'))),
    Picture("cockpit-plants", "leader", "/cockpit/", DESKTOP, at(".kept")),
]  # fmt: skip


def enter(page: Page, address: str, person: str) -> None:
    """Go in as one of the demo accounts."""
    page.goto(f"{address}/sign-in/")
    page.locator(f'form[action="/enter/{person}/"] button').click()
    page.wait_for_load_state()


def settle(page: Page) -> None:
    """Wait until every map that is in view has been drawn."""
    page.wait_for_function(
        """() => [...document.querySelectorAll("[data-map]")].every((map) =>
             !map.checkVisibility({ contentVisibilityAuto: true })
             || map.classList.contains("drawn") || map.classList.contains("undrawn")
             || map.getBoundingClientRect().top > innerHeight)""",
        timeout=40_000,
    )
    # What is drawn fades in, and the cockpit's stream says its first word.
    page.wait_for_timeout(1_800 if page.locator("[data-map]").count() else 400)


def keep(page: Page, path: Path) -> None:
    """Write the picture in at most 256 colours: a third of the weight, and nobody sees it."""
    page.screenshot(path=path)
    with Image.open(path) as image:
        few = image.convert("RGB").quantize(
            256, Image.Quantize.MAXCOVERAGE, dither=Image.Dither.NONE
        )
    few.save(path, optimize=True)


Doors = dict[str, Any]  # of everybody who has gone in: the cookies to come back with


def take(
    browser: Browser, address: str, picture: Picture, language: str, into: Path, doors: Doors
) -> list[str]:
    """Take a picture at each of its sizes; return what went wrong."""
    missed = []
    for size in picture.sizes:
        width, height = SIZES[size]
        name = f"{picture.name}-{size}-{language}.png"
        known = doors.get(picture.person or "")
        context = browser.new_context(
            viewport={"width": width, "height": height}, locale=LANGUAGES[language],
            storage_state=known,
        )  # fmt: skip
        page = context.new_page()
        try:
            if picture.person and known is None:
                enter(page, address, picture.person)
                doors[picture.person] = context.storage_state()
            page.goto(f"{address}{picture.path}")
            if picture.prepare:
                picture.prepare(page, language)
            settle(page)
            keep(page, into / name)
        except Exception as error:  # one picture less is no reason to take none
            missed.append(f"{name}: {str(error).splitlines()[0]}")
        else:
            if (into / name).stat().st_size > MAX_BYTES:
                missed.append(f"{name} is over {MAX_BYTES // 1000} kB")
        context.close()
    return missed


def live_a_morning(browser: Browser, address: str) -> None:
    """Let the town live from the start of a working day to about noon, then stop its clock.

    Before that its camera has to know good parts, or nothing has a heat map.
    """
    page = browser.new_page()

    def press(*moves: str) -> None:
        for move in moves:
            page.goto(f"{address}/sign-in/")
            button = page.locator(f'.simulated button[value="{move}"]')
            if button.count():
                button.click()
                page.wait_for_load_state()

    press("pause")
    enter(page, address, "inspector")
    page.goto(f"{address}/inspection/")
    waited_for(".pulse.running, .pulse.silent")(page, "zh")
    page.context.clear_cookies()
    press("resume", "skip")
    time.sleep(A_MORNING)
    press("pause")
    page.close()


@contextmanager
def demonstration(address: str | None) -> Iterator[str]:
    """Use the demonstration at `address`, or run one for the time being."""
    if address:
        yield address.rstrip("/")
        return
    with socket.socket() as asked:
        asked.bind(("127.0.0.1", 0))
        port = asked.getsockname()[1]
    with tempfile.TemporaryDirectory() as home:
        command = [sys.executable, "-m", "linli", "demo", "--port", str(port), *HISTORY]
        server = subprocess.Popen(command, env={**os.environ, "LINLI_HOME": home}, cwd=ROOT)
        try:
            for _ in range(600):
                try:
                    urllib.request.urlopen(f"http://127.0.0.1:{port}/healthz", timeout=5)
                    break
                except OSError:
                    time.sleep(0.5)
            yield f"http://127.0.0.1:{port}"
        finally:
            server.terminate()
            server.wait()


def main() -> int:
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("address", nargs="?", help="of a server in demo mode")
    asked.add_argument("--into", type=Path, default=ROOT / "docs/img")
    asked.add_argument("--only", default="", help="a pattern that the picture's name matches")
    given = asked.parse_args()
    path = shutil.which("chromium")
    if path is None:
        print("chromium is missing: apt-get install -y chromium fonts-noto-cjk")
        return 1
    given.into.mkdir(parents=True, exist_ok=True)
    pictures = [p for p in PICTURES if re.search(given.only, p.name)]
    missed = []
    with demonstration(given.address) as address, sync_playwright() as playwright:
        for language, locale in LANGUAGES.items():
            # The browser's own words (“choose a file”) follow the machine, not the page.
            words = {**os.environ, "LANGUAGE": locale.replace("-", "_")}
            browser = playwright.chromium.launch(
                executable_path=path, args=[*CHROMIUM, f"--lang={locale}"], env=words
            )
            if not given.address and language == "zh":
                live_a_morning(browser, address)
            doors: Doors = {}
            for picture in pictures:
                missed += take(browser, address, picture, language, given.into, doors)
            browser.close()
    for line in missed:
        print(line, file=sys.stderr)
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())
