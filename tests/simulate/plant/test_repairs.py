"""A machine that fails finds its people, and what they do to it makes it run again."""

from datetime import timedelta

import numpy as np
import pytest

from linli import clock
from linli.assets.register.models import AssetCase, Entry, Output, Stop
from linli.cases import loop
from linli.simulate.plant import repairs, tags
from linli.simulate.plant.line import Line
from linli.simulate.plant.past import moment
from tests.small_town import person

from .conftest import TUESDAY

LATHE = "P1-L1-M02"


class Plant:
    def __init__(self):
        self.assets = {one.code: one for one in tags.simulated()}
        known = [(one.code, one.kind) for one in self.assets.values()]
        self.line = Line(known, TUESDAY.timestamp(), 1, is_kept=False)
        self.told = {}
        for machine in self.line.machines.values():
            for part in machine.parts:
                machine.age(part, 0.05)
        repairs.take_note(self.line, self.told, TUESDAY.timestamp())

    @property
    def lathe(self):
        return self.line.machines[LATHE]

    def live(self, hours):
        """Let some hours pass, and return which machines were repaired meanwhile."""
        first = max(one.at for one in self.line.kept.values())
        at = first + 600.0 * np.arange(1, hours * 6 + 1)
        with clock.at(moment(float(at[0]))):
            done = repairs.take_note(self.line, self.told, float(at[0]))
            stretches = self.line.run(at)
            repairs.tell(self.assets, self.line, stretches)
            repairs.count_output(self.assets, self.line, self.told, float(at[-1]))
        return done

    def break_lathe(self):
        self.lathe.age("drive-belt", 0.9999)
        self.live(8)
        assert self.lathe.broken == "drive-belt"


@pytest.fixture
def running(plant):
    return Plant()


def case_of():
    return AssetCase.objects.get(asset__code=LATHE).case


def test_a_failure_is_a_stop_and_a_case_of_the_maintenance_department(running):
    running.break_lathe()

    stop = Stop.objects.get(asset__code=LATHE, until=None)
    case = case_of()
    assert stop.cause == Stop.Cause.FAILURE
    assert case.category.code == "machine-fault"
    assert case.functional.code == "p1-maintenance"
    assert "皮带" in case.body and "松弛" not in case.body, "what it was shows when it is opened"


def test_a_machine_runs_again_once_its_history_says_it_was_repaired(running):
    running.break_lathe()
    assert running.live(1) == []
    Entry.objects.create(
        asset=running.assets[LATHE], at=TUESDAY, what=Entry.What.REPLACED, done="更换传动皮带"
    )

    assert running.live(1) == [LATHE]
    assert max(running.lathe.wear().values()) < 0.05
    assert not Stop.objects.filter(until=None).exists()


def test_a_machine_runs_again_once_its_case_is_resolved(running):
    running.break_lathe()
    case, engineer = case_of(), person("engineer")
    with clock.at(TUESDAY + timedelta(hours=9)):
        loop.act(case, "accept", engineer)
        case.refresh_from_db()
        assert running.live(1) == []
        loop.act(case, "resolve", engineer, reply="已更换传动皮带并试机。")

    assert running.live(1) == [LATHE]


def test_a_part_renewed_in_time_begins_a_new_life(running):
    running.lathe.age("spindle-bearing", 0.8)
    Entry.objects.create(
        asset=running.assets[LATHE], at=TUESDAY, what=Entry.What.REPLACED, done="更换主轴轴承"
    )

    assert running.live(1) == [LATHE]
    assert running.lathe.wear()["spindle-bearing"] < 0.05


def test_where_nobody_cares_the_crew_helps_itself(running):
    running.break_lathe()
    for _quarter in range(7):
        if running.live(6):
            break

    assert not running.lathe.broken
    stop = Stop.objects.filter(asset__code=LATHE, cause=Stop.Cause.FAILURE).get()
    assert stop.until - stop.since < timedelta(hours=repairs.PATIENCE_H + 12)


def test_at_the_end_of_a_shift_its_output_is_written_down(running):
    for _hour in range(24):
        running.live(1)

    rows = list(Output.objects.filter(asset__code=LATHE).order_by("since"))
    assert [row.until - row.since for row in rows] == [timedelta(hours=8)] * len(rows)
    assert len(rows) >= 2 and all(0 < row.good <= row.made for row in rows)
