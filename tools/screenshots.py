"""Take the pictures of README and guides, from a demonstration of their own.

    python tools/screenshots.py [http://127.0.0.1:8000] [--into docs/img] [--only home]

Without an address it starts the demonstration in a new folder, and ends it afterwards.
Needs Debian's Chromium and its Chinese fonts.
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
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from playwright.sync_api import BrowserType, Page, sync_playwright

SIZES = {"phone": (390, 844), "desktop": (1440, 900)}
LANGUAGES = {"zh": "zh-CN", "en": "en-GB"}
MAX_BYTES = 300_000
CHROMIUM = ["--no-sandbox", "--disable-gpu", "--disable-background-networking",
            "--disable-component-update", "--disable-sync"]  # fmt: skip


@dataclass(frozen=True)
class Picture:
    """One page as one person sees it. `open` names a link to follow from `path` first."""

    name: str
    person: str | None
    path: str
    open: str | None = None


PICTURES = [
    Picture("sign-in", None, "/sign-in/"),
    Picture("home", "dispatcher", "/"),
    Picture("home-resident", "resident", "/"),
    Picture("home-officer", "officer", "/"),
    Picture("cases", "dispatcher", "/cases/"),
    Picture("filters", "dispatcher", "/cases/?state=open"),
    Picture("case", "supervisor", "/cases/?waiting=verify", open=".cases .title"),
    Picture("resolve", "officer", "/cases/?waiting=resolve", open=".cases .title"),
    Picture("ruling", "dispatcher", "/cases/?waiting=rule", open=".cases .title"),
    Picture("triage", "steward", "/cases/?waiting=triage", open=".cases .title"),
    Picture("rate", "resident", "/cases/?waiting=rate", open=".cases .title"),
    Picture("report", "resident", "/report/"),
    Picture("leagues", "leader", "/leagues/?contest=departments"),
    Picture("progress", None, "/receipt/"),
    Picture("lost", "leader", "/nowhere"),
]


def _people(pictures: list[Picture]) -> Iterator[tuple[str | None, list[Picture]]]:
    for person in dict.fromkeys(picture.person for picture in pictures):
        yield person, [picture for picture in pictures if picture.person == person]


def sign_in(page: Page, address: str, person: str) -> None:
    """Enter as one of the demo accounts."""
    page.goto(f"{address}/sign-in/")
    page.fill("#id_username", person)
    page.fill("#id_password", "linli-demo")
    page.locator("form.stack button").click()
    page.wait_for_url(f"{address}/")


def take(
    chromium: BrowserType, path: str, address: str, pictures: list[Picture], into: Path
) -> list[str]:
    """Take every picture at each size in each language; return what could not be taken."""
    missed = []
    for language, locale in LANGUAGES.items():
        # The browser's own words (“choose a file”) follow the machine, not the page.
        words = {**os.environ, "LANGUAGE": locale.replace("-", "_")}
        browser = chromium.launch(executable_path=path, args=CHROMIUM, env=words)
        for size, (width, height) in SIZES.items():
            for person, theirs in _people(pictures):
                context = browser.new_context(
                    viewport={"width": width, "height": height}, locale=locale
                )
                page = context.new_page()
                if person:
                    sign_in(page, address, person)
                for picture in theirs:
                    name = f"{picture.name}-{size}-{language}.png"
                    page.goto(f"{address}{picture.path}")
                    if picture.open:
                        if not page.locator(picture.open).count():
                            missed.append(f"{name}: nothing to open on {picture.path}")
                            continue
                        page.locator(picture.open).first.click()
                    page.wait_for_load_state("networkidle")
                    page.screenshot(path=into / name)
                    if (into / name).stat().st_size > MAX_BYTES:
                        missed.append(f"{name} is over {MAX_BYTES // 1000} kB")
                context.close()
        browser.close()
    return missed


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
        command = [sys.executable, "-m", "linli", "demo", "--port", str(port)]
        server = subprocess.Popen(command, env={**os.environ, "LINLI_HOME": home})
        try:
            for _ in range(300):
                try:
                    urllib.request.urlopen(f"http://127.0.0.1:{port}/healthz", timeout=5)
                    break
                except OSError:
                    time.sleep(0.2)
            yield f"http://127.0.0.1:{port}"
        finally:
            server.terminate()
            server.wait()


def main() -> int:
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("address", nargs="?", help="of a server in demo mode")
    asked.add_argument("--into", type=Path, default=Path("docs/img"))
    asked.add_argument("--only", default="", help="a pattern that the picture's name matches")
    given = asked.parse_args()
    chromium = shutil.which("chromium")
    if chromium is None:
        print("chromium is missing: apt-get install -y chromium fonts-noto-cjk")
        return 1
    given.into.mkdir(parents=True, exist_ok=True)
    pictures = [p for p in PICTURES if re.search(given.only, p.name)]
    with demonstration(given.address) as address, sync_playwright() as playwright:
        missed = take(playwright.chromium, chromium, address, pictures, given.into)
    for line in missed:
        print(line, file=sys.stderr)
    return 0


if __name__ == "__main__":
    sys.exit(main())
