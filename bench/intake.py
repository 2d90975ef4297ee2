"""How many cases a second come in: over HTTP, in batches, against what the database can do.

    python bench/intake.py [--database URL] [--cases N] [--clients N]

`raw_limit_per_s` is how many cases a second the bare driver writes of the same rows (one
case row, its report, three events, two assignments) in transactions of the same size,
with nothing computed. `ratio` is batch intake against that. `lost` counts reports that
were answered over HTTP with a receipt and are not in the database afterwards.
"""

import argparse
import asyncio
import json
import os
import random
import socket
import subprocess
import sys
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path

ROOT = Path(__file__).parent.parent
TOKEN = "bench"
BATCH = 500


def say(text: str) -> None:
    """Tell the progress on stderr."""
    print(text, file=sys.stderr, flush=True)


def reports(count: int, seed: int) -> list[dict]:
    """Make reports at random points of the sample town, each with a text of its own."""
    from linli.places.atlas import atlas
    from linli.places.models import Area

    draw = random.Random(seed)
    grids = list(Area.objects.filter(is_grid=True, layer="community"))
    what = ["路灯不亮", "垃圾没人清", "井盖破损", "占道经营", "夜里施工吵", "水管漏水", "积水很深"]
    signs = [chr(code) for code in range(0x4E00, 0x9FA0)]
    made = []
    for number in range(count):
        grid = draw.choice(grids)
        tail = "".join(draw.choices(signs, k=60))
        made.append(
            {
                "title": f"{grid.name}{draw.choice(what)}",
                "body": tail,
                "external_id": f"{seed}-{number}",
                "category": "construction",
                "lon": grid.lon,
                "lat": grid.lat,
            }
        )
    assert atlas()
    return made


def batch(made: list[dict]) -> float:
    """Take reports in batch by batch; return cases a second."""
    from linli.cases.intake import Report, receive

    told = [Report(**fields, source="api") for fields in made]
    receive(told[:BATCH])  # warms what is built once a process
    started = time.perf_counter()
    for at in range(BATCH, len(told), BATCH):
        receive(told[at : at + BATCH])
    return (len(told) - BATCH) / (time.perf_counter() - started)


def raw_limit(cases: int) -> float:
    """Write the same number of rows of the same kind by the bare driver; return cases a second."""
    from django.db import connection, transaction

    from linli.cases.models import Assignment, Case, Event, Report

    per_case = {Case: 1, Report: 1, Event: 3, Assignment: 2}
    rows = {}
    with connection.cursor() as cursor:
        for model in per_case:
            table = model._meta.db_table
            cursor.execute(f"SELECT * FROM {table} ORDER BY id LIMIT 3")
            names = [column[0] for column in cursor.description]
            rows[model] = ([name for name in names if name != "id"], cursor.fetchall(), names)
        started = time.perf_counter()
        written = 0
        while written < cases:
            with transaction.atomic():
                for model, times in per_case.items():
                    chosen, samples, names = rows[model]
                    cursor.execute(f"CREATE TEMP TABLE IF NOT EXISTS raw_{model._meta.model_name} "
                                   f"AS SELECT * FROM {model._meta.db_table} LIMIT 0")  # fmt: skip
                    sample = dict(zip(names, samples[0], strict=True))
                    values = [_adapted(sample[name]) for name in chosen]
                    marks = ", ".join(["%s"] * len(chosen))
                    cursor.executemany(
                        f"INSERT INTO raw_{model._meta.model_name} ({', '.join(chosen)}) "
                        f"VALUES ({marks})",
                        [values] * (BATCH * times),
                    )
            written += BATCH
    return written / (time.perf_counter() - started)


def _adapted(value: object) -> object:
    return json.dumps(value) if isinstance(value, dict | list) else value


async def over_http(port: int, made: list[dict], clients: int) -> tuple[float, list[str]]:
    """Post reports over `clients` kept connections; return cases a second and the receipts."""
    queue = iter(made)
    receipts: list[str] = []

    async def client() -> None:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        for fields in queue:
            content = json.dumps(fields).encode()
            writer.write(
                b"POST /api/v1/reports HTTP/1.1\r\nHost: localhost\r\n"
                b"Authorization: Bearer " + TOKEN.encode() + b"\r\n"
                b"Content-Type: application/json\r\n"
                b"Content-Length: " + str(len(content)).encode() + b"\r\n\r\n" + content
            )
            head = await reader.readuntil(b"\r\n\r\n")
            answer = await reader.readuntil(b"\r\n0\r\n\r\n")  # the API answers in chunks
            if b" 201 " not in head.split(b"\r\n")[0]:
                raise SystemExit(f"refused: {head!r} {answer[:300]!r}")
            receipts.append(json.loads(answer.split(b"\r\n")[1])["receipt"])
        writer.close()

    started = time.perf_counter()
    await asyncio.gather(*(client() for _ in range(clients)))
    return len(receipts) / (time.perf_counter() - started), receipts


def free_port() -> int:
    """Ask the system for a port nobody uses."""
    with socket.socket() as asked:
        asked.bind(("127.0.0.1", 0))
        return asked.getsockname()[1]


def serve(port: int) -> subprocess.Popen:
    """Start the web server and wait until it answers."""
    command = [sys.executable, "-m", "uvicorn", "linli.asgi:application", "--port", str(port),
               "--lifespan", "off", "--log-level", "warning"]  # fmt: skip
    server = subprocess.Popen(command, env={**os.environ, "LINLI_API_TOKEN": TOKEN})
    for _ in range(200):
        try:
            asyncio.run(asyncio.wait_for(asyncio.open_connection("127.0.0.1", port), 1))
            return server
        except OSError:
            time.sleep(0.1)
    raise SystemExit("the server does not answer")


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--database", help="URL of an empty database; SQLite in a new folder else")
    parser.add_argument("--cases", type=int, default=5000)
    parser.add_argument("--clients", type=int, default=64)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        os.environ["LINLI_HOME"] = folder
        os.environ["DJANGO_SETTINGS_MODULE"] = "linli.settings"
        if given.database:
            os.environ["DATABASE_URL"] = given.database
        print(json.dumps(measure(given.cases, given.clients)))


def measure(cases: int, clients: int) -> dict:
    """Run all three measurements in one installation."""
    import django

    django.setup()
    from django.core.management import call_command

    from linli.cases.models import Report
    from linli.packs.loader import load

    call_command("migrate", verbosity=0)
    call_command("collectstatic", verbosity=0, interactive=False)
    load(ROOT / "towns/pinghu")
    say("batches …")
    per_s_batch = batch(reports(cases + BATCH, seed=int(datetime.now(UTC).timestamp())))
    say(f"{per_s_batch:.0f} cases/s; raw …")
    per_s_raw = raw_limit(cases)
    say(f"{per_s_raw:.0f} cases/s; HTTP …")
    port = free_port()
    server = serve(port)
    try:
        made = reports(cases + clients, seed=2)
        asyncio.run(over_http(port, made[:clients], clients))
        per_s_http, receipts = asyncio.run(over_http(port, made[clients:], clients))
    finally:
        server.terminate()
        server.wait()
    kept = set(Report.objects.values_list("receipt", flat=True))
    return {
        "cases_per_s_http": round(per_s_http, 1),
        "cases_per_s_batch": round(per_s_batch, 1),
        "raw_limit_per_s": round(per_s_raw, 1),
        "ratio": round(per_s_batch / per_s_raw, 3),
        "lost": len([code for code in receipts if code not in kept]),
        "cases": cases,
        "clients": clients,
    }


if __name__ == "__main__":
    main()
