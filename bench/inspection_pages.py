"""How long every page of inspection takes with many judged parts; print JSON.

    python bench/inspection_pages.py [--parts 1000000] [--repeat 9] [--home DIR]

Loads the sample town into an installation of its own and gives its plant two stations that judged
so many parts in half a year, 2 % of them flawed, a tenth of these not judged by anybody, in lots
of 2,000; the hours are kept as a station keeps them. Then it asks for every page as an inspector,
as the leader and as a worker of the line. Times are those of Django's handler with middleware,
database and template, without a network. `--home` keeps the installation, and uses one that was
kept before. Exit status 1 where the 95th percentile of a page is over 120 ms of processor time.
"""

import argparse
import json
import os
import random
import sys
import tempfile
from collections import Counter, defaultdict
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from walk.measuring import ALLOWED_MS, Page, entered, say

ROOT = Path(__file__).parents[1]
TOWN = ROOT / "towns" / "pinghu"
DAYS, A_LOT, FLAWED, UNUSABLE, OPEN = 180, 2000, 0.02, 0.004, 0.1
KINDS = ("scratch", "dent", "stain", "burr", "crack")


def stations() -> list[Any]:
    """Set up a line with two stations in the plant of the sample town, and an inspector."""
    from linli import clock
    from linli.assets.inspection.models import FlawKind, Product, Station, Version
    from linli.assets.register import tree
    from linli.assets.register.models import Asset
    from linli.people.models import Membership, Organisation, User

    of = Organisation.objects.in_bulk(field_name="code")
    quality = Organisation.objects.filter(kind="plant", functions__icontains="quality").first()
    assert quality and quality.parent
    user = User.objects.create(username="bench-inspector", name="检验员")
    Membership.objects.create(user=user, organisation=quality, role="officer")
    plant = Asset(code="BENCH", level="plant", name="基准厂", organisation=quality.parent,
                  area=quality.area)  # fmt: skip
    tree.save(plant)
    product = Product.objects.create(code="bench", name="端盖", asset=plant)
    for number, code in enumerate(KINDS, 1):
        FlawKind.objects.get_or_create(code=code, defaults={"name": code, "number": number})
    found = []
    for n in (1, 2):
        camera = Asset(code=f"BENCH-{n}", level="machine", kind="camera", parent=plant,
                       name=f"相机{n}")  # fmt: skip
        tree.save(camera)
        station = Station.objects.create(
            code=f"bench-{n}", name=f"工位{n}", asset=camera, product=product, method="surface",
            feed="http", seen_at=clock.now(),
        )  # fmt: skip
        station.version = Version.objects.create(
            station=station, number=1, state="current", asked_at=clock.now(), threshold=3.0,
            after={"missed": 0.03, "false_alarms": 0.01, "n": 400},
        )  # fmt: skip
        station.save()
        found.append(station)
    assert of
    return found


def fill(count: int) -> None:
    """Write parts, flaws, lots and hours as stations would have."""
    from linli import bulk, clock
    from linli.assets.inspection.models import Flaw, FlawKind, Hour, Inspection, Lot

    draw, end, both = random.Random(3), clock.now(), stations()
    kinds = [FlawKind.objects.get(code=code) for code in KINDS]
    begin, step = end - timedelta(days=DAYS), timedelta(days=DAYS) / count
    lots = [
        Lot(code=f"B{n:05d}", product=both[0].product, began_at=begin + n * A_LOT * step,
            last_at=begin + (n + 1) * A_LOT * step, parts=A_LOT, flawed=int(A_LOT * FLAWED),
            state="held" if n % 100 == 99 else "open")
        for n in range(count // A_LOT + 1)
    ]  # fmt: skip
    bulk.insert(lots)
    keys = dict(Lot.objects.values_list("code", "pk"))
    names = ["station_id", "lot_id", "serial", "key", "at", "verdict", "reason", "detail", "score",
             "threshold", "version_id", "picture", "heat", "width", "height", "likes", "seconds",
             "judgement", "judged_at", "held_back"]  # fmt: skip
    hours: dict[tuple[int, datetime], Counter[str]] = {}
    rows, flawed = [], []
    for n in range(count):
        station, at = both[n % 2], begin + n * step
        lot = draw.random()
        verdict = "flawed" if lot < FLAWED else "unusable" if lot < FLAWED + UNUSABLE else "good"
        is_open = draw.random() < OPEN or end - at < timedelta(hours=4)
        judgement = "confirmed" if verdict == "flawed" and not is_open else "none"
        rows.append([
            station.pk, keys[f"B{n // A_LOT:05d}"], f"S{n:07d}", f"k{n}", at, verdict,
            "blurred" if verdict == "unusable" else "", "",
            5.0 if verdict == "flawed" else 1.0, 3.0, station.version_id, "", "", 320, 320, "[]",
            0.02, judgement, at if judgement == "confirmed" else None, False,
        ])  # fmt: skip
        hour = at.astimezone(UTC).replace(minute=0, second=0, microsecond=0)
        told = hours.setdefault((station.pk, hour), Counter())
        told["parts"] += 1
        told[verdict] += 1
        if verdict == "flawed":
            kind = draw.choices(kinds, (8, 4, 2, 1, 1))[0]
            told[f"kind:{kind.code}"] += 1
            told["judged"] += judgement == "confirmed"
            flawed.append((f"k{n}", station.pk, kind.pk))
        if len(rows) == 50_000:
            bulk.insert_values(Inspection, names, rows)
            rows = []
            say(f"{n + 1:,} parts")
    bulk.insert_values(Inspection, names, rows)
    parts = {
        (key, station): pk
        for pk, key, station in Inspection.objects.filter(verdict="flawed").values_list(
            "pk", "key", "station"
        )
    }
    bulk.insert([
        Flaw(inspection_id=parts[key, station], kind_id=kind, box=[40, 40, 90, 90], score=5.0)
        for key, station, kind in flawed
    ])  # fmt: skip
    bulk.insert([
        Hour(station_id=station, hour=hour, parts=told["parts"], flawed=told["flawed"],
             unusable=told["unusable"], flaws=told["flawed"], confirmed=told["judged"],
             kinds={k[5:]: n for k, n in told.items() if k.startswith("kind:")})
        for (station, hour), told in hours.items()
    ])  # fmt: skip


def pages() -> list[tuple[str, str]]:
    """Return the name and address of all that is measured."""
    from linli.assets.inspection.models import Inspection, Lot

    at = "/inspection/bench-1/"
    rows = Inspection.objects.filter(station__code="bench-1").order_by("-pk")
    middle = rows[rows.count() // 2]
    waits = Inspection.objects.filter(verdict="flawed", judgement="none").order_by("pk").first()
    held, usual = Lot.objects.filter(state="held").first(), Lot.objects.order_by("pk")[3]
    assert waits
    since = f"{middle.at:%Y-%m-%dT%H:%M}"
    found = [("inspection", "/inspection/"), ("inspection", "/inspection/lots/?state=held")]
    found += [("station", at + query) for query in (
        "", "?span=week", "?span=month", "?verdict=flawed", "?verdict=unusable", "?kind=crack",
        "?judged=waiting", "?judged=overruled", f"?lot={usual.code}", f"?serial={middle.serial}",
        f"?since={since}", f"?verdict=flawed&since={since}", f"?kind=scratch&lot={usual.code}",
        f"?until={since}", "?kind=-", "?judged=yes&verdict=good",
    )]  # fmt: skip
    found += [("part", f"/inspection/parts/{pk}/") for pk in (middle.pk, waits.pk)]
    found += [("judge-queue", at + "judge/"), ("versions", at + "versions/")]
    found += [("lots", f"/inspection/lots/{query}") for query in (
        "", "?q=B0003", f"?q={middle.serial}", "?q=nothing")]  # fmt: skip
    for lot in filter(None, (held, usual)):
        found += [("lot", f"/inspection/lots/{lot.pk}/{query}") for query in ("", "?all=1")]
    return found


def measure(repeat: int) -> dict[str, Any]:
    """Open each page for each role, and return figures by page."""
    from linli.people.models import User

    found: dict[str, Page] = defaultdict(Page)
    for user in User.objects.filter(username__in=("bench-inspector", "leader")):
        client = entered(user)
        for name, path in pages():
            found[name].open(client, name, path, user.username, repeat)
        say(f"{user.username}: done")
    return {name: page.figures() for name, page in found.items() if page.times}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--parts", type=int, default=1_000_000)
    parser.add_argument("--repeat", type=int, default=9)
    parser.add_argument("--home", type=Path)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="linli-bench-") as folder:
        os.environ["LINLI_HOME"] = str(given.home or folder)
        os.environ["DJANGO_SETTINGS_MODULE"] = "linli.settings"
        os.environ.setdefault("LINLI_HOSTS", "testserver localhost")
        sys.path.insert(0, str(ROOT / "src"))
        import django

        django.setup()
        found = run(given)
        print(json.dumps(found, ensure_ascii=False))
        if any(page["p95_cpu_ms"] > ALLOWED_MS for page in found["pages"].values()):
            sys.exit(1)


def run(given: argparse.Namespace) -> dict[str, Any]:
    """Fill and measure in the installation of this process."""
    from django.conf import settings
    from django.core.management import call_command
    from django.db import connection, transaction

    from linli.assets.inspection.models import Inspection
    from linli.packs.loader import load
    from linli.people.models import User

    settings.ALLOWED_HOSTS = ["*"]
    call_command("migrate", verbosity=0)
    call_command("collectstatic", verbosity=0, interactive=False)
    load(TOWN)
    if not Inspection.objects.exists():
        say("parts are being judged …")
        with transaction.atomic():
            fill(given.parts)
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE")
    # To load a town lets everybody go who does not stand in its files.
    User.objects.filter(username="bench-inspector").update(is_active=True)
    return {"parts": Inspection.objects.count(), "pages": measure(given.repeat)}


if __name__ == "__main__":
    main()
