"""How fast events are captured, and how long a trace and a recall take over all of them.

    python bench/trace.py [--events 1000000] [--database URL] [--walks 200] [--seed 1]

Makes a supply chain with the given number of EPCIS events (raw lots received from suppliers, two
stages of making, pieces, pallets, shipping, inspections), captures them through the same door as
the interface does, documents of 5,000 events at a time, and then asks: `trace_ms` is forward and
backward trace of single lots with everything a page shows of them, `recall_ms` all affected lots
of a suspected raw lot, and of all lots a supplier delivered (`recall_supplier_ms`; `lots_affected`
is the largest), `drill_page_ms` the same with where each is now and whom to tell. `cold_ms` is the
first recall of a process, which reads all edges into memory (opening the page begins that). On a
machine that others use too, `capture_per_cpu_s` says how many events a second of one core takes.
"""

import argparse
import json
import os
import random
import sys
import tempfile
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parent.parent
sys.path[:0] = [str(ROOT / "src"), str(ROOT)]
A_DOCUMENT = 5_000
SUPPLIERS, RAW, PARTS, PRODUCTS, CUSTOMERS = 60, 120, 60, 20, 200
PREFIX = "6901234"


def say(text: str) -> None:
    """Tell the progress on stderr."""
    print(text, file=sys.stderr, flush=True)


class Chain:
    """Draws the events of a supply chain in the order of their moments."""

    def __init__(self, seed: int) -> None:
        self.draw = random.Random(seed)
        self.at = datetime(2025, 1, 1, tzinfo=UTC)
        self.number = 0
        self.raw: list[tuple[int, str]] = []
        self.parts: list[tuple[int, str]] = []
        self.products: list[str] = []
        self.supplier = {kind: self.draw.randrange(SUPPLIERS) for kind in range(RAW)}
        self.of_part = [self.draw.sample(range(RAW), 3) for _ in range(PARTS)]
        self.of_product = [self.draw.sample(range(PARTS), 3) for _ in range(PRODUCTS)]

    def _lot(self, stage: int, kind: int) -> str:
        self.number += 1
        return f"urn:epc:class:lgtin:{PREFIX}.{stage}{kind:05d}.L{self.number}"

    def _event(self, kind: str, step: str, **more: Any) -> dict[str, Any]:
        self.at += timedelta(seconds=self.draw.randint(5, 40))
        return {"type": kind, "eventTime": self.at.isoformat(), "eventTimeZoneOffset": "+08:00",
                "bizStep": step, "readPoint": {"id": f"urn:epc:id:sgln:{PREFIX}.00001."
                                               f"{self.draw.randint(1, 40)}"}, **more}  # fmt: skip

    def _of(self, lots: list[tuple[int, str]], kind: int, window: int) -> str | None:
        near = [lot for its, lot in lots[-window:] if its == kind]
        return self.draw.choice(near[-4:]) if near else None

    def events(self, count: int) -> Iterator[dict[str, Any]]:
        """Draw so many events."""
        made = 0
        while made < count:
            for event in self._step():
                yield event
                made += 1
                if made == count:
                    return

    def _step(self) -> Iterator[dict[str, Any]]:
        at = self.draw.random()
        if at < 0.34 or len(self.raw) < 400:
            yield self._received()
        elif at < 0.60:
            yield from self._made(self.draw.randrange(PARTS), 1)
        elif at < 0.80:
            yield from self._made(self.draw.randrange(PRODUCTS), 2)
        else:
            yield from self._shipped()

    def _received(self) -> dict[str, Any]:
        kind = self.draw.randrange(RAW)
        lot = self._lot(1, kind)
        self.raw.append((kind, lot))
        supplier = self.supplier[kind] if self.draw.random() < 0.7 else self.draw.randrange(60)
        party = f"urn:epc:id:pgln:{PREFIX}.{10000 + supplier}"
        return self._event(
            "ObjectEvent", "receiving", action="OBSERVE", disposition="in_progress",
            quantityList=[{"epcClass": lot, "quantity": 100, "uom": "KGM"}],
            sourceList=[{"type": "owning_party", "source": party}],
            bizTransactionList=[{"type": "po", "bizTransaction": f"urn:x:po:{self.number}"}],
        )  # fmt: skip

    def _made(self, kind: int, stage: int) -> Iterator[dict[str, Any]]:
        needs = self.of_part[kind] if stage == 1 else self.of_product[kind]
        stock = self.raw if stage == 1 else self.parts
        found = [self._of(stock, need, 2500) for need in needs]
        inputs = [{"epcClass": lot, "quantity": 20, "uom": "KGM"} for lot in found if lot]
        if not inputs:
            yield self._received()
            return
        lot = self._lot(stage + 1, kind)
        if stage == 1:
            self.parts.append((kind, lot))
        else:
            self.products.append(lot)
        yield self._event(
            "TransformationEvent", "commissioning", inputQuantityList=inputs,
            outputQuantityList=[{"epcClass": lot, "quantity": 50, "uom": "KGM"}],
        )  # fmt: skip
        if self.draw.random() < 0.5:
            yield self._event(
                "ObjectEvent", "inspecting", action="OBSERVE", disposition="conformant",
                quantityList=[{"epcClass": lot, "quantity": 50, "uom": "KGM"}],
            )  # fmt: skip

    def _shipped(self) -> Iterator[dict[str, Any]]:
        if not self.products:
            return
        self.number += 1
        pallet = f"urn:epc:id:sscc:{PREFIX}.{self.number:010d}"
        lots = self.draw.sample(self.products[-60:], min(3, len(self.products)))
        yield self._event(
            "AggregationEvent", "packing", action="ADD", parentID=pallet,
            childQuantityList=[{"epcClass": lot, "quantity": 10, "uom": "KGM"} for lot in lots],
        )  # fmt: skip
        customer = f"urn:epc:id:pgln:{PREFIX}.{20000 + self.draw.randrange(CUSTOMERS)}"
        yield self._event(
            "ObjectEvent", "shipping", action="OBSERVE", disposition="in_transit",
            epcList=[pallet],
            destinationList=[{"type": "possessing_party", "destination": customer}],
        )  # fmt: skip


def quantiles(values: list[float]) -> dict[str, float]:
    """Return the median and the 95th percentile."""
    found = sorted(values)
    return {"p50": round(found[len(found) // 2], 2),
            "p95": round(found[min(int(len(found) * 0.95), len(found) - 1)], 2)}  # fmt: skip


def owner() -> Any:
    """Return the organisation the events belong to."""
    from linli.people.models import Organisation
    from linli.places.models import Area

    area = Area.objects.order_by("path").first()
    return Organisation.objects.get_or_create(
        code="bench", defaults={"kind": "plant", "area": area, "name": "工厂"}
    )[0]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--events", type=int, default=1_000_000)
    parser.add_argument("--database", default="", help="DATABASE_URL; SQLite if left out")
    parser.add_argument("--walks", type=int, default=200)
    parser.add_argument("--seed", type=int, default=1)
    given = parser.parse_args()
    home = tempfile.TemporaryDirectory(prefix="linli-bench-trace-")
    os.environ |= {"LINLI_HOME": home.name, "DJANGO_SETTINGS_MODULE": "linli.settings"}
    if given.database:
        os.environ["DATABASE_URL"] = given.database
    import django

    django.setup()
    from django.core.management import call_command
    from django.urls import reverse

    from linli.logistics.chain import book, drills, tracing
    from linli.logistics.chain.capturing import capture
    from linli.logistics.chain.epcis.checking import document_of
    from linli.logistics.chain.models import Edge, Event, Place, Thing
    from linli.logistics.chain.recalling import affected, suspects
    from linli.packs.loader import load
    from linli.people.models import Role, User
    from linli.people.scope import Scope

    call_command("migrate", verbosity=0)
    load(ROOT / "towns" / "pinghu")
    mine = owner()
    there = Event.objects.count()
    chain = Chain(given.seed)
    batch: list[dict[str, Any]] = []
    spent = worked = 0.0
    for n, event in enumerate(chain.events(given.events), 1):
        batch.append(event)
        if len(batch) == A_DOCUMENT or n == given.events:
            began, cpu = time.perf_counter(), time.process_time()
            taken = capture(document_of(batch), mine)
            spent += time.perf_counter() - began
            worked += time.process_time() - cpu
            assert taken.is_taken, taken.capture.errors[:3]
            batch = []
            if n % 50_000 == 0:
                say(f"{n} events, {n / spent:.0f} a second")
    count = Event.objects.count() - there
    draw = random.Random(given.seed)
    lots = list(Thing.objects.filter(kind=2).values_list("pk", "code", "uri"))
    raw = [one for one in lots if one[1].startswith("1")]
    products = [one for one in lots if one[1].startswith("3")]
    book.forget()
    began = time.perf_counter()
    book.KEPT.refresh()
    cold = (time.perf_counter() - began) * 1000
    trace, recall, sizes = [], [], []
    for at in range(given.walks):
        key, _code, _uri = draw.choice(raw if at % 2 else products)
        thing = Thing.objects.get(pk=key)
        began = time.perf_counter()
        tracing.trace(thing, None)
        trace.append((time.perf_counter() - began) * 1000)
    for _ in range(given.walks):
        found = affected([draw.choice(raw)[0]], None)
        recall.append(found.ms)
        sizes.append(len(found.goods))
    places = list(Place.objects.filter(uri__contains="/417/"))
    suppliers = draw.sample(places, min(len(places), 20))
    of_supplier, drilled, largest = [], [], 0
    sight = Scope(User.objects.filter(memberships__role=Role.ADMINISTRATOR).first())
    reverse("recall")  # reads the addresses of the site, once a process
    for place in suppliers:
        began = time.perf_counter()
        start = suspects(None, supplier=[place.pk])
        if not start:
            continue
        found = affected(start, None)
        of_supplier.append((time.perf_counter() - began) * 1000)
        asked = drills.Asked(supplier=place.gln)
        began = time.perf_counter()
        drills.drill(sight, asked)
        drilled.append((time.perf_counter() - began) * 1000)
        largest = max(largest, len(found.goods))
    everything = affected([one[0] for one in raw], None)
    told = {
        "events": count, "capture_per_s": round(count / spent),
        "capture_per_cpu_s": round(count / worked), "edges": Edge.objects.count(),
        "trace_ms": quantiles(trace), "recall_ms": quantiles(recall),
        "lots_affected_typical": sorted(sizes)[len(sizes) // 2],
        "recall_supplier_ms": quantiles(of_supplier), "drill_page_ms": quantiles(drilled),
        "lots_affected": largest,
        "recall_all_raw_ms": round(everything.ms, 1), "lots_all_raw": len(everything.goods),
        "cold_ms": round(cold, 1),
        "database": "postgresql" if given.database.startswith("postgres") else "sqlite",
    }  # fmt: skip
    print(json.dumps(told))


if __name__ == "__main__":
    main()
