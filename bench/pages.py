"""How long the server takes for every page, for every role and with every filter.

    python bench/pages.py [--home DIR] [--cases 60000] [--repeat 5] [--only cases,desk]
                           [--roles guest,leader]

Without `--home` it builds a demonstration with a simulated history in a temporary folder first.
Times are those of Django's handler with all middleware, database and template, in one process
and without a network. The process makes ready what a worker of the site makes ready before its
first request (`linli.web.warm`); beyond that one request for each page of the process is not
timed, for it imports modules. Every other request is, also the first of a role and of a query.

Pages are taken from the URL configuration. What the worker keeps ready (tallies, topics,
leagues) is brought up to date before. What a page needs and the history lacks (a key, a webhook,
a deliberation, a file to import …) is made as well, all in one transaction that is rolled back at
the end, so the installation stays as it was. Addresses that only take a POST are no pages; they
stand under `posted`, found by asking each of them. A POST that changes nothing and answers
while somebody types (`advice`, `already`) is measured as a page. What is left stands under
`unmeasured`, and then the bench ends with an error.

`queries` is the most that one request of the page asked, `worst` the slowest request and its
median, `p95_cpu_ms` what this process itself worked: with SQLite nearly all of it, and the
figure to look at where other programs run beside the bench.
"""

import argparse
import csv
import io
import json
import logging
import os
import re
import statistics
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

ROOT = Path(__file__).parent.parent
ALLOWED_MS = 120.0
# Pages of the sign-in library; those that need an object of its own stand under `library`.
ELSEWHERE = ("account_", "socialaccount_", "mfa_", "dingtalk_", "openid_connect_")


def say(text: str) -> None:
    """Tell the progress on stderr."""
    print(text, file=sys.stderr, flush=True)


@dataclass
class Sample:
    """Things of the town that one role may see, to put into addresses and queries."""

    role: str
    sight: Any
    things: dict[str, Any] = field(default_factory=dict)

    def of(self, name: str) -> list[Any]:
        return self.things.get(name, [])


def sample(role: str, user: Any) -> Sample:
    """Choose what the pages of one role are opened for."""
    from linli.cases.models import Case, Category, Deliberation, Report, Ruling, State
    from linli.people.models import Organisation
    from linli.people.scope import scope
    from linli.places.models import Area

    sight = scope(user)
    cases = sight.of(Case)
    codes = []
    for state in State.values:
        codes += [case.code for case in cases.filter(state=state).order_by("-id")[:1]]
    grids = Area.objects.filter(is_grid=True, retired=False)
    categories = Category.objects.filter(retired=False).values_list("pk", flat=True)
    return Sample(role, sight, {
        "code": codes,
        "triage": [case.code for case in cases.filter(
            state=State.REPORTED, triage="").order_by("-id")[:2]] or codes[:1],
        "category": list(categories[:40:13]),
        "organisation": list(Organisation.objects.filter(retired=False)
                             .order_by("-pk").values_list("pk", flat=True)[:2]),
        "place": [area.code for layer in ("community", "service")
                  for area in grids.filter(layer=layer)[:1]]
                 + [area.code for area in Area.objects.filter(is_grid=False).order_by("path")[:2]],
        "receipt": list(Report.objects.values_list("receipt", flat=True)[:2]),
        "ruling": list(Ruling.objects.values_list("pk", flat=True)[:1]),
        "deliberation": list(sight.of(Deliberation).values_list("pk", flat=True)[:2]),
        "username": [role, "officer"],
        **_more(sight),
    })  # fmt: skip


def _more(sight: Any) -> dict[str, list]:
    """Choose from the apps that know of cases."""
    from linli.cases.models import Evidence
    from linli.doors.models import Upload, Webhook
    from linli.packs.models import TownVersion
    from linli.programmes.models import Investment, Node
    from linli.stewards.models import Booking, Offer
    from linli.topics.models import Topic

    def some(model: Any, what: str = "pk", n: int = 2) -> list:
        return list(sight.of(model).order_by("-pk").values_list(what, flat=True)[:n])

    drafts = TownVersion.objects.filter(number=None, by=sight.user.pk)
    return {
        "topic": some(Topic), "service": some(Offer, "code"), "booking": some(Booking),
        "node": some(Node, "code"), "project": some(Investment, "code"),
        "upload": some(Upload, "token"), "webhook": some(Webhook),
        "draft": list(drafts.values_list("pk", flat=True)[:1]), "evidence": some(Evidence),
        "to_rate": _to_rate(sight), **_photos(), **_park(some),
    }  # fmt: skip


def _park(some: Any) -> dict[str, list]:
    """Choose from the rooms of the park."""
    from linli.enterprises.matching.models import Need
    from linli.enterprises.models import Enterprise, Visit
    from linli.indicators.models import Indicator
    from linli.programmes.models import Milestone
    from linli.programmes.remediation.models import Block, Campaign, Contract, Holding, Offer

    return {
        "enterprise": some(Enterprise, "code"), "visit": some(Visit), "need": some(Need),
        "campaign": some(Campaign, "code"), "block": some(Block, "code"),
        "holding": some(Holding, "code"), "offer": some(Offer), "contract": some(Contract),
        "indicator": some(Indicator, "code", 50)[::5],
        "proved": list(Milestone.objects.exclude(file="").values_list("pk", flat=True)[:2]),
    }  # fmt: skip


def _photos() -> dict[str, list]:
    """Choose photos that people without an account may see."""
    from linli.cases.models import Evidence, Report
    from linli.cases.pictures import is_picture
    from linli.cases.timeline import ANSWERS
    from linli.web.tour import told_case

    rows = Evidence.objects.filter(action__in=ANSWERS).order_by("-pk")[:50]
    answers = [row for row in rows if is_picture(row)][:2]
    receipts = dict(
        Report.objects.filter(case__in=[row.case_id for row in answers])
        .values_list("case_id", "receipt")
    )  # fmt: skip
    toured = Evidence.objects.filter(case=told_case())
    return {
        "answered": [{"receipt": receipts[row.case_id], "pk": row.pk} for row in answers],
        "toured": [row.pk for row in toured if is_picture(row)][:2],
    }


def _to_rate(sight: Any) -> list[dict[str, str]]:
    """Choose what a person may rate, or has rated: the parts of the address of its page."""
    from linli.clock import now
    from linli.scores import together
    from linli.scores.periods import local_day, month_of, shifted

    if not sight.user.is_authenticated:
        return []
    month = shifted(month_of(local_day(now())), -1)
    return [
        {"month": str(month), "side": one.side, "grid": one.grid.code,
         "organisation": one.organisation.code}
        for one in together.to_rate(sight.user, month)[:3]
    ]  # fmt: skip


def supply() -> None:
    """Make what the pages need and this installation may lack; the caller takes it all back."""
    from datetime import timedelta

    from django.core.files.uploadedfile import SimpleUploadedFile

    from linli import demonstration
    from linli.cases.intake import Report as Told
    from linli.cases.intake import receive
    from linli.cases.models import Case, Deliberation
    from linli.clock import now
    from linli.doors import keys, uploads
    from linli.doors.models import Message, Webhook
    from linli.packs.models import TownVersion
    from linli.people.models import Leave, User
    from linli.places.models import COMMUNITY, Area
    from linli.scores.models import Rating
    from linli.stewards import bookings
    from linli.stewards.models import Booking, Home, Offer
    from linli.tables import declared

    who = {name: User.objects.get(username=name) for name in demonstration.ACCOUNTS}
    at = now()
    grids = Area.objects.filter(is_grid=True, layer=COMMUNITY, retired=False).order_by("code")
    grid, offer, serves = next(
        (grid, offer, serves)
        for grid in grids.defer("wkb")
        for offer in Offer.objects.filter(retired=False)
        if (serves := bookings.provider(offer, grid)) is not None
    )
    Home.objects.update_or_create(
        user=who["resident"], defaults={"grid": grid, "since": at}
    )  # fmt: skip
    Booking.objects.bulk_create(
        Booking(offer=offer, organisation=serves, grid=grid, booker=who["resident"], seat=n,
                starts_at=at + timedelta(days=3, minutes=30 * n), booked_at=at)
        for n in range(40)
    )  # fmt: skip
    told = Told("楼上每晚跳操，楼板一直响", area=grid.code, reporter=who["resident"])
    case = Case.objects.get(pk=receive([told])[0].case.pk)
    held = Deliberation.objects.values("case")
    for row in Case.objects.filter(community_grid=grid).exclude(pk__in=held).order_by("-pk")[:40]:
        Deliberation.objects.create(
            case=row, question="怎么办？", venue="驿站", meets_at=at + timedelta(days=3),
            opened_at=at,
        )  # fmt: skip
    for name, user in who.items():
        if name != "resident":
            keys.issue(user, "大屏", list(keys.scopes())[:3], None)
            Leave.objects.create(user=user, since=at, until=at + timedelta(days=2))
    hook = Webhook.objects.create(
        name="热线", url="https://hotline.example/", by=who["administrator"], at=at
    )
    Message.objects.bulk_create(
        Message(kind=Message.Kind.WEBHOOK, key=f"bench {n}", webhook=hook, address=hook.url, at=at,
                next_at=at, state=Message.State.GIVEN_UP,
                payload={"event": "report", "case": case.code})
        for n in range(200)
    )  # fmt: skip
    # Real texts: a file of near twins alone costs the square of its rows to foresee.
    texts = Case.objects.order_by("-pk").values_list("title", "body")[:500]
    lines = io.StringIO()
    csv.writer(lines).writerows([("title", "body"), *texts])
    rows = lines.getvalue()
    for name in ("dispatcher", "administrator"):
        file = SimpleUploadedFile("cases.csv", rows.encode())
        uploads.keep(who[name], declared()["cases"], file)
    TownVersion.objects.create(how="pack", by=who["administrator"], at=at)
    asked = Rating.objects.filter(appeal="").order_by("-id").values_list("pk", flat=True)[:60]
    Rating.objects.filter(pk__in=list(asked)).update(appeal=Rating.Appeal.ASKED)


def lists(of: Sample) -> list[dict[str, Any]]:
    """Narrow the list of cases in every way, alone and together."""
    from linli.cases.listing import SORTS
    from linli.cases.models import Source, State
    from linli.cases.waiting import PILES, SIGHTS

    ways: list[dict[str, Any]] = [{}]
    ways += [{"state": state} for state in ("open", "ended", *State.values)]
    ways += [{"waiting": name} for name in (*PILES, *SIGHTS)]
    ways += [{"category": key} for key in of.of("category")]
    ways += [{"organisation": key} for key in of.of("organisation")]
    ways += [{"area": code} for code in of.of("place")]
    ways += [{"source": source} for source in Source.values]
    ways += [{"satisfied": answer} for answer in ("yes", "no", "none")]
    ways += [{"lead": side} for side in ("territorial", "functional")]
    ways += [{name: "on"} for name in ("mine", "overdue", "supervised")]
    ways += [{"since": "2026-01-01"}, {"until": "2025-06-01"}]
    ordered = [
        {}, {"state": "open"}, {"state": "ended"}, {"satisfied": "no"}, {"lead": "functional"},
        {"mine": "on"}, {"overdue": "on"}, {"supervised": "on"}, {"source": "logistics"},
        {"since": "2026-01-01", "until": "2026-02-01"},
        *({"category": key} for key in of.of("category")[:1]),
        *({"area": code} for code in of.of("place")[:1]),
        *({"organisation": key} for key in of.of("organisation")[:1]),
    ]  # fmt: skip
    ways += [{**way, "sort": sort} for way in ordered for sort in SORTS]
    # Rare and common words, parts of words, a phrase, English, a number, nothing that is there.
    words = ("路灯", "垃圾 桥", "“停车位”", "street", "的", "了", "请", "问题", "希望 尽快",
             "飞机场", "26-0")  # fmt: skip
    ways += [{"q": text} for text in words]
    ways += [{"q": text, "sort": sort} for text in ("的", "路灯") for sort in SORTS]
    ways += [{"q": "的", "state": "closed"}, {"q": "路灯", "state": "open", "sort": "due"}]
    ways += [
        {"state": "closed", "lead": "functional", "satisfied": "no", "sort": "oldest"},
        {"source": "hotline", "overdue": "on", "mine": "on"},
    ]
    # Pages far from the first, forwards and backwards.
    marks = ("0-30000", "0-50")
    ways += [{way: mark} for way in ("after", "before") for mark in marks]
    ways += [{"sort": "oldest", "after": "0-30000"}, {"state": "closed", "after": "0-20000"},
             {"mine": "on", "after": "0-10000"}, {"q": "的", "sort": "newest", "after": "0-9000"},
             {"q": "的", "after": "0-400"}, {"sort": "due", "after": "1700000000000000-5"},
             {"sort": "due", "before": "1790000000000000-50000"}]  # fmt: skip
    return ways


def acts(of: Sample) -> list[dict[str, Any]]:
    """Look through the trail of administrative acts, and through the steps of all cases."""
    from linli.cases.loop import ACTIONS
    from linli.people import audit

    ways: list[dict[str, Any]] = [{}, {"of": "steps"}]
    ways += [{"action": name} for name in audit.ACTIONS]
    ways += [{"of": "steps", "action": name} for name in ACTIONS]
    for kind in ("acts", "steps"):
        ways += [
            {"of": kind, "person": "officer"},
            {"of": kind, "since": "2026-01-01"},
            {"of": kind, "until": "2025-06-01"},
            {"of": kind, "person": "dispatcher", "action": "rule", "until": "2025-06-01"},
        ]
    ways += [{"of": "steps", "before": "1750000000.000000_200000"}, {"before": "20"}]
    ways += [{"of": "steps", "object": code} for code in of.of("code")[:1]]
    return ways


def leagues(of: Sample) -> list[dict[str, Any]]:
    """Open the leagues that the worker keeps, each contest, layer, kind of area and period."""
    from linli.scores.kept import usual

    tables = usual()
    return [
        {"contest": contest, "period": str(period), "layer": layer, "kind": kind, "page": page}
        for contest, period, layer, kind in tables[:: max(1, len(tables) // 12)]
        for page in ("1", "last")
    ]


def maps(of: Sample) -> list[dict[str, Any]]:
    from linli.web.map.measures import MEASURES

    ways: list[dict[str, Any]] = [{}, {"layer": "service"}]
    ways += [{"measure": name} for name in MEASURES]
    ways += [{"area": code} for code in of.of("place")]
    return ways + [{"category": key} for key in of.of("category")]


def figures(of: Sample) -> list[dict[str, Any]]:
    from linli.scores.leagues import MEASURES

    named = {"contest": "grids", "unit": of.of("place")[0]}
    return [{**named, "measure": name} for name, measure in MEASURES.items() if measure.of]


def people(of: Sample) -> list[dict[str, Any]]:
    from linli.people.models import Role

    ways = [{}, {"q": "王"}, {"q": "街道"}, {"state": "never"}, {"state": "closed"}]
    return ways + [{"role": role} for role in Role.values] + [{"page": "last"}]


def areas(of: Sample) -> list[dict[str, Any]]:
    from linli.people.listing import GAPS

    ways: list[dict[str, Any]] = [{}, {"layer": "service"}, {"q": "村"}, {"page": "last"}]
    return ways + [{"lacking": name} for name in GAPS]


def searched(of: Sample) -> list[dict[str, Any]]:
    return [{}, {"q": "镇"}, {"q": "a"}, {"page": "last"}]


def rulings(of: Sample) -> list[dict[str, Any]]:
    return [*searched(of), {"state": "in-force"}, {"state": "withdrawn"}]


def months(of: Sample) -> list[dict[str, Any]]:
    from linli.clock import now
    from linli.scores.periods import local_day, month_of, shifted

    month = month_of(local_day(now()))
    return [{}, *({"month": str(shifted(month, -n))} for n in range(6)), {"page": "last"}]


def queues(of: Sample) -> list[dict[str, Any]]:
    from linli.cases.desk import QUEUES

    return [{}, *({"queue": name} for name in QUEUES)]


# What a page is opened with: its parts of the address, and the queries to try. A page without
# parts and queries needs no more than its name.
PAGES: dict[str, dict[str, Any]] = {
    "home": {}, "cases": {"queries": lists}, "desk": {"queries": queues},
    "case": {"code": "code"}, "clocks": {"code": "code"},
    "report": {}, "find-receipt": {}, "receipt": {"receipt": "receipt"},
    "receipt-qr": {"receipt": "receipt"},
    "evidence": {"pk": "evidence"}, "picture": {"pk": "evidence", "size": "sizes"},
    "leagues": {"queries": leagues},
    "reasons": {"queries": lambda of: [{"contest": "grids", "unit": of.of("place")[0]}]},
    "figure": {"queries": figures},
    "ratings": {"queries": months}, "rate": {"*": "to_rate"}, "appeals": {},
    "tour-stop": {"number": "stops"}, "cockpit-stage": {"number": "stages"},
    "map": {"queries": maps},
    "map-here": {"queries": lambda of: [{"lon": "121.02", "lat": "30.7"}]},
    "map-case": {"code": "code"}, "map-shapes": {"name": "layers"},
    "steward": {"queries": lambda of: [{}, {"after": "30000"}]},
    "steward-triage": {"code": "triage"},
    "deliberations": {"queries": lambda of: [{}, {"page": "last"}]},
    "deliberation": {"pk": "deliberation"},
    "services": {}, "service": {"code": "service"},
    "bookings": {"queries": lambda of: [{}, {"page": "last"}]}, "booking": {"pk": "booking"},
    "topic": {"pk": "topic"},
    "people": {"queries": people}, "person": {"username": "username"},
    "areas": {"queries": areas}, "area-leads": {"code": "place"},
    "organisations": {"queries": searched}, "audit": {"queries": acts},
    "rulings": {"queries": rulings}, "ruling": {"pk": "ruling"},
    "pack": {"code": "pack"}, "pack-source": {"code": "pack"}, "pack-draft": {"pk": "draft"},
    "import-file": {"token": "upload"}, "import-faults": {"token": "upload"},
    "webhook": {"pk": "webhook"}, "confirm-address": {"token": "tokens"},
    "export": {"table": "files", "kind": "kinds",
               "queries": lambda of: [{"state": "open"}, {"q": "的"}]},
    "programme": {"code": "node"}, "programme-gantt": {"code": "node"},
    "programme-map": {"code": "node"}, "programme-shapes": {"code": "node"},
    "investment-project": {"code": "project"},
    "tour-photo": {"pk": "toured", "size": "sizes"},
    "receipt-picture": {"*": "answered", "size": "sizes"},
    "need": {"pk": "need"}, "climber": {"enterprise": "enterprise"},
    "score": {"enterprise": "enterprise"}, "visit": {"pk": "visit"},
    "enterprise": {"code": "enterprise"},
    "remediation-block": {"block": "block"}, "holding": {"holding": "holding"},
    "compensation-sheet": {"offer": "offer"}, "campaign": {"campaign": "campaign"},
    "bulletin": {"period": "stretches"}, "bulletin-cases": {"period": "stretches"},
    "bulletin-file": {"period": "stretches", "kind": "forms"},
    "indicator": {"code": "indicator"}, "indicator-rows": {"code": "indicator"},
    "contract-file": {"contract": "contract"}, "milestone-file": {"pk": "proved"},
}  # fmt: skip
# POSTs that change nothing and answer while somebody types; what is sent with them.
TYPED: dict[str, dict[str, Any]] = {
    "already": {"title": "路灯不亮", "body": "桥头的路灯坏了三天", "area": ""},
    "advice": {"reply": "已安排维修，预计明天修好。"},
}
PAGES |= {"already": {}, "advice": {"code": "code"}}
# An answer that never ends by itself; `bench/cockpit.py` is for it.
STREAMS = {"cockpit-stream"}
# What may stand for the parts of an address that is only asked whether it takes a GET.
ANYTHING = {"int": 1, "str": "x", "slug": "x", "code": "26-000001", "path": "x"}
FIXED: dict[str, list[Any]] = {
    "stops": [1, 2, 3, 4, 5, 6, 7], "stages": [1, 2, 3, 4, 5], "layers": ["community", "service"],
    "pack": ["governance", "neighbour"], "sizes": ["small", "screen"], "tokens": ["of-nobody"],
    "files": ["cases", "leagues", "steps", "audit"], "kinds": ["csv"],
    "stretches": ["day", "week", "month"], "forms": ["docx", "pdf", "html"],
}  # fmt: skip


def patterns() -> dict[str, dict[str, str]]:
    """Return every named address outside the API, with the kinds of its parts."""
    from django.urls import get_resolver

    def walk(found: Any, before: str) -> Iterator[tuple[str, dict[str, str]]]:
        for pattern in found:
            route = before + str(pattern.pattern)
            if hasattr(pattern, "url_patterns"):
                yield from walk(pattern.url_patterns, route)
            elif pattern.name and not route.startswith("api/v1"):
                parts = re.findall(r"<(?:(\w+):)?(\w+)>", route)
                yield pattern.name, {name: kind or "str" for kind, name in parts}

    return dict(walk(get_resolver().url_patterns, ""))


def paths(name: str, of: Sample) -> list[str]:
    """Return the addresses under which a page is opened for one role."""
    from django.urls import NoReverseMatch, reverse

    wanted = dict(PAGES.get(name, {}))
    queries = wanted.pop("queries", lambda of: [{}])(of)
    combinations: list[dict[str, Any]] = [{}]
    for part, source in wanted.items():
        values = FIXED.get(source) or of.of(source)
        combinations = [
            {**given, **(value if part == "*" else {part: value})}
            for given in combinations for value in values
        ]  # fmt: skip
    found = []
    for given in combinations:
        try:
            path = reverse(name, kwargs=given)
        except NoReverseMatch:
            continue
        found += [path + (f"?{urlencode(query)}" if query else "") for query in queries]
    return found


def posted(name: str, parts: dict[str, str], client: Any) -> bool:
    """Tell whether an address takes nothing but a POST: it says so itself."""
    from django.urls import NoReverseMatch, reverse

    try:
        path = reverse(name, kwargs={part: ANYTHING.get(kind, "x") for part, kind in parts.items()})
    except NoReverseMatch:
        return False
    return client.get(path).status_code == 405


def ask(client: Any, name: str, path: str) -> int:
    """Ask for a page, or the first part of a file, and return the status."""
    answer = client.post(path, TYPED[name]) if name in TYPED else client.get(path)
    if answer.streaming:
        next(iter(answer.streaming_content), b"")
        answer._iterator.close()  # as the test client wants it: the connection stays open
    return answer.status_code


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


def measure(only: set[str], repeat: int, roles: set[str]) -> dict[str, Any]:
    """Open every page for every role."""
    from django.contrib.auth.models import AnonymousUser
    from django.db import connection
    from django.test import Client
    from django.test.utils import CaptureQueriesContext

    from linli.demonstration import ACCOUNTS
    from linli.people.models import User

    names = patterns()
    clients = {"": Client(headers={"accept-language": "zh-hans"})}
    for role in ACCOUNTS:
        clients[role] = Client(headers={"accept-language": "zh-hans"})
        clients[role].force_login(
            User.objects.get(username=role), "linli.people.signing_in.Accounts"
        )
    by_post = sorted(
        name for name, parts in names.items()
        if name not in TYPED and posted(name, parts, clients["administrator"])
    )  # fmt: skip
    left = set(by_post) | STREAMS
    known = [name for name in names if name not in left and (not only or name in only)]
    pages = {name: Page() for name in known}
    warm: set[str] = set()
    for role, client in clients.items():
        if roles and (role or "guest") not in roles:
            continue
        of = sample(role, User.objects.get(username=role) if role else AnonymousUser())
        for name in known:
            page = pages[name]
            for path in paths(name, of):
                if name not in warm:
                    warm.add(name) if ask(client, name, path) == 200 else None
                times = []
                for _again in range(repeat):
                    started, worked = time.perf_counter(), time.process_time()
                    status = ask(client, name, path)
                    if status != 200:
                        break
                    times.append(1000 * (time.perf_counter() - started))
                    page.worked.append(1000 * (time.process_time() - worked))
                if not times:
                    continue
                with CaptureQueriesContext(connection) as asked:
                    ask(client, name, path)
                page.queries = max(page.queries, len(asked))
                page.times += times
                page.worst = max(page.worst, (statistics.median(times), f"{role} {path}"))
        say(f"{role or 'guest'}: done")
    measured = {name: page.figures() for name, page in pages.items() if page.times}
    return {
        "pages": measured,
        "over": sorted(name for name, page in measured.items() if page["p95_ms"] > ALLOWED_MS),
        "over_cpu": sorted(
            name for name, page in measured.items() if page["p95_cpu_ms"] > ALLOWED_MS
        ),
        "posted": by_post,
        "streams": sorted(STREAMS),
        "library": sorted(
            name for name in known if name not in measured and name.startswith(ELSEWHERE)
        ),
        "unmeasured": sorted(
            name for name in known if name not in measured and not name.startswith(ELSEWHERE)
        ),
    }


def main() -> None:
    """Build what is missing, measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--home", type=Path, help="an installation with the demo's history")
    parser.add_argument("--cases", type=int, default=60_000)
    parser.add_argument("--repeat", type=int, default=5)
    parser.add_argument("--only", default="", help="names of pages, with commas between")
    parser.add_argument("--roles", default="", help="accounts, or guest, with commas between")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        os.environ["LINLI_HOME"] = str(given.home or folder)
        os.environ["LINLI_DEMO"] = "1"
        os.environ["DJANGO_SETTINGS_MODULE"] = "linli.settings"
        os.environ.setdefault("LINLI_HOSTS", "testserver localhost")
        import django

        django.setup()
        found = run(given)
        print(json.dumps(found, ensure_ascii=False))
        sys.exit(1 if found["unmeasured"] and not (given.only or given.roles) else 0)


@contextmanager
def supplied() -> Iterator[None]:
    """Have what the pages need for as long as they are measured, and leave nothing behind."""
    from django.db import transaction

    from linli.doors.models import Upload

    kept: list[Upload] = []
    with transaction.atomic():
        try:
            known = set(Upload.objects.values_list("pk", flat=True))
            work()
            supply()
            kept = list(Upload.objects.exclude(pk__in=known))
            yield
        finally:
            transaction.set_rollback(True)
            for upload in kept:
                upload.path.unlink(missing_ok=True)
                upload.lines_path.unlink(missing_ok=True)


def work() -> None:
    """Do what the worker beside the site has done long before anybody looks."""
    from linli import background
    from linli.scores import kept

    say("clocks, tallies, topics and leagues …")
    background.once()
    background.ponder()
    kept.refresh(seconds=float("inf"))


def run(given: argparse.Namespace) -> dict[str, Any]:
    """Measure in the installation of this process."""
    from django.conf import settings
    from django.core.management import call_command

    from linli import demonstration
    from linli.cases.models import Case
    from linli.web import warm

    call_command("migrate", verbosity=0)
    call_command("collectstatic", verbosity=0, interactive=False)
    settings.ALLOWED_HOSTS = ["*"]
    logging.disable(logging.CRITICAL)  # of pages that a role may not open
    if not Case.objects.exists():
        say("a history is being made …")
        demonstration.prepare(ROOT / "towns/pinghu", given.cases, 2.0, 1, lambda done: None)
    warm.up()
    with supplied():
        only, roles = ({name for name in text.split(",") if name}
                       for text in (given.only, given.roles))  # fmt: skip
        found = measure(only, given.repeat, roles)
    for name, page in sorted(found["pages"].items(), key=lambda entry: -entry[1]["p95_ms"]):
        say(f"{name:20} p50 {page['p50_ms']:7.1f}  p95 {page['p95_ms']:7.1f}  "
            f"cpu {page['p95_cpu_ms']:6.1f}  "
            f"{page['queries']:3} queries  {page['worst']}")  # fmt: skip
    say(f"taken by POST only: {', '.join(found['posted'])}")
    if found["library"]:
        say(
            f"of the sign-in library, where there is nothing to show: {', '.join(found['library'])}"
        )
    if found["unmeasured"]:
        say(f"UNMEASURED: {', '.join(found['unmeasured'])}")
    return {"cases": Case.objects.count(), **found}


if __name__ == "__main__":
    main()
