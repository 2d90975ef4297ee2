"""Machines wear in use, and their sensors tell of it only through what they are doing."""

import numpy as np
import pytest

from linli.engines.life import DriftDetector, History, LifeModel
from linli.simulate.plant.kinds import GRINDER, LATHE, kind_of
from linli.simulate.plant.line import Line, assets_of
from linli.simulate.plant.machine import Machine
from linli.simulate.plant.orders import DAY, plan

MONDAY = 1_773_000_000.0 - 1_773_000_000.0 % DAY - 8 * 3600
QUARTER = 900.0


def moments(days, every=QUARTER, since=MONDAY):
    return since + every * np.arange(1, round(days * DAY / every) + 1)


def alone(code="M1", kind=LATHE, seed=3, **how):
    return Machine(code, kind, MONDAY, seed, **how)


def test_the_same_seed_gives_the_same_line():
    first, again, other = (Line(assets_of(), MONDAY, seed).run(moments(10)) for seed in (1, 1, 2))

    for code, stretch in first.items():
        assert stretch.happenings == again[code].happenings
        for name, values in stretch.values.items():
            assert np.array_equal(values, again[code].values[name])
    code = "P1-L1-M03"
    assert not np.array_equal(first[code].values["vibration"], other[code].values["vibration"])


def test_a_line_rests_at_night_and_on_sundays_and_makes_nothing_then():
    week = moments(7)
    planned = plan(week, 1)
    hour = (week + 8 * 3600) % DAY / 3600

    made = np.diff(alone().run(week).values["made"], prepend=0)

    assert not planned.runs[(hour < 6) | (hour >= 22)].any()
    assert {3} == {d for d in range(7) if not planned.runs[(week + 8 * 3600) // DAY % 7 == d].any()}
    assert made[~planned.runs].max() <= 1 < made[planned.runs].mean()


def test_sensors_answer_the_product_that_is_made():
    machine = alone()
    machine.age("spindle-bearing", 0.01)
    stretch = machine.run(moments(12))
    load, read = stretch.values["load"], stretch.values["spindle_load"]

    assert read[load == 100].mean() > read[load == 70].mean() + 10
    assert read[load == 0].mean() < 5


def test_a_worn_part_shows_in_its_own_sensors():
    def middle(part, share, sensor):
        machine = alone(kind=GRINDER)
        for name in machine.parts:
            machine.age(name, 0.02)
        machine.age(part, share)
        stretch = machine.run(moments(2))
        runs = stretch.values["load"] == 70
        return float(np.median(stretch.values[sensor][runs]))

    assert middle("spindle-bearing", 0.9, "vibration") > 1.3 * middle(
        "coolant-pump", 0.9, "vibration"
    )
    assert middle("coolant-pump", 0.9, "coolant_pressure") < middle(
        "spindle-bearing", 0.9, "coolant_pressure"
    )


def test_a_worn_out_part_fails_and_the_machine_stands_until_it_is_replaced():
    machine = alone(is_kept=False)
    machine.age("drive-belt", 0.97)
    stretch = machine.run(moments(20))

    failure = next(one for one in stretch.happenings if one.what == "failure")
    assert failure.part == "drive-belt" and failure.until is None
    assert machine.is_standing and not stretch.values["running"][-20:].any()

    machine.replace("drive-belt", machine.at)
    later = machine.run(moments(2, since=machine.at))
    assert max(machine.wear().values()) < 0.1
    assert later.values["running"].any()


def test_a_crew_that_keeps_a_machine_brings_it_back_and_new_lives_differ():
    stretch = alone().run(moments(400))
    failures = [one for one in stretch.happenings if one.what == "failure"]

    assert len(failures) >= 4
    assert {one.part for one in failures} == {"spindle-bearing", "drive-belt"}
    lives = np.diff([one.at for one in failures])
    assert lives.std() > 0.1 * lives.mean()
    assert all(2 <= (one.until - one.at) / 3600 <= 9 for one in failures)


def test_time_steps_of_any_length_wear_a_machine_alike():
    worn = []
    for every in (60.0, 3600.0):
        wears = []
        for seed in range(12):
            machine = alone(seed=seed)
            machine.age("drive-belt", 0.1)
            machine.age("spindle-bearing", 0.1)
            machine.run(moments(7, every))
            one = machine.parts["drive-belt"]
            wears.append(one.age - 0.1 * one.fails_at)
        worn.append(np.median(wears))

    assert worn[0] == pytest.approx(worn[1], rel=0.15)


def test_a_restart_goes_on_from_the_same_wear(tmp_path):
    line = Line(assets_of(), MONDAY, 1)
    line.run(moments(9))
    line.save(tmp_path / "line.json", number=7)

    import json

    told = json.loads((tmp_path / "line.json").read_text())
    again = Line(assets_of(), MONDAY, 1)
    again.remember(told)

    assert told["number"] == 7
    for code, machine in line.machines.items():
        assert again.machines[code].wear() == machine.wear()
        assert again.machines[code].at == machine.at


def test_time_never_goes_back():
    machine = alone()
    machine.run(moments(1))
    with pytest.raises(ValueError, match="only forwards"):
        machine.run(moments(1))


def test_whoever_is_no_known_kind_turns_like_a_lathe():
    assert kind_of("stamping").name == "press"
    assert kind_of("loom") is LATHE


def lives(kind, number, seed):
    """Return whole lives of machines of a kind, a row every four hours of running."""
    found = []
    for one in range(number):
        machine = Machine(f"M{one}", kind, MONDAY, seed, is_kept=False)
        for name in machine.parts:
            machine.age(name, 0.02)
        stretch = machine.run(moments(200, 4 * 3600))
        failed = [h for h in stretch.happenings if h.what == "failure"]
        if not failed:
            continue
        rows = (stretch.values["running"] > 0) & (stretch.at <= failed[0].at)
        found.append(History(
            stretch.values["hours"][rows],
            np.column_stack([stretch.values[n][rows] for n in ("speed", "load")]),
            np.column_stack([stretch.values[s.name][rows] for s in kind.sensors]),
            machine.code,
        ))  # fmt: skip
    return found


def test_what_is_left_of_a_machine_can_be_learnt_from_its_sensors():
    all_of_them = lives(LATHE, 36, 5)
    model = LifeModel.fit(all_of_them[:24])
    late = [one.until(0.75 * one.age) for one in all_of_them[24:]]
    left = np.array([0.25 * one.age for one in all_of_them[24:]])

    told = model.predict(late)

    by_age_alone = np.mean([one.age for one in all_of_them[:24]]) * 0.25
    assert np.abs(told.mean() - left).mean() < 0.6 * by_age_alone
    assert np.mean((told.low <= left) & (left <= told.high)) > 0.6


def test_a_fault_is_found_as_drift_by_the_sensors_it_shows_in():
    machine = alone(kind=GRINDER)
    for name in machine.parts:
        machine.age(name, 0.02)

    def history(days):
        stretch = machine.run(moments(days, 1800.0, machine.at))
        rows = stretch.values["running"] > 0
        return History(
            stretch.at[rows] / 3600,
            np.column_stack([stretch.values[n][rows] for n in ("speed", "load")]),
            np.column_stack([stretch.values[s.name][rows] for s in GRINDER.sensors]),
        )

    detector = DriftDetector.fit(history(8))
    machine.age("coolant-pump", 0.9)
    found = detector.watch(history(1))

    assert found.is_drifting
    assert GRINDER.sensors[found.sensors[0][0]].name == "coolant_pressure"
