"""A machine with three tags, and a clock that stands."""

from datetime import UTC, datetime

import pytest

from linli import clock
from linli.assets.register.models import Asset, Level
from linli.assets.telemetry.models import Tag

NOON = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)


@pytest.fixture
def noon():
    """Let it be noon (UTC) on 2 March 2026."""
    with clock.at(NOON):
        yield NOON


@pytest.fixture
def press(db):
    """A press with a temperature (°C, −40 to 200), a load, and a door that is open or not."""
    plant = Asset.objects.create(code="works", name="工厂", level=Level.PLANT, path="works/")
    machine = Asset.objects.create(
        code="press", name="压机", level=Level.MACHINE, parent=plant, path="works/press/"
    )
    for key, more in (
        ("temp", {"unit": "°C", "low": -40, "high": 200}),
        ("load", {"unit": "kN"}),
        ("door", {"kind": Tag.Kind.FLAG, "role": Tag.Role.STATE}),
    ):
        Tag.objects.create(asset=machine, key=key, name=key, **more)
    return machine
