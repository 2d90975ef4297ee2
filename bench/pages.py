"""How long the server takes for every page, for every role and with many filters.

    python bench/pages.py [--home DIR] [--cases 60000] [--repeat 5] [--only cases,desk]

Without `--home` it builds a demonstration with a simulated history in a temporary folder first.
Times are those of Django's handler with all middleware, database and template, in one process
and without a network. Pages are taken from the URL configuration: what `PAGES` and `NO_PAGES`
do not name is listed under `unmeasured`, and so is what no demo account may open. `queries` is
the most that one request of the page asked, `worst` the slowest request and its median,
`p95_cpu_ms` what this process itself worked: with SQLite nearly all of it, and the figure to
look at where other programs run beside the bench.
"""

import argparse
import gc
import json
import logging
import os
import statistics
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

ROOT = Path(__file__).parent.parent
ALLOWED_MS = 120.0
ONCE = ("",)


def say(text: str) -> None:
    """Tell the progress on stderr."""
    print(text, file=sys.stderr, flush=True)


@dataclass
class Sample:
    """Things of the town that one role may see, to put into addresses."""

    role: str
    things: dict[str, Any] = field(default_factory=dict)

    def of(self, name: str) -> list[Any]:
        return self.things.get(name, [])


def sample(role: str) -> Sample:
    """Choose what the pages of one role are opened for."""
    from linli.cases.models import Case, Category, Deliberation, Report, Ruling, State
    from linli.people.models import Organisation, User
    from linli.people.scope import scope
    from linli.places.models import Area

    sight = scope(User.objects.get(username=role))
    cases = sight.of(Case)
    codes = []
    for state in State.values:
        codes += [case.code for case in cases.filter(state=state).order_by("-id")[:1]]
    grids = Area.objects.filter(is_grid=True, retired=False)
    categories = Category.objects.filter(retired=False).values_list("pk", flat=True)
    return Sample(role, {
        "code": codes,
        "category": list(categories[:40:13]),
        "organisation": list(Organisation.objects.filter(retired=False)
                             .order_by("-pk").values_list("pk", flat=True)[:2]),
        "place": [area.code for layer in ("community", "service")
                  for area in grids.filter(layer=layer)[:1]]
                 + [area.code for area in Area.objects.filter(is_grid=False).order_by("path")[:2]],
        "receipt": list(Report.objects.values_list("receipt", flat=True)[:2]),
        "ruling": list(Ruling.objects.values_list("pk", flat=True)[:1]),
        "deliberation": list(Deliberation.objects.values_list("pk", flat=True)[:1]),
        "username": [role, "officer"],
        **_more(),
    })  # fmt: skip


def _more() -> dict[str, list]:
    """Choose from the apps that know of cases."""
    from django.apps import apps

    found: dict[str, list] = {}
    for name, label, model, what in (
        ("topic", "topics", "Topic", "pk"),
        ("service", "stewards", "Offer", "code"),
        ("booking", "stewards", "Booking", "pk"),
    ):
        if apps.is_installed(f"linli.{label}"):
            rows = apps.get_model(label, model)._default_manager.all()
            found[name] = list(rows.values_list(what, flat=True)[:1])
    return found


def lists(of: Sample) -> list[dict[str, Any]]:
    """Narrow the list of cases in every way, alone and together."""
    from linli.cases.listing import SORTS
    from linli.cases.models import Source, State
    from linli.cases.waiting import PILES, SIGHTS

    ways: list[dict[str, Any]] = [{}]
    ways += [{"state": state} for state in ("open", "ended", *State.values)]
    ways += [{"state": "open", "sort": sort} for sort in SORTS]
    ways += [{"waiting": name} for name in (*PILES, *SIGHTS)]
    ways += [{"category": key} for key in of.of("category")]
    ways += [{"organisation": key} for key in of.of("organisation")]
    ways += [{"area": code} for code in of.of("place")]
    ways += [{"source": source} for source in (Source.RESIDENT, Source.LOGISTICS)]
    ways += [{"satisfied": answer} for answer in ("yes", "no", "none")]
    ways += [{"lead": "territorial"}, {"mine": "on"}, {"overdue": "on"}, {"supervised": "on"}]
    ways += [
        {"q": text} for text in ("路灯", "垃圾 桥", "“停车位”", "street", "的", "飞机场", "26-0")
    ]
    ways += [
        {"q": "路灯", "state": "open", "sort": "due"},
        {"state": "closed", "lead": "functional", "satisfied": "no", "sort": "oldest"},
        {"source": "hotline", "overdue": "on", "mine": "on"},
        {"since": "2026-01-01", "until": "2026-02-01", "sort": "oldest"},
        {"after": "0-30000"}, {"sort": "due", "after": "1700000000000000-5"},
    ]  # fmt: skip
    return ways


def queues(of: Sample) -> list[dict[str, Any]]:
    from linli.cases.desk import QUEUES

    return [{}, *({"queue": name} for name in QUEUES)]


# What a page is opened with: its parts of the address, and the queries to try. A page without
# parts and queries needs no more than its name.
PAGES: dict[str, dict[str, Any]] = {
    "home": {}, "cases": {"queries": lists}, "desk": {"queries": queues},
    "case": {"code": "code"}, "advice": {"code": "code"}, "clocks": {"code": "code"},
    "report": {}, "already": {"queries": lambda of: [{"title": "路灯不亮", "area": ""}]},
    "find-receipt": {}, "receipt": {"receipt": "receipt"}, "receipt-qr": {"receipt": "receipt"},
    "leagues": {"queries": lambda of: [
        {"contest": name} for name in ("grids", "departments", "teams")]},
    "reasons": {"queries": lambda of: [{"contest": "grids", "unit": of.of("place")[0]}]},
    "figure": {"queries": lambda of: [
        {"contest": "grids", "unit": of.of("place")[0], "measure": "on_time"}]},
    "tour": {}, "tour-stop": {"number": "stops"},
    "cockpit": {}, "cockpit-stage": {"number": "stages"},
    "map": {}, "map-here": {"queries": lambda of: [{"lon": "121.02", "lat": "30.7"}]},
    "map-case": {"code": "code"}, "map-shapes": {"name": "layers"},
    "steward": {}, "steward-triage": {"code": "code"},
    "deliberations": {}, "deliberation": {"pk": "deliberation"},
    "services": {}, "service": {"code": "service"}, "bookings": {}, "booking": {"pk": "booking"},
    "topics": {}, "topic": {"pk": "topic"},
    "administration": {}, "people": {}, "person": {"username": "username"}, "new-person": {},
    "areas": {}, "area-leads": {"code": "place"}, "organisations": {}, "calendar": {},
    "audit": {}, "rulings": {}, "ruling": {"pk": "ruling"}, "packs": {}, "pack": {"code": "pack"},
    "my-leave": {}, "settings": {}, "change-password": {}, "sign-in": {}, "healthz": {},
    "imports": {}, "import-file": {"pk": "file"},
}  # fmt: skip
# What is no page: steps that are posted, files, streams, and the rooms of other packages.
NO_PAGES = {
    "act", "act-with-receipt", "apply-pack", "booking-step", "change-calendar", "change-person",
    "close-person", "cockpit-stream", "desk-act", "desk-many", "drop-filter", "drop-pack",
    "end-other-sessions", "end-session", "enter", "enter-leave", "evidence", "grant-role",
    "joint", "keep-filter", "link-outside", "look", "look-for-topics", "open-person",
    "pack-draft", "export", "import-columns", "import-drop", "import-faults", "import-take",
    "pack-source", "picture", "read-notices", "receipt-picture", "remove-leave",
    "remove-second-factor", "reset-password", "restore-pack", "set-clock", "set-home",
    "set-language", "set-lead", "set-theme", "sign-out", "support", "take-on", "tick-off",
    "unlink-outside", "upload-pack", "withdraw-role", "withdraw-ruling",
}  # fmt: skip
ELSEWHERE = ("account_", "socialaccount_", "mfa_", "dingtalk_", "openid_connect_")
FIXED = {"stops": [1, 2], "stages": [1, 2], "layers": ["community"], "pack": ["governance"]}


def patterns() -> dict[str, str]:
    """Return every named address outside the API, by name."""
    from django.urls import get_resolver

    def walk(found: Any, before: str) -> Iterator[tuple[str, str]]:
        for pattern in found:
            route = before + str(pattern.pattern)
            if hasattr(pattern, "url_patterns"):
                yield from walk(pattern.url_patterns, route)
            elif pattern.name and not route.startswith("api/"):
                yield pattern.name, route

    return dict(walk(get_resolver().url_patterns, ""))


def paths(name: str, of: Sample) -> list[str]:
    """Return the addresses under which a page is opened for one role."""
    from django.urls import NoReverseMatch, reverse

    wanted = dict(PAGES[name])
    queries = wanted.pop("queries", lambda of: [{}])(of)
    found = []
    combinations: list[dict[str, Any]] = [{}]
    for part, source in wanted.items():
        values = FIXED.get(source) or of.of(source)
        combinations = [{**given, part: value} for given in combinations for value in values]
    for given in combinations:
        try:
            path = reverse(name, kwargs=given)
        except NoReverseMatch:
            continue
        found += [path + (f"?{urlencode(query)}" if query else "") for query in queries]
    return found


@dataclass
class Page:
    """What was measured of one page."""

    times: list[float] = field(default_factory=list)
    worked: list[float] = field(default_factory=list)
    queries: int = 0
    worst: tuple[float, str] = (0.0, "")

    def figures(self) -> dict[str, Any]:
        ordered, worked = sorted(self.times), sorted(self.worked)
        last = min(int(0.95 * len(ordered)), len(ordered) - 1)
        return {
            "p50_ms": round(statistics.median(ordered), 1),
            "p95_ms": round(ordered[last], 1),
            "p95_cpu_ms": round(worked[last], 1),
            "queries": self.queries,
            "requests": len(ordered),
            "worst": f"{self.worst[1]} {self.worst[0]:.0f} ms",
        }


def measure(only: set[str], repeat: int) -> dict[str, Any]:
    """Open every page for every role."""
    from django.db import connection
    from django.test import Client
    from django.test.utils import CaptureQueriesContext

    from linli.demonstration import ACCOUNTS
    from linli.people.models import User

    names = patterns()
    known = [name for name in names if name in PAGES and (not only or name in only)]
    unmeasured = sorted(
        name for name in names
        if name not in PAGES and name not in NO_PAGES and not name.startswith(ELSEWHERE)
    )  # fmt: skip
    pages = {name: Page() for name in known}
    for role in ACCOUNTS:
        client = Client(headers={"accept-language": "zh-hans"})
        client.force_login(User.objects.get(username=role), "linli.people.signing_in.Accounts")
        of = sample(role)
        for name in known:
            for path in paths(name, of):
                if client.get(path).status_code != 200:
                    continue
                with CaptureQueriesContext(connection) as asked:
                    client.get(path)
                page = pages[name]
                page.queries = max(page.queries, len(asked))
                times = []
                for _again in range(repeat):
                    started, worked = time.perf_counter(), time.process_time()
                    client.get(path)
                    times.append(1000 * (time.perf_counter() - started))
                    page.worked.append(1000 * (time.process_time() - worked))
                page.times += times
                page.worst = max(page.worst, (statistics.median(times), f"{role} {path}"))
        say(f"{role}: done")
    measured = {name: page.figures() for name, page in pages.items() if page.times}
    return {
        "pages": measured,
        "over": sorted(name for name, page in measured.items() if page["p95_ms"] > ALLOWED_MS),
        "unmeasured": unmeasured + sorted(name for name in known if name not in measured),
    }


def main() -> None:
    """Build what is missing, measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--home", type=Path, help="an installation with the demo's history")
    parser.add_argument("--cases", type=int, default=60_000)
    parser.add_argument("--repeat", type=int, default=5)
    parser.add_argument("--only", default="", help="names of pages, with commas between")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        os.environ["LINLI_HOME"] = str(given.home or folder)
        os.environ["LINLI_DEMO"] = "1"
        os.environ["DJANGO_SETTINGS_MODULE"] = "linli.settings"
        os.environ.setdefault("LINLI_HOSTS", "testserver localhost")
        import django

        django.setup()
        print(json.dumps(run(given), ensure_ascii=False))


def run(given: argparse.Namespace) -> dict[str, Any]:
    """Measure in the installation of this process."""
    from django.conf import settings
    from django.core.management import call_command

    from linli import demonstration
    from linli.cases.models import Case

    call_command("migrate", verbosity=0)
    call_command("collectstatic", verbosity=0, interactive=False)
    settings.ALLOWED_HOSTS = ["*"]
    logging.disable(logging.CRITICAL)  # of pages that a role may not open
    if not Case.objects.exists():
        say("a history is being made …")
        demonstration.prepare(ROOT / "towns/pinghu", given.cases, 2.0, 1, lambda done: None)
    gc.collect()
    found = measure({name for name in given.only.split(",") if name}, given.repeat)
    for name, page in sorted(found["pages"].items(), key=lambda entry: -entry[1]["p95_ms"]):
        say(f"{name:20} p50 {page['p50_ms']:7.1f}  p95 {page['p95_ms']:7.1f}  "
            f"cpu {page['p95_cpu_ms']:6.1f}  "
            f"{page['queries']:3} queries  {page['worst']}")  # fmt: skip
    if found["unmeasured"]:
        say(f"UNMEASURED: {', '.join(found['unmeasured'])}")
    return {"cases": Case.objects.count(), **found}


if __name__ == "__main__":
    main()
