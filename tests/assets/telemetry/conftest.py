"""A machine with three tags, and a clock that stands."""

from datetime import UTC, datetime

import pytest

from linli import clock
from linli.assets.register import tree
from linli.assets.register.models import Asset, Level
from linli.assets.telemetry.models import Tag
from linli.assets.telemetry.worker import Worker
from tests.assets.plant import asset
from tests.assets.telemetry.broker import Mosquitto, until

NOON = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)


@pytest.fixture
def noon():
    """Let it be noon (UTC) on 2 March 2026."""
    with clock.at(NOON):
        yield NOON


@pytest.fixture
def press(plant):
    """A press of the plant: temperature (°C, −40 to 200), load, and a door that is open or not."""
    machine = Asset(
        code="press", name="压机", level=Level.MACHINE, kind="press", parent=asset("P1-L1")
    )
    tree.save(machine)
    for key, more in (
        ("temp", {"unit": "°C", "low": -40, "high": 200}),
        ("load", {"unit": "kN"}),
        ("door", {"kind": Tag.Kind.FLAG, "role": Tag.Role.STATE}),
    ):
        Tag.objects.create(asset=machine, key=key, name=key, **more)
    return machine


@pytest.fixture
def mosquitto(tmp_path):
    """Start a real broker."""
    broker = Mosquitto(tmp_path)
    yield broker
    broker.stop()


@pytest.fixture
def works(press):
    """Make workers that do all in this thread, turn by turn."""
    made = []

    def start():
        worker = Worker()
        worker._done["tidy"] = float("inf")  # folding has its own tests
        made.append(worker)
        return worker

    yield start
    for worker in made:
        worker.stop()


@pytest.fixture
def follow():
    """Let a worker work until something is so."""

    def go_on(worker, is_so):
        def turn():
            worker.turn()
            return is_so()

        return until(turn)

    return go_on
