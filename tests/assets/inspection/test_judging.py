"""What people say of parts is counted with the hour and the lot, and can be taken back."""

import pytest

from linli.assets.inspection import judging, lots
from linli.assets.inspection.models import Hour, Inspection, Lot
from linli.cases.refusal import Refused
from tests.assets.inspection.conftest import user

pytestmark = pytest.mark.usefixtures("morning")


def part(verdict):
    return Inspection.objects.filter(verdict=verdict).order_by("pk").first()


def test_an_overruled_part_counts_as_a_false_alarm_and_no_longer_in_its_lot(line):
    line.flawed(1)
    line.good(1)
    line.run()
    judging.judge(part("flawed"), user("inspector"), "overruled")
    hour, lot = Hour.objects.get(), Lot.objects.get()
    assert (hour.flawed, hour.false_alarms, hour.kinds) == (1, 1, {})
    assert lot.flawed == 0
    judging.undo(part("flawed"), user("inspector"))
    hour, lot = Hour.objects.get(), Lot.objects.get()
    assert (hour.false_alarms, hour.kinds, lot.flawed) == (0, {"": 1}, 1)


def test_a_kind_named_by_an_inspector_is_what_is_counted(line, kinds):
    line.flawed(2)
    line.run()
    judging.judge(part("flawed"), user("inspector"), "confirmed", kind=kinds["stain"])
    hour = Hour.objects.get()
    assert hour.kinds == {"": 1, "stain": 1} and hour.confirmed == 1
    judging.judge(part("flawed"), user("inspector"), "confirmed", kind=kinds["scratch"])
    hour = Hour.objects.get()
    assert hour.kinds == {"": 1, "scratch": 1} and hour.confirmed == 1
    assert part("flawed").flaws.filter(by=None).exists()  # what the machine found stays


def test_a_missed_flaw_may_hold_the_lot(line):
    line.good(2)
    line.flawed(1)
    line.run()
    assert Lot.objects.get().state == Lot.State.OPEN
    judging.judge(part("good"), user("inspector"), "overruled")
    lot = Lot.objects.get()
    assert lot.flawed == 2 and lot.state == Lot.State.HELD
    assert Hour.objects.get().missed == 1


def test_a_released_lot_is_held_again_only_by_what_comes_after(line):
    line.flawed(2)
    line.run()
    lot = Lot.objects.get()
    lots.release(lot, user("inspector"), "复检合格")
    line.flawed(1)
    line.run()
    assert Lot.objects.get().state == Lot.State.RELEASED  # `hold_above` is 1
    line.flawed(1)
    line.run()
    lot = Lot.objects.get()
    assert lot.state == Lot.State.HELD
    assert [step.state for step in lot.steps.order_by("pk")] == ["held", "released", "held"]


def test_only_inspectors_judge_and_release_and_not_without_a_reason(line):
    line.flawed(2)
    line.run()
    for name in ("operator", "engineer", "technologist", "officer", "leader"):
        with pytest.raises(Refused):
            judging.judge(part("flawed"), user(name), "confirmed")
        with pytest.raises(Refused):
            lots.release(Lot.objects.get(), user(name), "复检合格")
    with pytest.raises(Refused):
        lots.release(Lot.objects.get(), user("inspector"), " ")
    assert Lot.objects.get().state == Lot.State.HELD
