"""The plant goes on by the town's clock: over a real broker into telemetry, and over restarts."""

import json
import time
from datetime import timedelta

import pytest

from linli import clock
from linli.assets.telemetry import directory, store
from linli.assets.telemetry.models import Node, Refusal, Source, Tag
from linli.assets.telemetry.worker import Worker
from linli.simulate.plant import beginning, past
from linli.simulate.plant.broker import Broker
from linli.simulate.plant.going import CATCH_UP, EVERY_S, Going

from .conftest import TUESDAY

# What is written here other tests ask of both kinds of database.
pytestmark = pytest.mark.one_database


class Days:
    """Lets the town's time pass for the plant and for the worker of telemetry."""

    def __init__(self):
        self.now = TUESDAY
        self.going, self.worker = Going(), Worker()

    def pass_(self, **time_):
        """Let time pass; return once all that was said meanwhile is stored."""
        self.now += timedelta(**time_)
        with clock.at(self.now):
            self.going.go_on()
            self.follow(lambda: self.is_stored())

    def is_stored(self):
        line = self.going._line
        last = max(one.at for one in line.kept.values())
        newest = store.newest(list(Tag.objects.values_list("code", flat=True)))
        return all(one.at.timestamp() == last for one in newest.values())

    def follow(self, is_so, seconds=20):
        end = time.monotonic() + seconds
        while not is_so():
            assert time.monotonic() < end, "it took too long"
            with clock.at(self.now):
                self.worker.turn()
            time.sleep(0.02)

    def connect(self):
        with clock.at(self.now):
            self.going.go_on()
        self.follow(lambda: self.going._publisher and self.going._publisher.is_connected)
        self.follow(self.going._is_heard)

    def stop(self):
        self.going.stop()
        self.worker.stop()


@pytest.fixture
def days(plant):
    directory.forget()
    with clock.at(TUESDAY):
        beginning.begin(1, TUESDAY, 10)
    days = Days()
    days.connect()
    yield days
    days.stop()


def test_what_machines_say_over_the_broker_is_stored_and_nothing_is_refused(days):
    days.pass_(minutes=5)
    days.pass_(minutes=5)

    rows = store.read(["P1-L1-M02.vibration"], TUESDAY, days.now)
    assert len(rows) == 600 / EVERY_S
    assert not Refusal.objects.exists()
    assert set(Source.objects.values_list("kind", flat=True)) == {"mqtt", "sparkplug"}


def test_one_machine_speaks_sparkplug(days):
    days.pass_(minutes=20)

    assert Node.objects.filter(device="P1-L1-M03", online=True).exists()
    newest = store.newest(["P1-L1-M03.torque", "P1-L1-M03.running"])
    assert newest["P1-L1-M03.running"].value == 1 and newest["P1-L1-M03.torque"].value > 10


def test_however_fast_the_clock_runs_only_so_much_is_said(days):
    days.pass_(minutes=1)
    days.pass_(hours=10)

    rows = store.read(["BR1.tilt"], TUESDAY + timedelta(minutes=1), days.now)
    assert 0.5 * CATCH_UP < len(rows) <= CATCH_UP


def test_it_goes_on_after_a_restart_from_where_it_stood_with_another_broker(days):
    days.pass_(minutes=5)
    wear = days.going._line.machines["P1-L1-M02"].wear()
    days.going.stop()
    taken = Broker()  # the port it had is another's now
    try:
        days.going = Going()
        days.connect()
        assert days.going._line.machines["P1-L1-M02"].wear() == wear
        days.pass_(minutes=5)
    finally:
        taken.stop()

    rows = store.read(["P1-L1-M02.current"], TUESDAY + timedelta(minutes=6), days.now)
    assert len(rows) >= 20


def test_a_long_sleep_wears_nothing(days):
    days.pass_(minutes=5)
    wear = days.going._line.machines["P1-L1-M02"].wear()
    days.going.stop()
    days.now += timedelta(days=40)
    days.going = Going()
    days.connect()

    days.pass_(minutes=2)

    worn = days.going._line.machines["P1-L1-M02"].wear()
    assert all(worn[name] - wear[name] < 0.01 for name in wear)


def test_without_a_past_there_is_no_plant(db):
    Going().go_on()

    assert not Source.objects.exists()


def test_how_it_stands_is_kept_whole(days):
    days.pass_(minutes=2)
    days.going.save()

    told = json.loads(past.state_file().read_text())
    assert told["seed"] == 1 and told["camera"] > 0 and "P1-L1-M02" in told["kept"]
