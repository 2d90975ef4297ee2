"""A demonstration's plant has a past: telemetry, stops, output, repairs, all of one piece."""

import json
from datetime import timedelta

import numpy as np
import pytest

from linli import clock
from linli.assets.inspection.listing import JUDGED
from linli.assets.inspection.models import Inspection, Lot
from linli.assets.maintenance import findings, fitting
from linli.assets.register.models import Asset, Entry, Output, Stop
from linli.assets.telemetry import store
from linli.assets.telemetry.models import Refusal, Tag
from linli.engines.lineage import walk
from linli.logistics.chain import elsewhere
from linli.logistics.chain.book import Stored
from linli.logistics.chain.models import Event, Passport, Thing
from linli.people.models import User
from linli.people.scope import Scope
from linli.simulate.plant import beginning, past, supply, tags

from .conftest import TUESDAY

# What is written here other tests ask of both kinds of database.
pytestmark = pytest.mark.one_database

DAYS = 60


def written(days=DAYS):
    with clock.at(TUESDAY):
        return beginning.begin(1, TUESDAY, days)


def test_every_reading_of_the_past_is_stored(plant):
    made = written(20)

    assert list(Refusal.objects.values_list("tag__code", "name", "reason", "count", "first")) == []
    names = ["P1-L1-M02.vibration", "P1-L1-M02.running", "BR1.tilt", "PS1-P1.flow"]
    rows = store.read(names, TUESDAY - timedelta(days=20), TUESDAY, every=timedelta(hours=1))
    assert len(rows) == 20 * 24
    assert np.isfinite(rows.values).all()
    running, vibration = rows.of("P1-L1-M02.running"), rows.of("P1-L1-M02.vibration")
    assert vibration[running == 1].mean() > 3 * vibration[running == 0].mean()
    assert made.points == sum(
        len(store.read([code], TUESDAY - timedelta(days=21), TUESDAY + timedelta(hours=1)))
        for code in Tag.objects.values_list("code", flat=True)
    )


def test_failures_are_stops_and_repairs_in_the_register_and_stand_still_in_telemetry(plant):
    made = written()
    repairs = Entry.objects.filter(what=Entry.What.REPLACED, found__endswith="已失效")

    assert made.failures > 1
    assert repairs.count() == made.failures
    for stop in Stop.objects.filter(cause=Stop.Cause.FAILURE):
        assert repairs.filter(asset=stop.asset, at=stop.until).exists()
        read = store.read([tags.code(stop.asset.code, "running")], stop.since, stop.until)
        assert read.values[1:].sum() == 0


def test_what_was_made_in_shifts_is_what_the_counters_say(plant):
    written(20)

    rows = Output.objects.filter(asset__code="P1-L1-M02").order_by("since")
    assert rows.count() > 28
    assert all(0.8 * row.made < row.good <= row.made for row in rows)
    first, last = rows.first(), rows.last()
    counted = store.read(["P1-L1-M02.made"], first.since, last.until + timedelta(minutes=31)).values
    assert sum(row.made for row in rows) <= counted[-1] - counted[0]


def test_who_judges_parts_of_the_past_has_a_picture_of_each_to_look_at(plant):
    written(6)

    waiting = Inspection.objects.filter(JUDGED["waiting"])
    assert waiting.exists()
    assert not waiting.filter(picture="").exists()


def test_lots_of_the_past_came_from_suppliers_and_went_to_customers(plant):
    written(6)
    lots = Lot.objects.filter(last_at__lt=TUESDAY - supply.FINISHED)
    events = Event.objects.count()
    sight = Scope(User.objects.get(username="inspector"))

    assert lots.count() > 5
    made = {one.part: one for one in Thing.objects.filter(part__in=lots.values("code"))}
    assert set(made) == set(lots.values_list("code", flat=True))
    assert all(
        one.flawed == lots.get(code=one.code).flawed
        for one in elsewhere.inspected(sight, list(made.values())).values()
    )
    cast = Thing.objects.filter(part__startswith="C").values_list("pk", flat=True)
    found = walk(list(cast), Stored(), backward=False, owners=[Event.objects.first().owner_id])
    sent = lots.exclude(state=Lot.State.HELD).count()
    assert len(found.containers) == sent * supply.PALLETS > 0
    assert Passport.objects.get().thing.part in made, "the newest may be read by everybody"
    told = json.loads(past.state_file().read_text())["supply"]
    with clock.at(TUESDAY):
        assert supply.go_on(told, TUESDAY) == told
        assert supply.go_on(0, TUESDAY) == told
    assert Event.objects.count() == events, "told again they are the same events"


def test_the_plant_goes_on_from_how_its_past_ended(plant):
    written(20)

    told = json.loads(past.state_file().read_text())
    assert set(told["kept"]) == {one.code for one in tags.simulated()}
    assert told["kept"]["P1-L1-M02"]["hours"] > 100


def test_a_town_without_assets_has_no_plant_to_simulate(db):
    assert beginning.begin(1, TUESDAY, 10) is None
    assert not past.state_file().exists()


def test_a_past_is_written_once_and_half_a_one_anew(plant, monkeypatch):
    def stopped(*_told):
        raise KeyboardInterrupt

    with monkeypatch.context() as halfway:
        halfway.setattr(beginning.past_parts, "write", stopped)
        with pytest.raises(KeyboardInterrupt):
            written(10)
    stops = Stop.objects.count()
    first = written(10)

    assert first is not None and written(10) is None
    assert Stop.objects.count() == stops
    day = store.read(["BR1.tilt"], TUESDAY - timedelta(days=1), TUESDAY)
    assert len(day) == 24 * 6, "the points of the half one are the same points"


def test_lives_of_the_past_teach_what_is_left_of_a_machine(plant):
    written(200)
    upkeep = findings.upkeep_of(Asset.objects.get(code="P1-L1-M02"))

    assert upkeep.wanted is not None, "the worker learns it"
    with clock.at(TUESDAY):
        lives = fitting.lives_of(upkeep)
        stops = Stop.objects.filter(asset__code="P1-L1-M02", cause=Stop.Cause.FAILURE)
        assert len(lives.failed) == stops.count() >= 2
    assert min(one.age for one in lives.failed) > 100
