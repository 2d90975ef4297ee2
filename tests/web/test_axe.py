"""Every page for everybody: axe finds nothing, nothing is too wide, and no word is foreign.

Which pages there are is read from the addresses of the site, so a new one is tried by itself.
"""

import re
from collections.abc import Iterator
from typing import Any

import pytest
from axe_playwright_python.base import AXE_SCRIPT
from django.conf import settings as django_settings
from django.test import Client
from django.urls import NoReverseMatch, get_resolver, reverse
from playwright.sync_api import Browser, Page

from linli import background
from linli.cases import loop
from linli.cases.intake import Report, receive
from tests.small_town import person
from tests.web.browsers import DESK, DRAWING, IN_A_BROWSER, PHONE, SLOW, started
from tests.web.conftest import photo
from tests.web.test_permissions import NOT_OURS, keywords, patterns
from tests.web.two_sides import build

pytestmark = IN_A_BROWSER

# Who looks at a page: the first whom it opens to, or those who are named for it.
EVERYBODY = ("dispatcher", "steward", "leader", "root", "officer", "resident", "guest")
LOOKING = {
    "home": ("guest", "resident", "worker", "head", "dispatcher", "leader"),
    "case": ("resident", "head", "dispatcher", "supervisor"),
    "report": ("guest", "resident"),
    "receipt": ("guest", "resident"),
    "find-receipt": ("guest",), "sign-in": ("guest",), "account_signup": ("guest",),
    "services": ("resident",), "service": ("resident",), "deliberation": ("resident", "steward"),
    "booking": ("resident", "steward"), "cockpit": ("leader",), "administration": ("root",),
    "part": ("head", "leader"), "inspection-station": ("head",), "inspection-versions": ("head",),
    "add-station": ("head",), "change-station": ("head",), "inspection-lot": ("head",),
    "inspection": ("head",), "inspection-lots": ("head",),
    "map": ("leader",), "my-leave": ("officer",),
    # The head of a plant's people is its inspector and its engineer too, and may do what they may.
    "assets": ("head",), "asset": ("head",), "asset-shifts": ("head",), "assets-running": ("head",),
    "spare": ("head",), "maintenance": ("head",), "maintenance-plan": ("head",),
    "maintained-machine": ("head",), "work-order": ("head",), "maintenance-versions": ("head",),
    "telemetry": ("head",), "telemetry-tag": ("head",),
    "greenhouses": ("head",), "greenhouse": ("head",), "farm-calendar": ("head",),
}  # fmt: skip
# What a page looks like when more is asked of it.
QUERIES = {
    "desk": [f"?queue={queue}" for queue in ("unsure", "returned", "twins")],
    "leagues": ["?contest=departments", "?contest=teams&period=x"],
    "cases": ["?q=%E6%A1%A5&state=open", "?q=nothing"],
    "cockpit": ["?wall"],
    "map": ["?area=west"],
    "bulletins": ["?kind=month"],
    "bulletin": ["?area=w1"],  # one that is being made
    "scheme": ["?period=2025&area=west"],
    "scheme-improve": ["?period=2025&v-people=8"],
    "scheme-item": ["?period=2025&area=west"],
}
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "best-practice"]
FOREIGN = re.compile(r"[A-Za-z]{2,}(?:[ ,.:;'’]+[A-Za-z]{2,})+")
# What is written so in Chinese too, beside code: names, commands, files, marks of the chain.
AS_IT_IS = re.compile(r"OpenStreetMap contributors|OPC UA|opc\.tcp://|linli [a-z]+"
                      r"|\S+\.(?:csv|xlsx|json|toml|svg|example)|\b[0-9a-f]{6,}\b")  # fmt: skip


WORDS = """() => {
  // Taken away while it is read: code, and what says itself that it is in another language.
  const apart = new CSSStyleSheet();
  apart.replaceSync(`code, pre, body [lang]:not([lang="${document.documentElement.lang}"])
    { display: none !important }`);
  document.adoptedStyleSheets.push(apart);
  const told = [document.title, document.body.innerText];
  document.adoptedStyleSheets.pop();
  for (const name of ["aria-label", "placeholder", "alt", "title"])
    for (const one of document.querySelectorAll(`[${name}]`)) told.push(one.getAttribute(name));
  return told;
}"""
AXE = """async (options) => {
  const { violations } = await axe.run(document, options);
  return violations.flatMap(({ id, nodes }) =>
    nodes.map((node) => `${id}: ${node.html.slice(0, 160)} (${node.any.concat(node.all,
      node.none).map((one) => one.message).join("; ").slice(0, 220)})`));
}"""
NO_LINE = """window.EventSource = class extends EventTarget {
  constructor(url) {
    super();
    Object.assign(this, { url, readyState: 2 });
    setTimeout(() => {
      const lost = new Event("error");
      this.onerror?.(lost);
      this.dispatchEvent(lost);
    });
  }
  close() {}
};"""
WIDTH = """() => {
  const over = document.documentElement.scrollWidth - innerWidth;
  return over > 0 ? `${over} px too wide` : "";
}"""


@pytest.fixture
def browser() -> Iterator[Browser]:
    yield from started(DRAWING)


def _told(objects: Any) -> None:
    """Let more have happened than stands in the two halves: so pages have something to show."""
    case = receive(
        [Report("桥头垃圾成堆没有人收", lon=121.005, lat=30.705, category="rubbish",
                reporter=person("resident"), evidence=[photo()])]
    )[0].case  # fmt: skip
    loop.act(case, "accept", person("worker"))
    loop.act(case, "resolve", person("worker"), reply="已清运，并增设垃圾桶。", evidence=[photo()])
    objects["case"] = (case.code, objects["case"][0])
    receive([Report("说不清楚的一件事情")])
    returned = receive([Report("又有人在路上摆摊子", lon=121.006, lat=30.702, category="stalls")])
    loop.act(returned[0].case, "return", person("head"), reason="桥面不归我们")
    background.once()
    background.ponder()


def _pages(objects: Any) -> list[tuple[str, str]]:
    """List who looks at which address: every page of the site, from its own table of them."""
    clients: dict[str, Client] = {}
    for role in {*EVERYBODY, *(role for roles in LOOKING.values() for role in roles)}:
        clients[role] = Client(headers={"accept-language": "zh-hans"})
        if role != "guest":
            clients[role].force_login(person(role), "linli.people.signing_in.Accounts")
    found = []
    for _address, pattern in patterns(get_resolver()):
        name = pattern.name or ""
        if name in ("act", "sign-out") or name.startswith(("dingtalk_", "openid_connect_")):
            continue
        try:
            given = keywords(name, pattern.pattern.converters, objects)[0]
            path = reverse(name, kwargs=given)
        except (AssertionError, NoReverseMatch):
            assert name.startswith(NOT_OURS), name
            continue
        for query in ["", *QUERIES.get(name, [])]:
            for role in LOOKING.get(name, EVERYBODY):
                if _is_page(clients[role], path + query):
                    found.append((role, path + query))
                    if name not in LOOKING:
                        break
    waiting = reverse("case", kwargs={"code": objects["case"][1]})
    found += [(role, waiting) for role in ("head", "worker", "dispatcher", "supervisor")]
    found += [("guest", "/no-such-page/"), ("dispatcher", reverse("api-reference"))]
    return sorted(set(found))


def _is_page(client: Client, path: str) -> bool:
    if path.endswith("/live/"):
        return False
    answer = client.get(path)
    if answer.headers.get("Content-Disposition", "").startswith("attachment"):
        return False
    return answer.status_code == 200 and b"<html" in getattr(answer, "content", b"")


def _session(role: str) -> dict[str, str]:
    client = Client()
    client.force_login(person(role), "linli.people.signing_in.Accounts")
    name = django_settings.SESSION_COOKIE_NAME
    return {"name": name, "value": client.cookies[name].value}


def _faults(page: Page) -> Iterator[str]:
    """Look at the page on the phone and on the desk, in the light and in the dark."""
    contrast = {"runOnly": {"type": "rule", "values": ["color-contrast"]}}
    whole = {"runOnly": {"type": "tag", "values": RULES}, "resultTypes": ["violations"]}
    for screen, shade, rules in (
        (PHONE, "light", whole),
        (PHONE, "dark", contrast),
        (DESK, "dark", whole),
        (DESK, "light", contrast),
    ):
        page.set_viewport_size(screen)
        page.emulate_media(color_scheme=shade)
        for fault in page.evaluate(AXE, rules):
            yield f"{screen['width']} {shade} {fault}"
        if wide := page.evaluate(WIDTH):
            yield f"{screen['width']} {wide}"


def _foreign(page: Page) -> Iterator[str]:
    for text in page.evaluate(WORDS):
        for run in FOREIGN.findall(AS_IT_IS.sub("", text or "")):
            yield f"not Chinese: {run}"


@pytest.fixture
def pages(transactional_db, tmp_path, settings) -> list[tuple[str, str]]:
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    settings.DEMO = True
    objects = build(tmp_path / "town")
    _told(objects)
    return _pages(objects)


class Looker:
    """A browser in one language in which everybody takes turns."""

    def __init__(self, browser: Browser, address: str, language: str) -> None:
        self.context = browser.new_context(locale=language, viewport=PHONE, reduced_motion="reduce")
        self.context.set_default_timeout(SLOW)
        # A stream never ends, so no page of it would ever be still; each has a test of its own.
        # Not by a route: where there is one, Chromium keeps no file and fetches all at each page.
        self.context.add_init_script(NO_LINE)
        self.page, self.address, self.role = self.context.new_page(), address, "guest"

    def look(self, role: str, path: str) -> Page:
        """Open a page as this person."""
        if role != self.role:
            self.context.clear_cookies()
            if role != "guest":
                self.context.add_cookies([_session(role) | {"url": self.address}])
            self.role = role
        self.page.set_viewport_size(PHONE)
        self.page.goto(self.address + path)
        return self.page


def test_every_page_is_for_everybody_on_every_screen(browser, live_server, pages):
    assert len(pages) > 50
    chinese = Looker(browser, live_server.url, "zh-CN")
    chinese.context.add_init_script(AXE_SCRIPT)
    english = Looker(browser, live_server.url, "en-GB")
    faults = []
    for role, path in pages:
        page = chinese.look(role, path)
        faults += [f"{role} {path} {fault}" for fault in (*_faults(page), *_foreign(page))]
        if wide := english.look(role, path).evaluate(WIDTH):
            faults.append(f"{role} {path} in English {wide}")
    assert not faults, f"{len(faults)} faults\n" + "\n".join(faults)
