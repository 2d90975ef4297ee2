"""What a station finds becomes cases of the right people, few of them, and holds lots."""

from datetime import timedelta

import numpy as np
import pytest

from linli import clock
from linli.assets.inspection import raising
from linli.assets.inspection.models import Alarm, Inspection, Lot, LotStep, Watch
from linli.cases import loop
from linli.cases.models import Case
from tests.assets.inspection.conftest import user

pytestmark = pytest.mark.usefixtures("morning")


def cases(category):
    return Case.objects.filter(category__code=category).order_by("pk")


def end(case):
    """Let a case end."""
    Case.objects.filter(pk=case.pk).update(state="closed")


def test_flawed_parts_of_a_lot_open_one_case_with_the_picture_and_others_follow(line):
    line.flawed(3)
    line.good(3)
    line.run()
    line.flawed(2)
    line.run()

    [case] = cases("nonconformance")
    assert set(Inspection.objects.filter(verdict="flawed").values_list("case", flat=True)) == {
        case.pk
    }
    assert not Inspection.objects.filter(verdict="good").exclude(case=None).exists()
    assert Alarm.objects.get().parts == 5
    assert "L1" in case.title
    [shown] = case.evidence.all()
    assert shown.content_type == "image/jpeg"
    # It goes to the quality department of the plant and to the crew of the line.
    assert case.functional.code == "p1-quality"
    assert case.territorial.code == "p1-l1"


def test_another_lot_is_another_case(line):
    line.flawed(1)
    line.flawed(1, lot="L2")
    line.run()
    one, other = cases("nonconformance")
    assert "L1" in one.title and "L2" in other.title


def test_what_comes_back_after_the_case_ended_or_long_after_is_told_anew(line):
    line.flawed(1)
    line.run()
    [first] = cases("nonconformance")
    end(first)
    line.flawed(1)
    line.run()
    assert cases("nonconformance").count() == 2
    with clock.at(clock.now() + raising.WINDOW + timedelta(minutes=1)):
        line.flawed(1)
        line.run()
        # The second case is open still, so that nobody is told twice of the same thing.
        assert cases("nonconformance").count() == 2
    assert Alarm.objects.filter(ended_at=None).count() == 1


def test_a_lot_is_held_when_more_parts_are_flawed_than_its_product_allows(line):
    line.flawed(1)
    line.good(2)
    line.run()
    assert Lot.objects.get().state == Lot.State.OPEN  # `hold_above` is 1
    line.flawed(1)
    line.run()
    lot = Lot.objects.get()
    assert lot.state == Lot.State.HELD
    [step] = LotStep.objects.all()
    assert step.by is None and "2" in step.reason and step.at == clock.now()


def test_where_no_limit_is_set_no_lot_is_held(line):
    line.station.product.hold_above = None
    line.station.product.save()
    line.flawed(4)
    line.run()
    assert Lot.objects.get().state == Lot.State.OPEN


def test_a_rising_share_opens_one_case_for_the_process_department(line):
    line.station.normal = 0.02
    line.station.save()
    line.good(4)
    line.flawed(20)
    line.run()
    [case] = cases("flaw-rate")
    assert case.functional.code == "p1-process"
    line.flawed(24)
    line.run()
    assert cases("flaw-rate").count() == 1
    assert Alarm.objects.get(category="flaw-rate").parts > 1


def test_an_ordinary_share_opens_none(line):
    line.station.normal = 0.2
    line.station.save()
    for _round in range(6):
        line.good(4)
        line.flawed(1)
    line.run()
    assert not cases("flaw-rate").exists()
    assert Watch.objects.get().parts == 30


def test_pictures_that_stay_bad_open_one_case_and_a_single_one_none(line):
    blank = np.full((120, 160), 120, np.uint8)
    line.lay(blank)
    line.good(5)
    line.run()
    assert not cases("picture-quality").exists()
    for _nth in range(6):
        line.lay(blank)
    line.run()
    [case] = cases("picture-quality")
    assert case.functional.code == "p1-quality"
    for _nth in range(12):
        line.lay(blank)
    line.run()
    assert cases("picture-quality").count() == 1
    assert not cases("nonconformance").exists()


def test_an_overruled_part_opens_no_case(line):
    line.flawed(1)
    bench = line.bench
    bench.refresh()
    from linli.assets.inspection import inbox, recording

    found, _broken = inbox.arrivals(line.station, 16)
    recording.record(line.station, line.station.version, bench._judged(found))
    Inspection.objects.update(judgement="overruled")
    bench.turn()
    assert not cases("nonconformance").exists()


def test_a_town_that_knows_no_such_category_goes_on_inspecting(line):
    from linli.cases.models import Category

    Category.objects.filter(code="nonconformance").update(retired=True)
    raising._refused.clear()
    line.flawed(2)
    assert line.run() == 2
    assert Inspection.objects.filter(verdict="flawed", case=None).count() == 2
    raising._refused.clear()


def test_what_is_usual_is_learnt_from_the_last_weeks_without_the_last_hours(line):
    line.good(3)
    line.flawed(3)
    line.run()
    raising.learn_usual(line.station)
    assert Watch.objects.get().usual == 0.01  # nothing is older than two hours
    with clock.at(clock.now() + timedelta(hours=4)):
        raising.learn_usual(line.station)
    # (3 + 0.01 · 200) / (6 + 200)
    assert Watch.objects.get().usual == pytest.approx(5 / 206)


def test_an_inspector_takes_the_steps_of_such_a_case(line):
    line.flawed(1)
    line.run()
    [case] = cases("nonconformance")
    loop.act(case, "accept", user("inspector"))
    case.refresh_from_db()
    assert case.state == "accepted"
