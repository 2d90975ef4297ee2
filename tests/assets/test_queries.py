"""Pages of a plant ask the database as often for many machines, parts and tags as for a few."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from linli.assets.maintenance import findings
from linli.assets.maintenance.models import Prediction, WorkOrder
from linli.assets.register import health, tree
from linli.assets.register.models import Asset, Entry, Spare
from linli.assets.telemetry import directory, store
from linli.assets.telemetry.models import Tag
from linli.assets.telemetry.points import MOMENT, moment
from linli.clock import now
from tests.assets.inspection import parts
from tests.assets.plant import asset
from tests.small_town import person

pytestmark = pytest.mark.usefixtures("plant", "morning")
PAGES = (
    ("inspector", "/"), ("engineer", "/"),
    ("engineer", "/assets/"), ("engineer", "/assets/P1/"), ("engineer", "/assets/P1-L1/"),
    ("engineer", "/assets/running/?below=P1-L1"), ("engineer", "/assets/P1/shifts/"),
    ("engineer", "/assets/spares/"), ("engineer", "/telemetry/"),
    ("engineer", "/telemetry/refused/"),
    ("engineer", "/maintenance/"), ("engineer", "/maintenance/plan/?plant=P1"),
    ("engineer", "/maintenance/versions/"),
    ("inspector", "/inspection/"), ("inspector", "/inspection/line-1-end/"),
    ("inspector", "/inspection/line-1-end/versions/"), ("inspector", "/inspection/lots/"),
)  # fmt: skip


def grown(first: int, last: int) -> None:
    """Add machines with tags, values, a prediction, an order, a spare; parts and lots."""
    line, at = asset("P1-L1"), now()
    points = {}
    for n in range(first, last):
        machine = Asset(
            code=f"P1-L1-X{n}", level="machine", kind="press", parent=line, name=f"机{n}"
        )
        tree.save(machine)
        tag = Tag.objects.create(asset=machine, key="temp", name="温度")
        points[tag.code] = [float(n)]
        health.say(machine, "maintenance", "watch", "偏离正常")
        upkeep = findings.upkeep_of(machine)
        Prediction.objects.create(
            asset=machine, upkeep=upkeep, day=at.date(), at=at, mean=50.0, low=20.0, high=80.0,
            days=5.0, days_low=2.0, days_high=8.0, pace=10.0, age=100.0,
        )  # fmt: skip
        WorkOrder.objects.create(asset=machine, upkeep=upkeep, opened_at=at, due=at, hours=2)
        Entry.objects.create(asset=machine, at=at, what="noted", done="润滑")
        Spare.objects.create(code=f"X{n}", plant=asset("P1"), name=f"件{n}", fits=["press"])
        lot = parts.lot(f"B{n}")
        parts.parts(parts.Station.objects.get(), "gfu", at - timedelta(minutes=n + 1), of=lot)
    directory.forget()
    times = [moment(at - timedelta(minutes=1))]
    import numpy as np

    store.write(store.Points.table(np.array(times, MOMENT), points))


def asked(who: str, path: str) -> int:
    client = Client(headers={"accept-language": "en"})
    client.force_login(person(who))
    client.get(path)
    with CaptureQueriesContext(
        connection,
    ) as queries:
        answer = client.get(path)
    assert answer.status_code == 200, path
    return len(queries)


def test_no_page_asks_more_often_for_more_rows():
    parts.station()
    grown(0, 2)
    few = {page: asked(*page) for page in PAGES}
    grown(2, 7)
    many = {page: asked(*page) for page in PAGES}
    # One question for each of five more rows would be five; what is read once in a while is one.
    more = {page: (few[page], many[page]) for page in PAGES if many[page] > few[page] + 2}
    assert not more
    assert max(many.values()) <= 60, many
