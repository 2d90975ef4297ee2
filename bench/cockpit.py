"""How long the cockpit takes, and how soon an event reaches the screens that show it.

    python bench/cockpit.py [--cases 60000] [--home DIR] [--viewers 50] [--events 8]

Without `--home` it simulates a history in a temporary folder first. `p50_ms` and `p95_ms` are of
everything one state of the cockpit needs; `naive_p95_ms` of the same figures counted from cases
and events. Then it serves the site, lets `viewers` watch by server-sent events, takes single
reports in, and measures how long until the last viewer has been told (`event_to_screen_s`). The
last line of standard output is one JSON object.
"""

import argparse
import asyncio
import json
import os
import re
import socket
import subprocess
import sys
import tempfile
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from random import Random
from statistics import quantiles
from time import perf_counter, time_ns
from typing import Any

ROOT = Path(__file__).parents[1]
REPEAT = 40


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--cases", type=int, default=60_000)
    parser.add_argument("--home", type=Path, help="an installation with a history")
    parser.add_argument("--viewers", type=int, default=50)
    parser.add_argument("--events", type=int, default=8)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="linli-bench-") as folder:
        os.environ["LINLI_HOME"] = str(given.home or folder)
        os.environ["DJANGO_SETTINGS_MODULE"] = "linli.settings"
        os.environ["LINLI_DEMO"] = "1"
        print(json.dumps(measure(given)))
    return 0


def measure(given: argparse.Namespace) -> dict[str, Any]:
    """Prepare the town, time the reads, then the live stream."""
    import django

    django.setup()
    from django.core.management import call_command

    from linli.cases.models import Case
    from linli.people.models import User
    from linli.people.scope import scope
    from linli.web.cockpit import snapshot
    from linli.web.cockpit.reach import reach_of

    call_command("migrate", verbosity=0)
    if given.home is None:
        _history(given.cases)
    reach = reach_of(scope(User.objects.get(username="leader")))
    assert reach is not None

    def drawn() -> None:
        snapshot.snapshot(reach, "zh-hans")

    drawn()  # leagues are kept for a minute
    print("reading", file=sys.stderr)
    mine, naive = _times(drawn), _times(lambda: _counted(reach))
    told = asyncio.run(_live(given.viewers, given.events))
    return {
        "cases": Case.objects.count(),
        "p50_ms": _part(mine, 50), "p95_ms": _part(mine, 95),
        "naive_p95_ms": _part(naive, 95),
        "viewers": given.viewers, "events": len(told),
        "event_to_screen_s": round(max(told), 2),
        "event_to_screen_p50_s": round(sorted(told)[len(told) // 2], 2),
    }  # fmt: skip


def _history(cases: int) -> None:
    from linli import demonstration

    done = 0

    def say(reports: int) -> None:
        nonlocal done
        done += reports
        print(f"\r{done:,} reports", end="", file=sys.stderr, flush=True)

    demonstration.prepare(ROOT / "towns/pinghu", cases, 2.0, 1, say)
    print(file=sys.stderr)


def _times(ask: Callable[[], Any]) -> list[float]:
    found = []
    for _ in range(REPEAT):
        started = perf_counter()
        ask()
        found.append((perf_counter() - started) * 1000)
    return found


def _part(times: list[float], percent: int) -> float:
    return round(quantiles(times, n=100)[percent - 1], 1)


def _counted(reach: Any) -> None:
    """Count the flow, the backlog and the month from cases and events themselves."""
    from django.db.models import Count, Q

    from linli.cases.models import OPEN, Case, Event
    from linli.clock import now
    from linli.scores.counters import COUNTERS
    from linli.scores.periods import Period, local_day, month_of
    from linli.web.cockpit.figures import NAMES, WEEKS

    today = local_day(now())
    days = [today, *(today - timedelta(weeks=week) for week in range(1, WEEKS + 1))]
    for name in NAMES:
        for day in days:
            period = Period(day, day)
            at = Q(at__gte=period.begins, at__lt=period.ends)
            Event.objects.filter(COUNTERS[name].q(), at).count()
    month = month_of(today)
    for name in ("resolved", "on_time", "evaluated", "satisfied"):
        at = Q(at__gte=month.begins, at__lt=month.ends)
        Event.objects.filter(COUNTERS[name].q(), at).count()
    for grid in ("community_grid", "service_grid"):
        list(Case.objects.filter(state__in=OPEN).values(grid, "state").annotate(Count("pk")))


async def _live(viewers: int, events: int) -> list[float]:
    import httpx

    with socket.socket() as asked:
        asked.bind(("127.0.0.1", 0))
        port = asked.getsockname()[1]
    told: list[float] = []
    server = subprocess.Popen(
        [sys.executable, "-m", "linli", "serve", "--port", str(port)],
        stdout=subprocess.DEVNULL,
    )
    address = f"http://127.0.0.1:{port}"
    try:
        limits = httpx.Limits(max_connections=viewers + 4)
        async with httpx.AsyncClient(base_url=address, limits=limits, timeout=120) as client:
            await _up(client)
            cookies = await asyncio.to_thread(_session)
            seen = [asyncio.Queue() for _ in range(viewers)]
            tasks = [asyncio.create_task(_view(client, cookies, queue)) for queue in seen]
            last = [await queue.get() for queue in seen]
            print(f"{viewers} watch", file=sys.stderr)
            await asyncio.to_thread(_sense)  # what takes reports in has to be loaded first
            last = [await _next(q, before) for q, before in zip(seen, last, strict=True)]
            for _number in range(events):
                started = perf_counter()
                await asyncio.to_thread(_sense)
                last = [await _next(q, before) for q, before in zip(seen, last, strict=True)]
                told.append(perf_counter() - started)
                print(f"told in {told[-1]:.2f} s", file=sys.stderr)
                await asyncio.sleep(1)
            for task in tasks:
                task.cancel()
    finally:
        server.terminate()
        server.wait()
    return told


async def _up(client: Any) -> None:
    import httpx

    for _ in range(600):
        try:
            if (await client.get("/healthz")).status_code == 200:
                return
        except httpx.HTTPError:
            pass
        await asyncio.sleep(0.2)
    raise SystemExit("the server does not answer")


def _session() -> dict[str, str]:
    """Let the leader in, as the sign-in page would."""
    from django.conf import settings
    from django.test import Client

    from linli.people.models import User

    client = Client()
    client.force_login(User.objects.get(username="leader"), settings.AUTHENTICATION_BACKENDS[0])
    return {settings.SESSION_COOKIE_NAME: client.cookies[settings.SESSION_COOKIE_NAME].value}


async def _view(client: Any, cookies: dict[str, str], queue: asyncio.Queue[int]) -> None:
    async with client.stream("GET", "/cockpit/live/", cookies=cookies) as answer:
        answer.raise_for_status()
        async for line in answer.aiter_lines():
            if line.startswith("data: "):
                flow = json.loads(line[6:])["parts"]["flow"]
                found = re.search(r"flow-today[^>]*><a[^>]*>(\d+)", flow)
                assert found is not None
                queue.put_nowait(int(found[1]))


async def _next(queue: asyncio.Queue[int], before: int) -> int:
    """Wait until a viewer is told of more reports than before."""
    while True:
        found = await asyncio.wait_for(queue.get(), 60)
        if found > before:
            return found


def _sense() -> None:
    """Take in a report that resembles no other: one alike would be joined to its case."""
    from linli.cases.intake import Report, receive

    words = Random(time_ns()).sample(range(0x4E00, 0x9FA5), 12)
    receive([Report("".join(map(chr, words)), category="rubbish")])


if __name__ == "__main__":
    sys.exit(main())
