"""How many parts a station's worker judges on one core, and what its page costs meanwhile.

    python bench/station.py [--images DIR] [--parts 400] [--rate 20] [--seconds 30]

Without `--images` parts of 320 × 320 pixels are drawn, one in twenty flawed. An installation with
the sample town is made in a temporary folder; the worker is a process of its own that is kept on
one core (`sched_setaffinity`), the page is asked for by another on the other core.

First a heap of `--parts` pictures is worked off: `parts_per_s`. Then `--rate` pictures a second
are laid into the folder for `--seconds`, with the page of the station asked for twice a second:
`p95_ms` is the time from the picture being there to its row being committed and the file gone,
`page_ms` the 95th percentile of the page. `cpu_ms` is what the worker's process itself worked a
part, the figure to look at where other programs run beside. The last line is one JSON object.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import numpy as np

ROOT = Path(__file__).parent.parent
GOOD = 60
FLAWED = 20  # one part in so many
PAGE_EVERY_S = 0.5
CODE = "bench"


def main() -> None:
    """Make an installation, let the worker run, measure, print."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--images", type=Path, help="folder of pictures of good parts")
    parser.add_argument("--parts", type=int, default=400)
    parser.add_argument("--rate", type=float, default=20.0)
    parser.add_argument("--seconds", type=float, default=30.0)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        os.environ |= {
            "LINLI_HOME": folder, "DJANGO_SETTINGS_MODULE": "linli.settings",
            "OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1",
        }  # fmt: skip
        os.environ.setdefault("LINLI_HOSTS", "testserver localhost")
        import django

        django.setup()
        print(json.dumps(run(given, Path(folder))))


def run(given: argparse.Namespace, home: Path) -> dict[str, Any]:
    """Measure in the installation of this process."""
    from django.core.management import call_command

    from linli.packs.loader import load

    say("an installation with the sample town …")
    call_command("migrate", verbosity=0)
    call_command("collectstatic", verbosity=0, interactive=False)
    load(ROOT / "towns/pinghu")
    station, inbox = placed(home)
    good, parts = pictures(given)
    say(f"learning from {len(good)} good parts …")
    samples = home / "good"
    samples.mkdir()
    for at, content in enumerate(good):
        (samples / f"{at:04}.jpg").write_bytes(content)
    from linli.assets.inspection import fitting, working

    working.quieten()
    version, _faults = fitting.from_folder(station, samples)
    page = Page(station.code)
    first, worker_core = cores()
    os.sched_setaffinity(0, {first})
    say(f"{given.parts} parts wait …")
    for at in range(given.parts):
        lay(inbox, f"heap_{at:06}", parts[at % len(parts)])
    worker = started(worker_core)
    try:
        began, worked = emptied(inbox, worker, given.parts)
        cpu = worked / given.parts
        say(f"{given.parts / began:.1f} parts/s; {1000 * cpu:.1f} ms of the core a part")
        late, pages, left = fed(inbox, parts, page, given.rate, given.seconds)
    finally:
        worker.terminate()
        worker.wait(20)
    return {
        "parts_per_s": round(given.parts / began, 1),
        "p95_ms": round(float(np.quantile(late, 0.95)) * 1000, 1),
        "p50_ms": round(float(np.median(late)) * 1000, 1),
        "page_ms": round(float(np.quantile(pages, 0.95)) * 1000, 1),
        "cpu_ms": round(1000 * cpu, 1),
        "rate": given.rate, "fed": len(late) + left, "left": left,
        "lost": lost(station, given.parts + len(late)), "fit_s": version.seconds,
    }  # fmt: skip


def placed(home: Path) -> tuple[Any, Path]:
    """Put a station at the end of a line of the sample plant."""
    from linli.assets.inspection.models import Product, Station
    from linli.assets.register import tree
    from linli.assets.register.models import Asset
    from linli.people.models import Organisation

    crew = Organisation.objects.get(code="P1-L1")
    plant = Asset(code="P1", level="plant", name="工厂", organisation=crew.parent, area=crew.area)
    tree.save(plant)
    camera = Asset(code="P1-CAM", level="machine", name="相机", parent=plant, organisation=crew)
    tree.save(camera)
    inbox = home / "camera"
    inbox.mkdir()
    product = Product.objects.create(code="tile", name="面板", hold_above=3)
    station = Station.objects.create(
        code=CODE, name="末检", asset=camera, product=product, address=str(inbox),
        method=Station.Method.SURFACE, feed=Station.Feed.FOLDER,
    )  # fmt: skip
    return station, inbox


def pictures(given: argparse.Namespace) -> tuple[list[bytes], list[bytes]]:
    """Return pictures to learn from, and others to judge."""
    import cv2

    if given.images:
        files = [path.read_bytes() for path in sorted(given.images.iterdir())
                 if path.suffix.lower() in (".jpg", ".jpeg", ".bmp")]  # fmt: skip
        half = min(GOOD, len(files) // 2)
        return files[:half], files[half:]
    from linli.simulate.plant.drawing import FLAWS, part

    rng = np.random.default_rng(1)

    def drawn(at: int, flawed: bool) -> bytes:
        kind = (FLAWS[at % len(FLAWS)],) if flawed else ()
        return cv2.imencode(".jpg", part(rng, kind).picture)[1].tobytes()

    good = [drawn(at, False) for at in range(GOOD)]
    return good, [drawn(at, at % FLAWED == FLAWED - 1) for at in range(200)]


class Page:
    """The page of the station, asked for as somebody who oversees the plant."""

    def __init__(self, code: str) -> None:
        from django.test import Client
        from django.urls import reverse

        from linli.people.models import Membership, Role

        chief = Membership.objects.filter(role=Role.LEADER).order_by("organisation__area__path")
        self.client = Client()
        self.client.force_login(chief[0].user)
        self.address = reverse("inspection-station", args=[code])
        self.ask()  # imports modules

    def ask(self) -> float:
        """Return how many seconds it took."""
        began = time.perf_counter()
        answer = self.client.get(self.address)
        if answer.status_code != 200:
            sys.exit(f"{self.address}: {answer.status_code}")
        return time.perf_counter() - began


def cores() -> tuple[int, int]:
    """Return a core for this process and one for the worker."""
    own = sorted(os.sched_getaffinity(0))
    return own[0], own[-1]


def started(core: int) -> "subprocess.Popen[bytes]":
    """Start the worker, kept on one core."""
    return subprocess.Popen(
        [sys.executable, "-m", "linli", "inspect", "run", CODE],
        preexec_fn=lambda: os.sched_setaffinity(0, {core}),
        stdout=subprocess.DEVNULL,
    )


def lay(inbox: Path, name: str, content: bytes) -> float:
    """Lay a picture into the folder, whole, and return when."""
    beside = inbox / f".{name}"
    beside.write_bytes(content)
    beside.replace(inbox / f"{name}.jpg")
    return time.perf_counter()


def emptied(inbox: Path, worker: Any, n: int) -> tuple[float, float]:
    """Wait until the heap is gone; return seconds, and seconds of the core, from the first on."""
    while len(list(inbox.glob("*.jpg"))) == n:
        time.sleep(0.01)
    began, worked = time.perf_counter(), burnt(worker.pid)
    first = len(list(inbox.glob("*.jpg")))
    while list(inbox.glob("*.jpg")):
        if worker.poll() is not None:
            sys.exit("the worker ended")
        time.sleep(0.02)
    scale = n / first
    return (time.perf_counter() - began) * scale, (burnt(worker.pid) - worked) * scale


def burnt(pid: int) -> float:
    """Return seconds of core time that a process has used."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def fed(
    inbox: Path, parts: list[bytes], page: Page, rate: float, seconds: float
) -> tuple[list[float], list[float], int]:
    """Lay pictures at a rate with the page open; return waits, pages, and how many were left."""
    waiting: dict[str, float] = {}
    late: list[float] = []
    pages: list[float] = []
    began = time.perf_counter()
    count, asked = 0, began
    while (moment := time.perf_counter()) - began < seconds or (
        waiting and moment - began < seconds + 10
    ):
        while moment - began < seconds and count < (moment - began) * rate:
            waiting[f"fed_{count:06}.jpg"] = lay(
                inbox, f"fed_{count:06}", parts[count % len(parts)]
            )
            count += 1
        there = set(os.listdir(inbox))
        gone = [name for name in waiting if name not in there]
        late.extend(time.perf_counter() - waiting.pop(name) for name in gone)
        if moment - asked > PAGE_EVERY_S and moment - began < seconds:
            pages.append(page.ask())
            asked = time.perf_counter()
        time.sleep(0.005)
    return late, pages, len(waiting)


def lost(station: Any, wanted: int) -> int:
    """Return how many parts were not counted, once each."""
    from django.db.models import Sum

    from linli.assets.inspection.models import Hour, Inspection

    rows = Inspection.objects.filter(station=station).count()
    counted = Hour.objects.filter(station=station).aggregate(n=Sum("parts"))["n"] or 0
    return wanted - min(rows, counted)


def say(text: str) -> None:
    print(text, file=sys.stderr)


if __name__ == "__main__":
    main()
