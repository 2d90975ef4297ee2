"""How long the pages of the programmes take with 2,000 projects each.

    python bench/programmes.py [--projects 2000] [--repeat 20]

Makes a town of its own in a temporary folder: a tree of 2,000 projects with five milestones each
and links between neighbours, 2,000 investment projects with their steps, 300 ways, 50 catchments.
Prints JSON: for each page p50_ms, p95_ms, p95_cpu_ms and queries. Times are those of Django's
handler with middleware, database and template, in one process and without a network; where other
programs run beside, look at what this process itself worked.
"""

import argparse
import gc
import json
import os
import statistics
import sys
import tempfile
import time
from datetime import date, timedelta
from pathlib import Path
from random import Random
from typing import Any

ROOT = Path(__file__).parent.parent
ALLOWED_MS = 200.0


def build(projects: int) -> None:
    """Load the sample town and fill it."""
    from linli.packs.loader import load
    from linli.people.models import User
    from linli.people.scope import Scope
    from linli.tables import declared

    load(ROOT / "towns" / "pinghu")
    scope = Scope(User.objects.get(username="administrator"))
    rng, today = Random(1), date.today()
    actions = ("slow-traffic", "sponge-city", "future-community", "lively-street", "gateway")

    def bring(table: str, rows: list[dict]) -> None:
        writer = declared()[table].writer
        for start in range(0, len(rows), 500):
            batch = rows[start : start + 500]
            bad = [o for o in writer.check(scope, batch) if not isinstance(o, str)]
            assert not bad, bad[:2]
            writer.write(scope, batch)

    nodes, milestones, works = [], [], []
    for n in range(projects):
        start = today - timedelta(days=rng.randrange(-200, 700))
        days, code = rng.randrange(150, 600), f"B-{n:05d}"
        nodes.append({
            "code": code, "name": f"项目{n}", "level": "project", "parent": actions[n % 5],
            "owner": "housing", "area": "330482001", "lon": 121.03 + rng.random() / 30,
            "lat": 30.69 + rng.random() / 30, "starts": start,
            "ends": start + timedelta(days=days), "began": start if start < today else None,
            "budget": 5_000_000, "spent": 1_000_000,
            "after": [f"B-{n - 5:05d}"] if n % 3 == 0 and n > 5 else [],
        })  # fmt: skip
        for k in range(1, 6):
            due = start + timedelta(days=days * k // 5)
            done = due + timedelta(days=rng.randrange(-5, 25))
            milestones.append({
                "code": f"{code}-{k}", "programme": code, "number": k, "name": f"节点{k}",
                "due": due, "done": done if done < today and k < 5 else None,
            })  # fmt: skip
        day = today - timedelta(days=rng.randrange(5, 900))
        row = {"code": f"I-{n:05d}", "name": f"招商{n}", "owner": "commerce", "led": day,
               "amount": 100_000_000, "origin": "fair", "digital": n % 2 == 0}  # fmt: skip
        for name in ("negotiated", "signed", "landed", "started", "produced"):
            day += timedelta(days=rng.randrange(10, 200))
            if day > today or rng.random() < 0.15:
                break
            row[name] = day
        works.append(row)
    bring("programmes", nodes)
    bring("milestones", milestones)
    bring("projects", works)
    bring("ways", [
        {"code": f"W-{n}", "name": f"步道{n}", "kind": "path", "shape": {
            "type": "LineString", "coordinates": [
                [121.0 + n % 20 / 300, 30.68 + n // 20 / 300],
                [121.0 + n % 20 / 300 + 0.0031, 30.68 + n // 20 / 300]]}}
        for n in range(300)
    ])  # fmt: skip
    bring("catchments", [
        {"code": f"C-{n}", "name": f"汇水区{n}", "hectares": 3.0, "runoff": 0.6, "rain": 22.0}
        for n in range(50)
    ])  # fmt: skip


PAGES = {
    "programmes": "/programmes/", "framework": "/programmes/lake/",
    "action": "/programmes/slow-traffic/", "action-last-page": "/programmes/slow-traffic/?page=99",
    "project": "/programmes/B-00042/", "gantt": "/programmes/lake/gantt/",
    "map": "/programmes/lake/map/", "shapes": "/programmes/lake/shapes/",
    "investment": "/investment/", "investment-projects": "/investment/projects/",
    "investment-stuck": "/investment/projects/?stuck=1",
    "investment-project": "/investment/projects/I-00042/", "ways": "/programmes/ways/",
    "ways-shapes": "/programmes/ways/shapes/", "sponge": "/programmes/sponge/",
}  # fmt: skip


def measure(repeat: int) -> dict[str, dict[str, float]]:
    """Ask for every page `repeat` times, after one time to warm up."""
    from django.db import connection
    from django.test import Client

    from linli.people.models import User

    client = Client(SERVER_NAME="localhost", headers={"accept-language": "zh-hans"})
    client.force_login(User.objects.get(username="leader"), "linli.people.signing_in.Accounts")
    found = {}
    for name, address in PAGES.items():
        asked: list[str] = []

        def count(execute: Any, sql: str, *rest: Any, to: list[str] = asked) -> Any:
            to.append(sql)
            return execute(sql, *rest)

        with connection.execute_wrapper(count):
            answer = client.get(address)
        assert answer.status_code == 200, (address, answer.status_code)
        gc.collect()
        gc.freeze()
        times, cpu = [], []
        for _again in range(repeat):
            began, worked = time.perf_counter(), time.process_time()
            client.get(address)
            times.append(1000 * (time.perf_counter() - began))
            cpu.append(1000 * (time.process_time() - worked))
        times.sort()
        cpu.sort()
        found[name] = {
            "p50_ms": round(statistics.median(times), 1),
            "p95_ms": round(times[min(len(times) - 1, int(0.95 * len(times)))], 1),
            "p95_cpu_ms": round(cpu[min(len(cpu) - 1, int(0.95 * len(cpu)))], 1),
            "queries": len(asked),
        }
        print(name, found[name], file=sys.stderr, flush=True)
    return found


def main() -> None:
    """Build, measure, print."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--projects", type=int, default=2000)
    parser.add_argument("--repeat", type=int, default=20)
    told = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        os.environ |= {"LINLI_HOME": folder, "DJANGO_SETTINGS_MODULE": "linli.settings",
                       "LINLI_DEMO": "1"}  # fmt: skip
        import django

        django.setup()
        from django.core.management import call_command

        call_command("migrate", verbosity=0)
        call_command("collectstatic", interactive=False, verbosity=0)
        began = time.perf_counter()
        build(told.projects)
        built = time.perf_counter() - began
        pages = measure(told.repeat)
    worst = max(page["p95_ms"] for page in pages.values())
    print(json.dumps({
        "projects": told.projects, "build_s": round(built, 1), "allowed_ms": ALLOWED_MS,
        "worst_p95_ms": worst, "pages": pages,
    }))  # fmt: skip


if __name__ == "__main__":
    main()
