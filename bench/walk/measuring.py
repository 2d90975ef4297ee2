"""Opens every page for every role, and says how long the server took."""

import re
import statistics
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

from walk.samples import Viewer
from walk.table import ANYTHING, ELSEWHERE, LEADING_ON, PAGES, STREAMS, TYPED

ALLOWED_MS = 120.0


def say(text: str) -> None:
    """Tell the progress on stderr."""
    print(text, file=sys.stderr, flush=True)


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


def paths(name: str, viewer: Viewer) -> list[str]:
    """Return the addresses under which a page is opened for one role."""
    from django.urls import NoReverseMatch, reverse

    parts = dict(PAGES.get(name, {}))
    queries = parts.pop("queries", lambda viewer: [{}])(viewer)
    combinations: list[dict[str, Any]] = [{}]
    for part, sample in parts.items():
        combinations = [
            {**given, **(value if part == "*" else {part: value})}
            for given in combinations for value in viewer.things(sample)
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


def ask(client: Any, name: str, path: str) -> bool:
    """Ask for a page, or the first part of a file, and tell whether it was given."""
    answer = client.post(path, TYPED[name]) if name in TYPED else client.get(path)
    if answer.streaming:
        next(iter(answer.streaming_content), b"")
        answer._iterator.close()  # as the test client wants it: the connection stays open
    if name in LEADING_ON and answer.status_code == 302:
        return not answer.url.startswith("/sign-in/")
    return answer.status_code == 200


@dataclass
class Page:
    """What was measured of one page."""

    times: list[float] = field(default_factory=list)
    worked: list[float] = field(default_factory=list)
    queries: int = 0
    worst: tuple[float, str] = (0.0, "")

    def open(self, client: Any, name: str, path: str, who: str, repeat: int) -> None:
        """Time one address, unless it is refused."""
        from django.db import connection
        from django.test.utils import CaptureQueriesContext

        times = []
        for _again in range(repeat):
            started, worked = time.perf_counter(), time.process_time()
            if not ask(client, name, path):
                return
            times.append(1000 * (time.perf_counter() - started))
            self.worked.append(1000 * (time.process_time() - worked))
        with CaptureQueriesContext(connection) as asked:
            ask(client, name, path)
        self.queries = max(self.queries, len(asked))
        self.times += times
        self.worst = max(self.worst, (statistics.median(times), f"{who} {path}"))

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


def walked(only: set[str], repeat: int, roles: set[str]) -> dict[str, Any]:
    """Open every page for every role; return what was measured and what was not."""
    from django.contrib.auth.models import AnonymousUser

    from linli.demonstration import ACCOUNTS
    from linli.people.models import User
    from linli.people.scope import scope

    names = patterns()
    people = {"": AnonymousUser(), **{name: User.objects.get(username=name) for name in ACCOUNTS}}
    clients = {name: entered(user) for name, user in people.items()}
    by_post = sorted(
        name for name, parts in names.items()
        if name not in TYPED and posted(name, parts, clients["administrator"])
    )  # fmt: skip
    left = set(by_post) | STREAMS
    known = [name for name in names if name not in left and (not only or name in only)]
    pages = {name: Page() for name in known}
    warm: set[str] = set()
    for who, client in clients.items():
        if roles and (who or "guest") not in roles:
            continue
        viewer = Viewer(who, scope(people[who]))
        for name in known:
            for path in paths(name, viewer):
                if name not in warm and ask(client, name, path):
                    warm.add(name)
                pages[name].open(client, name, path, who, repeat)
        say(f"{who or 'guest'}: done")
    measured = {name: page.figures() for name, page in pages.items() if page.times}
    missed = sorted(set(known) - measured.keys())
    return {
        "pages": measured,
        "over": over(measured, "p95_ms"),
        "over_cpu": over(measured, "p95_cpu_ms"),
        "posted": by_post,
        "streams": sorted(STREAMS),
        "library": [name for name in missed if name.startswith(ELSEWHERE)],
        "unmeasured": [name for name in missed if not name.startswith(ELSEWHERE)],
    }


def entered(user: Any) -> Any:
    """Return a client that has signed in, in Chinese."""
    from django.test import Client

    client = Client(headers={"accept-language": "zh-hans"})
    if user.is_authenticated:
        client.force_login(user, "linli.people.signing_in.Accounts")
    return client


def over(measured: dict[str, dict[str, Any]], figure: str) -> list[str]:
    return sorted(name for name, page in measured.items() if page[figure] > ALLOWED_MS)
