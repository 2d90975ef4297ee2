"""The same store with its points in PostgreSQL."""

from datetime import timedelta

import numpy as np
import pytest
from django.db import connection

from linli.assets.telemetry import folding, journal, ledger, store
from linli.assets.telemetry.models import Reading, Tag
from linli.assets.telemetry.points import Points, moment

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def postgres(settings):
    settings.TELEMETRY = "postgres"


def test_the_setting_is_heeded_on_postgresql_alone():
    assert ledger.is_used() == (connection.vendor == "postgresql")


def test_points_are_folded_down_sampled_and_let_go_all_the_same(press, noon):
    start = noon - timedelta(days=3)
    times = moment(start) + np.arange(7200) * np.timedelta64(1, "s")
    Tag.objects.filter(code="press.load").update(raw_days=2)
    Reading.objects.create(name="rules", segment=99)
    for value in (1.0, 0.0):  # the second time with other values, over a fold
        told = {tag: np.arange(7200.0) % 100 + value for tag in ("press.temp", "press.load")}
        store.write(Points.table(times, told), history=True)
        assert folding.fold(is_time=True) == 1
    assert journal.segments() == []
    before = store.spread("press.load", start, noon, timedelta(hours=1))
    assert before.counts.tolist() == [3600, 3600] and before.lows.tolist() == [0, 0]

    folding.tidy(noon)

    after = store.spread("press.load", start, noon, timedelta(hours=1))
    assert len(store.read(["press.temp"], start, noon)) == 7200
    assert len(store.read(["press.load"], start, noon)) == 120
    assert after.means.tolist() == pytest.approx(before.means.tolist())
    assert after.highs.tolist() == before.highs.tolist()
